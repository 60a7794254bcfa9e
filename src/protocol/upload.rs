//! The state of an upload: what is sent next, how much was sent, and whether
//! that is as much as was announced. How the source is read and how the bytes
//! are sent differs between the clients: see `upload.rs` in their folders.

use std::fmt;
use std::io::{self, ErrorKind};

use bytes::Bytes;

use super::multipart::Form;
use crate::error::InvalidArgument;

/// How many bytes an image may have, at most, to be accepted by the service.
pub(crate) const MAX_IMAGE: u64 = 25 * 1024 * 1024;

/// How far an upload has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UploadProgress {
    /// How many bytes of the file have been handed to the connection.
    pub sent: u64,
    /// How many bytes the file has, if that is known beforehand.
    pub total: Option<u64>,
    /// Which attempt it is, from 1. A new attempt starts from the beginning.
    pub attempt: u32,
}

pub(crate) type OnProgress = Box<dyn FnMut(UploadProgress) + Send>;

/// What an upload sends next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The part of the form that comes before the file.
    Before,
    /// The file itself.
    File,
    /// The part of the form that comes after the file.
    After,
    /// Nothing more.
    Done,
}

/// Follows an upload through its attempts.
pub(crate) struct UploadState {
    form: Form,
    on_progress: Option<OnProgress>,
    stage: Stage,
    /// The part of the form before or after the file, as far as it is not sent
    /// yet.
    rest: Bytes,
    progress: UploadProgress,
    /// What made reading the source fail.
    error: Option<io::Error>,
}

impl UploadState {
    pub(crate) fn new(form: Form, on_progress: Option<OnProgress>) -> Self {
        Self {
            form,
            on_progress,
            stage: Stage::Done,
            rest: Bytes::new(),
            progress: UploadProgress {
                sent: 0,
                total: None,
                attempt: 0,
            },
            error: None,
        }
    }

    pub(crate) fn form(&self) -> &Form {
        &self.form
    }

    /// How long the body is, if that is known.
    pub(crate) fn length(&self) -> Option<u64> {
        Some(self.progress.total? + self.form.overhead())
    }

    /// Begins an attempt with a source of this size.
    pub(crate) fn begin(&mut self, size: Option<u64>) -> Result<(), InvalidArgument> {
        if size.is_some_and(|size| size > MAX_IMAGE) {
            return Err(InvalidArgument::new(
                "image",
                format!("must have at most {MAX_IMAGE} bytes (25 MiB)"),
            ));
        }
        self.progress = UploadProgress {
            sent: 0,
            total: size,
            attempt: self.progress.attempt + 1,
        };
        self.error = None;
        self.stage = Stage::Before;
        self.rest = self.form.before.clone();
        self.report();
        Ok(())
    }

    pub(crate) fn stage(&self) -> Stage {
        self.stage
    }

    /// The next bytes of the form before or after the file, at most `limit`.
    pub(crate) fn framing(&mut self, limit: usize) -> Bytes {
        let part = self.rest.split_to(limit.min(self.rest.len()));
        if self.rest.is_empty() {
            self.stage = match self.stage {
                Stage::Before => Stage::File,
                Stage::After => Stage::Done,
                stage @ (Stage::File | Stage::Done) => stage,
            };
        }
        part
    }

    /// Counts bytes that were read from the source. 0 means that the source has
    /// ended. An error says that its length is not as announced, or too great.
    pub(crate) fn read(&mut self, bytes: usize) -> io::Result<()> {
        if bytes == 0 {
            return self.end();
        }
        self.progress.sent = self.progress.sent.saturating_add(bytes as u64);
        let sent = self.progress.sent;
        let reason = match self.progress.total {
            Some(total) if sent > total => "the file grew while it was sent",
            None if sent > MAX_IMAGE => "the file is larger than 25 MiB",
            _ => {
                self.report();
                return Ok(());
            }
        };
        Err(io::Error::new(ErrorKind::FileTooLarge, reason))
    }

    fn end(&mut self) -> io::Result<()> {
        if self
            .progress
            .total
            .is_some_and(|total| self.progress.sent < total)
        {
            return Err(io::Error::new(
                ErrorKind::UnexpectedEof,
                "the file ended before the length that it had when sending began",
            ));
        }
        self.stage = Stage::After;
        self.rest = self.form.after.clone();
        Ok(())
    }

    /// Keeps an error of the source for the caller and returns another one for
    /// the HTTP library. The library may hide the error that it is given behind
    /// one of its own, so the original must not get lost in it.
    pub(crate) fn fail(&mut self, error: io::Error) -> io::Error {
        let stand_in = io::Error::new(error.kind(), "reading the data to send failed");
        self.error.get_or_insert(error);
        stand_in
    }

    /// What made reading the source fail.
    pub(crate) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }

    fn report(&mut self) {
        if let Some(report) = &mut self.on_progress {
            report(self.progress);
        }
    }
}

impl fmt::Debug for UploadState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadState")
            .field("stage", &self.stage)
            .field("progress", &self.progress)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::multipart::FormBuilder;

    fn upload() -> UploadState {
        let form = FormBuilder::file("file", "a", "a/b").unwrap();
        UploadState::new(form.build().unwrap(), None)
    }

    fn framing(upload: &mut UploadState) -> usize {
        let stage = upload.stage();
        let mut length = 0;
        while upload.stage() == stage {
            length += upload.framing(7).len();
        }
        length
    }

    #[test]
    fn an_upload_in_full() {
        let mut upload = upload();
        upload.begin(Some(5)).unwrap();
        let before = framing(&mut upload);
        assert_eq!(upload.stage(), Stage::File);
        upload.read(3).unwrap();
        upload.read(2).unwrap();
        assert_eq!(upload.stage(), Stage::File);
        upload.read(0).unwrap();
        let after = framing(&mut upload);
        assert_eq!(upload.stage(), Stage::Done);
        assert_eq!(upload.length(), Some((before + 5 + after) as u64));
    }

    #[test]
    fn what_is_not_as_announced_is_an_error() {
        let mut upload = upload();
        upload.begin(Some(5)).unwrap();
        upload.read(4).unwrap();
        let short = upload.read(0).unwrap_err();
        assert_eq!(short.kind(), ErrorKind::UnexpectedEof);
        let long = upload.read(2).unwrap_err();
        assert_eq!(long.kind(), ErrorKind::FileTooLarge);
    }

    #[test]
    fn the_limit() {
        let mut upload = upload();
        let limit = usize::try_from(MAX_IMAGE).unwrap();
        assert!(upload.begin(Some(MAX_IMAGE)).is_ok());
        let error = upload.begin(Some(MAX_IMAGE + 1)).unwrap_err();
        assert_eq!(error.argument, "image");
        upload.begin(None).unwrap();
        assert_eq!(upload.length(), None);
        upload.read(limit).unwrap();
        let error = upload.read(1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FileTooLarge);
    }
}
