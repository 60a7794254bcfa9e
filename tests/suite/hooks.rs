//! What a program learns of a call beside its result: hooks, and what a call
//! was answered with.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lagclient::models::ImagePurpose;
use lagclient::{
    AfterRequest, BeforeRequest, Error, Hook, Method, RateLimit, RequestOptions, RetryPolicy,
};
use serde_json::json;

use crate::client::{UploadImage, maybe_async, test};
use crate::support::{ROBOT_KEY, Reply, Server, USER_TOKEN, builder, robot, user};

const MS: Duration = Duration::from_millis(1);

/// Writes down all that it is told.
#[derive(Default)]
struct Diary {
    lines: Mutex<Vec<String>>,
    waited: Mutex<Vec<Duration>>,
    elapsed: Mutex<Vec<Duration>>,
    printed: Mutex<Vec<String>>,
}

impl Diary {
    fn write(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }

    fn print(&self, text: String) {
        self.printed.lock().unwrap().push(text);
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

impl Hook for Diary {
    fn before(&self, request: &mut BeforeRequest<'_>) {
        let body = request.body().map(|body| String::from_utf8_lossy(body));
        let (_, path) = request
            .url()
            .split_at(request.url().find("/ro").unwrap_or(0));
        self.write(format!(
            "before {} {} {} {path} {body:?}",
            request.attempt(),
            request.method(),
            request.path_template(),
        ));
        assert_eq!(request.headers()["accept"], "application/json");
        request.header("x-signed", format!("attempt {}", request.attempt()));
        self.waited.lock().unwrap().push(request.waited());
        self.print(format!("{request:?}"));
    }

    fn after(&self, request: &AfterRequest<'_>) {
        let id = request.headers().and_then(|all| all.get("x-request-id"));
        self.write(format!(
            "after {} {} {} {:?} {:?} {id:?} {:?}",
            request.attempt(),
            request.method(),
            request.path_template(),
            request.status(),
            request.error_type(),
            request.retry_in(),
        ));
        self.elapsed.lock().unwrap().push(request.elapsed());
        self.print(format!("{request:?}"));
    }
}

fn message() -> String {
    json!({"id": "m", "roomId": "r", "content": "hi"}).to_string()
}

#[maybe_async]
#[test]
async fn each_attempt_is_told_before_and_after() {
    let headers = [
        ("Content-Type", "application/json"),
        ("x-request-id", "req_7"),
    ];
    let server = Server::start([
        Reply::new(503, &[("Retry-After", "0")], ""),
        Reply::Close(Vec::new()),
        Reply::new(201, &headers, message()),
    ]);
    let diary = Arc::new(Diary::default());
    let client = builder(ROBOT_KEY, &server)
        .retry(
            RetryPolicy::new()
                .base_delay(Duration::ZERO)
                .jitter(Duration::ZERO),
        )
        .max_retries(2)
        .hook(Arc::clone(&diary))
        .build()
        .unwrap();
    let messages = client.servers().rooms().messages();
    messages.send("s", "r", "hi").await.unwrap();
    let template = "POST /robots/@me/servers/{server_id}/rooms/{room_id}/messages";
    let sent = r#"/robots/@me/servers/s/rooms/r/messages Some("{\"content\":\"hi\"}")"#;
    assert_eq!(
        diary.lines(),
        [
            format!("before 1 {template} {sent}"),
            format!("after 1 {template} Some(503) Some(\"http_503\") None Some(0ns)"),
            format!("before 2 {template} {sent}"),
            format!("after 2 {template} None Some(\"connection_error\") None Some(0ns)"),
            format!("before 3 {template} {sent}"),
            format!("after 3 {template} Some(201) None Some(\"req_7\") None"),
        ]
    );
    for (n, request) in server.requests().iter().enumerate() {
        assert_eq!(request.header("x-signed"), [format!("attempt {}", n + 1)]);
    }
    let printed = diary.printed.lock().unwrap().concat();
    assert!(
        !printed.contains("9876543210") && !printed.contains("attempt 1\""),
        "{printed}"
    );
}

#[maybe_async]
#[test]
async fn hooks_of_a_handle_are_its_own_and_come_last() {
    let server = Server::start((0..2).map(|_| Reply::json(200, &json!({"version": "1"}))));
    let (first, second) = (Arc::new(Diary::default()), Arc::new(Diary::default()));
    let options = RequestOptions::new().hook(Arc::clone(&first));
    let client = builder(USER_TOKEN, &server)
        .options(options)
        .build()
        .unwrap();
    let handle = client.with_options(RequestOptions::new().hook(Arc::clone(&second)));
    handle.system().version().await.unwrap();
    client.system().version().await.unwrap();
    assert_eq!(first.lines().len(), 4);
    assert_eq!(second.lines().len(), 2);
}

struct Breaks;

impl Hook for Breaks {
    fn before(&self, request: &mut BeforeRequest<'_>) {
        request.header("content-length", "7");
        request.header("x-a", "1\n2");
    }
}

#[maybe_async]
#[test]
async fn a_header_that_cannot_be_sent_fails_the_call() {
    let server = Server::start([]);
    let client = builder(USER_TOKEN, &server).hook(Breaks).build().unwrap();
    let error = client.system().version().await.unwrap_err();
    assert!(
        matches!(&error, Error::InvalidArgument(refused) if refused.argument == "header"),
        "{error:?}"
    );
    assert!(server.requests().is_empty());
}

#[maybe_async]
#[test]
async fn a_hook_sees_the_wait_for_the_rate_limit() {
    let headers = [("Content-Type", "application/json")];
    let server = Server::start((0..2).map(|_| Reply::new(201, &headers, message())));
    let diary = Arc::new(Diary::default());
    let client = builder(ROBOT_KEY, &server)
        .rate_limit(RateLimit::none().requests(1, 300 * MS))
        .hook(Arc::clone(&diary))
        .build()
        .unwrap();
    for _ in 0..2 {
        let messages = client.servers().rooms().messages();
        messages.send("s", "r", "hi").await.unwrap();
    }
    let waited = diary.waited.lock().unwrap();
    assert!(waited[0] < 100 * MS, "{waited:?}");
    assert!(waited[1] >= 200 * MS, "{waited:?}");
    let elapsed = diary.elapsed.lock().unwrap();
    assert!(elapsed[1] < 200 * MS, "without the wait: {elapsed:?}");
}

#[maybe_async]
#[test]
async fn uploads_and_listeners_have_hooks() {
    let server = Server::start([Reply::status(400)]);
    let diary = Arc::new(Diary::default());
    let client = builder(USER_TOKEN, &server).hook(Arc::clone(&diary));
    let image = UploadImage::from_bytes(vec![1, 2, 3], ImagePurpose::Chat);
    let uploaded = client.build().unwrap().images().upload(image).await;
    assert!(matches!(uploaded, Err(Error::Api(_))), "{uploaded:?}");
    let lines = diary.lines();
    assert!(
        lines[0].starts_with("before 1 POST /images") && lines[0].ends_with("None"),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with("after 1 POST /images Some(400)"),
        "{lines:?}"
    );
    assert_eq!(server.request().header("x-signed"), ["attempt 1"]);

    let server = Server::start([Reply::status(401)]);
    let diary = Arc::new(Diary::default());
    let client = builder(ROBOT_KEY, &server).hook(Arc::clone(&diary));
    let client = client.build().unwrap();
    let mut events = client.robot().events_by_polling();
    let ended = events.next_event().await;
    assert!(matches!(ended, Some(Err(Error::Auth(_)))), "{ended:?}");
    assert_eq!(
        diary.lines()[1],
        "after 1 GET /robots/@me/events/poll Some(401) Some(\"http_401\") None None"
    );
    assert_eq!(server.request().header("x-signed"), ["attempt 1"]);
}

#[maybe_async]
#[test]
async fn the_answer_of_a_typed_call_is_recorded() {
    let headers = [
        ("Content-Type", "application/json"),
        ("x-request-id", "req_9"),
        ("x-quota", "17"),
        ("set-cookie", "secret"),
    ];
    let server = Server::start([
        Reply::new(200, &headers, "[]"),
        Reply::status(204),
        Reply::new(404, &[("x-request-id", "req_10")], ""),
    ]);
    let client = robot(&server);
    let (noted, recorder) = client.recorded();
    assert!(recorder.last().is_none());
    let rooms = noted.servers().rooms().list("s").await.unwrap();
    assert!(rooms.is_empty());
    let answer = recorder.last().unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.endpoint, "GET /robots/@me/servers/{server_id}/rooms");
    assert_eq!(answer.request_id.as_deref(), Some("req_9"));
    assert_eq!(answer.headers["x-quota"], "17");
    assert_eq!(answer.attempts, 1);
    assert!(!format!("{answer:?} {recorder:?}").contains("secret"));
    // A call of the other client is not recorded.
    client.servers().leave("s").await.unwrap();
    assert_eq!(recorder.take().unwrap().status, 200);
    assert!(recorder.last().is_none());
    noted.servers().leave("s").await.unwrap_err();
    assert_eq!(recorder.last().unwrap().status, 404);
}

/// What an answer says of itself may hold the token.
#[maybe_async]
#[test]
async fn a_recorded_request_id_is_redacted() {
    let server = Server::start([Reply::new(204, &[("x-request-id", USER_TOKEN)], "")]);
    let (noted, recorder) = user(&server).recorded();
    let request = noted.request(Method::DELETE, "/x");
    request.send_raw().await.unwrap();
    let shown = format!("{:?}", recorder.last().unwrap());
    assert!(!shown.contains("0123456789"), "{shown}");
}
