//! One connection to the gateway.

use std::collections::HashSet;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{sleep, timeout};

use super::Command;
use super::frames::{Frames, Received};
use crate::routes::call::Fields;
use crate::server::shared::Shared;
use crate::world::feed::{To, Told};
use crate::world::{Failure, Id, World};

/// How many frames of a flood are collected before they are written.
const FLOODED: usize = 500;
/// How long a client has to close its side of a connection that is closed.
const LINGER: Duration = Duration::from_secs(2);

type Socket = TokioIo<Upgraded>;

/// A connection, and what its user is told over it. It begins when it is made.
#[derive(Debug)]
pub(crate) struct Session {
    shared: Arc<Shared>,
    user: Id,
    /// The servers whose events the client asked for.
    servers: HashSet<Id>,
    /// The users whose presence the client asked for.
    presence: HashSet<Id>,
    changes: broadcast::Receiver<Told>,
    commands: broadcast::Receiver<Command>,
    frames: Frames,
    /// The pause before each byte, if a fault makes the connection slow.
    pace: Option<Duration>,
}

/// What comes next.
enum Next {
    Bytes(Option<Vec<u8>>),
    Change(Result<Told, RecvError>),
    Command(Result<Command, RecvError>),
}

impl Session {
    pub(crate) fn new(shared: &Arc<Shared>, user: Id, pace: Option<Duration>) -> Self {
        shared.gateway.opened(&user);
        let world = shared.world();
        let mut session = Self {
            shared: shared.clone(),
            changes: world.feed.watch(),
            commands: shared.gateway.commands.subscribe(),
            servers: HashSet::new(),
            presence: HashSet::new(),
            frames: Frames::new(),
            user,
            pace,
        };
        let counts = world.unread_counts(&session.user);
        session.frames.send(&counts.to_string());
        session
    }

    /// Serves the connection, once the upgrade is done.
    pub(crate) async fn run(mut self, upgrade: OnUpgrade) {
        // The upgrade fails if the client has gone, or if a fault did not let
        // the answer through.
        if let Ok(upgraded) = upgrade.await {
            let (reader, mut writer) = tokio::io::split(TokioIo::new(upgraded));
            let (sender, mut received) = mpsc::channel(4);
            let reading = tokio::spawn(read(reader, sender));
            drop(self.serve(&mut received, &mut writer).await);
            reading.abort();
        }
    }

    async fn serve(
        &mut self,
        received: &mut mpsc::Receiver<Vec<u8>>,
        writer: &mut WriteHalf<Socket>,
    ) -> io::Result<()> {
        loop {
            self.flush(writer).await?;
            if self.frames.has_ended() {
                writer.shutdown().await?;
                // If something were left unread, the system would reset the
                // connection, and the client might never see the close frame.
                let unread = async { while received.recv().await.is_some() {} };
                drop(timeout(LINGER, unread).await);
                return Ok(());
            }
            match self.next(received).await {
                Next::Bytes(None) | Next::Command(Ok(Command::Drop) | Err(RecvError::Closed)) => {
                    return Ok(());
                }
                Next::Bytes(Some(bytes)) => self.receive(&bytes),
                Next::Change(Ok(told)) => {
                    if self.hears(&told.to) {
                        self.frames.send(&told.json);
                    }
                }
                // Some changes were missed and cannot be sent any more.
                Next::Change(Err(_)) => self.frames.close(1008, "too slow"),
                Next::Command(Ok(Command::Close(code, reason))) => self.frames.close(code, &reason),
                Next::Command(Ok(Command::Send(text, times))) => {
                    for number in 1..=times {
                        self.frames.send(&text);
                        if number % FLOODED == 0 {
                            self.flush(writer).await?;
                        }
                    }
                }
                Next::Command(Ok(Command::Ping(times))) => {
                    (0..times).for_each(|_| self.frames.ping());
                }
                // Commands are few. If one was missed, there were hundreds of
                // them.
                Next::Command(Err(RecvError::Lagged(_))) => {}
            }
        }
    }

    async fn next(&mut self, received: &mut mpsc::Receiver<Vec<u8>>) -> Next {
        let mut change = pin!(self.changes.recv());
        let mut command = pin!(self.commands.recv());
        poll_fn(|cx| {
            if let Poll::Ready(command) = command.as_mut().poll(cx) {
                return Poll::Ready(Next::Command(command));
            }
            if let Poll::Ready(bytes) = received.poll_recv(cx) {
                return Poll::Ready(Next::Bytes(bytes));
            }
            change.as_mut().poll(cx).map(Next::Change)
        })
        .await
    }

    async fn flush(&mut self, writer: &mut WriteHalf<Socket>) -> io::Result<()> {
        let output = self.frames.take_output();
        if output.is_empty() || self.shared.gateway.is_muted() {
            return Ok(());
        }
        let Some(pause) = self.pace else {
            return writer.write_all(&output).await;
        };
        for byte in output {
            sleep(pause).await;
            writer.write_all(&[byte]).await?;
        }
        Ok(())
    }

