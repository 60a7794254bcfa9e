//! Actors.

use http::Method;
use serde_json::Value;

use super::body::{Kind, read};
use super::{change, id, matches, wanted};
use crate::routes::call::{Answer, Call, created, nothing, ok};
use crate::routes::router::Route;
use crate::world::Failure;
use crate::world::nolag::{Actor, Owned, of_project};
use crate::world::time::iso;

const ACTOR: &str = "/v1/actors/{actor}";

pub(super) const TYPES: [&str; 7] = [
    "device",
    "user",
    "service",
    "session",
    "agent",
    "orchestrator",
    "observer",
];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::project(Method::GET, "/v1/actors", list).reading(&["actorType", "name", "status"]),
        Route::project(Method::POST, "/v1/actors", create),
        Route::project(Method::GET, ACTOR, get),
        Route::project(Method::PATCH, ACTOR, update),
        Route::project(Method::DELETE, ACTOR, delete),
    ]
}

fn actor<'a>(call: &'a Call<'_>) -> Result<&'a Actor, Failure> {
    let id = id(call, "actor")?;
    of_project(&call.world.nolag.actors, &call.project()?, &id, "Actor")
}

fn list(call: &mut Call<'_>) -> Answer {
    let project = call.project()?;
    let wanted = wanted(call, &["name", "actorType", "status"])?;
    let actors = call.world.nolag.actors.values();
    let actors: Vec<_> = actors
        .filter(|actor| actor.project == project && matches(&actor.row, &wanted))
        .map(|actor| &actor.row)
        .collect();
    ok(&actors)
}

/// Only this answer has the token. The sandbox does not keep it, since nothing
/// here can be done with it.
fn create(call: &mut Call<'_>) -> Answer {
    let project = call.project()?;
    let mut row = read(
        call,
        &[("name", Kind::Name), ("actorType", Kind::OneOf(&TYPES))],
        &[
            ("expiresAt", Kind::Time),
            ("metadata", Kind::Object),
            ("description", Kind::Text),
            ("externalId", Kind::Text),
        ],
    )?;
    let id = call.world.nolag.new_id();
    let now = iso(call.world.now());
    row.insert("actorTokenId".to_owned(), (*id).into());
    row.insert("projectId".to_owned(), (*project).into());
    row.insert("status".to_owned(), "active".into());
    row.insert("isActive".to_owned(), true.into());
    row.insert("createdAt".to_owned(), now.as_str().into());
    row.insert("updatedAt".to_owned(), now.into());
    let mut answer = row.clone();
    let token = format!("at_sandbox{:032x}", fastrand::u128(..));
    answer.insert("accessToken".to_owned(), token.into());
    let inner = ();
    let actor = Owned {
        project,
        row,
        inner,
    };
    call.world.nolag.actors.insert(id, actor);
    created(&answer)
}

fn get(call: &mut Call<'_>) -> Answer {
    ok(&actor(call)?.row)
}

fn update(call: &mut Call<'_>) -> Answer {
    let mut row = actor(call)?.row.clone();
    let changes = read(
        call,
        &[],
        &[
            ("name", Kind::Name),
            ("status", Kind::Text),
            ("expiresAt", Kind::Time),
            ("metadata", Kind::Object),
            ("description", Kind::Text),
            ("externalId", Kind::Text),
            ("isActive", Kind::Flag),
            ("accessScopeId", Kind::NullableText),
        ],
    )?;
    if let Some(scope) = changes.get("accessScopeId").and_then(Value::as_str) {
        of_project(&call.world.nolag.scopes, &call.project()?, scope, "Scope")?;
    }
    change(call, &mut row, changes);
    let id = id(call, "actor")?;
    if let Some(actor) = call.world.nolag.actors.get_mut(&id) {
        actor.row.clone_from(&row);
    }
    ok(&row)
}

fn delete(call: &mut Call<'_>) -> Answer {
    actor(call)?;
    let id = id(call, "actor")?;
    call.world.nolag.remove_actor(&id);
    nothing()
}
