//! Accepting connections and answering the requests on them.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, AUTHORIZATION, CONNECTION, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::sleep;

use super::control;
use super::dispatch::{Outcome, body_limit, dispatch};
use super::events;
use super::fault::{Effect, Fault};
use super::gateway::{self, Session};
use super::replies::{empty_response, event_stream, file_response, json_response, status_of};
use super::reply_body::ReplyBody;
use super::request_body::read_body;
use super::shared::Shared;
use super::stream::{FaultyStream, StreamFault, StreamPlan};

use crate::routes::call::{self, Answer, Reply, ok};
use crate::world::robots::EventQueue;
use crate::world::{Failure, Id};

/// How long the head of a request may take to arrive. Time in which the
/// connection is idle counts.
const HEAD_TIMEOUT: Duration = Duration::from_secs(120);
/// How many bytes the head of a request may have.
const HEAD_LIMIT: usize = 64 * 1024;
/// How many bytes of a head the HTTP library reads before it refuses the
/// request itself. It may read somewhat more: that depends on how the bytes
/// arrive.
const HEAD_BUFFER: usize = 2 * HEAD_LIMIT;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Runs until `stop` is used or dropped. The connections end with the runtime.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, stop: oneshot::Receiver<()>) {
    let connections = AtomicU64::new(0);
    let places = Arc::new(Semaphore::new(shared.settings.max_connections));
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
                    stream_fault: StreamFault::default(),
                    number,
                };
                tokio::spawn(async move {
                    connection.run(stream).await;
                    drop(place);
                });
            }
            // Most likely there are no file descriptors left, so other
            // connections have to end first.
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
    stream_fault: StreamFault,
    number: u64,
}

/// Says that the request gets no answer, and that the connection is closed.
#[derive(Debug)]
struct Abandoned;

impl std::fmt::Display for Abandoned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("closed without an answer by an injected fault")
    }
}

impl std::error::Error for Abandoned {}

/// Completes the log entry of a request when it is dropped: when the answer is
/// ready, or when the client has gone and the call is dropped.
#[derive(Debug)]
struct Record<'a> {
    shared: &'a Shared,
    entry: u64,
    status: Option<u16>,
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        let mut journal = self.shared.journal();
        let request = journal.end(self.entry, self.status);
        if let (Some(observer), Some(request)) = (&self.shared.settings.observer, request) {
            let request = request.clone();
            drop(journal);
            observer.tell(&request);
        }
    }
}

