//! Access scopes.

use http::Method;

use super::body::{Kind, read};
use super::{change, found, id, is_descending, page, sort};
use crate::routes::call::{Answer, Call, created, nothing, ok};
use crate::routes::router::Route;
use crate::world::Failure;
use crate::world::nolag::{Owned, Row, Scope, complete, of_project};

const SCOPE: &str = "/v1/scopes/{scope}";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::project(Method::GET, "/v1/scopes", list).reading(&[
            "limit",
            "page",
            "search",
            "sortBy",
            "sortOrder",
        ]),
        Route::project(Method::POST, "/v1/scopes", create),
        Route::project(Method::GET, SCOPE, get),
        Route::project(Method::PATCH, SCOPE, update),
        Route::project(Method::DELETE, SCOPE, delete),
        Route::project(Method::GET, "/v1/scopes/{scope}/actors", actors),
    ]
}

fn scope<'a>(call: &'a Call<'_>) -> Result<&'a Scope, Failure> {
    let id = id(call, "scope")?;
    of_project(&call.world.nolag.scopes, &call.project()?, &id, "Scope")
}

fn list(call: &mut Call<'_>) -> Answer {
    let project = call.project()?;
    let search = call.query("search")?;
    let scopes = call.world.nolag.scopes.values();
    let mut rows: Vec<_> = scopes
        .filter(|scope| scope.project == project && found(&scope.row, search.as_deref()))
        .map(|scope| &scope.row)
        .collect();
    let key = call.query("sortBy")?;
    let key = key.as_deref().unwrap_or("createdAt");
    sort(&mut rows, key, is_descending(call)?)?;
    page(call, &rows)
}

fn create(call: &mut Call<'_>) -> Answer {
    let project = call.project()?;
    let given = read(
        call,
        &[("slug", Kind::Slug), ("name", Kind::Name)],
        &[("description", Kind::Text), ("metadata", Kind::Object)],
    )?;
    let id = call.world.nolag.new_id();
    let mut row = Row::new();
    row.insert("accessScopeId".to_owned(), (*id).into());
    row.insert("projectId".to_owned(), (*project).into());
    row.insert("isActive".to_owned(), true.into());
    let scopes = call.world.nolag.scopes.values();
    let others = scopes.filter(|scope| scope.project == project);
    let now = call.world.now();
    complete(
        &mut row,
        given,
        others.map(|scope| &scope.row),
        "a scope",
        now,
    )?;
    let answer = row.clone();
    let inner = ();
    let scope = Owned {
        project,
        row,
        inner,
    };
    call.world.nolag.scopes.insert(id, scope);
    created(&answer)
}

fn get(call: &mut Call<'_>) -> Answer {
    ok(&scope(call)?.row)
}

fn update(call: &mut Call<'_>) -> Answer {
    let mut row = scope(call)?.row.clone();
    let changes = read(
        call,
        &[],
        &[
            ("name", Kind::Name),
            ("description", Kind::Text),
            ("metadata", Kind::Object),
            ("isActive", Kind::Flag),
        ],
    )?;
    change(call, &mut row, changes);
    let id = id(call, "scope")?;
    if let Some(scope) = call.world.nolag.scopes.get_mut(&id) {
        scope.row.clone_from(&row);
    }
    ok(&row)
}

fn delete(call: &mut Call<'_>) -> Answer {
    scope(call)?;
    let id = id(call, "scope")?;
    call.world.nolag.remove_scope(&id);
    nothing()
}

fn actors(call: &mut Call<'_>) -> Answer {
    let scope = scope(call)?.row.get("accessScopeId");
    let actors = call.world.nolag.actors.values().map(|actor| &actor.row);
    let actors: Vec<_> = actors
        .filter(|row| row.get("accessScopeId") == scope)
        .collect();
    ok(&actors)
}
