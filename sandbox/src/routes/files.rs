//! Uploaded images, served under the URLs that the answers name.

use http::Method;

use crate::routes::call::{Answer, Call, Reply};
use crate::routes::router::Route;
use crate::world::Failure;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::public(Method::GET, "/files/{file}", get)]
}

fn get(call: &mut Call<'_>) -> Answer {
    call.world
        .files
        .get(call.param("file"))
        .cloned()
        .map(Reply::File)
        .ok_or_else(|| Failure::not_found("File"))
}
