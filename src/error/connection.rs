//! No answer, and why.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// No HTTP answer arrived.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ConnectionError {
    /// Method and path template as sent, such as `GET /servers/{server_id}`.
    pub endpoint: String,
    /// Host and port of the server, such as `api.trylag.com:443`.
    pub server: String,
    /// Why there was no answer.
    pub reason: String,
    /// How many attempts were made.
    pub attempts: u32,
    /// Whether any of the attempts may have reached the server and been
    /// processed, although no answer arrived.
    pub maybe_processed: bool,
    /// The error of the HTTP library.
    pub source: Arc<dyn Error + Send + Sync>,
    /// Whether a connection was made.
    pub(super) is_connected: bool,
    /// Whether `reason` holds all that `source` says.
    pub(super) is_told: bool,
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.is_connected {
            "no answer from"
        } else {
            "cannot connect to"
        };
        write!(
            f,
            "{}: {what} {}: {}",
            self.endpoint, self.server, self.reason
        )?;
        if self.attempts > 1 {
            write!(f, " (after {} attempts)", self.attempts)?;
        }
        Ok(())
    }
}

impl Error for ConnectionError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        if self.is_told {
            return None;
        }
        // Some libraries repeat in an error what its source says.
        let mut error: &(dyn Error + 'static) = &*self.source;
        while let Some(source) = error.source()
            && error.to_string().contains(&source.to_string())
        {
            error = source;
        }
        Some(error)
    }
}
