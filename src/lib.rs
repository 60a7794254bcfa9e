//! Client for the API of Lag, the chat and voice service: servers, rooms,
//! messages, members, and robots, from a blocking or an async program.
//!
//! - [`Client`] blocks and runs on [`ureq`]; [`AsyncClient`] is async and runs
//!   on [`reqwest`] and tokio. Both are compiled from one source and have the
//!   same methods, under the names of the official SDKs: see [all of
//!   them](methods). One build can hold both.
//! - The crate [`lag-sandbox`](https://docs.rs/lag-sandbox) is a stand-in for
//!   the service, in your process, so that a program can be written and tested
//!   without an account or a network.
//! - [`webhook`] verifies and reads what Lag delivers to a robot by webhook.
//!
//! The crate is written from the service's public documentation. It is not an
//! official client and has never been run against the live service: see the
//! [limitations](guide::limitations).
//!
//! # Blocking
//!
//! ```no_run
//! # #[cfg(feature = "blocking")]
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let client = lagclient::Client::from_env()?; // LAG_TOKEN, else LAG_ROBOT_API_KEY
//!     let me = client.identity()?;
//!     let server = me.server_id.ok_or("this is not a robot key")?;
//!     for room in client.servers().rooms().list(&server)? {
//!         let messages = client.servers().rooms().messages();
//!         messages.send(&server, &room.id, "Hello")?;
//!     }
//!     Ok(())
//! }
//! # #[cfg(not(feature = "blocking"))]
//! # fn main() {}
//! ```
//!
//! # Async
//!
//! ```no_run
//! # #[cfg(feature = "async")]
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let client = lagclient::AsyncClient::from_env()?; // LAG_TOKEN, else LAG_ROBOT_API_KEY
//!     let me = client.identity().await?;
//!     let server = me.server_id.ok_or("this is not a robot key")?;
//!     for room in client.servers().rooms().list(&server).await? {
//!         let messages = client.servers().rooms().messages();
//!         messages.send(&server, &room.id, "Hello").await?;
//!     }
//!     Ok(())
//! }
//! # #[cfg(not(feature = "async"))]
//! # fn main() {}
//! ```
//!
//! # Guides
//!
//! [Authentication and robots](guide::authentication) ·
//! [errors and retries](guide::errors) · [paging](guide::paging) ·
//! [many calls at once](guide::concurrency) ·
//! [spans, hooks and answers](guide::observability) ·
//! [uploads](guide::uploads) · [robot events](guide::events) ·
//! [real-time events for users](guide::gateway) ·
//! [testing](guide::testing) ·
//! [what the sandbox does](https://docs.rs/lag-sandbox/latest/lag_sandbox/guide/) ·
//! [coming from Python or Node](guide::migrating) ·
//! [limitations](guide::limitations)
//!
//! # Features
//!
//! Features only add: every combination compiles, as long as `blocking`,
//! `async` or `webhook` is among them.
//!
//! | feature | default | what it brings |
//! |---|---|---|
//! | `blocking` | **on** | [`Client`], on ureq |
//! | `async` | off | [`AsyncClient`], on reqwest; needs a tokio runtime |
//! | `rustls` | **on** | TLS by rustls with ring and Mozilla's root certificates, in both clients |
//! | `http2` | off | HTTP/2 for [`AsyncClient`], where a server offers it over TLS: calls at the same time share one connection |
//! | `native-tls` | off | TLS by the operating system's library (OpenSSL on Linux), in both clients |
//! | `gateway` | off | real-time events for users, over a WebSocket, in both clients |
//! | `socks` | off | SOCKS proxies, in both clients |
//! | `webhook` | off | [`webhook`]; needs neither client |
//! | `nolag` | off | [`nolag`], clients for a second service, the NoLag REST API |
//! | `tracing` | off | a [`tracing`](https://docs.rs/tracing) span for each call |
//! | `full` | off | all of these except `native-tls` |
//!
//! Without `rustls` and `native-tls` only plain `http://` works, on loopback.
//! With both, rustls is used unless the builder's `tls_backend` says otherwise.
//!
//! A script or a command-line tool, blocking, without tokio and hyper:
//!
//! ```toml
//! [dependencies]
//! lagclient = "0.1"
//! ```
//!
//! An async service, without ureq:
//!
//! ```toml
//! [dependencies]
//! lagclient = { version = "0.1", default-features = false, features = ["async", "rustls"] }
//! tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
//! ```
//!
//! In a program that runs on tokio, use [`AsyncClient`], or call [`Client`]
//! inside `tokio::task::spawn_blocking`, so that it does not hold up other
//! tasks.
//!
//! # Retries
//!
//! After network failures, 429 and 5xx a call is tried again, twice by default,
//! with growing waits, or as `Retry-After` says. This applies to **every
//! method, including sending a message**, as in the official SDKs.
//! [`RetryPolicy`] sets all of that, and with
//! [`repeat_writes(false)`](RetryPolicy::repeat_writes) a write is repeated
//! only if it was certainly not processed. The [guide](guide::errors) has the
//! whole table.
//!
//! A client with a robot key stays within the documented limits of robots by
//! waiting for its turn: see [`RateLimit`].
//!
//! # Logging and redaction
//!
//! The crate logs nothing unless the feature `tracing` is on. Then each call is
//! a span named `call` with the level `DEBUG` and the target `lagclient`, and
//! each failed attempt that is followed by another one is a `WARN` event in it.
//! Each connection and each poll of a listener to robot events is a span as
//! well, and each one that is lost is a `WARN` event. The
//! [guide](guide::observability) lists the fields, which are named as in
//! OpenTelemetry, and shows [`Hook`]s, which need no feature.
//!
//! **The HTTP libraries do their own logging, within the call's span. At the
//! level `TRACE`, that of the blocking client logs everything that is sent, the
//! token included** (target `ureq_proto`), and URLs (target `ureq`). A program
//! that logs at that level should leave out these targets: see the
//! [guide](guide::authentication#what-is-logged).
//!
//! | | in a span | in an [`Error`] | in `Debug` output |
//! |---|---|---|---|
//! | method and path template, such as `GET /servers/{server_id}` | yes; a path that you give to `client.request` is `{path}` | yes | – |
//! | attempts, status | yes | yes | – |
//! | `x-request-id` | yes | yes | – |
//! | the server's error message and body | no | yes, cut, the token redacted | of an [`ApiError`] |
//! | ids | no | in a path that you give to `client.request`, the image's in [`NotReadyError`], and where the server's message quotes one | – |
//! | queries | no | where the server's message quotes one | – |
//! | bodies of requests, and of successful answers | no | no, except the beginning of an answer that is not JSON | – |
//! | values of headers that you add | no | no | no, only their names |
//! | tokens | no | no, `[redacted]` | no, `[redacted]` |
//!
//! # Versions
//!
//! - The crate follows semantic versioning. Before 1.0, a new minor version may
//!   contain breaking changes; the change log lists them. A new field of a
//!   model, a new variant of an enum or a new feature is not a breaking change:
//!   the types are `#[non_exhaustive]`.
//! - Some types of other crates are part of the interface, so that a new major
//!   version of one is a breaking change here: `bitflags`, `bytes`, `chrono`,
//!   `futures-core`, `http`, `serde`, `serde_json`, `tokio`, and through
//!   `http_client` `reqwest` and `ureq`.
//! - The minimum supported Rust version is 1.88. Raising it takes a new minor
//!   version. Clippy's `incompatible_msrv` checks the use of the standard
//!   library against it, and cargo's resolver the dependencies; the tests run
//!   on the current stable version.
//!
//! # Bring your own HTTP client
//!
//! The builders take a `ureq::Agent` or a `reqwest::Client`, for example with a
//! client certificate. A reqwest client must be told not to follow redirects
//! and not to retry; you are then responsible for TLS and the connection pool
//! as well. The
//! [guide](guide::authentication#bring-your-own-http-client) has the rules and
//! an example of each.
// For the longest examples, which a macro makes token by token.
#![cfg_attr(doc, recursion_limit = "256")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(not(any(feature = "blocking", feature = "async", feature = "webhook")))]
compile_error!(
    "lagclient needs the feature \"blocking\" (for `Client`), the feature \"async\" (for \
     `AsyncClient`), or both; \"webhook\" works without them"
);

