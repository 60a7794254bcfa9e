//! Deliveries by webhook: what is genuine, and what is not.
//!
//! The expected signatures were not computed by this crate, but with Python's
//! standard library:
//!
//! ```python
//! key = base64.b64decode(secret.removeprefix("whsec_"))
//! mac = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256)
//! signature = "v1," + base64.b64encode(mac.digest()).decode()
//! ```
#![cfg(feature = "webhook")]

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderValue};
use lagclient::webhook::{
    Deduplicator, Delivery, ID_HEADER, SIGNATURE_HEADER, SecretError, Signer, TIMESTAMP_HEADER,
    Verifier, VerifyError,
};

/// The Base64 of "the first secret of the tests".
const SECRET: &str = "whsec_dGhlIGZpcnN0IHNlY3JldCBvZiB0aGUgdGVzdHM=";
/// The bytes 0 to 31.
const NEXT_SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
/// The bytes 0 to 199: longer than a block of SHA-256.
const LONG_SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v\
    MDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3BxcnN0\
    dXZ3eHl6e3x9fn+AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2en6ChoqOkpaanqKmqq6ytrq+wsbKztLW2t7i5\
    uru8vb6/wMHCw8TFxsc=";

const ID: &str = "evt_abc123";
const SECONDS: u64 = 1_705_321_800;
const BODY: &[u8] = br#"{"type":"room.message","serverId":"srv_abc123","timestamp":"2024-01-15T12:30:00.000Z","data":{"roomId":"room_xyz","content":"!ping","senderName":"Alice"}}"#;
const SIGNATURE: &str = "v1,qbHiZa/EE2JDmACUA8IOE+wlB0nmjRnfdPp6Y7GtF0w=";
const NEXT_SIGNATURE: &str = "v1,lfz1OE2oe1L8jU9cBRAx4bAxB5sOij+H8YOl1LSn7yM=";

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn headers(signature: &str) -> Vec<(&'static str, String)> {
    vec![
        (ID_HEADER, ID.to_owned()),
        (TIMESTAMP_HEADER, SECONDS.to_string()),
        (SIGNATURE_HEADER, signature.to_owned()),
    ]
}

/// The result for the delivery of the tests with one header replaced.
fn verify_with(name: &'static str, value: &str) -> Result<Delivery, VerifyError> {
    let mut headers = headers(SIGNATURE);
    for header in headers.iter_mut().filter(|header| header.0 == name) {
        value.clone_into(&mut header.1);
    }
    verifier().verify(&headers, BODY, at(SECONDS))
}

fn verifier() -> Verifier {
    Verifier::new(SECRET).unwrap()
}

/// What the genuine delivery is verified as.
fn delivery() -> Delivery {
    let result = verifier().verify(&headers(SIGNATURE), BODY, at(SECONDS));
    result.unwrap()
}

#[test]
fn signatures_computed_elsewhere() {
    let sign = |secret: &str, id: &str, seconds, body: &[u8]| {
        Signer::new(secret).unwrap().sign(id, at(seconds), body)
    };
    assert_eq!(sign(SECRET, ID, SECONDS, BODY), SIGNATURE);
    assert_eq!(sign(NEXT_SECRET, ID, SECONDS, BODY), NEXT_SIGNATURE);
    assert_eq!(
        sign(SECRET, "evt_2", SECONDS, b""),
        "v1,pYHMeZwysDRmk3gOX+gw/JvC6hE+ctBCqE3CaRjc6vg="
    );
    assert_eq!(
        sign(LONG_SECRET, "evt_3", 0, b"\xff\x00 not UTF-8 \xfe"),
        "v1,rUAMmYRlIbnfZ8TbSIv7xhxt0Mra0t4v5Lyr1PZip3k="
    );
}

#[test]
fn a_genuine_delivery() {
    let delivery = delivery();
    assert_eq!(delivery.id, ID);
    let timestamp: DateTime<Utc> = "2024-01-15T12:30:00Z".parse().unwrap();
    assert_eq!(delivery.timestamp, timestamp);
}

