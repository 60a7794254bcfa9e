//! Undoes what `Content-Encoding` says was done to a body. There is one
//! implementation for both clients, because the HTTP libraries differ in which
//! forms of gzip they read and in how they treat an empty body.

use std::fmt;
use std::io::{ErrorKind, Read};

use bytes::Bytes;
use flate2::bufread::GzDecoder;
use http::{HeaderMap, header};

use super::response::HttpResponse;

/// How many times one body may be encoded, each time over the last one. Once is
/// usual.
const MAX_LAYERS: usize = 4;
/// The first bytes of each member of a gzip file (RFC 1952, section 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// How many characters of an encoding's name are quoted in an error.
const MAX_NAME: usize = 60;
/// How much memory is reserved for a decoded body at first, as a multiple of
/// its encoded length.
const USUAL_RATIO: usize = 4;

/// Why a body cannot be decoded.
#[derive(Debug)]
enum Undecodable {
    /// An encoding that was not asked for.
    Unasked(String),
    TooManyLayers,
    Broken(std::io::Error),
    TooLong(usize),
}

impl Undecodable {
    fn unasked(name: &str) -> Self {
        Self::Unasked(name.chars().take(MAX_NAME).collect())
    }
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unasked(name) => write!(
                f,
                "the content encoding {name:?} was not asked for and is not understood"
            ),
            Self::TooManyLayers => f.write_str("the body is encoded over and over"),
            Self::Broken(error) if error.kind() == ErrorKind::UnexpectedEof => {
                f.write_str("the gzip body ends too early")
            }
            Self::Broken(error) => write!(f, "the gzip body is broken: {error}"),
            Self::TooLong(limit) => write!(f, "the body is longer than {limit} bytes"),
        }
    }
}

impl HttpResponse {
    /// Decodes the body, to at most `limit` bytes. If that fails, the reason is
    /// put into [`incomplete`](Self::incomplete) instead of being returned as
    /// an error: the status is still of use.
    pub(crate) fn decoded(mut self, limit: usize) -> Self {
        if !self.headers.contains_key(header::CONTENT_ENCODING) {
            return self;
        }
        let result = decode(&self.headers, &self.body, limit);
        // These headers describe the body as it was sent.
        self.headers.remove(header::CONTENT_ENCODING);
        self.headers.remove(header::CONTENT_LENGTH);
        match result {
            Ok(None) => {}
            Ok(Some(body)) => self.body = body,
            Err((partial, reason)) => {
                self.body = partial;
                // If the body broke off while it was received, that stays the
                // reason: it is why the rest cannot be decoded.
                self.incomplete.get_or_insert_with(|| reason.to_string());
            }
        }
        self
    }
}

/// For a body that is read piece by piece, and whose request therefore asked
/// for no encoding: what is wrong with it if it has one.
pub(crate) fn unasked(headers: &HeaderMap) -> Option<String> {
    let encodings = encodings(headers);
    let encoding = encodings.into_iter().find(|name| !is_identity(name))?;
    Some(Undecodable::unasked(&encoding).to_string())
}

/// The decoded body; `None` if the body is not encoded. An error comes with as
/// much of the body as there is to show.
fn decode(
    headers: &HeaderMap,
    body: &Bytes,
    limit: usize,
) -> Result<Option<Bytes>, (Bytes, Undecodable)> {
    // An empty body is empty in every encoding. Answers to HEAD and answers
    // with 204 have none, and some servers name an encoding before they know
    // that there will be no body.
    if body.is_empty() {
        return Ok(None);
    }
    let encodings = encodings(headers);
    if let Some(unknown) = encodings
        .iter()
        .find(|name| !is_identity(name) && !is_gzip(name))
    {
        return Err((Bytes::new(), Undecodable::unasked(unknown)));
    }
    let layers = encodings.iter().filter(|name| is_gzip(name)).count();
    if layers > MAX_LAYERS {
        return Err((Bytes::new(), Undecodable::TooManyLayers));
    }
    let mut decoded = None;
    for _ in 0..layers {
        let encoded: &[u8] = decoded.as_deref().unwrap_or(body);
        decoded = Some(gunzip(encoded, limit)?);
    }
    Ok(decoded)
}

/// The names of the encodings, in the order in which they were applied. They
/// are made lower case, since they are case-insensitive, and may be spread over
/// several headers (RFC 9110, sections 8.4 and 5.3).
fn encodings(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .map(|name| String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase())
        .filter(|name| !name.is_empty())
        .collect()
}

fn is_gzip(name: &str) -> bool {
    // `x-gzip` is another name for gzip (RFC 9110, section 8.4.1.3).
    name == "gzip" || name == "x-gzip"
}

fn is_identity(name: &str) -> bool {
    name == "identity"
}

/// Decodes all members of a gzip file, which follow each other (RFC 1952,
/// section 2.2). Other bytes after the last member are ignored, as the program
/// gzip does: some servers send padding.
fn gunzip(encoded: &[u8], limit: usize) -> Result<Bytes, (Bytes, Undecodable)> {
    if !encoded.starts_with(&GZIP_MAGIC) {
        // The body is kept as it is. It may be plain text, and in an error that
        // tells more than no body.
        let error = std::io::Error::new(ErrorKind::InvalidData, "it is not gzip");
        let body = Bytes::copy_from_slice(encoded);
        return Err((body, Undecodable::Broken(error)));
    }
    let likely = encoded.len().saturating_mul(USUAL_RATIO);
    let mut decoded = Vec::with_capacity(likely.min(limit));
    let mut rest = encoded;
    loop {
        let mut member = GzDecoder::new(rest);
        let left = limit.saturating_sub(decoded.len());
        // By reading one byte more than is allowed, a body that is too long is
        // told from one that just fits.
        let most = u64::try_from(left).unwrap_or(u64::MAX).saturating_add(1);
        let read = member.by_ref().take(most).read_to_end(&mut decoded);
        if decoded.len() > limit {
            decoded.truncate(limit);
            return Err((decoded.into(), Undecodable::TooLong(limit)));
        }
        if let Err(error) = read {
            return Err((decoded.into(), Undecodable::Broken(error)));
        }
        rest = member.into_inner();
        if !rest.starts_with(&GZIP_MAGIC) {
            return Ok(decoded.into());
        }
    }
}

#[cfg(test)]
mod tests;
