//! Friends, and requests to become friends.

use chrono::{DateTime, Utc};

use super::open_enum::open_enum;
use super::{User, answer};
use crate::ids::{FriendRequestId, FriendshipId, UserId};

open_enum! {
    /// The relation between two users.
    FriendshipStatus {
        /// They are friends.
        Accepted = "accepted",
        /// One of them has blocked the other.
        Blocked = "blocked",
        /// One of them has asked the other, who has not answered yet.
        Pending = "pending",
    }
}

answer! {
    /// A friend of the caller.
    Friend {
        /// The id of this entry. The documentation does not say what it is for.
        /// Other methods take the id of the [`user`](Self::user) or the
        /// [`friendship_id`](Self::friendship_id).
        id: String,
        /// The friend.
        user: User,
        /// The friendship's id, which `friends().remove` takes.
        friendship_id: FriendshipId,
        /// Since when they have been friends.
        since: Option<DateTime<Utc>>,
    }

    /// The friend requests that have not been answered.
    FriendRequests {
        /// Requests that others sent to the caller.
        incoming: Vec<IncomingFriendRequest>,
        /// Requests that the caller sent to others.
        outgoing: Vec<OutgoingFriendRequest>,
    }
}

answer! {
    /// The relation between two users.
    Friendship {
        /// The friendship's id.
        id: FriendshipId,
    }

    /// A friend request that somebody sent to the caller.
    IncomingFriendRequest {
        /// The request's id, which `friends().accept` and `friends().decline`
        /// take.
        id: FriendRequestId,
        /// The user who asked.
        from: User,
    }

    /// A friend request that the caller sent.
    OutgoingFriendRequest {
        /// The request's id.
        id: FriendRequestId,
        /// The user who was asked.
        to: User,
    }

    ..{
        /// The user who asked.
        requester_id: UserId,
        /// The user who was asked.
        addressee_id: UserId,
        /// The relation between the two.
        status: FriendshipStatus,
        /// When the relation began.
        created_at: Option<DateTime<Utc>>,
        /// When the relation last changed.
        updated_at: Option<DateTime<Utc>>,
    }
}
