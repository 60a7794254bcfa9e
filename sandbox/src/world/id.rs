//! What names a thing in the world.

use std::sync::Arc;

/// The id of anything. Cheap to clone: every message carries several.
pub(crate) type Id = Arc<str>;
