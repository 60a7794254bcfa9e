//! The handle of a running sandbox.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::oneshot;

use super::builder::Builder;
use super::missing;
use super::robot::RobotHandle;
use super::seed;
use super::server::ServerHandle;
use super::user::UserHandle;
use super::wait::Wait;
use crate::server::fault::Fault;
use crate::server::gateway::Command;
use crate::server::journal::Recorded;
use crate::server::shared::Shared;
use crate::world::Failure;

/// A running sandbox. Dropping it stops the server and closes its connections.
pub struct Sandbox {
    shared: Arc<Shared>,
    address: SocketAddr,
    strict: bool,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("base_url", &self.shared.settings.base_url)
            .finish_non_exhaustive()
    }
}

impl Sandbox {
    pub(crate) fn new(
        shared: Arc<Shared>,
        address: SocketAddr,
        strict: bool,
        stop: oneshot::Sender<()>,
        thread: JoinHandle<()>,
    ) -> Self {
        Self {
            shared,
            address,
            strict,
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

    /// A builder for a sandbox with other settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The base URL to give to a client on this machine, without a slash at its
    /// end.
    ///
    /// If the sandbox listens on all addresses (`0.0.0.0`, `::`), this names
    /// the loopback address, as do the URLs of uploaded files.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.shared.settings.base_url
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The token of the user alice.
    #[must_use]
    pub fn user_token(&self) -> &'static str {
        seed::ALICE_TOKEN
    }

    /// The key of the robot that is in the server "dev".
    #[must_use]
    pub fn robot_key(&self) -> &'static str {
        seed::ROBOT_KEY
    }

    /// The base URL to give to a client for NoLag.
    #[cfg(feature = "nolag")]
    #[must_use]
    pub fn nolag_base_url(&self) -> String {
        format!("{}/v1", self.shared.settings.base_url)
    }

