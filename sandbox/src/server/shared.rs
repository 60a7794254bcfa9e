//! What the handle of the sandbox and its server thread have in common.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::clock::Clock;
use super::fault::Faults;
use super::journal::{Journal, Observer};
use crate::routes;
use crate::routes::router::Router;
use crate::world::World;

#[derive(Debug)]
pub(crate) struct Shared {
    clock: Mutex<Clock>,
    world: Mutex<World>,
    pub(crate) journal: Mutex<Journal>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) router: Router,
    pub(crate) max_connections: usize,
    /// Where deliveries run; there once the server's thread is.
    pub(crate) runtime: OnceLock<tokio::runtime::Handle>,
    pub(crate) observer: Option<Observer>,
    /// Without a slash at its end.
    pub(crate) base_url: String,
    request_ids: AtomicU64,
}

impl Shared {
    pub(crate) fn new(
        clock: Clock,
        world: World,
        journal: Journal,
        faults: Faults,
        max_connections: usize,
        base_url: String,
        observer: Option<Observer>,
    ) -> Self {
        Self {
            clock: Mutex::new(clock),
            world: Mutex::new(world),
            journal: Mutex::new(journal),
            faults: Mutex::new(faults),
            router: Router::new(routes::all()),
            max_connections,
            base_url,
            observer,
            runtime: OnceLock::new(),
            request_ids: AtomicU64::new(1),
        }
    }

    /// The world, in which it is now what the clock shows.
    ///
    /// Nobody may hold the clock while waiting for it.
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

/// A panic of a test that held the lock does not make the sandbox useless to
/// the others.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
