//! Checks that a token works against an API base, for a pipeline or by hand.
//!
//! ```text
//! cargo run --example smoke                       # LAG_TOKEN or LAG_ROBOT_API_KEY
//! cargo run --example smoke -- --sandbox --json
//! ```
//!
//! It checks health, version and identity, then the servers of a user, or each
//! permission that a robot claims. With a room in `LAG_SMOKE_ROOM` it also
//! sends, edits, reads back and deletes a message there. The exit code is 0 if
//! all checks passed, 1 if one failed, 2 if there was nothing to check with.
//! The token is never printed.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use lagclient::models::{Identity, RobotPermission};
use lagclient::{Client, Error, ListMessages, RetryPolicy, RoomId, ServerId, TokenKind};
use serde_json::{Value, json};

const USAGE: &str = "\
usage: smoke [--json] [--sandbox]

  --json      print one JSON object instead of lines
  --sandbox   check a sandbox of its own

environment:
  LAG_TOKEN, else LAG_ROBOT_API_KEY   what to check; not with --sandbox
  LAG_API_BASE                        where, if not at the service's own address
  LAG_SMOKE_ROOM                      <room id> or <server id>/<room id>: where to
                                      send, edit, read back and delete a message

exit code: 0 all good, 1 a check failed, 2 nothing was checked
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let variable = |name: &str| std::env::var(name).ok();
    let code = run(&arguments, &variable, &mut io::stdout(), &mut io::stderr());
    ExitCode::from(code)
}

/// The program, apart from its process. A reader that went away is no failed
/// check, so what cannot be written is dropped.
pub(crate) fn run(
    arguments: &[String],
    variable: &dyn Fn(&str) -> Option<String>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    if arguments.iter().any(|argument| argument == "--help") {
        drop(write!(out, "{USAGE}"));
        return 0;
    }
    let as_json = arguments.iter().any(|argument| argument == "--json");
    match prepare(arguments, variable) {
        Ok(target) => {
            let started = Instant::now();
            let mut report = Report {
                out,
                as_json,
                checks: Vec::new(),
            };
            check(&target, &mut report);
            report.finish(&target, started.elapsed())
        }
        Err(problem) => {
            if as_json {
                drop(writeln!(out, "{}", json!({"ok": false, "error": problem})));
            }
            drop(writeln!(err, "smoke: {problem}"));
            2
        }
    }
}

/// What is checked, and where.
struct Target {
    client: Client,
    base_url: Option<String>,
    room: Option<Room>,
    /// Runs for as long as it is checked.
    _sandbox: Option<lag_sandbox::Sandbox>,
}

/// A room to write in. A robot need not say which server it is in.
struct Room {
    server: Option<ServerId>,
    room: RoomId,
}

