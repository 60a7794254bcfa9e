//! Images.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::upload::{self, AnySource, Upload};
use super::{Client, example, maybe_async, transport};
use crate::error::{Error, InvalidArgument, NotReadyError, Result};
use crate::ids::{AsId, ImageId};
use crate::image_type::image_type;
use crate::models::{ImageMetadata, ImagePurpose, ImageStatus, ProcessingStatus, WaitUntilReady};
use crate::protocol::multipart::FormBuilder;
use crate::protocol::request::Request;
use crate::protocol::upload::{OnProgress, UploadProgress, UploadState};
use crate::setters::{debug_fields, setters};

/// What a robot does instead.
const INSTEAD: &str = "images need a user's token; a robot may send the id of an uploaded one";
/// The least time that a request for the status gets, even just before the
/// deadline.
const SHORTEST_TIME: Duration = Duration::from_secs(1);
/// The name of a file that has none.
const DEFAULT_NAME: &str = "upload.bin";
/// The media type of a file whose name tells none.
const DEFAULT_TYPE: &str = "application/octet-stream";

/// Images, for users.
///
/// Reached by `client.images()`.
#[derive(Clone, Copy, Debug)]
pub struct Images<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl Images<'_> {
    /// Uploads an image of at most 25 MiB. `POST /images`.
    ///
    /// The file is sent as it is read; it is never in memory as a whole. The
    /// client's timeout does not limit the upload as a whole: it limits how
    /// long the connection may take for the next piece, and then for the
    /// answer, so a slow upload continues as long as it makes progress. How
    /// long reading the source takes is not limited.
    ///
    /// An upload that failed is repeated like any other call, from the
    /// beginning of the file. A reader that cannot be rewound is not sent
    /// again: the failure is reported.
    ///
    /// A server may refuse an upload before it has the whole file. That is the
    /// answer then, and nothing more is sent.
    ///
    /// For users only.
    ///
    #[doc = example! {
        use lagclient::blocking::UploadImage;
        use lagclient::models::SendMessage;
        # let photo = b"\x89PNG\r\n\x1a\n".to_vec();
        let image = UploadImage::from_bytes(photo, "chat")
            ~.file_name("lunch.png")
            ~.alt("a bowl of soup");
        let image = client.images().upload(image).await?;
        let message = SendMessage::new("Lunch!").image(&image.id);
        let messages = client.servers().rooms().messages();
        messages.send("srv_dev", "room_general", message).await?;
        # assert_eq!(image.content_type, "image/png");
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the file is known
    /// to be too large, or if its name or type cannot be sent;
    /// [`Io`](crate::Error::Io) if it cannot be read, if it changes its size
    /// while it is sent, or if a source of unknown size turns out to be too
    /// large; [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
    #[doc(alias = "attachment")]
    #[doc(alias = "file")]
    #[doc(alias = "POST /images")]
    pub async fn upload(self, image: UploadImage) -> Result<ImageMetadata> {
        let request = Request::post("/images").user_only("images.upload", INSTEAD);
        let path = image.path.clone();
        let (request, upload) = match image.into_upload() {
            Ok(upload) => (request, upload),
            Err(error) => return self.client.core.call(request.check(Err(error))).await,
        };
        let response = self.client.core.upload(request, upload).await;
        match (response, path) {
            (Ok(response), _) => response.json(),
            (Err(error), Some(path)) => Err(error.of_file(&path)),
            (Err(error), None) => Err(error),
        }
    }

    /// An uploaded image. `GET /images/{image_id}`.
    ///
    /// For users only.
    ///
    #[doc = example! {
        use lagclient::blocking::UploadImage;
        # let photo = b"\x89PNG\r\n\x1a\n".to_vec();
        let upload = UploadImage::from_bytes(photo, "chat").file_name("lunch.png");
        let id = client.images().upload(upload).await?.id;
        let image = client.images().get(&id).await?;
        println!("{}, {} bytes: {}", image.content_type, image.size, image.url);
        # assert_eq!(image.size, 8);
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such image;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
    #[doc(alias = "download")]
    #[doc(alias = "metadata")]
    pub async fn get(self, image_id: impl AsId<ImageId>) -> Result<ImageMetadata> {
        let request = Request::get("/images/{image_id}")
            .id(image_id.as_id())
            .user_only("images.get", INSTEAD);
        self.client.core.call(request).await
    }

    /// How far the server is with processing an image: large GIFs, for example,
    /// become videos after the upload. `GET /images/{image_id}/status`.
    ///
    /// For users only.
    ///
    #[doc = example! {
        use lagclient::blocking::UploadImage;
        use lagclient::models::ProcessingStatus;
        # let movie = b"GIF89a".to_vec();
        let upload = UploadImage::from_bytes(movie, "chat").file_name("cat.gif");
        let id = client.images().upload(upload).await?.id;
        let image = client.images().status(&id).await?;
        if image.processing_status == ProcessingStatus::Ready {
            println!("{}", image.url);
        }
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such image;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
    #[doc(alias = "processing")]
    pub async fn status(self, image_id: impl AsId<ImageId>) -> Result<ImageStatus> {
        let request = status_request(image_id.as_id(), "images.status");
        self.client.core.call(request).await
    }

    /// Deletes an image. `DELETE /images/{image_id}`.
    ///
    /// For users only.
    ///
    #[doc = example! {
        use lagclient::blocking::UploadImage;
        # let photo = b"\x89PNG\r\n\x1a\n".to_vec();
        let upload = UploadImage::from_bytes(photo, "chat").file_name("lunch.png");
        let image = client.images().upload(upload).await?;
        client.images().delete(&image.id).await?;
        # let gone = client.images().get(&image.id).await;
        # assert!(matches!(gone, Err(lagclient::Error::NotFound(_))));
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such image;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
    #[doc(alias = "remove")]
    pub async fn delete(self, image_id: impl AsId<ImageId>) -> Result<()> {
        let request = Request::delete("/images/{image_id}")
            .id(image_id.as_id())
            .user_only("images.delete", INSTEAD);
        self.client.core.call_nothing(request).await
    }

    /// Asks for an image's [`status`](Self::status) until it is ready.
    ///
    /// `()` stands for the default pace: for up to 2 minutes, with waits of 0.5
    /// s, then twice as long each time, up to 5 s. A [`Duration`] sets another
    /// deadline.
    ///
    /// For users only.
    ///
    #[doc = example! {
        use lagclient::blocking::UploadImage;
        use std::time::Duration;
        # let movie = b"GIF89a".to_vec();
        let upload = UploadImage::from_bytes(movie, "chat").file_name("cat.gif");
        let id = client.images().upload(upload).await?.id;
        let limit = Duration::from_secs(30);
        let image = client.images().wait_until_ready(&id, limit).await?;
        println!("{}", image.url);
    }]
    ///
    /// # Errors
    ///
    /// [`NotReady`](crate::Error::NotReady) if processing failed, or if it is
    /// not done by the deadline; and those of [`status`](Self::status).
    #[doc(alias = "poll")]
    #[doc(alias = "processing")]
    pub async fn wait_until_ready(
        self,
        image_id: impl AsId<ImageId>,
        pace: impl Into<WaitUntilReady>,
    ) -> Result<ImageStatus> {
        let pace = pace.into();
        let started = Instant::now();
        let mut delay = pace.first_delay;
        let request = status_request(image_id.as_id(), "images.wait_until_ready");
        loop {
            let left = pace.deadline.saturating_sub(started.elapsed());
            let core = self.client.core.within(left.max(SHORTEST_TIME));
            let image: ImageStatus = core.call(request.clone()).await?;
            if image.processing_status == ProcessingStatus::Ready {
                return Ok(image);
            }
            let waited = started.elapsed();
            let left = pace.deadline.saturating_sub(waited);
            if image.processing_status == ProcessingStatus::Failed || left.is_zero() {
                return Err(Error::NotReady(Box::new(NotReadyError { image, waited })));
            }
            transport::sleep(delay.min(left)).await;
            delay = delay.saturating_mul(2).min(pace.max_delay);
        }
    }
}

