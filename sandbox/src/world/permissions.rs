//! The bits of a role's permission field.

pub(crate) const MANAGE_SERVER: u64 = 1 << 0;
pub(crate) const MANAGE_ROLES: u64 = 1 << 1;
pub(crate) const MANAGE_ROOMS: u64 = 1 << 2;
pub(crate) const MANAGE_MESSAGES: u64 = 1 << 3;
pub(crate) const MANAGE_MEMBERS: u64 = 1 << 4;
pub(crate) const KICK_MEMBERS: u64 = 1 << 5;
pub(crate) const BAN_MEMBERS: u64 = 1 << 6;
pub(crate) const MUTE_MEMBERS: u64 = 1 << 7;
pub(crate) const MANAGE_EVENTS: u64 = 1 << 8;
pub(crate) const MENTION_EVERYONE: u64 = 1 << 9;
pub(crate) const CREATE_INVITES: u64 = 1 << 10;

const NAMES: [(u64, &str); 11] = [
    (MANAGE_SERVER, "MANAGE_SERVER"),
    (MANAGE_ROLES, "MANAGE_ROLES"),
    (MANAGE_ROOMS, "MANAGE_ROOMS"),
    (MANAGE_MESSAGES, "MANAGE_MESSAGES"),
    (MANAGE_MEMBERS, "MANAGE_MEMBERS"),
    (KICK_MEMBERS, "KICK_MEMBERS"),
    (BAN_MEMBERS, "BAN_MEMBERS"),
    (MUTE_MEMBERS, "MUTE_MEMBERS"),
    (MANAGE_EVENTS, "MANAGE_EVENTS"),
    (MENTION_EVERYONE, "MENTION_EVERYONE"),
    (CREATE_INVITES, "CREATE_INVITES"),
];

/// Every bit that is documented.
pub(crate) const ALL: u64 = (1 << NAMES.len()) - 1;
/// The permissions of the role that every new member has.
pub(crate) const OF_MEMBERS: u64 = CREATE_INVITES;

/// The name of a single bit.
pub(crate) fn name(bit: u64) -> &'static str {
    NAMES
        .iter()
        .find(|(known, _)| *known == bit)
        .map_or("this permission", |(_, name)| name)
}
