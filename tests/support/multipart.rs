//! Taking a `multipart/form-data` body apart, strictly.

use memchr::memmem;

use super::Recorded;

/// A part as it arrived.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// The lines above the content, as they are.
    pub(crate) headers: Vec<String>,
    pub(crate) content: Vec<u8>,
}

impl Part {
    pub(crate) fn file(file_name: &str, content_type: &str, content: &[u8]) -> Self {
        let disposition =
            format!("Content-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"");
        Self {
            headers: vec![disposition, format!("Content-Type: {content_type}")],
            content: content.to_vec(),
        }
    }

    pub(crate) fn field(name: &str, value: &str) -> Self {
        Self {
            headers: vec![format!("Content-Disposition: form-data; name=\"{name}\"")],
            content: value.into(),
        }
    }
}

/// The parts of a request's body, which must be a form and nothing else.
pub(crate) fn parts(request: &Recorded) -> Vec<Part> {
    let [content_type] = request.header("content-type")[..] else {
        panic!("not one content type: {:?}", request.headers)
    };
    let boundary = content_type
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap_or_else(|| panic!("{content_type}"));
    let mut rest = request
        .body
        .strip_prefix(format!("--{boundary}\r\n").as_bytes())
        .expect("the boundary first");
    let delimiter = format!("\r\n--{boundary}");
    let mut parts = Vec::new();
    loop {
        let end = memmem::find(rest, delimiter.as_bytes()).expect("a boundary behind each part");
        parts.push(part(&rest[..end]));
        rest = &rest[end + delimiter.len()..];
        match rest {
            b"--\r\n" => return parts,
            _ => rest = rest.strip_prefix(b"\r\n").expect("a line break"),
        }
    }
}

/// The file in a form, which comes last.
pub(crate) fn file_part(request: &Recorded) -> Part {
    parts(request).pop().expect("a part")
}

fn part(bytes: &[u8]) -> Part {
    let end = memmem::find(bytes, b"\r\n\r\n").expect("an empty line behind the headers");
    let headers = std::str::from_utf8(&bytes[..end]).expect("headers in UTF-8");
    Part {
        headers: headers.split("\r\n").map(str::to_owned).collect(),
        content: bytes[end + 4..].to_vec(),
    }
}
