//! Starting a sandbox.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::runtime;
use tokio::sync::oneshot;

use super::sandbox::Sandbox;
use super::seed::Seed;
use crate::server::clock::{Clock, real_now};
use crate::server::fault::Faults;
use crate::server::journal::{Journal, Observer, Recorded};
use crate::server::serve::serve;
use crate::server::shared::{Planter, Settings, Shared};
use crate::server::webhook;
use crate::world::World;
use crate::world::time::Millis;

/// Settings of a [`Sandbox`], made by [`Sandbox::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct Builder {
    address: SocketAddr,
    seed: Seed,
    strict: bool,
    rate_limits: bool,
    clock_speed: f64,
    observer: Option<Observer>,
    record_bodies: usize,
    max_connections: usize,
    event_history: usize,
    fault_seed: u64,
    start_at: Option<DateTime<Utc>>,
    console: Option<bool>,
    message_time_resolution: Option<Millis>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            seed: Seed::standard(),
            strict: false,
            rate_limits: false,
            clock_speed: 1.0,
            observer: None,
            record_bodies: 1024 * 1024,
            max_connections: 1024,
            event_history: 25_000,
            fault_seed: 0,
            start_at: None,
            console: None,
            message_time_resolution: None,
        }
    }
}

impl Builder {
    /// The address to listen on; by default a free port of 127.0.0.1.
    ///
    /// The sandbox has no real authentication: keep it on the loopback
    /// interface.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Starts with an empty world.
    ///
    /// [`Sandbox::user_token`] and the other accessors of the seeded world then
    /// name things that are not there until something of that name is made.
    pub fn empty(mut self) -> Self {
        self.seed = Seed::default();
        self
    }

    /// Starts with another world than the standard one.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// Makes dropping the sandbox panic if a request came that no documented
    /// endpoint takes: an unknown route, a wrong method, a malformed body or
    /// one with undocumented keys. The message names its method and path.
    ///
    /// See also [`Sandbox::unexpected_requests`].
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Enforces the documented rate limits of robots: 100 requests in 60
    /// seconds, of them 10 message writes in 10 seconds. Off by default; see
    /// also [`Sandbox::set_rate_limits`].
    pub fn rate_limits(mut self, enforced: bool) -> Self {
        self.rate_limits = enforced;
        self
    }

    /// How many seconds pass in the sandbox in each real second; see
    /// [`Sandbox::set_clock_speed`].
    pub fn clock_speed(mut self, speed: f64) -> Self {
        self.clock_speed = speed;
        self
    }

    /// Calls `observer` with each request when it has been answered, as an
    /// access log does.
    ///
    /// It runs on the sandbox's thread: it must not take long.
    pub fn on_request(mut self, observer: impl Fn(&Recorded) + Send + Sync + 'static) -> Self {
        self.observer = Some(Observer(Arc::new(observer)));
        self
    }

    /// How many bytes of each request's body [`Sandbox::requests`] keeps; 1 MiB
    /// by default.
    pub fn record_bodies(mut self, bytes: usize) -> Self {
        self.record_bodies = bytes;
        self
    }