fn status_request(image_id: &str, method: &'static str) -> Request {
    Request::get("/images/{image_id}/status")
        .id(image_id)
        .user_only(method, INSTEAD)
}

/// An image to upload: from a path, from bytes, or from anything that can be
/// read.
#[must_use]
pub struct UploadImage {
    source: AnySource,
    /// The file, to name it in errors.
    path: Option<PathBuf>,
    purpose: ImagePurpose,
    /// From the path, or given.
    file_name: Option<String>,
    content_type: Option<String>,
    alt: Option<String>,
    entity_id: Option<String>,
    size: Option<u64>,
    on_progress: Option<OnProgress>,
}

impl UploadImage {
    /// A file. Its name is the last part of the path; its media type follows
    /// from the extension (`gif`, `heic`, `heif`, `jpeg`, `jpg`, `png`,
    /// `webp`), else `application/octet-stream`.
    ///
    #[doc = example! {
        no_run;
        use lagclient::blocking::UploadImage;
        use lagclient::models::ImagePurpose;

        let image = UploadImage::from_path("logo.png", ImagePurpose::General);
    }]
    #[doc(alias = "file")]
    pub fn from_path(path: impl Into<PathBuf>, purpose: impl Into<ImagePurpose>) -> Self {
        let path = path.into();
        let file_name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let mut image = Self::from_source(upload::path_source(path.clone()), purpose);
        image.path = Some(path);
        image.content_type = file_name.as_deref().and_then(image_type).map(Into::into);
        image.file_name = file_name;
        image
    }

    /// An image in memory.
    ///
    #[doc = example! {
        use lagclient::blocking::UploadImage;
        use lagclient::models::ImagePurpose;
        # let photo = b"\x89PNG\r\n\x1a\n".to_vec();
        let image = UploadImage::from_bytes(photo, ImagePurpose::Chat)
            ~.file_name("lunch.png");
        let image = client.images().upload(image).await?;
        # assert_eq!(image.content_type, "image/png");
    }]
    #[doc(alias = "buffer")]
    #[doc(alias = "memory")]
    pub fn from_bytes(bytes: impl Into<Bytes>, purpose: impl Into<ImagePurpose>) -> Self {
        Self::from_source(upload::bytes_source(bytes.into()), purpose)
    }

    pub(in super::super) fn from_source(
        source: AnySource,
        purpose: impl Into<ImagePurpose>,
    ) -> Self {
        Self {
            source,
            path: None,
            purpose: purpose.into(),
            file_name: None,
            content_type: None,
            alt: None,
            entity_id: None,
            size: None,
            on_progress: None,
        }
    }

    setters! {
        /// The name of the file. Default: that of the path, else `upload.bin`.
        file_name: String,
        /// The media type, such as `image/png`. Default: from the extension of
        /// the path, else of the [file name](Self::file_name), else
        /// `application/octet-stream`.
        content_type: String,
        /// A text description, for people who cannot see the image.
        alt: String,
        /// What the image belongs to: the id of a server, for instance, as text
        /// or as a reference to it.
        entity_id: String,
        /// How many bytes a reader will yield. The size is then announced to
        /// the server, and a reader that yields more or fewer bytes is an
        /// error. Has no effect on sources that know their size.
        size: u64,
    }

    /// Calls `report` at the start of each attempt, and then whenever a piece
    /// of the file has been handed to the connection.
    ///
    #[doc = example! {
        use lagclient::blocking::UploadImage;
        # let photo = b"\x89PNG\r\n\x1a\n".to_vec();
        let image = UploadImage::from_bytes(photo, "chat")
            ~.on_progress(|progress| println!("{} bytes are sent", progress.sent));
        client.images().upload(image).await?;
    }]
    #[doc(alias = "progress_bar")]
    pub fn on_progress(mut self, report: impl FnMut(UploadProgress) + Send + 'static) -> Self {
        self.on_progress = Some(Box::new(report));
        self
    }

    fn into_upload(self) -> Result<Upload, InvalidArgument> {
        let name = self.file_name.as_deref().unwrap_or(DEFAULT_NAME);
        let content_type = match &self.content_type {
            Some(content_type) => content_type,
            None => image_type(name).unwrap_or(DEFAULT_TYPE),
        };
        let form = FormBuilder::file("file", name, content_type)?
            .field("purpose", self.purpose.as_str())
            .field_opt("alt", self.alt.as_deref())
            .field_opt("entityId", self.entity_id.as_deref())
            .build()?;
        let state = UploadState::new(form, self.on_progress);
        Ok(Upload::new(self.source, self.size, state))
    }
}

debug_fields!(UploadImage: purpose, file_name, content_type, alt, entity_id, size);
