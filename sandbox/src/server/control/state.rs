//! Everything that there is in the sandbox, as JSON.

use std::time::Duration;

use serde_json::{Value, json};

use super::faults;
use crate::routes::call::Fields;
use crate::server::shared::Shared;
use crate::world::time::iso;
use crate::world::{Failure, Robot, World};

pub(super) fn state(shared: &Shared) -> Value {
    let clock = clock(shared);
    let faults = faults::list(shared);
    let world = shared.world();
    json!({
        "baseUrl": shared.settings.base_url,
        "now": clock["now"],
        "clockSpeed": clock["speed"],
        "rateLimits": world.limits.is_enforced(),
        "users": users(&world),
        "servers": servers(&world),
        "robots": robots(&world),
        "conversations": conversations(&world),
        "faults": faults,
    })
}

fn users(world: &World) -> Vec<Value> {
    let users = world.users.values();
    users
        .map(|user| {
            json!({
                "id": &*user.id,
                "username": user.username,
                "displayName": user.display_name,
                "status": user.status,
            })
        })
        .collect()
}

fn servers(world: &World) -> Vec<Value> {
    let servers = world.servers.values();
    servers
        .map(|server| {
            let rooms = server.rooms.values().map(|room| {
                let voice = room.participants.iter().map(|one| &*one.user);
                json!({
                    "id": &*room.id,
                    "name": room.name,
                    "messages": room.messages.len(),
                    "voice": voice.collect::<Vec<_>>(),
                })
            });
            json!({
                "id": &*server.id,
                "name": server.name,
                "ownerId": &*server.owner,
                "members": server.members.iter().map(|(id, _)| &**id).collect::<Vec<_>>(),
                "rooms": rooms.collect::<Vec<_>>(),
            })
        })
        .collect()
}

fn robots(world: &World) -> Vec<Value> {
    let robots = world.robots.values();
    robots.map(|robot| view(world, robot)).collect()
}

fn view(world: &World, robot: &Robot) -> Value {
    let mut view = robot.info();
    let queue = &robot.events;
    let usage = |(used, allowed)| json!({"used": used, "allowed": allowed});
    let [requests, writes] = world.limits.usage(&robot.id, world.now());
    let deliveries = robot.deliveries.iter().map(|delivery| {
        json!({"id": delivery.id, "attempt": delivery.attempt, "status": delivery.status})
    });
    let more = json!({
        "key": robot.key,
        "streams": queue.streams(),
        "polls": queue.polls(),
        "webhook": robot.webhook.is_some(),
        "connected": queue.streams() > 0 || queue.polls() > 0 || robot.webhook.is_some(),
        "events": queue.last() - queue.before(),
        "delivered": queue.delivered() - queue.before(),
        "queued": queue.last().saturating_sub(queue.delivered()),
        "deliveries": deliveries.collect::<Vec<_>>(),
        "limits": {"requests": usage(requests), "messageWrites": usage(writes)},
    });
    if let (Value::Object(view), Value::Object(more)) = (&mut view, more) {
        view.extend(more);
    }
    view
}

fn conversations(world: &World) -> Vec<Value> {
    let conversations = world.conversations.values();
    conversations
        .map(|conversation| {
            json!({
                "id": &*conversation.id,
                "users": conversation.users.iter().map(|id| &**id).collect::<Vec<_>>(),
                "messages": conversation.messages.len(),
            })
        })
        .collect()
}

pub(super) fn clock(shared: &Shared) -> Value {
    let clock = shared.clock();
    json!({"now": iso(clock.now()), "speed": clock.speed()})
}

/// Sets the time, moves it forward and changes its speed, in this order.
pub(super) fn set_clock(shared: &Shared, mut fields: Fields) -> Result<(), Failure> {
    let time = fields.optional_time("time")?;
    let advance = fields.optional_number("advanceSeconds", 0.0..=1e9)?;
    let speed = fields.optional_number("speed", 0.0..=1e6)?;
    fields.done()?;
    let mut clock = shared.clock();
    if let Some(time) = time {
        clock.set(time);
    }
    if let Some(seconds) = advance {
        clock.advance(Duration::from_secs_f64(seconds));
    }
    if let Some(speed) = speed {
        clock.set_speed(speed);
    }
    Ok(())
}
