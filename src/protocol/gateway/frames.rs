//! The WebSocket protocol without a socket: bytes in, messages and bytes out.

use std::io::{self, Read, Write};

use tungstenite::error::{CapacityError, ProtocolError};
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, Role, WebSocketConfig, WebSocketContext};
use tungstenite::{Message, Utf8Bytes};

use super::fault::GatewayFault;

/// How many bytes are read at a time, at most. Each ping among them is answered
/// before more is read, so this also limits how many answers a flood of pings
/// makes the client collect.
pub(crate) const PIECE: usize = 16 * 1024;

/// One stream made of two, as the WebSocket library wants it: messages are read
/// from `input`, and answers are written to `output`.
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

/// What a decoder has read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    Text(Utf8Bytes),
    /// A binary message, given by its length. The gateway is not known to send
    /// any.
    Binary(usize),
    /// A ping or a pong. It shows that the server is still there.
    Alive,
}

/// Why no further frame can be read.
#[derive(Debug)]
pub(crate) enum Broken {
    Fault(GatewayFault),
    /// The input has failed.
    Io(io::Error),
}

/// Reads what the server sends on a WebSocket.
#[derive(Debug)]
pub(crate) struct Decoder {
    context: WebSocketContext,
    output: Vec<u8>,
}

impl Decoder {
    /// `longest` is the greatest number of bytes that a message may have.
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

    /// The next frame, taken from bytes that were read before or from `input`;
    /// `None` if reading `input` would block.
    ///
    /// At most [`PIECE`] bytes are read at a time. `input` should report that
    /// it would block after each such piece, so that the caller sends the
    /// answers that [`take_output`](Self::take_output) returns before it reads
    /// on.
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

    /// Takes the bytes that have to be sent now: answers to pings, and to a
    /// close.
    pub(crate) fn take_output(&mut self) -> Vec<u8> {
        // The library keeps the answer to a close until it is flushed. This
        // cannot fail here, as it only writes to memory.
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
        // The text of the error is left out: it may quote what the server sent.
        _ => GatewayFault::Protocol {
            reason: "the frame cannot be read".to_owned(),
        },
    }
}

/// Writes what the client sends on a WebSocket.
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

    /// The bytes of a text frame. Empty if a close frame was made before.
    pub(crate) fn text(&mut self, text: String) -> Vec<u8> {
        self.bytes(|context, pipe| context.write(pipe, Message::text(text)))
    }

    /// The bytes of a close frame. Empty if one was made before.
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
        // Writing to a Vec cannot fail. The only possible error is that the
        // connection was closed before; then there are no bytes.
        let _ = encode(&mut self.context, &mut Pipe { input, output });
        bytes
    }
}

#[cfg(test)]
mod tests;
