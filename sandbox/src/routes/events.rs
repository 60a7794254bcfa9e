//! The calendar of a server: events and their guests.

use http::Method;
use serde_json::{Value, json};

use crate::routes::call::{Answer, Call, Fields, created, missing, ok};
use crate::routes::router::Route;
use crate::world::calendar::{Event, Guest, Rsvp};
use crate::world::time::{Millis, iso};
use crate::world::{Failure, Id, Table, permissions};

const EVENT: &str = "/servers/{server}/events/{event}";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::user(Method::GET, "/servers/{server}/events", list),
        Route::user(Method::POST, "/servers/{server}/events", create),
        Route::user(Method::GET, EVENT, get),
        Route::user(Method::PATCH, EVENT, update),
        Route::user(Method::DELETE, EVENT, cancel),
        Route::user(Method::POST, "/servers/{server}/events/{event}/rsvp", rsvp),
        Route::user(
            Method::POST,
            "/servers/{server}/events/{event}/external/toggle",
            toggle_external,
        ),
        Route::user(
            Method::GET,
            "/servers/{server}/events/{event}/guests",
            guests,
        ),
        Route::user(
            Method::POST,
            "/servers/{server}/events/{event}/guests/{guest}/admit",
            |call| decide(call, "admitted"),
        ),
        Route::user(
            Method::POST,
            "/servers/{server}/events/{event}/guests/{guest}/reject",
            |call| decide(call, "rejected"),
        ),
    ]
}

fn view(call: &Call<'_>, server: &str, event: &str, viewer: &str) -> Result<Value, Failure> {
    let server = call.world.server(server)?;
    Ok(call.world.event_view(server, server.event(event)?, viewer))
}

fn list(call: &mut Call<'_>) -> Answer {
    let user = viewer(call)?;
    let server = call.world.server_of(call.param("server"), &user)?;
    let events: Vec<Value> = server
        .events
        .values()
        .filter(|event| event.is_ahead(call.world.now()))
        .map(|event| call.world.event_view(server, event, &user))
        .collect();
    ok(&json!({"events": events}))
}

/// The keys of an event that can be set when it is created and when it is
/// updated.
struct Draft {
    title: Option<String>,
    description: Option<String>,
    cover_image_url: Option<String>,
    starts: Option<Millis>,
    ends: Option<Millis>,
    external_access: Option<bool>,
    external_auto_admit: Option<bool>,
}

impl Draft {
    fn read(mut fields: Fields) -> Result<Self, Failure> {
        let draft = Self {
            title: fields.optional_filled_text("title")?,
            description: fields.optional_text("description")?,
            cover_image_url: fields.optional_text("coverImageUrl")?,
            starts: fields.optional_time("startsAt")?,
            ends: fields.optional_time("endsAt")?,
            external_access: fields.optional_bool("externalAccessEnabled")?,
            external_auto_admit: fields.optional_bool("externalAutoAdmit")?,
        };
        fields.done()?;
        Ok(draft)
    }
}

fn check_times(starts: Millis, ends: Option<Millis>) -> Result<(), Failure> {
    if ends.is_some_and(|ends| ends <= starts) {
        return Err(Failure::bad_request("endsAt must be later than startsAt"));
    }
    Ok(())
}

fn create(call: &mut Call<'_>) -> Answer {
    let (user, server) = manager(call)?;
    let draft = Draft::read(call.fields()?)?;
    let title = draft.title.ok_or_else(|| missing("title"))?;
    let starts = draft.starts.ok_or_else(|| missing("startsAt"))?;
    check_times(starts, draft.ends)?;
    let now = call.world.now();
    let id = call.world.new_id("event");
    let mut event = Event {
        id: id.clone(),
        title,
        description: draft.description,
        cover_image_url: draft.cover_image_url,
        starts,
        ends: draft.ends,
        cancelled: None,
        created_by: user.clone(),
        external_access: false,
        external_auto_admit: draft.external_auto_admit.unwrap_or(false),
        share_code: None,
        rsvps: std::collections::BTreeMap::new(),
        guests: Table::default(),
        created: now,
    };
    event.set_external_access(draft.external_access.unwrap_or(false));
    call.world
        .server_mut(&server)?
        .events
        .insert(id.clone(), event);
    created(&view(call, &server, &id, &user)?)
}

