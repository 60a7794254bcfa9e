use super::*;

fn redacted(text: &str, secret: &str) -> String {
    redact(text, &Secrets::new(secret)).into_owned()
}

/// A text part by part in another form.
fn written<T>(parts: impl Iterator<Item = T>, form: impl Fn(T) -> String) -> String {
    parts.fold(String::new(), |text, part| text + &form(part))
}

#[test]
fn leaves_harmless_text_alone() {
    let text = "chat_message at the format_x";
    assert!(matches!(
        redact(text, &Secrets::new("s3cret")),
        Cow::Borrowed(same) if same == text
    ));
}

#[test]
fn removes_the_callers_own_token() {
    assert_eq!(
        redacted("bad token s3cret!", "s3cret"),
        "bad token [redacted]!"
    );
    assert_eq!(
        redacted(r#"{"message":"a\"b\\c"}"#, r#"a"b\c"#),
        r#"{"message":"[redacted]"}"#
    );
}

#[test]
fn removes_every_written_form() {
    let secret = "own/token_1+é=";
    let escaped = written(secret.chars(), |c| format!("\\u{:04X}", u32::from(c)));
    let percent = written(secret.bytes(), |byte| format!("%{byte:02x}"));
    let html = written(secret.chars(), |c| format!("&#x{:x};", u32::from(c)));
    for form in [
        secret,
        &escaped,
        &escaped.replace('\\', "\\\\"),
        &percent,
        &percent.to_uppercase(),
        &html,
        r"own\/token\u005f1+é=",
        "own%2Ftoken_1%2B%C3%A9%3D",
    ] {
        let text = format!("<{form}>");
        assert_eq!(redacted(&text, secret), "<[redacted]>", "{form}");
    }
    for around in ["", "a", "ab", "me:", "Bearer "] {
        let encoded = BASE64_STANDARD.encode(format!("{around}{secret}{around}"));
        for form in [encoded.replace('+', "-").replace('/', "_"), encoded] {
            let text = format!("Basic {form}, said {form}.");
            let expected = "Basic [redacted], said [redacted].";
            assert_eq!(redacted(&text, secret), expected, "{around:?}");
        }
    }
    for length in 4..secret.len() {
        if let Some(start) = secret.get(..length) {
            let text = format!("it was {start}");
            assert_eq!(redacted(&text, secret), "it was [redacted]", "{start}");
        }
    }
}

#[test]
fn removes_what_a_cut_has_left_in_every_written_form() {
    let secret = "own/token_1+é=";
    let percent = written(secret.bytes(), |byte| format!("%{byte:02x}"));
    let escaped = written(secret.chars(), |c| format!("\\u{:04x}", u32::from(c)));
    let html = written(secret.chars(), |c| format!("&#{};", u32::from(c)));
    let twice = escaped.replace('\\', "\\\\");
    for (form, least) in [(percent, 12), (escaped, 24), (html, 24), (twice, 28)] {
        for length in least..form.len() {
            for end in ["", "…", "..."] {
                let text = format!("it was {}{end}", &form[..length]);
                let expected = format!("it was [redacted]{end}");
                assert_eq!(redacted(&text, secret), expected, "{text}");
            }
        }
    }
    for around in ["", "a", "ab", "me:", "Bearer "] {
        let encoded = BASE64_STANDARD.encode(format!("{around}{secret}"));
        let start = around.len().div_ceil(3) * 4;
        for form in [encoded.replace('+', "-").replace('/', "_"), encoded] {
            for length in start + 5..=form.len() {
                for end in ["", "…", "..."] {
                    let text = format!("Basic {}{end}", &form[..length]);
                    let expected = format!("Basic [redacted]{end}");
                    assert_eq!(redacted(&text, secret), expected, "{text}");
                }
            }
        }
    }
}

#[test]
fn an_ordinary_end_stays() {
    for text in [
        "100%", "a\\", "it is &", "50%2", "so \\u00", "AT&T...", "own",
    ] {
        assert_eq!(redacted(text, "own/token_1+é="), text);
    }
}

#[test]
fn removes_credentials_of_headers() {
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, "Bearer other-one".parse().unwrap());
    headers.insert("x-api-key", "the-key".parse().unwrap());
    headers.insert("x-tenant", "public".parse().unwrap());
    let secrets = Secrets::new("own-token").with_headers(&headers);
    let text = "own-token other-one the-key public";
    let expected = "[redacted] [redacted] [redacted] public";
    assert_eq!(redact(text, &secrets), expected);
}

#[test]
fn removes_what_looks_like_a_credential() {
    for secret in [
        "lag_pat_abc",
        "lag_robot_a_b",
        "nlg_live_x.secret",
        "at_abc-1",
        "whsec_MfKQ9r8/+=",
        r"lag\u005fpat\u005fabc",
        "lag%5Fpat%5Fab%63",
    ] {
        let text = format!(r#"{{"token":"{secret}","n":1}}"#);
        assert_eq!(
            redacted(&text, "other"),
            r#"{"token":"[redacted]","n":1}"#,
            "{secret}"
        );
    }
}

#[test]
fn removes_what_is_decoded() {
    let text = r#"{"lag\u005fpat\u005fabc": ["s3cr\u0065t", {"a": "b"}], "n": 1}"#;
    let mut value: Value = serde_json::from_str(text).unwrap();
    redact_json(&mut value, &Secrets::new("s3cret"));
    let expected = serde_json::json!({"[redacted]": ["[redacted]", {"a": "b"}], "n": 1});
    assert_eq!(value, expected);
}

#[test]
fn a_bare_prefix_and_a_word_that_contains_one_stay() {
    for text in ["at_ cat_food", "at_capacity", "at_least.one"] {
        assert_eq!(redacted(text, "other"), text);
    }
}

#[test]
fn no_text_makes_it_panic() {
    let pieces = [
        "\\", "u", "%", "&#", ";", "é", "🦀", "0", "lag_pat_", "s3c", "x",
    ];
    for _ in 0..20_000 {
        let text: String = (0..fastrand::usize(..12))
            .map(|_| pieces[fastrand::usize(..pieces.len())])
            .collect();
        let _ = redacted(&text, "s3cré");
    }
}
