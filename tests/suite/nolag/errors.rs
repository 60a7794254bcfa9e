//! Error answers.

use lagclient::{ApiError, Error};
use serde_json::{Value, json};

use crate::client::{NoLagClient, maybe_async, test};
use crate::support::{NOLAG_KEY, Reply, Server, fixture, nolag};

const ID: &str = "01939f83-8b57-7c3e-a456-426614174000";

#[maybe_async]
async fn failed(reply: Reply) -> Error {
    let server = Server::start([reply]);
    nolag(&server).apps().get("a").await.unwrap_err()
}

#[maybe_async]
#[test]
async fn every_status_has_its_variant_and_its_support_id() {
    type Variant = fn(&Error) -> bool;
    let table: [(u16, &str, Variant); 8] = [
        (400, "http_400", |error| matches!(error, Error::Api(_))),
        (401, "unauthorized", |error| matches!(error, Error::Auth(_))),
        (403, "forbidden", |error| {
            matches!(error, Error::Permission(_))
        }),
        (404, "not_found", |error| {
            matches!(error, Error::NotFound(_))
        }),
        (409, "conflict", |error| matches!(error, Error::Conflict(_))),
        (418, "http_418", |error| matches!(error, Error::Api(_))),
        (429, "rate_limited", |error| {
            matches!(error, Error::RateLimit(_))
        }),
        (502, "server_error", |error| {
            matches!(error, Error::Server(_))
        }),
    ];
    for (status, code, is_variant) in table {
        let error = failed(Reply::json(status, &fixture("nolag-any-error"))).await;
        assert!(is_variant(&error), "{error:?}");
        assert_eq!(error.code(), code);
        let api = error.api().unwrap();
        assert_eq!(api.status, status);
        assert_eq!(api.message, "Description of the error");
        assert_eq!(api.support_id.as_deref(), Some(ID));
        assert_eq!(api.timestamp.as_deref(), Some("2024-01-15T10:30:00.000Z"));
        assert_eq!(api.body, Some(fixture("nolag-any-error")));
        assert_eq!(api.endpoint, "GET /apps/{app_id}");
        let shown = error.to_string();
        assert!(shown.contains(&format!("(support id {ID})")), "{shown}");
    }
}

#[maybe_async]
#[test]
async fn the_older_envelope() {
    let body = json!({"statusCode": 400, "message": "name is required", "error": "Bad Request"});
    let error = failed(Reply::json(400, &body)).await;
    assert_eq!(error.code(), "Bad Request");
    let api = error.api().unwrap();
    assert_eq!(api.message, "name is required");
    assert_eq!((&api.support_id, &api.timestamp), (&None, &None));
}

#[maybe_async]
#[test]
async fn bodies_that_are_no_envelope() {
    let html = "<html>Bad Gateway</html>";
    for (reply, message, body) in [
        (Reply::status(404), "HTTP 404", None),
        (
            Reply::new(502, &[("Content-Type", "text/html")], html),
            "HTTP 502",
            Some(Value::String(html.into())),
        ),
        (Reply::json(400, &json!([1])), "HTTP 400", Some(json!([1]))),
        (
            Reply::json(
                400,
                &json!({"id": 5, "message": ["a", "b"], "timestamp": null}),
            ),
            "a; b",
            Some(json!({"id": 5, "message": ["a", "b"], "timestamp": null})),
        ),
    ] {
        let error = failed(reply).await;
        let ApiError {
            message: found,
            body: kept,
            support_id,
            timestamp,
            ..
        } = error.api().unwrap();
        assert_eq!(found, message);
        assert_eq!(kept, &body);
        assert_eq!((support_id, timestamp), (&None, &None));
    }
}

#[maybe_async]
#[test]
async fn no_secret_is_shown() {
    let body = json!({"id": NOLAG_KEY, "message": format!("bad key {NOLAG_KEY}, at_s3cret")});
    let error = failed(Reply::json(401, &body)).await;
    let shown = format!("{error} {error:?} {error:#?}");
    assert!(
        !shown.contains("456789") && !shown.contains("s3cret"),
        "{shown}"
    );
    assert!(error.to_string().contains("bad key [redacted]"), "{error}");
}

#[maybe_async]
#[test]
async fn retries_are_those_of_the_core() {
    let server = Server::start([
        Reply::json(502, &fixture("nolag-any-error")),
        Reply::json(200, &fixture("nolag-get-apps-appid-response")),
    ]);
    let client = NoLagClient::builder(NOLAG_KEY)
        .base_url(server.base_url())
        .retry(
            lagclient::RetryPolicy::new()
                .base_delay(std::time::Duration::ZERO)
                .jitter(std::time::Duration::ZERO),
        )
        .build()
        .unwrap();
    client.apps().get("a").await.unwrap();
    assert_eq!(server.requests().len(), 2);
}
