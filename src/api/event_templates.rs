//! Templates of recurring calendar events.

use super::events::INSTEAD;
use super::{Client, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, EventTemplateId, ServerId};
use crate::models::{Ack, CreateEventTemplate, EventTemplate, TemplateList, UpdateEventTemplate};
use crate::protocol::request::Request;

/// The templates of recurring calendar events, for users.
///
/// Reached by `client.events().templates()`.
#[derive(Clone, Copy, Debug)]
pub struct EventTemplates<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl EventTemplates<'_> {
    /// The templates of a server. `GET /servers/{server_id}/event-templates`.
    ///
    /// For users only.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such server;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
    pub async fn list(self, server_id: impl AsId<ServerId>) -> Result<Vec<EventTemplate>> {
        let request = Request::get("/servers/{server_id}/event-templates")
            .id(server_id.as_id())
            .user_only("events.templates.list", INSTEAD);
        let list: TemplateList = self.client.core.call(request).await?;
        Ok(list.templates)
    }

    /// Creates a template. `POST /servers/{server_id}/event-templates`.
    ///
    /// For users only.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MANAGE_EVENTS`;
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the start time is
    /// not `HH:MM` or the duration is less than 1 minute;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
    pub async fn create(
        self,
        server_id: impl AsId<ServerId>,
        template: CreateEventTemplate,
    ) -> Result<EventTemplate> {
        let request = Request::post("/servers/{server_id}/event-templates")
            .id(server_id.as_id())
            .check(template.check())
            .json(&template)
            .user_only("events.templates.create", INSTEAD);
        self.client.core.call(request).await
    }

    /// Changes a template.
    /// `PATCH /servers/{server_id}/event-templates/{template_id}`.
    ///
    /// For users only.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MANAGE_EVENTS`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such template;
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the start time is
    /// not `HH:MM` or the duration is less than 1 minute;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
    pub async fn update(
        self,
        server_id: impl AsId<ServerId>,
        template_id: impl AsId<EventTemplateId>,
        changes: UpdateEventTemplate,
    ) -> Result<EventTemplate> {
        let request = Request::patch("/servers/{server_id}/event-templates/{template_id}")
            .id(server_id.as_id())
            .id(template_id.as_id())
            .check(changes.check())
            .json(&changes)
            .user_only("events.templates.update", INSTEAD);
        self.client.core.call(request).await
    }

    /// Deletes a template.
    /// `DELETE /servers/{server_id}/event-templates/{template_id}`.
    ///
    /// For users only.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MANAGE_EVENTS`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such template;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
    pub async fn delete(
        self,
        server_id: impl AsId<ServerId>,
        template_id: impl AsId<EventTemplateId>,
    ) -> Result<Ack> {
        let request = Request::delete("/servers/{server_id}/event-templates/{template_id}")
            .id(server_id.as_id())
            .id(template_id.as_id())
            .user_only("events.templates.delete", INSTEAD);
        self.client.core.call_acknowledged(request).await
    }
}
