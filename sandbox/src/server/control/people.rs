//! Acting as a user or a robot, without its token.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;

use super::Outcome;
use crate::routes::call::{Caller, Fields, Reply, missing};
use crate::server::dispatch::act;
use crate::server::gateway;
use crate::server::replies::{empty_response, file_response, json_response};
use crate::server::shared::Shared;
use crate::world::{Failure, Id, RobotPermission, World};

/// Put into an answer that begins a connection to the gateway: the user whose
/// connection it is.
#[derive(Clone)]
pub(super) struct Enters(pub(super) Id);

/// Makes a call of the service's API as a user or a robot.
pub(super) fn call(
    shared: &Arc<Shared>,
    who: &str,
    path: &str,
    head: &Parts,
    body: &Bytes,
) -> Outcome {
    let caller = {
        let world = shared.world();
        match user(&world, who) {
            Ok(user) => Caller::User(user),
            Err(_) => Caller::Robot(robot(&world, who)?),
        }
    };
    let mut target = path.to_owned();
    if let Some(query) = head.uri.query() {
        target = format!("{target}?{query}");
    }
    let mut head = head.clone();
    head.uri = target
        .parse()
        .map_err(|_| Failure::bad_request("The path is none"))?;
    match act(shared, caller, &head, body)? {
        Reply::Json(status, body) => Ok(json_response(status, body)),
        Reply::File(file) => Ok(file_response(file)),
        Reply::Empty => Ok(empty_response()),
        Reply::Gateway { user, key } => {
            let mut response = gateway::switching(&key);
            response.extensions_mut().insert(Enters(user));
            Ok(response)
        }
        Reply::EventStream(..) | Reply::EventPoll(_) => Err(Failure::bad_request(
            "Events are for the robot itself; /_sandbox/stream tells what happens",
        )),
    }
}

/// Does what no call of the API can do: set a status, type, and enter or leave
/// voice.
pub(super) fn act_besides(
    shared: &Shared,
    who: &str,
    verb: &str,
    mut fields: Fields,
) -> Result<(), Failure> {
    let mut world = shared.world();
    let user = user(&world, who)?;
    match verb {
        "status" => {
            let status = fields.text("status")?;
            fields.done()?;
            world.set_status_by_name(&user, &status)
        }
        "typing" => {
            let conversation = fields.optional_text("conversationId")?;
            let room = fields.optional_text("roomId")?;
            let server = fields.optional_text("serverId")?;
            fields.done()?;
            match (conversation, server, room) {
                (Some(conversation), None, None) => world.type_in_dm(&conversation, &user),
                (None, Some(server), Some(room)) => world.type_in_room(&server, &room, &user),
                _ => Err(Failure::bad_request(
                    "Either conversationId, or serverId and roomId, is required",
                )),
            }
        }
        _ => {
            let server = fields.text("serverId")?;
            let room = fields.text("roomId")?;
            let joined = fields.optional_bool("joined")?;
            fields.done()?;
            if joined.ok_or_else(|| missing("joined"))? {
                world.join_voice(&server, &room, &user)
            } else {
                world.leave_voice(&server, &room, &user)
            }
        }
    }
}

/// Makes a user a member of a server, or removes it, if there is anything to
/// change.
pub(super) fn set_member(
    shared: &Shared,
    server: &str,
    who: &str,
    joined: bool,
) -> Result<(), Failure> {
    let mut world = shared.world();
    let user = user(&world, who)?;
    if world.server(server)?.members.contains(&user) == joined {
        return Ok(());
    }
    if joined {
        world.add_member(server, &user)
    } else {
        world.remove_member(server, &user)
    }
}

/// Changes what a robot may do, and whether it is switched on.
pub(super) fn set_robot(shared: &Shared, who: &str, mut fields: Fields) -> Result<(), Failure> {
    let permissions = fields
        .optional_texts("permissions")?
        .map(|names| {
            names
                .iter()
                .map(|name| {
                    RobotPermission::from_name(name).ok_or_else(|| {
                        Failure::bad_request(format!("{name:?} is no permission of a robot"))
                    })
                })
                .collect()
        })
        .transpose()?;
    let active = fields.optional_bool("active")?;
    fields.done()?;
    let mut world = shared.world();
    let id = robot(&world, who)?;
    let robot = world.robots.get_mut(&id);
    let robot = robot.ok_or_else(|| Failure::not_found("Robot"))?;
    if let Some(permissions) = permissions {
        robot.permissions = permissions;
    }
    if let Some(active) = active {
        robot.set_active(active);
    }
    Ok(())
}

/// A user, by name or id.
fn user(world: &World, who: &str) -> Result<Id, Failure> {
    let found = world.user_called(who).map(|user| user.id.clone());
    found.ok_or_else(|| Failure::not_found("User"))
}

/// A robot, by id or name. If several have the name, it is the first of them.
fn robot(world: &World, who: &str) -> Result<Id, Failure> {
    let named = || world.robots.values().find(|robot| robot.name == who);
    world
        .robots
        .get(who)
        .or_else(named)
        .map(|robot| robot.id.clone())
        .ok_or_else(|| Failure::not_found("Nobody of this name or id: user or robot"))
}
