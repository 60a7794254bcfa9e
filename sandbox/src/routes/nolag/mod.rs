//! NoLag: the endpoints under `/v1`, and what they have in common.

mod actors;
mod apps;
mod body;
mod envelope;
mod rooms;
mod scopes;

use serde_json::{Value, json};

use crate::routes::call::{Answer, Call, ok};
use crate::routes::router::Route;
use crate::world::Failure;
use crate::world::nolag::{Row, is_uuid};
use crate::world::time::iso;

pub(crate) use envelope::{covers, envelope};

pub(super) fn routes() -> Vec<Route> {
    [
        apps::routes(),
        rooms::routes(),
        actors::routes(),
        scopes::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// An id in the path. One that is not a UUID is refused as malformed.
fn id(call: &Call<'_>, name: &str) -> Result<String, Failure> {
    let id = call.param(name);
    if is_uuid(id) {
        Ok(id.to_owned())
    } else {
        Err(Failure::bad_request(format!("{id:?} is not a UUID")))
    }
}

/// Whether a row has all the values that the query asks for, each for the key
/// of the same name. For `name`, it is enough that the row's value contains the
/// wanted one.
fn matches(row: &Row, wanted: &[(&str, String)]) -> bool {
    wanted.iter().all(|(key, wanted)| match row.get(*key) {
        Some(Value::String(text)) if *key == "name" => contains(text, wanted),
        Some(Value::String(text)) => text == wanted,
        Some(Value::Bool(flag)) => flag.to_string() == *wanted,
        _ => false,
    })
}

fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

/// The ones of these keys that the query has, with their values.
fn wanted(call: &Call<'_>, keys: &[&'static str]) -> Result<Vec<(&'static str, String)>, Failure> {
    let mut wanted = Vec::new();
    for key in keys {
        if let Some(value) = call.query(key)? {
            wanted.push((*key, value));
        }
    }
    Ok(wanted)
}

/// Whether a search finds a row by its name or slug. Without a search, every
/// row is found.
fn found(row: &Row, search: Option<&str>) -> bool {
    search.is_none_or(|search| {
        let texts = ["name", "slug"].map(|key| row.get(key).and_then(Value::as_str));
        texts
            .into_iter()
            .flatten()
            .any(|text| contains(text, search))
    })
}

/// Whether the query asks for descending order.
fn is_descending(call: &Call<'_>) -> Result<bool, Failure> {
    match call.query("sortOrder")?.as_deref() {
        None | Some("asc") => Ok(false),
        Some("desc") => Ok(true),
        _ => Err(Failure::bad_request("sortOrder must be asc or desc")),
    }
}

/// Sorts rows by one of their keys.
fn sort(rows: &mut [&Row], key: &str, descending: bool) -> Result<(), Failure> {
    if !["name", "slug", "status", "createdAt", "updatedAt"].contains(&key) {
        return Err(Failure::bad_request(format!("Cannot sort by {key:?}")));
    }
    let text = |row: &Row| row.get(key).and_then(Value::as_str).map(str::to_owned);
    rows.sort_by_key(|row| text(row));
    if descending {
        rows.reverse();
    }
    Ok(())
}

/// The page of the rows that the query asks for.
fn page(call: &Call<'_>, rows: &[&Row]) -> Answer {
    let number = |name: &str, default: usize, most: usize| match call.query(name)? {
        None => Ok(default),
        Some(text) => text
            .parse()
            .ok()
            .filter(|number| (1..=most).contains(number))
            .ok_or_else(|| Failure::bad_request(format!("{name} must be from 1 to {most}"))),
    };
    let page = number("page", 1, 1_000_000)?;
    let limit = number("limit", 20, 100)?;
    let data: Vec<_> = rows.iter().skip((page - 1) * limit).take(limit).collect();
    ok(&json!({
        "data": data,
        "pagination": {
            "total": rows.len(),
            "page": page,
            "pageCount": rows.len().div_ceil(limit),
        },
    }))
}

/// Applies changes to a row, and notes when that was.
fn change(call: &Call<'_>, row: &mut Row, mut changes: Row) {
    row.append(&mut changes);
    let now = iso(call.world.now());
    row.insert("updatedAt".to_owned(), now.into());
}
