//! Uploaded files.

use bytes::Bytes;

use super::Failure;

/// The documented limit of an image.
pub(crate) const IMAGE_LIMIT: usize = 25 * 1024 * 1024;

/// A file that the sandbox keeps and serves again under its URL.
#[derive(Clone, Debug)]
pub(crate) struct StoredFile {
    pub(crate) content_type: String,
    pub(crate) bytes: Bytes,
}

impl StoredFile {
    /// Refuses files that are no images, and images that are too large.
    pub(crate) fn new(content_type: String, bytes: Bytes) -> Result<Self, Failure> {
        if bytes.len() > IMAGE_LIMIT {
            return Err(Failure::too_large(IMAGE_LIMIT));
        }
        if !content_type.starts_with("image/") && content_type != "application/octet-stream" {
            return Err(Failure::bad_request("The content type must be an image's"));
        }
        Ok(Self {
            content_type,
            bytes,
        })
    }
}
