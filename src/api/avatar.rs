//! Avatars and icons, which are uploaded inside JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;

use super::{Client, Servers, Users, example, maybe_async, upload};
use crate::error::Result;
use crate::ids::{AsId, ServerId};
use crate::models::{AvatarUrl, IconUrl, InlineImage, InlineSource};
use crate::protocol::request::Request;

#[maybe_async]
impl Users<'_> {
    /// Uploads an image as the caller's avatar. `POST /users/me/avatar`.
    ///
    /// The endpoint takes the image as base64 text. This method encodes it,
    /// unless you give [text that is base64 already](InlineImage::from_base64).
    ///
    /// Needs a user's token.
    ///
    #[doc = example! {
        use lagclient::models::InlineImage;
        # let portrait = b"\x89PNG\r\n\x1a\n".to_vec();
        let image = InlineImage::from_bytes(portrait).content_type("image/png");
        let avatar = client.users().upload_avatar(image).await?;
        println!("{}", avatar.avatar_url);
    }]
    ///
    /// # Errors
    ///
    /// [`Io`](crate::Error::Io) if the file cannot be read;
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the file is larger
    /// than 25 MiB. This is a limit of this crate, as none is documented for
    /// this endpoint; the size of bytes and of base64 text is not checked;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "picture")]
    #[doc(alias = "POST /users/me/avatar")]
    pub async fn upload_avatar(self, image: impl Into<InlineImage>) -> Result<AvatarUrl> {
        let request = Request::post("/users/me/avatar")
            .user_only("users.upload_avatar", "a robot's avatar is set by a user");
        send(self.client, request, image.into()).await
    }
}

#[maybe_async]
impl Servers<'_> {
    /// Uploads an image as a server's icon. `POST /servers/{server_id}/icon`.
    ///
    /// The endpoint takes the image as base64 text. This method encodes it,
    /// unless you give [text that is base64 already](InlineImage::from_base64).
    ///
    #[doc = example! {
        use lagclient::models::InlineImage;

        let image = InlineImage::from_base64("iVBORw0KGgo=");
        let image = image.content_type("image/png");
        let icon = client.servers().upload_icon("srv_dev", image).await?;
        println!("{}", icon.icon_url);
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_SERVER`; [`Io`](crate::Error::Io) if the file cannot be read;
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the file is larger
    /// than 25 MiB. This is a limit of this crate, as none is documented for
    /// this endpoint; the size of bytes and of base64 text is not checked.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "picture")]
    pub async fn upload_icon(
        self,
        server_id: impl AsId<ServerId>,
        image: impl Into<InlineImage>,
    ) -> Result<IconUrl> {
        let request = Request::post("/servers/{server_id}/icon").id(server_id.as_id());
        send(self.client, request, image.into()).await
    }
}

#[maybe_async]
async fn send<T: DeserializeOwned>(
    client: &Client,
    request: Request,
    image: InlineImage,
) -> Result<T> {
    // This is checked before the file is read, because reading a large file
    // takes time and memory.
    client.core.check(&request)?;
    let content_type = image.media_type();
    let image = match image.source {
        InlineSource::Base64(base64) => base64,
        InlineSource::Bytes(bytes) => STANDARD.encode(bytes),
        InlineSource::Path(path) => {
            let content = upload::read_file(path).await?;
            STANDARD.encode(content)
        }
    };
    let request = request.json_keys([("image", &image), ("contentType", &content_type)]);
    client.core.call(request).await
}
