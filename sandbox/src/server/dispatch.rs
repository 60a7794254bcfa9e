//! From a complete request to its answer, without any I/O.

use std::sync::MutexGuard;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;

use super::shared::Shared;
use crate::routes::call::{Answer, Call, Caller, Params, query_value};
use crate::routes::router::{Access, Route, Takes};
use crate::world::{Failure, World};

/// The result of a request.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) answer: Answer,
    /// `false` if the request itself is not a documented one.
    pub(crate) expected: bool,
}

/// How many bytes the body of this request may have.
pub(crate) fn body_limit(shared: &Shared, head: &Parts) -> usize {
    shared
        .router
        .find(&head.method, head.uri.path())
        .map_or(Takes::Json.limit(), |(route, _)| route.takes.limit())
}

/// Routes, authenticates and carries out a request.
pub(crate) fn dispatch(shared: &Shared, head: &Parts, body: &Bytes) -> Outcome {
    let (method, path) = (&head.method, head.uri.path());
    let (route, params) = match shared.router.find(method, path) {
        Ok(found) => found,
        Err(miss) => {
            return Outcome {
                answer: Err(miss.failure(method, path)),
                expected: false,
            };
        }
    };
    let answer = carry_out(shared, head, body, route, params);
    let expected = !matches!(&answer, Err(failure) if failure.is_malformed());
    Outcome { answer, expected }
}

/// Carries out a call that needs no token and counts in no limit.
pub(crate) fn act(shared: &Shared, caller: Caller, head: &Parts, body: &Bytes) -> Answer {
    let (method, path) = (&head.method, head.uri.path());
    let found = shared.router.find(method, path);
    let (route, params) = found.map_err(|miss| miss.failure(method, path))?;
    let may = matches!(
        (&caller, route.access),
        (_, Access::Public)
            | (Caller::User(_), Access::User | Access::Gateway)
            | (Caller::Robot(_), Access::Robot)
    );
    if !may {
        return Err(Failure::unauthorized(
            "This endpoint is for others than that one",
        ));
    }
    handle(shared, shared.world(), caller, head, body, route, params)
}

fn carry_out(shared: &Shared, head: &Parts, body: &Bytes, route: &Route, params: Params) -> Answer {
    let mut world = shared.world();
    let caller = authenticate(&world, route.access, head)?;
    if let Caller::Robot(robot) = &caller {
        let now = world.now();
        let taken = world.limits.take(robot, route.writes_message, now);
        taken.map_err(|wait| Failure::rate_limited(shared.clock().real(wait)))?;
    }
    handle(shared, world, caller, head, body, route, params)
}

fn handle(
    shared: &Shared,
    mut world: MutexGuard<'_, World>,
    caller: Caller,
    head: &Parts,
    body: &Bytes,
    route: &Route,
    params: Params,
) -> Answer {
    let content_type = head
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    check_content_type(route.takes, content_type, body)?;
    check_query(route.query, head.uri.query())?;
    let mut call = Call {
        world: &mut world,
        caller,
        params,
        query: head.uri.query(),
        body,
        content_type,
        headers: &head.headers,
        base_url: &shared.settings.base_url,
    };
    (route.handler)(&mut call)
}

fn authenticate(world: &World, access: Access, head: &Parts) -> Result<Caller, Failure> {
    match access {
        Access::Public => return Ok(Caller::Anybody),
        Access::Gateway => {
            // Robots cannot use the gateway: their keys are unknown here.
            let token = query_value(head.uri.query(), "token")?;
            let user = token.and_then(|token| world.user_tokens.get(&token).cloned());
            return user
                .map(Caller::User)
                .ok_or_else(|| Failure::unauthorized("The token is missing, invalid or expired"));
        }
        _ => {}
    }
    let mut values = head.headers.get_all(AUTHORIZATION).iter();
    let value = match (values.next(), values.next()) {
        (Some(value), None) => value,
        (None, _) => {
            return Err(Failure::unauthorized("The authorization header is missing"));
        }
        _ => {
            return Err(Failure::unauthorized(
                "There is more than one authorization header",
            ));
        }
    };
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .ok_or_else(|| Failure::unauthorized("The authorization header is malformed"))?;
    let (wanted, known) = match access {
        Access::Robot => ("Robot", &world.robot_keys),
        Access::User | Access::Public | Access::Gateway => ("Bearer", &world.user_tokens),
        #[cfg(feature = "nolag")]
        Access::Project => ("Bearer", &world.nolag.keys),
    };
    if scheme != wanted {
        return Err(Failure::unauthorized(format!(
            "This endpoint takes the scheme {wanted}"
        )));
    }
    let id = known
        .get(token)
        .ok_or_else(|| Failure::unauthorized("The token is invalid or expired"))?
        .clone();
    Ok(match access {
        Access::Robot => Caller::Robot(id),
        Access::User | Access::Public | Access::Gateway => Caller::User(id),
        #[cfg(feature = "nolag")]
        Access::Project => Caller::Project(id),
    })
}

/// Refuses keys that are not documented, as in a body.
fn check_query(known: &[&str], query: Option<&str>) -> Result<(), Failure> {
    let keys = query
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split('=').next().unwrap_or_default());
    for key in keys {
        if !known.contains(&key) {
            return Err(Failure::bad_request(format!("Unknown query key {key:?}")));
        }
    }
    Ok(())
}

fn check_content_type(
    takes: Takes,
    content_type: Option<&str>,
    body: &Bytes,
) -> Result<(), Failure> {
    let wanted = match takes {
        Takes::Json | Takes::JsonImage if body.is_empty() => return Ok(()),
        Takes::Json | Takes::JsonImage => "application/json",
        Takes::Multipart => "multipart/form-data",
    };
    let essence = content_type.and_then(|value| value.split(';').next());
    if essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(wanted)) {
        Ok(())
    } else {
        Err(Failure::bad_request(format!(
            "The content type must be {wanted}"
        )))
    }
}
