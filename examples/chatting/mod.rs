//! What both chats have in common: where they talk, what they show, and a
//! sandbox in which bob answers.

use std::env;
use std::io::BufRead;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use lag_sandbox::Sandbox;
use lagclient::models::{GatewayEvent, GatewayEventData};
use lagclient::{ConversationId, GatewayStatus, RoomId, ServerId};

pub(crate) type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// What alice says in the sandbox, as nobody is at the keyboard there.
const LINES: [&str; 2] = ["Is anybody here?", "Good to see you, bob."];

/// Where the chat takes place.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Friend(ConversationId),
    Room(ServerId, RoomId),
}

/// The chat before it begins.
pub(crate) struct Chat {
    pub(crate) place: Place,
    /// Where to connect to and who one is there. `None`: what the environment
    /// says.
    pub(crate) sandbox: Option<Arc<Sandbox>>,
    said: Sender<String>,
    lines: Option<Receiver<String>>,
}

impl Chat {
    /// With `LAG_TOKEN` set, in the place that the arguments name: a server and
    /// a room, or a conversation. Else in a sandbox.
    pub(crate) fn prepare() -> Result<Self> {
        let (said, lines) = mpsc::channel();
        let arguments: Vec<String> = env::args().skip(1).collect();
        let (place, sandbox) = if env::var("LAG_TOKEN").is_ok_and(|token| !token.is_empty()) {
            let place = match &arguments[..] {
                [conversation] => Place::Friend(ConversationId::new(conversation)),
                [server, room] => Place::Room(ServerId::new(server), RoomId::new(room)),
                _ => return Err("which room or friend? <server> <room>, or <conversation>".into()),
            };
            (place, None)
        } else {
            let sandbox = Sandbox::start()?;
            println!("No token set: using a sandbox on {}", sandbox.base_url());
            let server = sandbox.server("dev");
            let place = Place::Room(
                ServerId::new(server.id()),
                RoomId::new(server.room("general").id()),
            );
            (place, Some(Arc::new(sandbox)))
        };
        Ok(Self {
            place,
            sandbox,
            said,
            lines: Some(lines),
        })
    }

    /// The lines to say: from the keyboard, or in the sandbox those of alice.
    pub(crate) fn lines(&mut self) -> Receiver<String> {
        if self.sandbox.is_none() {
            let said = self.said.clone();
            thread::spawn(move || {
                for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                    if said.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        self.lines.take().unwrap_or_else(|| mpsc::channel().1)
    }

    /// What bob does once alice can hear him, in the sandbox: he answers each
    /// of her lines.
    pub(crate) fn connected(&self) -> impl Fn(GatewayStatus<'_>) + Send + Sync + 'static {
        let (sandbox, said) = (self.sandbox.clone(), self.said.clone());
        move |status| match status {
            GatewayStatus::Connected if sandbox.is_some() => {
                let _ = said.send(LINES[0].to_owned());
            }
            GatewayStatus::Lost { error, wait, .. } => {
                eprintln!("(lost: {error}, again in {wait:?})");
            }
            GatewayStatus::Gap { since, .. } => {
                eprintln!("(something may be missing since {since})");
            }
            _ => {}
        }
    }

    /// Somebody has said something. In the sandbox bob answers, until alice has
    /// nothing more to say: then the chat is over.
    pub(crate) fn heard(&self, event: &GatewayEvent) -> bool {
        let (Some(sandbox), Some(text)) = (&self.sandbox, event.content()) else {
            return false;
        };
        if text == LINES[1] {
            return true;
        }
        if text == LINES[0] {
            let (room, bob) = (sandbox.server("dev").room("general"), sandbox.user("bob"));
            if let Err(refused) = room.post(&bob, "I am.") {
                eprintln!("The sandbox refuses it: {refused}");
            }
        } else {
            let _ = self.said.send(LINES[1].to_owned());
        }
        false
    }

    /// What to show of an event, if it is about this chat.
    pub(crate) fn show(&self, event: &GatewayEvent) -> Option<String> {
        let is_here = match &self.place {
            Place::Friend(conversation) => event.conversation_id() == Some(conversation),
            Place::Room(_, room) => event.room_id() == Some(room),
        };
        match &event.data {
            _ if !is_here => None,
            GatewayEventData::RoomMessage(message) => {
                let author = message.author_name().unwrap_or("?");
                Some(format!("{author}: {}", message.content))
            }
            GatewayEventData::DirectMessage(message) => {
                let author = message
                    .display_name
                    .as_deref()
                    .or(message.username.as_deref());
                Some(format!("{}: {}", author.unwrap_or("?"), message.content))
            }
            GatewayEventData::RoomMessageEdited(edit)
            | GatewayEventData::DirectMessageEdited(edit) => Some(format!(
                "(edited: {})",
                edit.content.as_deref().unwrap_or("?")
            )),
            GatewayEventData::RoomMessageDeleted(_) | GatewayEventData::DirectMessageDeleted(_) => {
                Some("(a message was deleted)".to_owned())
            }
            GatewayEventData::RoomTyping(typing)
            | GatewayEventData::DirectMessageTyping(typing) => {
                let name = typing.display_name.as_deref().unwrap_or("somebody");
                Some(format!("({name} is typing)"))
            }
            _ => None,
        }
    }
}
