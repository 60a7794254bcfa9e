//! A bot that welcomes new members in the first room of its server. Async.
//!
//! ```text
//! cargo run --example welcome_bot_async --features async
//! ```
//!
//! With `LAG_ROBOT_API_KEY` set (and no `LAG_TOKEN`) it is that robot, which must have been made for
//! SSE, be subscribed to `member.join` and have the permissions `read_members`,
//! `read_rooms` and `send_messages`; else it plays in a sandbox.

mod stage;

use lagclient::models::RobotEventData;
use lagclient::{AsyncClient, Error, ListenerStatus};
use stage::{Result, Stage};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let stage = Stage::set(&["I have invited carol"])?;
    let client = match stage.sandbox() {
        Some(sandbox) => AsyncClient::builder(sandbox.robot_key())
            .base_url(sandbox.base_url())
            .build()?,
        None => AsyncClient::from_env()?,
    };
    let me = client.identity().await?;
    let server_id = me.server_id.ok_or("this is not a robot key")?;
    let rooms = client.servers().rooms().list(&server_id).await?;
    let lobby = &rooms.first().ok_or("the server has no rooms")?.id;

    let scene = stage.clone();
    let mut events = client.robot().events().on_status(move |status| {
        if let (ListenerStatus::Connected, Some(sandbox)) = (status, scene.sandbox()) {
            scene.play();
            sandbox.server("dev").add_member(&sandbox.add_user("carol"));
        }
    });
    while let Some(event) = events.next_event().await {
        let event = event?;
        let RobotEventData::MemberJoin(member) = &event.data else {
            continue;
        };
        let name = member.username.as_deref().unwrap_or("stranger");
        let messages = client.servers().rooms().messages();
        let welcome = format!("Welcome, {name}!");
        match messages.send(&server_id, lobby, welcome).await {
            Ok(welcome) => println!("{}: {}", me.display_name, welcome.content),
            Err(Error::Auth(refused)) => return Err(refused.into()),
            // The next one may go well.
            Err(error) => eprintln!("No welcome: {error}"),
        }
        if stage.was_last() {
            break;
        }
    }
    Ok(())
}
