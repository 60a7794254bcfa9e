//! Removes secrets from text that came from a server or proxy before it is kept
//! in an error. Such a text may repeat what was sent, and may write it in
//! another form: with escapes of JSON or HTML, percent-encoded, or in Base64.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderMap, HeaderName, header};
use serde_json::Value;

const REDACTED: &str = "[redacted]";

/// The first characters of all kinds of credentials that the services Lag and
/// NoLag are known to issue.
const PREFIXES: [&str; 6] = [
    "at_",
    "lag_pat_",
    "lag_robot_",
    "nlg_live_",
    "nlg_test_",
    "whsec_",
];

/// Headers whose values are credentials.
const CREDENTIALS: [HeaderName; 3] = [
    header::AUTHORIZATION,
    header::COOKIE,
    header::PROXY_AUTHORIZATION,
];

/// How many bytes a secret must have to be removed. Replacing a very short one
/// would make text unreadable, and so short a secret protects nothing.
const SHORTEST: usize = 4;

/// What a client sends that must not be in an error: its token, and the
/// credentials in headers that were added.
#[derive(Clone)]
pub(crate) struct Secrets(Arc<[String]>);

impl Secrets {
    pub(crate) fn new(token: &str) -> Self {
        Self([token.to_owned()].into())
    }

    /// These secrets and another one.
    pub(crate) fn with(&self, secret: &str) -> Self {
        let mut all = self.0.to_vec();
        all.push(secret.to_owned());
        Self(all.into())
    }

    /// These secrets and those in headers.
    pub(crate) fn with_headers(&self, headers: &HeaderMap) -> Self {
        let mut all = self.0.to_vec();
        for (name, value) in headers {
            let Ok(value) = value.to_str() else { continue };
            if !CREDENTIALS.contains(name) && !is_named_like_a_secret(name) {
                continue;
            }
            // The credential may follow a scheme, as in `Bearer …`.
            let word = value.rsplit(' ').next().unwrap_or_default();
            for secret in [word, value] {
                if !all.iter().any(|known| known == secret) {
                    all.push(secret.to_owned());
                }
            }
        }
        Self(all.into())
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        let long = self.0.iter().filter(|secret| secret.len() >= SHORTEST);
        long.map(String::as_str)
    }
}

fn is_named_like_a_secret(name: &HeaderName) -> bool {
    ["auth", "key", "secret", "token"]
        .iter()
        .any(|part| name.as_str().contains(part))
}

/// `text` without the secrets and without anything that looks like a
/// credential.
pub(crate) fn redact<'a>(text: &'a str, secrets: &Secrets) -> Cow<'a, str> {
    let mut text = Cow::Borrowed(text);
    for secret in secrets.iter() {
        text = without_base64(text, secret);
        text = without(text, |rest, _| written_at(rest, secret));
        text = without_beginning(text, secret);
    }
    without(text, credential_at)
}

