//! The caller's own account: what it is changed with, and what the service
//! answers about it.

use serde::{Deserialize, Serialize};

use super::Extra;
use super::open_enum::open_enum;

/// Where an avatar now is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AvatarUrl {
    /// The avatar's address.
    pub avatar_url: String,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A Steam account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SteamProfile {
    /// The account's id.
    pub steam_id: String,
    /// The account's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persona_name: Option<String>,
    /// Where the account's avatar is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
    /// Where the account's page is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_url: Option<String>,
    /// The game that is being played right now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub game_name: Option<String>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What the caller is playing on Steam.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SteamActivity {
    /// The game's name. `None` if nothing is being played.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub game_name: Option<String>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Whether a username is available.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UsernameAvailability {
    /// Whether nobody has it.
    pub available: bool,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

open_enum! {
    /// Whose push notifications a token is for.
    PushPlatform {
        /// Google's.
        Android = "android",
        /// Apple's.
        Ios = "ios",
    }
}

/// Changes to the caller's account. What is not set stays as it is.
///
/// ```
/// use lagclient::models::UpdateMe;
///
/// let changes = UpdateMe::new().display_name("Alice").clear_steam_id();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[expect(
    clippy::option_option,
    reason = "unset, null and a value differ on the wire"
)]
pub struct UpdateMe {
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steam_id: Option<Option<String>>,
}

impl UpdateMe {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The name to show.
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = Some(name.into());
        self
    }

    /// Where the avatar is.
    pub fn avatar_url(mut self, url: impl Into<String>) -> Self {
        self.avatar_url = Some(url.into());
        self
    }

    /// Links a Steam account.
    pub fn steam_id(mut self, id: impl Into<String>) -> Self {
        self.steam_id = Some(Some(id.into()));
        self
    }

    /// Unlinks the Steam account.
    pub fn clear_steam_id(mut self) -> Self {
        self.steam_id = Some(None);
        self
    }
}

/// The names of a new account. The two names are enough:
/// `("alice", "Alice").into()`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct SetupUser {
    username: String,
    display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar_url: Option<String>,
}

impl SetupUser {
    /// An account with this unique name and this name to show.
    pub fn new(username: impl Into<String>, display_name: impl Into<String>) -> Self {
        Self {
            username: username.into(),
            display_name: display_name.into(),
            avatar_url: None,
        }
    }

    /// Where the avatar is.
    pub fn avatar_url(mut self, url: impl Into<String>) -> Self {
        self.avatar_url = Some(url.into());
        self
    }
}

impl<U: Into<String>, D: Into<String>> From<(U, D)> for SetupUser {
    fn from((username, display_name): (U, D)) -> Self {
        Self::new(username, display_name)
    }
}
