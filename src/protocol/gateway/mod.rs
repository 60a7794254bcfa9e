//! What the clients of the gateway decide, and how they read and write its
//! frames. Nothing here does I/O: bytes, the time and random numbers are
//! arguments.

pub(crate) mod commands;
mod fault;
pub(crate) mod frames;
pub(crate) mod gap;
pub(crate) mod heartbeat;
pub(crate) mod state;
mod status;
pub(crate) mod upgrade;

pub(crate) use fault::GOING_AWAY;
pub use fault::GatewayFault;
pub(crate) use status::Observer;
pub use status::{GatewayDelivery, GatewayPlace, GatewayStatus};