    /// How many connections are served at once; 1024 by default. Others wait.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections.clamp(1, 100_000);
        self
    }

    /// How many events are kept for each robot; 25,000 by default.
    pub fn event_history(mut self, events: usize) -> Self {
        self.event_history = events;
        self
    }

    /// The seed of the random choices of
    /// [`Fault::probability`](crate::Fault::probability).
    pub fn fault_seed(mut self, seed: u64) -> Self {
        self.fault_seed = seed;
        self
    }

    /// The time at which the sandbox's clock starts; the real time by default.
    pub fn start_at(mut self, time: DateTime<Utc>) -> Self {
        self.start_at = Some(time);
        self
    }

    /// Switches the console and the control interface under `/_sandbox/` on or
    /// off. By default they are on if the sandbox listens on the loopback
    /// interface: whoever can reach them can do everything.
    pub fn console(mut self, on: bool) -> Self {
        self.console = Some(on);
        self
    }

    /// Makes the times of messages multiples of this: messages that are written
    /// within the same multiple have the same time.
    ///
    /// Without it the times of the messages in a room or conversation differ by
    /// a millisecond at least, so that the cursor of a page, which is a time,
    /// loses nothing. It is not known whether the service guarantees that. With
    /// this option, a test shows what happens if it does not.
    pub fn message_time_resolution(mut self, resolution: Duration) -> Self {
        let millis = Millis::try_from(resolution.as_millis()).unwrap_or(Millis::MAX);
        self.message_time_resolution = Some(millis.max(1));
        self
    }

    /// Starts the server on a thread of its own.
    ///
    /// # Errors
    /// When the address is taken or the system has no thread or socket left.
    pub fn start(self) -> io::Result<Sandbox> {
        let listener = TcpListener::bind(self.address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let base_url = format!("http://{}", reachable(address));
        let mut clock = Clock::new(self.start_at.map(|time| time.timestamp_millis()));
        clock.set_speed(self.clock_speed);
        let (seed, event_history, rate_limits) = (self.seed, self.event_history, self.rate_limits);
        let time_resolution = self.message_time_resolution;
        let planter = move |now| {
            // The numbers of events begin with the time, so that no event has
            // the id of one of an earlier world. Otherwise a client might
            // resume after an event that this world has never sent.
            let events_before = u64::try_from(real_now()).unwrap_or_default();
            let mut world = World::new(now, events_before, event_history);
            world.time_resolution = time_resolution;
            world.limits.enforce(rate_limits);
            seed.clone().plant(&mut world)?;
            Ok(world)
        };
        let settings = Settings {
            max_connections: self.max_connections,
            base_url,
            address,
            has_console: self.console.unwrap_or(address.ip().is_loopback()),
            observer: self.observer,
            planter: Planter(Box::new(planter)),
        };
        let shared = Shared::new(
            clock,
            Journal::new(self.record_bodies),
            Faults::new(self.fault_seed),
            settings,
        );
        let shared = Arc::new(shared.map_err(io::Error::other)?);
        let (stop, stopped) = oneshot::channel();
        let (ready, started) = mpsc::sync_channel(1);
        let thread = thread::Builder::new()
            .name("lag-sandbox".to_owned())
            .spawn({
                let shared = shared.clone();
                move || run(listener, shared, stopped, &ready)
            })?;
        started
            .recv()
            .map_err(|_| io::Error::other("the sandbox's thread ended at its start"))??;
        Ok(Sandbox::new(shared, address, self.strict, stop, thread))
    }
}

/// The address by which a client on this machine reaches a server that listens
/// on `address`.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

fn run(
    listener: TcpListener,
    shared: Arc<Shared>,
    stop: oneshot::Receiver<()>,
    ready: &mpsc::SyncSender<io::Result<()>>,
) {
    let started = runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
        .and_then(|runtime| {
            let _entered = runtime.enter();
            let listener = tokio::net::TcpListener::from_std(listener)?;
            Ok((runtime, listener))
        });
    let (runtime, listener) = match started {
        Ok(started) => started,
        Err(error) => {
            // This fails only if the thread that starts the sandbox is gone.
            drop(ready.send(Err(error)));
            return;
        }
    };
    // Nobody else sets it.
    drop(shared.runtime.set(runtime.handle().clone()));
    // Webhooks are started first, so that they deliver everything that happens
    // once somebody knows of the sandbox.
    webhook::start_all(&shared, runtime.handle());
    drop(ready.send(Ok(())));
    runtime.block_on(serve(listener, shared, stop));
    // Ends the tasks and with them the connections, without waiting for the
    // name of a webhook's host to be looked up.
    runtime.shutdown_background();
}
