//! Rooms and members as lists, which users and robots read alike.

use http::Method;
use serde_json::Value;

use crate::sandbox::call::Call;
use crate::sandbox::reply::{Answer, ok};
use crate::sandbox::router::Route;
use crate::sandbox::world::RobotPermission;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::user(Method::GET, "/servers/{server}/rooms", rooms),
        Route::robot(Method::GET, "/robots/@me/servers/{server}/rooms", rooms),
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
                room.view(&server.id)
            }
        })
        .collect();
    ok(&rooms)
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
