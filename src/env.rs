//! Settings from the environment.

use std::env;

use crate::error::{EnvironmentError, Result};

/// A variable that is empty counts as not set: that is how CI systems pass on
/// a secret that is missing.
pub(crate) fn variable(name: &'static str) -> Result<Option<String>> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => {
            Err(EnvironmentError::new(name, "is not Unicode").into())
        }
    }
}
