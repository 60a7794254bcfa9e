//! Answers that only say that something was done.

use serde::{Deserialize, Serialize};

use super::Extra;

/// Whether something was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ack {
    /// Whether it was.
    pub ok: bool,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}
