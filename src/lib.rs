//! Client for the Lag API.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(any(feature = "blocking", feature = "async")),
    allow(
        dead_code,
        unused_imports,
        unused_macros,
        reason = "the webhook module stands alone; what the clients share has no user then"
    )
)]

#[cfg(not(any(feature = "blocking", feature = "async", feature = "webhook")))]
compile_error!(
    "lagclient needs the feature \"blocking\" (for `Client`), the feature \"async\" (for \
     `AsyncClient`), or both; \"webhook\" works without them"
);

mod config;
mod env;
mod error;
mod ids;
mod local_file;
pub mod models;
mod protocol;
mod tls;
mod token;

#[cfg(feature = "async")]
#[cfg_attr(docsrs, doc(cfg(feature = "async")))]
pub mod asynchronous;
#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
#[cfg(feature = "nolag")]
#[cfg_attr(docsrs, doc(cfg(feature = "nolag")))]
pub mod nolag;
#[cfg(feature = "sandbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "sandbox")))]
pub mod sandbox;
#[cfg(feature = "webhook")]
#[cfg_attr(docsrs, doc(cfg(feature = "webhook")))]
pub mod webhook;

#[cfg(feature = "async")]
#[cfg_attr(docsrs, doc(cfg(feature = "async")))]
#[doc(inline)]
pub use asynchronous::AsyncClient;
#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
#[doc(inline)]
pub use blocking::Client;

#[cfg(all(doc, not(feature = "blocking"), feature = "async"))]
#[doc(no_inline)]
pub use asynchronous::methods;
#[cfg(all(doc, feature = "blocking"))]
#[doc(no_inline)]
pub use blocking::methods;

pub use config::RequestOptions;
pub use error::{
    ApiError, ConnectionError, DecodeError, Error, InvalidArgument, InvalidTokenError,
    NotReadyError, Result,
};
pub use http::Method;
pub use ids::*;
pub use protocol::listening::ListenerStatus;
pub use protocol::page::{ListMessages, Page};
pub use protocol::rate_limit::RateLimit;
pub use protocol::retry::RetryPolicy;
pub use protocol::sse;
pub use protocol::upload::UploadProgress;
pub use tls::TlsBackend;
pub use token::{Token, TokenKind};

/// The README's programs are compiled, and run where they can be.
#[cfg(all(doctest, feature = "blocking", feature = "async", feature = "sandbox"))]
#[doc = include_str!("../README.md")]
#[derive(Debug)]
pub struct Readme;
