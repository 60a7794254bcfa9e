//! Rate limits: how many requests a service allows, and which limits a request
//! counts against. The modules below make requests wait for their turn.

mod limiter;
mod queue;
#[cfg(test)]
mod tests;
mod window;

use std::time::Duration;

use crate::setters::setters;
use crate::token_kind::TokenKind;

pub(crate) use limiter::{Permit, RateLimiter};

/// How many requests a service allows. A client that is given this waits before
/// it sends, instead of running into 429.
///
/// Each limit is a number of requests in *any* period of a given length,
/// whenever that begins. This satisfies servers with fixed windows, sliding
/// windows and token buckets alike.
///
/// Callers wait in the order in which they came. Sending, editing and deleting
/// messages are called message writes here. Other requests do not wait behind
/// them, unless both compete for the same limit.
///
/// ```
/// use std::time::Duration;
/// use lagclient::RateLimit;
///
/// let documented = RateLimit::none()
///     .requests(100, Duration::from_secs(60))
///     .message_writes(10, Duration::from_secs(10));
/// assert_eq!(documented, RateLimit::robot());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct RateLimit {
    windows: Vec<Window>,
    margin_percent: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    scope: Scope,
    requests: usize,
    period: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    All,
    MessageWrites,
}

impl RateLimit {
    /// No limit: nothing waits.
    pub const fn none() -> Self {
        Self {
            windows: Vec::new(),
            margin_percent: 1,
        }
    }

    /// The documented limits of a robot: 100 requests per minute over
    /// everything, and 10 sends, edits and deletes of messages per 10 seconds.
    pub fn robot() -> Self {
        Self::none()
            .requests(100, Duration::from_secs(60))
            .message_writes(10, Duration::from_secs(10))
    }

    /// Adds a limit of `count` requests of any kind per `period`. A `count` of
    /// 0 counts as 1.
    pub fn requests(self, count: u32, period: Duration) -> Self {
        self.window(Scope::All, count, period)
    }

    /// Adds a limit of `count` sends, edits and deletes of messages per
    /// `period`. A `count` of 0 counts as 1.
    pub fn message_writes(self, count: u32, period: Duration) -> Self {
        self.window(Scope::MessageWrites, count, period)
    }

    setters! {
        /// By how many percent every period is lengthened for safety. Default:
        /// 1.
        ///
        /// Delays on the network need no margin: a request's place is free only
        /// one period after its answer has come. The margin is for what the
        /// client cannot see, such as a server that rounds its times or handles
        /// a request that the client has given up.
        margin_percent: u32,
    }

    /// Whether nothing is limited.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.windows.is_empty()
    }

    fn window(mut self, scope: Scope, count: u32, period: Duration) -> Self {
        self.windows.push(Window {
            scope,
            requests: usize::try_from(count.max(1)).unwrap_or(usize::MAX),
            period,
        });
        self
    }
}

/// A rate limit that several clients share. This is for clients with the same
/// key, since the service counts their calls together. Blocking and async
/// clients can share one limit. All clones of this value stand for the same
/// limit.
///
/// Clones of a client share their limit anyway.
///
/// ```
/// # #[cfg(all(feature = "blocking", feature = "async"))]
/// # fn main() -> lagclient::Result<()> {
/// use lagclient::{AsyncClient, Client, RateLimit, SharedRateLimit};
///
/// let limit = SharedRateLimit::new(RateLimit::robot());
/// let key = "lag_robot_a_key";
/// // Blocking:
/// let client = Client::builder(key).shared_rate_limit(&limit).build()?;
/// // Async:
/// let client = AsyncClient::builder(key).shared_rate_limit(&limit).build()?;
/// # Ok(())
/// # }
/// # #[cfg(not(all(feature = "blocking", feature = "async")))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug)]
pub struct SharedRateLimit {
    limit: RateLimit,
    limiter: Option<RateLimiter>,
}

impl SharedRateLimit {
    /// A limit that no client uses yet. Builders take it by
    /// `shared_rate_limit`.
    #[must_use]
    pub fn new(limit: RateLimit) -> Self {
        Self {
            limiter: RateLimiter::new(&limit),
            limit,
        }
    }
}

/// Which rate limit a client keeps to.
#[derive(Clone, Debug)]
pub(crate) enum LimitChoice {
    /// The documented limit for the client's kind of token.
    Default,
    Own(RateLimit),
    Shared(SharedRateLimit),
}

impl LimitChoice {
    pub(crate) fn limiter(&self, kind: TokenKind) -> Option<RateLimiter> {
        match (self, kind) {
            (Self::Shared(shared), _) => shared.limiter.clone(),
            (Self::Own(limit), _) => RateLimiter::new(limit),
            (Self::Default, TokenKind::Robot) => RateLimiter::new(&RateLimit::robot()),
            (Self::Default, TokenKind::User) => None,
        }
    }

    /// The same choice for a client with another token, whose calls the service
    /// counts separately.
    pub(crate) fn unshared(&self) -> Self {
        match self {
            Self::Shared(shared) => Self::Own(shared.limit.clone()),
            choice => choice.clone(),
        }
    }
}

/// Which limits a request counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// A send, edit or delete of a message.
    MessageWrite,
    /// Everything else.
    Other,
}

impl Class {
    /// The class of a request to a path, with or without the prefix for robots.
    pub(crate) fn of(is_write: bool, path: &str) -> Self {
        let path = path.strip_prefix("/robots/@me").unwrap_or(path);
        let mut segments = path.split('/').skip(1);
        let (container, _, inside) = (segments.next(), segments.next(), segments.next());
        let messages = match (container, inside) {
            (Some("servers"), Some("rooms")) => segments.nth(1),
            (Some("dms"), inside) => inside,
            _ => None,
        };
        if is_write && messages == Some("messages") {
            Self::MessageWrite
        } else {
            Self::Other
        }
    }

    fn counts_in(self, scope: Scope) -> bool {
        scope == Scope::All || self == Self::MessageWrite
    }

    fn other(self) -> Self {
        match self {
            Self::MessageWrite => Self::Other,
            Self::Other => Self::MessageWrite,
        }
    }
}
