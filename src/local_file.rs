//! Files that are uploaded.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::error::{Error, Result};
use crate::protocol::upload::MAX_IMAGE;

/// A file that is open for reading.
#[derive(Debug)]
pub(crate) struct LocalFile {
    pub(crate) file: File,
    /// The size in bytes. `None` if this is no regular file but, for instance,
    /// a pipe.
    pub(crate) size: Option<u64>,
}

impl LocalFile {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(ErrorKind::IsADirectory.into());
        }
        let size = metadata.is_file().then_some(metadata.len());
        Ok(Self { file, size })
    }
}

/// The content of a file that is sent as a whole.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    read_content(path).map_err(|error| error.of_file(path))
}

fn read_content(path: &Path) -> Result<Vec<u8>> {
    let LocalFile { file, size } = LocalFile::open(path)?;
    let size = size.unwrap_or(0).min(MAX_IMAGE);
    let mut content = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
    file.take(MAX_IMAGE + 1).read_to_end(&mut content)?;
    if content.len() as u64 > MAX_IMAGE {
        return Err(Error::invalid("image", "must have at most 25 MiB"));
    }
    Ok(content)
}
