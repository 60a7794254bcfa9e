//! The console's files, which are part of the program.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Response, StatusCode};

use crate::server::reply_body::ReplyBody;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The name, content type and content of each file.
static FILES: [(&str, &str, &str); 8] = [
    ("", HTML, include_str!("page/index.html")),
    ("console.css", CSS, include_str!("page/console.css")),
    ("api.js", JAVASCRIPT, include_str!("page/api.js")),
    ("chat.js", JAVASCRIPT, include_str!("page/chat.js")),
    ("faults.js", JAVASCRIPT, include_str!("page/faults.js")),
    ("journal.js", JAVASCRIPT, include_str!("page/journal.js")),
    ("main.js", JAVASCRIPT, include_str!("page/main.js")),
    ("robots.js", JAVASCRIPT, include_str!("page/robots.js")),
];

fn find(name: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    FILES.iter().find(|(known, ..)| *known == name)
}

pub(super) fn has(name: &str) -> bool {
    find(name).is_some()
}

pub(super) fn file(name: &str) -> Response<ReplyBody> {
    let (_, kind, content) = find(name).unwrap_or(&FILES[0]);
    let mut response = Response::new(ReplyBody::Whole(Bytes::from_static(content.as_bytes())));
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// Redirects to the page's address with a slash at its end, so that the
/// relative names of its files are right.
pub(super) fn forward() -> Response<ReplyBody> {
    let mut response = Response::new(ReplyBody::Whole(Bytes::new()));
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    let page = HeaderValue::from_static("/_sandbox/");
    response.headers_mut().insert(LOCATION, page);
    response
}
