//! Rooms, and who may use them.

use http::Method;
use serde_json::Value;

use super::apps::{app, app_mut};
use super::body::{Kind, read};
use super::{change, id, matches, wanted};
use crate::routes::call::{Answer, Call, created, nothing, ok};
use crate::routes::router::Route;
use crate::world::Failure;
use crate::world::nolag::{Room, Row, has_text, of_project, slug_of};
use crate::world::time::iso;

const ROOMS: &str = "/v1/apps/{app}/rooms";
const ROOM: &str = "/v1/apps/{app}/rooms/{room}";
const ACTORS: &str = "/v1/apps/{app}/rooms/{room}/actors";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::project(Method::GET, ROOMS, list).reading(&["isStatic", "name", "slug", "status"]),
        Route::project(Method::POST, ROOMS, create),
        Route::project(Method::POST, "/v1/apps/{app}/rooms/ensure", ensure),
        Route::project(Method::GET, ROOM, get),
        Route::project(Method::PATCH, ROOM, update),
        Route::project(Method::DELETE, ROOM, delete),
        Route::project(Method::POST, ACTORS, grant),
        Route::project(Method::GET, ACTORS, actors),
        Route::project(
            Method::DELETE,
            "/v1/apps/{app}/rooms/{room}/actors/{access}",
            revoke,
        ),
    ]
}

/// The room of the path.
fn room<'a>(call: &'a Call<'_>) -> Result<&'a Room, Failure> {
    let app = app(call)?;
    let room = app.inner.rooms.get(&id(call, "room")?);
    room.ok_or_else(|| Failure::not_found("Room"))
}

/// The room of the path, once `room` has found it.
fn room_mut<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Room, Failure> {
    let (app, room) = (id(call, "app")?, id(call, "room")?);
    let room = app_mut(call, &app)?.inner.rooms.get_mut(&room);
    room.ok_or_else(|| Failure::not_found("Room"))
}

fn list(call: &mut Call<'_>) -> Answer {
    let wanted = wanted(call, &["name", "slug", "status", "isStatic"])?;
    if let Some((_, flag)) = wanted.iter().find(|(key, _)| *key == "isStatic")
        && !["true", "false"].contains(&flag.as_str())
    {
        return Err(Failure::bad_request("isStatic must be true or false"));
    }
    let rooms = app(call)?.inner.rooms.values().map(|room| &room.row);
    let rooms: Vec<_> = rooms.filter(|room| matches(room, &wanted)).collect();
    ok(&rooms)
}

fn new_room(call: &Call<'_>) -> Result<Row, Failure> {
    read(
        call,
        &[("name", Kind::Name)],
        &[
            ("slug", Kind::Slug),
            ("description", Kind::Text),
            ("topics", Kind::Texts),
            ("metadata", Kind::Object),
            ("config", Kind::Object),
        ],
    )
}

fn add(call: &mut Call<'_>, given: Row) -> Answer {
    let app = id(call, "app")?;
    let now = call.world.now();
    let room = call.world.nolag.add_room(&app, given, now)?;
    let room = app_mut(call, &app)?.inner.rooms.get(&room);
    created(&room.map(|room| &room.row))
}

fn create(call: &mut Call<'_>) -> Answer {
    app(call)?;
    let given = new_room(call)?;
    add(call, given)
}

fn ensure(call: &mut Call<'_>) -> Answer {
    let row = &app(call)?.row;
    let provisions = row
        .get("config")
        .map(|config| &config["autoProvisionRooms"]);
    if provisions != Some(&Value::Bool(true)) {
        return Err(Failure::forbidden(
            "The app's config does not have autoProvisionRooms",
        ));
    }
    let given = new_room(call)?;
    let text = |key: &str| given.get(key).and_then(Value::as_str);
    let slug = text("slug").map_or_else(
        || slug_of(text("name").unwrap_or_default()),
        ToOwned::to_owned,
    );
    let known = app(call)?.inner.rooms.values();
    if let Some(room) = known
        .into_iter()
        .find(|room| has_text(&room.row, "slug", &slug))
    {
        return ok(&room.row);
    }
    add(call, given)
}

fn get(call: &mut Call<'_>) -> Answer {
    ok(&room(call)?.row)
}

fn update(call: &mut Call<'_>) -> Answer {
    let mut row = room(call)?.row.clone();
    let changes = read(
        call,
        &[],
        &[
            ("name", Kind::Name),
            ("description", Kind::Text),
            ("status", Kind::Text),
            ("topics", Kind::Texts),
            ("metadata", Kind::Object),
            ("isEnabled", Kind::Flag),
            ("config", Kind::Object),
        ],
    )?;
    change(call, &mut row, changes);
    room_mut(call)?.row.clone_from(&row);
    ok(&row)
}

fn delete(call: &mut Call<'_>) -> Answer {
    if room(call)?.row.get("isStatic") == Some(&Value::Bool(true)) {
        return Err(Failure::bad_request("A static room cannot be deleted"));
    }
    let (app, room) = (id(call, "app")?, id(call, "room")?);
    app_mut(call, &app)?.inner.rooms.remove(&room);
    nothing()
}

fn grant(call: &mut Call<'_>) -> Answer {
    room(call)?;
    let mut row = read(
        call,
        &[(
            "permission",
            Kind::OneOf(&["subscribe", "publish", "pubSub"]),
        )],
        &[
            ("actorTokenId", Kind::Text),
            ("actorType", Kind::OneOf(&super::actors::TYPES)),
            ("topics", Kind::Texts),
            ("isActive", Kind::Flag),
            ("expiresAt", Kind::Time),
            ("role", Kind::Text),
            ("metadata", Kind::Object),
        ],
    )?;
    match (row.get("actorTokenId"), row.get("actorType")) {
        (Some(actor), None) => {
            let (project, actor) = (call.project()?, actor.as_str().unwrap_or_default());
            of_project(&call.world.nolag.actors, &project, actor, "Actor")?;
        }
        (None, Some(_)) => {}
        _ => {
            return Err(Failure::bad_request(
                "Either actorTokenId or actorType is required, and not both",
            ));
        }
    }
    if room(call)?
        .access
        .values()
        .any(|known| same_grantee(known, &row))
    {
        return Err(Failure::conflict("Access to this room was granted already"));
    }
    let id = call.world.nolag.new_id();
    let now = iso(call.world.now());
    row.entry("isActive").or_insert(true.into());
    row.insert("roomActorAccessId".to_owned(), (*id).into());
    row.insert("roomId".to_owned(), call.param("room").into());
    row.insert("createdAt".to_owned(), now.as_str().into());
    row.insert("updatedAt".to_owned(), now.into());
    room_mut(call)?.access.insert(id, row.clone());
    created(&row)
}

fn same_grantee(one: &Row, other: &Row) -> bool {
    ["actorTokenId", "actorType"]
        .into_iter()
        .all(|key| one.get(key) == other.get(key))
}

fn actors(call: &mut Call<'_>) -> Answer {
    let access: Vec<_> = room(call)?.access.values().collect();
    ok(&access)
}

fn revoke(call: &mut Call<'_>) -> Answer {
    room(call)?;
    let access = id(call, "access")?;
    let removed = room_mut(call)?.access.remove(&access);
    removed.ok_or_else(|| Failure::not_found("Access"))?;
    nothing()
}
