//! What a client sends to the gateway, and which of it is sent again on each
//! new connection.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::error::InvalidArgument;
use crate::models::{UserStatus, timestamp};

/// A frame for the gateway.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub(crate) enum Command<'a> {
    MarkDmRead {
        conversation_id: &'a str,
        #[serde(serialize_with = "timestamp::serialize")]
        timestamp: DateTime<Utc>,
    },
    MarkRoomRead {
        room_id: &'a str,
        #[serde(serialize_with = "timestamp::serialize")]
        timestamp: DateTime<Utc>,
    },
    Ping,
    SetGameActivity {
        game_name: Option<&'a str>,
    },
    SetStatus {
        status: &'a UserStatus,
    },
    SubscribePresence {
        user_ids: Vec<&'a str>,
    },
    SubscribeServers {
        server_ids: Vec<&'a str>,
    },
    TypingRoomStart {
        server_id: &'a str,
        room_id: &'a str,
    },
    TypingRoomStop {
        server_id: &'a str,
        room_id: &'a str,
    },
    TypingStart {
        conversation_id: &'a str,
    },
    TypingStop {
        conversation_id: &'a str,
    },
    UnsubscribePresence {
        user_ids: Vec<&'a str>,
    },
}

impl Command<'_> {
    /// The text of the frame.
    pub(crate) fn text(&self) -> String {
        // A command holds nothing that cannot be written as JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The text of a ping, which the gateway answers with a pong.
pub(crate) fn ping() -> String {
    Command::Ping.text()
}

/// Refuses the statuses that a user cannot set. One that this version of the
/// crate does not know is allowed.
pub(crate) fn check_status(status: &UserStatus) -> Result<(), InvalidArgument> {
    match status {
        UserStatus::InGame | UserStatus::Offline => {
            let reason = format!("{status} is not one that a user can set: online or idle is");
            Err(InvalidArgument::new("status", reason))
        }
        _ => Ok(()),
    }
}

/// A command whose effect is to last: it is sent again on each later
/// connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Game(Option<String>),
    Status(UserStatus),
    Subscribe(Vec<String>),
    SubscribePresence(Vec<String>),
    UnsubscribePresence(Vec<String>),
}

/// Everything that was asked for and is to last. Since a new connection knows
/// nothing of it, [`frames`](Self::frames) are sent on it first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    servers: BTreeSet<String>,
    presence: BTreeSet<String>,
    status: Option<UserStatus>,
    /// The text of the last frame about a game, which may also say that no game
    /// is played. `None` if no such frame was sent.
    game: Option<String>,
}

impl Wanted {
    /// Records a change. Returns the text of the frame to send for it.
    pub(crate) fn change(&mut self, change: Change) -> String {
        match change {
            Change::Game(game) => {
                let game_name = game.as_deref();
                let text = Command::SetGameActivity { game_name }.text();
                self.game = Some(text.clone());
                text
            }
            Change::Status(status) => {
                let text = Command::SetStatus { status: &status }.text();
                self.status = Some(status);
                text
            }
            Change::Subscribe(ids) => {
                self.servers.extend(ids);
                self.subscription()
            }
            Change::SubscribePresence(ids) => {
                let user_ids = ids.iter().map(String::as_str).collect();
                let text = Command::SubscribePresence { user_ids }.text();
                self.presence.extend(ids);
                text
            }
            Change::UnsubscribePresence(ids) => {
                let user_ids = ids.iter().map(String::as_str).collect();
                let text = Command::UnsubscribePresence { user_ids }.text();
                for id in &ids {
                    self.presence.remove(id);
                }
                text
            }
        }
    }

    /// A subscription to all servers that were asked for so far. It is not
    /// known whether a subscription adds to the one before or replaces it;
    /// naming all servers is right in both cases.
    fn subscription(&self) -> String {
        let server_ids = self.servers.iter().map(String::as_str).collect();
        Command::SubscribeServers { server_ids }.text()
    }

