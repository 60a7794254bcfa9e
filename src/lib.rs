//! Client for the Lag API.

mod protocol;

pub use protocol::sse;