#[test]
fn a_genuine_delivery_is_read() {
    let now = at(SECONDS);
    let (delivered, event) = verifier().parse(&headers(SIGNATURE), BODY, now).unwrap();
    assert_eq!(delivered, delivery());
    assert_eq!(event.id.as_deref(), Some(ID));
    assert_eq!(event.raw().as_bytes(), BODY);
    assert_eq!(event.command("!").unwrap().name, "ping");
    let forged = verifier().parse(&headers(NEXT_SIGNATURE), BODY, now);
    assert_eq!(forged, Err(VerifyError::Mismatch));
    // A delivery that is signed, but whose body is not what is documented: the
    // receiver gets to see it.
    let signer = Signer::new(SECRET).unwrap();
    let headers = signer.headers(ID, now, b"\xff not JSON");
    let (_, event) = verifier().parse(&headers, b"\xff not JSON", now).unwrap();
    assert_eq!(event.raw(), "\u{FFFD} not JSON");
}

#[test]
fn what_is_signed_is_verified() {
    let signer = Signer::new(LONG_SECRET).unwrap();
    let verifier = Verifier::new(LONG_SECRET).unwrap();
    for body in [&b""[..], b"\xff\x00", BODY] {
        let now = SystemTime::now();
        let headers = signer.headers("evt_9", now, body);
        assert_eq!(verifier.verify(&headers, body, now).unwrap().id, "evt_9");
    }
}

#[test]
fn any_kind_of_headers_in_any_case() {
    let pairs = [
        ("Content-Type", "application/json".to_owned()),
        ("Webhook-Id", ID.to_owned()),
        ("WEBHOOK-TIMESTAMP", SECONDS.to_string()),
        ("webhook-Signature", SIGNATURE.to_owned()),
    ];
    let mut map = HeaderMap::new();
    for (name, value) in &pairs {
        map.insert(*name, HeaderValue::from_str(value).unwrap());
    }
    let now = at(SECONDS);
    let expected = Ok(delivery());
    let verifier = verifier();
    assert_eq!(verifier.verify(&map, BODY, now), expected);
    assert_eq!(verifier.verify(&pairs, BODY, now), expected);
    assert_eq!(verifier.verify(&pairs[..], BODY, now), expected);
    assert_eq!(verifier.verify(&&pairs[..], BODY, now), expected);
    assert_eq!(verifier.verify(&pairs.to_vec(), BODY, now), expected);
    let hash_map: HashMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(verifier.verify(&hash_map, BODY, now), expected);
    let bytes = pairs.map(|(name, value)| (name.to_owned(), value.into_bytes()));
    let tree: BTreeMap<_, _> = bytes.into_iter().collect();
    assert_eq!(verifier.verify(&tree, BODY, DateTime::from(now)), expected);
}

#[test]
fn any_change_is_a_mismatch() {
    for index in 0..BODY.len() {
        let mut body = BODY.to_vec();
        body[index] ^= 1;
        let result = verifier().verify(&headers(SIGNATURE), &body, at(SECONDS));
        assert_eq!(result, Err(VerifyError::Mismatch), "byte {index}");
    }
    let mismatch = Err(VerifyError::Mismatch);
    assert_eq!(verify_with(ID_HEADER, "evt_abc124"), mismatch);
    assert_eq!(verify_with(TIMESTAMP_HEADER, "1705321801"), mismatch);
    // This is the same number, but not the same text, and the text was signed.
    assert_eq!(verify_with(TIMESTAMP_HEADER, "01705321800"), mismatch);
    let other = Verifier::new(NEXT_SECRET).unwrap();
    assert_eq!(
        other.verify(&headers(SIGNATURE), BODY, at(SECONDS)),
        mismatch
    );
}

#[test]
fn one_of_several_signatures_is_enough() {
    for signatures in [
        format!("{NEXT_SIGNATURE} {SIGNATURE}"),
        format!("{SIGNATURE} {NEXT_SIGNATURE}"),
        format!("v1a,xyz v2,abc {SIGNATURE}"),
        format!("  {SIGNATURE}  v1,"),
        format!("v1,%%% v1,AAAA v1, {SIGNATURE} junk ,"),
        SIGNATURE.trim_end_matches('=').to_owned(),
    ] {
        let result = verify_with(SIGNATURE_HEADER, &signatures);
        assert_eq!(result, Ok(delivery()), "{signatures}");
    }
}

