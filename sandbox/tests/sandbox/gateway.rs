//! The gateway, spoken to by a WebSocket library that knows nothing of it.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use lag_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};
use tungstenite::{Error, Message, WebSocket};

use crate::http::{Caller, read_answer};

const PATIENCE: Duration = Duration::from_secs(10);

struct Client {
    socket: WebSocket<TcpStream>,
}

impl Client {
    fn open(sandbox: &Sandbox, name: &str) -> Self {
        let token = sandbox.user(name).token();
        Self::with_token(sandbox, &token).expect("an upgrade")
    }

    fn with_token(sandbox: &Sandbox, token: &str) -> Option<Self> {
        let stream = TcpStream::connect(sandbox.address()).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        let url = format!("ws://{}/ws?token={token}", sandbox.address());
        let (socket, _) = tungstenite::client(url, stream).ok()?;
        let mut client = Self { socket };
        // What everybody is told first.
        assert_eq!(client.next()["type"], "unread_counts");
        Some(client)
    }

    fn say(&mut self, message: &Value) {
        self.send(&message.to_string());
    }

    fn send(&mut self, text: &str) {
        self.socket.send(Message::text(text)).expect("sent");
    }

    fn subscribe(&mut self, server: &str) {
        self.say(&json!({"type": "subscribe_servers", "serverIds": [server]}));
        let snapshot = self.next();
        assert_eq!(snapshot["type"], "server_snapshot");
        assert_eq!(snapshot["serverId"], server);
        assert_eq!(self.next()["type"], "server_member_statuses");
    }

    fn try_next(&mut self) -> Result<Value, Error> {
        loop {
            match self.socket.read()? {
                Message::Text(text) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Message::Close(frame) => {
                    let code = frame.map_or(0, |frame| frame.code.into());
                    return Ok(json!({"type": "close", "code": code}));
                }
                _ => {}
            }
        }
    }

    #[track_caller]
    fn next(&mut self) -> Value {
        self.try_next().expect("a message")
    }

    /// The next message, which is of this kind.
    #[track_caller]
    fn hears(&mut self, kind: &str) -> Value {
        let message = self.next();
        assert_eq!(message["type"], kind, "{message}");
        message
    }

    /// Nothing is on its way.
    #[track_caller]
    fn hears_nothing(&mut self) {
        self.say(&json!({"type": "ping"}));
        assert_eq!(self.next(), json!({"type": "pong"}));
    }

    fn is_silent(&mut self) -> bool {
        let stream = self.socket.get_ref();
        stream
            .set_read_timeout(Some(Duration::from_millis(100)))
            .expect("set");
        let silent = matches!(
            self.try_next(),
            Err(Error::Io(error)) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
        );
        let stream = self.socket.get_ref();
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        silent
    }
}

const DEV: &str = "srv_dev";
const ROOM: &str = "/servers/srv_dev/rooms/room_general/messages";

#[test]
fn only_users_get_in() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let upgrade = |query: &str, headers: &str| {
        let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
        let request = format!("GET /ws{query} HTTP/1.1\r\nhost: x\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).expect("written");
        if headers.contains("upgrade") && query.contains("alice") {
            let mut head = [0; 12];
            stream.read_exact(&mut head).expect("a head");
            return String::from_utf8_lossy(&head[9..])
                .parse()
                .expect("a status");
        }
        read_answer(&mut stream).expect("an answer").status
    };
    let headers = "connection: keep-alive, Upgrade\r\nupgrade: websocket\r\n\
                   sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let alice = "?token=lag_pat_sandbox%5Falice";
    assert_eq!(upgrade(alice, headers), 101);
    assert_eq!(upgrade("", headers), 401);
    assert_eq!(upgrade("?token=lag_pat_nobody", headers), 401);
    assert_eq!(upgrade("?token=lag_robot_sandbox_secret", headers), 401);
    // A token in a header is none for the gateway.
    let bearer = format!("{headers}authorization: Bearer lag_pat_sandbox_alice\r\n");
    assert_eq!(upgrade("", &bearer), 401);
    assert_eq!(upgrade(alice, ""), 426);
    let old = headers.replace("version: 13", "version: 8");
    assert_eq!(upgrade(alice, &old), 426);
    assert_eq!(upgrade("?token=lag_pat_sandbox_alice&x=1", headers), 400);
    let shown = format!("{:?}", sandbox.requests());
    assert!(!shown.contains("lag_pat_"), "{shown}");
    assert!(shown.contains("/ws?token=[redacted]&x=1"), "{shown}");
}

