//! The program `lag-sandbox`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::http::read_answer;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_lag-sandbox"))
}

fn output(arguments: &[&str]) -> Output {
    program().args(arguments).output().expect("it runs")
}

/// A running program, ended with the test.
struct Running {
    child: Child,
    log: BufReader<ChildStdout>,
    address: String,
    banner: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child = program()
            .args(["--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut log = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut banner = String::new();
        while !banner.contains("ready") {
            assert_ne!(log.read_line(&mut banner).expect("a line"), 0, "{banner}");
        }
        let address = banner
            .lines()
            .find_map(|line| line.strip_prefix("base URL   http://"))
            .expect("a base URL")
            .to_owned();
        Self {
            child,
            log,
            address,
            banner,
        }
    }

    fn get(&self, path: &str, token: &str) -> u16 {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: sandbox\r\nauthorization: {token}\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("written");
        read_answer(&mut stream).expect("an answer").status
    }

    fn end(mut self, signal: &str) -> (bool, String) {
        let ended = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .expect("kill runs");
        assert!(ended.success());
        let clean = self.child.wait().expect("it ends").success();
        let mut log = String::new();
        self.log.read_to_string(&mut log).expect("the log");
        (clean, log)
    }
}

#[test]
fn it_serves_logs_and_ends_on_a_signal() {
    for signal in ["-INT", "-TERM"] {
        let running = Running::start(&[]);
        assert!(running.banner.contains("lag_robot_sandbox_secret"));
        assert!(running.banner.contains("lag_pat_sandbox_bob (bob)"));
        assert!(running.banner.contains("not the Lag service"));
        assert_eq!(running.get("/health", ""), 200);
        assert_eq!(
            running.get("/users/search?q=b", "Bearer lag_pat_sandbox_alice"),
            200
        );
        assert_eq!(running.get("/nowhere", ""), 404);
        let (clean, log) = running.end(signal);
        assert!(clean);
        assert_eq!(
            log,
            "200 GET /health\n200 GET /users/search?q=b\n404 GET /nowhere\nlag-sandbox: stopped\n"
        );
    }
}

#[test]
fn its_log_can_be_quiet_or_verbose() {
    let running = Running::start(&["-q"]);
    running.get("/health", "");
    assert_eq!(running.end("-INT").1, "lag-sandbox: stopped\n");
    let running = Running::start(&["--verbose"]);
    running.get("/health", "");
    let log = running.end("-INT").1;
    assert!(log.contains("200 GET /health 0 bytes in, "), "{log}");
    assert!(log.contains(" ms, connection 1\n"), "{log}");
}

#[test]
fn it_starts_with_a_seed() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let path = format!("{folder}/seed.json");
    let seed = r#"{
        "users": [{"username": "zoe", "token": "t"}, {"username": "yan"}],
        "servers": [{"name": "lab", "owner": "zoe", "robots": [{"name": "My Bot"}]}]
    }"#;
    std::fs::write(&path, seed).expect("written");
    let running = Running::start(&["--seed", &path]);
    assert!(!running.banner.contains("alice"));
    for line in [
        "user       t (zoe)\n",
        "user       lag_pat_sandbox_yan (yan)\n",
        "robot      lag_robot_sandbox_secret (My Bot)\n",
    ] {
        assert!(running.banner.contains(line), "{}", running.banner);
    }
    assert_eq!(running.get("/users/me", "Bearer t"), 200);
    assert_eq!(
        running.get("/users/me", "Bearer lag_pat_sandbox_alice"),
        401
    );

    std::fs::write(&path, r#"{"friends": [["a", "b"]]}"#).expect("written");
    let failed = output(&["--port", "0", "--seed", &path]);
    assert_eq!(failed.status.code(), Some(2));
    let message = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert!(message.contains("no user is called \"a\""), "{message}");
    assert!(message.contains("seed.json: "), "{message}");
}

#[test]
fn it_can_start_empty() {
    let running = Running::start(&["--empty"]);
    assert!(!running.banner.contains("alice"));
    assert_eq!(running.get("/health", ""), 200);
    let alice = "Bearer lag_pat_sandbox_alice";
    assert_eq!(running.get("/users/me", alice), 401);
}

#[test]
fn it_limits_robots_when_asked_to() {
    let calls = |arguments: &[&str]| {
        let running = Running::start(arguments);
        let robot = "Robot lag_robot_sandbox_secret";
        (0..101)
            .map(|_| running.get("/robots/@me/info", robot))
            .filter(|status| *status == 429)
            .count()
    };
    assert_eq!(calls(&[]), 0);
    // On a frozen clock nothing is given back meanwhile.
    assert_eq!(calls(&["--rate-limits", "--clock-speed", "0"]), 1);
}

