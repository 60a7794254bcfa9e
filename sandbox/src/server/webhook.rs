//! Delivering a robot's events to a webhook, signed and repeated as documented.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

use super::clock::real_now;
use super::shared::Shared;
use crate::world::robots::event_id;
use crate::world::{Failure, Id, QueuedEvent, Robot, Webhook, WebhookDelivery};

/// How long a receiver may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// How many bytes the head of an answer may have.
const HEAD_LIMIT: usize = 64 * 1024;

/// How many attempts are kept for a test to look at.
const KEPT_DELIVERIES: usize = 10_000;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// The waits before the second attempt, the third and so on.
const RETRY_AFTER: [u64; 9] = [
    5,
    25,
    2 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    HOUR,
    3 * HOUR,
    8 * HOUR,
    24 * HOUR,
];

/// The webhook at a URL, whose events are signed with each of the secrets.
pub(crate) fn parse(url: &str, secrets: &[&str]) -> Result<Webhook, Failure> {
    let refuse = |why: &str| Failure::bad_request(format!("{url}: {why}"));
    let uri: Uri = url.parse().map_err(|_| refuse("no URL"))?;
    if uri.scheme_str() != Some("http") {
        return Err(refuse("the sandbox delivers to http URLs only"));
    }
    let authority = uri.authority().ok_or_else(|| refuse("no host"))?;
    let authority = match authority.port() {
        Some(_) => authority.to_string(),
        None => format!("{authority}:80"),
    };
    let path = uri
        .path_and_query()
        .map_or_else(|| "/".to_owned(), ToString::to_string);
    Webhook::new(authority, path, secrets)
}

/// Starts the deliveries to the webhooks that are there from the start.
pub(crate) fn start_all(shared: &Arc<Shared>, runtime: &Handle) {
    for (id, robot) in shared.world().robots.iter() {
        if let Some(webhook) = robot.webhook.clone() {
            let after = robot.events.last();
            runtime.spawn(deliver(shared.clone(), id.clone(), webhook, after));
        }
    }
}

/// Delivers the robot's events from now on, while it is active, until it gets
/// another webhook or none.
pub(crate) async fn deliver(shared: Arc<Shared>, robot: Id, webhook: Arc<Webhook>, mut after: u64) {
    loop {
        let Some(wake) = served(&shared, &robot, &webhook, |robot| robot.events.wake()) else {
            return;
        };
        let mut woken = std::pin::pin!(wake.notified());
        woken.as_mut().enable();
        let next = served(&shared, &robot, &webhook, |robot| {
            let mut waiting = robot.events.after(after);
            waiting.next().filter(|_| robot.active).cloned()
        });
        match next {
            None => return,
            Some(None) => woken.await,
            Some(Some(event)) => {
                after = event.number;
                if !attempt(&shared, &robot, &webhook, &event, 1).await {
                    // Other events do not wait until this one is delivered.
                    let (shared, robot, webhook) = (shared.clone(), robot.clone(), webhook.clone());
                    tokio::spawn(async move { repeat(&shared, &robot, &webhook, &event).await });
                }
            }
        }
    }
}

async fn repeat(shared: &Shared, robot: &Id, webhook: &Arc<Webhook>, event: &QueuedEvent) {
    for (attempts, wait) in (2..).zip(RETRY_AFTER) {
        let wait = shared.clock().real(Duration::from_secs(wait));
        sleep(wait).await;
        if served(shared, robot, webhook, |robot| robot.active) != Some(true)
            || attempt(shared, robot, webhook, event, attempts).await
        {
            return;
        }
    }
}

