//! Direct messages.

use http::Method;
use serde_json::Value;

use super::messages::draft;
use crate::routes::call::{Answer, Call, created, nothing, ok};
use crate::routes::router::Route;
use crate::world::{Author, Failure, Id};

const MESSAGE: &str = "/dms/{conversation}/messages/{message}";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::user(Method::GET, "/dms", list),
        Route::user(Method::POST, "/dms", create),
        Route::user(Method::GET, "/dms/{conversation}", get),
        Route::user(Method::GET, "/dms/{conversation}/messages", messages)
            .reading(&["cursor", "limit"]),
        Route::user(Method::POST, "/dms/{conversation}/messages", send),
        Route::user(Method::PATCH, MESSAGE, edit),
        Route::user(Method::DELETE, MESSAGE, delete),
    ]
}

fn list(call: &mut Call<'_>) -> Answer {
    let me = call.user()?;
    let mine: Vec<Value> = call
        .world
        .conversations
        .values()
        .filter(|conversation| conversation.involves(&me))
        .map(|conversation| call.world.conversation_view(conversation, &me))
        .collect();
    ok(&mine)
}

fn create(call: &mut Call<'_>) -> Answer {
    let me = call.user()?;
    let mut fields = call.fields()?;
    let other = fields.filled_text("userId")?;
    fields.done()?;
    if other == *me {
        return Err(Failure::impossible("You cannot write to yourself"));
    }
    let (id, is_new) = call.world.open_conversation(&me, &other)?;
    let conversation = call.world.conversation(&id, &me)?;
    let view = call.world.conversation_view(conversation, &me);
    if is_new { created(&view) } else { ok(&view) }
}

fn get(call: &mut Call<'_>) -> Answer {
    let me = call.user()?;
    let conversation = call.world.conversation(call.param("conversation"), &me)?;
    ok(&call.world.conversation_view(conversation, &me))
}

fn messages(call: &mut Call<'_>) -> Answer {
    let me = call.user()?;
    let conversation = call.world.conversation(call.param("conversation"), &me)?;
    let (before, limit) = call.page()?;
    ok(&call.world.dm_page(conversation, before, limit))
}

fn send(call: &mut Call<'_>) -> Answer {
    let me = call.user()?;
    let id = call.param("conversation").to_owned();
    call.world.conversation(&id, &me)?;
    let draft = draft(call.fields()?)?;
    let message = call.world.send_dm(&id, &me, draft)?;
    created(&view(call, &id, &me, &message)?)
}

fn edit(call: &mut Call<'_>) -> Answer {
    let me = call.user()?;
    let id = call.param("conversation").to_owned();
    let message = call.param("message").to_owned();
    call.world.own_dm(&id, &me, &message)?;
    let mut fields = call.fields()?;
    let content = fields.text("content")?;
    fields.done()?;
    call.world.edit_dm(&id, &me, &message, content)?;
    ok(&view(call, &id, &me, &message)?)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let me = call.user()?;
    let id = call.param("conversation").to_owned();
    let message = call.param("message").to_owned();
    call.world.erase_dm(&id, &me, &message)?;
    nothing()
}

fn view(call: &Call<'_>, conversation: &str, me: &Id, message: &str) -> Result<Value, Failure> {
    let conversation = call.world.conversation(conversation, me)?;
    conversation
        .messages
        .get(message)
        .filter(|message| matches!(message.author, Author::User(_)))
        .map(|message| call.world.dm_view(conversation, message))
        .ok_or_else(|| Failure::not_found("Message"))
}
