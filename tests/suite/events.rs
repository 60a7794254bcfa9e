//! Calendar events.

use chrono::{DateTime, Utc};
use lagclient::models::{CreateEvent, EventStatus, RsvpStatus, UpdateEvent};
use serde_json::{Value, json};

use crate::client::{maybe_async, test};
use crate::support::{Expected, Reply, Server, user};

const PATH: &str = "/servers/srv_1/events";

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Every field that is documented.
fn event_json() -> Value {
    json!({
        "id": "evt_1", "serverId": "srv_1", "title": "Raid night", "description": "Bring snacks",
        "coverImageUrl": "https://cdn/c.png", "startsAt": "2030-05-01T18:00:00.000Z",
        "endsAt": "2030-05-01T20:00:00.000Z", "status": "scheduled", "voiceRoomId": "room_1",
        "createdBy": "usr_1", "creatorUsername": "alice", "creatorDisplayName": "Alice",
        "shareCode": "abc", "externalAccessEnabled": true, "externalAutoAdmit": true,
        "rsvpCounts": {"going": 3, "maybe": 2, "notGoing": 1}, "myRsvp": "not_going",
        "templateId": "tpl_1", "createdAt": "2030-04-01T12:00:00.000Z", "mood": "grim",
    })
}

/// Only what an event always has.
fn bare_event() -> Value {
    json!({
        "id": "evt_2", "serverId": "srv_1", "title": "Talk", "description": null,
        "startsAt": "2030-05-01T18:00:00Z", "status": "postponed", "createdBy": "usr_1",
        "creatorUsername": "alice", "createdAt": "2030-04-01T12:00:00.000Z", "myRsvp": "perhaps",
        "rsvpCounts": null, "externalAutoAdmit": null,
    })
}

#[maybe_async]
#[test]
async fn list() {
    let server = Server::json(200, &json!({"events": [event_json(), bare_event()]}));
    let events = user(&server).events().list("srv_1").await.unwrap();
    Expected::user("GET", PATH).on(&server);
    let [full, bare] = &events[..] else {
        panic!("{events:#?}")
    };
    assert_eq!(full.id, "evt_1");
    assert_eq!(full.server_id, "srv_1");
    assert_eq!(full.title, "Raid night");
    assert_eq!(full.description.as_deref(), Some("Bring snacks"));
    assert_eq!(full.cover_image_url.as_deref(), Some("https://cdn/c.png"));
    assert_eq!(full.starts_at, time("2030-05-01T18:00:00Z"));
    assert_eq!(full.ends_at, Some(time("2030-05-01T20:00:00Z")));
    assert_eq!(full.status, EventStatus::Scheduled);
    assert_eq!(full.voice_room_id.as_ref().unwrap(), "room_1");
    assert_eq!(full.created_by, "usr_1");
    assert_eq!(full.creator_username, "alice");
    assert_eq!(full.creator_display_name.as_deref(), Some("Alice"));
    assert_eq!(full.share_code.as_deref(), Some("abc"));
    assert!(full.external_access_enabled && full.external_auto_admit);
    let counts = &full.rsvp_counts;
    assert_eq!((counts.going, counts.maybe, counts.not_going), (3, 2, 1));
    assert_eq!(full.my_rsvp, Some(RsvpStatus::NotGoing));
    assert_eq!(full.template_id.as_ref().unwrap(), "tpl_1");
    assert_eq!(full.created_at, time("2030-04-01T12:00:00Z"));
    assert_eq!(full.extra["mood"], "grim");

    assert_eq!(bare.status, EventStatus::Other("postponed".into()));
    assert_eq!(bare.my_rsvp, Some(RsvpStatus::Other("perhaps".into())));
    assert_eq!(bare.description, None);
    assert_eq!(bare.ends_at, None);
    assert!(!bare.external_access_enabled);
    assert_eq!(bare.rsvp_counts.going, 0);
    assert_eq!(
        serde_json::to_value(full).unwrap(),
        event_json(),
        "an event is written as it was read"
    );
}

#[maybe_async]
#[test]
async fn an_empty_list() {
    let server = Server::json(200, &json!({"events": []}));
    let events = user(&server).events().list("srv_1").await.unwrap();
    assert!(events.is_empty());
}

#[maybe_async]
#[test]
async fn a_list_without_its_envelope_is_an_error() {
    for body in [json!([]), json!({}), json!({"events": null})] {
        let server = Server::json(200, &body);
        let error = user(&server).events().list("srv_1").await.unwrap_err();
        assert_eq!(error.code(), "decode_error", "{body}");
    }
}

#[maybe_async]
#[test]
async fn create() {
    let server = Server::json(201, &event_json());
    let event = CreateEvent::new("Raid night", time("2030-05-01T18:00:00Z"));
    let created = user(&server).events().create("srv_1", event).await;
    Expected::user("POST", PATH)
        .json(json!({"title": "Raid night", "startsAt": "2030-05-01T18:00:00.000Z"}))
        .on(&server);
    assert_eq!(created.unwrap().id, "evt_1");
}

