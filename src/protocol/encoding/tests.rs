use std::io::Write;

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use http::{HeaderValue, StatusCode};

use super::*;

const TEXT: &[u8] = br#"{"version":"1.2.3"}"#;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn response(encodings: &[&str], body: &[u8]) -> HttpResponse {
    let mut headers = HeaderMap::new();
    for encoding in encodings {
        let value = HeaderValue::from_bytes(encoding.as_bytes()).unwrap();
        headers.append(header::CONTENT_ENCODING, value);
    }
    let mut response = HttpResponse::head(StatusCode::OK, headers);
    response.body = Bytes::copy_from_slice(body);
    response
}

#[test]
fn forms_that_are_read() {
    let (first, second) = TEXT.split_at(7);
    let members = [gzip(first), gzip(second)].concat();
    let named = GzBuilder::new()
        .filename("a")
        .comment("b")
        .extra([1, 2, 3, 4]);
    let mut named = named.write(Vec::new(), Compression::fast());
    named.write_all(TEXT).unwrap();
    let named = named.finish().unwrap();
    for (encodings, body) in [
        (&["gzip"][..], gzip(TEXT)),
        (&["GZIP"], gzip(TEXT)),
        (&["x-gzip"], gzip(TEXT)),
        (&["X-GZip"], gzip(TEXT)),
        (&[" gzip "], gzip(TEXT)),
        (&["gzip, identity"], gzip(TEXT)),
        (&["identity,gzip"], gzip(TEXT)),
        (&["gzip", "identity"], gzip(TEXT)),
        (&["gzip,"], gzip(TEXT)),
        (&["gzip, gzip"], gzip(&gzip(TEXT))),
        (&["gzip", "x-gzip"], gzip(&gzip(TEXT))),
        (&["gzip"], members),
        (&["gzip"], named),
        (&["gzip"], with_header_checksum()),
        (&["gzip"], [gzip(b""), gzip(TEXT), gzip(b"")].concat()),
        (&["gzip"], [gzip(TEXT), vec![0; 100]].concat()),
        (&["gzip"], [gzip(TEXT), b"rubbish".to_vec()].concat()),
        (&["identity"], TEXT.to_vec()),
        (&["Identity, identity"], TEXT.to_vec()),
        (&[""], TEXT.to_vec()),
    ] {
        let decoded = response(encodings, &body).decoded(1_000);
        assert_eq!(decoded.incomplete, None, "{encodings:?}");
        assert_eq!(decoded.body, TEXT, "{encodings:?}");
        assert!(decoded.headers.is_empty(), "{encodings:?}");
    }
}

/// `TEXT` with the flag `FHCRC`, which adds a checksum of the gzip header.
fn with_header_checksum() -> Vec<u8> {
    let mut bytes = gzip(TEXT);
    bytes[3] |= 2;
    let mut checksum = flate2::Crc::new();
    checksum.update(&bytes[..10]);
    let low = checksum.sum().to_le_bytes();
    bytes.splice(10..10, [low[0], low[1]]);
    bytes
}

#[test]
fn nothing_is_nothing_in_every_encoding() {
    for encoding in [
        "gzip",
        "x-gzip",
        "identity",
        "br",
        "gzip, gzip, gzip, gzip, gzip",
    ] {
        let decoded = response(&[encoding], b"").decoded(1_000);
        assert_eq!((decoded.incomplete, decoded.body.len()), (None, 0));
    }
}

#[test]
fn forms_that_are_refused() {
    let whole = gzip(TEXT);
    let mut wrong_sum = whole.clone();
    let end = wrong_sum.len() - 8;
    wrong_sum[end] ^= 1;
    let cut = &whole[..whole.len() - 1];
    for (encoding, body, reason) in [
        ("br", &b"\x0b\x02"[..], "\"br\" was not asked for"),
        ("gzip, Deflate", b"x", "\"deflate\" was not asked for"),
        ("zstd, gzip", &whole, "\"zstd\" was not asked for"),
        ("gzip", b"{}", "is broken"),
        ("gzip", cut, "ends too early"),
        ("gzip", &whole[..5], "ends too early"),
        ("gzip", &wrong_sum, "is broken"),
        ("gzip,gzip", &whole, "is broken"),
        ("gzip,gzip,gzip,gzip,gzip", &whole, "over and over"),
    ] {
        let decoded = response(&[encoding], body).decoded(1_000);
        let shown = decoded.incomplete.unwrap_or_default();
        assert!(shown.contains(reason), "{encoding}: {shown}");
    }
}

#[test]
fn what_comes_out_is_limited() {
    let layers = gzip(&gzip(&vec![b' '; 5_000_000]));
    for (encoding, body, limit, fits) in [
        ("gzip", gzip(&[b' '; 100]), 100, true),
        ("gzip", gzip(&[b' '; 101]), 100, false),
        (
            "gzip",
            [gzip(&[b' '; 60]), gzip(&[b' '; 60])].concat(),
            100,
            false,
        ),
        ("gzip", gzip(&vec![b' '; 5_000_000]), 100, false),
        ("gzip, gzip", layers.clone(), 10_000, false),
        ("gzip, gzip", layers, 5_000_000, true),
    ] {
        let decoded = response(&[encoding], &body).decoded(limit);
        assert!(decoded.body.len() <= limit);
        assert_eq!(decoded.incomplete.is_none(), fits, "{encoding} {limit}");
    }
}

#[test]
fn streams_are_to_have_no_encoding() {
    for (encoding, named) in [
        ("identity", None),
        ("", None),
        ("gzip", Some("\"gzip\"")),
        ("identity, br", Some("\"br\"")),
    ] {
        let found = unasked(&response(&[encoding], b"").headers);
        assert_eq!(found.is_some(), named.is_some());
        assert!(
            found
                .unwrap_or_default()
                .contains(named.unwrap_or_default())
        );
    }
}
