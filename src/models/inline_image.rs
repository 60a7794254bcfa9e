//! Images that are sent inside a JSON body.

use std::fmt;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::setters::setters;

/// An avatar or icon to upload: a file, bytes in memory, or text that is base64
/// already.
///
/// Paths and bytes convert to one:
///
/// ```
/// use std::path::Path;
/// use lagclient::models::InlineImage;
///
/// let file: InlineImage = Path::new("me.png").into();
/// let bytes: InlineImage = vec![0xff, 0xd8, 0xff].into();
/// let other = InlineImage::from_bytes(b"\x89PNG...".as_slice()).content_type("image/png");
/// ```
///
/// The image is sent inside a JSON body, so it is in memory as a whole.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct InlineImage {
    pub(crate) source: InlineSource,
    pub(crate) content_type: Option<String>,
}

/// Where an image comes from.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum InlineSource {
    Base64(String),
    Bytes(Bytes),
    Path(PathBuf),
}

impl InlineImage {
    /// An image in a file of at most 25 MiB. Unless you set a [media
    /// type](Self::content_type), it follows from the extension (`gif`, `heic`,
    /// `heif`, `jpeg`, `jpg`, `png` or `webp`); with any other extension it is
    /// `image/jpeg`.
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        Self::new(InlineSource::Path(path.into()))
    }

    /// An image in memory. Its media type is `image/jpeg`, unless you set
    /// [another](Self::content_type).
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        Self::new(InlineSource::Bytes(bytes.into()))
    }

    /// An image as text that is base64 already, without a `data:` prefix. It is
    /// sent unchanged and not checked. Its media type is `image/jpeg`, unless
    /// you set [another](Self::content_type).
    pub fn from_base64(base64: impl Into<String>) -> Self {
        Self::new(InlineSource::Base64(base64.into()))
    }

    setters! {
        /// The media type of the image, such as `image/png`.
        content_type: String,
    }

    fn new(source: InlineSource) -> Self {
        Self {
            source,
            content_type: None,
        }
    }
}

/// Implements `From` for each type that an image can be made from.
macro_rules! from_each {
    ($($(#[$doc:meta])* [$($generics:tt)*] $source:ty => $convert:expr;)+) => {$(
        $(#[$doc])*
        impl<$($generics)*> From<$source> for InlineImage {
            fn from(source: $source) -> Self {
                $convert(source)
            }
        }
    )+};
}

from_each! {
    [] &Path => Self::from_path;
    [] PathBuf => Self::from_path;
    [] Bytes => Self::from_bytes;
    [] Vec<u8> => Self::from_bytes;
    /// The bytes are copied.
    [] &[u8] => |bytes: &[u8]| Self::from_bytes(bytes.to_vec());
    /// The bytes are copied.
    [const N: usize] &[u8; N] => |bytes: &[u8; N]| Self::from_bytes(bytes.to_vec());
}

impl fmt::Debug for InlineImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("InlineImage");
        match &self.source {
            InlineSource::Base64(text) => debug.field("base64", &text.len()),
            InlineSource::Bytes(bytes) => debug.field("bytes", &bytes.len()),
            InlineSource::Path(path) => debug.field("path", path),
        };
        debug.field("content_type", &self.content_type).finish()
    }
}
