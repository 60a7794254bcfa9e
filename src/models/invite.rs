//! Invites to servers.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Hours, answer, body, check_duration, from_nothing};
use crate::error::InvalidArgument;
use crate::ids::{InviteId, UserId};

answer! {
    /// An invite to a server.
    ServerInvite {
        /// The invite's id.
        id: InviteId,
        /// The code that lets somebody join; `servers.invites.join` takes it.
        code: String,
        /// Who created the invite.
        created_by: Option<UserId>,
        /// How many may join with it. `None` if there is no limit.
        max_uses: Option<u32>,
        /// How many have joined with it.
        uses: Option<u32>,
        /// When it stops working. `None` if it never does.
        expires_at: Option<DateTime<Utc>>,
        /// When it was created.
        created_at: Option<DateTime<Utc>>,
    }

    /// What somebody who has an invite's code may see before joining.
    ServerInvitePreview {
        /// The server's name.
        server_name: String,
        /// Where the server's icon is.
        server_icon_url: Option<String>,
        /// An emoji that stands for the server where there is no icon.
        server_icon_emoji: Option<String>,
        /// How many members there are.
        member_count: Option<u64>,
        /// How many members there may be.
        member_limit: Option<u64>,
        /// Whether there are as many members as there may be.
        is_full: bool = default,
        /// Whether the invite still works.
        valid: bool,
    }

    /// Whether an invite was sent to a friend. A call that returns this was
    /// successful, whatever the answer says beyond that.
    #[derive(Default)]
    InviteSent {
        /// Whether it was sent. `None` if the answer does not repeat that.
        sent: Option<bool>,
    }
}

body! {
    /// A new invite. `()` stands for one without limits.
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
        /// How many may join with it.
        max_uses: u32,
        /// How long it works, at least 1 hour. It is sent in hours, rounded up
        /// to whole ones.
        expires_in: Duration as Hours = "expiresInHours",
    }
}

from_nothing!(CreateInvite);

impl CreateInvite {
    pub(crate) fn check(&self) -> Result<(), InvalidArgument> {
        check_duration("expires_in", &self.expires_in)
    }
}
