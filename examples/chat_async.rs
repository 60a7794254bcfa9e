//! A chat in the terminal, for one room or one friend. Async.
//!
//! ```text
//! cargo run --example chat_async --features async,gateway -- <server> <room>
//! cargo run --example chat_async --features async,gateway -- <conversation>
//! ```
//!
//! With `LAG_TOKEN` set; else alice talks with bob in a sandbox. It shows what
//! was said before, what is said from now on, who types and what is edited, and
//! says each line of the keyboard.

mod chatting;

use std::thread;

use chatting::{Chat, Place, Result};
use lagclient::asynchronous::GatewayRemote;
use lagclient::{AsyncClient, ListMessages};
use tokio::sync::mpsc;

#[tokio::main]
async fn main() -> Result<()> {
    let mut chat = Chat::prepare()?;
    let client = match &chat.sandbox {
        Some(sandbox) => AsyncClient::builder(sandbox.user_token())
            .base_url(sandbox.base_url())
            .build()?,
        None => AsyncClient::from_env()?,
    };
    history(&client, &chat.place).await?;

    let gateway = client.gateway().on_status(chat.connected());
    let gateway = match &chat.place {
        Place::Friend(conversation) => gateway.fill_gaps([("", ""); 0], [conversation]),
        Place::Room(server, room) => gateway
            .servers([server])
            .fill_gaps([(server, room)], [""; 0]),
    };
    let mut events = gateway.events();
    let remote = events.remote();
    // The keyboard blocks, and so has a thread of its own.
    let (typed, mut lines) = mpsc::unbounded_channel();
    let keyboard = chat.lines();
    thread::spawn(move || keyboard.into_iter().try_for_each(|line| typed.send(line)));
    loop {
        // Neither of the two is lost when the other one comes first.
        tokio::select! {
            event = events.next_event() => {
                let Some(event) = event.transpose()? else {
                    return Ok(());
                };
                if let Some(line) = chat.show(&event) {
                    println!("{line}");
                }
                if chat.heard(&event) {
                    return Ok(());
                }
            }
            Some(line) = lines.recv() => speak(&client, &remote, &chat.place, line).await?,
        }
    }
}

/// The last lines before this one came.
async fn history(client: &AsyncClient, place: &Place) -> Result<()> {
    let page = ListMessages::new().limit(10);
    match place {
        Place::Friend(conversation) => {
            for message in client.dms().list_messages(conversation, page).await?.items {
                println!(
                    "{}: {}",
                    message.username.unwrap_or_default(),
                    message.content
                );
            }
        }
        Place::Room(server, room) => {
            let messages = client.servers().rooms().messages();
            for message in messages.list(server, room, page).await?.items {
                println!(
                    "{}: {}",
                    message.author_name().unwrap_or("?"),
                    message.content
                );
            }
        }
    }
    Ok(())
}

async fn speak(
    client: &AsyncClient,
    remote: &GatewayRemote,
    place: &Place,
    line: String,
) -> Result<()> {
    match place {
        Place::Friend(conversation) => {
            // Whether others see that is not worth an error.
            let _ = remote.typing_in_dm(conversation).await;
            client.dms().send_message(conversation, line).await?;
        }
        Place::Room(server, room) => {
            let _ = remote.typing_in_room(server, room).await;
            let messages = client.servers().rooms().messages();
            let message = messages.send(server, room, line).await?;
            let _ = remote.mark_room_read(room, message.created_at).await;
        }
    }
    Ok(())
}
