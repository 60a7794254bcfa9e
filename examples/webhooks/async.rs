//! Receives a robot's events as webhook deliveries. Async, on `axum`.
//!
//! ```text
//! cargo run -p webhook-receivers --bin webhook_receiver_async
//! ```
//!
//! With `LAG_WEBHOOK_SECRET` set it waits for deliveries that are signed with
//! that secret, on the port in `PORT` or else on 8080; put something that speaks
//! TLS in front of it. Else it plays with a sandbox.

use std::sync::Arc;
use std::time::SystemTime;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use lag_sandbox::Sandbox;
use lagclient::models::RobotEvent;
use lagclient::webhook::{Deduplicator, Verifier};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

const SANDBOX_SECRET: &str = "whsec_YSBzZWNyZXQgZm9yIHRoZSBzYW5kYm94IG9ubHk=";

struct Receiver {
    verifier: Verifier,
    seen: Deduplicator,
    queue: mpsc::Sender<RobotEvent>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let secret = std::env::var("LAG_WEBHOOK_SECRET").ok();
    let port = match &secret {
        Some(_) => std::env::var("PORT").map_or(Ok(8080), |port| port.parse())?,
        None => 0,
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;
    println!("Waiting for deliveries on http://{address}/");

    let (queue, mut events) = mpsc::channel(1000);
    let receiver = Arc::new(Receiver {
        verifier: Verifier::new(secret.as_deref().unwrap_or(SANDBOX_SECRET))?,
        seen: Deduplicator::default(),
        queue,
    });
    let routes = Router::new().route("/", post(receive)).with_state(receiver);
    tokio::spawn(async move { axum::serve(listener, routes).await });

    // Works on the events while the receiver acknowledges the next ones.
    let sandbox = match secret {
        Some(_) => None,
        None => Some(play(&format!("http://{address}/"))?),
    };
    while let Some(event) = events.recv().await {
        let text = event.content().unwrap_or("(no text)");
        println!("{}: {text}", event.kind);
        if sandbox.is_some() && text == "bye" {
            break;
        }
    }
    Ok(())
}

async fn receive(
    State(receiver): State<Arc<Receiver>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let now = SystemTime::now();
    let (delivery, event) = match receiver.verifier.parse(&headers, &body, now) {
        Ok(verified) => verified,
        Err(error) => {
            eprintln!("Refused: {error}");
            return StatusCode::UNAUTHORIZED;
        }
    };
    if receiver.seen.is_new(&delivery, now) && receiver.queue.try_send(event).is_err() {
        // No room: not acknowledged, it comes again.
        receiver.seen.forget(&delivery);
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::NO_CONTENT
}

/// Alice says something in a sandbox whose robot has this webhook.
fn play(url: &str) -> Result<Sandbox> {
    let sandbox = Sandbox::start()?;
    sandbox.robot().set_webhook(url, &[SANDBOX_SECRET])?;
    let (room, alice) = (sandbox.server("dev").room("general"), sandbox.user("alice"));
    for line in ["hello", "can you hear me?", "bye"] {
        room.post(&alice, line)?;
    }
    Ok(sandbox)
}
