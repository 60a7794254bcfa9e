//! The control interface under `/_sandbox/`, and the console, its page.
//!
//! Nothing in it belongs to the service. Its requests are not recorded, meet no
//! fault and count in no limit. They do the same as the handles, by the same
//! functions.

mod faults;
mod guard;
mod log;
mod page;
mod people;
mod state;
mod stream;

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::gateway::Session;
use super::replies::{json_response, status_of};
use super::reply_body::ReplyBody;
use super::request_body::read_body;
use super::shared::Shared;
use crate::routes::call::{Fields, envelope, missing, query_value};
use crate::world::Failure;

pub(crate) use guard::isolate;

/// The path under which all of it is.
pub(crate) const ROOT: &str = "/_sandbox";
/// How many bytes the body of a request may have. Images are the largest.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// The result of a call of the interface.
type Outcome = Result<Response<ReplyBody>, Failure>;

/// Whether a path belongs to the interface.
pub(crate) fn covers(path: &str) -> bool {
    path.strip_prefix(ROOT)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request under [`ROOT`].
pub(crate) async fn answer(
    shared: &Arc<Shared>,
    request: Request<Incoming>,
) -> Response<ReplyBody> {
    let mut request = request;
    let upgrade = hyper::upgrade::on(&mut request);
    let (head, incoming) = request.into_parts();
    let outcome = match guard::check(shared, &head) {
        Ok(()) => {
            let intake = read_body(incoming, BODY_LIMIT, 0).await;
            match intake.refused {
                None => route(shared, &head, &intake.bytes),
                Some(failure) => Err(failure),
            }
        }
        Err(failure) => Err(failure),
    };
    let mut response =
        outcome.unwrap_or_else(|failure| json_response(status_of(&failure), envelope(&failure)));
    guard::seal(response.headers_mut());
    if let Some(people::Enters(user)) = response.extensions_mut().remove() {
        tokio::spawn(Session::new(shared, user, None).run(upgrade));
    }
    response
}

fn route(shared: &Arc<Shared>, head: &Parts, body: &Bytes) -> Outcome {
    let path = head.uri.path().strip_prefix(ROOT).unwrap_or_default();
    // The rest after a user's or robot's name is a path of the service, so it
    // is not decoded here.
    if let Some((who, path)) = path.strip_prefix("/as/").and_then(|rest| {
        let at = rest.find('/')?;
        Some(rest.split_at(at))
    }) {
        return people::call(shared, &decoded(who)?, path, head, body);
    }
    let segments: Vec<String> = path
        .split('/')
        .skip(1)
        .map(decoded)
        .collect::<Result<_, _>>()?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let method = match &head.method {
        &Method::HEAD => &Method::GET,
        method => method,
    };
    match (method.as_str(), &*segments) {
        ("GET", []) => Ok(page::forward()),
        ("GET", [file]) if page::has(file) => Ok(page::file(file)),
        ("GET", ["state"]) => reply(&state::state(shared)),
        ("GET", ["journal"]) => reply(&log::list(shared, head)?),
        ("DELETE", ["journal"]) => {
            shared.journal().clear();
            done()
        }
        ("GET", ["journal", number]) => reply(&log::one(shared, number)?),
        ("GET", ["stream"]) => Ok(stream::open(shared, head)?),
        ("GET", ["faults"]) => reply(&faults::list(shared)),
        ("POST", ["faults"]) => {
            shared.faults().add(faults::parse(Fields::parse(body)?)?);
            done()
        }
        ("DELETE", ["faults"]) => {
            shared.faults().clear();
            done()
        }
        ("POST", ["connections", "drop"]) => {
            let mut fields = Fields::parse(body)?;
            let count = fields.optional_integer("count", 1..=10_000)?.unwrap_or(1);
            fields.done()?;
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            shared.faults().drop_connections(count);
            done()
        }
        ("GET", ["clock"]) => reply(&state::clock(shared)),
        ("PATCH", ["clock"]) => {
            state::set_clock(shared, Fields::parse(body)?)?;
            reply(&state::clock(shared))
        }
        ("PATCH", ["rate-limits"]) => {
            let mut fields = Fields::parse(body)?;
            let enforced = fields.optional_bool("enforced")?;
            fields.done()?;
            let enforced = enforced.ok_or_else(|| missing("enforced"))?;
            shared.world().limits.enforce(enforced);
            done()
        }
        ("POST", ["streams", "end"]) => {
            shared.end_event_streams();
            done()
        }
        ("POST", ["reset"]) => {
            let over = shared.reset();
            over.map_err(|error| Failure::impossible(error.to_string()))?;
            done()
        }
        ("PATCH", ["robots", robot]) => {
            people::set_robot(shared, robot, Fields::parse(body)?)?;
            done()
        }
        ("POST", ["users", user, verb @ ("status" | "typing" | "voice")]) => {
            people::act_besides(shared, user, verb, Fields::parse(body)?)?;
            done()
        }
        ("PUT" | "DELETE", ["servers", server, "members", user]) => {
            people::set_member(shared, server, user, method == Method::PUT)?;
            done()
        }
        _ => Err(Failure::not_found("This page of the control interface")),
    }
}

fn decoded(segment: &str) -> Result<String, Failure> {
    percent_decode_str(segment)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Failure::bad_request("The path is not valid UTF-8"))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "each branch of `route` ends with it"
)]
fn reply(body: &serde_json::Value) -> Outcome {
    Ok(json_response(StatusCode::OK, body.to_string()))
}

fn done() -> Outcome {
    reply(&json!({"ok": true}))
}

/// A number in the query of a request.
fn number(head: &Parts, name: &str) -> Result<Option<u64>, Failure> {
    let refuse = |_| Failure::bad_request(format!("{name} must be a whole number"));
    query_value(head.uri.query(), name)?
        .map(|value| value.parse().map_err(refuse))
        .transpose()
}
