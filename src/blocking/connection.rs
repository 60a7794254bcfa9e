//! Connections that know what ureq's own do not: whether anything of a request
//! was written, and whether the answer is there before the request is.
//!
//! ureq's interface for that is outside its promise of semantic versioning, so
//! the manifest allows no version that nobody has tried.

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, Transport,
};
use ureq::{Error, Timeout};

use super::exchange;
use super::tcp::TcpConnector;
use crate::protocol::transport::TransportErrorKind;
use crate::tls::Authorities;

/// What reads nothing but what is there already.
pub(super) const AT_ONCE: Duration = Duration::from_nanos(1);

/// Makes connections. The first over TLS decides what all of them are set up
/// with: roots are converted once, and later connections resume the session.
#[derive(Clone, Debug)]
pub(super) struct Connections(Arc<dyn Connector<Out = Box<dyn Transport>>>);

impl Connections {
    /// For clients that trust alike.
    pub(super) fn trusting(authorities: Option<&Authorities>) -> Self {
        static SHARED: LazyLock<Connections> = LazyLock::new(Connections::alone);
        match authorities {
            Some(_) => Self::alone(),
            None => SHARED.clone(),
        }
    }

    /// For an agent of which nothing is known.
    pub(super) fn alone() -> Self {
        Self(Arc::new(Boxed(connector())))
    }
}

impl Connector for Connections {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        self.0.connect(details, chained)
    }
}

#[derive(Debug)]
struct Boxed<C>(C);

impl<C: Connector> Connector for Boxed<C> {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        let connected = self.0.connect(details, chained)?;
        Ok(connected.map(|connection| Box::new(connection) as _))
    }
}

/// What ureq's own connector does, over this crate's sockets.
fn connector() -> impl Connector {
    let connector = ().chain(());
    #[cfg(feature = "socks")]
    let connector = connector.chain(super::socks::SocksConnector);
    let connector = connector
        .chain(ConnectProxyConnector::default())
        .chain(TcpConnector);
    #[cfg(feature = "rustls")]
    let connector = connector.chain(ureq::unversioned::transport::RustlsConnector::default());
    #[cfg(feature = "native-tls")]
    let connector = connector.chain(ureq::unversioned::transport::NativeTlsConnector::default());
    connector
}

/// Makes connections with `C`. Whatever fails in that comes before the first
/// byte of a request: looking up names, sockets, proxies, TLS.
#[derive(Debug)]
pub(super) struct Watching<C>(pub(super) C);

impl<C: Connector> Connector for Watching<C> {
    type Out = Watched<C::Out>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        match self.0.connect(details, chained) {
            Ok(inner) => Ok(inner.map(|inner| Watched {
                inner,
                is_head_sent: false,
                is_read_ahead: false,
                is_answered: false,
            })),
            Err(error) => Err(Error::Other(Box::new(Unsent(error)))),
        }
    }
}

/// An error that came before the first byte of a request was written.
#[derive(Debug)]
struct Unsent(Error);

impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Unsent {}

/// The error itself, and how far the request came where that is known.
pub(super) fn unsent(error: Error) -> (Error, Option<TransportErrorKind>) {
    let Error::Other(other) = error else {
        return (error, None);
    };
    match other.downcast() {
        Ok(unsent) => {
            let Unsent(error) = *unsent;
            // A proxy is reached by a connection that is watched itself.
            let (error, _) = self::unsent(error);
            let kind = TransportErrorKind::of(false, is_timeout(&error));
            (error, Some(kind))
        }
        Err(other) => (Error::Other(other), None),
    }
}

/// Whether an error says that time was up.
pub(super) fn is_timeout(error: &Error) -> bool {
    use std::io::ErrorKind;

    match error {
        Error::Timeout(_) => true,
        Error::Io(error) => matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock),
        _ => false,
    }
}

/// A connection to the server.
#[derive(Debug)]
pub(super) struct Watched<T> {
    inner: T,
    /// Whether something was written since something was read. ureq writes the
    /// head of a request first, and in one piece.
    is_head_sent: bool,
    /// Whether something was read that ureq has not asked for yet.
    is_read_ahead: bool,
    /// Whether the answer came before the whole request was written. What ureq
    /// still writes goes nowhere then, and the connection is of no further use.
    is_answered: bool,
}

impl<T: Transport> Watched<T> {
    /// Whether the answer is there, or comes within this time.
    fn has_answer(&mut self, wait: Duration) -> bool {
        if !self.inner.buffers().input().is_empty() {
            return is_answer(self.inner.buffers().input());
        }
        let timeout = NextTimeout {
            after: wait.into(),
            reason: Timeout::RecvResponse,
            ..NextTimeout::default()
        };
        // Under TLS, what comes may be no bytes of the answer.
        let read = self.inner.await_input(timeout);
        self.is_read_ahead |= matches!(read, Ok(true));
        is_answer(self.inner.buffers().input())
    }

    fn answered_early(&mut self) {
        self.is_answered = true;
        exchange::answered_early();
    }
}

impl<T: Transport> Transport for Watched<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, mut timeout: NextTimeout) -> Result<(), Error> {
        /// What an answer may take to follow a failure.
        const SOON: Duration = Duration::from_millis(20);

        if self.is_answered {
            return Ok(());
        }
        if self.is_head_sent && exchange::is_long() && self.has_answer(AT_ONCE) {
            self.answered_early();
            return Ok(());
        }
        if let Some(patience) = exchange::patience() {
            timeout.per_write = Some(patience.into());
        }
        match self.inner.transmit_output(amount, timeout) {
            Ok(()) => {
                self.is_head_sent = true;
                exchange::took(amount);
                Ok(())
            }
            // A server that refuses says so, and hangs up.
            Err(_) if self.is_head_sent && self.has_answer(SOON) => {
                self.answered_early();
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn await_input(&mut self, mut timeout: NextTimeout) -> Result<bool, Error> {
        let until = match exchange::reads_until() {
            Some(until) => Some(until),
            // Else the time for the answer was not left to the connection.
            None if timeout.after.is_not_happening() => exchange::answer_until(),
            None => None,
        };
        if let Some(until) = until {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::Timeout(timeout.reason));
            }
            if timeout.after.is_not_happening() || left < *timeout.after {
                timeout.after = left.into();
            }
        }
        self.is_head_sent = false;
        if std::mem::take(&mut self.is_read_ahead) {
            return Ok(true);
        }
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        !self.is_answered && self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// Whether these bytes begin an answer, and not one that another follows
/// (`100 Continue`).
pub(super) fn is_answer(bytes: &[u8]) -> bool {
    const VERSION: &[u8] = b"HTTP/1.";
    // The version's last digit, a space, and the status.
    bytes.starts_with(VERSION) && matches!(bytes.get(VERSION.len() + 2), Some(b'2'..=b'9'))
}
