//! Images that arrive in a request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Call, Fields};
use crate::world::Failure;
use crate::world::files::StoredFile;

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

impl Call<'_> {
    /// Keeps a file and returns the URL under which it is served.
    pub(crate) fn store_file(&mut self, file: StoredFile) -> String {
        let id = self.world.new_id("file");
        self.world.files.insert(id.clone(), file);
        format!("{}/files/{id}", self.base_url)
    }
}
