//! Counts who said how much in the last 24 hours, walking back through the
//! history of each room. Blocking.
//!
//! ```text
//! cargo run --example daily_digest
//! ```
//!
//! With `LAG_ROBOT_API_KEY` or `LAG_TOKEN` set it reads the first server of that
//! robot or user; else a sandbox.

mod stage;

use std::collections::BTreeMap;
use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use lagclient::Client;
use stage::{Result, Stage};

fn main() -> Result<()> {
    let stage = Stage::set(&["good morning", "anybody for lunch?", "good night"])?;
    let client = match stage.sandbox() {
        Some(sandbox) => Client::builder(sandbox.robot_key())
            .base_url(sandbox.base_url())
            .build()?,
        None => Client::from_env()?,
    };
    stage.play();

    let me = client.identity()?;
    let servers = client.servers();
    let server_id = match me.server_id {
        Some(server_id) => server_id,
        None => {
            let mine = servers.list()?;
            mine.first().ok_or("not a member of any server")?.id.clone()
        }
    };
    let since = DateTime::<Utc>::from(SystemTime::now()) - TimeDelta::hours(24);
    for room in servers.rooms().list(&server_id)? {
        let mut said = BTreeMap::<String, usize>::new();
        // Pages go back in time; inside a page the oldest message is first.
        let mut pages = servers
            .rooms()
            .messages()
            .iter(&server_id, &room.id)
            .limit(100);
        'walk: while let Some(page) = pages.next_page() {
            for message in page?.items.into_iter().rev() {
                if message.created_at.is_some_and(|time| time < since) {
                    break 'walk;
                }
                let name = message.author_name().unwrap_or("somebody");
                *said.entry(name.to_owned()).or_default() += 1;
            }
        }
        println!("{}:", room.name.as_deref().unwrap_or("(no name)"));
        for (name, messages) in said {
            println!("  {name}: {messages}");
        }
    }
    Ok(())
}
