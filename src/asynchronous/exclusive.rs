//! Sharing what only its owner uses.

use std::sync::{Mutex, PoisonError};

/// Is `Sync` whatever is in it, since it gives access to its owner only. No
/// lock is ever taken, so it costs nothing and is never poisoned.
#[derive(Debug)]
pub(crate) struct Exclusive<T>(Mutex<T>);

impl<T> Exclusive<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}
