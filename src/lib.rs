//! Client for the Lag API.

mod protocol;

pub use protocol::rate_limit::RateLimit;
pub use protocol::sse;
