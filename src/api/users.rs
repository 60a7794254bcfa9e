//! Users.

use super::Client;

/// Users, and the caller's own account. For users only.
///
/// Reached by `client.users()`.
#[derive(Clone, Copy, Debug)]
pub struct Users<'a> {
    pub(super) client: &'a Client,
}
