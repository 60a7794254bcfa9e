//! The endpoints, a file per resource.

pub(crate) mod call;
mod dms;
mod events;
mod files;
mod friends;
mod gateway;
mod images;
mod invites;
mod members;
mod messages;
#[cfg(feature = "nolag")]
pub(crate) mod nolag;
mod robots;
mod roles;
mod rooms;
pub(crate) mod router;
mod servers;
mod system;
mod templates;
mod users;

use router::Route;

/// Every endpoint of the sandbox.
pub(crate) fn all() -> Vec<Route> {
    [
        system::routes(),
        files::routes(),
        users::routes(),
        friends::routes(),
        gateway::routes(),
        dms::routes(),
        servers::routes(),
        invites::routes(),
        members::routes(),
        roles::routes(),
        rooms::routes(),
        messages::routes(),
        events::routes(),
        templates::routes(),
        images::routes(),
        robots::routes(),
        #[cfg(feature = "nolag")]
        nolag::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
