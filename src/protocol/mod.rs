//! What needs no I/O and no HTTP library, compiled once for both worlds.

#[cfg_attr(
    not(test),
    expect(dead_code, reason = "waits for the clients' send loop to enter it")
)]
pub(crate) mod rate_limit;
pub mod sse;
