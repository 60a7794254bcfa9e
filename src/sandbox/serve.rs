//! Accepting connections and answering the requests on them.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::{sleep, timeout};

use super::body::ReplyBody;
use super::dispatch::{Outcome, body_limit, dispatch};
use super::events;
use super::failure::Failure;
use super::fault::{Effect, Fault};
use super::reply::{Reply, ok};
use super::shared::Shared;
use super::uploads::StoredFile;
use super::wire::{Bend, Plan, Wire};

/// How long a connection may take for the head of a request, idle time included.
const HEAD_TIMEOUT: Duration = Duration::from_secs(120);
/// How long a request may pause in the middle of its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// How much of a body that is too large is read and thrown away, so that the client gets to read
/// the refusal instead of a broken connection.
const DRAINED: usize = 64 * 1024 * 1024;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Runs until `stop` is used or dropped. The connections end with the runtime.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, stop: oneshot::Receiver<()>) {
    let connections = AtomicU64::new(0);
    let places = Arc::new(Semaphore::new(shared.max_connections));
    let mut stop = pin!(stop);
    loop {
        let mut next = pin!(accept(&listener, &places));
        let accepted = poll_fn(|cx| {
            if stop.as_mut().poll(cx).is_ready() {
                return std::task::Poll::Ready(None);
            }
            next.as_mut().poll(cx).map(Some)
        })
        .await;
        match accepted {
            None => return,
            Some(Ok((stream, place))) => {
                if shared.faults().takes_connection() {
                    continue;
                }
                let number = connections.fetch_add(1, Ordering::Relaxed) + 1;
                let connection = Connection {
                    shared: shared.clone(),
                    bend: Bend::default(),
                    number,
                };
                tokio::spawn(async move {
                    connection.run(stream).await;
                    drop(place);
                });
            }
            // Out of file descriptors, most likely: others have to go first.
            Some(Err(_)) => sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = places
        .clone()
        .acquire_owned()
        .await
        .map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, place))
}

#[derive(Debug)]
struct Connection {
    shared: Arc<Shared>,
    bend: Bend,
    number: u64,
}

/// The request is left without an answer and the connection is closed.
#[derive(Debug)]
struct Abandoned;

impl std::fmt::Display for Abandoned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("closed without an answer by an injected fault")
    }
}

impl std::error::Error for Abandoned {}

