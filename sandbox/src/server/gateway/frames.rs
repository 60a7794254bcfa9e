//! The WebSocket protocol without a socket: bytes in, messages and bytes out.

use std::io::{self, Read, Write};

use tungstenite::error::{CapacityError, Error};
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tungstenite::{Bytes, Message, WebSocket};

/// The longest message of a client: more than any known one needs.
const LONGEST: usize = 64 * 1024;
/// How many bytes are decoded at a time. Each ping among them is answered, so
/// this limits how many answers a flood of pings produces at a time.
const PIECE: usize = 16 * 1024;

/// Stands for a connection in the WebSocket library: the bytes that are to be
/// read, and those that were written.
#[derive(Debug, Default)]
struct Pipe {
    input: Vec<u8>,
    read: usize,
    output: Vec<u8>,
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = self.input.get(self.read..).unwrap_or_default();
        if rest.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let mut rest = rest;
        let length = rest.read(buffer)?;
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

/// What a client sent.
#[derive(Debug)]
pub(super) enum Received {
    Text(String),
    /// A binary message. No client of the service is known to send one.
    Binary,
}

/// The server's side of a connection.
#[derive(Debug)]
pub(super) struct Frames {
    socket: WebSocket<Pipe>,
    ended: bool,
}

impl Frames {
    pub(super) fn new() -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(PIECE)
            .write_buffer_size(0)
            .max_message_size(Some(LONGEST))
            .max_frame_size(Some(LONGEST));
        Self {
            socket: WebSocket::from_raw_socket(Pipe::default(), Role::Server, Some(config)),
            ended: false,
        }
    }

    /// Returns the messages in the next bytes. Pings are answered. So are a
    /// close and bytes that break the protocol; after that, the connection has
    /// ended.
    pub(super) fn receive(&mut self, bytes: &[u8]) -> Vec<Received> {
        let mut received = Vec::new();
        for piece in bytes.chunks(PIECE) {
            let pipe = self.socket.get_mut();
            pipe.input.clear();
            pipe.read = 0;
            pipe.input.extend_from_slice(piece);
            while !self.ended {
                match self.socket.read() {
                    Ok(Message::Text(text)) => received.push(Received::Text(text.to_string())),
                    Ok(Message::Binary(_)) => received.push(Received::Binary),
                    Ok(Message::Close(_)) => {
                        // The flush writes the answer to the close.
                        drop(self.socket.flush());
                        self.ended = true;
                    }
                    Ok(_) => {}
                    Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(error) => self.close(code_for(&error), ""),
                }
            }
        }
        received
    }

    pub(super) fn send(&mut self, text: &str) {
        self.write(Message::text(text));
    }

    pub(super) fn ping(&mut self) {
        self.write(Message::Ping(Bytes::new()));
    }

    pub(super) fn close(&mut self, code: u16, reason: &str) {
        let frame = CloseFrame {
            code: CloseCode::from(code),
            reason: reason.into(),
        };
        drop(self.socket.close(Some(frame)));
        drop(self.socket.flush());
        self.ended = true;
    }

    /// Whether nothing more is to be sent or read.
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Takes the bytes that are to be written to the socket.
    pub(super) fn take_output(&mut self) -> Vec<u8> {
        drop(self.socket.flush());
        std::mem::take(&mut self.socket.get_mut().output)
    }

    fn write(&mut self, message: Message) {
        if !self.ended && self.socket.send(message).is_err() {
            self.ended = true;
        }
    }
}

fn code_for(error: &Error) -> u16 {
    match error {
        Error::Capacity(CapacityError::MessageTooLong { .. }) => 1009,
        Error::Utf8(_) => 1007,
        _ => 1002,
    }
}
