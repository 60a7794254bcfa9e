//! The state of the service.

use serde_json::json;

use crate::client::{maybe_async, test};
use crate::support::{Expected, Server, robot, user};

#[maybe_async]
#[test]
async fn health() {
    let server = Server::json(
        200,
        &json!({"status": "ok", "version": "1.2.3", "timestamp": "2024-01-15T10:00:00Z"}),
    );
    let health = user(&server).system().health().await.unwrap();
    Expected::user("GET", "/health").on(&server);
    assert_eq!(health.status, "ok");
    assert_eq!(health.version.as_deref(), Some("1.2.3"));
    assert_eq!(health.timestamp.unwrap().timestamp(), 1_705_312_800);
}

#[maybe_async]
#[test]
async fn version() {
    let server = Server::json(200, &json!({"version": "1.2.3"}));
    let version = robot(&server).system().version().await.unwrap();
    Expected::robot("GET", "/version").on(&server);
    assert_eq!(version.version, "1.2.3");
}

#[maybe_async]
#[test]
async fn status() {
    let server = Server::json(
        200,
        &json!({"upgrading": true, "outage": false, "waitlist": true}),
    );
    let status = user(&server).system().status().await.unwrap();
    Expected::user("GET", "/system-status").on(&server);
    assert!(status.upgrading && !status.outage && status.waitlist);
}

#[maybe_async]
#[test]
async fn config() {
    let server = Server::json(
        200,
        &json!({"features": {"robots": {"enabled": true, "beta": true}, "x": {"enabled": false}}}),
    );
    let config = user(&server).system().config().await.unwrap();
    Expected::user("GET", "/config").on(&server);
    assert!(config.features["robots"].enabled);
    assert_eq!(config.features["robots"].beta, Some(true));
    assert!(!config.features["x"].enabled);
    assert_eq!(config.features["x"].beta, None);
}
