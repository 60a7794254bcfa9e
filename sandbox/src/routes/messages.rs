//! The messages of a room, for users and for robots.

use http::Method;

use crate::routes::call::{Answer, Call, Fields, created, missing, nothing, ok};
use crate::routes::router::Route;
use crate::world::{Audience, Draft, Failure, Place, RobotPermission};

const ROOM: &str = "/servers/{server}/rooms/{room}/messages";
const ROOM_MESSAGE: &str = "/servers/{server}/rooms/{room}/messages/{message}";
const ROBOT_ROOM: &str = "/robots/@me/servers/{server}/rooms/{room}/messages";
const ROBOT_ROOM_MESSAGE: &str = "/robots/@me/servers/{server}/rooms/{room}/messages/{message}";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::user(Method::GET, ROOM, list).reading(&["cursor", "limit"]),
        Route::user(Method::POST, ROOM, send),
        Route::user(Method::PATCH, ROOM_MESSAGE, edit),
        Route::user(Method::DELETE, ROOM_MESSAGE, delete),
        Route::robot(Method::GET, ROBOT_ROOM, list).reading(&["cursor", "limit"]),
        Route::robot(Method::POST, ROBOT_ROOM, send).writing_message(),
        Route::robot(Method::PATCH, ROBOT_ROOM_MESSAGE, edit).writing_message(),
        Route::robot(Method::DELETE, ROBOT_ROOM_MESSAGE, delete).writing_message(),
    ]
}

/// The server and the room of the path. Refuses callers who may not be there.
fn enter_room(call: &Call<'_>, permission: RobotPermission) -> Result<(String, String), Failure> {
    let server = call.enter_server(permission)?;
    let room = call.world.server(&server)?.room(call.param("room"))?;
    Ok((server, room.id.to_string()))
}

fn list(call: &mut Call<'_>) -> Answer {
    let (server, room) = enter_room(call, RobotPermission::ReadMessages)?;
    let (before, limit) = call.page()?;
    let audience = call.audience(Audience::RobotReader);
    let place = Place {
        server: &server,
        room: &room,
    };
    ok(&call.world.message_page(place, before, limit, audience)?)
}

fn send(call: &mut Call<'_>) -> Answer {
    let (server, room) = enter_room(call, RobotPermission::SendMessages)?;
    let draft = draft(call.fields()?)?;
    let place = Place {
        server: &server,
        room: &room,
    };
    let author = call.author()?;
    let audience = call.audience(Audience::RobotWriter);
    let id = call.world.post(place, author, draft)?;
    created(&call.world.message_view(place, &id, audience)?)
}

fn edit(call: &mut Call<'_>) -> Answer {
    let (server, room) = enter_room(call, RobotPermission::SendMessages)?;
    let mut fields = call.fields()?;
    let content = fields.text("content")?;
    fields.done()?;
    let place = Place {
        server: &server,
        room: &room,
    };
    let editor = call.author()?;
    let audience = call.audience(Audience::RobotWriter);
    let message = call.param("message").to_owned();
    call.world.edit(place, &editor, &message, content)?;
    ok(&call.world.message_view(place, &message, audience)?)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let (server, room) = enter_room(call, RobotPermission::SendMessages)?;
    let place = Place {
        server: &server,
        room: &room,
    };
    let eraser = call.author()?;
    let message = call.param("message").to_owned();
    call.world.erase(place, &eraser, &message)?;
    nothing()
}

/// Reads the message that a body asks to write.
pub(super) fn draft(mut fields: Fields) -> Result<Draft, Failure> {
    let image = fields.optional_text("imageId")?;
    let draft = Draft {
        // A message with an image needs no text.
        content: match fields.optional_text("content")? {
            Some(content) => content,
            None if image.is_some() => String::new(),
            None => return Err(missing("content")),
        },
        reply_to: fields.optional_text("replyToId")?,
        image,
        at: None,
    };
    fields.done()?;
    Ok(draft)
}
