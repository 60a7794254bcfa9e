//! The sandbox, spoken to over plain sockets: nothing of the client takes part.
#![cfg(feature = "sandbox")]

mod faults;
mod http;
mod messages;
mod protocol;
mod servers;
mod world;
