//! What the handle of the sandbox and its server thread have in common.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::clock::Clock;
use super::fault::Faults;
use super::gateway::{Command, Gateway};
use super::journal::{Journal, Observer};
use super::webhook;
use crate::routes;
use crate::routes::router::Router;
use crate::world::World;
use crate::world::time::Millis;

#[derive(Debug)]
pub(crate) struct Shared {
    clock: Mutex<Clock>,
    world: Mutex<World>,
    pub(crate) journal: Mutex<Journal>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) router: Router,
    pub(crate) gateway: Gateway,
    pub(crate) settings: Settings,
    /// The runtime on which deliveries run. It is set once the server's thread
    /// runs.
    pub(crate) runtime: OnceLock<tokio::runtime::Handle>,
    request_ids: AtomicU64,
}

/// What does not change while the sandbox runs.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) max_connections: usize,
    /// The base URL, without a slash at its end.
    pub(crate) base_url: String,
    /// The address that the sandbox listens on.
    pub(crate) address: SocketAddr,
    pub(crate) has_console: bool,
    pub(crate) observer: Option<Observer>,
    pub(crate) planter: Planter,
}

/// Makes the world that the sandbox starts with, at a given time.
pub(crate) struct Planter(pub(crate) Box<Plant>);

type Plant = dyn Fn(Millis) -> Result<World, Unplanted> + Send + Sync;
type Unplanted = Box<dyn std::error::Error + Send + Sync>;

impl fmt::Debug for Planter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Planter")
    }
}

impl Shared {
    pub(crate) fn new(
        clock: Clock,
        journal: Journal,
        faults: Faults,
        settings: Settings,
    ) -> Result<Self, Unplanted> {
        let world = settings.planter.0(clock.now())?;
        Ok(Self {
            clock: Mutex::new(clock),
            world: Mutex::new(world),
            journal: Mutex::new(journal),
            faults: Mutex::new(faults),
            router: Router::new(routes::all()),
            gateway: Gateway::default(),
            settings,
            runtime: OnceLock::new(),
            request_ids: AtomicU64::new(1),
        })
    }

    /// Ends all event streams that are open.
    pub(crate) fn end_event_streams(&self) {
        let mut world = self.world();
        world.stream_epoch += 1;
        for robot in world.robots.values() {
            robot.events.notify();
        }
    }

    /// Starts over: the world as it was at the beginning, no faults, an empty
    /// journal. The clock goes on, and event streams and held polls end.
    pub(crate) fn reset(self: &Arc<Self>) -> Result<(), Unplanted> {
        let now = self.clock().now();
        let mut fresh = self.settings.planter.0(now)?;
        {
            let mut world = lock(&self.world);
            fresh.succeed(&mut world);
            let before = std::mem::replace(&mut *world, fresh);
            for robot in before.robots.values() {
                robot.events.notify();
            }
        }
        self.gateway.command(Command::Drop);
        self.gateway.mute(false);
        self.faults().clear();
        self.journal().clear();
        if let Some(runtime) = self.runtime.get() {
            webhook::start_all(self, runtime);
        }
        Ok(())
    }

    /// The world, after it was told the time of the clock.
    ///
    /// The clock must not be locked when this is called: that could be a
    /// deadlock.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        let mut world = lock(&self.world);
        world.set_now(self.clock().now());
        world
    }

    pub(crate) fn clock(&self) -> MutexGuard<'_, Clock> {
        lock(&self.clock)
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    pub(crate) fn next_request_id(&self) -> String {
        format!(
            "req_{:08}",
            self.request_ids.fetch_add(1, Ordering::Relaxed)
        )
    }
}

/// Locks, also if a thread of a test has panicked with the lock: the sandbox is
/// still of use to the others.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