#[test]
fn its_clock_can_be_fast() {
    let running = Running::start(&["--clock-speed", "1000"]);
    let begun = Instant::now();
    // It is held for 30 seconds of the sandbox.
    let robot = "Robot lag_robot_sandbox_secret";
    assert_eq!(running.get("/robots/@me/events/poll", robot), 200);
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn on_all_addresses_it_names_the_loopback_one() {
    for (host, loopback) in [("0.0.0.0", "127.0.0.1:"), ("::", "[::1]:")] {
        // There may be no IPv6 here.
        if TcpListener::bind((host, 0)).is_err() {
            continue;
        }
        let running = Running::start(&["--host", host]);
        assert!(running.address.starts_with(loopback), "{}", running.banner);
        assert!(running.banner.contains("warning"));
        assert_eq!(running.get("/health", ""), 200);
        let printed = output(&["--host", host, "--print-env"]).stdout;
        let printed = String::from_utf8_lossy(&printed).into_owned();
        let expected = format!("LAG_API_BASE=http://{loopback}7373\n");
        assert!(printed.contains(&expected), "{printed}");
    }
}

#[test]
fn it_goes_on_when_nobody_reads_its_log() {
    let mut running = Running::start(&[]);
    // The pipe is closed, as `head` does when it has enough.
    let empty = std::fs::File::open("/dev/null").expect("opened");
    *running.log.get_mut() = ChildStdout::from(OwnedFd::from(empty));
    assert_eq!(running.get("/health", ""), 200);
    assert_eq!(running.get("/version", ""), 200);
    assert!(running.end("-INT").0);

    let mut child = program();
    let child = child.arg("--help").stdout(Stdio::piped());
    let mut child = child.stderr(Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

/// Whoever starts it and reads its first lines only fills the pipe.
#[test]
fn it_goes_on_when_its_log_is_full() {
    let running = Running::start(&[]);
    let long = format!("/{}", "x".repeat(1000));
    for _ in 0..300 {
        assert_eq!(running.get(&long, ""), 404);
    }
    let mut running = running;
    let signalled = Command::new("kill")
        .args(["-TERM", &running.child.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(signalled.success());
    let begun = Instant::now();
    assert!(running.child.wait().expect("it ends").success());
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn print_env_points_a_client_at_it() {
    let printed = |arguments: &[&str]| String::from_utf8(output(arguments).stdout).expect("text");
    let nolag = |address: &str| {
        let lines = format!(
            "export NOLAG_API_BASE=http://{address}/v1\n\
             export NOLAG_API_KEY=nlg_live_sandbox.secret\n"
        );
        cfg!(feature = "nolag").then_some(lines).unwrap_or_default()
    };
    assert_eq!(
        printed(&["--print-env"]),
        "export LAG_API_BASE=http://127.0.0.1:7373\n\
         export LAG_ROBOT_API_KEY=lag_robot_sandbox_secret\nunset LAG_TOKEN\n"
            .to_owned()
            + &nolag("127.0.0.1:7373")
    );
    assert_eq!(
        printed(&["--port", "80", "--host", "::1", "--print-env=user"]),
        "export LAG_API_BASE=http://[::1]:80\n\
         export LAG_TOKEN=lag_pat_sandbox_alice\nunset LAG_ROBOT_API_KEY\n"
            .to_owned()
            + &nolag("[::1]:80")
    );
}

#[test]
fn wrong_arguments_are_told() {
    for arguments in [
        &["--prot", "1"][..],
        &["--port", "many"],
        &["--port", "0", "--print-env"],
        &["--print-env=robots"],
        &["--seed", "/does/not/exist.json"],
        &["--seed", "x", "--empty"],
        &["--seed", "x", "--print-env"],
        &["--empty", "--print-env"],
        &["--clock-speed", "nan"],
        &["--clock-speed", "inf"],
        &["--clock-speed", "-5"],
        &["extra"],
    ] {
        let failed = output(arguments);
        assert_eq!(failed.status.code(), Some(2), "{arguments:?}");
        let message = String::from_utf8_lossy(&failed.stderr).into_owned();
        assert!(message.starts_with("lag-sandbox: "), "{message}");
    }
    assert!(output(&["--help"]).status.success());
    let version = output(&["-V"]).stdout;
    assert!(String::from_utf8_lossy(&version).contains(env!("CARGO_PKG_VERSION")));
}
