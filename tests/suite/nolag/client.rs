//! Building a client, its options, and requests to any endpoint.

use lagclient::nolag::{Key, models::App};
use lagclient::{Error, Method, RequestOptions};
use serde_json::json;

use super::app_json;
use crate::client::{NoLagClient, maybe_async, test};
use crate::support::{Expected, NOLAG_KEY, Reply, Server, nolag};

#[core::prelude::v1::test]
fn a_key_that_cannot_be_sent_is_refused() {
    for bad in ["", "nlg live", "nlg_live\r\nx: y", "nlg_live_ä"] {
        let error = NoLagClient::new(bad).unwrap_err();
        assert!(
            matches!(&error, Error::InvalidArgument(error) if error.argument == "key"),
            "{error:?}"
        );
        assert!(bad.is_empty() || !format!("{error} {error:?}").contains(bad));
    }
}

#[core::prelude::v1::test]
fn the_key_is_never_shown() {
    let key = Key::from(NOLAG_KEY);
    assert_eq!(key.expose(), NOLAG_KEY);
    let builder = NoLagClient::builder(key.clone());
    let shown = format!("{key:?} {builder:?}");
    let client = builder.build().unwrap();
    let shown = format!("{shown} {client:?} {:?}", client.apps());
    assert!(!shown.contains("456789"), "{shown}");
}

const _: fn() = || {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<NoLagClient>();
};

/// A key that looks like one of Lag's is a key all the same.
#[maybe_async]
#[test]
async fn the_scheme_is_always_bearer() {
    let server = Server::json(200, &app_json());
    let client = NoLagClient::builder("lag_robot_abc")
        .base_url(server.base_url())
        .build()
        .unwrap();
    client.apps().get("a").await.unwrap();
    assert_eq!(
        server.request().header("authorization"),
        ["Bearer lag_robot_abc"]
    );
}

#[maybe_async]
#[test]
async fn any_endpoint() {
    let server = Server::json(200, &app_json());
    let app: App = nolag(&server)
        .request(Method::PUT, "/servers/x")
        .query("a", "b c")
        .json(&json!({"x": 1}))
        .send()
        .await
        .unwrap();
    Expected::nolag("PUT", "/v1/servers/x?a=b%20c")
        .json(json!({"x": 1}))
        .on(&server);
    assert_eq!(app.app_id, "app_1");
}

#[maybe_async]
#[test]
async fn other_options_over_the_same_connection() {
    let server = Server::start([Reply::json(200, &app_json()), Reply::json(200, &app_json())]);
    let client = nolag(&server);
    client.apps().get("a").await.unwrap();
    let other = client.with_options(RequestOptions::new().header("x-trace", "t"));
    other.apps().get("a").await.unwrap();
    let requests = server.requests();
    assert!(requests[0].header("x-trace").is_empty());
    assert_eq!(requests[1].header("x-trace"), ["t"]);
    assert_eq!(requests[1].connection, requests[0].connection);
}
