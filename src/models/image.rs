//! Uploaded images.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::open_enum::open_enum;
use super::{answer, from_nothing};
use crate::ids::{ImageId, UserId};
use crate::setters::setters;

open_enum! {
    /// What an image is for.
    ImagePurpose {
        /// A user's avatar.
        Avatar = "avatar",
        /// An image that is attached to a message.
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
    /// How far the server has processed an image.
    ProcessingStatus {
        /// The processing failed.
        Failed = "failed",
        /// The processing has not begun.
        Pending = "pending",
        /// The processing is going on.
        Processing = "processing",
        /// The processing is done.
        Ready = "ready",
    }
}

answer! {
    /// What the service knows of an uploaded image.
    ImageMetadata {
        /// The user who uploaded the image.
        uploader_id: Option<UserId>,
        /// The address of the image in the form in which it was uploaded.
        original_url: Option<String>,
        /// The media type, such as `image/png`.
        content_type: String,
        /// The size in bytes.
        size: u64,
        /// The width in pixels.
        width: Option<u32>,
        /// The height in pixels.
        height: Option<u32>,
        /// What the image is for.
        purpose: ImagePurpose,
        /// A blurred preview in `BlurHash` notation.
        blurhash: Option<String>,
        /// A text description, for people who cannot see the image.
        alt: Option<String>,
        /// When the image was uploaded.
        created_at: DateTime<Utc>,
    }

    /// How far the server has processed an image.
    ImageStatus {}

    ..{
        /// The image's id.
        id: ImageId,
        /// The address of the image.
        url: String,
        /// How far the server has processed the image.
        processing_status: ProcessingStatus,
        /// Versions of the image in other sizes, by their names.
        variants: Option<BTreeMap<String, ImageVariant>>,
    }
}

answer! {
    /// A version of an image in another size.
    ImageVariant {
        /// The address of this version.
        url: String,
        /// The width in pixels.
        width: Option<u32>,
        /// The height in pixels.
        height: Option<u32>,
        /// The size in bytes.
        size: Option<u64>,
    }
}

/// For how long and how often `images().wait_until_ready` asks whether an image
/// is ready. `()` stands for the defaults, and a [`Duration`] for another
/// [`deadline`](Self::deadline).
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
    /// The defaults: for up to 2 minutes, with a first wait of 0.5 s, and each
    /// further wait twice as long, up to 5 s.
    pub fn new() -> Self {
        Self {
            deadline: Duration::from_secs(120),
            first_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(5),
        }
    }

    setters! {
        /// For how long to ask: after this time, no further request is made.
        /// Default: 2 minutes.
        deadline: Duration,
        /// How long to wait after the first request. Each further wait is twice
        /// as long. Default: 0.5 s.
        first_delay: Duration,
        /// Once a wait has reached this, the waits no longer double. Default:
        /// 5 s.
        max_delay: Duration,
    }
}

impl Default for WaitUntilReady {
    fn default() -> Self {
        Self::new()
    }
}

from_nothing!(WaitUntilReady);

impl From<Duration> for WaitUntilReady {
    fn from(deadline: Duration) -> Self {
        Self::new().deadline(deadline)
    }
}
