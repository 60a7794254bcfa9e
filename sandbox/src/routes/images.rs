//! Uploading images and asking after them.

use http::Method;

use crate::routes::call::multipart::{self, Part};
use crate::routes::call::{Answer, Call, created, missing, nothing, ok};
use crate::routes::router::{Route, Takes};
use crate::world::Failure;
use crate::world::files::StoredFile;
use crate::world::images::{Image, LARGE_GIF, PURPOSES, dimensions};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::user(Method::POST, "/images", upload).taking(Takes::Multipart),
        Route::user(Method::GET, "/images/{image}", get),
        Route::user(Method::GET, "/images/{image}/status", status),
        Route::user(Method::DELETE, "/images/{image}", delete),
    ]
}

fn upload(call: &mut Call<'_>) -> Answer {
    let uploader = call.user()?;
    let mut parts = multipart::parse(call.content_type.unwrap_or_default(), call.body)?;
    let file = take(&mut parts, "file").ok_or_else(|| missing("file"))?;
    let purpose = take_text(&mut parts, "purpose")?.ok_or_else(|| missing("purpose"))?;
    let alt = take_text(&mut parts, "alt")?;
    let entity = take_text(&mut parts, "entityId")?;
    if let Some(part) = parts.first() {
        return Err(Failure::bad_request(format!(
            "Unknown part {:?}",
            part.name
        )));
    }
    if !PURPOSES.contains(&purpose.as_str()) {
        let known = PURPOSES.join(", ");
        return Err(Failure::bad_request(format!(
            "purpose must be one of {known}"
        )));
    }
    if file.filename.as_deref().is_none_or(str::is_empty) {
        return Err(Failure::bad_request("The part file needs a filename"));
    }
    if file.body.is_empty() {
        return Err(Failure::bad_request("The file is empty"));
    }
    let content_type = file
        .content_type
        .unwrap_or_else(|| "application/octet-stream".to_owned());
    let (bytes, size) = (file.body.clone(), file.body.len());
    let url = call.store_file(StoredFile::new(content_type.clone(), file.body)?);
    let id = call.world.new_id("img");
    let now = call.world.now();
    let image = Image {
        id: id.clone(),
        uploader,
        url,
        deferred: content_type == "image/gif" && size > LARGE_GIF,
        content_type,
        size,
        dimensions: dimensions(&bytes),
        purpose,
        alt,
        entity,
        fails: false,
        created: now,
    };
    let view = image.view(now);
    call.world.images.insert(id, image);
    created(&view)
}

fn take(parts: &mut Vec<Part>, name: &str) -> Option<Part> {
    let place = parts.iter().position(|part| part.name == name)?;
    Some(parts.remove(place))
}

fn take_text(parts: &mut Vec<Part>, name: &str) -> Result<Option<String>, Failure> {
    take(parts, name)
        .map(|part| {
            String::from_utf8(part.body.into())
                .map_err(|_| Failure::bad_request(format!("{name} is not valid UTF-8")))
        })
        .transpose()
}

fn get(call: &mut Call<'_>) -> Answer {
    let now = call.world.now();
    ok(&call.world.image(call.param("image"))?.view(now))
}

fn status(call: &mut Call<'_>) -> Answer {
    let now = call.world.now();
    ok(&call.world.image(call.param("image"))?.status_view(now))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let image = call.world.image(call.param("image"))?;
    if image.uploader != user {
        return Err(Failure::forbidden("Only the uploader can delete an image"));
    }
    let (id, file) = (
        image.id.clone(),
        image.url.rsplit('/').next().map(str::to_owned),
    );
    call.world.images.remove(&id);
    if let Some(file) = file {
        call.world.files.remove(&file);
    }
    nothing()
}
