//! Friends, and requests to become friends.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::{Extra, User, timestamp};
use crate::ids::{FriendRequestId, FriendshipId, UserId};

open_enum! {
    /// The relation between two users.
    FriendshipStatus {
        /// They are friends.
        Accepted = "accepted",
        /// One has blocked the other.
        Blocked = "blocked",
        /// One has asked, the other has not answered.
        Pending = "pending",
    }
}

/// A friend of the caller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Friend {
    /// The id of this entry. The documentation does not say what it identifies:
    /// [`user`](Self::user) and [`friendship_id`](Self::friendship_id) are what
    /// other calls take.
    pub id: String,
    /// The friend.
    pub user: User,
    /// The friendship's id; `friends.remove` takes it.
    pub friendship_id: FriendshipId,
    /// Since when they have been friends.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub since: Option<DateTime<Utc>>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The relation between two users.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Friendship {
    /// The friendship's id.
    pub id: FriendshipId,
    /// Who asked.
    pub requester_id: UserId,
    /// Who was asked.
    pub addressee_id: UserId,
    /// The relation between the two.
    pub status: FriendshipStatus,
    /// When it began.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<DateTime<Utc>>,
    /// When it last changed.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<DateTime<Utc>>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The friend requests that have not been answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FriendRequests {
    /// Requests that others sent to the caller.
    pub incoming: Vec<IncomingFriendRequest>,
    /// Requests that the caller sent to others.
    pub outgoing: Vec<OutgoingFriendRequest>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A friend request that somebody sent to the caller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct IncomingFriendRequest {
    /// The request's id; `friends.accept` and `friends.decline` take it.
    pub id: FriendRequestId,
    /// Who asked.
    pub requester_id: UserId,
    /// Who was asked.
    pub addressee_id: UserId,
    /// The relation between the two.
    pub status: FriendshipStatus,
    /// When it began.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<DateTime<Utc>>,
    /// When it last changed.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<DateTime<Utc>>,
    /// Who asked.
    pub from: User,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A friend request that the caller sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OutgoingFriendRequest {
    /// The request's id.
    pub id: FriendRequestId,
    /// Who asked.
    pub requester_id: UserId,
    /// Who was asked.
    pub addressee_id: UserId,
    /// The relation between the two.
    pub status: FriendshipStatus,
    /// When it began.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<DateTime<Utc>>,
    /// When it last changed.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<DateTime<Utc>>,
    /// Who was asked.
    pub to: User,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}
