//! Taking a `multipart/form-data` body apart (RFC 7578), without copying the
//! parts.

use bytes::Bytes;

use crate::world::Failure;

#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) filename: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Bytes,
}

/// How many parts a body may have: more than any documented form has.
const MAX_PARTS: usize = 16;

/// The parts in the order in which they came.
pub(crate) fn parse(content_type: &str, body: &Bytes) -> Result<Vec<Part>, Failure> {
    let boundary = parameter(content_type, "boundary")
        .filter(|boundary| (1..=70).contains(&boundary.len()))
        .ok_or_else(|| malformed("it names no boundary"))?;
    let delimiter = format!("--{boundary}").into_bytes();
    let inner = [b"\r\n", delimiter.as_slice()].concat();
    let mut at = if body.starts_with(&delimiter) {
        delimiter.len()
    } else {
        find(body, &inner, 0).ok_or_else(|| malformed("the boundary is not in it"))? + inner.len()
    };
    let mut parts = Vec::new();
    loop {
        let rest = body.get(at..).unwrap_or_default();
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        if !rest.starts_with(b"\r\n") {
            return Err(malformed("a boundary is not followed by a line break"));
        }
        if parts.len() == MAX_PARTS {
            return Err(malformed("it has too many parts"));
        }
        let end = find(body, &inner, at).ok_or_else(|| malformed("it ends within a part"))?;
        parts.push(part(&body.slice(at..end))?);
        at = end + inner.len();
    }
}

/// `section` begins with the line break before the first header.
fn part(section: &Bytes) -> Result<Part, Failure> {
    let end = find(section, b"\r\n\r\n", 0).ok_or_else(|| malformed("a part has no headers"))?;
    let headers = std::str::from_utf8(section.get(..end).unwrap_or_default())
        .map_err(|_| malformed("the headers of a part are not UTF-8"))?;
    let header = |wanted: &str| {
        headers
            .split("\r\n")
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim())
    };
    let disposition = header("content-disposition")
        .filter(|value| value.starts_with("form-data"))
        .ok_or_else(|| malformed("a part has no form-data disposition"))?;
    Ok(Part {
        name: parameter(disposition, "name").ok_or_else(|| malformed("a part has no name"))?,
        filename: parameter(disposition, "filename"),
        content_type: header("content-type").map(ToOwned::to_owned),
        body: section.slice(end + 4..),
    })
}

/// A parameter of a header value, as in `form-data; name="file"`, without its
/// quotes.
fn parameter(value: &str, wanted: &str) -> Option<String> {
    let (_, mut rest) = value.split_once(';')?;
    loop {
        let (name, after) = rest.split_once('=')?;
        let (text, next) = if let Some(quoted) = after.trim_start().strip_prefix('"') {
            unquote(quoted)?
        } else {
            let end = after.find(';').unwrap_or(after.len());
            (after[..end].trim().to_owned(), &after[end..])
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(text);
        }
        rest = next.trim_start().strip_prefix(';')?;
    }
}

/// The text up to the closing quote, and what follows.
fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((text, &quoted[at + 1..])),
            '\\' => text.push(chars.next()?.1),
            c => text.push(c),
        }
    }
    None
}

fn find(body: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    memchr::memmem::find(body.get(from..)?, wanted).map(|at| from + at)
}

fn malformed(why: &str) -> Failure {
    Failure::bad_request(format!("Malformed form: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; charset=utf-8; boundary=\"b b\"";

    #[test]
    fn parts_are_read_with_their_headers() {
        let body = "preamble\r\n--b b\r\nContent-Disposition: form-data; name=\"file\"; \
                    filename=\"a \\\"b\\\".png\"\r\nContent-Type: image/png\r\n\r\n\
                    \r\n--b\r\n\r\n--b b\r\nContent-Disposition: form-data; name=purpose\r\n\r\n\
                    chat\r\n--b b--\r\nepilogue";
        let parts = parse(TYPE, &Bytes::from_static(body.as_bytes())).expect("parts");
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].name, "file");
        assert_eq!(parts[0].filename.as_deref(), Some("a \"b\".png"));
        assert_eq!(parts[0].content_type.as_deref(), Some("image/png"));
        assert_eq!(parts[0].body, "\r\n--b\r\n");
        assert_eq!(parts[1].name, "purpose");
        assert_eq!(parts[1].filename, None);
        assert_eq!(parts[1].body, "chat");
    }

    #[test]
    fn malformed_forms_are_refused() {
        for (kind, body) in [
            ("multipart/form-data", "--b b--"),
            (TYPE, ""),
            (TYPE, "--other--"),
            (
                TYPE,
                "--b b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\nno end",
            ),
            (TYPE, "--b b\r\n\r\n\r\n\r\n--b b--"),
            (TYPE, "--b bX\r\n--b b--"),
        ] {
            let refused = parse(kind, &Bytes::from_static(body.as_bytes()));
            assert!(refused.is_err(), "{body:?}");
        }
    }
}