#[test]
fn no_signature_that_fits() {
    let base64 = &SIGNATURE["v1,".len()..];
    for signatures in [
        NEXT_SIGNATURE.to_owned(),
        "v1,".to_owned(),
        "v1,%%%".to_owned(),
        "v1,AAAA".to_owned(),
        SIGNATURE[..20].to_owned(),
        format!("{SIGNATURE}{base64}"),
        format!("v1,{}", base64.to_lowercase()),
        format!("v1, {base64}"),
        format!("v1,{}=", "A".repeat(43)),
        format!("v1,{}", "A".repeat(44)),
    ] {
        let result = verify_with(SIGNATURE_HEADER, &signatures);
        assert_eq!(result, Err(VerifyError::Mismatch), "{signatures}");
    }
    for signatures in [base64, &format!("v2,{base64}"), "V1,x", "v1", " ", "v1a,x"] {
        let result = verify_with(SIGNATURE_HEADER, signatures);
        assert_eq!(result, Err(VerifyError::NoKnownSignature), "{signatures}");
    }
}

#[test]
fn two_secrets_during_a_rotation() {
    let both = verifier().add_secret(NEXT_SECRET).unwrap();
    for signature in [SIGNATURE, NEXT_SIGNATURE] {
        let result = both.verify(&headers(signature), BODY, at(SECONDS));
        assert_eq!(result, Ok(delivery()));
    }
    let neither = Signer::new(LONG_SECRET).unwrap();
    let neither = neither.sign(ID, at(SECONDS), BODY);
    let result = both.verify(&headers(&neither), BODY, at(SECONDS));
    assert_eq!(result, Err(VerifyError::Mismatch));
}

#[test]
fn a_missing_or_empty_header() {
    for name in [ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER] {
        let missing = Err(VerifyError::MissingHeader(name));
        assert_eq!(verify_with(name, ""), missing);
        let mut headers = headers(SIGNATURE);
        headers.retain(|header| header.0 != name);
        assert_eq!(verifier().verify(&headers, BODY, at(SECONDS)), missing);
    }
    let none: [(&str, &str); 0] = [];
    assert_eq!(
        verifier().verify(&none, BODY, at(SECONDS)),
        Err(VerifyError::MissingHeader(ID_HEADER))
    );
}

#[test]
fn a_malformed_header() {
    for timestamp in [
        "now",
        "-1705321800",
        "+1705321800",
        " 1705321800",
        "1705321800.0",
        "1705321800 ",
        "0x65a5",
        "99999999999999999999",
        "9223372036854775807",
        "\u{661}",
    ] {
        assert_eq!(
            verify_with(TIMESTAMP_HEADER, timestamp),
            Err(VerifyError::MalformedHeader(TIMESTAMP_HEADER)),
            "{timestamp}"
        );
    }
    let headers = [
        (ID_HEADER, &b"\xff"[..]),
        (TIMESTAMP_HEADER, b"1705321800"),
        (SIGNATURE_HEADER, SIGNATURE.as_bytes()),
    ];
    assert_eq!(
        verifier().verify(&headers, BODY, at(SECONDS)),
        Err(VerifyError::MalformedHeader(ID_HEADER))
    );
}