fn prepare(
    arguments: &[String],
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Target, String> {
    let known = ["--json", "--sandbox"];
    if let Some(other) = arguments
        .iter()
        .find(|given| !known.contains(&given.as_str()))
    {
        return Err(format!("unknown argument {other:?}; see --help"));
    }
    let variable = |name| variable(name).filter(|value| !value.is_empty());
    let room = variable("LAG_SMOKE_ROOM").as_deref().map(room);
    if arguments.iter().any(|argument| argument == "--sandbox") {
        return in_sandbox(room);
    }
    let token = variable("LAG_TOKEN")
        .or_else(|| variable("LAG_ROBOT_API_KEY"))
        .ok_or("neither LAG_TOKEN nor LAG_ROBOT_API_KEY is set, and there is no --sandbox")?;
    let base_url = variable("LAG_API_BASE");
    let client = client(token, base_url.as_deref()).map_err(|error| error.to_string())?;
    let without_server = room.as_ref().is_some_and(|room| room.server.is_none());
    if without_server && client.token_kind() == TokenKind::User {
        return Err("LAG_SMOKE_ROOM must be <server id>/<room id> for a user's token".to_owned());
    }
    Ok(Target {
        client,
        base_url,
        room,
        _sandbox: None,
    })
}

fn room(text: &str) -> Room {
    match text.split_once('/') {
        Some((server, room)) => Room {
            server: Some(server.into()),
            room: room.into(),
        },
        None => Room {
            server: None,
            room: text.into(),
        },
    }
}

fn in_sandbox(room: Option<Room>) -> Result<Target, String> {
    let sandbox = lag_sandbox::Sandbox::start().map_err(|error| error.to_string())?;
    let base_url = sandbox.base_url().to_owned();
    let client = client(sandbox.robot_key(), Some(&base_url)).map_err(|error| error.to_string())?;
    Ok(Target {
        client,
        base_url: Some(base_url),
        room: room.or_else(|| Some(self::room(sandbox.server("dev").room("general").id()))),
        _sandbox: Some(sandbox),
    })
}

/// Retries bridge a hiccup of the network, but never send a message twice.
fn client(token: impl Into<lagclient::Token>, base_url: Option<&str>) -> lagclient::Result<Client> {
    let mut builder = Client::builder(token)
        .timeout(Duration::from_secs(10))
        .retry(RetryPolicy::new().repeat_writes(false));
    if let Some(url) = base_url {
        builder = builder.base_url(url);
    }
    builder.build()
}

fn check(target: &Target, report: &mut Report<'_>) {
    let client = &target.client;
    report.run("health", || {
        let health = client.system().health()?;
        if health.status == "ok" {
            Ok(((), health.status))
        } else {
            Err(Failure(format!("the service says {:?}", health.status)))
        }
    });
    report.run("version", || Ok(((), client.system().version()?.version)));
    let me = report.run("identity", || {
        let me = client.identity()?;
        let detail = format!("{} {} ({})", me.kind, me.display_name, me.id);
        if me.active == Some(false) {
            return Err(Failure(format!("{detail} is switched off")));
        }
        Ok((me, detail))
    });
    match me {
        Some(me) if me.kind == TokenKind::Robot => check_robot(target, &me, report),
        Some(_) => check_user(target, report),
        None => report.skip("permissions", "who the token belongs to is not known"),
    }
}

fn check_user(target: &Target, report: &mut Report<'_>) {
    report.run("servers.list", || {
        Ok(((), count(target.client.servers().list()?.len(), "server")))
    });
    match &target.room {
        Some(Room {
            server: Some(server),
            room,
        }) => check_writing(&target.client, server, room, true, report),
        _ => report.skip("rooms.messages.send", NO_ROOM),
    }
}

const NO_ROOM: &str = "LAG_SMOKE_ROOM is not set";

fn check_robot(target: &Target, me: &Identity, report: &mut Report<'_>) {
    let named = target.room.as_ref();
    let server = named
        .and_then(|room| room.server.as_ref())
        .or(me.server_id.as_ref());
    let Some(server) = server else {
        report.skip("permissions", "which server the robot is in is not known");
        return;
    };
    let claimed = me.permissions.as_deref().unwrap_or_default();
    let may = |permission| claimed.contains(&permission);
    let rooms = target.client.servers().rooms();

    let mut first_room = None;
    if may(RobotPermission::ReadRooms) {
        first_room = report.run("read_rooms: rooms.list", || {
            let all = rooms.list(server)?;
            let detail = count(all.len(), "room");
            Ok((all.into_iter().next().map(|room| room.id), detail))
        });
    }
    if may(RobotPermission::ReadMembers) {
        report.run("read_members: members.list", || {
            let all = target.client.servers().members().list(server)?;
            Ok(((), count(all.len(), "member")))
        });
    }
    let first_room = first_room.flatten();
    let readable = named.map(|room| &room.room).or(first_room.as_ref());
    if may(RobotPermission::ReadMessages) {
        match readable {
            Some(room) => {
                report.run("read_messages: messages.list", || {
                    let page = rooms.messages().list(server, room, ())?;
                    Ok(((), count(page.items.len(), "message")))
                });
            }
            None => report.skip("read_messages", "no room is known; set LAG_SMOKE_ROOM"),
        }
    }
    if may(RobotPermission::SendMessages) {
        match named {
            Some(named) => {
                let reads = may(RobotPermission::ReadMessages);
                check_writing(&target.client, server, &named.room, reads, report);
            }
            None => report.skip("send_messages", NO_ROOM),
        }
    }
    for permission in claimed {
        if !CHECKED.contains(permission) {
            report.skip(permission.as_str(), "no endpoint needs it");
        }
    }
}

/// The permissions that an endpoint needs; the others are for events.
const CHECKED: [RobotPermission; 4] = [
    RobotPermission::ReadMembers,
    RobotPermission::ReadMessages,
    RobotPermission::ReadRooms,
    RobotPermission::SendMessages,
];

/// Sends a message, changes it, reads it back and deletes it, the last also if
/// something in between failed.
fn check_writing(
    client: &Client,
    server: &ServerId,
    room: &RoomId,
    reads: bool,
    report: &mut Report<'_>,
) {
    const SENT: &str = "Smoke test: to be deleted in a moment";
    const EDITED: &str = "Smoke test: edited, to be deleted in a moment";

    let messages = client.servers().rooms().messages();
    let sent = report.run("messages.send", || {
        let sent = messages.send(server, room, SENT)?;
        let detail = sent.id.to_string();
        Ok((sent.id, detail))
    });
    let Some(id) = sent else { return };
    report.run("messages.edit", || {
        let edited = messages.edit(server, room, &id, EDITED)?;
        expect(edited.content == EDITED, "the answer has another text")
    });
    if reads {
        report.run("messages.list", || {
            let page = messages.list(server, room, ListMessages::new().limit(100))?;
            let found = page.items.iter().find(|message| message.id == id);
            let text = found.map(|message| &*message.content);
            expect(text == Some(EDITED), "the edited message is not there")
        });
    }
    report.run("messages.delete", || {
        messages.delete(server, room, &id)?;
        Ok(((), String::new()))
    });
}

fn expect(holds: bool, otherwise: &str) -> Checked<()> {
    if holds {
        Ok(((), String::new()))
    } else {
        Err(Failure(otherwise.to_owned()))
    }
}

fn count(number: usize, of: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {of}{plural}")
}

/// What a check found, and a remark on it.
type Checked<T> = Result<(T, String), Failure>;

/// Why a check failed.
struct Failure(String);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

/// The checks so far. A line is printed as each ends, or all at the end as JSON.
struct Report<'a> {
    out: &'a mut dyn Write,
    as_json: bool,
    checks: Vec<Value>,
}

