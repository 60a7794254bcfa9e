//! The state of the service. Works with any token.

use super::{Client, maybe_async};
use crate::error::Result;
use crate::models::{Health, ServiceConfig, SystemStatus, Version};
use crate::protocol::request::Request;

/// The state of the service. Any kind of token will do.
///
/// Reached by `client.system()`.
#[derive(Clone, Copy, Debug)]
pub struct System<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl System<'_> {
    /// Whether the service is healthy. `GET /health`.
    ///
    /// # Errors
    ///
    /// Those of every call, see [`Error`](crate::Error).
    pub async fn health(&self) -> Result<Health> {
        self.client.core.call(Request::get("/health")).await
    }

    /// Which version of the service runs. `GET /version`.
    ///
    /// # Errors
    ///
    /// Those of every call, see [`Error`](crate::Error).
    pub async fn version(&self) -> Result<Version> {
        self.client.core.call(Request::get("/version")).await
    }

    /// What keeps the service from working as usual. `GET /system-status`.
    ///
    /// # Errors
    ///
    /// Those of every call, see [`Error`](crate::Error).
    pub async fn status(&self) -> Result<SystemStatus> {
        self.client.core.call(Request::get("/system-status")).await
    }

    /// What the service offers. `GET /config`.
    ///
    /// # Errors
    ///
    /// Those of every call, see [`Error`](crate::Error).
    pub async fn config(&self) -> Result<ServiceConfig> {
        self.client.core.call(Request::get("/config")).await
    }
}