#[test]
fn pings_and_what_makes_no_sense() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let mut alice = Client::open(&sandbox, "alice");
    alice.hears_nothing();
    let mut refused = |message: &str| {
        alice.send(message);
        alice.hears("error")["message"]
            .as_str()
            .expect("text")
            .to_owned()
    };
    assert!(refused("{").contains("JSON"));
    assert!(refused("[]").contains("object"));
    assert!(refused("{}").contains("type"));
    assert!(refused(r#"{"type": "dance"}"#).contains("Unknown type"));
    assert!(refused(r#"{"type": "ping", "x": 1}"#).contains("Unknown key"));
    assert!(refused(r#"{"type": "set_status", "status": "offline"}"#).contains("online or idle"));
    assert!(refused(r#"{"type": "subscribe_servers"}"#).contains("serverIds"));
    assert!(refused(r#"{"type": "subscribe_servers", "serverIds": ["x"]}"#).contains("not found"));
    assert!(
        refused(r#"{"type": "mark_room_read", "roomId": "x", "timestamp": "now"}"#).contains("ISO")
    );
    alice
        .socket
        .send(Message::binary(vec![1, 2]))
        .expect("sent");
    alice.hears("error");
    alice
        .socket
        .send(Message::Ping(vec![7].into()))
        .expect("sent");
    assert!(matches!(alice.socket.read(), Ok(Message::Pong(data)) if data[..] == [7]));
    alice.hears_nothing();
    // Too long a message is the end, and says so.
    alice.send(&"x".repeat(100 * 1024));
    assert_eq!(alice.hears("close")["code"], 1009);
}

#[test]
fn rooms_are_heard_by_those_who_asked_and_may() {
    let sandbox = Sandbox::start().expect("a sandbox");
    sandbox.add_user("carol");
    let room = sandbox.server("dev").room("general");
    let (by_alice, robot) = (Caller::user(&sandbox, "alice"), Caller::robot(&sandbox));
    let waiting = sandbox
        .user("bob")
        .wait_for_subscription(&sandbox.server("dev"), PATIENCE);
    let mut bob = Client::open(&sandbox, "bob");
    room.post(&sandbox.user("alice"), "unheard")
        .expect("posted");
    bob.hears_nothing();
    bob.subscribe(DEV);
    waiting.wait().expect("it has subscribed");
    let mut carol = Client::open(&sandbox, "carol");
    carol.say(&json!({"type": "subscribe_servers", "serverIds": [DEV]}));
    carol.hears("error");

    let sent = by_alice.post(ROOM, &json!({"content": "hi"})).expect(201);
    let heard = bob.hears("room_message");
    assert_eq!(heard["message"], sent);
    assert_eq!(heard["roomId"], "room_general");
    let path = format!("{ROOM}/{}", sent["id"].as_str().expect("an id"));
    by_alice.patch(&path, &json!({"content": "ho"})).expect(200);
    let heard = bob.hears("room_message_edited");
    assert_eq!(heard["messageId"], sent["id"]);
    assert_eq!(heard["message"]["content"], "ho");
    by_alice.delete(&path).expect(204);
    assert_eq!(bob.hears("room_message_deleted")["messageId"], sent["id"]);
    robot
        .post(&format!("/robots/@me{ROOM}"), &json!({"content": "beep"}))
        .expect(201);
    assert_eq!(bob.hears("room_message")["message"]["isBot"], true);

    // Handles go through the same functions.
    let alice = sandbox.user("alice");
    alice.type_in(&room).expect("typed");
    let typing = bob.hears("room_typing");
    assert_eq!(typing["userId"], "usr_alice");
    room.join_voice(&alice).expect("joined");
    bob.hears("voice_room_user_joined");
    room.set_speaking(&alice, true).expect("spoken");
    assert_eq!(bob.hears("voice_room_user_speaking")["speaking"], true);
    room.leave_voice(&alice).expect("left");
    bob.hears("voice_room_user_left");
    sandbox.server("dev").add_room("more");
    assert_eq!(bob.hears("server_room_created")["name"], "more");
    sandbox.server("dev").add_member(&sandbox.user("carol"));
    bob.hears("server_member_joined");
    by_alice
        .patch("/servers/srv_dev", &json!({"name": "Dev"}))
        .expect(200);
    assert_eq!(bob.hears("server_event")["event"], "server_updated");
    by_alice
        .delete("/servers/srv_dev/members/usr_carol")
        .expect(204);
    bob.hears("server_member_left");

    // One's own typing is no news, and to the others it is.
    let mut listening = Client::open(&sandbox, "alice");
    listening.subscribe(DEV);
    bob.say(&json!({"type": "typing_room_start", "serverId": DEV, "roomId": "room_general"}));
    assert_eq!(listening.hears("room_typing")["userId"], "usr_bob");
    bob.say(&json!({"type": "typing_room_stop", "serverId": DEV, "roomId": "room_general"}));
    bob.hears_nothing();
    listening.hears_nothing();

    // Who is no member any more hears nothing.
    by_alice
        .delete("/servers/srv_dev/members/usr_bob")
        .expect(204);
    room.post(&alice, "gone?").expect("posted");
    bob.hears_nothing();
    carol.hears_nothing();
}

#[test]
fn direct_messages_friends_and_presence() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (alice, bob) = (sandbox.user("alice"), sandbox.user("bob"));
    let mut heard = Client::open(&sandbox, "bob");
    let id = alice.write_to(&bob, "psst").expect("written");
    let message = heard.hears("dm_message");
    assert_eq!(message["message"]["id"], id.as_str());
    assert_eq!(message["message"]["content"], "psst");
    let dm = message["conversationId"]
        .as_str()
        .expect("an id")
        .to_owned();
    let counts = heard.hears("unread_counts");
    assert_eq!(
        counts["counts"],
        json!([{"conversationId": dm, "count": 1}])
    );
    alice.type_to(&bob).expect("typed");
    assert_eq!(heard.hears("dm_typing")["conversationId"], dm.as_str());
    let by_alice = Caller::user(&sandbox, "alice");
    let path = format!("/dms/{dm}/messages/{id}");
    by_alice
        .patch(&path, &json!({"content": "hey"}))
        .expect(200);
    heard.hears("dm_message_edited");

    // Reading changes the counts; what is written later is unread again.
    let at = message["message"]["createdAt"].clone();
    heard.say(&json!({"type": "mark_dm_read", "conversationId": dm, "timestamp": at}));
    assert_eq!(heard.hears("unread_counts")["counts"][0]["count"], 0);
    alice.write_to(&bob, "and").expect("written");
    heard.hears("dm_message");
    assert_eq!(heard.hears("unread_counts")["counts"][0]["count"], 1);
    by_alice.delete(&path).expect(204);
    heard.hears("dm_message_deleted");
    let room = sandbox.server("dev").room("general");
    room.post(&alice, "one").expect("posted");
    let epoch = "2000-01-01T00:00:00Z";
    heard.say(&json!({"type": "mark_room_read", "roomId": "room_general", "timestamp": epoch}));
    let counts = heard.hears("unread_counts");
    assert_eq!(
        counts["rooms"],
        json!([{"roomId": "room_general", "count": 1}])
    );

    alice.set_status("offline");
    assert_eq!(heard.hears("friend_offline")["userId"], "usr_alice");
    assert_eq!(heard.hears("friend_status_changed")["status"], "offline");
    heard.say(&json!({"type": "subscribe_presence", "userIds": ["usr_alice"]}));
    heard.hears_nothing();
    alice.set_status("idle");
    assert_eq!(heard.hears("user_status_changed")["status"], "idle");
    heard.hears("friend_online");
    heard.hears("friend_status_changed");
    alice.play(Some("Chess"));
    assert_eq!(heard.hears("user_game_activity")["gameName"], "Chess");
    heard.say(&json!({"type": "unsubscribe_presence", "userIds": ["usr_alice"]}));
    heard.hears_nothing();
    alice.play(None);
    heard.hears_nothing();

    // What the client does itself is seen over HTTP.
    heard.say(&json!({"type": "set_status", "status": "idle"}));
    heard.hears_nothing();
    assert_eq!(by_alice.get("/users/usr_bob").expect(200)["status"], "idle");

    alice.unfriend(&bob);
    heard.hears("friend_removed");
    let request = json!({"username": "bob"});
    let asked = by_alice.post("/friends/request", &request).expect(201);
    assert_eq!(
        heard.hears("friend_request_received")["userId"],
        "usr_alice"
    );
    let path = format!("/friends/{}", asked["id"].as_str().expect("an id"));
    by_alice.delete(&path).expect(204);
    heard.hears("friend_request_withdrawn");
    let mut requester = Client::open(&sandbox, "alice");
    let by_bob = Caller::user(&sandbox, "bob");
    for (verb, kind, status) in [
        ("decline", "friend_request_declined", 204),
        ("accept", "friend_request_accepted", 200),
    ] {
        let asked = by_alice.post("/friends/request", &request).expect(201);
        heard.hears("friend_request_received");
        let answer = json!({"requestId": asked["id"]});
        by_bob
            .post(&format!("/friends/{verb}"), &answer)
            .expect(status);
        assert_eq!(requester.hears(kind)["userId"], "usr_bob");
    }
    heard.hears("friend_request_accepted");
    let lab = sandbox.add_server("lab", &alice);
    let path = format!("/servers/{}/invite-friend", lab.id());
    by_alice
        .post(&path, &json!({"userId": "usr_bob"}))
        .expect(200);
    assert_eq!(heard.hears("server_invite_received")["serverName"], "lab");
}

#[test]
fn connections_fail_on_purpose() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = sandbox.user("alice");
    let waiting = alice.wait_for_gateway(PATIENCE);
    let mut first = Client::open(&sandbox, "alice");
    waiting.wait().expect("it listens");
    let mut second = Client::open(&sandbox, "alice");
    assert_eq!(alice.gateway_connections(), 2);

    sandbox.send_to_gateway(r#"{"type": "of tomorrow"}"#);
    for client in [&mut first, &mut second] {
        client.hears("of tomorrow");
    }
    sandbox.flood_gateway(r#"{"type": "flood"}"#, 5_000);
    for _ in 0..5_000 {
        first.hears("flood");
    }
    sandbox.flood_gateway_with_pings(100);
    first.hears_nothing();

    sandbox.mute_gateway(true);
    second.say(&json!({"type": "ping"}));
    first.say(&json!({"type": "ping"}));
    assert!(first.is_silent());
    assert_eq!(alice.gateway_connections(), 2);
    sandbox.mute_gateway(false);
    first.hears_nothing();

    sandbox.close_gateway_connections(4001, "go away");
    assert_eq!(first.hears("close")["code"], 4001);
    let mut third = Client::open(&sandbox, "bob");
    sandbox.drop_gateway_connections();
    assert!(third.try_next().is_err());
    let begun = Instant::now();
    while sandbox.user("bob").gateway_connections() > 0 {
        assert!(begun.elapsed() < PATIENCE);
    }
}

/// While a client is still answering pings, what was sent before the close, and
/// the close itself, reach it.
#[test]
fn a_close_does_not_overtake_what_was_said() {
    let sandbox = Sandbox::start().expect("a sandbox");
    for _ in 0..10 {
        let mut alice = Client::open(&sandbox, "alice");
        sandbox.flood_gateway_with_pings(20_000);
        sandbox.send_to_gateway(r#"{"type":"last"}"#);
        sandbox.close_gateway_connections(4001, "go away");
        alice.hears("last");
        assert_eq!(alice.hears("close")["code"], 4001);
    }
}

#[test]
fn faults_reach_frames() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let token = sandbox.user("alice").token();
    sandbox.inject(Fault::status(503).header("retry-after", "1").path("/ws"));
    assert!(Client::with_token(&sandbox, &token).is_none());
    assert_eq!(sandbox.requests()[0].status(), Some(503));
    assert_eq!(sandbox.user("alice").gateway_connections(), 0);
    sandbox.inject(Fault::close().path("/ws"));
    assert!(Client::with_token(&sandbox, &token).is_none());

    // The first message fits, the second is cut.
    sandbox.inject(Fault::cut_body_after(80).path("/ws"));
    let mut client = Client::with_token(&sandbox, &token).expect("an upgrade");
    client.say(&json!({"type": "subscribe_servers", "serverIds": [DEV]}));
    assert!(client.try_next().is_err());
    sandbox.inject(Fault::stall_body_after(80).path("/ws"));
    let mut client = Client::with_token(&sandbox, &token).expect("an upgrade");
    client.say(&json!({"type": "subscribe_servers", "serverIds": [DEV]}));
    assert!(client.is_silent());
    sandbox.inject(Fault::slow_body(Duration::from_millis(1)).path("/ws"));
    let begun = Instant::now();
    let mut client = Client::with_token(&sandbox, &token).expect("an upgrade");
    assert!(begun.elapsed() > Duration::from_millis(40));
    client.hears_nothing();
}
