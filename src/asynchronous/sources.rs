//! What can be uploaded.

use std::fs::File;
use std::io::{self, ErrorKind, Read, SeekFrom};
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};

use super::UploadImage;
use super::detached::{self, Detached};
use crate::local_file::LocalFile;
use crate::models::ImagePurpose;

/// How many bytes of a file are read at a time. Smaller pieces cost time, as
/// each one is read on another thread.
const FILE_CHUNK: usize = 256 * 1024;
/// How many bytes are asked of a reader at a time.
const READER_CHUNK: usize = 64 * 1024;

/// Something that can be uploaded.
pub(crate) type AnySource = Pin<Box<dyn Source>>;

pub(crate) trait Source: Send {
    /// Goes to the beginning. Returns how many bytes follow, if that is known.
    fn poll_start(self: Pin<&mut Self>, context: &mut Context<'_>)
    -> Poll<io::Result<Option<u64>>>;

    /// Whether [`poll_start`](Self::poll_start) can go back to the beginning.
    fn can_restart(&self) -> bool;

    /// The next piece. An empty one means that the source has ended.
    fn poll_chunk(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<Bytes>>;
}

/// Bytes in memory.
pub(crate) fn bytes_source(bytes: Bytes) -> AnySource {
    let rest = bytes.clone();
    Box::pin(InMemory { bytes, rest })
}

struct InMemory {
    bytes: Bytes,
    rest: Bytes,
}

impl Source for InMemory {
    fn poll_start(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<Option<u64>>> {
        self.rest = self.bytes.clone();
        Poll::Ready(Ok(Some(self.bytes.len() as u64)))
    }

    fn can_restart(&self) -> bool {
        true
    }

    fn poll_chunk(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        // It is returned in pieces, so that progress can be reported.
        let length = self.rest.len().min(FILE_CHUNK);
        Poll::Ready(Ok(self.rest.split_to(length)))
    }
}

/// A file, opened when it is needed.
pub(crate) fn path_source(path: PathBuf) -> AnySource {
    Box::pin(PathSource {
        path,
        state: PathState::Closed,
        is_regular: true,
    })
}

/// Files are read on threads that no runtime waits for, always one piece
/// ahead of the connection.
struct PathSource {
    path: PathBuf,
    state: PathState,
    is_regular: bool,
}

enum PathState {
    Closed,
    Opening(Detached<LocalFile>),
    Open(File),
    Reading(Detached<(File, io::Result<Bytes>)>),
}

impl PathState {
    fn read(mut file: File) -> Self {
        Self::Reading(detached::run(move || {
            let chunk = read_chunk(&mut file);
            Ok((file, chunk))
        }))
    }
}

fn read_chunk(file: &mut File) -> io::Result<Bytes> {
    let mut chunk = vec![0; FILE_CHUNK];
    loop {
        match file.read(&mut chunk) {
            Ok(length) => {
                chunk.truncate(length);
                return Ok(chunk.into());
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

impl Source for PathSource {
    fn poll_start(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<Option<u64>>> {
        loop {
            if let PathState::Opening(opening) = &mut self.state {
                let opened = ready!(Pin::new(opening).poll(context));
                self.state = PathState::Closed;
                let LocalFile { file, size } = opened?;
                self.state = PathState::Open(file);
                self.is_regular = size.is_some();
                return Poll::Ready(Ok(size));
            }
            let path = self.path.clone();
            self.state = PathState::Opening(detached::run(move || LocalFile::open(&path)));
        }
    }

    fn can_restart(&self) -> bool {
        // If this is no regular file but a pipe, what was read from it is gone.
        self.is_regular
    }

    fn poll_chunk(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        loop {
            match &mut self.state {
                PathState::Closed | PathState::Opening(_) => return Poll::Ready(Ok(Bytes::new())),
                PathState::Open(_) => {
                    if let PathState::Open(file) =
                        std::mem::replace(&mut self.state, PathState::Closed)
                    {
                        self.state = PathState::read(file);
                    }
                }
                PathState::Reading(reading) => {
                    let read = ready!(Pin::new(reading).poll(context));
                    self.state = PathState::Closed;
                    let (file, chunk) = read?;
                    let chunk = chunk?;
                    if !chunk.is_empty() {
                        self.state = PathState::read(file);
                    }
                    return Poll::Ready(Ok(chunk));
                }
            }
        }
    }
}

/// A reader that cannot go back.
struct Once<R> {
    reader: R,
    buffer: Vec<u8>,
    touched: bool,
}

impl<R: AsyncRead + Send + Unpin> Source for Once<R> {
    fn poll_start(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<Option<u64>>> {
        Poll::Ready(Ok(None))
    }

    fn can_restart(&self) -> bool {
        !self.touched
    }

    fn poll_chunk(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        let this = self.get_mut();
        this.touched = true;
        poll_read(&mut this.reader, &mut this.buffer, context)
    }
}

fn poll_read(
    reader: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
    context: &mut Context<'_>,
) -> Poll<io::Result<Bytes>> {
    buffer.resize(READER_CHUNK, 0);
    let mut read = ReadBuf::new(buffer);
    ready!(Pin::new(reader).poll_read(context, &mut read))?;
    Poll::Ready(Ok(Bytes::copy_from_slice(read.filled())))
}

/// A reader that can go back to where it was when it was handed over.
struct Seekable<R> {
    reader: R,
    buffer: Vec<u8>,
    beginning: Option<u64>,
    step: Seeking,
}

/// How far a [`Seekable`] is on its way back to the beginning.
#[derive(Clone, Copy)]
enum Seeking {
    /// Nothing is under way.
    Rest,
    /// Finding out where the reader is, if that is not known.
    Where,
    /// Finding out where the end is.
    End,
    /// Going back, with the size.
    Back(u64),
}

impl<R: AsyncRead + AsyncSeek + Send + Unpin> Source for Seekable<R> {
    fn poll_start(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<Option<u64>>> {
        let this = self.get_mut();
        let mut reader = Pin::new(&mut this.reader);
        loop {
            match this.step {
                Seeking::Rest => {
                    // An earlier seek must be finished before a new one starts.
                    ready!(reader.as_mut().poll_complete(context))?;
                    reader.as_mut().start_seek(SeekFrom::Current(0))?;
                    this.step = Seeking::Where;
                }
                Seeking::Where => {
                    let position = ready!(reader.as_mut().poll_complete(context))?;
                    this.beginning.get_or_insert(position);
                    reader.as_mut().start_seek(SeekFrom::End(0))?;
                    this.step = Seeking::End;
                }
                Seeking::End => {
                    let end = ready!(reader.as_mut().poll_complete(context))?;
                    let beginning = this.beginning.unwrap_or(0);
                    reader.as_mut().start_seek(SeekFrom::Start(beginning))?;
                    this.step = Seeking::Back(end.saturating_sub(beginning));
                }
                Seeking::Back(size) => {
                    ready!(reader.as_mut().poll_complete(context))?;
                    this.step = Seeking::Rest;
                    return Poll::Ready(Ok(Some(size)));
                }
            }
        }
    }

    fn can_restart(&self) -> bool {
        true
    }

    fn poll_chunk(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        let this = self.get_mut();
        poll_read(&mut this.reader, &mut this.buffer, context)
    }
}

/// A stream, which cannot go back.
struct Chunks<S> {
    stream: S,
    touched: bool,
}

impl<S, B, E> Source for Chunks<S>
where
    S: Stream<Item = Result<B, E>> + Send + Unpin,
    B: Into<Bytes>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn poll_start(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<Option<u64>>> {
        Poll::Ready(Ok(None))
    }

    fn can_restart(&self) -> bool {
        !self.touched
    }

    fn poll_chunk(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        self.touched = true;
        loop {
            return Poll::Ready(
                match ready!(Pin::new(&mut self.stream).poll_next(context)) {
                    None => Ok(Bytes::new()),
                    Some(Ok(chunk)) => {
                        let chunk = chunk.into();
                        // An empty piece is not the end.
                        if chunk.is_empty() {
                            continue;
                        }
                        Ok(chunk)
                    }
                    Some(Err(error)) => Err(match error.into().downcast::<io::Error>() {
                        Ok(error) => *error,
                        Err(error) => io::Error::other(error),
                    }),
                },
            );
        }
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
    /// use lagclient::asynchronous::{AsyncClient, UploadImage};
    /// use lagclient::models::ImagePurpose;
    /// use tokio::io::AsyncRead;
    ///
    /// # async fn example(reader: impl AsyncRead + Send + 'static) -> lagclient::Result<()> {
    /// let image = UploadImage::from_reader(reader, ImagePurpose::Chat)
    ///     .file_name("cat.gif")
    ///     .alt("A cat that chases its tail")
    ///     .on_progress(|progress| println!("{} bytes", progress.sent));
    /// AsyncClient::from_env()?.images().upload(image).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_reader(
        reader: impl AsyncRead + Send + 'static,
        purpose: impl Into<ImagePurpose>,
    ) -> Self {
        let source = Once {
            reader: Box::pin(reader),
            buffer: Vec::new(),
            touched: false,
        };
        Self::from_source(Box::pin(source), purpose)
    }

    /// Uploads everything that a reader reads, from its current position to its
    /// end. The length is announced to the server, and if the upload has to be
    /// repeated, the reader goes back.
    pub fn from_seekable_reader(
        reader: impl AsyncRead + AsyncSeek + Send + 'static,
        purpose: impl Into<ImagePurpose>,
    ) -> Self {
        let source = Seekable {
            reader: Box::pin(reader),
            buffer: Vec::new(),
            beginning: None,
            step: Seeking::Rest,
        };
        Self::from_source(Box::pin(source), purpose)
    }

    /// Uploads everything that a stream yields, to its end. The length is only
    /// announced to the server if [`size`](Self::size) gives it. Once something
    /// was taken from the stream, the upload is not repeated after a failure.
    pub fn from_stream<S, B, E>(stream: S, purpose: impl Into<ImagePurpose>) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<Bytes>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let source = Chunks {
            stream: Box::pin(stream),
            touched: false,
        };
        Self::from_source(Box::pin(source), purpose)
    }
}