    /// The key of the NoLag project that every sandbox has:
    /// `nlg_live_sandbox.secret`.
    #[cfg(feature = "nolag")]
    #[must_use]
    pub fn nolag_key(&self) -> &'static str {
        crate::world::nolag::KEY
    }

    /// Makes a NoLag project and returns its key, `nlg_live_<name>.secret`. A
    /// key gives access to its own project only.
    ///
    /// # Panics
    /// When there is one of this name.
    #[cfg(feature = "nolag")]
    #[must_use]
    pub fn add_nolag_project(&self, name: &str) -> String {
        let key = format!("nlg_live_{name}.secret");
        let nolag = &mut self.shared.world().nolag;
        assert!(
            !nolag.keys.contains_key(&key),
            "there is a NoLag project {name:?} already"
        );
        nolag.project(&key);
        key
    }

    /// The user with this name or id.
    ///
    /// # Panics
    /// When there is none. [`Sandbox::add_user`] makes one.
    #[must_use]
    pub fn user(&self, name: impl AsRef<str>) -> UserHandle {
        let name = name.as_ref();
        let world = self.shared.world();
        let found = world.user_called(name).map(|user| user.id.clone());
        let id = found.unwrap_or_else(|| {
            let names = world.users.values().map(|user| user.username.as_str());
            missing("user", name, names, "Sandbox::add_user")
        });
        UserHandle::new(&self.shared, id)
    }

    /// Makes a user, with the token `lag_pat_sandbox_<name>`. For names with
    /// characters that no token can hold, see [`Seed`].
    ///
    /// [`Seed`]: crate::Seed
    ///
    /// # Panics
    /// When the service would not let a user have this name: it is empty,
    /// taken, or has white space or `@` in it.
    pub fn add_user(&self, name: impl AsRef<str>) -> UserHandle {
        let name = name.as_ref();
        let mut world = self.shared.world();
        let token = seed::token_of(&world, name);
        let id = world
            .add_user(name, &token)
            .unwrap_or_else(|failure| panic!("user {name:?}: {failure}"));
        UserHandle::new(&self.shared, id)
    }

    /// All users, in the order in which they were made.
    #[must_use]
    pub fn users(&self) -> Vec<UserHandle> {
        let world = self.shared.world();
        let ids = world.users.iter().map(|(id, _)| id.clone());
        ids.map(|id| UserHandle::new(&self.shared, id)).collect()
    }

    /// The server with this name or id: the first, if several have the name.
    ///
    /// # Panics
    /// When there is none. [`Sandbox::add_server`] makes one.
    #[must_use]
    pub fn server(&self, name: impl AsRef<str>) -> ServerHandle {
        let name = name.as_ref();
        let world = self.shared.world();
        let found = world
            .servers
            .values()
            .find(|server| server.name == name)
            .or_else(|| world.servers.get(name))
            .map(|server| server.id.clone());
        let id = found.unwrap_or_else(|| {
            let names = world.servers.values().map(|server| server.name.as_str());
            missing("server", name, names, "Sandbox::add_server")
        });
        ServerHandle::new(&self.shared, id)
    }

    /// Makes a server that belongs to `owner`, its only member.
    ///
    /// Names of servers need not differ, as far as is known.
    ///
    /// # Panics
    /// When the name is empty.
    pub fn add_server(&self, name: impl AsRef<str>, owner: &UserHandle) -> ServerHandle {
        let name = name.as_ref();
        assert!(!name.trim().is_empty(), "a server needs a name");
        let mut world = self.shared.world();
        let id = world.readable_id("srv", name, |world, id| world.servers.contains(id));
        let owner = owner.id().into();
        world.add_server(id.clone(), &owner, name.to_owned(), None);
        ServerHandle::new(&self.shared, id)
    }

    /// All servers, in the order in which they were made.
    #[must_use]
    pub fn servers(&self) -> Vec<ServerHandle> {
        let world = self.shared.world();
        let ids = world.servers.iter().map(|(id, _)| id.clone());
        ids.map(|id| ServerHandle::new(&self.shared, id)).collect()
    }

    /// All robots, in the order in which they were made.
    #[must_use]
    pub fn robots(&self) -> Vec<RobotHandle> {
        let world = self.shared.world();
        let ids = world.robots.iter().map(|(id, _)| id.clone());
        ids.map(|id| RobotHandle::new(&self.shared, id)).collect()
    }

    /// The robot of the standard world, whose key is [`Sandbox::robot_key`].
    ///
    /// # Panics
    /// When it is gone: its server was deleted, or the sandbox was started
    /// empty.
    #[must_use]
    pub fn robot(&self) -> RobotHandle {
        let world = self.shared.world();
        let id = world.robot_keys.get(seed::ROBOT_KEY).cloned();
        let Some(id) = id else {
            panic!("the robot of the standard world is gone");
        };
        RobotHandle::new(&self.shared, id)
    }

    /// The time in the sandbox.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.shared.clock().now()).unwrap_or_default()
    }

    /// Moves the sandbox's clock forward. This does not shorten waits that have
    /// begun already: see [`Sandbox::set_clock_speed`].
    pub fn advance(&self, by: Duration) {
        self.shared.clock().advance(by);
    }

    /// Sets the sandbox's clock.
    pub fn set_time(&self, time: DateTime<Utc>) {
        self.shared.clock().set(time.timestamp_millis());
    }

    /// How many seconds pass in the sandbox in each real second. At the
    /// beginning it is 1; 0 stops the clock.
    ///
    /// Everything that the service does by time follows this clock: timestamps,
    /// expiries, rate limits, image processing, and how long it holds and pings
    /// connections. How long a wait takes (a held poll, the time to the next
    /// ping or to the next attempt of a delivery) depends on the speed at the
    /// time when it begins. [`Sandbox::advance`] and [`Sandbox::set_time`] do
    /// not shorten it, and while the clock is stopped, waits take real time.
    pub fn set_clock_speed(&self, speed: f64) {
        self.shared.clock().set_speed(speed);
    }

    /// The requests that arrived so far, oldest first: the newest 20,000, and
    /// no more than 128 MiB of them.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.journal().all()
    }

    /// Waits until this many requests have been answered, or more, since the
    /// start or the last [`Sandbox::clear_requests`], and returns them, oldest
    /// first. A stream counts as answered when it begins.
    pub fn wait_for_requests(&self, count: usize, timeout: Duration) -> Wait<Vec<Recorded>> {
        Wait::until(&self.shared, timeout, move |shared| {
            let mut answered = shared.journal().all();
            answered.retain(|request| request.took().is_some());
            if answered.len() >= count {
                return Ok(answered);
            }
            let there = answered.len();
            Err(format!("{there} of {count} requests have been answered"))
        })
    }

    /// Those of [`Sandbox::requests`] that no documented endpoint takes: an
    /// unknown route, a wrong method, a malformed body or one with undocumented
    /// keys.
    ///
    /// Tests that want to fail on them can also use [`Builder::strict`].
    #[must_use]
    pub fn unexpected_requests(&self) -> Vec<Recorded> {
        let mut requests = self.requests();
        requests.retain(|request| !request.is_expected());
        requests
    }

    /// Switches the rate limits of robots on or off; see
    /// [`Builder::rate_limits`].
    pub fn set_rate_limits(&self, enforced: bool) {
        self.shared.world().limits.enforce(enforced);
    }

    /// How long a poll for events is held while there are none, in sandbox
    /// time. Default: 30 seconds.
    pub fn set_poll_hold(&self, hold: Duration) {
        self.shared.world().poll_hold = hold;
    }

    /// Whenever a stream resumes after a `Last-Event-ID`, sends this many
    /// events again that the client has seen already. By default none are.
    pub fn set_replay_overlap(&self, events: u64) {
        self.shared.world().replay_overlap = events;
    }

    /// With `true`, each attempt to deliver an event to a webhook has a
    /// `webhook-id` of its own, as the service's documentation says. With
    /// `false`, which is the default, all attempts for one event have the same
    /// id, as Standard Webhooks demands. A receiver has to be able to handle
    /// both.
    pub fn set_webhook_id_per_attempt(&self, per_attempt: bool) {
        self.shared.world().webhook_id_per_attempt = per_attempt;
    }

    /// Makes the processing of an uploaded image end in failure:
    /// `processingStatus` becomes `failed`, for a large GIF when its time is
    /// over, for others at once.
    ///
    /// # Errors
    /// When there is no image with this id.
    pub fn fail_image(&self, image_id: impl AsRef<str>) -> Result<(), Failure> {
        self.shared.world().image_mut(image_id.as_ref())?.fails = true;
        Ok(())
    }

    /// Ends all connections to the gateway without a close frame, as a failure
    /// of the network does.
    pub fn drop_gateway_connections(&self) {
        self.shared.gateway.command(Command::Drop);
    }

    /// Closes all connections to the gateway with this code and reason, which
    /// is cut to the 123 bytes that fit.
    pub fn close_gateway_connections(&self, code: u16, reason: &str) {
        let end = (0..=reason.len().min(123))
            .rev()
            .find(|end| reason.is_char_boundary(*end));
        let reason = reason.get(..end.unwrap_or(0)).unwrap_or_default();
        self.shared
            .gateway
            .command(Command::Close(code, reason.into()));
    }

    /// Makes the gateway send nothing, or send again. While it is muted,
    /// connections stay open and are read, but everything that would be sent is
    /// lost.
    pub fn mute_gateway(&self, muted: bool) {
        self.shared.gateway.mute(muted);
    }

    /// Sends a text message to all connections to the gateway. What it says is
    /// not checked.
    pub fn send_to_gateway(&self, message: &str) {
        self.flood_gateway(message, 1);
    }

    /// Sends the same text message to all connections to the gateway many
    /// times.
    pub fn flood_gateway(&self, message: &str, times: usize) {
        let command = Command::Send(message.into(), times);
        self.shared.gateway.command(command);
    }

    /// Sends this many WebSocket pings to all connections to the gateway.
    pub fn flood_gateway_with_pings(&self, times: usize) {
        self.shared.gateway.command(Command::Ping(times));
    }

    /// Ends all event streams that are open, as a restart of the service does.
    pub fn end_event_streams(&self) {
        self.shared.end_event_streams();
    }

    /// Starts over: the world as it was at the beginning, no faults, and no
    /// recorded requests. The clock goes on; event streams and held polls end.
    ///
    /// # Errors
    /// When the seed does not fit the time that the clock shows now.
    pub fn reset(&self) -> io::Result<()> {
        self.shared.reset().map_err(io::Error::other)
    }

    /// The address of the console, the page for a browser; `None` if it is off.
    #[must_use]
    pub fn console_url(&self) -> Option<String> {
        let settings = &self.shared.settings;
        let url = format!("{}/_sandbox/", settings.base_url);
        settings.has_console.then_some(url)
    }

    /// Forgets the requests that arrived so far.
    pub fn clear_requests(&self) {
        self.shared.journal().clear();
    }

    /// Makes something go wrong. Requests meet faults in the order in which
    /// these were injected.
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
        if self.strict
            && !std::thread::panicking()
            && let Some(request) = self.unexpected_requests().first()
        {
            panic!(
                "the sandbox got a request that no documented endpoint takes: {} {} (answered {})",
                request.method(),
                request.redacted_target(),
                request
                    .status()
                    .map_or_else(|| "nothing".to_owned(), |status| status.to_string()),
            );
        }
    }
}
