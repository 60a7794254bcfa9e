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

/// The text of the error for a robot key: what a robot does instead.
const INSTEAD: &str = "images need a user's token; a robot may send the id of an uploaded one";
/// The least time that a request for the status may take, even if the deadline
/// comes sooner.
const SHORTEST_TIME: Duration = Duration::from_secs(1);
/// The file name of an upload that has none.
const DEFAULT_NAME: &str = "upload.bin";
/// The media type of a file whose name has no known extension.
const DEFAULT_TYPE: &str = "application/octet-stream";

/// Methods for uploaded images. They need a user's token.
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
    /// The file is read while it is sent; it is never in memory as a whole. The
    /// client's timeout does not limit the time of the whole upload. It limits
    /// how long the connection may take to accept the next piece of the file,
    /// and then how long the answer may take. So a slow upload goes on for as
    /// long as it makes progress. The time for reading the source is not
    /// limited. The [guide](crate::guide::uploads) has the details.
    ///
    /// An upload that fails is retried like any other call, from the beginning
    /// of the file. If the source is a reader that cannot go back to its
    /// beginning, there is no retry and the call returns the error.
    ///
    /// A server may refuse an upload before it has received the whole file. The
    /// call then stops sending and returns that answer as its error.
    ///
    /// Needs a user's token.
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
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the size of the
    /// file is known to be over 25 MiB, or if its name or media type cannot be
    /// sent; [`Io`](crate::Error::Io) if the file cannot be read, if its size
    /// changes while it is sent, or if a source of unknown size turns out to
    /// have more than 25 MiB; [`InvalidToken`](crate::Error::InvalidToken) if
    /// the client has a robot key.
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

    /// Fetches what the service knows of an uploaded image, such as its
    /// address, type and size. `GET /images/{image_id}`.
    ///
    /// Needs a user's token.
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
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "download")]
    #[doc(alias = "metadata")]
    pub async fn get(self, image_id: impl AsId<ImageId>) -> Result<ImageMetadata> {
        let request = Request::get("/images/{image_id}")
            .id(image_id.as_id())
            .user_only("images.get", INSTEAD);
        self.client.core.call(request).await
    }

    /// Fetches how far the server has processed an image: it turns large GIFs,
    /// for example, into videos after the upload.
    /// `GET /images/{image_id}/status`.
    ///
    /// Needs a user's token.
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
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "processing")]
    pub async fn status(self, image_id: impl AsId<ImageId>) -> Result<ImageStatus> {
        let request = status_request(image_id.as_id(), "images.status");
        self.client.core.call(request).await
    }

    /// Deletes an image. `DELETE /images/{image_id}`.
    ///
    /// Needs a user's token.
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
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "remove")]
    pub async fn delete(self, image_id: impl AsId<ImageId>) -> Result<()> {
        let request = Request::delete("/images/{image_id}")
            .id(image_id.as_id())
            .user_only("images.delete", INSTEAD);
        self.client.core.call_nothing(request).await
    }

    /// Asks for an image's [`status`](Self::status) again and again until the
    /// image is ready. `GET /images/{image_id}/status`.
    ///
    /// `pace` says for how long and how often to ask. `()` stands for the
    /// default: for up to 2 minutes, with a first wait of 0.5 s, and each
    /// further wait twice as long, up to 5 s. A [`Duration`] sets another
    /// deadline than 2 minutes and leaves the rest as it is. A
    /// [`WaitUntilReady`] sets all of it.
    ///
    /// Needs a user's token.
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
    /// [`NotReady`](crate::Error::NotReady) if the processing failed, or if it
    /// is not finished by the deadline; also the errors of
    /// [`status`](Self::status).
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
    /// The path of the file, so that errors can name it.
    path: Option<PathBuf>,
    purpose: ImagePurpose,
    /// The name that the caller gave, else that of the path.
    file_name: Option<String>,
    content_type: Option<String>,
    alt: Option<String>,
    entity_id: Option<String>,
    size: Option<u64>,
    on_progress: Option<OnProgress>,
}

impl UploadImage {
    /// An image in a file. The file name that is sent is the last part of the
    /// path. The media type that is sent follows from the extension (`gif`,
    /// `heic`, `heif`, `jpeg`, `jpg`, `png` or `webp`); with any other
    /// extension it is `application/octet-stream`.
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

    /// An image in memory. Unless you set a [file name](Self::file_name), from
    /// whose extension the media type follows, it is sent as `upload.bin` with
    /// the type `application/octet-stream`.
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
        /// The file name that is sent. Default: the last part of the path, or
        /// `upload.bin` if there is no path.
        file_name: String,
        /// The media type that is sent, such as `image/png`. Default: the one
        /// that belongs to the extension of the path or, if that is not known,
        /// to the extension of the [file name](Self::file_name); else
        /// `application/octet-stream`.
        content_type: String,
        /// A text description, for people who cannot see the image.
        alt: String,
        /// The id of the thing that the image belongs to, for instance of a
        /// server: as text, or as an id type of this crate.
        entity_id: String,
        /// How many bytes a reader will yield. This size is then announced to
        /// the server, and if the reader yields more or fewer bytes, the upload
        /// fails with [`Io`](crate::Error::Io). It has no effect on sources
        /// that know their size: files and bytes.
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
