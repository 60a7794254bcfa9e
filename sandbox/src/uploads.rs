//! Images that arrive in a request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::call::Call;
use super::failure::Failure;
use super::fields::Fields;
use super::router::IMAGE_LIMIT;

/// A file that the sandbox keeps and serves again under its URL.
#[derive(Clone, Debug)]
pub(crate) struct StoredFile {
    pub(crate) content_type: String,
    pub(crate) bytes: Bytes,
}

/// `{"image": "<base64>", "contentType": "image/jpeg"}`.
pub(crate) fn from_json(mut fields: Fields) -> Result<StoredFile, Failure> {
    let encoded = fields.filled_text("image")?;
    let content_type = fields
        .optional_text("contentType")?
        .unwrap_or_else(|| "image/jpeg".to_owned());
    fields.done()?;
    let bytes = STANDARD
        .decode(encoded)
        .map_err(|error| Failure::bad_request(format!("image is no base64: {error}")))?;
    StoredFile::new(content_type, bytes.into())
}

impl StoredFile {
    /// Only images, and none that is too large.
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

impl Call<'_> {
    /// Keeps a file and returns the URL under which it is served.
    pub(crate) fn store_file(&mut self, file: StoredFile) -> String {
        let id = self.world.new_id("file");
        self.world.files.insert(id.clone(), file);
        format!("{}/files/{id}", self.base_url)
    }
}