/// Tries to deliver an event. Returns whether no further attempt is needed.
async fn attempt(
    shared: &Shared,
    robot: &Id,
    webhook: &Webhook,
    event: &QueuedEvent,
    attempt: u32,
) -> bool {
    let patience = shared.clock().real(ANSWER_WITHIN);
    // This is the real time, because the receiver compares it with its own
    // clock.
    let timestamp = real_now() / 1000;
    let mut id = event_id(event.number);
    if shared.world().webhook_id_per_attempt {
        id = format!("{id}_{attempt}");
    }
    let status = timeout(patience, send(webhook, &id, timestamp, &event.payload))
        .await
        .ok()
        .and_then(Result::ok);
    let mut world = shared.world();
    if let Some(robot) = world.robots.get_mut(robot) {
        if robot.deliveries.len() == KEPT_DELIVERIES {
            robot.deliveries.remove(0);
        }
        robot.deliveries.push(WebhookDelivery {
            id,
            attempt,
            status,
        });
        match status {
            Some(200..=299) => robot.events.set_delivered(event.number),
            Some(410) => robot.set_active(false),
            _ => {}
        }
    }
    matches!(status, Some(200..=299 | 410))
}

/// Sends a delivery, and returns the status of the answer.
async fn send(webhook: &Webhook, id: &str, timestamp: i64, body: &str) -> io::Result<u16> {
    let request = format!(
        "POST {} HTTP/1.1\r\nhost: {}\r\nuser-agent: Lag-Webhooks/1.0\r\n\
         content-type: application/json\r\nwebhook-id: {id}\r\nwebhook-timestamp: {timestamp}\r\n\
         webhook-signature: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        webhook.path,
        webhook.authority,
        webhook.signature(id, timestamp, body),
        body.len()
    );
    let mut stream = TcpStream::connect(&webhook.authority).await?;
    stream.write_all(request.as_bytes()).await?;
    let status = final_status(&mut stream).await?;
    // If the connection were closed while the receiver still writes its answer,
    // that would look like a failure to it.
    tokio::spawn(async move { timeout(ANSWER_WITHIN, read_to_end(stream)).await });
    Ok(status)
}

/// The status of the final answer. Interim ones (100, 103) are skipped.
async fn final_status(stream: &mut TcpStream) -> io::Result<u16> {
    let mut read = Vec::new();
    let mut passed = 0;
    loop {
        let unread = read.get(passed..).unwrap_or_default();
        if let Some(end) = memchr::memmem::find(unread, b"\r\n\r\n") {
            let status = status(unread).ok_or_else(|| io::Error::other("no HTTP"))?;
            if !(100..200).contains(&status) {
                return Ok(status);
            }
            passed += end + 4;
        } else if read.len() > HEAD_LIMIT {
            return Err(io::Error::other("the head is too large"));
        } else if stream.read_buf(&mut read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// The status of a head, as in `HTTP/1.1 200 OK`.
fn status(head: &[u8]) -> Option<u16> {
    let line = head.split(|byte| *byte == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    words.next()?.strip_prefix("HTTP/1.")?;
    words.next()?.parse().ok()
}

async fn read_to_end(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 4096];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}

/// Looks at the robot. `None` if this is not its webhook any more.
fn served<T>(
    shared: &Shared,
    robot: &Id,
    webhook: &Arc<Webhook>,
    look: impl FnOnce(&Robot) -> T,
) -> Option<T> {
    let world = shared.world();
    let robot = world.robots.get(robot)?;
    let current = robot.webhook.as_ref()?;
    Arc::ptr_eq(current, webhook).then(|| look(robot))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read() {
        assert_eq!(status(b"HTTP/1.1 204 No Content\r\n\r\n"), Some(204));
        assert_eq!(status(b"HTTP/1.0 410\r\na: b"), Some(410));
        assert_eq!(status(b"HTTP/2 200\r\n"), None);
        assert_eq!(status(b"SSH-2.0-x\r\n"), None);
    }

    #[test]
    fn addresses_are_checked() {
        assert!(parse("https://example.com/", &[]).is_err());
        assert!(parse("/path", &[]).is_err());
        let webhook = parse("http://localhost:1/x?y", &[]).expect("a webhook");
        assert_eq!(webhook.authority, "localhost:1");
        assert_eq!(webhook.path, "/x?y");
        let webhook = parse("http://localhost", &[]).expect("a webhook");
        assert_eq!(webhook.authority, "localhost:80");
        assert_eq!(webhook.path, "/");
    }
}
