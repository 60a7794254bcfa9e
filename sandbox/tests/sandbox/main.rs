//! The sandbox, spoken to over plain sockets: nothing of the client takes part.

mod calendar;
mod control;
mod events;
mod faults;
mod gateway;
mod http;
mod images;
mod layers;
mod limits;
mod messages;
mod moderation;
#[cfg(feature = "nolag")]
mod nolag;
mod people;
#[cfg(unix)]
mod program;
mod protocol;
mod servers;
mod webhooks;
mod world;
