//! The REST API of NoLag, a hosted service for real-time messaging (feature
//! `nolag`).
//!
//! NoLag is a separate service, which has nothing to do with Lag. Its REST API
//! manages what the messages need: *apps*, the *rooms* in them, the *actors*
//! (the devices, users and programs that may connect), and the *scopes* that
//! keep groups of actors apart. The messages themselves go over NoLag's broker,
//! a WebSocket service that this crate does not cover.
//!
//! [`Client`] and [`AsyncClient`] work like the clients for Lag: they have the
//! same options, errors, retries and pages, and can call [any other
//! endpoint](Client::request), too. A client is made from the API key of a
//! project: a [`Key`]. Blocking:
//!
//! ```no_run
//! # #[cfg(feature = "blocking")]
//! # fn example() -> lagclient::Result<()> {
//! use lagclient::nolag::Client;
//! use lagclient::nolag::models::{ActorType, CreateActor};
//!
//! let client = Client::new("nlg_live_xxx.secret")?;
//! let app = client.apps().create("My Chat App")?;
//! let room = client.rooms().create(&app.app_id, "General")?;
//! let actor = client.actors().create(CreateActor::new("Web", ActorType::Device))?;
//! // The service shows the token only this once.
//! let token = actor.access_token.expect("a new actor has a token");
//! println!("{} {}", room.name, token.expose().len());
//! # Ok(())
//! # }
//! ```
//!
//! Async:
//!
//! ```no_run
//! # #[cfg(feature = "async")]
//! # async fn example() -> lagclient::Result<()> {
//! use lagclient::nolag::AsyncClient;
//! use lagclient::nolag::models::{ActorType, CreateActor};
//!
//! let client = AsyncClient::new("nlg_live_xxx.secret")?;
//! let app = client.apps().create("My Chat App").await?;
//! let room = client.rooms().create(&app.app_id, "General").await?;
//! let new = CreateActor::new("Web", ActorType::Device);
//! let actor = client.actors().create(new).await?;
//! let token = actor.access_token.expect("a new actor has a token");
//! println!("{} {}", room.name, token.expose().len());
//! # Ok(())
//! # }
//! ```
//!
//! # Methods
//!
//! | method | endpoint |
//! |---|---|
//! | `apps().list(…)`, `apps().iter(…)` | `GET /apps` |
//! | `apps().create(…)` | `POST /apps` |
//! | `apps().get(…)` | `GET /apps/{app_id}` |
//! | `apps().update(…)` | `PATCH /apps/{app_id}` |
//! | `apps().delete(…)` | `DELETE /apps/{app_id}` |
//! | `apps().reset_to_blueprint(…)` | `POST /apps/{app_id}/reset-to-blueprint` |
//! | `rooms().list(…)` | `GET /apps/{app_id}/rooms` |
//! | `rooms().create(…)` | `POST /apps/{app_id}/rooms` |
//! | `rooms().ensure(…)` | `POST /apps/{app_id}/rooms/ensure` |
//! | `rooms().get(…)` | `GET /apps/{app_id}/rooms/{room_id}` |
//! | `rooms().update(…)` | `PATCH /apps/{app_id}/rooms/{room_id}` |
//! | `rooms().delete(…)` | `DELETE /apps/{app_id}/rooms/{room_id}` |
//! | `rooms().grant_actor(…)` | `POST /apps/{app_id}/rooms/{room_id}/actors` |
//! | `rooms().list_actors(…)` | `GET /apps/{app_id}/rooms/{room_id}/actors` |
//! | `rooms().revoke_actor(…)` | `DELETE /apps/{app_id}/rooms/{room_id}/actors/{room_actor_access_id}` |
//! | `actors().list(…)` | `GET /actors` |
//! | `actors().create(…)` | `POST /actors` |
//! | `actors().get(…)` | `GET /actors/{actor_id}` |
//! | `actors().update(…)` | `PATCH /actors/{actor_id}` |
//! | `actors().delete(…)` | `DELETE /actors/{actor_id}` |
//! | `scopes().list(…)`, `scopes().iter(…)` | `GET /scopes` |
//! | `scopes().create(…)` | `POST /scopes` |
//! | `scopes().get(…)` | `GET /scopes/{scope_id}` |
//! | `scopes().update(…)` | `PATCH /scopes/{scope_id}` |
//! | `scopes().delete(…)` | `DELETE /scopes/{scope_id}` |
//! | `scopes().list_actors(…)` | `GET /scopes/{scope_id}/actors` |
//! | `scopes().add_actor(…)`, `scopes().remove_actor(…)` | `PATCH /actors/{actor_id}` |
//!
//! # What the documentation does not say
//!
//! Some of this is not in NoLag's documentation, only in its official SDKs:
//! `rooms().ensure`, the three methods for the actors of a room (`grant_actor`,
//! `list_actors` and `revoke_actor`), all of `scopes()`, and a few fields. The
//! official SDKs do not retry failed calls. These clients do, as
//! [`RetryPolicy`](crate::RetryPolicy) describes.

#[cfg(feature = "async")]
pub mod asynchronous;
#[cfg(feature = "blocking")]
pub mod blocking;
mod ids;
pub mod models;
mod page;
mod secrets;
mod service;
mod topic;

#[cfg(feature = "async")]
#[doc(inline)]
pub use asynchronous::AsyncClient;
#[cfg(feature = "blocking")]
#[doc(inline)]
pub use blocking::Client;

pub use ids::*;
pub use page::Page;
pub use secrets::{AccessToken, Key};
pub use topic::Topic;
