//! What a role permits, as bits.
//!
//! Written by hand, as the one thing that the `bitflags` crate would not do is
//! most of it: its serde support writes names where the wire has a number.

use std::fmt;
use std::ops::{BitAnd, BitOr, BitOrAssign, Sub, SubAssign};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What the members of a role may do.
///
/// Bits that this version of the crate does not know are kept, so that
/// changing one permission of a role leaves them as they are.
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

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $bit:literal;)+) => {
        impl Permissions {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)+

            /// All permissions that this version of the crate knows.
            pub const ALL: Self = Self($(1 << $bit)|+);

            const NAMES: &[(&str, Self)] = &[$((stringify!($name), Self::$name)),+];
        }
    };
}

permissions! {
    /// Change the server.
    MANAGE_SERVER = 0;
    /// Create, change, delete and assign roles.
    MANAGE_ROLES = 1;
    /// Create, change and delete rooms.
    MANAGE_ROOMS = 2;
    /// Delete the messages of others.
    MANAGE_MESSAGES = 3;
    /// Manage members.
    MANAGE_MEMBERS = 4;
    /// Remove members.
    KICK_MEMBERS = 5;
    /// Ban members.
    BAN_MEMBERS = 6;
    /// Mute members.
    MUTE_MEMBERS = 7;
    /// Create, change and cancel calendar events.
    MANAGE_EVENTS = 8;
    /// Mention everyone at once.
    MENTION_EVERYONE = 9;
    /// Create invites.
    CREATE_INVITES = 10;
}

impl Permissions {
    /// No permission at all.
    pub const NONE: Self = Self(0);

    /// The permissions with these bits, whether this version of the crate knows
    /// them or not.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The bits on the wire.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of these are in it.
    #[must_use]
    pub const fn contains(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// Those that this version of the crate does not know.
    #[must_use]
    pub const fn unknown(self) -> Self {
        Self(self.0 & !Self::ALL.0)
    }

    /// The names of those that this version of the crate knows.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let known = Self::NAMES
            .iter()
            .filter(move |(_, one)| self.contains(*one));
        known.map(|(name, _)| *name)
    }
}

impl BitOr for Permissions {
    type Output = Self;

    fn bitor(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }
}

impl BitOrAssign for Permissions {
    fn bitor_assign(&mut self, others: Self) {
        self.0 |= others.0;
    }
}

impl BitAnd for Permissions {
    type Output = Self;

    fn bitand(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }
}

impl Sub for Permissions {
    type Output = Self;

    fn sub(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }
}

impl SubAssign for Permissions {
    fn sub_assign(&mut self, others: Self) {
        self.0 &= !others.0;
    }
}

impl FromIterator<Self> for Permissions {
    fn from_iter<I: IntoIterator<Item = Self>>(permissions: I) -> Self {
        permissions.into_iter().fold(Self::NONE, BitOr::bitor)
    }
}

/// The names, joined by `|`, with unknown bits as one hexadecimal number.
impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("NONE");
        }
        let mut separator = "";
        for name in self.names() {
            write!(f, "{separator}{name}")?;
            separator = " | ";
        }
        match self.unknown() {
            Self::NONE => Ok(()),
            Self(bits) => write!(f, "{separator}{bits:#x}"),
        }
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permissions({self})")
    }
}

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
                Ok(Permissions(bits))
            }

            /// A guess: services whose bit fields outgrow what JavaScript can
            /// count write them as strings.
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Permissions, E> {
                let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                let bits = text.parse().ok().filter(|_| digits);
                bits.map(Permissions)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::Permissions;

    #[test]
    fn bits_are_where_the_documentation_says() {
        let documented = [
            "MANAGE_SERVER",
            "MANAGE_ROLES",
            "MANAGE_ROOMS",
            "MANAGE_MESSAGES",
            "MANAGE_MEMBERS",
            "KICK_MEMBERS",
            "BAN_MEMBERS",
            "MUTE_MEMBERS",
            "MANAGE_EVENTS",
            "MENTION_EVERYONE",
            "CREATE_INVITES",
        ];
        for (bit, name) in documented.into_iter().enumerate() {
            let one = Permissions::from_bits(1 << bit);
            assert_eq!(one.names().collect::<Vec<_>>(), [name]);
            assert!(one.unknown().is_empty());
        }
        assert_eq!(Permissions::ALL.bits(), 0x7ff);
        assert_eq!(Permissions::CREATE_INVITES.bits(), 1024);
    }

    #[test]
    fn sets_of_permissions() {
        let both = Permissions::BAN_MEMBERS | Permissions::KICK_MEMBERS;
        assert!(both.contains(Permissions::BAN_MEMBERS));
        assert!(both.contains(Permissions::NONE));
        assert!(!both.contains(Permissions::BAN_MEMBERS | Permissions::MANAGE_ROLES));
        assert_eq!(both - Permissions::BAN_MEMBERS, Permissions::KICK_MEMBERS);
        assert_eq!(both & Permissions::BAN_MEMBERS, Permissions::BAN_MEMBERS);
        assert_eq!(
            [both, Permissions::MANAGE_ROLES]
                .into_iter()
                .collect::<Permissions>()
                .bits(),
            98
        );
        assert!(Permissions::default().is_empty());
    }

    #[test]
    fn unknown_bits_are_kept() {
        let json = (1_u64 << 40 | 1 << 11 | 1).to_string();
        let mut permissions: Permissions = serde_json::from_str(&json).unwrap();
        assert_eq!(permissions.unknown().bits(), 1 << 40 | 1 << 11);
        assert_eq!(
            format!("{permissions:?}"),
            "Permissions(MANAGE_SERVER | 0x10000000800)"
        );
        assert_eq!(serde_json::to_string(&permissions).unwrap(), json);
        permissions -= Permissions::MANAGE_SERVER;
        permissions |= Permissions::MANAGE_ROOMS;
        assert_eq!(permissions.bits(), 1 << 40 | 1 << 11 | 4);
        assert_eq!(format!("{:?}", Permissions::NONE), "Permissions(NONE)");
    }

    #[test]
    fn numbers_and_numeric_strings_are_read() {
        let read = |json| serde_json::from_str(json).map(Permissions::bits).ok();
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("3"), Some(3));
        assert_eq!(read(r#""3""#), Some(3));
        assert_eq!(read("18446744073709551615"), Some(u64::MAX));
        for bad in [
            "-1",
            "1.5",
            "null",
            "true",
            "[]",
            r#""""#,
            r#""+1""#,
            r#""x""#,
            r#""18446744073709551616""#,
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
