//! The ids of things in the world.

use std::sync::Arc;

/// The id of anything. It is cheap to clone, since every message holds several.
pub(crate) type Id = Arc<str>;
