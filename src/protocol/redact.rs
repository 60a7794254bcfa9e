//! Takes secrets out of text that came from outside before it is kept in an
//! error: a server or proxy may echo what it was sent.

use std::borrow::Cow;

const REDACTED: &str = "[redacted]";

/// Beginnings of the credentials that either service is known to issue.
const PREFIXES: [&str; 6] = [
    "at_",
    "lag_pat_",
    "lag_robot_",
    "nlg_live_",
    "nlg_test_",
    "whsec_",
];

/// `text` without `secret` and without anything that looks like a credential.
pub(crate) fn redact<'a>(text: &'a str, secret: &str) -> Cow<'a, str> {
    let text = replace_secret(text, secret);
    if !PREFIXES.iter().any(|prefix| text.contains(prefix)) {
        return text;
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    let mut in_word = false;
    while let Some(first) = rest.chars().next() {
        // In the middle of a word, `at_` is part of that word (`format_`). The
        // other prefixes are in no word, so they count there as well: after an
        // escaped line break (`\n`), a credential looks as if it were in a
        // word.
        let credential = PREFIXES
            .iter()
            .find(|prefix| rest.starts_with(**prefix) && !(in_word && **prefix == "at_"));
        if let Some(prefix) = credential {
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || "_-.+/=".contains(c)))
                .unwrap_or(rest.len());
            let word = &rest[prefix.len()..end];
            if is_credential(prefix, word) {
                kept.push_str(REDACTED);
                rest = &rest[end..];
                in_word = true;
                continue;
            }
        }
        kept.push(first);
        in_word = first.is_ascii_alphanumeric() || first == '_';
        rest = &rest[first.len_utf8()..];
    }
    Cow::Owned(kept)
}

/// Ordinary words, such as `at_capacity`, can begin like an access token.
fn is_credential(prefix: &str, word: &str) -> bool {
    match prefix {
        "at_" => word.len() >= 16 || word.contains(|c: char| c.is_ascii_digit()),
        _ => !word.is_empty(),
    }
}

fn replace_secret<'a>(text: &'a str, secret: &str) -> Cow<'a, str> {
    // Replacing a very short token would make text unreadable, and so short a
    // token protects nothing.
    if secret.len() < 4 || !text.contains(secret) {
        let escaped = serde_json::to_string(secret).unwrap_or_default();
        let escaped = escaped.trim_matches('"');
        if escaped.len() >= 4 && escaped != secret && text.contains(escaped) {
            return Cow::Owned(text.replace(escaped, REDACTED));
        }
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(secret, REDACTED))
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn leaves_harmless_text_alone() {
        assert_eq!(
            redact("chat_message at the format_x", "s3cret"),
            "chat_message at the format_x"
        );
    }

    #[test]
    fn removes_the_callers_own_token() {
        assert_eq!(
            redact("bad token s3cret!", "s3cret"),
            "bad token [redacted]!"
        );
        assert_eq!(
            redact(r#"{"message":"a\"b\\c"}"#, r#"a"b\c"#),
            r#"{"message":"[redacted]"}"#
        );
    }

    #[test]
    fn removes_what_looks_like_a_credential() {
        for secret in [
            "lag_pat_abc",
            "lag_robot_a_b",
            "nlg_live_x.secret",
            "at_abc-1",
            "whsec_MfKQ9r8/+=",
        ] {
            let text = format!(r#"{{"token":"{secret}","n":1}}"#);
            assert_eq!(
                redact(&text, "other"),
                r#"{"token":"[redacted]","n":1}"#,
                "{secret}"
            );
        }
    }

    #[test]
    fn a_bare_prefix_and_a_word_that_contains_one_stay() {
        for text in ["at_ cat_food", "at_capacity", "at_least.one"] {
            assert_eq!(redact(text, "other"), text);
        }
    }
}
