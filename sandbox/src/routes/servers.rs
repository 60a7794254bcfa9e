//! Servers: the list of the caller's, and calls about one of them.

use http::Method;
use serde_json::{Value, json};

use crate::routes::call::{Answer, Call, created, nothing, ok, uploads};
use crate::routes::router::{Route, Takes};
use crate::world::{Failure, RobotPermission, Server, World, permissions};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::user(Method::GET, "/servers/me", mine),
        Route::user(Method::POST, "/servers", create),
        Route::user(Method::GET, "/servers/{server}", get),
        Route::robot(Method::GET, "/robots/@me/servers/{server}", own),
        Route::user(Method::PATCH, "/servers/{server}", update),
        Route::user(Method::DELETE, "/servers/{server}", delete),
        Route::user(Method::DELETE, "/servers/{server}/leave", leave),
        Route::user(Method::POST, "/servers/{server}/icon", icon).taking(Takes::JsonImage),
    ]
}

fn mine(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let servers: Vec<Value> = call
        .world
        .servers
        .values()
        .filter(|server| server.members.contains(&user))
        .map(Server::view)
        .collect();
    ok(&servers)
}

fn create(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let mut fields = call.fields()?;
    let name = fields.filled_text("name")?;
    let emoji = fields.optional_text("iconEmoji")?;
    fields.done()?;
    let id = call.world.new_id("srv");
    call.world.add_server(id.clone(), &user, name, emoji);
    created(&call.world.server(&id)?.view())
}

fn get(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let server = call.world.server_of(call.param("server"), &user)?;
    let mine = server.members.get(&user);
    let role = mine.map_or("member", |member| server.role_name(member));
    ok(&details(call.world, server, role, true, true))
}

/// A robot's own server, with what its permissions let it see. This call is not
/// documented as an endpoint for robots; only an example in the robot reference
/// shows it.
fn own(call: &mut Call<'_>) -> Answer {
    let robot = call.robot()?;
    let server = call.world.own_server(&robot, call.param("server"))?;
    let may = |permission| {
        let robot = call.world.robots.get(&robot);
        robot.is_some_and(|robot| robot.may(permission))
    };
    let (rooms, members) = (
        may(RobotPermission::ReadRooms),
        may(RobotPermission::ReadMembers),
    );
    ok(&details(call.world, server, "member", rooms, members))
}

fn details(world: &World, server: &Server, my_role: &str, rooms: bool, members: bool) -> Value {
    let rooms: Vec<Value> = server
        .rooms
        .values()
        .filter(|_| rooms)
        .map(|room| world.room_view(server, room))
        .collect();
    let members: Vec<Value> = server
        .members
        .values()
        .filter(|_| members)
        .filter_map(|member| world.member_view(server, member, false))
        .collect();
    let mut view = server.view();
    if let Some(view) = view.as_object_mut() {
        view.insert("rooms".to_owned(), rooms.into());
        view.insert("members".to_owned(), members.into());
        view.insert("myRole".to_owned(), my_role.into());
    }
    view
}

fn update(call: &mut Call<'_>) -> Answer {
    let (user, id) = call.manage(permissions::MANAGE_SERVER)?;
    let mut fields = call.fields()?;
    let name = fields.optional_filled_text("name")?;
    let icon_url = fields.nullable_text("iconUrl")?;
    let icon_emoji = fields.nullable_text("iconEmoji")?;
    fields.done()?;
    let server = call.world.server_mut(&id)?;
    let mut changes = serde_json::Map::new();
    if let Some(name) = name {
        changes.insert("name".to_owned(), name.as_str().into());
        server.name = name;
    }
    if let Some(icon_url) = icon_url {
        changes.insert("iconUrl".to_owned(), json!(icon_url));
        server.icon_url = icon_url;
    }
    if let Some(icon_emoji) = icon_emoji {
        changes.insert("iconEmoji".to_owned(), json!(icon_emoji));
        server.icon_emoji = icon_emoji;
    }
    let view = server.view();
    call.world.server_changed(&id, &user, &changes);
    ok(&view)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let server = call.world.server_of(call.param("server"), &user)?;
    if server.owner != user {
        return Err(Failure::forbidden("Only the owner can delete a server"));
    }
    let id = server.id.clone();
    call.world.remove_server(&id);
    nothing()
}

fn leave(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let server = call.world.server_of(call.param("server"), &user)?;
    if server.owner == user {
        return Err(Failure::impossible(
            "The owner cannot leave the server, only delete it",
        ));
    }
    let id = server.id.clone();
    call.world.remove_member(&id, &user)?;
    nothing()
}

fn icon(call: &mut Call<'_>) -> Answer {
    let (user, id) = call.manage(permissions::MANAGE_SERVER)?;
    let image = uploads::from_json(call.fields()?)?;
    let url = call.store_file(image);
    let server = call.world.server_mut(&id)?;
    server.icon_url = Some(url.clone());
    let mut changes = serde_json::Map::new();
    changes.insert("iconUrl".to_owned(), url.as_str().into());
    call.world.server_changed(&id, &user, &changes);
    ok(&json!({"iconUrl": url}))
}
