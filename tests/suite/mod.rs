//! Tests of the clients, written once and run for both clients. `crate::client`
//! names the client, the test attribute and the `maybe_async` macro of the
//! client that they are compiled for.
//!
//! Mind that `.await` inside a macro call, such as `assert_eq!(f().await, 1)`,
//! is not stripped in the blocking client: bind the awaited value first.

mod avatar;
mod bench;
mod broken;
mod broken_uploads;
mod client;
mod delivery;
mod dms;
mod encodings;
mod errors;
mod escape_hatch;
mod event_guests;
mod event_templates;
mod events;
mod extremes;
mod friends;
#[cfg(feature = "gateway")]
mod gateway;
#[cfg(feature = "rustls")]
mod handshakes;
mod hooks;
mod identity;
mod images;
mod invites;
mod matrix;
mod members;
mod messages;
#[cfg(feature = "nolag")]
mod nolag;
mod proxies;
mod rate_limit;
mod retries;
mod robot_events;
mod roles;
mod rooms;
mod secrets;
mod servers;
mod slow_and_early;
mod stories;
mod surface;
mod system;
#[cfg(feature = "tracing")]
mod tracing;
mod unseen;
mod uploads;
mod users;
