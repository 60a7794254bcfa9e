//! Receives a robot's events as webhook deliveries. Blocking, on `tiny_http`.
//!
//! ```text
//! cargo run -p webhook-receivers --bin webhook_receiver
//! ```
//!
//! With `LAG_WEBHOOK_SECRET` set it waits for deliveries that are signed with
//! that secret, on the port in `PORT` or else on 8080; put something that speaks
//! TLS in front of it. Else it plays with a sandbox.

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::SystemTime;

use lag_sandbox::Sandbox;
use lagclient::models::RobotEvent;
use lagclient::webhook::{Deduplicator, Verifier};
use tiny_http::{Request, Response, Server};

type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

const SANDBOX_SECRET: &str = "whsec_YSBzZWNyZXQgZm9yIHRoZSBzYW5kYm94IG9ubHk=";
/// Far more than any event has.
const MAX_BODY: u64 = 1024 * 1024;
const RECEIVERS: usize = 4;

fn main() -> Result<()> {
    let secret = std::env::var("LAG_WEBHOOK_SECRET").ok();
    let port = match &secret {
        Some(_) => std::env::var("PORT").map_or(Ok(8080), |port| port.parse())?,
        None => 0,
    };
    let server = Server::http(("127.0.0.1", port))?;
    let address = server.server_addr();
    println!("Waiting for deliveries on http://{address}/");

    let verifier = Verifier::new(secret.as_deref().unwrap_or(SANDBOX_SECRET))?;
    let (queue, events) = mpsc::sync_channel(1000);
    let receiver = Arc::new(Receiver {
        server,
        verifier,
        seen: Deduplicator::default(),
        queue,
    });
    // One that has to wait for a slow sender holds up no other. A proxy that
    // reads whole requests before it passes them on is better still.
    for _ in 0..RECEIVERS {
        let receiver = Arc::clone(&receiver);
        thread::spawn(move || receiver.run());
    }

    // Works on the events while the receiver acknowledges the next ones.
    let sandbox = match secret {
        Some(_) => None,
        None => Some(play(&format!("http://{address}/"))?),
    };
    for event in events {
        let text = event.content().unwrap_or("(no text)");
        println!("{}: {text}", event.kind);
        if sandbox.is_some() && text == "bye" {
            break;
        }
    }
    Ok(())
}

struct Receiver {
    server: Server,
    verifier: Verifier,
    seen: Deduplicator,
    queue: mpsc::SyncSender<RobotEvent>,
}

impl Receiver {
    fn run(&self) {
        for mut request in self.server.incoming_requests() {
            let status = match self.accept(&mut request) {
                Ok(status) => status,
                Err(error) => {
                    eprintln!("Refused: {error}");
                    401
                }
            };
            // A sender that is gone will deliver again.
            let _ = request.respond(Response::empty(status));
        }
    }

    fn accept(&self, request: &mut Request) -> Result<u16> {
        let headers: Vec<(String, String)> = request
            .headers()
            .iter()
            .map(|header| (header.field.to_string(), header.value.to_string()))
            .collect();
        let mut body = Vec::new();
        let mut reader = std::io::Read::take(request.as_reader(), MAX_BODY);
        std::io::Read::read_to_end(&mut reader, &mut body)?;

        let now = SystemTime::now();
        let (delivery, event) = self.verifier.parse(&headers, &body, now)?;
        if self.seen.is_new(&delivery, now) && self.queue.try_send(event).is_err() {
            // No room: not acknowledged, it comes again.
            self.seen.forget(&delivery);
            return Ok(503);
        }
        Ok(204)
    }
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
