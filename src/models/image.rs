//! Images.

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

answer! {
    /// An uploaded image.
    ImageMetadata {
        /// Who uploaded it.
        uploader_id: Option<UserId>,
        /// Where the image is as it was uploaded.
        original_url: Option<String>,
        /// The media type, such as `image/png`.
        content_type: String,
        /// The size in bytes.
        size: u64,
        /// The width in pixels.
        width: Option<u32>,
        /// The height in pixels.
        height: Option<u32>,
        /// What it is for.
        purpose: ImagePurpose,
        /// A blurred preview in `BlurHash` notation.
        blurhash: Option<String>,
        /// A text description, for people who cannot see the image.
        alt: Option<String>,
        /// When it was uploaded.
        created_at: DateTime<Utc>,
    }

    /// How far the server is with an image.
    ImageStatus {}

    ..{
        /// The image's id.
        id: ImageId,
        /// Where the image is.
        url: String,
        /// How far the server is with its variants.
        processing_status: ProcessingStatus,
        /// Other sizes by name.
        variants: Option<BTreeMap<String, ImageVariant>>,
    }
}

answer! {
    /// An image in another size.
    ImageVariant {
        /// Where it is.
        url: String,
        /// The width in pixels.
        width: Option<u32>,
        /// The height in pixels.
        height: Option<u32>,
        /// The size in bytes.
        size: Option<u64>,
    }
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
    /// For up to 2 minutes, with waits of 0.5 s, then twice as long each time,
    /// up to 5 s.
    pub fn new() -> Self {
        Self {
            deadline: Duration::from_secs(120),
            first_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(5),
        }
    }

    setters! {
        /// The time after which no further request is made. Default: 2 minutes.
        deadline: Duration,
        /// The wait after the first request. Default: 0.5 s.
        first_delay: Duration,
        /// The longest wait that doubling leads to. Default: 5 s.
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
