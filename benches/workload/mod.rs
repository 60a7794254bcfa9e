//! What the benches measure, for both of them: the same job through the crate and without it. The
//! crate has all of its defaults on: timeouts, gzip, retries, parsed times, unknown fields kept.
#![allow(dead_code, unused_imports, reason = "no bench uses all of it")]

use std::env;
use std::process::Command;

pub(crate) mod asynchronous;
pub(crate) mod authority;
pub(crate) mod blocking;
mod body;
mod creation;
mod decode;
mod plain;
mod server;
pub(crate) mod stream;

pub(crate) use body::ME;
pub(crate) use server::Counts;

pub(crate) const TOKEN: &str = "lag_pat_bench";
const SERVER: &str = "srv_7c1e40a2";
const ROOM: &str = "room_59d0be";
const TEXT: &str = "The build is green again, thanks to everybody who helped.";

/// A job, done by the crate and by what it is compared with.
pub(crate) struct Case {
    pub(crate) name: String,
    /// How fast the crate has to be for each time the other is.
    pub(crate) required: f64,
    /// How many calls one run makes.
    pub(crate) calls: u32,
    /// How many bytes one run decodes, where that is what counts.
    pub(crate) bytes: Option<usize>,
    pub(crate) lagclient: Run,
    pub(crate) bare: Run,
}

pub(crate) type Run = Box<dyn FnMut()>;

/// Where a client finds the server.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Of the cases, with a space behind it.
    pub(crate) name: &'static str,
    pub(crate) base: String,
    /// The authority that vouches for the server, where TLS is spoken.
    pub(crate) pem: Option<String>,
}

/// The servers, of this process or of the one that has started it.
#[derive(Clone, Debug)]
pub(crate) struct Servers {
    http: u16,
    https: u16,
    pem: String,
    pub(crate) counts: Option<&'static Counts>,
}

const SERVERS: &str = "LAG_BENCH_SERVERS";
const PEM: &str = "LAG_BENCH_PEM";

impl Servers {
    pub(crate) fn start() -> Self {
        let (pem, config) = authority::make();
        let (https, counts) = server::start_tls(config);
        Self {
            http: server::start(),
            https,
            pem,
            counts: Some(counts),
        }
    }

    /// Those of the process that has started this one.
    pub(crate) fn of_parent() -> Option<Self> {
        let ports = env::var(SERVERS).ok()?;
        let (http, https) = ports.split_once(' ')?;
        Some(Self {
            http: http.parse().ok()?,
            https: https.parse().ok()?,
            pem: env::var(PEM).ok()?,
            counts: None,
        })
    }

    /// A process that has these servers for its own.
    pub(crate) fn child(&self, program: &mut Command) {
        program
            .env(SERVERS, format!("{} {}", self.http, self.https))
            .env(PEM, &self.pem);
    }

    pub(crate) fn by_address(&self) -> Place {
        Place {
            name: "",
            base: format!("http://127.0.0.1:{}", self.http),
            pem: None,
        }
    }

    pub(crate) fn by_name(&self) -> Place {
        Place {
            name: "by name, ",
            base: format!("http://localhost:{}", self.http),
            pem: None,
        }
    }

    pub(crate) fn over_tls(&self) -> Place {
        Place {
            name: "TLS, ",
            base: format!("https://localhost:{}", self.https),
            pem: Some(self.pem.clone()),
        }
    }

    pub(crate) fn cases(&self) -> Vec<Case> {
        let mut cases = decode::cases();
        cases.extend(stream::cases());
        for place in [self.by_address(), self.by_name(), self.over_tls()] {
            cases.extend(blocking::cases(&place));
            cases.extend(asynchronous::cases(&place));
        }
        cases.extend(creation::cases());
        cases
    }
}

/// A call, of the kinds that a client mostly makes.
#[derive(Clone, Copy, Debug)]
enum Call {
    Me,
    Page,
    Send,
}

impl Call {
    const ALL: [Self; 3] = [Self::Me, Self::Page, Self::Send];

    fn name(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::Page => "page",
            Self::Send => "send",
        }
    }
}

fn page_url(base: &str) -> String {
    format!("{}?limit=100", send_url(base))
}

fn send_url(base: &str) -> String {
    format!("{base}/servers/{SERVER}/rooms/{ROOM}/messages")
}