impl Connection {
    async fn run(self, stream: TcpStream) {
        let wire = Wire::new(stream, self.bend.clone());
        let connection = &self;
        let served = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(
                TokioIo::new(wire),
                service_fn(|request| connection.answer(request)),
            );
        // A connection that breaks is the client's affair or a fault's.
        drop(served.await);
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<ReplyBody>, Abandoned> {
        let (head, incoming) = request.into_parts();
        let entry = self.shared.journal().begin(
            self.number,
            head.method.to_string(),
            target(&head),
            head.headers.clone(),
        );
        let fault = self.shared.faults().pick(&head.method, head.uri.path());
        if let Some(Effect::CloseUnread) = fault.as_ref().map(Fault::effect) {
            self.note(entry, None);
            return Err(Abandoned);
        }
        let outcome = match read_body(incoming, body_limit(&self.shared, &head)).await {
            Ok(body) => {
                self.shared.journal().body(entry, &body);
                self.outcome(&head, &body, fault.as_ref()).await
            }
            Err(failure) => Outcome {
                answer: Err(failure),
                expected: false,
            },
        };
        if !outcome.expected {
            self.shared.journal().unexpected(entry);
        }
        let response = self.respond(outcome, &head);
        let response = match fault {
            None => Ok(response),
            Some(fault) => self.spoil(response, &fault, &head),
        };
        let status = response
            .as_ref()
            .ok()
            .map(|answer| answer.status().as_u16());
        self.note(entry, status);
        response
    }

    /// Completes the log entry of a request.
    fn note(&self, entry: u64, status: Option<u16>) {
        let mut journal = self.shared.journal();
        let request = journal.end(entry, status);
        if let (Some(observer), Some(request)) = (&self.shared.observer, request) {
            let request = request.clone();
            drop(journal);
            observer.tell(&request);
        }
    }

    async fn outcome(&self, head: &Parts, body: &Bytes, fault: Option<&Fault>) -> Outcome {
        if let Some(Effect::Delay(delay)) = fault.map(Fault::effect) {
            sleep(*delay).await;
        }
        if fault.is_none_or(Fault::lets_it_happen) {
            let mut outcome = dispatch(&self.shared, head, body);
            if let Ok(Reply::EventPoll(robot)) = &outcome.answer {
                let (batch, last) = events::poll(&self.shared, robot).await;
                if !fault.is_some_and(Fault::loses_events)
                    && let Some(robot) = self.shared.world().robots.get_mut(robot)
                {
                    robot.events.set_polled(last);
                }
                outcome.answer = ok(&batch);
            }
            outcome
        } else {
            Outcome {
                answer: Ok(Reply::Empty),
                expected: self
                    .shared
                    .router
                    .find(&head.method, head.uri.path())
                    .is_ok(),
            }
        }
    }

    fn respond(&self, outcome: Outcome, head: &Parts) -> Response<ReplyBody> {
        let mut response = match outcome.answer {
            Ok(Reply::Json(status, body)) => json_response(status, body),
            Ok(Reply::File(file)) => file_response(file),
            Ok(Reply::EventStream(robot, after)) => {
                let pieces = events::stream(self.shared.clone(), robot, after);
                event_stream(pieces)
            }
            // A poll has become its answer by now.
            Ok(Reply::Empty | Reply::EventPoll(_)) => {
                let mut response = Response::new(ReplyBody::Whole(Bytes::new()));
                *response.status_mut() = StatusCode::NO_CONTENT;
                response
            }
            Err(failure) => self.refusal(&failure, head),
        };
        if let Ok(id) = HeaderValue::from_str(&self.shared.next_request_id()) {
            response.headers_mut().insert(&REQUEST_ID, id);
        }
        response
    }

    fn refusal(&self, failure: &Failure, head: &Parts) -> Response<ReplyBody> {
        let envelope = envelope(&self.shared, failure, head);
        let mut response = json_response(failure.status_code(), envelope);
        let headers = response.headers_mut();
        if let Some(seconds) = failure.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if failure.status_code() == StatusCode::METHOD_NOT_ALLOWED
            && let Ok(allowed) = self.shared.router.methods(head.uri.path()).parse()
        {
            headers.insert(ALLOW, allowed);
        }
        response
    }

    /// Turns a proper answer into the one that the fault asks for.
    fn spoil(
        &self,
        mut response: Response<ReplyBody>,
        fault: &Fault,
        head: &Parts,
    ) -> Result<Response<ReplyBody>, Abandoned> {
        let length = usize::try_from(response.body().size_hint().lower()).unwrap_or(usize::MAX);
        match fault.effect().clone() {
            Effect::Delay(_) | Effect::CloseUnread => {}
            Effect::Close => return Err(Abandoned),
            Effect::Reset => self.bend.set(Plan::Reset),
            Effect::Raw(bytes) => self.bend.set(Plan::Replace(bytes)),
            // In the middle of the first header line after the status line.
            Effect::CloseInHeaders => self.bend.set(Plan::CutAfter(24)),
            Effect::CloseInBody if length == 0 => self.bend.set(Plan::CutAfter(24)),
            Effect::CloseInBody => self.bend.set(Plan::CutInBody(length / 2)),
            Effect::Status {
                status,
                headers,
                body,
            } => {
                let body = body.unwrap_or_else(|| {
                    let failure = Failure::new(status, "Injected by a test");
                    envelope(&self.shared, &failure, head).into()
                });
                let id = response.headers().get(&REQUEST_ID).cloned();
                response = json_response(status, body);
                if let Some(id) = id {
                    response.headers_mut().insert(&REQUEST_ID, id);
                }
                let mut replaced = Vec::new();
                for (name, value) in headers {
                    if replaced.contains(&name) {
                        response.headers_mut().append(name, value);
                    } else {
                        replaced.push(name.clone());
                        response.headers_mut().insert(name, value);
                    }
                }
            }
            Effect::EndlessBody => {
                *response.status_mut() = StatusCode::OK;
                let json = HeaderValue::from_static("application/json");
                response.headers_mut().insert(CONTENT_TYPE, json);
                *response.body_mut() = ReplyBody::Endless { started: false };
            }
            Effect::CutBody { after, .. } => {
                self.bend.set(Plan::CutInBody(after));
                close_afterwards(&mut response);
            }
            Effect::StallBody { after } => {
                self.bend.set(Plan::StallInBody(after));
                close_afterwards(&mut response);
            }
            Effect::StallInBody => {
                response = response.map(|body| ReplyBody::stalling(body.into_whole()));
            }
            Effect::SlowBody(pause) => {
                response = response.map(|body| ReplyBody::slow(body.into_whole(), pause));
            }
        }
        Ok(response)
    }
}

/// The error body of the service that the request was meant for.
#[cfg_attr(
    not(feature = "nolag"),
    expect(unused_variables, reason = "there is one service then")
)]
fn envelope(shared: &Shared, failure: &Failure, head: &Parts) -> Vec<u8> {
    #[cfg(feature = "nolag")]
    if super::routes::nolag::covers(head.uri.path()) {
        let now = shared.world().clock.now();
        return super::routes::nolag::envelope(failure, now);
    }
    failure.envelope()
}

/// The connection is bent for good: no other answer is to go over it.
fn close_afterwards(response: &mut Response<ReplyBody>) {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
}

fn target(head: &Parts) -> String {
    head.uri
        .path_and_query()
        .map_or_else(|| head.uri.to_string(), ToString::to_string)
}

fn json_response(status: StatusCode, body: impl Into<Bytes>) -> Response<ReplyBody> {
    let mut response = Response::new(ReplyBody::Whole(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    response
}

fn event_stream(pieces: mpsc::Receiver<Bytes>) -> Response<ReplyBody> {
    let mut response = Response::new(ReplyBody::Streamed(pieces));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn file_response(file: StoredFile) -> Response<ReplyBody> {
    let mut response = Response::new(ReplyBody::Whole(file.bytes));
    let kind = HeaderValue::from_str(&file.content_type)
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// Reads a body to its end, but keeps no more than `limit` bytes of it.
async fn read_body(mut incoming: Incoming, limit: usize) -> Result<Bytes, Failure> {
    let mut whole = BytesMut::new();
    let mut length = 0_usize;
    loop {
        let frame = poll_fn(|cx| Pin::new(&mut incoming).poll_frame(cx));
        let data = match timeout(BODY_TIMEOUT, frame).await {
            Err(_) => {
                return Err(Failure::new(
                    StatusCode::REQUEST_TIMEOUT,
                    "The body did not arrive in time",
                ));
            }
            Ok(None) => break,
            Ok(Some(Err(error))) => {
                return Err(Failure::bad_request(format!("The body is broken: {error}")));
            }
            Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
        };
        length = length.saturating_add(data.len());
        if length <= limit {
            whole.extend_from_slice(&data);
        } else {
            whole = BytesMut::new();
        }
        if length > limit.saturating_add(DRAINED) {
            break;
        }
    }
    if length > limit {
        return Err(Failure::too_large(limit));
    }
    Ok(whole.freeze())
}