impl Report<'_> {
    fn run<T>(&mut self, name: &str, check: impl FnOnce() -> Checked<T>) -> Option<T> {
        let started = Instant::now();
        let result = check();
        let took = started.elapsed();
        match result {
            Ok((value, detail)) => {
                self.add(name, "passed", Some(took), &detail);
                Some(value)
            }
            Err(Failure(why)) => {
                self.add(name, "failed", Some(took), &why);
                None
            }
        }
    }

    fn skip(&mut self, name: &str, why: &str) {
        self.add(name, "skipped", None, why);
    }

    fn add(&mut self, name: &str, status: &str, took: Option<Duration>, detail: &str) {
        let took = took.map(milliseconds);
        if !self.as_json {
            let time = took.map_or_else(|| "-".to_owned(), |took| format!("{took:.1} ms"));
            let line = format!("{status:<8}{time:>10}  {name:<30}{detail}");
            drop(writeln!(self.out, "{}", line.trim_end()));
        }
        self.checks.push(json!({
            "name": name,
            "status": status,
            "milliseconds": took,
            "detail": detail,
        }));
    }

    fn count(&self, status: &str) -> usize {
        let of_status = |check: &&Value| check["status"] == status;
        self.checks.iter().filter(of_status).count()
    }

    fn finish(self, target: &Target, took: Duration) -> u8 {
        let [passed, failed, skipped] =
            ["passed", "failed", "skipped"].map(|status| self.count(status));
        let took = milliseconds(took);
        let summary = if self.as_json {
            let summary = json!({
                "ok": failed == 0,
                "token": target.client.token_kind(),
                "baseUrl": target.base_url,
                "passed": passed,
                "failed": failed,
                "skipped": skipped,
                "milliseconds": took,
                "checks": self.checks,
            });
            summary.to_string()
        } else {
            format!("{passed} passed, {failed} failed, {skipped} skipped in {took:.1} ms")
        };
        drop(writeln!(self.out, "{summary}"));
        u8::from(failed > 0)
    }
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}
