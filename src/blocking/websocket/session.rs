//! The bytes that go over a connection: frames are encoded, and with TLS
//! everything is encrypted and decrypted.

use std::io;
#[cfg(feature = "rustls")]
use std::io::{Read, Write};

#[cfg(feature = "rustls")]
use rustls::ClientConnection;

use crate::protocol::gateway::frames::Encoder;

pub(super) struct Session {
    encoder: Encoder,
    #[cfg(feature = "rustls")]
    tls: Option<Box<ClientConnection>>,
    /// Bytes that are to be written, encrypted if there is TLS.
    pending: Vec<u8>,
    /// How many bytes were taken out of `pending` to be written, in all.
    taken: u64,
}

#[cfg_attr(
    not(feature = "rustls"),
    expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the same shape as with TLS"
    )
)]
impl Session {
    pub(super) fn plain() -> Self {
        Self {
            encoder: Encoder::new(),
            #[cfg(feature = "rustls")]
            tls: None,
            pending: Vec::new(),
            taken: 0,
        }
    }

    /// A session with TLS. It begins with a handshake.
    #[cfg(feature = "rustls")]
    pub(super) fn tls(mut tls: ClientConnection) -> Self {
        // Encrypted bytes are kept in `pending`, not in rustls.
        tls.set_buffer_limit(None);
        let mut session = Self::plain();
        session.tls = Some(Box::new(tls));
        session.encrypt();
        session
    }

    /// Whether bytes go over the wire as they are.
    pub(super) fn is_plain(&self) -> bool {
        #[cfg(feature = "rustls")]
        return self.tls.is_none();
        #[cfg(not(feature = "rustls"))]
        true
    }

    /// Whether the TLS handshake is not finished yet.
    pub(super) fn is_handshaking(&self) -> bool {
        #[cfg(feature = "rustls")]
        return self.tls.as_ref().is_some_and(|tls| tls.is_handshaking());
        #[cfg(not(feature = "rustls"))]
        false
    }

    pub(super) fn pending(&self) -> usize {
        self.pending.len()
    }

    pub(super) fn take_pending(&mut self) -> Vec<u8> {
        self.taken += self.pending.len() as u64;
        std::mem::take(&mut self.pending)
    }

    /// How many bytes will have been written, in all, when everything that was
    /// encoded so far is.
    pub(super) fn position(&self) -> u64 {
        self.taken + self.pending.len() as u64
    }

    /// Adds a text frame. Returns the [position](Self::position) at which it
    /// ends, or `None` if the connection was closed before.
    pub(super) fn text(&mut self, text: String) -> Option<u64> {
        let frame = self.encoder.text(text);
        self.send(&frame);
        (!frame.is_empty()).then(|| self.position())
    }

    /// Adds a close frame, unless there was one before, and ends TLS.
    pub(super) fn close(&mut self, code: u16) {
        let frame = self.encoder.close(code);
        self.send(&frame);
        #[cfg(feature = "rustls")]
        if let Some(tls) = &mut self.tls {
            tls.send_close_notify();
        }
        self.encrypt();
    }

    /// The connection has ended, or is to be closed with this code.
    pub(super) fn end(&mut self, code: Option<u16>) {
        match code {
            Some(code) => self.close(code),
            // There is nothing to close any more. The close frame is not sent,
            // but no other frame can be encoded after it.
            None => {
                let _ = self.encoder.close(0);
            }
        }
    }

    /// Adds bytes, and encrypts them if there is TLS.
    pub(super) fn send(&mut self, bytes: &[u8]) {
        #[cfg(feature = "rustls")]
        if let Some(tls) = &mut self.tls {
            // Without a limit, rustls takes everything.
            let _ = tls.writer().write_all(bytes);
            self.encrypt();
            return;
        }
        self.pending.extend_from_slice(bytes);
    }

    /// Takes bytes that have arrived, and adds them to `plain`, decrypted if
    /// there is TLS.
    pub(super) fn receive(&mut self, bytes: &[u8], plain: &mut Vec<u8>) -> io::Result<()> {
        #[cfg(feature = "rustls")]
        if self.tls.is_some() {
            let received = self.decrypt(bytes, plain);
            // If this has failed, there is an alert to send.
            self.encrypt();
            return received;
        }
        plain.extend_from_slice(bytes);
        Ok(())
    }

    #[cfg(feature = "rustls")]
    fn decrypt(&mut self, mut bytes: &[u8], plain: &mut Vec<u8>) -> io::Result<()> {
        let Some(tls) = &mut self.tls else {
            return Ok(());
        };
        while !bytes.is_empty() {
            if tls.read_tls(&mut bytes)? == 0 {
                break;
            }
            let state = tls.process_new_packets().map_err(io::Error::other)?;
            let start = plain.len();
            plain.resize(start + state.plaintext_bytes_to_read(), 0);
            tls.reader().read_exact(&mut plain[start..])?;
            if state.peer_has_closed() && plain.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    #[cfg(feature = "rustls")]
    fn encrypt(&mut self) {
        if let Some(tls) = &mut self.tls {
            while tls.wants_write() {
                // Writing to a Vec cannot fail.
                let _ = tls.write_tls(&mut self.pending);
            }
        }
    }

    #[cfg(not(feature = "rustls"))]
    fn encrypt(&mut self) {}
}
