//! Images.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::{Extra, timestamp};
use crate::ids::{ImageId, UserId};

open_enum! {
    /// What an image is for.
    ImagePurpose {
        /// A user's avatar.
        Avatar = "avatar",
        /// Attached to a message.
        Chat = "chat",
        /// The picture of a calendar event.
        EventCover = "event_cover",
        /// Anything else.
        General = "general",
        /// The icon of a server.
        ServerIcon = "server_icon",
    }
}

open_enum! {
    /// How far the server is with making an image's variants.
    ProcessingStatus {
        /// It did not work.
        Failed = "failed",
        /// It has not begun.
        Pending = "pending",
        /// It has begun.
        Processing = "processing",
        /// It is done.
        Ready = "ready",
    }
}

/// An uploaded image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImageMetadata {
    /// The image's id.
    pub id: ImageId,
    /// Who uploaded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uploader_id: Option<UserId>,
    /// Where the image is.
    pub url: String,
    /// Where the image is as it was uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_url: Option<String>,
    /// The media type, such as `image/png`.
    pub content_type: String,
    /// The size in bytes.
    pub size: u64,
    /// The width in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// The height in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// What it is for.
    pub purpose: ImagePurpose,
    /// How far the server is with its variants.
    pub processing_status: ProcessingStatus,
    /// Other sizes by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variants: Option<BTreeMap<String, ImageVariant>>,
    /// A blurred preview in `BlurHash` notation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blurhash: Option<String>,
    /// A text description, for people who cannot see the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    /// When it was uploaded.
    #[serde(with = "timestamp")]
    pub created_at: DateTime<Utc>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How far the server is with an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImageStatus {
    /// The image's id.
    pub id: ImageId,
    /// How far the server is with its variants.
    pub processing_status: ProcessingStatus,
    /// Other sizes by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variants: Option<BTreeMap<String, ImageVariant>>,
    /// Where the image is.
    pub url: String,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An image in another size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImageVariant {
    /// Where it is.
    pub url: String,
    /// The width in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// The height in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// The size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How long and how often to ask whether an image is ready.
///
/// ```
/// use std::time::Duration;
/// use lagclient::models::WaitUntilReady;
///
/// let pace = WaitUntilReady::new()
///     .deadline(Duration::from_secs(600))
///     .max_delay(Duration::from_secs(30));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct WaitUntilReady {
    pub(crate) deadline: Duration,
    pub(crate) first_delay: Duration,
    pub(crate) max_delay: Duration,
}

impl WaitUntilReady {
    /// For up to 2 minutes, with waits of 0.5 s, then twice as long each time, up
    /// to 5 s.
    pub fn new() -> Self {
        Self {
            deadline: Duration::from_secs(120),
            first_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(5),
        }
    }

    /// The time after which no further request is made. Default: 2 minutes.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The wait after the first request. Default: 0.5 s.
    pub fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay;
        self
    }

    /// The longest wait that doubling leads to. Default: 5 s.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }
}

impl Default for WaitUntilReady {
    fn default() -> Self {
        Self::new()
    }
}

impl From<()> for WaitUntilReady {
    fn from((): ()) -> Self {
        Self::new()
    }
}

impl From<Duration> for WaitUntilReady {
    fn from(deadline: Duration) -> Self {
        Self::new().deadline(deadline)
    }
}
