//! What a robot asks about itself.

use http::Method;

use crate::routes::call::{Answer, Call, Reply, ok};
use crate::routes::router::Route;
use crate::world::robots::{disabled, event_number};
use crate::world::{Failure, Robot};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::robot(Method::GET, "/robots/@me/info", info),
        Route::robot(Method::GET, "/robots/@me/events/sse", stream),
        Route::robot(Method::GET, "/robots/@me/events/poll", poll),
    ]
}

fn info(call: &mut Call<'_>) -> Answer {
    let robot = call.robot()?;
    match call.world.robots.get(&robot) {
        Some(robot) => ok(&robot.info()),
        None => Err(Failure::not_found("Robot")),
    }
}

/// Without a `Last-Event-ID` that the sandbox knows, a stream begins with what
/// happens from now on.
fn stream(call: &mut Call<'_>) -> Answer {
    let robot = call.robot()?;
    let events = &active(call, &robot)?.events;
    let after = call
        .headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok())
        .and_then(event_number)
        .filter(|seen| events.has_had(*seen))
        .map_or(events.last(), |seen| {
            seen.saturating_sub(call.world.replay_overlap)
        });
    Ok(Reply::EventStream(robot, after))
}

fn poll(call: &mut Call<'_>) -> Answer {
    let robot = call.robot()?;
    active(call, &robot)?;
    Ok(Reply::EventPoll(robot))
}

fn active<'a>(call: &'a Call<'_>, robot: &str) -> Result<&'a Robot, Failure> {
    call.world
        .robots
        .get(robot)
        .filter(|robot| robot.active)
        .ok_or_else(disabled)
}
