//! Delivering a robot's events to a webhook, signed and repeated as documented.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::Uri;
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

use super::clock::real_now;
use super::events::event_id;
use super::failure::Failure;
use super::shared::Shared;
use super::world::{Id, QueuedEvent};

/// How long a receiver may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

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

/// Where a robot's events are sent.
#[derive(Clone)]
pub(crate) struct Webhook {
    authority: String,
    path: String,
    /// Decoded; every one of them signs.
    secrets: Vec<Vec<u8>>,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook")
            .field("authority", &self.authority)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// An attempt to deliver an event to a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookDelivery {
    /// The `webhook-id`, the same for every attempt.
    pub id: String,
    /// Counted from 1.
    pub attempt: u32,
    /// What the receiver answered; `None` when it did not within 15 seconds.
    pub status: Option<u16>,
}

impl Webhook {
    pub(crate) fn new(url: &str, secrets: &[&str]) -> Result<Self, Failure> {
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
        let secrets = secrets
            .iter()
            .map(|secret| {
                secret
                    .strip_prefix("whsec_")
                    .and_then(|encoded| STANDARD.decode(encoded).ok())
                    .ok_or_else(|| Failure::bad_request("A secret is whsec_ and base64"))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            authority,
            path: uri
                .path_and_query()
                .map_or_else(|| "/".to_owned(), ToString::to_string),
            secrets,
        })
    }

    fn signature(&self, id: &str, timestamp: i64, body: &str) -> String {
        let signatures: Vec<String> = self
            .secrets
            .iter()
            .filter_map(|secret| {
                let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
                mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
                Some(format!(
                    "v1,{}",
                    STANDARD.encode(mac.finalize().into_bytes())
                ))
            })
            .collect();
        signatures.join(" ")
    }

    /// One attempt; the status that came back.
    async fn send(&self, id: &str, timestamp: i64, body: &str) -> std::io::Result<u16> {
        let request = format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\nuser-agent: Lag-Webhooks/1.0\r\n\
             content-type: application/json\r\nwebhook-id: {id}\r\nwebhook-timestamp: {timestamp}\r\n\
             webhook-signature: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.path,
            self.authority,
            self.signature(id, timestamp, body),
            body.len()
        );
        let mut stream = TcpStream::connect(&self.authority).await?;
        stream.write_all(request.as_bytes()).await?;
        // "HTTP/1.1 200"
        let mut head = [0; 12];
        stream.read_exact(&mut head).await?;
        std::str::from_utf8(&head)
            .ok()
            .filter(|head| head.starts_with("HTTP/1."))
            .and_then(|head| head.rsplit(' ').next())
            .and_then(|status| status.parse().ok())
            .ok_or_else(|| std::io::Error::other("no HTTP"))
    }
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

/// Delivers the robot's events from now on, while it is active, until it gets another webhook or none.
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
                    // The others do not wait for the one that has to be repeated.
                    let (shared, robot, webhook) = (shared.clone(), robot.clone(), webhook.clone());
                    tokio::spawn(async move { repeat(&shared, &robot, &webhook, &event).await });
                }
            }
        }
    }
}

async fn repeat(shared: &Shared, robot: &Id, webhook: &Arc<Webhook>, event: &QueuedEvent) {
    for (attempts, wait) in (2..).zip(RETRY_AFTER) {
        let wait = shared.world().clock.real(Duration::from_secs(wait));
        sleep(wait).await;
        if served(shared, robot, webhook, |robot| robot.active) != Some(true)
            || attempt(shared, robot, webhook, event, attempts).await
        {
            return;
        }
    }
}

/// Whether the event needs no further attempt.
async fn attempt(
    shared: &Shared,
    robot: &Id,
    webhook: &Webhook,
    event: &QueuedEvent,
    attempt: u32,
) -> bool {
    let patience = shared.world().clock.real(ANSWER_WITHIN);
    // The receiver compares it with its own clock, which knows nothing of the sandbox's.
    let timestamp = real_now() / 1000;
    let id = event_id(event.number);
    let status = timeout(patience, webhook.send(&id, timestamp, &event.payload))
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
        if status == Some(410) {
            robot.set_active(false);
        }
    }
    matches!(status, Some(200..=299 | 410))
}

/// Looks at the robot, as long as this is its webhook.
fn served<T>(
    shared: &Shared,
    robot: &Id,
    webhook: &Arc<Webhook>,
    look: impl FnOnce(&super::world::Robot) -> T,
) -> Option<T> {
    let world = shared.world();
    let robot = world.robots.get(robot)?;
    let current = robot.webhook.as_ref()?;
    Arc::ptr_eq(current, webhook).then(|| look(robot))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret, message and signature were worked out with another implementation.
    #[test]
    fn signatures_are_standard_webhooks() {
        let secret = format!("whsec_{}", STANDARD.encode(b"0123456789abcdef01234567"));
        let webhook = Webhook::new("http://localhost:1/x?y", &[&secret]).expect("a webhook");
        assert_eq!(
            webhook.signature("evt_00000001", 1_705_321_800, "{\"a\":1}"),
            "v1,qTy4xqJSifX633TEmbjlYIIP+3eR54qerr9yTzDzpdo="
        );
        assert_eq!(webhook.authority, "localhost:1");
        assert_eq!(webhook.path, "/x?y");
    }

    #[test]
    fn addresses_and_secrets_are_checked() {
        assert!(Webhook::new("https://example.com/", &[]).is_err());
        assert!(Webhook::new("/path", &[]).is_err());
        assert!(Webhook::new("http://localhost/", &["secret"]).is_err());
        assert!(Webhook::new("http://localhost/", &["whsec_***"]).is_err());
    }
}