    /// The frames that are sent first on a new connection.
    pub(crate) fn frames(&self) -> Vec<String> {
        let mut frames = Vec::new();
        if let Some(status) = &self.status {
            frames.push(Command::SetStatus { status }.text());
        }
        frames.extend(self.game.clone());
        if !self.servers.is_empty() {
            frames.push(self.subscription());
        }
        if !self.presence.is_empty() {
            let user_ids = self.presence.iter().map(String::as_str).collect();
            frames.push(Command::SubscribePresence { user_ids }.text());
        }
        frames
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn commands_are_what_the_vendors_client_sends() {
        let timestamp = Utc.with_ymd_and_hms(2024, 1, 15, 12, 30, 0).unwrap();
        for (command, expected) in [
            (Command::Ping, json!({"type": "ping"})),
            (
                Command::SetStatus {
                    status: &UserStatus::Idle,
                },
                json!({"type": "set_status", "status": "idle"}),
            ),
            (
                Command::SubscribePresence {
                    user_ids: vec!["u"],
                },
                json!({"type": "subscribe_presence", "userIds": ["u"]}),
            ),
            (
                Command::UnsubscribePresence {
                    user_ids: vec!["u"],
                },
                json!({"type": "unsubscribe_presence", "userIds": ["u"]}),
            ),
            (
                Command::SubscribeServers {
                    server_ids: vec!["s"],
                },
                json!({"type": "subscribe_servers", "serverIds": ["s"]}),
            ),
            (
                Command::TypingStart {
                    conversation_id: "c",
                },
                json!({"type": "typing_start", "conversationId": "c"}),
            ),
            (
                Command::TypingStop {
                    conversation_id: "c",
                },
                json!({"type": "typing_stop", "conversationId": "c"}),
            ),
            (
                Command::TypingRoomStart {
                    server_id: "s",
                    room_id: "r",
                },
                json!({"type": "typing_room_start", "serverId": "s", "roomId": "r"}),
            ),
            (
                Command::TypingRoomStop {
                    server_id: "s",
                    room_id: "r",
                },
                json!({"type": "typing_room_stop", "serverId": "s", "roomId": "r"}),
            ),
            (
                Command::SetGameActivity {
                    game_name: Some("chess"),
                },
                json!({"type": "set_game_activity", "gameName": "chess"}),
            ),
            (
                Command::SetGameActivity { game_name: None },
                json!({"type": "set_game_activity", "gameName": null}),
            ),
            (
                Command::MarkRoomRead {
                    room_id: "r",
                    timestamp,
                },
                json!({
                    "type": "mark_room_read", "roomId": "r",
                    "timestamp": "2024-01-15T12:30:00.000Z",
                }),
            ),
            (
                Command::MarkDmRead {
                    conversation_id: "c",
                    timestamp,
                },
                json!({
                    "type": "mark_dm_read", "conversationId": "c",
                    "timestamp": "2024-01-15T12:30:00.000Z",
                }),
            ),
        ] {
            let text: Value = serde_json::from_str(&command.text()).unwrap();
            assert_eq!(text, expected);
        }
    }

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn a_new_connection_is_told_what_holds_now() {
        let mut wanted = Wanted::default();
        assert!(wanted.frames().is_empty());
        let told = [
            wanted.change(Change::Subscribe(ids(&["s2"]))),
            wanted.change(Change::Subscribe(ids(&["s1", "s2"]))),
            wanted.change(Change::SubscribePresence(ids(&["u1", "u2"]))),
            wanted.change(Change::UnsubscribePresence(ids(&["u1", "u9"]))),
            wanted.change(Change::Status(UserStatus::Online)),
            wanted.change(Change::Status(UserStatus::Idle)),
            wanted.change(Change::Game(Some("chess".to_owned()))),
            wanted.change(Change::Game(None)),
        ];
        assert_eq!(
            told[0],
            r#"{"type":"subscribe_servers","serverIds":["s2"]}"#
        );
        // All of them: a subscription may take the place of the one before.
        assert_eq!(
            told[1],
            r#"{"type":"subscribe_servers","serverIds":["s1","s2"]}"#
        );
        assert_eq!(
            told[3],
            r#"{"type":"unsubscribe_presence","userIds":["u1","u9"]}"#
        );
        assert_eq!(
            wanted.frames(),
            [
                r#"{"type":"set_status","status":"idle"}"#,
                r#"{"type":"set_game_activity","gameName":null}"#,
                r#"{"type":"subscribe_servers","serverIds":["s1","s2"]}"#,
                r#"{"type":"subscribe_presence","userIds":["u2"]}"#,
            ]
        );
    }

    #[test]
    fn statuses_that_a_user_cannot_set() {
        for (status, good) in [
            (UserStatus::Idle, true),
            (UserStatus::Online, true),
            (UserStatus::Other("dnd".into()), true),
            (UserStatus::InGame, false),
            (UserStatus::Offline, false),
        ] {
            assert_eq!(check_status(&status).is_ok(), good, "{status}");
        }
    }
}
