//! The handles by which a test starts a sandbox in its own process, arranges
//! things in its world and looks at them.

macro_rules! handle {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name {
            pub(super) shared: std::sync::Arc<$crate::server::shared::Shared>,
            pub(super) id: $crate::world::Id,
        }

        impl $name {
            pub(crate) fn new(
                shared: &std::sync::Arc<$crate::server::shared::Shared>,
                id: $crate::world::Id,
            ) -> Self {
                Self { shared: shared.clone(), id }
            }

            /// The id, as the API uses it.
            #[must_use]
            pub fn id(&self) -> &str {
                &self.id
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&&*self.id).finish()
            }
        }
    };
}

pub(crate) mod builder;
pub(crate) mod robot;
pub(crate) mod room;
pub(crate) mod sandbox;
pub(crate) mod seed;
pub(crate) mod server;
pub(crate) mod user;
pub(crate) mod wait;

use std::sync::Arc;

use bytes::Bytes;

use crate::routes::call::{Caller, Reply};
use crate::server::dispatch;
use crate::server::shared::Shared;
use crate::world::Failure;

/// Fails the test that asked for something that is not there, and lists what is
/// there.
fn missing<'a>(kind: &str, wanted: &str, there: impl Iterator<Item = &'a str>, maker: &str) -> ! {
    let mut names: Vec<String> = there.map(|name| format!("{name:?}")).collect();
    let more = names.len().saturating_sub(LISTED);
    names.truncate(LISTED);
    let there = match (names.is_empty(), more) {
        (true, _) => "nothing".to_owned(),
        (false, 0) => names.join(", "),
        (false, more) => format!("{} and {more} more", names.join(", ")),
    };
    panic!("there is no {kind} {wanted:?}, but {there}; {maker} makes one")
}

/// How many names such a message lists.
const LISTED: usize = 20;

/// Carries a call out without a socket.
fn act(
    shared: &Arc<Shared>,
    caller: Caller,
    method: &str,
    path: &str,
    body: Option<&serde_json::Value>,
) -> Result<serde_json::Value, Failure> {
    let (head, ()) = http::Request::builder()
        .method(method)
        .uri(path)
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(())
        .map_err(|error| Failure::bad_request(error.to_string()))?
        .into_parts();
    let body = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
    match dispatch::act(shared, caller, &head, &body)? {
        Reply::Json(_, answer) => {
            serde_json::from_slice(&answer).map_err(|error| Failure::bad_request(error.to_string()))
        }
        Reply::Empty | Reply::File(_) => Ok(serde_json::Value::Null),
        Reply::EventStream(..) | Reply::EventPoll(_) | Reply::Gateway { .. } => Err(
            Failure::bad_request("Events are delivered over a connection only"),
        ),
    }
}