/// Does the same with all texts and keys in a JSON value.
pub(crate) fn redact_json(value: &mut Value, secrets: &Secrets) {
    match value {
        Value::String(text) => redact_in_place(text, secrets),
        Value::Array(elements) => {
            for element in elements {
                redact_json(element, secrets);
            }
        }
        Value::Object(fields) => {
            let are_clean = fields
                .keys()
                .all(|key| matches!(redact(key, secrets), Cow::Borrowed(_)));
            if !are_clean {
                *fields = std::mem::take(fields)
                    .into_iter()
                    .map(|(key, value)| (redact(&key, secrets).into_owned(), value))
                    .collect();
            }
            for (_, field) in fields {
                redact_json(field, secrets);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn redact_in_place(text: &mut String, secrets: &Secrets) {
    if let Cow::Owned(redacted) = redact(text, secrets) {
        *text = redacted;
    }
}

/// Calls `find` for each place of a text, with the text from there on and with
/// whether the place is inside a word. Where `find` returns a length, so many
/// bytes are replaced.
fn without(text: Cow<'_, str>, find: impl Fn(&str, bool) -> Option<usize>) -> Cow<'_, str> {
    let mut kept: Option<String> = None;
    let (mut rest, mut in_word) = (&*text, false);
    while let Some(first) = rest.chars().next() {
        if let Some(length) = find(rest, in_word) {
            let before = text.len() - rest.len();
            kept.get_or_insert_with(|| text[..before].to_owned())
                .push_str(REDACTED);
            rest = &rest[length..];
            in_word = true;
            continue;
        }
        if let Some(kept) = &mut kept {
            kept.push(first);
        }
        in_word = first.is_ascii_alphanumeric() || first == '_';
        rest = &rest[first.len_utf8()..];
    }
    match kept {
        Some(kept) => Cow::Owned(kept),
        None => text,
    }
}

/// If `text` begins with `secret`, returns how many bytes of `text` that takes.
/// Each character may be written in any of its [`forms`].
fn written_at(text: &str, secret: &str) -> Option<usize> {
    if text.starts_with(secret) {
        return Some(secret.len());
    }
    let mut rest = text;
    for expected in secret.chars() {
        rest = behind(rest, expected)?;
    }
    Some(text.len() - rest.len())
}

/// If `text` begins with this character, in any of its written forms, returns
/// what follows.
fn behind(text: &str, expected: char) -> Option<&str> {
    let length = forms(text)
        .into_iter()
        .flatten()
        .find_map(|(found, length)| (found == expected).then_some(length));
    match length {
        Some(length) => Some(&text[length..]),
        // A character beyond ASCII is percent-encoded byte by byte.
        None => percent_encoded(text, expected),
    }
}

/// Which characters the beginning of a text may stand for, and how many bytes
/// each takes: an escape of JSON, a percent-encoded character, an escape of
/// HTML, or the first character itself.
fn forms(text: &str) -> [Option<(char, usize)>; 4] {
    let first = text.chars().next();
    [
        json_escape(text),
        hexadecimal(text, 1, 3).filter(|_| text.starts_with('%')),
        html_escape(text),
        first.map(|first| (first, first.len_utf8())),
    ]
}

fn json_escape(text: &str) -> Option<(char, usize)> {
    let rest = text.strip_prefix('\\')?;
    match rest.chars().next()? {
        'u' => hexadecimal(text, 2, 6),
        // In JSON that is quoted in JSON, backslashes are doubled.
        '\\' if rest.starts_with("\\u") => hexadecimal(text, 3, 7).or(Some(('\\', 2))),
        character @ ('"' | '\\' | '/') => Some((character, 2)),
        _ => None,
    }
}

fn html_escape(text: &str) -> Option<(char, usize)> {
    let rest = text.strip_prefix("&#")?;
    let length = rest.find(';').filter(|length| *length <= 8)?;
    let digits = &rest[..length];
    let number = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    Some((char::from_u32(number.ok()?)?, 2 + length + 1))
}

/// The character whose hexadecimal number stands from byte `from` to byte `to`,
/// together with `to`.
fn hexadecimal(text: &str, from: usize, to: usize) -> Option<(char, usize)> {
    let number = u32::from_str_radix(text.get(from..to)?, 16).ok()?;
    Some((char::from_u32(number)?, to))
}

/// If `text` begins with this character, percent-encoded byte by byte, returns
/// what follows.
fn percent_encoded(mut text: &str, character: char) -> Option<&str> {
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        let (found, length) = hexadecimal(text.strip_prefix('%').map(|_| text)?, 1, 3)?;
        if u32::from(found) != u32::from(byte) {
            return None;
        }
        text = &text[length..];
    }
    Some(text)
}

/// If `text` begins with what looks like a credential, returns how long that
/// is.
fn credential_at(text: &str, in_word: bool) -> Option<usize> {
    PREFIXES.iter().find_map(|prefix| {
        // In the middle of a word, `at_` is part of that word (`format_`). No
        // word contains one of the other prefixes, so they count there as well:
        // after an escaped line break (`\n`), a credential looks as if it were
        // in the middle of a word.
        if in_word && *prefix == "at_" {
            return None;
        }
        let length = written_at(text, prefix)?;
        let mut rest = &text[length..];
        while let Some(length) = credential_character(rest) {
            rest = &rest[length..];
        }
        let end = text.len() - rest.len();
        is_credential(prefix, &text[length..end]).then_some(end)
    })
}

fn credential_character(text: &str) -> Option<usize> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.+/=".contains(c);
    let found = forms(text).into_iter().flatten();
    let (_, length) = found
        .into_iter()
        .find(|(character, _)| is_part(*character))?;
    Some(length)
}

/// Ordinary words, such as `at_capacity`, can begin like an access token.
fn is_credential(prefix: &str, word: &str) -> bool {
    match prefix {
        "at_" => word.len() >= 16 || word.contains(|c: char| c.is_ascii_digit()),
        _ => !word.is_empty(),
    }
}

/// Removes the beginning of a secret from the end of a text. A text that was
/// cut in the middle of a secret ends like this.
fn without_beginning<'t>(text: Cow<'t, str>, secret: &str) -> Cow<'t, str> {
    /// How many bytes the longest written form of a character has: four bytes
    /// of UTF-8, each percent-encoded with three characters.
    const LONGEST_FORM: usize = 12;

    let longest = secret.len().saturating_mul(LONGEST_FORM);
    let whole = without_ellipsis(&text);
    let from = whole.len().saturating_sub(longest);
    let cut = (from..whole.len())
        .filter(|start| whole.is_char_boundary(*start))
        .find(|start| begins(&whole[*start..], secret));
    match cut {
        Some(start) => Cow::Owned(redacted_between(&text, start, whole.len())),
        None => text,
    }
}

/// Whether a text is nothing but the beginning of a secret, in any of its
/// written forms.
fn begins(text: &str, secret: &str) -> bool {
    let mut rest = text;
    for (matched, expected) in secret.chars().enumerate() {
        if rest.is_empty() || is_cut_escape(rest) || is_cut_percent(rest, expected) {
            return matched >= SHORTEST;
        }
        match behind(rest, expected) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    rest.is_empty()
}

/// Whether a text is an escape that was cut before its end.
fn is_cut_escape(text: &str) -> bool {
    let (mark, longest) = match text.as_bytes() {
        [b'%', ..] => ("%", 2),
        [b'\\', b'\\', ..] => ("\\\\u", 6),
        [b'\\', ..] => ("\\u", 5),
        [b'&', ..] => ("&#x", 8),
        _ => return false,
    };
    let digits = text.trim_start_matches(|c| mark.contains(c));
    text.len() <= longest && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The same for a character beyond ASCII, which is percent-encoded byte by
/// byte.
fn is_cut_percent(text: &str, character: char) -> bool {
    let mut buffer = [0; 4];
    let bytes = character.encode_utf8(&mut buffer).bytes();
    let encoded = bytes.fold(String::new(), |encoded, byte| {
        format!("{encoded}%{byte:02x}")
    });
    text.len() < encoded.len() && encoded[..text.len()].eq_ignore_ascii_case(text)
}

/// A text that was cut may end with an ellipsis.
fn without_ellipsis(text: &str) -> &str {
    text.trim_end_matches(['.', '…', ' '])
}

fn redacted_between(text: &str, start: usize, end: usize) -> String {
    [&text[..start], REDACTED, &text[end..]].concat()
}

/// Removes Base64 that contains a secret. Base64 encodes three bytes at a time,
/// so that there are three forms of a secret: they differ by how many bytes of
/// the first three come before the secret.
fn without_base64<'t>(text: Cow<'t, str>, secret: &str) -> Cow<'t, str> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte);
    let mut text = text;
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend(secret.as_bytes());
        let encoded = BASE64_STANDARD.encode(&bytes);
        // Only the characters that do not depend on the bytes around the
        // secret.
        let known = &encoded[(before * 8).div_ceil(6)..bytes.len() * 8 / 6];
        if known.len() < SHORTEST {
            continue;
        }
        for known in [known.to_owned(), known.replace('+', "-").replace('/', "_")] {
            while let Some(found) = find_or_cut(&text, &known) {
                let bytes = text.as_bytes();
                let start = bytes[..found].iter().rposition(|byte| !is_part(*byte));
                let end = bytes[found..].iter().position(|byte| !is_part(*byte));
                let start = start.map_or(0, |before| before + 1);
                let end = end.map_or(text.len(), |length| found + length);
                text = Cow::Owned(redacted_between(&text, start, end));
            }
        }
    }
    text
}

/// Where `known` stands in a text, or where its beginning stands at the end of
/// a text that was cut.
fn find_or_cut(text: &str, known: &str) -> Option<usize> {
    text.find(known).or_else(|| {
        let whole = without_ellipsis(text);
        let mut lengths = (SHORTEST..known.len()).rev();
        let cut = lengths.find(|length| whole.ends_with(&known[..*length]));
        cut.map(|length| whole.len() - length)
    })
}

#[cfg(test)]
mod tests;
