//! Invites to a server.

use http::Method;
use serde_json::{Value, json};

use crate::routes::call::{Answer, Call, created, nothing, ok};
use crate::routes::router::Route;
use crate::world::members::SanctionKind;
use crate::world::servers::{Invite, MEMBER_LIMIT};
use crate::world::{Draft, Failure, permissions};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::user(Method::GET, "/servers/{server}/invites", list),
        Route::user(Method::POST, "/servers/{server}/invites", create),
        Route::user(Method::DELETE, "/servers/{server}/invites/{invite}", revoke),
        Route::public(Method::GET, "/servers/invite/{code}", preview),
        Route::user(Method::POST, "/servers/join/{code}", join),
        Route::user(
            Method::POST,
            "/servers/{server}/invite-friend",
            invite_friend,
        ),
    ]
}

fn list(call: &mut Call<'_>) -> Answer {
    let (_, server) = call.manage(permissions::CREATE_INVITES)?;
    let invites: Vec<Value> = call
        .world
        .server(&server)?
        .invites
        .values()
        .map(Invite::view)
        .collect();
    ok(&invites)
}

fn create(call: &mut Call<'_>) -> Answer {
    let (user, server) = call.manage(permissions::CREATE_INVITES)?;
    let mut fields = call.fields()?;
    let max_uses = fields.optional_integer("maxUses", 1..=1_000_000)?;
    let hours = fields.optional_integer("expiresInHours", 1..=100_000)?;
    fields.done()?;
    let now = call.world.now();
    let expires = hours
        .and_then(|hours| i64::try_from(hours).ok())
        .map(|hours| now + hours * 3_600_000);
    let invite = call.world.add_invite(&server, &user, max_uses, expires)?;
    created(&invite.view())
}

fn revoke(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let server = call.world.server_of(call.param("server"), &user)?;
    let id = server.id.clone();
    let invite = server
        .invites
        .get(call.param("invite"))
        .ok_or_else(|| Failure::not_found("Invite"))?;
    if invite.created_by != user {
        call.world.require(&id, &user, permissions::MANAGE_SERVER)?;
    }
    let invite = call.param("invite").to_owned();
    call.world.server_mut(&id)?.invites.remove(&invite);
    nothing()
}

fn preview(call: &mut Call<'_>) -> Answer {
    let (server, invite) = call.world.invite(call.param("code"))?;
    ok(&json!({
        "serverName": server.name,
        "serverIconUrl": server.icon_url,
        "serverIconEmoji": server.icon_emoji,
        "memberCount": server.members.len(),
        "memberLimit": MEMBER_LIMIT,
        "isFull": server.is_full(),
        "valid": invite.is_valid(call.world.now()),
    }))
}

fn join(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let now = call.world.now();
    let (server, invite) = call.world.invite(call.param("code"))?;
    if server.members.contains(&user) {
        return Err(Failure::conflict("Already a member of this server"));
    }
    if server.is_sanctioned(SanctionKind::Ban, &user, now) {
        return Err(Failure::forbidden("You are banned from this server"));
    }
    if !invite.is_valid(now) {
        return Err(Failure::impossible("The invite is used up or expired"));
    }
    if server.is_full() {
        return Err(Failure::forbidden("The server is full"));
    }
    let (server, invite) = (server.id.clone(), invite.id.clone());
    if let Some(invite) = call.world.server_mut(&server)?.invites.get_mut(&invite) {
        invite.uses += 1;
    }
    call.world.add_member(&server, &user)?;
    ok(&call.world.server(&server)?.view())
}

/// Sends the friend a direct message with an invite of its own.
fn invite_friend(call: &mut Call<'_>) -> Answer {
    let (user, server) = call.manage(permissions::CREATE_INVITES)?;
    let mut fields = call.fields()?;
    let friend = fields.filled_text("userId")?;
    fields.done()?;
    let friend = call.world.user(&friend)?.id.clone();
    if !call.world.are_friends(&user, &friend) {
        return Err(Failure::forbidden("You can invite friends only"));
    }
    if call.world.server(&server)?.members.contains(&friend) {
        return Err(Failure::conflict("Already a member of this server"));
    }
    let name = call.world.server(&server)?.name.clone();
    let code = call
        .world
        .add_invite(&server, &user, Some(1), None)?
        .code
        .clone();
    call.world.tell_invited(&server, &user, &friend, &code);
    let (conversation, _) = call.world.open_conversation(&user, &friend)?;
    let draft = Draft {
        content: format!("Join {name} with the invite {code}"),
        ..Draft::default()
    };
    call.world.send_dm(&conversation, &user, draft)?;
    ok(&json!({"sent": true}))
}
