//! What the clients of the gateway decide, and how they read and write its
//! frames. Pure: bytes, time and chance come in as values.
#![allow(dead_code, reason = "the clients follow")]

pub(crate) mod commands;
mod fault;
pub(crate) mod frames;
pub(crate) mod gap;
pub(crate) mod heartbeat;
pub(crate) mod state;
mod status;
pub(crate) mod upgrade;

#[allow(unused_imports, reason = "the clients follow")]
pub(crate) use fault::GOING_AWAY;
pub use fault::GatewayFault;
#[allow(unused_imports, reason = "the clients follow")]
pub(crate) use status::Observer;
pub use status::{GatewayPlace, GatewayStatus};
