//! The state of the service.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::answer;

answer! {
    /// Whether the service is healthy.
    Health {
        /// `ok` if all is well.
        status: String,
        /// The version of the service.
        version: Option<String>,
        /// The server's clock.
        timestamp: Option<DateTime<Utc>>,
    }

    /// The version of the service.
    Version {
        /// The version.
        version: String,
    }

    /// Whether an upgrade, an outage or a waitlist restricts the service.
    SystemStatus {
        /// An upgrade is under way.
        upgrading: bool,
        /// There is an outage.
        outage: bool,
        /// New users have to wait.
        waitlist: bool,
    }

    /// Which features the service has switched on.
    ServiceConfig {
        /// Features by name.
        features: BTreeMap<String, FeatureConfig> = default,
    }

    /// Whether a feature can be used.
    FeatureConfig {
        /// Whether it is switched on.
        enabled: bool,
        /// Whether it is still a trial.
        beta: Option<bool>,
    }
}
