//! The media types of images.

use crate::models::{InlineImage, InlineSource};

/// The media type of an image for which no other is known, as in the official
/// SDKs.
const DEFAULT_TYPE: &str = "image/jpeg";

/// The media type of an image file, by the extension of its name. `None` for
/// other files.
pub(crate) fn image_type(file_name: &str) -> Option<&'static str> {
    let (_, extension) = file_name.rsplit_once('.')?;
    let known = [
        ("gif", "image/gif"),
        ("heic", "image/heic"),
        ("heif", "image/heif"),
        ("jpeg", "image/jpeg"),
        ("jpg", "image/jpeg"),
        ("png", "image/png"),
        ("webp", "image/webp"),
    ];
    known
        .into_iter()
        .find(|(name, _)| extension.eq_ignore_ascii_case(name))
        .map(|(_, content_type)| content_type)
}

impl InlineImage {
    pub(crate) fn media_type(&self) -> String {
        if let Some(given) = &self.content_type {
            return given.clone();
        }
        let known = match &self.source {
            InlineSource::Path(path) => image_type(&path.to_string_lossy()),
            InlineSource::Base64(_) | InlineSource::Bytes(_) => None,
        };
        known.unwrap_or(DEFAULT_TYPE).to_owned()
    }
}
