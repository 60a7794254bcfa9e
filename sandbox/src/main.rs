//! `lag-sandbox`: the sandbox as a program of its own.

use std::fmt::Write as _;
use std::future::poll_fn;
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::task::Poll;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use lag_sandbox::{Recorded, Sandbox, Seed, SeedError};
use lexopt::prelude::*;
use tokio::runtime::{self, Runtime};

const HELP: &str = "\
lag-sandbox: a stand-in for the Lag service, in memory, on a local port

Usage: lag-sandbox [options]

  --port <port>          port to listen on (default 7373; 0 takes a free one)
  --host <address>       address to listen on (default 127.0.0.1); anybody who can
                         reach it can use the published tokens
  --seed <file>          start with the world in this JSON file
  --empty                start with nobody and nothing
  --rate-limits          enforce the documented rate limits of robots
  --clock-speed <n>      sandbox seconds per real second, 0 to 1000000 (default 1)
  --print-env[=<kind>]   print the lines that point a client at the sandbox, and
                         exit; kind is robot (default) or user; not for
                         another world (--seed, --empty)
  --no-console           no console and no control interface under /_sandbox/
  --console              have them, although others than this machine can reach
                         the address: whoever can reach them can do everything
  -q, --quiet            no access log
  -v, --verbose          an access log with sizes, times and connections
  -h, --help             print this help
  -V, --version          print the version

It is modeled on the public documentation of the service; nothing in it has been
compared with the real one. What is documented and what is a guess:
https://docs.rs/lag-sandbox/latest/lag_sandbox/guide/
";

/// What the command line asks for.
struct Arguments {
    address: SocketAddr,
    seed: Option<PathBuf>,
    empty: bool,
    rate_limits: bool,
    console: Option<bool>,
    clock_speed: f64,
    print_env: Option<Kind>,
    log: Log,
}

#[derive(Clone, Copy)]
enum Kind {
    Robot,
    User,
}

#[derive(Clone, Copy)]
enum Log {
    Nothing,
    Lines,
    Details,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lag-sandbox: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let Some(arguments) = parse()? else {
        return Ok(());
    };
    if let Some(kind) = arguments.print_env {
        tell(&environment(arguments.address, kind)?);
        return Ok(());
    }
    let mut builder = Sandbox::builder()
        .address(arguments.address)
        .rate_limits(arguments.rate_limits)
        .clock_speed(arguments.clock_speed)
        .record_bodies(if arguments.console == Some(false) {
            0
        } else {
            16 * 1024
        });
    if let Some(on) = arguments.console {
        builder = builder.console(on);
    }
    if arguments.empty {
        builder = builder.empty();
    }
    if let Some(path) = &arguments.seed {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let seed =
            Seed::from_json(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        builder = builder.seed(seed);
    }
    let log = arguments.log;
    let mut access_log = None;
    if !matches!(log, Log::Nothing) {
        let (lines, written) = AccessLog::start()?;
        builder = builder.on_request(move |request| lines.add(report(log, request)));
        access_log = Some(written);
    }
    let ending = Ending::listen()?;
    let sandbox = builder.start().map_err(|error| {
        let of_seed = error
            .get_ref()
            .and_then(|cause| cause.downcast_ref::<SeedError>());
        match (&arguments.seed, of_seed) {
            (Some(path), Some(error)) => format!("{}: {error}", path.display()),
            _ => format!("cannot start on {}: {error}", arguments.address),
        }
    })?;
    tell(&banner(&sandbox));
    ending.wait();
    // After this, no more lines are added to the access log.
    drop(sandbox);
    let (done, ended) = mpsc::channel();
    thread::spawn(move || {
        if let Some(written) = access_log {
            drop(written.join());
        }
        tell("lag-sandbox: stopped\n");
        done.send(()).ok();
    });
    // This must end even if nobody reads the output.
    ended.recv_timeout(FAREWELL).ok();
    Ok(())
}

/// How long the program waits at its end for somebody to read the last lines.
const FAREWELL: Duration = Duration::from_secs(1);

/// Writes the access log to the standard output. This is done on a thread of
/// its own, so that no request has to wait if nobody reads the output.
struct AccessLog {
    lines: SyncSender<String>,
    missed: Arc<AtomicU64>,
}

/// How many lines may wait to be written. Further lines are left out.
const WAITING_LINES: usize = 10_000;

impl AccessLog {
    fn start() -> io::Result<(Self, JoinHandle<()>)> {
        let (lines, waiting) = mpsc::sync_channel::<String>(WAITING_LINES);
        let missed = Arc::new(AtomicU64::new(0));
        let log = Self {
            lines,
            missed: missed.clone(),
        };
        let writer = thread::Builder::new()
            .name("access log".to_owned())
            .spawn(move || {
                while let Ok(mut text) = waiting.recv() {
                    while text.len() < 16 * 1024
                        && let Ok(line) = waiting.try_recv()
                    {
                        text += &line;
                    }
                    tell(&text);
                    match missed.swap(0, Ordering::Relaxed) {
                        0 => {}
                        missed => tell(&format!("… {missed} lines that nobody read in time\n")),
                    }
                }
            })?;
        Ok((log, writer))
    }

