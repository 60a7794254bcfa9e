//! Users and how others see them.

use std::fmt;

use serde_json::{Value, json};

use super::{Id, World};
use crate::sandbox::clock::{Millis, iso};
use crate::sandbox::failure::Failure;

pub(crate) struct User {
    pub(crate) id: Id,
    pub(crate) username: String,
    pub(crate) display_name: Option<String>,
    pub(crate) avatar_url: Option<String>,
    pub(crate) status: &'static str,
    pub(crate) steam_id: Option<String>,
    pub(crate) created: Millis,
    pub(crate) token: String,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

impl User {
    /// As other users see it.
    pub(crate) fn view(&self) -> Value {
        json!({
            "id": &*self.id,
            "username": self.username,
            "displayName": self.display_name,
            "avatarUrl": self.avatar_url,
            "status": self.status,
            "steamId": self.steam_id,
            "createdAt": iso(self.created),
        })
    }

    /// As it sees itself.
    pub(crate) fn own_view(&self) -> Value {
        let mut view = self.view();
        if let Some(view) = view.as_object_mut() {
            view.insert(
                "flags".to_owned(),
                json!({"hasAccess": true, "suspended": false, "features": {}}),
            );
        }
        view
    }

    /// The name that is shown next to what it writes.
    pub(crate) fn shown_name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.username)
    }
}

impl World {
    /// Makes a user. User names are unique regardless of case, tokens are unique.
    pub(crate) fn add_user(&mut self, username: &str, token: &str) -> Result<Id, Failure> {
        if username.is_empty() || token.is_empty() {
            return Err(Failure::bad_request("A user needs a name and a token"));
        }
        if self.user_by_name(username).is_some() {
            return Err(Failure::conflict(format!(
                "The username {username} is taken"
            )));
        }
        if self.user_tokens.contains_key(token) {
            return Err(Failure::conflict("This token belongs to another user"));
        }
        let id = self.readable_id("usr", username, |world, id| world.users.contains(id));
        let mut letters = username.chars();
        let display_name = letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect());
        self.users.insert(
            id.clone(),
            User {
                id: id.clone(),
                username: username.to_owned(),
                display_name,
                avatar_url: None,
                status: "online",
                steam_id: None,
                created: self.clock.now(),
                token: token.to_owned(),
            },
        );
        self.usernames.insert(username.to_lowercase(), id.clone());
        self.user_tokens.insert(token.to_owned(), id.clone());
        Ok(id)
    }

    pub(crate) fn user_by_name(&self, username: &str) -> Option<&User> {
        self.users
            .get(self.usernames.get(&username.to_lowercase())?)
    }

    pub(crate) fn user(&self, id: &str) -> Result<&User, Failure> {
        self.users.get(id).ok_or_else(|| Failure::not_found("User"))
    }
}
