//! Everything about a call that needs no I/O: describing a request, reading an
//! answer, deciding on a retry. It is compiled once and used by both clients,
//! and does not know which HTTP library they use.

pub(crate) mod attempt;
pub(crate) mod backoff;
pub(crate) mod encoding;
#[cfg(feature = "gateway")]
pub(crate) mod gateway;
pub(crate) mod host;
pub(crate) mod identity;
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

/// The longest time that is calculated with, one year. Longer times are
/// replaced by it, so that sums of times cannot overflow.
pub(crate) const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);
