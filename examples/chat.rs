//! A chat in the terminal, for one room or one friend. Blocking.
//!
//! ```text
//! cargo run --example chat --features gateway -- <server> <room>
//! cargo run --example chat --features gateway -- <conversation>
//! ```
//!
//! With `LAG_TOKEN` set; else alice talks with bob in a sandbox. It shows what
//! was said before, what is said from now on, who types and what is edited, and
//! says each line of the keyboard.

mod chatting;

use std::sync::mpsc::Receiver;
use std::thread;

use chatting::{Chat, Place, Result};
use lagclient::blocking::GatewayRemote;
use lagclient::{Client, ListMessages};

fn main() -> Result<()> {
    let mut chat = Chat::prepare()?;
    let client = match &chat.sandbox {
        Some(sandbox) => Client::builder(sandbox.user_token())
            .base_url(sandbox.base_url())
            .build()?,
        None => Client::from_env()?,
    };
    history(&client, &chat.place)?;

    let gateway = client.gateway().on_status(chat.connected());
    let gateway = match &chat.place {
        Place::Friend(conversation) => gateway.fill_gaps([("", ""); 0], [conversation]),
        Place::Room(server, room) => gateway
            .servers([server])
            .fill_gaps([(server, room)], [""; 0]),
    };
    let mut events = gateway.events();
    // One thread speaks while the other one listens.
    let (remote, place, lines) = (events.remote(), chat.place.clone(), chat.lines());
    let speaking = client.clone();
    thread::spawn(move || {
        if let Err(error) = speak(&speaking, &remote, &place, lines) {
            eprintln!("{error}");
        }
    });
    while let Some(event) = events.next_event() {
        let event = event?;
        if let Some(line) = chat.show(&event) {
            println!("{line}");
        }
        if chat.heard(&event) {
            break;
        }
    }
    Ok(())
}

/// The last lines before this one came.
fn history(client: &Client, place: &Place) -> Result<()> {
    let page = ListMessages::new().limit(10);
    match place {
        Place::Friend(conversation) => {
            for message in client.dms().list_messages(conversation, page)?.items {
                println!(
                    "{}: {}",
                    message.username.unwrap_or_default(),
                    message.content
                );
            }
        }
        Place::Room(server, room) => {
            let messages = client.servers().rooms().messages();
            for message in messages.list(server, room, page)?.items {
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

fn speak(
    client: &Client,
    remote: &GatewayRemote,
    place: &Place,
    lines: Receiver<String>,
) -> Result<()> {
    for line in lines {
        // Whether others see that is not worth an error.
        let _ = match place {
            Place::Friend(conversation) => remote.typing_in_dm(conversation),
            Place::Room(server, room) => remote.typing_in_room(server, room),
        };
        match place {
            Place::Friend(conversation) => {
                client.dms().send_message(conversation, line)?;
            }
            Place::Room(server, room) => {
                let messages = client.servers().rooms().messages();
                let message = messages.send(server, room, line)?;
                let _ = remote.mark_room_read(room, message.created_at);
            }
        }
    }
    Ok(())
}