    fn add(&self, line: String) {
        if self.lines.try_send(line).is_err() {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Writes to the standard output. Whoever reads it may be gone; the sandbox
/// goes on.
fn tell(text: &str) {
    let mut output = io::stdout().lock();
    drop(
        output
            .write_all(text.as_bytes())
            .and_then(|()| output.flush()),
    );
}

/// `None` if the command line only asked for something to be printed, such as
/// the help.
fn parse() -> Result<Option<Arguments>, lexopt::Error> {
    let mut host = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut port = 7373;
    let mut arguments = Arguments {
        address: SocketAddr::new(host, port),
        seed: None,
        empty: false,
        rate_limits: false,
        console: None,
        clock_speed: 1.0,
        print_env: None,
        log: Log::Lines,
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("port") => port = parser.value()?.parse()?,
            Long("host") => host = parser.value()?.parse()?,
            Long("seed") => arguments.seed = Some(parser.value()?.into()),
            Long("empty") => arguments.empty = true,
            Long("rate-limits") => arguments.rate_limits = true,
            Long("no-console") => arguments.console = Some(false),
            Long("console") => arguments.console = Some(true),
            Long("clock-speed") => {
                let speed: f64 = parser.value()?.parse()?;
                if !(0.0..=1e6).contains(&speed) {
                    return Err("--clock-speed takes a number from 0 to 1000000".into());
                }
                arguments.clock_speed = speed;
            }
            Long("print-env") => {
                let kind = parser.optional_value();
                arguments.print_env = Some(match kind.as_ref().map(|kind| kind.to_str()) {
                    None | Some(Some("robot")) => Kind::Robot,
                    Some(Some("user")) => Kind::User,
                    Some(_) => return Err("--print-env takes robot or user".into()),
                });
            }
            Short('q') | Long("quiet") => arguments.log = Log::Nothing,
            Short('v') | Long("verbose") => arguments.log = Log::Details,
            Short('h') | Long("help") => {
                tell(HELP);
                return Ok(None);
            }
            Short('V') | Long("version") => {
                tell(concat!("lag-sandbox ", env!("CARGO_PKG_VERSION"), "\n"));
                return Ok(None);
            }
            other => return Err(other.unexpected()),
        }
    }
    if arguments.seed.is_some() && arguments.empty {
        return Err("--seed and --empty exclude each other".into());
    }
    if arguments.print_env.is_some() && (arguments.seed.is_some() || arguments.empty) {
        return Err("--print-env names tokens of the standard world only".into());
    }
    arguments.address = SocketAddr::new(host, port);
    Ok(Some(arguments))
}

/// Lines for a shell, so that `Client::from_env` finds the sandbox.
fn environment(mut address: SocketAddr, kind: Kind) -> Result<String, &'static str> {
    if address.port() == 0 {
        return Err("--print-env needs a fixed port");
    }
    // A server that listens on all addresses can be reached by the loopback
    // one, and clients refuse to send a token to any other address without TLS.
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    let (name, token, other) = match kind {
        Kind::Robot => ("LAG_ROBOT_API_KEY", "lag_robot_sandbox_secret", "LAG_TOKEN"),
        Kind::User => ("LAG_TOKEN", "lag_pat_sandbox_alice", "LAG_ROBOT_API_KEY"),
    };
    let nolag = if cfg!(feature = "nolag") {
        format!(
            "export NOLAG_API_BASE=http://{address}/v1\n\
             export NOLAG_API_KEY=nlg_live_sandbox.secret\n"
        )
    } else {
        String::new()
    };
    Ok(format!(
        "export LAG_API_BASE=http://{address}\nexport {name}={token}\nunset {other}\n{nolag}"
    ))
}

fn banner(sandbox: &Sandbox) -> String {
    let mut text = format!(
        "lag-sandbox {}: a stand-in modeled on the public documentation, not the Lag service\n\
         base URL   {}\n",
        env!("CARGO_PKG_VERSION"),
        sandbox.base_url()
    );
    if let Some(console) = sandbox.console_url() {
        text.extend(["console    ", &console, "\n"]);
    }
    for user in sandbox.users() {
        writeln!(text, "user       {} ({})", user.token(), user.username()).ok();
    }
    for robot in sandbox.robots() {
        writeln!(text, "robot      {} ({})", robot.key(), robot.name()).ok();
    }
    // Every sandbox has this key, whatever world it starts with.
    if cfg!(feature = "nolag") {
        text += "NoLag      nlg_live_sandbox.secret, at the base URL and /v1\n";
    }
    if !sandbox.address().ip().is_loopback() {
        text += "warning    reachable from other machines, with published tokens\n";
    }
    text + "ready; Ctrl-C ends it\n"
}

fn report(log: Log, request: &Recorded) -> String {
    let status = request
        .status()
        .map_or_else(|| "-".to_owned(), |status| status.to_string());
    let details = match log {
        Log::Nothing | Log::Lines => String::new(),
        Log::Details => format!(
            " {} bytes in, {:.1} ms, connection {}",
            request.body_length(),
            request.took().unwrap_or_default().as_secs_f64() * 1000.0,
            request.connection()
        ),
    };
    let (method, target) = (request.method(), request.redacted_target());
    format!("{status} {method} {target}{details}\n")
}

/// Waits for Ctrl-C, and for SIGTERM on systems that have it.
struct Ending {
    runtime: Runtime,
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
    #[cfg(windows)]
    signals: [tokio::signal::windows::CtrlC; 1],
}

impl Ending {
    /// From now on, a signal does not end the process, but makes
    /// [`Ending::wait`] return.
    fn listen() -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let entered = runtime.enter();
        #[cfg(unix)]
        let signals = {
            use tokio::signal::unix::{SignalKind, signal};
            [
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
            ]
        };
        #[cfg(windows)]
        let signals = [tokio::signal::windows::ctrl_c()?];
        drop(entered);
        Ok(Self { runtime, signals })
    }

    fn wait(mut self) {
        self.runtime.block_on(poll_fn(|cx| {
            if self
                .signals
                .iter_mut()
                .any(|signal| signal.poll_recv(cx).is_ready())
            {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }));
    }
}
