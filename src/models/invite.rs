//! Invites to servers.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Hours, answer, body, from_nothing};
use crate::ids::{InviteId, UserId};

answer! {
    /// An invite to a server.
    ServerInvite {
        /// The invite's id.
        id: InviteId,
        /// The code with which a user joins the server.
        /// `servers().invites().join` takes it.
        code: String,
        /// Who created the invite.
        created_by: Option<UserId>,
        /// How many users may join with the invite. `None` if there is no
        /// limit.
        max_uses: Option<u32>,
        /// How many users have joined with the invite.
        uses: Option<u32>,
        /// When the invite stops working. `None` if it never does.
        expires_at: Option<DateTime<Utc>>,
        /// When the invite was created.
        created_at: Option<DateTime<Utc>>,
    }

    /// What a user with the code of an invite can see of the server before
    /// joining it.
    ServerInvitePreview {
        /// The server's name.
        server_name: String,
        /// The address of the server's icon.
        server_icon_url: Option<String>,
        /// An emoji that is shown in place of the icon if there is none.
        server_icon_emoji: Option<String>,
        /// How many members the server has.
        member_count: Option<u64>,
        /// How many members the server may have.
        member_limit: Option<u64>,
        /// Whether the server has as many members as it may have, so that
        /// nobody can join.
        is_full: bool = default,
        /// Whether the invite still works.
        valid: bool,
    }

    /// The answer to sending an invite to a friend. If a call returns this, the
    /// invite was sent, whatever the field says.
    #[derive(Default)]
    InviteSent {
        /// Whether the invite was sent. `None` if the answer does not say it.
        sent: Option<bool>,
    }
}

body! {
    /// A new invite. `()` stands for an invite without limits.
    ///
    /// ```
    /// use std::time::Duration;
    /// use lagclient::models::CreateInvite;
    ///
    /// let day = Duration::from_secs(24 * 60 * 60);
    /// let invite = CreateInvite::new().max_uses(10).expires_in(day);
    /// ```
    CreateInvite {
        /// An invite without limits.
        new(),
        /// How many users may join with the invite.
        max_uses: u32,
        /// For how long the invite works, at least 1 hour. It is sent in whole
        /// hours, rounded up.
        expires_in: Duration as Hours = "expiresInHours",
    }
}

from_nothing!(CreateInvite);
