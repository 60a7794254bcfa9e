//! Typed ids.

use std::borrow::Cow;
use std::sync::Arc;

/// A type of id, such as [`ServerId`]. Implemented by the id types of this
/// crate; cannot be implemented elsewhere.
pub trait Id: sealed::Sealed + Send + Sync {
    /// The id as the server knows it.
    fn as_str(&self) -> &str;
}

/// Something that can stand for an id of the type `I`: the id itself or text,
/// by value or by reference.
///
/// ```
/// use lagclient::{AsId, ServerId};
///
/// fn wants_a_server(_: impl AsId<ServerId>) {}
/// wants_a_server("srv_abc123");
/// wants_a_server(String::from("srv_abc123"));
/// wants_a_server(&ServerId::new("srv_abc123"));
/// ```
///
/// Every id that the API hands out has its own type, so that a room id given
/// where a server id belongs does not compile:
///
/// ```compile_fail,E0277
/// use lagclient::{AsId, RoomId, ServerId};
///
/// fn wants_a_server(_: impl AsId<ServerId>) {}
/// wants_a_server(&RoomId::new("room_xyz"));
/// ```
///
/// In a path, an id is sent as one percent-encoded segment. An id that is
/// empty, `.` or `..` would change which endpoint is called. Such an id is
/// refused with [`Error::InvalidArgument`](crate::Error::InvalidArgument)
/// before anything is sent, whether it is an argument or part of a body.
pub trait AsId<I: Id>: Send + Sync {
    /// The id as the server knows it.
    fn as_id(&self) -> &str;
}

impl<I: Id, T: AsId<I> + ?Sized> AsId<I> for &T {
    fn as_id(&self) -> &str {
        (**self).as_id()
    }
}

macro_rules! text_as_id {
    ($($text:ty),+) => {$(
        impl<I: Id> AsId<I> for $text {
            fn as_id(&self) -> &str {
                self
            }
        }
    )+};
}

text_as_id!(str, String, Cow<'_, str>, Box<str>, Arc<str>);

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// Lets an id be compared with text, from either side.
macro_rules! equal_to_text {
    ($name:ident: $($text:ty),+) => {$(
        impl PartialEq<$text> for $name {
            fn eq(&self, other: &$text) -> bool {
                let other: &str = other;
                self.0 == *other
            }
        }

        impl PartialEq<$name> for $text {
            fn eq(&self, other: &$name) -> bool {
                other == self
            }
        }
    )+};
}

pub(crate) use equal_to_text;

/// Implements what a type can do that is a text on the wire: it is shown as
/// that text, can be read as it, and is made from it.
macro_rules! like_text {
    ($name:ident) => {
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(text))
            }
        }

        impl From<&String> for $name {
            fn from(text: &String) -> Self {
                Self::from(text.as_str())
            }
        }
    };
}

pub(crate) use like_text;

/// Defines types of ids.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(
            Clone,
            Debug,
            PartialEq,
            Eq,
            Hash,
            PartialOrd,
            Ord,
            serde::Serialize,
            serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name($crate::short_text::ShortText);

        impl $name {
            /// An id known from elsewhere, such as a configuration file.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into().into())
            }

            /// The id as the server knows it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl $crate::ids::sealed::Sealed for $name {}

        impl $crate::ids::Id for $name {
            fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl $crate::AsId<$name> for $name {
            fn as_id(&self) -> &str {
                self.0.as_str()
            }
        }

        impl<T: $crate::AsId<$name>> $crate::IntoOption<$name> for T {
            fn into_option(self) -> Option<$name> {
                Some($name::new(self.as_id()))
            }
        }

        impl<T: $crate::AsId<$name>> $crate::IntoOption<$name> for Option<T> {
            fn into_option(self) -> Option<$name> {
                self.map(|id| $name::new(id.as_id()))
            }
        }

        $crate::ids::like_text!($name);

        // This requires that an id and its text have the same hash. They do: an
        // id is hashed as its text is.
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.0.as_str()
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.into())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id.into())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        $crate::ids::equal_to_text!($name: str, &str, String);
    )+};
}

#[cfg(all(feature = "nolag", any(feature = "blocking", feature = "async")))]
pub(crate) use ids;

ids! {
    /// Id of a ban on a server.
    BanId;
    /// Id of a direct-message conversation.
    ConversationId;
    /// Id of a calendar event.
    EventId;
    /// Id of a template for calendar events.
    EventTemplateId;
    /// Id of a friend request that waits for an answer.
    FriendRequestId;
    /// Id of a friendship.
    FriendshipId;
    /// Id of a guest of a calendar event.
    GuestId;
    /// Id of an uploaded image.
    ImageId;
    /// Id of an invite to a server.
    InviteId;
    /// Id of a message in a room or in a direct-message conversation.
    MessageId;
    /// Id of a mute on a server.
    MuteId;
    /// Id of a robot.
    RobotId;
    /// Id of a role in a server.
    RoleId;
    /// Id of a room in a server.
    RoomId;
    /// Id of a server.
    ServerId;
    /// Id of a user.
    UserId;
}
