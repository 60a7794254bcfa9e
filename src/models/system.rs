//! The state of the service.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::answer;

answer! {
    /// Whether the service is healthy.
    Health {
        /// `ok` if the service is healthy.
        status: String,
        /// The version of the service.
        version: Option<String>,
        /// The time by the server's clock.
        timestamp: Option<DateTime<Utc>>,
    }

    /// The version of the service.
    Version {
        /// The version.
        version: String,
    }

    /// Whether the service is restricted at the moment: by an upgrade, an
    /// outage or a waitlist for new users.
    SystemStatus {
        /// Whether the service is being upgraded.
        upgrading: bool,
        /// Whether the service has an outage.
        outage: bool,
        /// Whether new users have to wait.
        waitlist: bool,
    }

    /// Which features the service has switched on.
    ServiceConfig {
        /// The features, by their names.
        features: BTreeMap<String, FeatureConfig> = default,
    }

    /// Whether a feature can be used.
    FeatureConfig {
        /// Whether the feature is switched on.
        enabled: bool,
        /// Whether the feature is still in a test phase (beta).
        beta: Option<bool>,
    }
}
