//! Sockets, HTTP over them, what goes wrong with them on purpose, and the log
//! of the requests.

pub(crate) mod clock;
mod control;
pub(crate) mod dispatch;
mod events;
pub(crate) mod fault;
pub(crate) mod gateway;
pub(crate) mod journal;
mod replies;
pub(crate) mod reply_body;
mod request_body;
pub(crate) mod serve;
pub(crate) mod shared;
mod stream;
pub(crate) mod webhook;
