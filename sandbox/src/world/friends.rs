//! Friendships, from the request to the block.

use serde_json::{Value, json};

use super::feed::To;
use super::time::{Millis, iso};
use super::{Failure, Id, World};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FriendshipStatus {
    Pending,
    Accepted,
    Blocked,
}

#[derive(Debug)]
pub(crate) struct Friendship {
    pub(crate) id: Id,
    pub(crate) requester: Id,
    pub(crate) addressee: Id,
    pub(crate) status: FriendshipStatus,
    pub(crate) created: Millis,
    pub(crate) updated: Millis,
}

impl Friendship {
    pub(crate) fn involves(&self, user: &str) -> bool {
        &*self.requester == user || &*self.addressee == user
    }

    /// The one of the two who is not `user`.
    pub(crate) fn other(&self, user: &str) -> &Id {
        if &*self.requester == user {
            &self.addressee
        } else {
            &self.requester
        }
    }

    pub(crate) fn view(&self) -> Value {
        json!({
            "id": &*self.id,
            "requesterId": &*self.requester,
            "addresseeId": &*self.addressee,
            "status": match self.status {
                FriendshipStatus::Pending => "pending",
                FriendshipStatus::Accepted => "accepted",
                FriendshipStatus::Blocked => "blocked",
            },
            "createdAt": iso(self.created),
            "updatedAt": iso(self.updated),
        })
    }
}

impl World {
    /// The friendship, request or block between two users, whoever of them
    /// began it.
    pub(crate) fn friendship(&self, one: &str, other: &str) -> Option<&Friendship> {
        self.friendships
            .values()
            .find(|friendship| friendship.involves(one) && &**friendship.other(one) == other)
    }

    pub(crate) fn are_friends(&self, one: &str, other: &str) -> bool {
        self.friendship(one, other)
            .is_some_and(|friendship| friendship.status == FriendshipStatus::Accepted)
    }

    pub(crate) fn add_friendship(
        &mut self,
        requester: &Id,
        addressee: &Id,
        status: FriendshipStatus,
    ) -> Id {
        let id = self.new_id("frd");
        let now = self.now();
        self.friendships.insert(
            id.clone(),
            Friendship {
                id: id.clone(),
                requester: requester.clone(),
                addressee: addressee.clone(),
                status,
                created: now,
                updated: now,
            },
        );
        match status {
            FriendshipStatus::Pending => {
                self.tell_friend("friend_request_received", addressee, requester);
            }
            FriendshipStatus::Accepted => {
                self.tell_friend("friend_request_accepted", addressee, requester);
                self.tell_friend("friend_request_accepted", requester, addressee);
            }
            // Nobody is told that it is blocked.
            FriendshipStatus::Blocked => {}
        }
        id
    }

    /// Tells a user what another one did.
    fn tell_friend(&self, kind: &str, to: &Id, by: &Id) {
        self.tell(
            To::Users(vec![to.clone()]),
            |_| json!({"type": kind, "userId": &**by}),
        );
    }

    /// Ends the friendship, request or block between two users. `by` is the one
    /// who does this.
    pub(crate) fn end_friendship(&mut self, id: &str, by: &str) {
        let Some(ended) = self.friendships.remove(id) else {
            return;
        };
        let (one, other) = (&ended.requester, &ended.addressee);
        match ended.status {
            FriendshipStatus::Pending if &**one == by => {
                self.tell_friend("friend_request_withdrawn", other, one);
            }
            FriendshipStatus::Pending => {
                self.tell_friend("friend_request_declined", one, other);
            }
            FriendshipStatus::Accepted => {
                self.tell_friend("friend_removed", one, other);
                self.tell_friend("friend_removed", other, one);
            }
            FriendshipStatus::Blocked => {}
        }
    }

    /// The friends of a user.
    pub(crate) fn friends_of(&self, user: &str) -> Vec<Id> {
        self.friendships
            .values()
            .filter(|known| known.status == FriendshipStatus::Accepted && known.involves(user))
            .map(|known| known.other(user).clone())
            .collect()
    }

    /// A friendship that the user is part of.
    pub(crate) fn own_friendship(&self, id: &str, user: &str) -> Result<&Friendship, Failure> {
        self.friendships
            .get(id)
            .filter(|friendship| friendship.involves(user))
            .ok_or_else(|| Failure::not_found("Friendship"))
    }

    /// A request that waits for this user's answer.
    pub(crate) fn incoming_request(&self, id: &str, user: &str) -> Result<&Friendship, Failure> {
        self.friendships
            .get(id)
            .filter(|friendship| {
                &*friendship.addressee == user && friendship.status == FriendshipStatus::Pending
            })
            .ok_or_else(|| Failure::not_found("Friend request"))
    }

    pub(crate) fn accept_friend(&mut self, id: &str) {
        let now = self.now();
        if let Some(friendship) = self.friendships.get_mut(id) {
            friendship.status = FriendshipStatus::Accepted;
            friendship.updated = now;
            let (one, other) = (friendship.requester.clone(), friendship.addressee.clone());
            self.tell_friend("friend_request_accepted", &one, &other);
            self.tell_friend("friend_request_accepted", &other, &one);
        }
    }
}
