//! What a call tells a `tracing` subscriber, and what it does not.

use std::cell::RefCell;
use std::io::Write;
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use lagclient::{BeforeRequest, Error, Hook, Method, RateLimit, RetryPolicy};
use serde_json::json;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

use crate::client::{maybe_async, test};
use crate::support::{ROBOT_KEY, Reply, Server, USER_TOKEN, builder};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

thread_local! {
    /// Where what is traced on this thread goes to.
    static LOG: RefCell<Option<Log>> = const { RefCell::new(None) };
}

/// Ends it.
struct Listening;

impl Drop for Listening {
    fn drop(&mut self) {
        LOG.set(None);
    }
}

/// Everything that is traced on this thread from here on, also by the HTTP
/// libraries, at every level.
///
/// One subscriber serves all threads, as `tracing` asks a place once whether
/// anybody listens: with a subscriber for each, it would be the thread which
/// comes by first that says so, and which need not be the one that listens.
fn listen() -> (Log, Listening) {
    static SUBSCRIBER: Once = Once::new();

    SUBSCRIBER.call_once(|| {
        let layer = tracing_subscriber::fmt::layer()
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(|| LOG.with_borrow(Clone::clone).unwrap_or_default())
            .with_filter(dynamic_filter_fn(|_, _| LOG.with_borrow(Option::is_some)));
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
    // A place that was asked just before that has another answer still.
    tracing::callsite::rebuild_interest_cache();
    let log = Log::default();
    LOG.set(Some(log.clone()));
    (log, Listening)
}

#[maybe_async]
#[test]
async fn a_span_tells_of_the_call_and_of_no_secret() {
    let (log, _guard) = listen();
    let headers = [
        ("x-request-id", "req_77"),
        ("Content-Type", "application/json"),
    ];
    let body = json!({"id": "secret_body", "roomId": "r", "content": "secret_body"});
    let server = Server::start([
        Reply::status(503),
        Reply::new(201, &headers, body.to_string()),
    ]);
    let client = builder(USER_TOKEN, &server)
        .header("x-api-key", "hunter2")
        .retry(RetryPolicy::new())
        .max_retries(1)
        .build()
        .unwrap();
    let messages = client.servers().rooms().messages();
    messages
        .send("secret_id", "r", "secret_body")
        .await
        .unwrap();
    let text = log.text();
    for told in [
        "otel.kind=\"client\"",
        "otel.name=POST /servers/{server_id}/rooms/{room_id}/messages",
        "http.request.method=POST",
        "url.template=/servers/{server_id}/rooms/{room_id}/messages",
        "server.address=\"127.0.0.1\"",
        "server.port=",
        "attempt=1",
        "http.response.status_code=503",
        "trying again",
        "attempts=2",
        "http.request.resend_count=1",
        "http.response.status_code=201",
        "request_id=\"req_77\"",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    for secret in [USER_TOKEN, "hunter2", "secret_body"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    let own: String = text
        .lines()
        .filter(|line| line.contains(" lagclient"))
        .collect();
    assert!(!own.is_empty() && !own.contains("secret_id"), "{own}");
}

#[maybe_async]
#[test]
async fn a_token_that_is_sent_back_is_not_told() {
    let (log, _guard) = listen();
    let headers = [("x-request-id", USER_TOKEN)];
    let server = Server::start([
        Reply::new(401, &headers, USER_TOKEN),
        Reply::Close(USER_TOKEN.as_bytes().to_vec()),
    ]);
    let client = builder(USER_TOKEN, &server).build().unwrap();
    let refused = client.request(Method::GET, "/secret_id").send::<()>().await;
    assert!(matches!(refused, Err(Error::Auth(_))));
    let broken = client.identity().await;
    assert!(matches!(broken, Err(Error::Connection(_))));
    let text = log.text();
    assert!(
        text.contains("url.template={path}") && text.contains("status_code=401"),
        "{text}"
    );
    assert!(
        text.contains("no answer") && text.contains("failure=Broken"),
        "{text}"
    );
    let own: String = text
        .lines()
        .filter(|line| line.contains(" lagclient"))
        .collect();
    assert!(
        !own.contains("0123456789") && !own.contains("secret_id"),
        "{own}"
    );
}

#[maybe_async]
#[test]
async fn a_listener_tells_of_its_connections_and_of_no_event() {
    let (log, _guard) = listen();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nx-request-id: req_78\r\n\r\n";
    let event = "id: secret_id\ndata: {\"type\":\"secret_body\"}\n\n";
    let server = Server::start([
        Reply::Close([head, event].concat().into()),
        Reply::status(503),
        Reply::status(401),
    ]);
    let client = builder(ROBOT_KEY, &server).build().unwrap();
    let mut events = client
        .robot()
        .events()
        .backoff(Duration::ZERO, Duration::ZERO);
    let event = events.next_event().await;
    assert!(event.is_some_and(|event| event.is_ok()));
    let ended = events.next_event().await;
    assert!(matches!(ended, Some(Err(Error::Auth(_)))), "{ended:?}");
    let text = log.text();
    for told in [
        "url.template=/robots/@me/events/sse",
        "request_id=\"req_78\"",
        "connecting again",
        "http.response.status_code=503",
        "failures=2",
        "http.response.status_code=401",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    let own: String = text
        .lines()
        .filter(|line| line.contains(" lagclient"))
        .collect();
    assert!(
        !own.contains("secret_") && !text.contains(ROBOT_KEY),
        "{text}"
    );
}

#[cfg(feature = "gateway")]
#[maybe_async]
#[test]
async fn the_gateway_is_traced_as_other_listeners_are() {
    use crate::support::gateway::{GatewayServer, Peer, Script, serve};
    use crate::support::server::response;

    let (log, _guard) = listen();
    let server = GatewayServer::start([
        Script::Answer(response(503, &[], b"")),
        serve(|peer: &mut Peer| peer.messages(["msg_1"])),
    ]);
    let client = crate::client::Client::builder(USER_TOKEN)
        .base_url(server.base_url())
        .build()
        .unwrap();
    let gateway = client.gateway().servers(["srv_secret"]);
    let mut events = gateway.backoff(Duration::ZERO, Duration::ZERO).events();
    let event = events.next_event().await.unwrap().unwrap();
    assert_eq!(event.message_id().unwrap(), "msg_1");
    let ended = events.next_event().await;
    assert!(matches!(ended, Some(Err(Error::Auth(_)))), "{ended:?}");
    let text = log.text();
    for expected in [
        "url.template=/ws",
        "connecting again",
        "http.response.status_code=503",
        "http.response.status_code=101",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    for secret in [USER_TOKEN, "0123456789", "srv_secret", "msg_1"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

/// Notes in which span it is called.
struct Where(Arc<Mutex<Vec<Option<&'static str>>>>);

impl Hook for Where {
    fn before(&self, _: &mut BeforeRequest<'_>) {
        let span = tracing::Span::current();
        let name = span.metadata().map(tracing::Metadata::name);
        self.0.lock().unwrap().push(name);
    }
}

/// What runs in a call is in its span, also what HTTP libraries trace.
#[maybe_async]
#[test]
async fn a_call_runs_in_its_span() {
    let (log, _guard) = listen();
    let server = Server::start([
        Reply::json(200, &json!({"version": "1"})),
        Reply::status(401),
    ]);
    let spans = Arc::default();
    let client = builder(ROBOT_KEY, &server).hook(Where(Arc::clone(&spans)));
    let client = client.build().unwrap();
    client.system().version().await.unwrap();
    let mut events = client.robot().events();
    let ended = events.next_event().await;
    assert!(matches!(ended, Some(Err(Error::Auth(_)))), "{ended:?}");
    assert_eq!(spans.lock().unwrap()[0], Some("call"));
    let text = log.text();
    let closed: Vec<&str> = text
        .lines()
        .filter(|line| line.contains(" close "))
        .collect();
    assert_eq!(closed.len(), 2, "{text}");
    for line in closed {
        assert!(!line.contains("time.busy=0ns"), "{line}");
    }
    assert!(text.contains("error.type=\"401\""), "{text}");
    assert!(tracing::Span::current().is_none());
}

#[maybe_async]
#[test]
async fn a_wait_for_the_rate_limit_is_told() {
    let (log, _guard) = listen();
    let server = Server::start((0..2).map(|_| Reply::json(200, &json!({"version": "1"}))));
    let client = builder(ROBOT_KEY, &server)
        .rate_limit(RateLimit::none().requests(1, Duration::from_millis(150)))
        .build()
        .unwrap();
    client.system().version().await.unwrap();
    assert!(!log.text().contains("waited for the rate limit"));
    client.system().version().await.unwrap();
    let text = log.text();
    assert!(text.contains("waited for the rate limit"), "{text}");
    assert!(text.contains("rate_limit.wait=0.1"), "{text}");
}
