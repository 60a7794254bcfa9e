//! The caller's own account: what it is changed with, and what the service
//! answers about it.

use super::open_enum::open_enum;
use super::{answer, body};

answer! {
    /// Where an avatar now is.
    AvatarUrl {
        /// The avatar's address.
        avatar_url: String,
    }

    /// A Steam account.
    SteamProfile {
        /// The account's id.
        steam_id: String,
        /// The account's name.
        persona_name: Option<String>,
        /// Where the account's avatar is.
        avatar_url: Option<String>,
        /// Where the account's page is.
        profile_url: Option<String>,
        /// The game that is being played right now.
        game_name: Option<String>,
    }

    /// What the caller is playing on Steam.
    SteamActivity {
        /// The game's name. `None` if nothing is being played.
        game_name: Option<String>,
    }

    /// Whether a username is available.
    UsernameAvailability {
        /// Whether nobody has it.
        available: bool,
    }
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

body! {
    /// Changes to the caller's account. What is not set stays as it is.
    ///
    /// ```
    /// use lagclient::models::UpdateMe;
    ///
    /// let changes = UpdateMe::new().display_name("Alice").clear_steam_id();
    /// ```
    UpdateMe {
        /// No change yet.
        new(),
        /// The name to show.
        display_name: String,
        /// Where the avatar is.
        avatar_url: String,
        /// Links a Steam account.
        steam_id: String |
        /// Unlinks the Steam account.
        clear_steam_id: null,
    }

    /// The names of a new account. The two names are enough:
    /// `("alice", "Alice").into()`.
    SetupUser {
        /// An account with this unique name and this name to show.
        new(username: String, display_name: String),
        /// Where the avatar is.
        avatar_url: String,
    }
}

impl<U: Into<String>, D: Into<String>> From<(U, D)> for SetupUser {
    fn from((username, display_name): (U, D)) -> Self {
        Self::new(username, display_name)
    }
}
