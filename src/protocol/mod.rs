//! What needs no I/O and no HTTP library, compiled once for both worlds.

pub mod sse;
