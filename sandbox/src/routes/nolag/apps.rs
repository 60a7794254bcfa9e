//! Apps.

use http::Method;
use serde_json::{Value, json};

use super::body::{Kind, read};
use super::{change, found, id, is_descending, matches, page, sort, wanted};
use crate::routes::call::{Answer, Call, created, ok};
use crate::routes::router::Route;
use crate::world::Failure;
use crate::world::nolag::{App, check_slug, of_project};

const APP: &str = "/v1/apps/{app}";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::project(Method::GET, "/v1/apps", list).reading(&[
            "blueprintId",
            "limit",
            "name",
            "orderBy",
            "page",
            "search",
            "sortBy",
            "sortOrder",
            "status",
        ]),
        Route::project(Method::POST, "/v1/apps", create),
        Route::project(Method::GET, APP, get),
        Route::project(Method::PATCH, APP, update),
        Route::project(Method::DELETE, APP, delete),
        Route::project(Method::POST, "/v1/apps/{app}/reset-to-blueprint", reset),
    ]
}

/// The app of the path.
pub(super) fn app<'a>(call: &'a Call<'_>) -> Result<&'a App, Failure> {
    let id = id(call, "app")?;
    of_project(&call.world.nolag.apps, &call.project()?, &id, "App")
}

/// The app of the path, once `app` has found it.
pub(super) fn app_mut<'a>(call: &'a mut Call<'_>, id: &str) -> Result<&'a mut App, Failure> {
    let app = call.world.nolag.apps.get_mut(id);
    app.ok_or_else(|| Failure::not_found("App"))
}

fn list(call: &mut Call<'_>) -> Answer {
    let project = call.project()?;
    // The documentation has these and `orderBy`, the official packages send
    // `search`, `sortBy` and `sortOrder`.
    let wanted = wanted(call, &["name", "blueprintId", "status"])?;
    let search = call.query("search")?;
    let mut rows: Vec<_> = call
        .world
        .nolag
        .apps
        .values()
        .filter(|app| {
            app.project == project
                && matches(&app.row, &wanted)
                && found(&app.row, search.as_deref())
        })
        .map(|app| &app.row)
        .collect();
    if let Some(key) = call.query("sortBy")? {
        sort(&mut rows, &key, is_descending(call)?)?;
    } else if let Some(order) = call.query("orderBy")? {
        let descending = match order.split_once(':') {
            Some((_, "ASC")) => false,
            Some((_, "DESC")) => true,
            _ => {
                return Err(Failure::bad_request(
                    "orderBy must be field:ASC or field:DESC",
                ));
            }
        };
        let key = order.split(':').next().unwrap_or_default();
        sort(&mut rows, key, descending)?;
    }
    page(call, &rows)
}

fn create(call: &mut Call<'_>) -> Answer {
    let project = call.project()?;
    let given = read(
        call,
        &[("name", Kind::Name)],
        &[
            ("description", Kind::Text),
            ("blueprintId", Kind::Text),
            ("slug", Kind::Slug),
            ("accessMode", Kind::OneOf(&["open", "restricted"])),
            ("topics", Kind::Texts),
            ("topicConfigs", Kind::Object),
            ("config", Kind::Object),
        ],
    )?;
    let now = call.world.now();
    let id = call.world.nolag.add_app(&project, given, now)?;
    created(&call.world.nolag.apps.get(&id).map(|app| &app.row))
}

fn get(call: &mut Call<'_>) -> Answer {
    ok(&app(call)?.row)
}

fn update(call: &mut Call<'_>) -> Answer {
    app(call)?;
    let id = id(call, "app")?;
    let changes = read(
        call,
        &[],
        &[
            ("name", Kind::Name),
            ("description", Kind::Text),
            ("status", Kind::OneOf(&["active", "disabled"])),
            ("config", Kind::Object),
            ("files", Kind::Any),
            ("topics", Kind::Texts),
            ("topicConfigs", Kind::Object),
            ("pinnedBlueprintVersion", Kind::Any),
            ("hydrationWebhook", Kind::Any),
            ("triggerWebhook", Kind::Any),
            ("slug", Kind::Slug),
        ],
    )?;
    if let Some(slug) = changes.get("slug").and_then(Value::as_str) {
        let project = call.project()?;
        let apps = call.world.nolag.apps.iter();
        let others = apps.filter(|(other, app)| ***other != *id && app.project == project);
        check_slug(slug, others.map(|(_, app)| &app.row), "an app")?;
    }
    let mut row = app_mut(call, &id)?.row.clone();
    change(call, &mut row, changes);
    app_mut(call, &id)?.row.clone_from(&row);
    ok(&row)
}

fn delete(call: &mut Call<'_>) -> Answer {
    app(call)?;
    let id = id(call, "app")?;
    call.world.nolag.apps.remove(&id);
    ok(&json!({"success": true}))
}

/// There are no blueprints here, so the app goes back to what it was made with.
fn reset(call: &mut Call<'_>) -> Answer {
    if !app(call)?.row.contains_key("blueprintId") {
        return Err(Failure::bad_request(
            "The app was not made from a blueprint",
        ));
    }
    let id = id(call, "app")?;
    let mut row = app_mut(call, &id)?.row.clone();
    let original = app_mut(call, &id)?.inner.original.clone();
    for key in ["config", "files", "topics", "topicConfigs"] {
        match original.get(key) {
            Some(value) => row.insert(key.to_owned(), value.clone()),
            None => row.remove(key),
        };
    }
    change(call, &mut row, serde_json::Map::new());
    app_mut(call, &id)?.row.clone_from(&row);
    ok(&row)
}
