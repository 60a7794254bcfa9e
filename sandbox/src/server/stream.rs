//! The byte stream below HTTP. A fault can change it, so that things go wrong
//! on the real socket.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::shared::lock;

/// What happens to the bytes that are written from now on.
#[derive(Debug)]
pub(crate) enum StreamPlan {
    /// This many bytes of the answer go out, then the connection is closed.
    CutAfter(usize),
    /// The headers go out, then this many bytes, then the connection is closed.
    CutInBody(usize),
    /// The headers go out, then this many bytes, then nothing more on an open
    /// connection.
    StallInBody(usize),
    /// This many bytes go out, then nothing more on an open connection.
    StallAfter(usize),
    /// These bytes go out in the place of the answer, then the connection is
    /// closed.
    Replace(Bytes),
    /// The connection is reset.
    Reset,
}

/// The handle by which the HTTP side of a connection makes its stream faulty.
#[derive(Clone, Debug, Default)]
pub(crate) struct StreamFault {
    armed: Arc<AtomicBool>,
    plan: Arc<Mutex<Option<StreamPlan>>>,
}

impl StreamFault {
    pub(crate) fn set(&self, plan: StreamPlan) {
        *lock(&self.plan) = Some(plan);
        self.armed.store(true, Ordering::Release);
    }
}

#[derive(Debug)]
pub(crate) struct FaultyStream {
    stream: TcpStream,
    stream_fault: StreamFault,
    headers: HeadersEnd,
}

impl FaultyStream {
    pub(crate) fn new(stream: TcpStream, stream_fault: StreamFault) -> Self {
        Self {
            stream,
            stream_fault,
            headers: HeadersEnd::default(),
        }
    }

    fn write_faulty(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut plan = lock(&self.stream_fault.plan);
        match plan.as_mut() {
            None => Pin::new(&mut self.stream).poll_write(cx, bytes),
            Some(StreamPlan::Reset) => {
                self.stream.set_zero_linger()?;
                Poll::Ready(Err(closed()))
            }
            Some(StreamPlan::Replace(instead)) => {
                while instead.has_remaining() {
                    let written = ready!(Pin::new(&mut self.stream).poll_write(cx, instead))?;
                    instead.advance(written);
                }
                Poll::Ready(Err(closed()))
            }
            Some(StreamPlan::StallAfter(0)) => Poll::Pending,
            Some(StreamPlan::CutAfter(0)) => Poll::Ready(Err(closed())),
            Some(StreamPlan::CutAfter(left) | StreamPlan::StallAfter(left)) => {
                let part = bytes.get(..*left).unwrap_or(bytes);
                let written = ready!(Pin::new(&mut self.stream).poll_write(cx, part))?;
                *left -= written;
                Poll::Ready(Ok(written))
            }
            Some(StreamPlan::CutInBody(left) | StreamPlan::StallInBody(left)) => {
                let head = self.headers.find_in(bytes);
                let part = match head {
                    Some(end) => bytes.get(..end.saturating_add(*left)).unwrap_or(bytes),
                    None => bytes,
                };
                let written = ready!(Pin::new(&mut self.stream).poll_write(cx, part))?;
                self.headers.pass(bytes.get(..written).unwrap_or(bytes));
                if let Some(end) = head.filter(|end| written >= *end) {
                    let left = left.saturating_sub(written - end);
                    let stalls = matches!(*plan, Some(StreamPlan::StallInBody(_)));
                    *plan = Some(if stalls {
                        StreamPlan::StallAfter(left)
                    } else {
                        StreamPlan::CutAfter(left)
                    });
                }
                Poll::Ready(Ok(written))
            }
        }
    }
}

fn closed() -> io::Error {
    io::Error::new(
        io::ErrorKind::ConnectionAborted,
        "closed on purpose by an injected fault",
    )
}

/// Finds the empty line that ends the headers, also when it is spread over
/// several writes.
#[derive(Debug, Default)]
struct HeadersEnd {
    matched: usize,
}

impl HeadersEnd {
    const MARK: &'static [u8; 4] = b"\r\n\r\n";

    fn step(matched: usize, byte: u8) -> usize {
        if Self::MARK.get(matched) == Some(&byte) {
            matched + 1
        } else {
            usize::from(byte == b'\r')
        }
    }

    /// Where in `bytes` the body begins.
    fn find_in(&self, bytes: &[u8]) -> Option<usize> {
        let mut matched = self.matched;
        bytes
            .iter()
            .position(|byte| {
                matched = Self::step(matched, *byte);
                matched == Self::MARK.len()
            })
            .map(|last| last + 1)
    }

    fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.matched = Self::step(self.matched, *byte) % Self::MARK.len();
        }
    }
}

impl AsyncRead for FaultyStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for FaultyStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.stream_fault.armed.load(Ordering::Acquire) {
            return self.write_faulty(cx, bytes);
        }
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_headers_is_found_across_writes() {
        let mut end = HeadersEnd::default();
        assert_eq!(end.find_in(b"HTTP/1.1 200 OK\r\n"), None);
        end.pass(b"HTTP/1.1 200 OK\r\n");
        assert_eq!(end.find_in(b"\r\nbody"), Some(2));
        assert_eq!(HeadersEnd::default().find_in(b"a\r\r\n\r\nb"), Some(6));
    }
}
