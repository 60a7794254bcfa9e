//! Users and how others see them.

use std::fmt;

use serde_json::{Value, json};

use super::feed::To;
use super::time::{Millis, iso};
use super::{Failure, Id, World};

/// The statuses that a user can have.
const STATUSES: [&str; 4] = ["online", "offline", "in-game", "idle"];

pub(crate) struct User {
    pub(crate) id: Id,
    pub(crate) username: String,
    pub(crate) display_name: Option<String>,
    pub(crate) avatar_url: Option<String>,
    pub(crate) status: &'static str,
    pub(crate) steam_id: Option<String>,
    pub(crate) created: Millis,
    pub(crate) token: String,
    /// Token and platform of each device.
    pub(crate) push_tokens: Vec<(String, String)>,
    pub(crate) deletion_requested: Option<Millis>,
}

/// A Steam profile. The sandbox cannot ask Steam, so it knows made-up ones
/// only.
#[derive(Debug)]
pub(crate) struct SteamProfile {
    pub(crate) steam_id: &'static str,
    pub(crate) persona_name: &'static str,
    pub(crate) game_name: Option<&'static str>,
}

pub(crate) const STEAM_PROFILES: [SteamProfile; 2] = [
    SteamProfile {
        steam_id: "76561190000000001",
        persona_name: "alice_plays",
        game_name: Some("Chess"),
    },
    SteamProfile {
        steam_id: "76561190000000002",
        persona_name: "bob_plays",
        game_name: None,
    },
];

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

impl User {
    /// The user as others see it.
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

    /// The user as it sees itself.
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
}

impl World {
    /// Makes a user. User names are unique regardless of case, tokens are
    /// unique.
    pub(crate) fn add_user(&mut self, username: &str, token: &str) -> Result<Id, Failure> {
        if username.is_empty() || token.is_empty() {
            return Err(Failure::bad_request("A user needs a name and a token"));
        }
        check_username(username)?;
        check_token(token)?;
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
                created: self.now(),
                token: token.to_owned(),
                push_tokens: Vec::new(),
                deletion_requested: None,
            },
        );
        self.usernames.insert(username.to_lowercase(), id.clone());
        self.user_tokens.insert(token.to_owned(), id.clone());
        Ok(id)
    }

    /// Gives a user another name.
    pub(crate) fn rename_user(&mut self, id: &Id, username: &str) -> Result<(), Failure> {
        check_username(username)?;
        if self
            .user_by_name(username)
            .is_some_and(|holder| holder.id != *id)
        {
            return Err(Failure::conflict(format!(
                "The username {username} is taken"
            )));
        }
        let user = self.user_mut(id)?;
        let old = std::mem::replace(&mut user.username, username.to_owned());
        self.usernames.remove(&old.to_lowercase());
        self.usernames.insert(username.to_lowercase(), id.clone());
        Ok(())
    }

    pub(crate) fn user_mut(&mut self, id: &str) -> Result<&mut User, Failure> {
        self.users
            .get_mut(id)
            .ok_or_else(|| Failure::not_found("User"))
    }

    /// Changes a user's status and tells the robots of its servers.
    pub(crate) fn set_status(&mut self, id: &str, status: &'static str) -> Result<(), Failure> {
        let old = std::mem::replace(&mut self.user_mut(id)?.status, status);
        self.tell(
            To::Watchers(id.into()),
            |_| json!({"type": "user_status_changed", "userId": id, "status": status}),
        );
        let tell_friends = |kind: &str| {
            self.tell(
                To::Users(self.friends_of(id)),
                |_| json!({"type": kind, "userId": id, "status": status}),
            );
        };
        match (old == "offline", status == "offline") {
            (false, true) => tell_friends("friend_offline"),
            (true, false) => tell_friends("friend_online"),
            _ => {}
        }
        tell_friends("friend_status_changed");
        let servers: Vec<Id> = self
            .servers
            .iter()
            .filter(|(_, server)| server.members.contains(id))
            .map(|(server, _)| server.clone())
            .collect();
        for server in servers {
            let data = json!({"userId": id, "status": status});
            self.emit(&server, "presence.update", &data);
        }
        Ok(())
    }

    /// The same, with the status by its name on the wire.
    pub(crate) fn set_status_by_name(&mut self, id: &str, name: &str) -> Result<(), Failure> {
        let known = STATUSES.into_iter().find(|known| *known == name);
        let status = known.ok_or_else(|| {
            let all = STATUSES.join(", ");
            Failure::bad_request(format!("{name:?} is no status; there are {all}"))
        })?;
        self.set_status(id, status)
    }

    /// A user begins to play a game, or stops.
    pub(crate) fn set_game(&self, id: &str, game: Option<&str>) -> Result<(), Failure> {
        self.user(id)?;
        self.tell(
            To::Watchers(id.into()),
            |_| json!({"type": "user_game_activity", "userId": id, "gameName": game}),
        );
        Ok(())
    }

    /// The user with this name or, if there is none, with this id.
    pub(crate) fn user_called(&self, who: &str) -> Option<&User> {
        self.user_by_name(who).or_else(|| self.users.get(who))
    }

    pub(crate) fn user_by_name(&self, username: &str) -> Option<&User> {
        self.users
            .get(self.usernames.get(&username.to_lowercase())?)
    }

    pub(crate) fn user(&self, id: &str) -> Result<&User, Failure> {
        self.users.get(id).ok_or_else(|| Failure::not_found("User"))
    }
}

/// Refuses names that could not be mentioned.
fn check_username(username: &str) -> Result<(), Failure> {
    if username.contains(char::is_whitespace) || username.contains('@') {
        return Err(Failure::bad_request(
            "username must not contain white space or @",
        ));
    }
    Ok(())
}

/// Refuses texts that some client could not send as a token.
pub(super) fn check_token(token: &str) -> Result<(), Failure> {
    if token.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(())
    } else {
        Err(Failure::bad_request(
            "A token consists of visible ASCII characters without spaces",
        ))
    }
}
