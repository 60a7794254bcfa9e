//! What the benches measure, for both of them: the same job through the crate and without it. The
//! crate has all of its defaults on: timeouts, gzip, retries, parsed times, unknown fields kept.
#![allow(dead_code, reason = "no bench uses all of it")]

mod asynchronous;
mod blocking;
mod body;
mod decode;
mod plain;
mod server;

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
    pub(crate) lagclient: Run,
    pub(crate) bare: Run,
}

pub(crate) type Run = Box<dyn FnMut()>;

pub(crate) fn cases() -> Vec<Case> {
    let server = serve();
    let mut cases = decode::cases();
    cases.extend(blocking::cases(&server));
    cases.extend(asynchronous::cases(&server));
    cases
}

/// Starts the server; returns its base URL.
pub(crate) fn serve() -> String {
    server::start()
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
