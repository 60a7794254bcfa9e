//! The state of the service. Works with any token.

use super::{Client, maybe_async};
use crate::error::Result;
use crate::models::{Health, ServiceConfig, SystemStatus, Version};
use crate::protocol::request::Request;

/// The state of the service. Any kind of token works.
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
    /// What [any call can return](crate::Error#what-any-call-can-return).
    pub async fn health(self) -> Result<Health> {
        self.client.core.call(Request::get("/health")).await
    }

    /// The version of the service. `GET /version`.
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return).
    pub async fn version(self) -> Result<Version> {
        self.client.core.call(Request::get("/version")).await
    }

    /// Whether an upgrade, an outage or a waitlist restricts the service.
    /// `GET /system-status`.
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return).
    pub async fn status(self) -> Result<SystemStatus> {
        self.client.core.call(Request::get("/system-status")).await
    }

    /// Which features the service has switched on. `GET /config`.
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return).
    pub async fn config(self) -> Result<ServiceConfig> {
        self.client.core.call(Request::get("/config")).await
    }
}
