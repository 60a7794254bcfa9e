//! The WebSocket protocol without a socket: bytes in, messages and bytes out.

use std::io::{self, Read, Write};

use tungstenite::error::{CapacityError, ProtocolError};
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, Role, WebSocketConfig, WebSocketContext};
use tungstenite::{Message, Utf8Bytes};

use super::fault::GatewayFault;

/// How much is read at a time, at most. Each ping in it is answered, so that
/// this bounds what a flood of pings makes a client write.
pub(crate) const PIECE: usize = 16 * 1024;

/// What a message is read from and answers are written to.
struct Pipe<'a, R> {
    input: &'a mut R,
    output: &'a mut Vec<u8>,
}

impl<R: Read> Read for Pipe<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.read(buffer)
    }
}

impl<R> Write for Pipe<'_, R> {
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

/// Why there is no further frame.
#[derive(Debug)]
pub(crate) enum Broken {
    Fault(GatewayFault),
    /// The input has failed.
    Io(io::Error),
}

/// The reading half.
#[derive(Debug)]
pub(crate) struct Decoder {
    context: WebSocketContext,
    output: Vec<u8>,
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
            context: WebSocketContext::new(Role::Client, Some(config)),
            output: Vec::new(),
        }
    }

    /// The next message, of bytes that were read before or of the input: `None`
    /// if that would block. It is read [`PIECE`] by piece at most, straight to
    /// where messages are taken from; so it should block after each, to have
    /// answers written.
    pub(crate) fn next(&mut self, input: &mut impl Read) -> Result<Option<Frame>, Broken> {
        let output = &mut self.output;
        match self.context.read(&mut Pipe { input, output }) {
            Ok(Message::Text(text)) => Ok(Some(Frame::Text(text))),
            Ok(Message::Binary(bytes)) => Ok(Some(Frame::Binary(bytes.len()))),
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => Ok(Some(Frame::Alive)),
            Ok(Message::Close(frame)) => Err(Broken::Fault(closed(frame))),
            Err(tungstenite::Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                Ok(None)
            }
            Err(tungstenite::Error::Io(error)) => Err(Broken::Io(error)),
            Err(error) => Err(Broken::Fault(fault(&error))),
        }
    }

    /// What is to be sent: answers to pings, and to a close.
    pub(crate) fn take_output(&mut self) -> Vec<u8> {
        // The answer to a close waits for a flush, which cannot fail here.
        let (input, output) = (&mut io::empty(), &mut self.output);
        let _ = self.context.flush(&mut Pipe { input, output });
        std::mem::take(&mut self.output)
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
    context: WebSocketContext,
}

impl Encoder {
    pub(crate) fn new() -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(0)
            .write_buffer_size(0);
        Self {
            context: WebSocketContext::new(Role::Client, Some(config)),
        }
    }

    /// The bytes of a text frame. None once the connection was closed.
    pub(crate) fn text(&mut self, text: String) -> Vec<u8> {
        self.bytes(|context, pipe| context.write(pipe, Message::text(text)))
    }

    /// The bytes of a close frame. None if the connection was closed already.
    pub(crate) fn close(&mut self, code: u16) -> Vec<u8> {
        let frame = CloseFrame {
            code: CloseCode::from(code),
            reason: Utf8Bytes::default(),
        };
        self.bytes(|context, pipe| context.close(pipe, Some(frame)))
    }

    fn bytes(
        &mut self,
        encode: impl FnOnce(&mut WebSocketContext, &mut Pipe<'_, io::Empty>) -> tungstenite::Result<()>,
    ) -> Vec<u8> {
        let mut bytes = Vec::new();
        let (input, output) = (&mut io::empty(), &mut bytes);
        // A Vec takes everything, so that only a closed connection fails.
        let _ = encode(&mut self.context, &mut Pipe { input, output });
        bytes
    }
}

#[cfg(test)]
mod tests;
