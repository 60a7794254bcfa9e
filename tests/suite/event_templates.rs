//! Templates of recurring calendar events.

use std::time::Duration;

use lagclient::Error;
use lagclient::models::{CreateEventTemplate, UpdateEventTemplate};
use serde_json::{Value, json};

use crate::client::{maybe_async, test};
use crate::support::{Expected, Server, user};

const PATH: &str = "/servers/srv_1/event-templates";

fn template_json() -> Value {
    json!({
        "id": "tpl_1", "serverId": "srv_1", "title": "Raid night", "description": "Weekly",
        "coverImageUrl": "https://cdn/c.png", "durationMinutes": 120, "rrule": "FREQ=WEEKLY",
        "timezone": "Europe/Berlin", "startTime": "19:30", "externalAccessEnabled": true,
        "externalAutoAdmit": true, "nextOccurrenceAt": "2030-05-03T17:30:00.000Z",
        "createdBy": "usr_1", "createdAt": "2030-04-01T12:00:00.000Z", "color": "red",
    })
}

fn bare_template() -> Value {
    json!({
        "id": "tpl_2", "serverId": "srv_1", "title": "Talk", "durationMinutes": null,
        "rrule": "FREQ=DAILY", "timezone": "UTC", "startTime": "9:00", "createdBy": "usr_1",
        "createdAt": "2030-04-01T12:00:00.000Z",
    })
}

fn weekly() -> CreateEventTemplate {
    CreateEventTemplate::new("Raid night", "FREQ=WEEKLY", "Europe/Berlin", "19:30")
}

#[maybe_async]
#[test]
async fn list() {
    let body = json!({"templates": [template_json(), bare_template()]});
    let server = Server::json(200, &body);
    let client = user(&server);
    let templates = client.events().templates().list("srv_1").await.unwrap();
    Expected::user("GET", PATH).on(&server);
    let [full, bare] = &templates[..] else {
        panic!("{templates:#?}")
    };
    assert_eq!(full.id, "tpl_1");
    assert_eq!(full.server_id, "srv_1");
    assert_eq!(full.title, "Raid night");
    assert_eq!(full.description.as_deref(), Some("Weekly"));
    assert_eq!(full.cover_image_url.as_deref(), Some("https://cdn/c.png"));
    assert_eq!(full.duration_minutes, Some(120));
    assert_eq!(full.duration(), Some(Duration::from_secs(7_200)));
    assert_eq!(full.rrule, "FREQ=WEEKLY");
    assert_eq!(full.timezone, "Europe/Berlin");
    assert_eq!(full.start_time, "19:30");
    assert!(full.external_access_enabled && full.external_auto_admit);
    assert!(full.next_occurrence_at.is_some());
    assert_eq!(full.created_by, "usr_1");
    assert_eq!(full.extra["color"], "red");
    assert_eq!(bare.duration_minutes, None);
    assert_eq!(bare.duration(), None);
    assert_eq!(bare.next_occurrence_at, None);
    assert!(!bare.external_access_enabled);
    assert_eq!(bare.start_time, "9:00");
    assert_eq!(serde_json::to_value(full).unwrap(), template_json());
}

#[maybe_async]
#[test]
async fn an_empty_list() {
    let server = Server::json(200, &json!({"templates": []}));
    let client = user(&server);
    let templates = client.events().templates().list("srv_1").await.unwrap();
    assert!(templates.is_empty());
}

#[maybe_async]
#[test]
async fn create() {
    let server = Server::json(201, &template_json());
    let client = user(&server);
    let created = client.events().templates().create("srv_1", weekly()).await;
    Expected::user("POST", PATH)
        .json(json!({
            "title": "Raid night", "rrule": "FREQ=WEEKLY", "timezone": "Europe/Berlin",
            "startTime": "19:30",
        }))
        .on(&server);
    assert_eq!(created.unwrap().id, "tpl_1");
}

