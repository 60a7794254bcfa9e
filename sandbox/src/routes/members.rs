//! Kicking, banning and muting.

use http::Method;

use crate::routes::call::{Answer, Call, created, nothing, ok};
use crate::routes::router::Route;
use crate::world::members::SanctionKind;
use crate::world::{Failure, permissions};

/// The longest duration. More than a hundred years must be a mistake.
const MAX_MINUTES: u64 = 100 * 366 * 24 * 60;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::user(Method::DELETE, "/servers/{server}/members/{user}", kick),
        Route::user(Method::GET, "/servers/{server}/bans", |call| {
            list(call, SanctionKind::Ban)
        }),
        Route::user(Method::POST, "/servers/{server}/bans/{user}", |call| {
            impose(call, SanctionKind::Ban)
        }),
        Route::user(Method::DELETE, "/servers/{server}/bans/{user}", |call| {
            lift(call, SanctionKind::Ban)
        }),
        Route::user(Method::GET, "/servers/{server}/mutes", |call| {
            list(call, SanctionKind::Mute)
        }),
        Route::user(Method::POST, "/servers/{server}/mutes/{user}", |call| {
            impose(call, SanctionKind::Mute)
        }),
        Route::user(Method::DELETE, "/servers/{server}/mutes/{user}", |call| {
            lift(call, SanctionKind::Mute)
        }),
    ]
}

fn kick(call: &mut Call<'_>) -> Answer {
    let (by, server) = call.manage(permissions::KICK_MEMBERS)?;
    let user = call.param("user").to_owned();
    call.world.server(&server)?.member(&user)?;
    call.world.may_act_on(&server, &by, &user)?;
    call.world.remove_member(&server, &user)?;
    nothing()
}

fn list(call: &mut Call<'_>, kind: SanctionKind) -> Answer {
    let (_, server) = call.manage(kind.permission())?;
    ok(&call.world.sanction_views(kind, &server)?)
}

fn impose(call: &mut Call<'_>, kind: SanctionKind) -> Answer {
    let (by, server) = call.manage(kind.permission())?;
    let mut fields = call.fields()?;
    let reason = fields.optional_text("reason")?;
    let minutes = fields.optional_integer("duration", 1..=MAX_MINUTES)?;
    fields.done()?;
    let user = call.param("user").to_owned();
    call.world
        .sanction(kind, &server, &by, &user, reason, minutes)?;
    let server = call.world.server(&server)?;
    let view = server
        .sanctions(kind)
        .get(&user)
        .and_then(|sanction| call.world.sanction_view(kind, server, sanction))
        .ok_or_else(|| Failure::not_found(kind.noun()))?;
    created(&view)
}

fn lift(call: &mut Call<'_>, kind: SanctionKind) -> Answer {
    let (_, server) = call.manage(kind.permission())?;
    let user = call.param("user").to_owned();
    call.world.pardon(kind, &server, &user)?;
    nothing()
}
