//! Reading who the caller is.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::ids::ServerId;
use crate::models::{Extra, Identity, RobotPermission, TransportType, timestamp};
use crate::token_kind::TokenKind;

/// The answer to the question who the caller is, for users and for robots.
/// Unlike the users in other answers, the caller may have no name yet.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Whoami {
    id: String,
    /// The name of a robot.
    name: Option<String>,
    /// The display name of a user.
    display_name: Option<String>,
    username: Option<String>,
    avatar_url: Option<String>,
    #[serde(default, with = "timestamp::option")]
    created_at: Option<DateTime<Utc>>,
    server_id: Option<ServerId>,
    permissions: Option<Vec<RobotPermission>>,
    active: Option<bool>,
    transport_type: Option<TransportType>,
    subscribed_events: Option<Vec<String>>,
    #[serde(flatten)]
    extra: Extra,
}

impl Whoami {
    pub(crate) fn identify(self, kind: TokenKind) -> Identity {
        let is_one = |name: &String| !name.is_empty();
        let name = self.name.filter(is_one);
        let name = name.or_else(|| self.display_name.filter(is_one));
        let name = name.or_else(|| self.username.clone());
        Identity {
            id: self.id,
            kind,
            display_name: name.unwrap_or_default(),
            avatar_url: self.avatar_url,
            created_at: self.created_at,
            username: self.username,
            server_id: self.server_id,
            permissions: self.permissions,
            active: self.active,
            transport_type: self.transport_type,
            subscribed_events: self.subscribed_events,
            extra: self.extra,
        }
    }
}
