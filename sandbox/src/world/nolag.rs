//! What the sandbox keeps of NoLag: projects with their apps, actors and
//! scopes.
//!
//! Rows are kept as JSON objects, as on the wire, because the service returns
//! what it was given.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::time::{Millis, iso};
use super::{Failure, Id, Table};

/// The key of the project that every sandbox has.
pub(crate) const KEY: &str = "nlg_live_sandbox.secret";

/// An object as it is on the wire.
pub(crate) type Row = Map<String, Value>;

/// Something that belongs to a project.
#[derive(Debug)]
pub(crate) struct Owned<T> {
    pub(crate) project: Id,
    pub(crate) row: Row,
    /// What belongs to it, besides its own fields.
    pub(crate) inner: T,
}

/// What belongs to an app besides its own fields.
#[derive(Debug)]
pub(crate) struct AppParts {
    /// The app as it was made, for resetting it to its blueprint.
    pub(crate) original: Row,
    pub(crate) rooms: Table<Room>,
}

#[derive(Debug, Default)]
pub(crate) struct Room {
    pub(crate) row: Row,
    pub(crate) access: Table<Row>,
}

pub(crate) type App = Owned<AppParts>;
pub(crate) type Actor = Owned<()>;
pub(crate) type Scope = Owned<()>;

#[derive(Debug)]
pub(crate) struct NoLag {
    /// Projects, by key.
    pub(crate) keys: HashMap<String, Id>,
    pub(crate) apps: Table<App>,
    pub(crate) actors: Table<Actor>,
    pub(crate) scopes: Table<Scope>,
    last_id: u64,
}

impl NoLag {
    pub(crate) fn new() -> Self {
        let mut nolag = Self {
            keys: HashMap::new(),
            apps: Table::default(),
            actors: Table::default(),
            scopes: Table::default(),
            last_id: 0,
        };
        nolag.project(KEY);
        nolag
    }

    /// The project of a key; it is made if there is none.
    pub(crate) fn project(&mut self, key: &str) -> Id {
        if let Some(project) = self.keys.get(key) {
            return project.clone();
        }
        let project = self.new_id();
        self.keys.insert(key.to_owned(), project.clone());
        project
    }

    /// An app "Demo" with what cannot be made through the API: a static room.
    pub(crate) fn plant_demo(&mut self, now: Millis) -> Result<(), Failure> {
        let project = self.project(KEY);
        let given = json!({"name": "Demo", "slug": "demo", "topics": ["messages"]});
        let app = self.add_app(&project, object(given), now)?;
        let given = json!({
            "name": "Lobby", "slug": "lobby", "roomType": "static", "isStatic": true,
        });
        self.add_room(&app, object(given), now)?;
        Ok(())
    }

    /// A UUID, as all ids of the service are.
    pub(crate) fn new_id(&mut self) -> Id {
        self.last_id += 1;
        format!("5a9db0c5-0000-7000-8000-{:012x}", self.last_id).into()
    }

    pub(crate) fn add_app(&mut self, project: &Id, given: Row, now: Millis) -> Result<Id, Failure> {
        let id = self.new_id();
        let mut row = object(json!({
            "appId": &*id, "projectId": &**project, "accessMode": "restricted", "status": "active",
        }));
        let apps = self.apps.values().filter(|app| app.project == *project);
        complete(&mut row, given, apps.map(|app| &app.row), "an app", now)?;
        self.apps.insert(
            id.clone(),
            Owned {
                project: project.clone(),
                inner: AppParts {
                    original: row.clone(),
                    rooms: Table::default(),
                },
                row,
            },
        );
        Ok(id)
    }

    pub(crate) fn add_room(&mut self, app: &str, given: Row, now: Millis) -> Result<Id, Failure> {
        let id = self.new_id();
        let (app_id, app) = (app, self.apps.get_mut(app));
        let app = app.ok_or_else(|| Failure::not_found("App"))?;
        let mut row = object(json!({
            "roomId": &*id, "appId": app_id, "status": "active", "roomType": "dynamic",
            "isEnabled": true, "isStatic": false,
        }));
        if let Some(topics) = app.row.get("topics") {
            row.insert("topics".to_owned(), topics.clone());
        }
        let rooms = app.inner.rooms.values().map(|room| &room.row);
        complete(&mut row, given, rooms, "a room", now)?;
        let access = Table::default();
        app.inner.rooms.insert(id.clone(), Room { row, access });
        Ok(id)
    }

