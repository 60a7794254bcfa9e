//! The journal as JSON: a short form of each request, and everything about one.

use std::time::SystemTime;

use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, HeaderName, PROXY_AUTHORIZATION};
use http::request::Parts;
use serde_json::{Value, json};

use super::number;
use crate::server::journal::Recorded;
use crate::server::shared::Shared;
use crate::world::time::iso;
use crate::world::{Failure, World};

/// How many bytes of a body are shown.
const SHOWN: usize = 64 * 1024;
/// Headers whose value is a secret.
const SECRET: [HeaderName; 3] = [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION];

/// The requests that ended after the one with this number, oldest first.
pub(super) fn list(shared: &Shared, head: &Parts) -> Result<Value, Failure> {
    let after = number(head, "after")?.unwrap_or(0);
    let limit = number(head, "limit")?.unwrap_or(100).min(20_000);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let (ended, last) = shared.journal().ended_after(after, limit);
    let world = shared.world();
    let lines: Vec<Value> = ended.iter().map(|one| line(&world, one)).collect();
    Ok(json!({"requests": lines, "last": last}))
}

/// The short form of a request.
pub(super) fn line(world: &World, request: &Recorded) -> Value {
    let caller = request.caller();
    let name = caller.and_then(|id| {
        let robot = world.robots.get(id).map(|robot| robot.name.as_str());
        robot.or_else(|| world.users.get(id).map(|user| user.username.as_str()))
    });
    json!({
        "number": request.number(),
        "ended": request.ended(),
        "at": time(request.at()),
        "method": request.method(),
        "target": request.redacted_target(),
        "status": request.status(),
        "millis": request.took().map(|took| took.as_secs_f64() * 1000.0),
        "caller": caller,
        "callerName": name,
        "connection": request.connection(),
        "expected": request.is_expected(),
        "fault": request.fault(),
    })
}

/// Everything that is known about one request.
pub(super) fn one(shared: &Shared, number: &str) -> Result<Value, Failure> {
    let request = number
        .parse()
        .ok()
        .and_then(|number| shared.journal().get(number))
        .ok_or_else(|| Failure::not_found("This request"))?;
    let world = shared.world();
    let mut view = line(&world, &request);
    let cause = request.cause().and_then(|event| {
        let robot = world.robots.get(request.caller()?)?;
        let event = robot.events.kept().find(|kept| kept.number == event)?;
        serde_json::from_str::<Value>(&event.payload).ok()
    });
    let none = HeaderMap::new();
    let headers = request.answer_headers().unwrap_or(&none);
    view["cause"] = cause.unwrap_or_default();
    view["request"] = part(request.headers(), request.body(), request.body_length());
    view["answer"] = part(headers, request.answer_body(), request.answer_length());
    Ok(view)
}

fn part(headers: &HeaderMap, body: &[u8], length: usize) -> Value {
    let headers = headers.iter().map(|(name, value)| {
        let value = if SECRET.contains(name) {
            "[redacted]".into()
        } else {
            String::from_utf8_lossy(value.as_bytes())
        };
        json!([name.as_str(), value])
    });
    let shown = body.get(..SHOWN.min(body.len())).unwrap_or_default();
    let text = (!shown.is_empty()).then(|| String::from_utf8_lossy(shown));
    json!({"headers": headers.collect::<Vec<_>>(), "body": text, "bodyLength": length})
}

fn time(at: SystemTime) -> String {
    let millis = at
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(0));
    iso(millis)
}
