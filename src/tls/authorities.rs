//! The certificate authorities that a client is told to trust, read from PEM.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;

use crate::error::{Error, Result};

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The certificates that a client trusts, in place of those that its TLS
/// library brings. Each is DER.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Authorities(Vec<Vec<u8>>);

impl Authorities {
    /// Reads texts in PEM, each with one certificate or more; `None` if there
    /// are no texts.
    pub(crate) fn read(texts: &[Bytes]) -> Result<Option<Self>> {
        if texts.is_empty() {
            return Ok(None);
        }
        let mut certificates = Vec::new();
        for text in texts {
            // The text around a certificate may be in any encoding.
            let text = String::from_utf8_lossy(text);
            let before = certificates.len();
            for section in text.split(BEGIN).skip(1) {
                let number = certificates.len() + 1;
                let certificate = read_section(section)
                    .and_then(|certificate| check(&certificate).map(|()| certificate))
                    .map_err(|reason| {
                        Error::invalid("ca_certificate", format!("certificate {number} {reason}"))
                    })?;
                certificates.push(certificate);
            }
            if certificates.len() == before {
                let reason =
                    "has no certificate in it: PEM, with a line BEGIN CERTIFICATE, is expected";
                return Err(Error::invalid("ca_certificate", reason));
            }
        }
        Ok(Some(Self(certificates)))
    }

    #[cfg_attr(
        not(any(feature = "rustls", feature = "native-tls")),
        allow(dead_code, reason = "without either there is no TLS")
    )]
    pub(crate) fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(Vec::as_slice)
    }
}

/// A certificate is no secret, but its bytes tell a reader nothing.
impl fmt::Debug for Authorities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} certificates", self.0.len())
    }
}

/// The certificate in a text that begins after a line `BEGIN`.
fn read_section(section: &str) -> Result<Vec<u8>, String> {
    let (content, _) = section
        .split_once(END)
        .ok_or("has no line END CERTIFICATE")?;
    let content: String = content.split_ascii_whitespace().collect();
    BASE64_STANDARD
        .decode(content)
        .map_err(|_| "is not in Base64".to_owned())
}

#[cfg(feature = "rustls")]
fn check(certificate: &[u8]) -> Result<(), String> {
    rustls::RootCertStore::empty()
        .add(rustls::pki_types::CertificateDer::from(certificate))
        .map_err(|error| format!("cannot be used: {error}"))
}

/// Checks only the outermost structure. The operating system's library reads
/// the rest when it first connects.
#[cfg(not(feature = "rustls"))]
fn check(certificate: &[u8]) -> Result<(), String> {
    match sequence(certificate) {
        Some((content, [])) if sequence(content).is_some() => Ok(()),
        _ => Err("is not a certificate".to_owned()),
    }
}

/// The content of a `SEQUENCE` of DER, and the bytes that follow it.
#[cfg(not(feature = "rustls"))]
fn sequence(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[0x30, first], mut rest) = der.split_first_chunk()? else {
        return None;
    };
    let mut length = usize::from(first);
    if let Some(bytes @ 1..=4) = first.checked_sub(0x80) {
        let (digits, behind) = rest.split_at_checked(bytes.into())?;
        length = digits.iter().try_fold(0_usize, |length, digit| {
            length.checked_mul(256)?.checked_add(usize::from(*digit))
        })?;
        rest = behind;
    }
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_refused() {
        let broken = format!("{BEGIN}\n!!!\n{END}\n");
        let endless = format!("{BEGIN}\nAAAA\n");
        let empty = format!("{BEGIN}\n{END}\n");
        let no_sequence = format!("{BEGIN}\nAAAA\n{END}\n");
        let short = format!("{BEGIN}\nMIIB\n{END}\n");
        let key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";
        for text in [
            "",
            "text",
            key,
            &broken,
            &endless,
            &empty,
            &no_sequence,
            &short,
        ] {
            let error = Authorities::read(&[Bytes::copy_from_slice(text.as_bytes())]).unwrap_err();
            let shown = error.to_string();
            assert!(shown.contains("ca_certificate"), "{shown}");
            assert!(!shown.contains("c2VjcmV0"), "{shown}");
        }
        assert_eq!(Authorities::read(&[]).unwrap(), None);
    }
}
