//! Guests of calendar events.

use lagclient::models::GuestStatus;
use serde_json::json;

use crate::client::{maybe_async, test};
use crate::support::{Expected, Server, user};

const PATH: &str = "/servers/srv_1/events/evt_1/guests";

#[maybe_async]
#[test]
async fn list() {
    let body = json!({"guests": [
        {"id": "gst_1", "displayName": "Zoë", "generatedUsername": "zoe-1", "status": "pending",
         "createdAt": "2030-05-01T18:00:00.000Z", "device": "phone"},
        {"id": "gst_2", "displayName": "Max", "generatedUsername": "max-7", "status": "vanished",
         "createdAt": "2030-05-01T18:00:01.000Z"},
    ]});
    let server = Server::json(200, &body);
    let client = user(&server);
    let guests = client.events().guests().list("srv_1", "evt_1").await;
    Expected::user("GET", PATH).on(&server);
    let guests = guests.unwrap();
    assert_eq!(guests.len(), 2);
    assert_eq!(guests[0].id, "gst_1");
    assert_eq!(guests[0].display_name, "Zoë");
    assert_eq!(guests[0].generated_username, "zoe-1");
    assert_eq!(guests[0].status, GuestStatus::Pending);
    assert_eq!(guests[0].created_at.timestamp(), 1_903_888_800);
    assert_eq!(guests[0].extra["device"], "phone");
    assert_eq!(guests[1].status, GuestStatus::Other("vanished".into()));
}

#[maybe_async]
#[test]
async fn an_empty_list() {
    let server = Server::json(200, &json!({"guests": []}));
    let client = user(&server);
    let guests = client.events().guests().list("srv_1", "evt_1").await;
    assert!(guests.unwrap().is_empty());
}

#[maybe_async]
#[test]
async fn admit() {
    let server = Server::json(200, &json!({"status": "admitted"}));
    let client = user(&server);
    let guests = client.events().guests();
    let decision = guests.admit("srv_1", "evt_1", "gst_1").await.unwrap();
    Expected::user("POST", format!("{PATH}/gst_1/admit")).on(&server);
    assert_eq!(decision.status, Some(GuestStatus::Admitted));
}

#[maybe_async]
#[test]
async fn reject() {
    let server = Server::json(200, &json!({"status": "rejected", "note": "full"}));
    let client = user(&server);
    let guests = client.events().guests();
    let decision = guests.reject("srv_1", "evt_1", "gst_1").await.unwrap();
    Expected::user("POST", format!("{PATH}/gst_1/reject")).on(&server);
    assert_eq!(decision.status, Some(GuestStatus::Rejected));
    assert_eq!(decision.extra["note"], "full");
}