fn get(call: &mut Call<'_>) -> Answer {
    let user = viewer(call)?;
    let server = call.world.server_of(call.param("server"), &user)?;
    let event = server.event(call.param("event"))?;
    ok(&call.world.event_view(server, event, &user))
}

fn update(call: &mut Call<'_>) -> Answer {
    let (user, server) = manager(call)?;
    let id = call.param("event").to_owned();
    call.world.server(&server)?.event(&id)?;
    let draft = Draft::read(call.fields()?)?;
    let event = call.world.server_mut(&server)?.event_mut(&id)?;
    let starts = draft.starts.unwrap_or(event.starts);
    let ends = draft.ends.or(event.ends);
    check_times(starts, ends)?;
    (event.starts, event.ends) = (starts, ends);
    if let Some(title) = draft.title {
        event.title = title;
    }
    if draft.description.is_some() {
        event.description = draft.description;
    }
    if draft.cover_image_url.is_some() {
        event.cover_image_url = draft.cover_image_url;
    }
    if let Some(enabled) = draft.external_access {
        event.set_external_access(enabled);
    }
    if let Some(auto_admit) = draft.external_auto_admit {
        event.external_auto_admit = auto_admit;
    }
    ok(&view(call, &server, &id, &user)?)
}

fn cancel(call: &mut Call<'_>) -> Answer {
    let (_, server) = manager(call)?;
    let now = call.world.now();
    let id = call.param("event").to_owned();
    let event = call.world.server_mut(&server)?.event_mut(&id)?;
    if event.cancelled.is_some() {
        return Err(Failure::conflict("The event is cancelled already"));
    }
    event.cancelled = Some(now);
    ok(&json!({"status": "cancelled", "deletesAt": event.deletes_at().map(iso)}))
}

fn rsvp(call: &mut Call<'_>) -> Answer {
    let user = viewer(call)?;
    let server = call
        .world
        .server_of(call.param("server"), &user)?
        .id
        .clone();
    let id = call.param("event").to_owned();
    call.world.server(&server)?.event(&id)?;
    let mut fields = call.fields()?;
    let status = fields.filled_text("status")?;
    fields.done()?;
    let status = Rsvp::from_name(&status)
        .ok_or_else(|| Failure::bad_request("status must be going, maybe or not_going"))?;
    let event = call.world.server_mut(&server)?.event_mut(&id)?;
    if event.cancelled.is_some() {
        return Err(Failure::conflict("The event is cancelled"));
    }
    event.rsvps.insert(user, status);
    ok(&json!({"status": status.as_str(), "counts": event.counts()}))
}

fn toggle_external(call: &mut Call<'_>) -> Answer {
    let (user, server) = manager(call)?;
    let id = call.param("event").to_owned();
    let event = call.world.server_mut(&server)?.event_mut(&id)?;
    event.set_external_access(!event.external_access);
    ok(&view(call, &server, &id, &user)?)
}

fn guests(call: &mut Call<'_>) -> Answer {
    let (_, server) = manager(call)?;
    let event = call.world.server(&server)?.event(call.param("event"))?;
    let guests: Vec<Value> = event.guests.values().map(Guest::view).collect();
    ok(&json!({"guests": guests}))
}

fn decide(call: &mut Call<'_>, decision: &'static str) -> Answer {
    let (_, server) = manager(call)?;
    let id = call.param("event").to_owned();
    let guest = call.param("guest").to_owned();
    let event = call.world.server_mut(&server)?.event_mut(&id)?;
    let guest = event
        .guests
        .get_mut(&guest)
        .ok_or_else(|| Failure::not_found("Guest"))?;
    if guest.status == decision {
        return Err(Failure::conflict(format!(
            "The guest is {decision} already"
        )));
    }
    guest.status = decision;
    ok(&json!({"status": decision}))
}

/// Brings the calendar up to date, and returns the calling user.
fn viewer(call: &mut Call<'_>) -> Result<Id, Failure> {
    let server = call.param("server").to_owned();
    call.world.tidy_events(&server);
    call.user()
}

/// The same, but refuses users who may not manage the events of the server of
/// the path. Returns the server as well.
fn manager(call: &mut Call<'_>) -> Result<(Id, Id), Failure> {
    viewer(call)?;
    call.manage(permissions::MANAGE_EVENTS)
}
