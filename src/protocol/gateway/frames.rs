//! The WebSocket protocol without a socket: bytes in, messages and bytes out.

use std::io::{self, Read, Write};

use tungstenite::error::{CapacityError, ProtocolError};
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tungstenite::{Message, Utf8Bytes, WebSocket};

use super::fault::GatewayFault;

/// How much is given to a decoder at a time, at most. Each ping in it is
/// answered, so that this bounds what a flood of pings makes it write.
pub(crate) const PIECE: usize = 16 * 1024;

/// The two directions of a connection that is not there: what is to be read
/// and what was written.
#[derive(Debug, Default)]
struct Pipe {
    input: Vec<u8>,
    /// How much of the input was read.
    read: usize,
    output: Vec<u8>,
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.input[self.read..];
        if rest.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.read += length;
        Ok(length)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a decoder makes of the bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    Text(Utf8Bytes),
    /// A message that is no text, which the gateway is not known to send: its
    /// length.
    Binary(usize),
    /// A ping or a pong: the other side lives.
    Alive,
}

/// The reading half.
#[derive(Debug)]
pub(crate) struct Decoder {
    socket: WebSocket<Pipe>,
}

impl Decoder {
    /// `longest` is how many bytes a message may have.
    pub(crate) fn new(longest: usize) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(PIECE)
            .write_buffer_size(0)
            .max_message_size(Some(longest))
            .max_frame_size(Some(longest));
        Self {
            socket: WebSocket::from_raw_socket(Pipe::default(), Role::Client, Some(config)),
        }
    }

    /// Takes the next bytes, at most [`PIECE`] at a time. They are read by
    /// [`next`](Self::next), up to its `None`.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        debug_assert!(bytes.len() <= PIECE, "{} bytes", bytes.len());
        let pipe = self.socket.get_mut();
        // All of it was read, or the connection has failed.
        pipe.input.clear();
        pipe.read = 0;
        pipe.input.extend_from_slice(bytes);
    }

    /// What the bytes so far hold next.
    pub(crate) fn next(&mut self) -> Result<Option<Frame>, GatewayFault> {
        match self.socket.read() {
            Ok(Message::Text(text)) => Ok(Some(Frame::Text(text))),
            Ok(Message::Binary(bytes)) => Ok(Some(Frame::Binary(bytes.len()))),
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => Ok(Some(Frame::Alive)),
            Ok(Message::Close(frame)) => Err(closed(frame)),
            Err(tungstenite::Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                Ok(None)
            }
            Err(error) => Err(fault(&error)),
        }
    }

    /// What is to be sent: answers to pings, and to a close.
    pub(crate) fn take_output(&mut self) -> Vec<u8> {
        // The answer to a close waits for a flush, which cannot fail here.
        let _ = self.socket.flush();
        std::mem::take(&mut self.socket.get_mut().output)
    }
}

fn closed(frame: Option<CloseFrame>) -> GatewayFault {
    let (code, reason) = match frame {
        Some(frame) => (Some(frame.code.into()), frame.reason.as_str().to_owned()),
        None => (None, String::new()),
    };
    GatewayFault::Closed { code, reason }
}

fn fault(error: &tungstenite::Error) -> GatewayFault {
    match error {
        tungstenite::Error::Capacity(CapacityError::MessageTooLong { max_size, .. }) => {
            GatewayFault::TooLong { limit: *max_size }
        }
        tungstenite::Error::Utf8(_) => GatewayFault::NotUtf8,
        tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)
        | tungstenite::Error::ConnectionClosed
        | tungstenite::Error::AlreadyClosed => GatewayFault::Ended,
        tungstenite::Error::Protocol(error) => GatewayFault::Protocol {
            reason: error.to_string(),
        },
        // Without its text, which may hold what the server sent.
        _ => GatewayFault::Protocol {
            reason: "the frame cannot be read".to_owned(),
        },
    }
}

/// The writing half.
#[derive(Debug)]
pub(crate) struct Encoder {
    socket: WebSocket<Pipe>,
}

impl Encoder {
    pub(crate) fn new() -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(0)
            .write_buffer_size(0);
        Self {
            socket: WebSocket::from_raw_socket(Pipe::default(), Role::Client, Some(config)),
        }
    }

    /// The bytes of a text frame. None once the connection was closed.
    pub(crate) fn text(&mut self, text: String) -> Vec<u8> {
        // The pipe takes everything, so that only a closed connection fails.
        let _ = self.socket.write(Message::text(text));
        std::mem::take(&mut self.socket.get_mut().output)
    }

    /// The bytes of a close frame. None if the connection was closed already.
    pub(crate) fn close(&mut self, code: u16) -> Vec<u8> {
        let frame = CloseFrame {
            code: CloseCode::from(code),
            reason: Utf8Bytes::default(),
        };
        let _ = self.socket.close(Some(frame));
        std::mem::take(&mut self.socket.get_mut().output)
    }
}

#[cfg(test)]
mod tests;