    /// Removes an actor, and its access to all rooms.
    pub(crate) fn remove_actor(&mut self, id: &str) {
        self.actors.remove(id);
        for (_, app) in self.apps.iter_mut() {
            for (_, room) in app.inner.rooms.iter_mut() {
                // A grant to a type of actors names no actor.
                room.access
                    .retain(|access| !has_text(access, "actorTokenId", id));
            }
        }
    }

    /// Removes a scope, also from all actors that have it.
    pub(crate) fn remove_scope(&mut self, id: &str) {
        self.scopes.remove(id);
        for (_, actor) in self.actors.iter_mut() {
            if has_text(&actor.row, "accessScopeId", id) {
                actor.row.insert("accessScopeId".to_owned(), Value::Null);
            }
        }
    }
}

/// Completes a new row: adds the values that were given, a slug if none was,
/// and the times. Refuses a slug that another row has.
pub(crate) fn complete<'a>(
    row: &mut Row,
    mut given: Row,
    others: impl Iterator<Item = &'a Row>,
    what: &str,
    now: Millis,
) -> Result<(), Failure> {
    let slug = match given.get("slug").and_then(Value::as_str) {
        Some(slug) => slug.to_owned(),
        None => slug_of(
            given
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default(),
        ),
    };
    check_slug(&slug, others, what)?;
    given.insert("slug".to_owned(), slug.into());
    row.append(&mut given);
    row.insert("createdAt".to_owned(), iso(now).into());
    row.insert("updatedAt".to_owned(), iso(now).into());
    Ok(())
}

pub(crate) fn check_slug<'a>(
    slug: &str,
    mut others: impl Iterator<Item = &'a Row>,
    what: &str,
) -> Result<(), Failure> {
    if others.any(|other| has_text(other, "slug", slug)) {
        return Err(Failure::conflict(format!(
            "There is {what} with the slug {slug:?} already"
        )));
    }
    Ok(())
}

/// Whether the row has this key with this value. Indexing would panic if the
/// row does not have the key.
pub(crate) fn has_text(row: &Row, key: &str, text: &str) -> bool {
    row.get(key).is_some_and(|value| value == text)
}

/// The slug for a name: lower-case letters and digits, with dashes between the
/// words.
pub(crate) fn slug_of(name: &str) -> String {
    let words = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("-").to_lowercase();
    if slug.is_empty() {
        "unnamed".to_owned()
    } else {
        slug
    }
}

/// The row of this id, if the project may see it.
pub(crate) fn of_project<'a, T>(
    table: &'a Table<Owned<T>>,
    project: &Id,
    id: &str,
    what: &str,
) -> Result<&'a Owned<T>, Failure> {
    let row = table.get(id).ok_or_else(|| Failure::not_found(what))?;
    if row.project == *project {
        Ok(row)
    } else {
        Err(Failure::forbidden(format!(
            "{what} belongs to another project"
        )))
    }
}

/// Whether a text has the form of a UUID.
pub(crate) fn is_uuid(text: &str) -> bool {
    let mut lengths = [8, 4, 4, 4, 12].into_iter();
    let fits = text.split('-').all(|part| {
        lengths.next() == Some(part.len()) && part.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    fits && lengths.next().is_none()
}

fn object(value: Value) -> Row {
    match value {
        Value::Object(row) => row,
        _ => Row::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for (name, slug) in [
            ("My Chat App", "my-chat-app"),
            (" a//b ", "a-b"),
            ("Grün 2", "grün-2"),
            ("🦀", "unnamed"),
        ] {
            assert_eq!(slug_of(name), slug);
        }
    }

    #[test]
    fn ids_are_uuids() {
        let mut nolag = NoLag::new();
        let (one, two) = (nolag.new_id(), nolag.new_id());
        assert!(is_uuid(&one) && is_uuid(&two) && one != two);
        for bad in ["", "app_1", "5a9db0c5-0000-7000-8000-00000000000", "-----"] {
            assert!(!is_uuid(bad), "{bad}");
        }
        assert!(!is_uuid(&format!("{one}-1")) && !is_uuid(&one.replace('5', "x")));
    }
}