#[maybe_async]
#[test]
async fn create_with_everything() {
    let server = Server::json(201, &event_json());
    let begin = DateTime::parse_from_rfc3339("2030-05-01T20:00:00+02:00").unwrap();
    let event = CreateEvent::new("Raid night", begin)
        .description("Bring snacks")
        .cover_image_url("https://cdn/c.png")
        .ends_at(time("2030-05-01T20:00:00Z"))
        .external_access_enabled(true)
        .external_auto_admit(false);
    user(&server).events().create("srv_1", event).await.unwrap();
    Expected::user("POST", PATH)
        .json(json!({
            "title": "Raid night", "startsAt": "2030-05-01T18:00:00.000Z",
            "description": "Bring snacks", "coverImageUrl": "https://cdn/c.png",
            "endsAt": "2030-05-01T20:00:00.000Z", "externalAccessEnabled": true,
            "externalAutoAdmit": false,
        }))
        .on(&server);
}

#[maybe_async]
#[test]
async fn get() {
    let server = Server::json(200, &event_json());
    let event = user(&server).events().get("srv_1", "evt_1").await.unwrap();
    Expected::user("GET", format!("{PATH}/evt_1")).on(&server);
    assert_eq!(event.title, "Raid night");
}

#[maybe_async]
#[test]
async fn update() {
    for (changes, body) in [
        (UpdateEvent::new(), json!({})),
        (UpdateEvent::new().title("Talk"), json!({"title": "Talk"})),
        (
            UpdateEvent::new()
                .title("Talk")
                .starts_at(time("2030-05-01T18:30:00Z"))
                .description("")
                .cover_image_url("https://cdn/d.png")
                .ends_at(time("2030-05-01T21:00:00Z"))
                .external_access_enabled(false)
                .external_auto_admit(true),
            json!({
                "title": "Talk", "startsAt": "2030-05-01T18:30:00.000Z", "description": "",
                "coverImageUrl": "https://cdn/d.png", "endsAt": "2030-05-01T21:00:00.000Z",
                "externalAccessEnabled": false, "externalAutoAdmit": true,
            }),
        ),
    ] {
        let server = Server::json(200, &event_json());
        let events = user(&server);
        let updated = events.events().update("srv_1", "evt_1", changes).await;
        Expected::user("PATCH", format!("{PATH}/evt_1"))
            .json(body)
            .on(&server);
        assert_eq!(updated.unwrap().id, "evt_1");
    }
}

#[maybe_async]
#[test]
async fn cancel() {
    let body = json!({"status": "cancelled", "deletesAt": "2030-05-08T00:00:00.000Z", "by": 1});
    let server = Server::json(200, &body);
    let cancelled = user(&server).events().cancel("srv_1", "evt_1").await;
    Expected::user("DELETE", format!("{PATH}/evt_1")).on(&server);
    let cancelled = cancelled.unwrap();
    assert_eq!(cancelled.status, Some(EventStatus::Cancelled));
    assert_eq!(cancelled.deletes_at, Some(time("2030-05-08T00:00:00Z")));
    assert_eq!(cancelled.extra["by"], 1);

    let server = Server::json(200, &json!({"status": "cancelled"}));
    let cancelled = user(&server).events().cancel("srv_1", "evt_1").await;
    assert_eq!(cancelled.unwrap().deletes_at, None);
}

#[maybe_async]
#[test]
async fn rsvp() {
    for (status, wire) in [
        (RsvpStatus::Going, "going"),
        (RsvpStatus::Maybe, "maybe"),
        (RsvpStatus::NotGoing, "not_going"),
    ] {
        let body = json!({"status": wire, "counts": {"going": 1, "maybe": 0, "notGoing": 4}});
        let server = Server::json(200, &body);
        let client = user(&server);
        let answer = client.events().rsvp("srv_1", "evt_1", status.clone()).await;
        Expected::user("POST", format!("{PATH}/evt_1/rsvp"))
            .json(json!({"status": wire}))
            .on(&server);
        let answer = answer.unwrap();
        assert_eq!(answer.status, status);
        assert_eq!((answer.counts.going, answer.counts.not_going), (1, 4));
    }
}

#[maybe_async]
#[test]
async fn toggle_external_access() {
    let server = Server::json(200, &event_json());
    let client = user(&server);
    let event = client
        .events()
        .toggle_external_access("srv_1", "evt_1")
        .await
        .unwrap();
    Expected::user("POST", format!("{PATH}/evt_1/external/toggle")).on(&server);
    assert!(event.external_access_enabled);
}

#[maybe_async]
#[test]
async fn an_error_status() {
    let body = json!({"error": "Not Found", "message": "no such event", "statusCode": 404});
    let server = Server::start([Reply::json(404, &body)]);
    let error = user(&server).events().get("srv_1", "evt_9").await;
    let error = error.unwrap_err();
    assert_eq!(error.code(), "not_found");
    assert_eq!(error.api().unwrap().message, "no such event");
}
