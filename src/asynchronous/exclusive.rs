//! Making a value `Sync` that only its owner uses.

use std::sync::{Mutex, PoisonError};

/// A value that can only be reached by `&mut`, so this type is `Sync` even if
/// the value is not. The lock inside is never taken, so it costs nothing and is
/// never poisoned.
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
