//! A bot that repeats what is said, over long-polling. Blocking.
//!
//! ```text
//! cargo run --example echo_bot
//! ```
//!
//! With `LAG_ROBOT_API_KEY` set (and no `LAG_TOKEN`) it is that robot, which must have been made for
//! long-polling and be subscribed to `room.message`; else it plays in a sandbox.

mod stage;

use lagclient::models::RobotEventType;
use lagclient::{Client, Error};
use stage::{Result, Stage};

fn main() -> Result<()> {
    let stage = Stage::set(&["hello", "is anybody there?"])?;
    let client = match stage.sandbox() {
        Some(sandbox) => Client::builder(sandbox.robot_key())
            .base_url(sandbox.base_url())
            .build()?,
        None => Client::from_env()?,
    };
    let me = client.identity()?;
    println!("{} listens", me.display_name);
    stage.play();

    let mut events = client.robot().events_by_polling();
    while let Some(event) = events.next_event() {
        let event = event?;
        // Without this it would answer its own answers, and those of other bots.
        if event.is_from(&me) || event.is_from_robot() {
            continue;
        }
        // A message that mentions it comes as a message as well.
        if event.kind == RobotEventType::RobotMentioned {
            continue;
        }
        let Some(text) = event
            .message()
            .and_then(|message| message.content.as_deref())
        else {
            continue;
        };
        // A message may have 2,000 characters, and some of them are ours.
        let text: String = text.chars().take(1900).collect();
        match client.robot().reply(&event, format!("You said: {text}")) {
            Ok(echo) => println!("{}: {}", me.display_name, echo.content),
            Err(Error::Auth(refused)) => return Err(refused.into()),
            // In this room or at this moment, but the next one may go well.
            Err(error) => eprintln!("No answer: {error}"),
        }
        if stage.was_last() {
            break;
        }
    }
    Ok(())
}
