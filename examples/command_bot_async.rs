//! A bot that knows `!ping`, `!roll`, `!time` and `!help`, over a stream of
//! events. Async.
//!
//! ```text
//! cargo run --example command_bot_async --features async
//! ```
//!
//! With `LAG_ROBOT_API_KEY` set (and no `LAG_TOKEN`) it is that robot, which must have been made for
//! SSE and be subscribed to `room.message`; else it plays in a sandbox.

mod stage;

use std::time::SystemTime;

use lagclient::models::{Command, RobotEventType, SendMessage};
use lagclient::{AsyncClient, Error, ListenerStatus};
use stage::{Result, Stage};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let stage = Stage::set(&["!ping", "!roll 2d6", "!time", "!help", "!sing"])?;
    let client = match stage.sandbox() {
        Some(sandbox) => AsyncClient::builder(sandbox.robot_key())
            .base_url(sandbox.base_url())
            .build()?,
        None => AsyncClient::from_env()?,
    };
    let me = client.identity().await?;

    let scene = stage.clone();
    let mut events = client
        .robot()
        .events()
        .on_status(move |status| match status {
            ListenerStatus::Connected => {
                println!("Connected");
                scene.play();
            }
            ListenerStatus::Reconnecting { error, wait, .. } => {
                eprintln!("Lost the connection ({error}), again in {wait:?}");
            }
            _ => {}
        });
    while let Some(event) = events.next_event().await {
        let event = event?;
        // A message that mentions it comes as a message as well.
        if event.is_from(&me) || event.kind == RobotEventType::RobotMentioned {
            continue;
        }
        let Some(command) = event.command("!") else {
            continue;
        };
        let mut answer = SendMessage::new(answer(command));
        if let Some(message_id) = event.message_id() {
            answer = answer.reply_to(message_id);
        }
        match client.robot().reply(&event, answer).await {
            Ok(answer) => println!("{}: {}", me.display_name, answer.content),
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

fn answer(command: Command<'_>) -> String {
    match command.name {
        "ping" => "pong".to_owned(),
        "roll" => roll(command.arguments)
            .unwrap_or_else(|| "Roll what? Try !roll 2d6, with up to 100 dice".to_owned()),
        "time" => {
            let now = chrono::DateTime::<chrono::Utc>::from(SystemTime::now());
            now.format("It is %H:%M:%S UTC").to_string()
        }
        "help" => "I know !ping, !roll, !time and !help".to_owned(),
        // Without the name: it may be as long as a message can be.
        _ => "I do not know that command: try !help".to_owned(),
    }
}

/// `2d6`: two dice with six sides.
fn roll(dice: &str) -> Option<String> {
    let (count, sides) = match dice {
        "" => ("1", "6"),
        dice => dice.split_once('d')?,
    };
    let count: u32 = count
        .parse()
        .ok()
        .filter(|count| (1..=100).contains(count))?;
    let sides: u32 = sides
        .parse()
        .ok()
        .filter(|sides| (2..=1000).contains(sides))?;
    let sum: u32 = (0..count).map(|_| fastrand::u32(1..=sides)).sum();
    Some(format!("{count}d{sides}: {sum}"))
}
