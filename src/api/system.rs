//! The state of the service.

use super::{Client, example, maybe_async};
use crate::error::Result;
use crate::models::{Health, ServiceConfig, SystemStatus, Version};
use crate::protocol::request::Request;

/// Methods for the state of the service. They work with both kinds of token.
///
/// Reached by `client.system()`.
#[derive(Clone, Copy, Debug)]
pub struct System<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl System<'_> {
    /// Asks whether the service is healthy. `GET /health`.
    ///
    #[doc = example! {
        let health = client.system().health().await?;
        println!("{} in version {:?}", health.status, health.version);
    }]
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return).
    #[doc(alias = "ping")]
    #[doc(alias = "GET /health")]
    pub async fn health(self) -> Result<Health> {
        self.client.core.call(Request::get("/health")).await
    }

    /// Fetches the version of the service. `GET /version`.
    ///
    #[doc = example! {
        let version = client.system().version().await?.version;
        println!("talking to version {version}");
    }]
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return).
    #[doc(alias = "GET /version")]
    pub async fn version(self) -> Result<Version> {
        self.client.core.call(Request::get("/version")).await
    }

    /// Asks whether the service is restricted at the moment: by an upgrade, an
    /// outage or a waitlist for new users. `GET /system-status`.
    ///
    #[doc = example! {
        let status = client.system().status().await?;
        if status.outage || status.upgrading {
            println!("not now");
        }
    }]
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return).
    #[doc(alias = "outage")]
    #[doc(alias = "GET /system-status")]
    pub async fn status(self) -> Result<SystemStatus> {
        self.client.core.call(Request::get("/system-status")).await
    }

    /// Fetches which features the service has switched on. `GET /config`.
    ///
    #[doc = example! {
        let config = client.system().config().await?;
        for (name, feature) in &config.features {
            println!("{name}: {}", if feature.enabled { "on" } else { "off" });
        }
    }]
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return).
    #[doc(alias = "features")]
    #[doc(alias = "GET /config")]
    pub async fn config(self) -> Result<ServiceConfig> {
        self.client.core.call(Request::get("/config")).await
    }
}