#[test]
fn the_time_window_in_both_directions() {
    let second = Duration::from_secs(1);
    let verify = |verifier: &Verifier, now| verifier.verify(&headers(SIGNATURE), BODY, at(now));
    let (old, new) = (
        Err(VerifyError::TooOld { by: second }),
        Err(VerifyError::TooNew { by: second }),
    );

    let usual = verifier();
    assert_eq!(verify(&usual, SECONDS + 300), Ok(delivery()));
    assert_eq!(verify(&usual, SECONDS + 301), old);
    assert_eq!(verify(&usual, SECONDS - 300), Ok(delivery()));
    assert_eq!(verify(&usual, SECONDS - 301), new);

    let strict = verifier().tolerance(Duration::ZERO);
    assert_eq!(verify(&strict, SECONDS), Ok(delivery()));
    assert_eq!(verify(&strict, SECONDS + 1), old);
    assert_eq!(verify(&strict, SECONDS - 1), new);

    let lopsided = verifier()
        .past_tolerance(Duration::from_secs(3600))
        .future_tolerance(Duration::from_secs(10));
    assert_eq!(verify(&lopsided, SECONDS + 3600), Ok(delivery()));
    assert_eq!(verify(&lopsided, SECONDS + 3601), old);
    assert_eq!(verify(&lopsided, SECONDS - 10), Ok(delivery()));
    assert_eq!(verify(&lopsided, SECONDS - 11), new);

    let boundless = verifier().tolerance(Duration::MAX);
    assert_eq!(verify(&boundless, 0), Ok(delivery()));
    // The earliest and the latest time that a delivery can have.
    for timestamp in ["0", "8210266876799"] {
        assert!(matches!(
            verify_with(TIMESTAMP_HEADER, timestamp),
            Err(VerifyError::TooOld { .. } | VerifyError::TooNew { .. })
        ));
    }
}

#[test]
fn a_secret_that_is_none() {
    for (secret, error) in [
        ("", SecretError::Prefix),
        ("whsec_", SecretError::Empty),
        (" whsec_ \n", SecretError::Empty),
        ("changeme", SecretError::Prefix),
        (
            "dGhlIGZpcnN0IHNlY3JldCBvZiB0aGUgdGVzdHM=",
            SecretError::Prefix,
        ),
        ("whpk_AAECAwQFBgc=", SecretError::Prefix),
        ("whsec_not base64", SecretError::Base64),
        ("whsec_====", SecretError::Base64),
    ] {
        assert_eq!(Verifier::new(secret).unwrap_err(), error, "{secret:?}");
        assert_eq!(Signer::new(secret).unwrap_err(), error, "{secret:?}");
        assert_eq!(verifier().add_secret(secret).unwrap_err(), error);
    }
}

#[test]
fn a_secret_as_it_is_pasted() {
    let unpadded = SECRET.trim_end_matches('=');
    for secret in [format!("{SECRET}\n"), format!(" {unpadded} ")] {
        let verifier = Verifier::new(&secret).unwrap();
        let result = verifier.verify(&headers(SIGNATURE), BODY, at(SECONDS));
        assert_eq!(result, Ok(delivery()));
    }
}

