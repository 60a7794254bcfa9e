//! Templates of recurring calendar events.

use serde::Deserialize;

use super::events::INSTEAD;
use super::{Client, example, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, EventTemplateId, ServerId};
use crate::models::{Ack, CreateEventTemplate, EventTemplate, UpdateEventTemplate};
use crate::protocol::request::Request;

/// Methods for the templates of recurring calendar events. They need a user's
/// token.
///
/// Reached by `client.events().templates()`.
#[derive(Clone, Copy, Debug)]
pub struct EventTemplates<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl EventTemplates<'_> {
    /// Lists the event templates of a server.
    /// `GET /servers/{server_id}/event-templates`.
    ///
    /// Needs a user's token.
    ///
    #[doc = example! {
        # type New = lagclient::models::CreateEventTemplate;
        # let new = New::new("Standup", "FREQ=DAILY", "Europe/Berlin", "09:30");
        # client.events().templates().create("srv_dev", new).await?;

        for template in client.events().templates().list("srv_dev").await? {
            println!("{}: {}", template.title, template.rrule);
            println!("at {} in {}", template.start_time, template.timezone);
        }
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such server;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "recurring")]
    pub async fn list(self, server_id: impl AsId<ServerId>) -> Result<Vec<EventTemplate>> {
        let request = Request::get("/servers/{server_id}/event-templates")
            .id(server_id.as_id())
            .user_only("events.templates.list", INSTEAD);
        let list: TemplateList = self.client.core.call(request).await?;
        Ok(list.templates)
    }

    /// Creates a template, from which the server then makes calendar events.
    /// `POST /servers/{server_id}/event-templates`.
    ///
    /// Needs a user's token.
    ///
    #[doc = example! {
        use lagclient::models::CreateEventTemplate;
        use std::time::Duration;

        let (rule, zone) = ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "Europe/Berlin");
        let template = CreateEventTemplate::new("Standup", rule, zone, "09:30")
            ~.duration(Duration::from_secs(15 * 60));
        let templates = client.events().templates();
        let template = templates.create("srv_dev", template).await?;
        println!("next at {:?}", template.next_occurrence_at);
        # assert_eq!(template.duration_minutes, Some(15));
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_EVENTS`; [`InvalidArgument`](crate::Error::InvalidArgument) if
    /// the start time does not have the form `HH:MM`, or if the duration is
    /// shorter than 1 minute; [`InvalidToken`](crate::Error::InvalidToken) if
    /// the client has a robot key.
    #[doc(alias = "recurring")]
    #[doc(alias = "repeat")]
    #[doc(alias = "rrule")]
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

    /// Changes an event template.
    /// `PATCH /servers/{server_id}/event-templates/{template_id}`.
    ///
    /// Needs a user's token.
    ///
    #[doc = example! {
        use lagclient::models::UpdateEventTemplate;

        # type New = lagclient::models::CreateEventTemplate;
        # let new = New::new("Standup", "FREQ=DAILY", "Europe/Berlin", "09:30");
        # client.events().templates().create("srv_dev", new).await?;

        let templates = client.events().templates();
        for template in templates.list("srv_dev").await? {
            let later = UpdateEventTemplate::new().start_time("10:00");
            templates.update("srv_dev", &template.id, later).await?;
        }
        # let template = templates.list("srv_dev").await?.remove(0);
        # assert_eq!(template.start_time, "10:00");
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_EVENTS`; [`NotFound`](crate::Error::NotFound) if there is no
    /// such template; [`InvalidArgument`](crate::Error::InvalidArgument) if the
    /// start time does not have the form `HH:MM`, or if the duration is shorter
    /// than 1 minute; [`InvalidToken`](crate::Error::InvalidToken) if the
    /// client has a robot key.
    #[doc(alias = "edit")]
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

    /// Deletes an event template.
    /// `DELETE /servers/{server_id}/event-templates/{template_id}`.
    ///
    /// Needs a user's token.
    ///
    #[doc = example! {
        # type New = lagclient::models::CreateEventTemplate;
        # let new = New::new("Standup", "FREQ=DAILY", "Europe/Berlin", "09:30");
        # client.events().templates().create("srv_dev", new).await?;

        let templates = client.events().templates();
        for template in templates.list("srv_dev").await? {
            if template.title == "Standup" {
                templates.delete("srv_dev", &template.id).await?;
            }
        }
        # let left = templates.list("srv_dev").await?;
        # assert!(left.is_empty());
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_EVENTS`; [`NotFound`](crate::Error::NotFound) if there is no
    /// such template; [`InvalidToken`](crate::Error::InvalidToken) if the
    /// client has a robot key.
    #[doc(alias = "remove")]
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

/// The object in which the server sends a list of templates.
#[derive(Deserialize)]
struct TemplateList {
    templates: Vec<EventTemplate>,
}
