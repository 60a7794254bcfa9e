//! Everything about a call that needs no I/O: describing a request, reading an
//! answer, deciding on a retry. Compiled once and used by both clients; no HTTP
//! library is named here.

pub(crate) mod attempt;
pub(crate) mod backoff;
pub(crate) mod encoding;
#[cfg(feature = "gateway")]
pub(crate) mod gateway;
pub(crate) mod host;
pub(crate) mod listener;
pub(crate) mod multipart;
pub(crate) mod pace;
pub(crate) mod page;
pub(crate) mod proxy;
pub(crate) mod rate_limit;
pub(crate) mod redact;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod retry;
pub(crate) mod service;
pub(crate) mod trace;
pub(crate) mod transport;
pub(crate) mod upload;

use std::time::Duration;

/// Longer times are taken for this one, so that sums of times stay far from
/// overflow.
pub(crate) const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);