#[test]
fn no_secret_and_no_signature_in_any_text() {
    let mut texts = vec![
        format!("{:?}", verifier().add_secret(NEXT_SECRET).unwrap()),
        format!("{:#?}", Signer::new(SECRET).unwrap()),
    ];
    for error in [
        verify_with(SIGNATURE_HEADER, NEXT_SIGNATURE).unwrap_err(),
        verify_with(SIGNATURE_HEADER, "v9,x").unwrap_err(),
        verify_with(ID_HEADER, "other").unwrap_err(),
        verify_with(TIMESTAMP_HEADER, "garbage").unwrap_err(),
        verify_with(TIMESTAMP_HEADER, "1").unwrap_err(),
    ] {
        texts.push(format!("{error} {error:?}"));
    }
    for error in [
        SecretError::Base64,
        Verifier::new(&SECRET[6..]).unwrap_err(),
    ] {
        texts.push(format!("{error} {error:?}"));
    }
    let secrets = [
        "dGhlIGZpcnN0",
        "AAECAw",
        "the first secret",
        "qbHiZa",
        "lfz1OE",
        "garbage",
        "[0, 1, 2",
    ];
    for text in texts {
        for secret in secrets {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

/// A verified delivery with this id and body.
fn delivery_of(id: &str, body: &str) -> Delivery {
    let headers = Signer::new(SECRET)
        .unwrap()
        .headers(id, at(SECONDS), body.as_bytes());
    let verified = verifier().verify(&headers, body.as_bytes(), at(SECONDS));
    verified.unwrap()
}

#[test]
fn repetitions_are_dropped() {
    let deduplicator = Deduplicator::new(3, Duration::from_secs(100));
    assert!(deduplicator.is_new(&delivery_of("a", "a"), at(0)));
    assert!(!deduplicator.is_new(&delivery_of("a", "a"), at(50)));
    assert!(deduplicator.is_new(&delivery_of("b", "b"), at(60)));
    // The time of the first delivery counts, not that of the last repetition.
    assert!(!deduplicator.is_new(&delivery_of("a", "a"), at(99)));
    assert!(deduplicator.is_new(&delivery_of("a", "a"), at(100)));
    assert!(!deduplicator.is_new(&delivery_of("b", "b"), at(159)));
    assert!(deduplicator.is_new(&delivery_of("c", "c"), at(159)));
    // It remembers three at most, so the oldest one is forgotten.
    assert!(deduplicator.is_new(&delivery_of("d", "d"), at(159)));
    assert!(deduplicator.is_new(&delivery_of("b", "b"), at(159)));
    // If the clock is set back, nothing expires and nothing panics.
    assert!(!deduplicator.is_new(&delivery_of("c", "c"), at(0)));
}

/// By one reading of the documentation, every attempt has an id of its own; by
/// the other, all attempts at an event have the same id.
#[test]
fn a_repetition_has_the_id_or_the_body_of_the_first() {
    let deduplicator = Deduplicator::default();
    assert!(deduplicator.is_new(&delivery_of("1", "a"), at(0)));
    assert!(!deduplicator.is_new(&delivery_of("2", "a"), at(5)));
    assert!(!deduplicator.is_new(&delivery_of("1", "a again"), at(5)));
    // The id of a repetition is known from then on, too.
    assert!(!deduplicator.is_new(&delivery_of("2", "c"), at(6)));
    assert!(deduplicator.is_new(&delivery_of("3", "d"), at(7)));
    // Once a delivery is forgotten, it may come again under another id.
    deduplicator.forget(&delivery_of("3", "d"));
    assert!(deduplicator.is_new(&delivery_of("4", "d"), at(8)));
}

#[test]
fn a_failed_delivery_may_come_again() {
    let deduplicator = Deduplicator::default();
    assert!(deduplicator.is_new(&delivery_of("a", "a"), at(0)));
    deduplicator.forget(&delivery_of("never", "seen"));
    assert!(!deduplicator.is_new(&delivery_of("a", "a"), at(1)));
    deduplicator.forget(&delivery_of("a", "a"));
    assert!(deduplicator.is_new(&delivery_of("a", "a"), at(1)));
}

#[test]
fn a_forgotten_delivery_takes_no_room() {
    let deduplicator = Deduplicator::new(2, Duration::from_secs(100));
    assert!(deduplicator.is_new(&delivery_of("a", "a"), at(0)));
    assert!(deduplicator.is_new(&delivery_of("b", "b"), at(0)));
    deduplicator.forget(&delivery_of("b", "b"));
    assert!(deduplicator.is_new(&delivery_of("c", "c"), at(0)));
    assert!(!deduplicator.is_new(&delivery_of("a", "a"), at(0)));
}

#[test]
fn one_of_many_threads_has_the_new_one() {
    let deduplicator = Deduplicator::default();
    let new: usize = std::thread::scope(|scope| {
        let count = || {
            (0..500)
                .map(|n| format!("evt_{n}"))
                .filter(|id| deduplicator.is_new(&delivery_of(id, id), at(0)))
                .count()
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!(new, 500);
}

#[test]
fn random_headers_never_verify_and_never_panic() {
    let mut random = fastrand::Rng::with_seed(11);
    let verifier = verifier().tolerance(Duration::MAX);
    for _ in 0..20_000 {
        let mut value = || -> Vec<u8> {
            let length = random.usize(0..60);
            let alphabet = b"v1, =./+0123456789abcXYZ\xff\0";
            (0..length)
                .map(|_| alphabet[random.usize(0..alphabet.len())])
                .collect()
        };
        let headers = [
            (ID_HEADER, value()),
            (TIMESTAMP_HEADER, b"1705321800".to_vec()),
            (SIGNATURE_HEADER, [&b"v1,"[..], &value()].concat()),
        ];
        assert!(verifier.verify(&headers, BODY, at(SECONDS)).is_err());
    }
}
