//! A stand-in for the Lag service that runs inside your process.
//!
//! [`Sandbox::start`] opens a real HTTP server on a free port of 127.0.0.1, on
//! a thread of its own, so that blocking and async code can both talk to it. It
//! keeps its world in memory, and ends when the handle is dropped. It is
//! written from the public documentation of the service, and shares no code
//! with any client. Nothing in it has been compared with the real service. The
//! [guide] says what is documented and what is a guess.
//!
//! ```
//! use lag_sandbox::Sandbox;
//!
//! let sandbox = Sandbox::start()?;
//! println!("{} {}", sandbox.base_url(), sandbox.robot_key());
//!
//! // Arrange …
//! let room = sandbox.server("dev").room("general");
//! room.post(&sandbox.user("alice"), "!ping")?;
//! // … let the bot under test do its work, then look at the result.
//! assert_eq!(room.messages()[0].content, "!ping");
//! assert!(sandbox.requests().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A fresh sandbox holds the users *alice* and *bob*, a server *dev* that is
//! alice's and has both as members, in it a room *general* and a robot *helper*
//! with all permissions. The tokens are always the same:
//! `lag_pat_sandbox_alice`, `lag_pat_sandbox_bob`, `lag_robot_sandbox_secret`.
//!
//! Whatever can go wrong with a real service can be made to go wrong here: see
//! [`Fault`].
#![cfg_attr(docsrs, feature(doc_cfg))]

// Layers: each uses only those that come before it in this order: `world`,
// `routes`, `server`, `handle`.
mod handle;
mod routes;
mod server;
mod world;

#[cfg(doc)]
#[doc = include_str!("../docs/guide.md")]
pub mod guide {
    #[doc = include_str!("../docs/console.md")]
    pub mod console {}
}

pub use handle::builder::Builder;
pub use handle::robot::RobotHandle;
pub use handle::room::{RoomHandle, StoredMessage};
pub use handle::sandbox::Sandbox;
pub use handle::seed::{Seed, SeedError};
pub use handle::server::ServerHandle;
pub use handle::user::UserHandle;
pub use handle::wait::{TimedOut, Wait};
pub use server::fault::Fault;
pub use server::journal::Recorded;
pub use world::{Failure, RobotPermission, WebhookDelivery};

/// The README's program is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[derive(Debug)]
pub struct Readme;
