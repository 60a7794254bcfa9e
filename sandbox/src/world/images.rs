//! Uploaded images and their processing.

use bytes::Bytes;
use serde_json::{Value, json};

use super::messages::Draft;
use super::time::{Millis, iso};
use super::{Failure, Id, Message, World};

/// GIFs above this size are processed after the upload. The documentation says
/// "large".
pub(crate) const LARGE_GIF: usize = 1024 * 1024;
/// Up to how long after the upload a large GIF is `pending`.
const PENDING_FOR: Millis = 500;
/// Up to how long after the upload it is then `processing`.
const PROCESSING_FOR: Millis = 1_500;

pub(crate) const PURPOSES: [&str; 5] = ["avatar", "server_icon", "event_cover", "chat", "general"];

#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) id: Id,
    pub(crate) uploader: Id,
    pub(crate) url: String,
    pub(crate) content_type: String,
    pub(crate) size: usize,
    pub(crate) dimensions: Option<(u32, u32)>,
    pub(crate) purpose: String,
    pub(crate) alt: Option<String>,
    pub(crate) entity: Option<String>,
    /// Whether the image is processed after the upload. Otherwise it is ready
    /// at once.
    pub(crate) deferred: bool,
    /// Whether the processing fails, because a test wants it to.
    pub(crate) fails: bool,
    pub(crate) created: Millis,
}

impl Image {
    fn processing_status(&self, now: Millis) -> &'static str {
        let age = now - self.created;
        match (self.deferred, age) {
            (true, ..PENDING_FOR) => "pending",
            (true, PENDING_FOR..PROCESSING_FOR) => "processing",
            _ if self.fails => "failed",
            _ => "ready",
        }
    }

    pub(crate) fn status_view(&self, now: Millis) -> Value {
        json!({
            "id": &*self.id,
            "processingStatus": self.processing_status(now),
            "variants": null,
            "url": self.url,
        })
    }

    pub(crate) fn view(&self, now: Millis) -> Value {
        let (width, height) = self.dimensions.unzip();
        json!({
            "id": &*self.id,
            "uploaderId": &*self.uploader,
            "url": self.url,
            "originalUrl": self.url,
            "contentType": self.content_type,
            "size": self.size,
            "width": width,
            "height": height,
            "purpose": self.purpose,
            "processingStatus": self.processing_status(now),
            "variants": null,
            "blurhash": null,
            "alt": self.alt,
            "entityId": self.entity,
            "createdAt": iso(self.created),
        })
    }
}

impl World {
    pub(crate) fn image(&self, id: &str) -> Result<&Image, Failure> {
        self.images
            .get(id)
            .ok_or_else(|| Failure::not_found("Image"))
    }

    pub(crate) fn image_mut(&mut self, id: &str) -> Result<&mut Image, Failure> {
        self.images
            .get_mut(id)
            .ok_or_else(|| Failure::not_found("Image"))
    }

    /// The image of a draft, if it has one. Refuses an image that does not
    /// exist.
    pub(crate) fn draft_image(&self, draft: &Draft) -> Result<Option<Id>, Failure> {
        draft
            .image
            .as_deref()
            .map(|id| self.image(id).map(|image| image.id.clone()))
            .transpose()
    }

    /// How an image looks inside a message.
    pub(crate) fn message_image(&self, message: &Message) -> Option<Value> {
        let image = self.images.get(message.image.as_deref()?)?;
        let (width, height) = image.dimensions.unzip();
        Some(json!({
            "id": &*image.id,
            "url": image.url,
            "width": width,
            "height": height,
            "blurhash": null,
            "contentType": image.content_type,
            "variants": null,
        }))
    }
}

/// Width and height of a PNG or a GIF.
pub(crate) fn dimensions(bytes: &Bytes) -> Option<(u32, u32)> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let width = bytes.get(16..20)?.try_into().ok()?;
        let height = bytes.get(20..24)?.try_into().ok()?;
        return Some((u32::from_be_bytes(width), u32::from_be_bytes(height)));
    }
    if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        let width = bytes.get(6..8)?.try_into().ok()?;
        let height = bytes.get(8..10)?.try_into().ok()?;
        return Some((
            u16::from_le_bytes(width).into(),
            u16::from_le_bytes(height).into(),
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_of_the_formats_that_are_read() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x01\0";
        assert_eq!(dimensions(&Bytes::from_static(png)), Some((512, 256)));
        assert_eq!(
            dimensions(&Bytes::from_static(b"GIF89a\x05\0\x06\0")),
            Some((5, 6))
        );
        assert_eq!(dimensions(&Bytes::from_static(b"GIF89a\x05")), None);
        assert_eq!(dimensions(&Bytes::from_static(b"text")), None);
    }
}