#[maybe_async]
#[test]
async fn create_with_everything() {
    let server = Server::json(201, &template_json());
    let client = user(&server);
    let template = weekly()
        .description("Weekly")
        .duration(Duration::from_secs(2 * 60 * 60))
        .cover_image_url("https://cdn/c.png")
        .external_access_enabled(true)
        .external_auto_admit(false);
    let templates = client.events().templates();
    templates.create("srv_1", template).await.unwrap();
    Expected::user("POST", PATH)
        .json(json!({
            "title": "Raid night", "rrule": "FREQ=WEEKLY", "timezone": "Europe/Berlin",
            "startTime": "19:30", "description": "Weekly", "durationMinutes": 120,
            "coverImageUrl": "https://cdn/c.png", "externalAccessEnabled": true,
            "externalAutoAdmit": false,
        }))
        .on(&server);
}

#[maybe_async]
#[test]
async fn update() {
    for (changes, body) in [
        (UpdateEventTemplate::new(), json!({})),
        (
            UpdateEventTemplate::new()
                .title("Talk")
                .rrule("FREQ=DAILY")
                .timezone("UTC")
                .start_time("09:00")
                .description("Daily")
                .duration(Duration::from_secs(15 * 60))
                .cover_image_url("https://cdn/d.png")
                .external_access_enabled(false)
                .external_auto_admit(true),
            json!({
                "title": "Talk", "rrule": "FREQ=DAILY", "timezone": "UTC", "startTime": "09:00",
                "description": "Daily", "durationMinutes": 15,
                "coverImageUrl": "https://cdn/d.png", "externalAccessEnabled": false,
                "externalAutoAdmit": true,
            }),
        ),
    ] {
        let server = Server::json(200, &template_json());
        let client = user(&server);
        let templates = client.events().templates();
        let updated = templates.update("srv_1", "tpl_1", changes).await;
        Expected::user("PATCH", format!("{PATH}/tpl_1"))
            .json(body)
            .on(&server);
        assert_eq!(updated.unwrap().id, "tpl_1");
    }
}

#[maybe_async]
#[test]
async fn delete() {
    let server = Server::json(200, &json!({"ok": true, "gone": 4}));
    let client = user(&server);
    let deleted = client.events().templates().delete("srv_1", "tpl_1").await;
    Expected::user("DELETE", format!("{PATH}/tpl_1")).on(&server);
    let deleted = deleted.unwrap();
    assert_eq!(deleted.ok, Some(true));
    assert_eq!(deleted.extra["gone"], 4);
}

#[maybe_async]
#[test]
async fn a_start_time_in_another_form_is_refused() {
    let server = Server::start([]);
    let client = user(&server);
    let templates = client.events().templates();
    for time in [
        "",
        "7:30 pm",
        "9:30",
        "24:00",
        "12:60",
        "12.30",
        "12:30 ",
        "12:3",
        "ab:cd",
        "١٢:٣٠",
        "12:300",
    ] {
        let odd = CreateEventTemplate::new("x", "FREQ=DAILY", "UTC", time);
        let created = templates.create("srv_1", odd).await;
        assert!(
            matches!(created, Err(Error::InvalidArgument(e)) if e.argument == "start_time"),
            "{time}"
        );
    }
    let changes = UpdateEventTemplate::new().start_time("24:00");
    let updated = templates.update("srv_1", "tpl_1", changes).await;
    assert!(matches!(updated, Err(Error::InvalidArgument(_))));
    assert!(server.requests().is_empty());
}

#[maybe_async]
#[test]
async fn any_minute_of_a_day_is_a_start_time() {
    for time in ["00:00", "09:30", "19:59", "20:00", "23:59"] {
        let server = Server::json(201, &template_json());
        let new = CreateEventTemplate::new("x", "FREQ=DAILY", "UTC", time);
        let created = user(&server)
            .events()
            .templates()
            .create("srv_1", new)
            .await;
        assert!(created.is_ok(), "{created:?}");
        assert_eq!(server.request().json()["startTime"], time);
    }
}

#[maybe_async]
#[test]
async fn create_and_update_refuse_events_of_less_than_a_minute() {
    let server = Server::start([]);
    let client = user(&server);
    let templates = client.events().templates();
    let short = Duration::from_secs(59);
    let created = templates.create("srv_1", weekly().duration(short)).await;
    let changes = UpdateEventTemplate::new().duration(short);
    let updated = templates.update("srv_1", "tpl_1", changes).await;
    for refused in [created, updated] {
        assert!(
            matches!(&refused, Err(Error::InvalidArgument(p)) if p.argument == "duration"),
            "{refused:?}"
        );
    }
    assert!(server.requests().is_empty());
}
