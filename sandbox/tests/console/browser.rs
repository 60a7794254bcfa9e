//! A headless Chromium that looks at the console.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use lag_sandbox::Sandbox;
use serde_json::{Value, json};

/// A browser with the console of a sandbox, and the driver that steers it.
pub(crate) struct Browser {
    pub(crate) page: Client,
    driver: Child,
    address: String,
    session: String,
}

/// Also where a test fails: a browser outlives its driver.
impl Drop for Browser {
    fn drop(&mut self) {
        let request = format!(
            "DELETE /session/{} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            self.session, self.address
        );
        if let Ok(mut stream) = TcpStream::connect(&self.address) {
            drop(stream.set_read_timeout(Some(Duration::from_secs(5))));
            drop(stream.write_all(request.as_bytes()));
            drop(stream.read(&mut [0]));
        }
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

impl Browser {
    /// Opens the console in a window of this size; `None` where there is no
    /// Chromium, which is no reason to fail but in CI.
    pub(crate) async fn open(sandbox: &Sandbox, size: (u32, u32), dark: bool) -> Option<Self> {
        let Some((driver, address)) = driver() else {
            let in_ci = std::env::var_os("CI").is_some();
            assert!(!in_ci, "Chromium and chromedriver have to be there in CI");
            eprintln!("skipped: there is no Chromium with chromedriver here");
            return None;
        };
        let scheme = i32::from(!dark);
        let capabilities = json!({"goog:chromeOptions": {"args": [
            "--headless",
            // Its own sandbox does not run as root, as which CI often runs.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            format!("--blink-settings=preferredColorScheme={scheme}"),
        ]}});
        let Value::Object(capabilities) = capabilities else {
            unreachable!("it is written as an object");
        };
        let page = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://{address}"))
            .await
            .expect("a session");
        let session = page.session_id().await.expect("an answer");
        let browser = Self {
            page,
            driver,
            address,
            session: session.expect("an id"),
        };
        let (width, height) = size;
        browser.set_size(width, height).await;
        let console = sandbox.console_url().expect("a console");
        browser.page.goto(&console).await.expect("the page");
        browser
            .until(
                "it is live",
                "return document.querySelector('#connection.live') !== null",
            )
            .await;
        Some(browser)
    }

    /// Makes the page itself this large, whatever surrounds it.
    pub(crate) async fn set_size(&self, width: u32, height: u32) {
        self.page.set_window_size(width, height).await.expect("set");
        let inner = self.run("return [innerWidth, innerHeight]").await;
        let missing = |side: usize, wanted: u32| {
            let has = inner[side].as_u64().and_then(|has| u32::try_from(has).ok());
            wanted + wanted.saturating_sub(has.expect("a number"))
        };
        let (width, height) = (missing(0, width), missing(1, height));
        self.page.set_window_size(width, height).await.expect("set");
    }

    pub(crate) async fn run(&self, script: &str) -> Value {
        self.page
            .execute(script, Vec::new())
            .await
            .expect("a value")
    }

    /// Waits until a script returns `true`, and says how long that took.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, script: &str) -> impl Future<Output = Duration> {
        let started = Instant::now();
        let caller = std::panic::Location::caller();
        async move {
            while self.run(script).await != json!(true) {
                let waited = started.elapsed();
                if waited > Duration::from_secs(120) {
                    let text = self.run("return document.body.innerText").await;
                    panic!("{caller}: not within {waited:?}: {what}: {text}");
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            started.elapsed()
        }
    }

    /// Clicks on the first element of this kind.
    pub(crate) async fn click(&self, css: &str) {
        let element = self.page.find(Locator::Css(css)).await;
        element.expect(css).click().await.expect(css);
    }

    pub(crate) async fn write(&self, css: &str, text: &str) {
        let element = self.page.find(Locator::Css(css)).await;
        element.expect(css).send_keys(text).await.expect(css);
    }

    /// Keys for whatever has the focus.
    pub(crate) async fn keys(&self, keys: &str) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in keys.chars() {
            actions = actions
                .then(KeyAction::Down { value })
                .then(KeyAction::Up { value });
        }
        self.page.perform_actions(actions).await.expect("pressed");
    }
}

/// Starts chromedriver on a free port.
fn driver() -> Option<(Child, String)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let log = BufReader::new(driver.stdout.take()?);
    let port = log.lines().map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse::<u16>().ok()
    })?;
    Some((driver, format!("127.0.0.1:{port}")))
}

/// A robot from the examples that talks to the sandbox until it is dropped.
pub(crate) struct Bot(Child);

impl Drop for Bot {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Bot {
    pub(crate) fn start(sandbox: &Sandbox, example: &str) -> Self {
        let program = build(example);
        let bot = Command::new(program)
            .env("LAG_API_BASE", sandbox.base_url())
            .env("LAG_ROBOT_API_KEY", sandbox.robot_key())
            .env_remove("LAG_TOKEN")
            .stdout(Stdio::null())
            .spawn();
        Self(bot.expect("it runs"))
    }
}

/// An example of the client, built if it is not there.
fn build(example: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_BIN_EXE_lag-sandbox")).with_file_name("examples");
    let program = folder.join(example);
    if !program.exists() {
        let built = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "--package",
                "lagclient",
                "--example",
                example,
            ])
            .status();
        assert!(built.expect("cargo runs").success());
    }
    program
}