// What both clients share.
#[cfg(any(feature = "blocking", feature = "async"))]
mod config;
#[cfg(any(feature = "blocking", feature = "async"))]
mod env;
#[cfg(any(feature = "blocking", feature = "async"))]
mod examples;
#[cfg(any(feature = "blocking", feature = "async"))]
mod hook;
#[cfg(any(feature = "blocking", feature = "async"))]
mod image_type;
#[cfg(any(feature = "blocking", feature = "async"))]
mod local_file;
#[cfg(any(feature = "blocking", feature = "async"))]
mod protocol;
#[cfg(any(feature = "blocking", feature = "async"))]
mod recorder;
#[cfg(any(feature = "blocking", feature = "async"))]
mod tls;
#[cfg(any(feature = "blocking", feature = "async"))]
mod token;

mod error;
#[cfg(doc)]
pub mod guide;
mod ids;
mod into_option;
mod lock;
pub mod models;
mod recent;
mod setters;
mod short_text;
pub mod sse;
mod token_kind;

#[cfg(feature = "async")]
pub mod asynchronous;
#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(all(feature = "nolag", any(feature = "blocking", feature = "async")))]
pub mod nolag;
#[cfg(feature = "webhook")]
pub mod webhook;

#[cfg(feature = "async")]
#[doc(inline)]
pub use asynchronous::AsyncClient;
#[cfg(feature = "blocking")]
#[doc(inline)]
pub use blocking::Client;

#[cfg(all(doc, not(feature = "blocking"), feature = "async"))]
#[doc(no_inline)]
pub use asynchronous::methods;
#[cfg(all(doc, feature = "blocking"))]
#[doc(no_inline)]
pub use blocking::methods;

pub use error::{
    ApiError, ConnectionError, DecodeError, EnvironmentError, Error, InvalidArgument,
    InvalidTokenError, IoError, NotReadyError, Result,
};
/// The HTTP libraries whose types are part of the interface of this crate, in
/// the versions that it uses.
pub use http;
pub use http::Method;
pub use ids::*;
pub use into_option::IntoOption;
#[cfg(all(feature = "gateway", any(feature = "blocking", feature = "async")))]
pub use protocol::gateway::{GatewayDelivery, GatewayFault, GatewayPlace, GatewayStatus};
#[cfg(feature = "async")]
pub use reqwest;
pub use token_kind::TokenKind;
#[cfg(feature = "blocking")]
pub use ureq;
#[cfg(any(feature = "blocking", feature = "async"))]
pub use {
    config::RequestOptions,
    hook::{AfterRequest, BeforeRequest, Hook},
    protocol::listener::ListenerStatus,
    protocol::page::{ListMessages, Page},
    protocol::rate_limit::{RateLimit, SharedRateLimit},
    protocol::retry::RetryPolicy,
    protocol::upload::UploadProgress,
    recorder::{Recorder, ResponseInfo},
    tls::TlsBackend,
    token::Token,
};

/// Makes tests of the README's programs: all are compiled, and those that can
/// be are run.
#[cfg(all(doctest, feature = "blocking", feature = "async"))]
#[doc = include_str!("../README.md")]
#[derive(Debug)]
pub struct Readme;
