//! The transport matrix: what a client makes of everything that can go wrong
//! between it and a server. A row per fault, run for both clients; the guide
//! to errors shows the same table.

mod faults;
mod guide;
mod rows;

use std::fmt::Write as _;
use std::time::Duration;

use lagclient::{Error, RetryPolicy};
use serde_json::{Value, json};

use self::faults::{Fault, Place, Via};
use self::rows::ROWS;
use crate::client::{Client, join, maybe_async, sleep, spawn, test};
use crate::support::USER_TOKEN;

/// A fault, and what a write that meets it comes to.
struct Row {
    fault: Fault,
    via: Via,
    /// In words, for the guide.
    what: &'static str,
    /// The variant of the error; with the status, where it has one.
    error: &'static str,
    /// Whether the request may have been processed. `None` where the error does
    /// not say.
    maybe_processed: Option<bool>,
    /// How often it is tried with the default policy, and with
    /// `repeat_writes(false)`.
    attempts: [u32; 2],
    /// How many requests reach the server in each attempt.
    seen: u32,
}

/// Into how many parts the rows are divided: most of them wait, and can do so at
/// the same time.
const PARTS: usize = 4;

#[maybe_async]
#[test]
async fn every_fault_has_its_error() {
    let mut parts = Vec::new();
    for rows in ROWS.chunks(ROWS.len().div_ceil(PARTS)) {
        parts.push(spawn!(meet_all(rows)));
    }
    let mut wrong = String::new();
    for part in parts {
        let wrong_there = join(part).await;
        wrong.push_str(&wrong_there);
    }
    assert!(
        wrong.is_empty(),
        "(error, code, maybe processed, attempts, requests, usable afterwards)\n{wrong}"
    );
}

/// What is not as its row says.
#[maybe_async]
async fn meet_all(rows: &'static [Row]) -> String {
    let mut wrong = String::new();
    let summary = guide::summary();
    for row in rows {
        for (index, repeats) in [true, false].into_iter().enumerate() {
            let expected = (
                row.error.to_owned(),
                guide::code(row, &summary),
                row.maybe_processed,
                row.attempts[index],
                row.attempts[index] * row.seen,
                true,
            );
            let found = meet(row, repeats).await;
            if found != expected {
                let what = row.what;
                let _ = writeln!(wrong, "{what} ({repeats}): {found:?} is not {expected:?}");
            }
        }
    }
    wrong
}

type Outcome = (String, String, Option<bool>, u32, u32, bool);

/// A write that meets the fault, and another one when the fault is over.
#[maybe_async]
async fn meet(row: &Row, repeat_writes: bool) -> Outcome {
    let place = Place::new(row.fault, row.via);
    let policy = RetryPolicy::new()
        .base_delay(Duration::from_millis(30))
        .jitter(Duration::ZERO)
        .repeat_writes(repeat_writes);
    let patience = if row.error == "Timeout" || row.fault.is_slow() {
        Duration::from_millis(300)
    } else {
        Duration::from_secs(20)
    };
    let builder = Client::builder(USER_TOKEN)
        .base_url(place.base_url())
        .timeout(patience)
        .max_response_bytes(100_000)
        .retry(policy);
    let client = place.prepare(builder).build().unwrap();
    let failed = write(&client).await;
    let seen = place.requests();
    let error = failed.expect_err(row.what);
    place.heal();
    // Else the second request might go into a connection that is just closed.
    sleep(Duration::from_millis(20)).await;
    let healed = write(&client).await;
    let usable = match &healed {
        Ok(_) => true,
        // A server that cannot be healed: it is as it was, and so is the client.
        Err(_) => !place.heals(),
    };
    let maybe_processed = match &error {
        Error::Connection(lost) | Error::Timeout(lost) => Some(lost.maybe_processed),
        _ => None,
    };
    (
        name(&error),
        error.code().to_owned(),
        maybe_processed,
        error.attempts(),
        seen,
        usable,
    )
}

#[maybe_async]
async fn write(client: &Client) -> lagclient::Result<Value> {
    client
        .request(http::Method::POST, "/things")
        .json(&json!({"name": "thing"}))
        .send()
        .await
}

fn name(error: &Error) -> String {
    let shown = format!("{error:?}");
    let variant = shown.split('(').next().unwrap_or_default();
    match error.api() {
        Some(answer) => format!("{variant} {}", answer.status),
        None => variant.to_owned(),
    }
}
