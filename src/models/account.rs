//! The caller's own account: the bodies that change it, and what the service
//! answers about it.

use super::open_enum::open_enum;
use super::{answer, body};

answer! {
    /// The new address of an avatar.
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
        /// The address of the account's avatar.
        avatar_url: Option<String>,
        /// The address of the account's page on Steam.
        profile_url: Option<String>,
        /// The name of the game that the owner of the account is playing now.
        /// `None` if there is none.
        game_name: Option<String>,
    }

    /// Which game the caller is playing on Steam.
    SteamActivity {
        /// The name of the game. `None` if the caller is playing none.
        game_name: Option<String>,
    }

    /// Whether a username is available.
    UsernameAvailability {
        /// Whether nobody has the username.
        available: bool,
    }
}

open_enum! {
    /// The platform whose service sends the push notifications.
    PushPlatform {
        /// Android, by Google.
        Android = "android",
        /// iOS, by Apple.
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
        /// Changes nothing, until a setter is called.
        new(),
        /// Changes the display name.
        display_name: String,
        /// Changes the address of the avatar.
        avatar_url: String,
        /// Links a Steam account, by its id.
        steam_id: String |
        /// Unlinks the Steam account.
        clear_steam_id: null,
    }

    /// The names of a new account. If you set nothing else, a pair of the two
    /// names converts: `("alice", "Alice").into()`.
    SetupUser {
        /// An account with this unique name and this display name.
        new(username: String, display_name: String),
        /// The address of the avatar.
        avatar_url: String,
    }
}

impl<U: Into<String>, D: Into<String>> From<(U, D)> for SetupUser {
    fn from((username, display_name): (U, D)) -> Self {
        Self::new(username, display_name)
    }
}