impl Connection {
    async fn run(self, stream: TcpStream) {
        let stream = FaultyStream::new(stream, self.stream_fault.clone());
        let connection = &self;
        let served = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(HEAD_BUFFER)
            .serve_connection(
                TokioIo::new(stream),
                service_fn(|request| connection.answer(request)),
            )
            .with_upgrades();
        // If a connection breaks, the client or a fault has done that.
        drop(served.await);
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<ReplyBody>, Abandoned> {
        if self.shared.settings.has_console && control::covers(request.uri().path()) {
            return Ok(control::answer(&self.shared, request).await);
        }
        let mut request = request;
        let upgrade = hyper::upgrade::on(&mut request);
        let (head, incoming) = request.into_parts();
        let entry = self.shared.journal().begin(
            self.number,
            head.method.to_string(),
            target(&head),
            &head.headers,
        );
        let mut record = Record {
            shared: &self.shared,
            entry,
            status: None,
        };
        self.note_caller(entry, &head);
        if head_size(&head) > HEAD_LIMIT {
            self.shared.journal().unexpected(entry);
            let large = format!("The head is larger than {HEAD_LIMIT} bytes");
            record.status = Some(431);
            let response = self.respond(Err(Failure::new(431, large)), &head);
            return Ok(closing(response));
        }
        let fault = self.shared.faults().pick(&head.method, head.uri.path());
        if let Some(fault) = &fault {
            self.shared.journal().met(entry, fault.describe());
        }
        if let Some(Effect::CloseUnread) = fault.as_ref().map(Fault::effect) {
            if !self.is_known(&head) {
                self.shared.journal().unexpected(entry);
            }
            return Err(Abandoned);
        }
        let sample = self.shared.journal().body_limit();
        let received = read_body(incoming, body_limit(&self.shared, &head), sample).await;
        self.shared
            .journal()
            .body(entry, &received.bytes, received.length);
        let (outcome, held_back) = match received.refused {
            None => self.outcome(&head, &received.bytes, fault.as_ref()).await,
            Some(failure) => {
                let expected = self.is_known(&head) && !failure.is_malformed();
                let answer = Err(failure);
                (Outcome { answer, expected }, None)
            }
        };
        if !outcome.expected {
            self.shared.journal().unexpected(entry);
        }
        let gateway_user = match &outcome.answer {
            Ok(Reply::Gateway { user, .. }) => Some(user.clone()),
            _ => None,
        };
        let response = self.respond(outcome.answer, &head);
        let session = gateway_user.map(|user| {
            // The session is told everything that happens from now on, and not
            // only when its task runs.
            let pace = fault.as_ref().and_then(Fault::pace);
            Session::new(&self.shared, user, pace)
        });
        let begin = |response: &Response<ReplyBody>| {
            if let (Some(session), StatusCode::SWITCHING_PROTOCOLS) = (session, response.status()) {
                tokio::spawn(session.run(upgrade));
            }
        };
        let Some(fault) = fault else {
            begin(&response);
            record.status = Some(response.status().as_u16());
            self.note_answer(entry, &response);
            return Ok(response);
        };
        let response = self.apply_fault(response, &fault, &head)?;
        begin(&response);
        if fault.sends_status() {
            record.status = Some(response.status().as_u16());
            self.note_answer(entry, &response);
        }
        if let Effect::Delay(delay) = fault.effect() {
            sleep(*delay).await;
            if let Some((robot, last)) = held_back {
                self.take_events(&robot, last);
            }
        }
        Ok(response)
    }

    /// Notes whose token a request carries. If it is a robot, also notes the
    /// last event that it had got, which is most likely what the request is
    /// about.
    fn note_caller(&self, entry: u64, head: &Parts) {
        let found = {
            let world = self.shared.world();
            let id = token(head).and_then(|token| {
                let robot = world.robot_keys.get(token);
                robot.or_else(|| world.user_tokens.get(token)).cloned()
            });
            id.map(|id| {
                let robot = world.robots.get(&id);
                let events = robot.map(|robot| &robot.events);
                let events = events.filter(|events| events.delivered() > events.before());
                (id, events.map(EventQueue::delivered))
            })
        };
        if let Some((caller, cause)) = found {
            self.shared.journal().called(entry, caller, cause);
        }
    }

    fn note_answer(&self, entry: u64, response: &Response<ReplyBody>) {
        let body = match response.body() {
            ReplyBody::Whole(body) => body,
            _ => &Bytes::new(),
        };
        let mut journal = self.shared.journal();
        journal.answered(entry, response.headers(), body);
    }

    /// Whether there is an endpoint for this method and path.
    fn is_known(&self, head: &Parts) -> bool {
        let (method, path) = (&head.method, head.uri.path());
        self.shared.router.find(method, path).is_ok()
    }

    fn take_events(&self, robot: &Id, last: u64) {
        if let Some(robot) = self.shared.world().robots.get_mut(robot) {
            robot.events.set_polled(last);
        }
    }

    /// Carries out the call. Also returns which events its answer carries,
    /// because they only count as taken when a delay is over.
    async fn outcome(
        &self,
        head: &Parts,
        body: &Bytes,
        fault: Option<&Fault>,
    ) -> (Outcome, Option<(Id, u64)>) {
        if !fault.is_none_or(Fault::lets_it_happen) {
            let outcome = Outcome {
                answer: Ok(Reply::Empty),
                expected: self.is_known(head),
            };
            return (outcome, None);
        }
        let mut outcome = dispatch(&self.shared, head, body);
        let mut held_back = None;
        if let (&Method::HEAD, Ok(Reply::EventPoll(_))) = (&head.method, &outcome.answer) {
            // The client would not see the events.
            outcome.answer = ok(&[(); 0]);
        }
        if let Ok(Reply::EventPoll(robot)) = &outcome.answer {
            let keeps = fault.is_some_and(Fault::loses_events);
            let polled = events::poll(&self.shared, robot, keeps).await;
            if let Ok((_, last)) = &polled {
                held_back = Some((robot.clone(), *last));
            }
            outcome.answer = polled.and_then(|(batch, _)| ok(&batch));
        }
        (outcome, held_back)
    }

    fn respond(&self, answer: Answer, head: &Parts) -> Response<ReplyBody> {
        let mut response = match answer {
            Ok(Reply::Json(status, body)) => json_response(status, body),
            Ok(Reply::File(file)) => file_response(file),
            Ok(Reply::EventStream(robot, after)) => {
                let pieces = events::stream(self.shared.clone(), robot, after);
                event_stream(pieces)
            }
            // A poll was replaced by its answer before.
            Ok(Reply::Empty | Reply::EventPoll(_)) => empty_response(),
            Ok(Reply::Gateway { key, .. }) => gateway::switching(&key),
            Err(failure) => self.refusal(&failure, head),
        };
        if let Ok(id) = HeaderValue::from_str(&self.shared.next_request_id()) {
            response.headers_mut().insert(&REQUEST_ID, id);
        }
        response
    }

    fn refusal(&self, failure: &Failure, head: &Parts) -> Response<ReplyBody> {
        let envelope = envelope(&self.shared, failure, head);
        let mut response = json_response(status_of(failure), envelope);
        let headers = response.headers_mut();
        if let Some(seconds) = failure.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if failure.status() == 405
            && let Ok(allowed) = self.shared.router.methods(head.uri.path()).parse()
        {
            headers.insert(ALLOW, allowed);
        }
        response
    }

    /// Turns a proper answer into the one that the fault asks for.
    fn apply_fault(
        &self,
        mut response: Response<ReplyBody>,
        fault: &Fault,
        head: &Parts,
    ) -> Result<Response<ReplyBody>, Abandoned> {
        let length = usize::try_from(response.body().size_hint().lower()).unwrap_or(usize::MAX);
        match fault.effect().clone() {
            Effect::Delay(_) | Effect::CloseUnread => {}
            Effect::Close => return Err(Abandoned),
            Effect::Reset => self.stream_fault.set(StreamPlan::Reset),
            Effect::Raw(bytes) => self.stream_fault.set(StreamPlan::Replace(bytes)),
            // In the middle of the first header line after the status line.
            Effect::CloseInHeaders => self.stream_fault.set(StreamPlan::CutAfter(24)),
            Effect::CloseInBody if length == 0 => self.stream_fault.set(StreamPlan::CutAfter(24)),
            Effect::CloseInBody => self.stream_fault.set(StreamPlan::CutInBody(length / 2)),
            Effect::Status {
                status,
                headers,
                body,
            } => {
                let body = body.unwrap_or_else(|| {
                    let failure = Failure::new(status.as_u16(), "Injected by a test");
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
                self.stream_fault.set(StreamPlan::CutInBody(after));
                response = closing(response);
            }
            Effect::StallBody { after } => {
                self.stream_fault.set(StreamPlan::StallInBody(after));
                response = closing(response);
            }
            Effect::StallInBody => response = response.map(ReplyBody::stalling),
            Effect::SlowBody(pause) => response = response.map(|body| body.slowly(pause)),
        }
        Ok(response)
    }
}

/// The error body, in the form of the service that the request was meant for.
#[cfg_attr(
    not(feature = "nolag"),
    expect(unused_variables, reason = "there is one service then")
)]
fn envelope(shared: &Shared, failure: &Failure, head: &Parts) -> Vec<u8> {
    #[cfg(feature = "nolag")]
    if crate::routes::nolag::covers(head.uri.path()) {
        let now = shared.clock().now();
        return crate::routes::nolag::envelope(failure, now);
    }
    call::envelope(failure)
}

/// Says that no other answer is sent over the connection.
fn closing(mut response: Response<ReplyBody>) -> Response<ReplyBody> {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}

/// How many bytes a head had on the wire, if there was one space after each
/// colon.
fn head_size(head: &Parts) -> usize {
    let line = head.method.as_str().len() + target(head).len() + " HTTP/1.1\r\n".len() + 1;
    let headers = head.headers.iter();
    let headers = headers.map(|(name, value)| name.as_str().len() + value.len() + 4);
    line + headers.sum::<usize>() + 2
}

/// The token of a request, whatever its scheme.
fn token(head: &Parts) -> Option<&str> {
    let value = head.headers.get(AUTHORIZATION)?.to_str().ok()?;
    value.split_once(' ').map(|(_, token)| token)
}

fn target(head: &Parts) -> String {
    head.uri
        .path_and_query()
        .map_or_else(|| head.uri.to_string(), ToString::to_string)
}
