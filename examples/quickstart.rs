//! A robot says who it is, lists rooms and members, and sends, edits, reads
//! back and deletes a message. Blocking.
//!
//! With `LAG_ROBOT_API_KEY` or `LAG_TOKEN` set it talks to the real service, or
//! to what `LAG_API_BASE` names; else to a sandbox of its own:
//!
//! ```text
//! cargo run --example quickstart
//! ```

use lag_sandbox::Sandbox;
use lagclient::models::SendMessage;
use lagclient::{Client, ListMessages};

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> Result<()> {
    let has_token = |name| std::env::var(name).is_ok_and(|token| !token.is_empty());
    if has_token("LAG_TOKEN") || has_token("LAG_ROBOT_API_KEY") {
        return converse(&Client::from_env()?);
    }
    let sandbox = Sandbox::start()?;
    println!("No token set: using a sandbox on {}", sandbox.base_url());
    let client = Client::builder(sandbox.robot_key())
        .base_url(sandbox.base_url())
        .build()?;
    converse(&client)
}

fn converse(client: &Client) -> Result<()> {
    let me = client.identity()?;
    println!("I am {} ({} {})", me.display_name, me.kind, me.id);

    let servers = client.servers();
    let server_id = match me.server_id {
        Some(server_id) => server_id,
        None => servers
            .list()?
            .first()
            .ok_or("not a member of any server")?
            .id
            .clone(),
    };
    for member in servers.members().list(&server_id)? {
        println!("Member: {}", member.username);
    }
    let rooms = servers.rooms().list(&server_id)?;
    for room in &rooms {
        println!("Room: {}", room.name.as_deref().unwrap_or("(no name)"));
    }
    let room_id = &rooms.first().ok_or("the server has no rooms")?.id;

    let messages = servers.rooms().messages();
    let hello = messages.send(&server_id, room_id, "Hello from Rust!")?;
    println!("Sent {}: {}", hello.id, hello.content);
    let reply = SendMessage::new("Hello to you").reply_to(&hello.id);
    let reply = messages.send(&server_id, room_id, reply)?;
    println!("Replied {}: {}", reply.id, reply.content);
    let edited = messages.edit(&server_id, room_id, &hello.id, "Hello, edited")?;
    println!("Edited {}: {}", edited.id, edited.content);

    let page = messages.list(&server_id, room_id, ListMessages::new().limit(10))?;
    for message in &page.items {
        let name = message.author_name().unwrap_or("somebody");
        println!("Read {}: <{name}> {}", message.id, message.content);
    }

    for message in [&reply, &hello] {
        messages.delete(&server_id, room_id, &message.id)?;
        println!("Deleted {}", message.id);
    }
    Ok(())
}
