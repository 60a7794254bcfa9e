//! Locks.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, also after somebody panicked who had locked it, such as a callback of
/// the caller: nothing that is kept in a lock here is left half changed, so that
/// is no reason to panic again.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
