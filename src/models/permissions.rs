//! The permissions that a role gives, as a set of bits.

use std::fmt;

use bitflags::{bitflags, parser};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What the members of a role may do: a set of flags, with the methods and
/// operators of the crate [`bitflags`](mod@bitflags).
///
/// Bits that this version of the crate does not know are kept. So if you read
/// the permissions of a role, change one and send them back, the unknown ones
/// stay as they are. To make a set with unknown bits from a number, use
/// [`from_bits_retain`](Self::from_bits_retain).
///
/// ```
/// use lagclient::models::Permissions;
///
/// let mut permissions = Permissions::KICK_MEMBERS | Permissions::MUTE_MEMBERS;
/// assert!(permissions.contains(Permissions::KICK_MEMBERS));
///
/// permissions |= Permissions::MANAGE_ROOMS;
/// permissions -= Permissions::KICK_MEMBERS;
/// assert_eq!(permissions.to_string(), "MANAGE_ROOMS | MUTE_MEMBERS");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Permissions(u64);

bitflags! {
    impl Permissions: u64 {
        /// Change the server's settings.
        const MANAGE_SERVER = 1;
        /// Create, change, delete and assign roles.
        const MANAGE_ROLES = 1 << 1;
        /// Create, change and delete rooms.
        const MANAGE_ROOMS = 1 << 2;
        /// Delete the messages of others.
        const MANAGE_MESSAGES = 1 << 3;
        /// Manage members. The documentation does not say what that includes.
        const MANAGE_MEMBERS = 1 << 4;
        /// Remove members from the server.
        const KICK_MEMBERS = 1 << 5;
        /// Ban members.
        const BAN_MEMBERS = 1 << 6;
        /// Mute members.
        const MUTE_MEMBERS = 1 << 7;
        /// Create, change and cancel calendar events.
        const MANAGE_EVENTS = 1 << 8;
        /// Mention all members at once.
        const MENTION_EVERYONE = 1 << 9;
        /// Create invites.
        const CREATE_INVITES = 1 << 10;
    }
}

impl Permissions {
    /// No permission at all.
    pub const NONE: Self = Self::empty();

    /// All permissions that this version of the crate knows.
    pub const ALL: Self = Self::all();

    /// The permissions in this set that this version of the crate does not
    /// know.
    #[must_use]
    pub const fn unknown(self) -> Self {
        self.difference(Self::ALL)
    }
}

/// The names of the permissions, joined by `|`; unknown bits are one
/// hexadecimal number. An empty set is `NONE`.
impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("NONE");
        }
        parser::to_writer(self, f)
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permissions({self})")
    }
}

/// Permissions are written as a number, as the service does it. The serde
/// support of `bitflags` would write names.
impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Permissions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a bit field")
            }

            fn visit_u64<E: de::Error>(self, bits: u64) -> Result<Permissions, E> {
                Ok(Permissions::from_bits_retain(bits))
            }

            /// Text is accepted, too. This is a guess: JavaScript's numbers are
            /// exact up to 53 bits only, so services with larger bit fields
            /// write them as text.
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Permissions, E> {
                let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                let bits = text.parse().ok().filter(|_| digits);
                bits.map(Permissions::from_bits_retain)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
