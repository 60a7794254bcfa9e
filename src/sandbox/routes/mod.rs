//! The endpoints, a file per resource.

mod files;
mod messages;
mod robots;
mod rooms;
mod servers;
mod system;
mod users;

use super::router::Route;

/// Every endpoint of the sandbox.
pub(crate) fn all() -> Vec<Route> {
    [
        system::routes(),
        files::routes(),
        users::routes(),
        servers::routes(),
        rooms::routes(),
        messages::routes(),
        robots::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
