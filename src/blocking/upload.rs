//! Reading what is uploaded, piece by piece.

use std::fs::File;
use std::io::{self, Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::path::PathBuf;

use bytes::Bytes;
use http::HeaderValue;

use super::{UploadImage, exchange};
use crate::error::Result;
use crate::local_file::{self, LocalFile};
use crate::models::ImagePurpose;
use crate::protocol::upload::{Stage, UploadState};

/// Something that can be uploaded.
pub(crate) type AnySource = Box<dyn Source>;

pub(crate) trait Source: Read + Send {
    /// Goes to the beginning. Returns how many bytes follow, if that is known.
    fn start(&mut self) -> io::Result<Option<u64>>;

    /// Whether [`start`](Self::start) can go back to the beginning.
    fn can_restart(&self) -> bool;
}

/// The body that a request streams, in all its attempts.
pub(crate) struct Upload {
    source: AnySource,
    /// The size that the caller gave, for a source that does not know it.
    size: Option<u64>,
    state: UploadState,
    /// How much of the body was read in this attempt.
    read: u64,
}

impl Upload {
    pub(crate) fn new(source: AnySource, size: Option<u64>, state: UploadState) -> Self {
        Self {
            source,
            size,
            state,
            read: 0,
        }
    }

    pub(crate) fn content_type(&self) -> HeaderValue {
        self.state.form().content_type.clone()
    }

    /// How long the body is, if that is known.
    pub(super) fn length(&self) -> Option<u64> {
        self.state.length()
    }

    /// Gets ready for an attempt.
    pub(crate) fn start(&mut self) -> Result<()> {
        let size = self.source.start()?.or(self.size);
        self.state.begin(size)?;
        self.read = 0;
        Ok(())
    }

    /// Gets ready for a further attempt, if there can be one.
    pub(crate) fn restart(&mut self) -> bool {
        self.source.can_restart() && self.start().is_ok()
    }

    pub(crate) fn take_error(&mut self) -> Option<io::Error> {
        self.state.take_error()
    }

    fn read_source(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = loop {
            match self.source.read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        read.and_then(|bytes| self.state.read(bytes).map(|()| bytes))
            .map_err(|error| self.state.fail(error))
    }
}

/// The body, from the first byte of the form to the last.
impl Read for Upload {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = if exchange::is_answered_early() {
            self.fill_up(buffer)
        } else {
            self.read_body(buffer)?
        };
        self.read += read as u64;
        Ok(read)
    }
}

impl Upload {
    /// Once the answer has come, the rest of the body is not sent. But ureq
    /// still asks for as many bytes as it was told. It gets zeros, so that
    /// nothing is read from the source for that.
    fn fill_up(&self, buffer: &mut [u8]) -> usize {
        let left = self.length().unwrap_or(0).saturating_sub(self.read);
        let length = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        buffer[..length].fill(0);
        length
    }

    fn read_body(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            let free = &mut buffer[filled..];
            match self.state.stage() {
                Stage::Before | Stage::After => {
                    let part = self.state.framing(free.len());
                    free[..part.len()].copy_from_slice(&part);
                    filled += part.len();
                }
                Stage::File => {
                    filled += self.read_source(free)?;
                    // A source of unknown size may be slow, so what was read is
                    // sent before more is waited for.
                    if self.length().is_none() && self.state.stage() == Stage::File {
                        break;
                    }
                }
                Stage::Done => break,
            }
        }
        Ok(filled)
    }
}

/// Reads a file that is sent as a whole.
pub(crate) fn read_file(path: PathBuf) -> Result<Vec<u8>> {
    local_file::read(&path)
}

/// Bytes in memory.
pub(crate) fn bytes_source(bytes: Bytes) -> AnySource {
    Box::new(Seekable::new(Cursor::new(bytes)))
}

/// A file, opened when it is needed.
pub(crate) fn path_source(path: PathBuf) -> AnySource {
    Box::new(PathSource { path, open: None })
}

struct PathSource {
    path: PathBuf,
    open: Option<LocalFile>,
}

impl Source for PathSource {
    fn start(&mut self) -> io::Result<Option<u64>> {
        let file = LocalFile::open(&self.path)?;
        Ok(self.open.insert(file).size)
    }

    fn can_restart(&self) -> bool {
        // Without a size, this is a pipe, and what was read from it is gone.
        self.open.as_ref().is_none_or(|open| open.size.is_some())
    }
}

impl Read for PathSource {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.open {
            Some(LocalFile { file, .. }) => File::read(file, buffer),
            None => Ok(0),
        }
    }
}

/// A reader that cannot go back.
struct Once<R> {
    reader: R,
    touched: bool,
}

impl<R: Read + Send> Source for Once<R> {
    fn start(&mut self) -> io::Result<Option<u64>> {
        Ok(None)
    }

    fn can_restart(&self) -> bool {
        !self.touched
    }
}

impl<R: Read> Read for Once<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.touched = true;
        self.reader.read(buffer)
    }
}

/// A reader that can go back to where it was when it was handed over.
struct Seekable<R> {
    reader: R,
    beginning: Option<u64>,
}

impl<R> Seekable<R> {
    fn new(reader: R) -> Self {
        Self {
            reader,
            beginning: None,
        }
    }
}

impl<R: Read + Seek + Send> Source for Seekable<R> {
    fn start(&mut self) -> io::Result<Option<u64>> {
        let beginning = match self.beginning {
            Some(beginning) => beginning,
            None => *self.beginning.insert(self.reader.stream_position()?),
        };
        let end = self.reader.seek(SeekFrom::End(0))?;
        self.reader.seek(SeekFrom::Start(beginning))?;
        Ok(Some(end.saturating_sub(beginning)))
    }

    fn can_restart(&self) -> bool {
        true
    }
}

impl<R: Read> Read for Seekable<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

impl UploadImage {
    /// Uploads everything that a reader reads, to its end. The length is only
    /// announced to the server if [`size`](Self::size) gives it. Once something
    /// was read, the upload is not repeated after a failure, since the reader
    /// cannot go back. Readers that can are for
    /// [`from_seekable_reader`](Self::from_seekable_reader).
    ///
    /// ```no_run
    /// use std::io;
    /// use lagclient::blocking::{Client, UploadImage};
    /// use lagclient::models::ImagePurpose;
    ///
    /// # fn main() -> lagclient::Result<()> {
    /// let image = UploadImage::from_reader(io::stdin(), ImagePurpose::Chat)
    ///     .file_name("cat.gif")
    ///     .alt("A cat that chases its tail")
    ///     .on_progress(|progress| println!("{} bytes", progress.sent));
    /// Client::from_env()?.images().upload(image)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_reader(
        reader: impl Read + Send + 'static,
        purpose: impl Into<ImagePurpose>,
    ) -> Self {
        let reader = Once {
            reader,
            touched: false,
        };
        Self::from_source(Box::new(reader), purpose)
    }

    /// Uploads everything that a reader reads, from its current position to its
    /// end. The length is announced to the server, and if the upload has to be
    /// repeated, the reader goes back.
    pub fn from_seekable_reader(
        reader: impl Read + Seek + Send + 'static,
        purpose: impl Into<ImagePurpose>,
    ) -> Self {
        Self::from_source(Box::new(Seekable::new(reader)), purpose)
    }
}
