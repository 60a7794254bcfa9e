//! Connections for ureq. They know two things that ureq's own do not: whether
//! any byte of a request was written, and whether the answer has come before
//! the whole request was sent.
//!
//! ureq's promise of semantic versioning does not cover its interface for
//! connections, so the manifest allows only versions of ureq that were tried.

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

/// A timeout so short that only what has already arrived is read.
pub(super) const AT_ONCE: Duration = Duration::from_nanos(1);

/// Makes connections. TLS is set up once, for the first of them, and all others
/// use that as well: so the root certificates are converted only once, and
/// later connections can resume a TLS session.
#[derive(Clone, Debug)]
pub(super) struct Connections(Arc<dyn Connector<Out = Box<dyn Transport>>>);

impl Connections {
    /// For clients that trust these authorities. All clients that trust the
    /// built-in ones share one value.
    pub(super) fn trusting(authorities: Option<&Authorities>) -> Self {
        static SHARED: LazyLock<Connections> = LazyLock::new(Connections::alone);
        match authorities {
            Some(_) => Self::alone(),
            None => SHARED.clone(),
        }
    }

    /// A value that is not shared, for an agent that came from outside: nothing
    /// is known about its TLS.
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

/// Does the same as ureq's own connector, but with this crate's sockets.
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

/// Makes connections with `C`, and marks all errors of that as [`Unsent`].
/// Looking up names, sockets, proxies, TLS: whatever fails while connecting
/// fails before the first byte of a request is written.
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

/// The error itself. If it came before the first byte of a request was written,
/// it comes with its kind.
pub(super) fn unsent(error: Error) -> (Error, Option<TransportErrorKind>) {
    let Error::Other(other) = error else {
        return (error, None);
    };
    match other.downcast() {
        Ok(unsent) => {
            let Unsent(error) = *unsent;
            // The connection to a proxy is watched, too, so there may be one
            // `Unsent` inside another.
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
    /// Whether something was written since the last read. Then the head of the
    /// request is sent, since ureq writes it first and in one piece.
    is_head_sent: bool,
    /// Whether something was read that ureq has not asked for yet.
    is_read_ahead: bool,
    /// Whether the answer came before the whole request was written. Then what
    /// ureq still writes is thrown away, and the connection is not used again.
    is_answered: bool,
}

impl<T: Transport> Watched<T> {
    /// Whether the answer has arrived, or arrives within this time.
    fn has_answer(&mut self, wait: Duration) -> bool {
        if !self.inner.buffers().input().is_empty() {
            return is_answer(self.inner.buffers().input());
        }
        let timeout = NextTimeout {
            after: wait.into(),
            reason: Timeout::RecvResponse,
            ..NextTimeout::default()
        };
        // Under TLS, something else than bytes of the answer may arrive.
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
        /// How long after a failed write an answer may still arrive.
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
            // A server that refuses a request may answer and close the
            // connection at once. Then the write fails, but there is an answer.
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
            // If ureq has no limit for the answer, that is left to this
            // connection.
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

/// Whether these bytes begin the final answer, and not one that is followed by
/// another (`100 Continue`).
pub(super) fn is_answer(bytes: &[u8]) -> bool {
    const VERSION: &[u8] = b"HTTP/1.";
    // The version's last digit, a space, and the status.
    bytes.starts_with(VERSION) && matches!(bytes.get(VERSION.len() + 2), Some(b'2'..=b'9'))
}
