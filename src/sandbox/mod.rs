//! A stand-in for the Lag service that runs inside your process (feature `sandbox`).
//!
//! [`Sandbox::start`] opens a real HTTP server on a free port of 127.0.0.1, on a thread of its own,
//! so that blocking and async code can both talk to it. It keeps its world in memory and is gone
//! when the handle is dropped. It is written after the documentation of the service, apart from the
//! client in this crate: nothing in it has been compared with the real thing.
//!
//! ```
//! use lagclient::sandbox::Sandbox;
//!
//! let sandbox = Sandbox::start()?;
//! println!("{} {}", sandbox.base_url(), sandbox.robot_key());
//!
//! // Arrange …
//! let room = sandbox.server("dev").room("general");
//! room.post(&sandbox.user("alice"), "!ping")?;
//! // … let the bot under test do its work, then look at what came of it.
//! assert_eq!(room.messages()[0].content, "!ping");
//! assert!(sandbox.requests().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A fresh sandbox holds the users *alice* and *bob*, a server *dev* that is alice's and has both as
//! members, in it a room *general* and a robot *helper* with all permissions. The tokens are always
//! the same: `lag_pat_sandbox_alice`, `lag_pat_sandbox_bob`, `lag_robot_sandbox_secret`.
//!
//! What goes wrong with a real service can be had on purpose: see [`Fault`].

#![allow(
    dead_code,
    reason = "parts of the world are there before the routes that use them"
)]

mod body;
mod builder;
mod call;
mod clock;
mod dispatch;
mod failure;
mod fault;
mod fields;
mod handles;
mod journal;
mod reply;
mod router;
mod routes;
mod seed;
mod serve;
mod shared;
mod uploads;
mod wire;
mod world;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

pub use builder::Builder;
pub use failure::Failure;
pub use fault::Fault;
pub use handles::{RobotHandle, RoomHandle, ServerHandle, StoredMessage, UserHandle};
pub use journal::Recorded;
pub use world::RobotPermission;

use shared::Shared;

/// A running sandbox. Dropping it stops the server and closes its connections.
pub struct Sandbox {
    shared: Arc<Shared>,
    base_url: Arc<str>,
    address: SocketAddr,
    user_token: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

impl Sandbox {
    fn new(
        shared: Arc<Shared>,
        base_url: Arc<str>,
        address: SocketAddr,
        stop: oneshot::Sender<()>,
        thread: JoinHandle<()>,
    ) -> Self {
        Self {
            shared,
            base_url,
            address,
            user_token: seed::token_of(seed::ALICE),
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Starts a sandbox with the standard world on a free loopback port.
    ///
    /// # Errors
    /// When the system has no port, socket or thread left.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// A sandbox with other settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The base URL to give to a client, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The token of the user alice.
    #[must_use]
    pub fn user_token(&self) -> &str {
        &self.user_token
    }

    /// The key of the robot that is in the server "dev".
    #[must_use]
    pub fn robot_key(&self) -> &'static str {
        seed::ROBOT_KEY
    }

    /// The user of this name; it is made if there is none, with the token
    /// `lag_pat_sandbox_<name>`.
    ///
    /// # Panics
    /// When the name is empty.
    #[must_use]
    pub fn user(&self, username: &str) -> UserHandle {
        let mut world = self.shared.world();
        let known = world.user_by_name(username).map(|user| user.id.clone());
        let id = known.unwrap_or_else(|| {
            world
                .add_user(username, &seed::token_of(username))
                .unwrap_or_else(|failure| panic!("user {username:?}: {failure}"))
        });
        UserHandle::new(&self.shared, id)
    }

    /// The server of this name; it is made if there is none and then belongs to alice.
    #[must_use]
    pub fn server(&self, name: &str) -> ServerHandle {
        let owner = self.user(seed::ALICE);
        self.server_owned_by(name, &owner)
    }

    /// The server of this name; it is made if there is none and then belongs to `owner`.
    #[must_use]
    pub fn server_owned_by(&self, name: &str, owner: &UserHandle) -> ServerHandle {
        let mut world = self.shared.world();
        let known = world
            .servers
            .values()
            .find(|server| server.name == name)
            .map(|server| server.id.clone());
        let id = known.unwrap_or_else(|| {
            let id = world.readable_id("srv", name, |world, id| world.servers.contains(id));
            let owner = owner.id().into();
            world.add_server(id.clone(), &owner, name.to_owned(), None);
            id
        });
        ServerHandle::new(&self.shared, id)
    }

    /// The robot of the standard world, whose key is [`Sandbox::robot_key`].
    ///
    /// # Panics
    /// When it is gone: its server was deleted, or the sandbox was started empty.
    #[must_use]
    pub fn robot(&self) -> RobotHandle {
        let world = self.shared.world();
        let id = world.robot_keys.get(seed::ROBOT_KEY).cloned();
        let Some(id) = id else {
            panic!("the robot of the standard world is gone");
        };
        RobotHandle::new(&self.shared, id)
    }

    /// The requests that arrived so far, oldest first: the newest 20,000, and of their bodies the
    /// newest 128 MiB.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.journal().all()
    }

    /// Forgets the requests that arrived so far.
    pub fn clear_requests(&self) {
        self.shared.journal().clear();
    }

    /// Makes something go wrong. Faults are met in the order in which they were injected.
    pub fn inject(&self, fault: Fault) {
        self.shared.faults().add(fault);
    }

    /// Makes the same thing go wrong with the next `times` requests.
    pub fn fail_next(&self, times: u32, fault: Fault) {
        self.inject(fault.times(times));
    }

    /// Closes the next `connections` connections as soon as they are there.
    pub fn drop_connections(&self, connections: u32) {
        self.shared.faults().drop_connections(connections);
    }

    /// Takes back the faults that no request has met yet.
    pub fn clear_faults(&self) {
        self.shared.faults().clear();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // The thread may be gone already; there is nothing to stop then.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