    /// Whether an event is for this connection.
    fn hears(&self, to: &To) -> bool {
        let of_server = |server: &Id| {
            let world = self.shared.world();
            self.servers.contains(server) && world.server_of(server, &self.user).is_ok()
        };
        match to {
            To::Server(server) => of_server(server),
            To::Others(server, user) => *user != self.user && of_server(server),
            To::Users(users) => users.contains(&self.user),
            To::Watchers(user) => self.presence.contains(user),
        }
    }

    fn receive(&mut self, bytes: &[u8]) {
        for message in self.frames.receive(bytes) {
            let done = match message {
                Received::Text(text) => self.carry_out(&text),
                Received::Binary => Err(Failure::bad_request("Messages are text")),
            };
            if let Err(failure) = done {
                let error = json!({"type": "error", "message": failure.message()});
                self.frames.send(&error.to_string());
            }
        }
    }

    /// Does what the client asks for. The error says why it cannot be done.
    fn carry_out(&mut self, text: &str) -> Result<(), Failure> {
        let mut fields = Fields::parse(text.as_bytes())?;
        let kind = fields.filled_text("type")?;
        let shared = self.shared.clone();
        let mut world = shared.world();
        match kind.as_str() {
            "ping" => {
                fields.done()?;
                self.frames.send(r#"{"type":"pong"}"#);
                Ok(())
            }
            "set_status" => {
                let status = fields.text("status")?;
                fields.done()?;
                if !["online", "idle"].contains(&status.as_str()) {
                    return Err(Failure::bad_request("status must be online or idle"));
                }
                world.set_status_by_name(&self.user, &status)
            }
            "subscribe_presence" | "unsubscribe_presence" => {
                let users = texts(&mut fields, "userIds")?;
                fields.done()?;
                for user in users {
                    let id = world.user(&user)?.id.clone();
                    if kind == "subscribe_presence" {
                        self.presence.insert(id);
                    } else {
                        self.presence.remove(&id);
                    }
                }
                Ok(())
            }
            "subscribe_servers" => {
                let servers = texts(&mut fields, "serverIds")?;
                fields.done()?;
                self.subscribe(&world, &servers)
            }
            "typing_start" | "typing_stop" => {
                let conversation = fields.text("conversationId")?;
                fields.done()?;
                world.conversation(&conversation, &self.user)?;
                if kind == "typing_start" {
                    world.type_in_dm(&conversation, &self.user)?;
                }
                Ok(())
            }
            "typing_room_start" | "typing_room_stop" => {
                let (server, room) = (fields.text("serverId")?, fields.text("roomId")?);
                fields.done()?;
                world.server_of(&server, &self.user)?.room(&room)?;
                if kind == "typing_room_start" {
                    world.type_in_room(&server, &room, &self.user)?;
                }
                Ok(())
            }
            "set_game_activity" => {
                let game = fields.optional_text("gameName")?;
                fields.done()?;
                world.set_game(&self.user, game.as_deref())
            }
            "mark_room_read" => {
                let (room, at) = (fields.text("roomId")?, fields.time("timestamp")?);
                fields.done()?;
                world.mark_room_read(&room, &self.user, at)
            }
            "mark_dm_read" => {
                let conversation = fields.text("conversationId")?;
                let at = fields.time("timestamp")?;
                fields.done()?;
                world.mark_dm_read(&conversation, &self.user, at)
            }
            unknown => Err(Failure::bad_request(format!("Unknown type {unknown:?}"))),
        }
    }

    /// Subscribes to servers, and sends what is there at the beginning.
    fn subscribe(&mut self, world: &World, servers: &[String]) -> Result<(), Failure> {
        for server in servers {
            let server = world.server_of(server, &self.user)?;
            if self.servers.insert(server.id.clone()) {
                self.shared.gateway.subscribed(&self.user, &server.id);
            }
            let statuses: Vec<_> = server
                .members
                .iter()
                .filter_map(|(id, _)| world.users.get(id))
                .map(|user| json!({"userId": &*user.id, "status": user.status}))
                .collect();
            let rooms: Vec<_> = server
                .rooms
                .values()
                .map(|room| world.room_view(server, room))
                .collect();
            let id = &*server.id;
            for event in [
                json!({"type": "server_snapshot", "serverId": id, "server": server.view(), "rooms": rooms}),
                json!({"type": "server_member_statuses", "serverId": id, "statuses": statuses}),
            ] {
                self.frames.send(&event.to_string());
            }
        }
        Ok(())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let gateway = &self.shared.gateway;
        gateway.closed(&self.user, self.servers.iter());
    }
}

fn texts(fields: &mut Fields, key: &str) -> Result<Vec<String>, Failure> {
    fields
        .optional_texts(key)?
        .ok_or_else(|| crate::routes::call::missing(key))
}

/// Reads until the client or the session is gone.
async fn read(mut reader: ReadHalf<Socket>, sender: mpsc::Sender<Vec<u8>>) {
    loop {
        let mut bytes = Vec::with_capacity(16 * 1024);
        match reader.read_buf(&mut bytes).await {
            Ok(1..) if sender.send(bytes).await.is_ok() => {}
            _ => return,
        }
    }
}
