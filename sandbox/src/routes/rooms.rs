//! Rooms and the list of members; users and robots read both.

use http::Method;
use serde_json::Value;

use crate::routes::call::{Answer, Call, created, nothing, ok};
use crate::routes::router::Route;
use crate::world::{RobotPermission, permissions};

const MAX_PARTICIPANTS: u64 = 1_000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::user(Method::GET, "/servers/{server}/rooms", rooms),
        Route::robot(Method::GET, "/robots/@me/servers/{server}/rooms", rooms),
        Route::user(Method::POST, "/servers/{server}/rooms", create),
        Route::user(Method::PATCH, "/servers/{server}/rooms/{room}", update),
        Route::user(Method::DELETE, "/servers/{server}/rooms/{room}", delete),
        Route::user(Method::GET, "/servers/{server}/members", members),
        Route::robot(Method::GET, "/robots/@me/servers/{server}/members", members),
    ]
}

fn rooms(call: &mut Call<'_>) -> Answer {
    let server = call.enter_server(RobotPermission::ReadRooms)?;
    let server = call.world.server(&server)?;
    let rooms: Vec<Value> = server
        .rooms
        .values()
        .map(|room| {
            if call.is_robot() {
                room.robot_view()
            } else {
                call.world.room_view(server, room)
            }
        })
        .collect();
    ok(&rooms)
}

fn create(call: &mut Call<'_>) -> Answer {
    let (user, server) = call.manage(permissions::MANAGE_ROOMS)?;
    let mut fields = call.fields()?;
    let name = fields.filled_text("name")?;
    let max = fields.optional_integer("maxParticipants", 1..=MAX_PARTICIPANTS)?;
    fields.done()?;
    let id = call.world.new_id("room");
    call.world.add_room(&server, id.clone(), &user, name, max)?;
    let server = call.world.server(&server)?;
    created(&call.world.room_view(server, server.room(&id)?))
}

fn update(call: &mut Call<'_>) -> Answer {
    let (_, server) = call.manage(permissions::MANAGE_ROOMS)?;
    let id = call.param("room").to_owned();
    call.world.server(&server)?.room(&id)?;
    let mut fields = call.fields()?;
    let name = fields.optional_filled_text("name")?;
    let max = fields.optional_integer("maxParticipants", 1..=MAX_PARTICIPANTS)?;
    fields.done()?;
    let room = call.world.server_mut(&server)?.room_mut(&id)?;
    if let Some(name) = name {
        room.name = name;
    }
    if max.is_some() {
        room.max_participants = max;
    }
    let server = call.world.server(&server)?;
    ok(&call.world.room_view(server, server.room(&id)?))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let (_, server) = call.manage(permissions::MANAGE_ROOMS)?;
    let room = call.param("room").to_owned();
    call.world.remove_room(&server, &room)?;
    nothing()
}

fn members(call: &mut Call<'_>) -> Answer {
    let server = call.enter_server(RobotPermission::ReadMembers)?;
    let server = call.world.server(&server)?;
    let members: Vec<Value> = server
        .members
        .values()
        .filter_map(|member| call.world.member_view(server, member, call.is_robot()))
        .collect();
    ok(&members)
}
