//! The request for an upgrade, and the answer to it.

use std::io::{self, ErrorKind};
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use tungstenite::handshake::client::Response as Head;
use tungstenite::handshake::machine::TryParse;

use super::line::Line;
use super::reach::{Target, left};
use crate::protocol::response::HttpResponse;

/// How many bytes the head of an answer may have.
const LONGEST_HEAD: usize = 64 * 1024;

/// The head of a request.
pub(super) fn request(target: &Target, headers: &HeaderMap) -> Vec<u8> {
    let first = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\n",
        target.path, target.authority
    );
    let mut request = first.into_bytes();
    for (name, value) in headers {
        request.extend_from_slice(name.as_str().as_bytes());
        request.extend_from_slice(b": ");
        request.extend_from_slice(value.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    request
}

/// Reads an answer. After an upgrade, the bytes that follow its head stay in
/// `plain`. After another status, the body is read, as far as it arrives in
/// time.
pub(super) fn response(
    line: &Line,
    until: Instant,
    buffer: &mut [u8],
    plain: &mut Vec<u8>,
    max_body: usize,
) -> io::Result<HttpResponse> {
    let head = loop {
        match Head::try_parse(plain) {
            Ok(Some((length, head))) => {
                plain.drain(..length);
                let status = head.status();
                if !status.is_informational() || status == StatusCode::SWITCHING_PROTOCOLS {
                    break head;
                }
                continue;
            }
            Ok(None) if plain.len() > LONGEST_HEAD => {
                return Err(io::Error::other("the head of the answer is too long"));
            }
            Ok(None) => {}
            Err(_) => return Err(io::Error::other("the answer is not HTTP")),
        }
        if line.read(left(until)?, buffer, plain)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    };
    let (head, _) = head.into_parts();
    let mut response = HttpResponse {
        status: head.status,
        headers: head.headers,
        body: Bytes::new(),
        incomplete: None,
    };
    if !response.status.is_informational() {
        response.body = body(line, until, buffer, plain, &response.headers, max_body);
    }
    Ok(response)
}

/// Reads the body of an error. A part of it is enough, as the status says what
/// matters.
fn body(
    line: &Line,
    until: Instant,
    buffer: &mut [u8],
    plain: &mut Vec<u8>,
    headers: &HeaderMap,
    max_body: usize,
) -> Bytes {
    let length = headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let is_chunked = headers.contains_key(header::TRANSFER_ENCODING);
    let longest = length.unwrap_or(max_body).min(max_body);
    loop {
        if is_chunked && let Some(body) = unchunked(plain) {
            return body.into();
        }
        if plain.len() >= longest {
            break;
        }
        let Ok(wait) = left(until) else { break };
        if !matches!(line.read(wait, buffer, plain), Ok(1..)) {
            break;
        }
    }
    plain.truncate(longest);
    if is_chunked {
        return Bytes::new();
    }
    std::mem::take(plain).into()
}

/// The content of a chunked body, or `None` if its last chunk has not arrived.
fn unchunked(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = bytes.windows(2).position(|pair| pair == b"\r\n")?;
        let size = std::str::from_utf8(&bytes[..line]).ok()?;
        let size = size.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        bytes = &bytes[line + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(bytes.get(..size)?);
        bytes = bytes.get(size + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::unchunked;

    #[test]
    fn chunks_are_put_together_when_all_are_there() {
        let whole = b"3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n";
        assert_eq!(unchunked(whole).unwrap(), b"abc0123456789");
        for length in 0..whole.len() - 4 {
            assert_eq!(unchunked(&whole[..length]), None, "{length}");
        }
        for broken in [
            &b"x\r\n"[..],
            b"-1\r\na\r\n",
            b"ffffffffffffffff\r\n",
            b"\xff\r\n",
        ] {
            assert_eq!(unchunked(broken), None);
        }
    }
}
