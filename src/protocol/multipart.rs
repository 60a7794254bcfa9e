//! `multipart/form-data` with one file, for a body that is streamed: the bytes
//! that are sent before the file, and those that are sent after it.

use std::fmt::Write as _;

use bytes::Bytes;
use http::HeaderValue;

use crate::error::InvalidArgument;

/// A form, without the content of its file.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// The `Content-Type` of the request.
    pub(crate) content_type: HeaderValue,
    /// All that is sent before the file's bytes.
    pub(crate) before: Bytes,
    /// All that is sent after them.
    pub(crate) after: Bytes,
}

impl Form {
    /// How many bytes longer the body is than the file.
    pub(crate) fn overhead(&self) -> u64 {
        (self.before.len() + self.after.len()) as u64
    }
}

/// Builds a [`Form`]: the fields first, then the file. So a server that handles
/// a form while it arrives knows the fields before the file begins.
#[derive(Debug)]
pub(crate) struct FormBuilder {
    boundary: String,
    fields: String,
    /// The head of the file's part.
    file: String,
}

impl FormBuilder {
    /// A form with a file of this name and media type.
    pub(crate) fn file(
        name: &'static str,
        file_name: &str,
        content_type: &str,
    ) -> Result<Self, InvalidArgument> {
        check_file_name(file_name)?;
        check_content_type(content_type)?;
        // 128 random bits: no file contains them by chance, and nobody can
        // prepare a file that does.
        let boundary = format!("lagclient-{:032x}", fastrand::u128(..));
        let file = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; \
             filename=\"{}\"\r\nContent-Type: {content_type}\r\n\r\n",
            escape(file_name),
        );
        Ok(Self {
            boundary,
            fields: String::new(),
            file,
        })
    }

    /// Adds a text field, after those that were added before.
    pub(crate) fn field(mut self, name: &'static str, value: &str) -> Self {
        // Writing into a String cannot fail.
        let _ = write!(
            self.fields,
            "--{}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n",
            self.boundary,
        );
        self
    }

    /// Adds a text field if it is set.
    pub(crate) fn field_opt(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.field(name, value),
            None => self,
        }
    }

    pub(crate) fn build(self) -> Result<Form, InvalidArgument> {
        let after = format!("\r\n--{}--\r\n", self.boundary);
        let content_type = format!("multipart/form-data; boundary={}", self.boundary);
        Ok(Form {
            content_type: HeaderValue::try_from(content_type)
                .map_err(|error| InvalidArgument::new("content_type", error.to_string()))?,
            before: (self.fields + &self.file).into(),
            after: after.into(),
        })
    }
}

fn check_file_name(name: &str) -> Result<(), InvalidArgument> {
    if name.is_empty() {
        Err(InvalidArgument::new("file_name", "must not be empty"))
    } else if name.chars().any(char::is_control) {
        Err(InvalidArgument::new(
            "file_name",
            "must not hold control characters",
        ))
    } else {
        Ok(())
    }
}

/// Checks roughly for a media type as in RFC 9110, section 8.3.1. Above all, it
/// must not contain a line break, which would end its header.
fn check_content_type(content_type: &str) -> Result<(), InvalidArgument> {
    let essence = content_type.split(';').next().unwrap_or_default();
    let is_token =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && b != b'/');
    let is_type = essence
        .trim_end()
        .split_once('/')
        .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype));
    if is_type
        && content_type
            .bytes()
            .all(|b| b == b' ' || b.is_ascii_graphic())
    {
        Ok(())
    } else {
        Err(InvalidArgument::new(
            "content_type",
            "must be a media type, such as image/png",
        ))
    }
}

/// A quote would end the name, so it is escaped as the HTML standard says. A
/// backslash is escaped as well, because some servers take it for an escape of
/// the next character. Other characters are sent as they are, in UTF-8.
fn escape(file_name: &str) -> String {
    file_name.replace('"', "%22").replace('\\', "%5C")
}
