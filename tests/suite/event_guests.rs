//! Guests of calendar events.

use lagclient::models::GuestStatus;
use serde_json::json;

use crate::client::{maybe_async, test};
use crate::support::{AWKWARD_IDS, Expected, Server, assert_user_only, robot, user};

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
    assert_eq!(decision.status, GuestStatus::Admitted);
}

#[maybe_async]
#[test]
async fn reject() {
    let server = Server::json(200, &json!({"status": "rejected", "note": "full"}));
    let client = user(&server);
    let guests = client.events().guests();
    let decision = guests.reject("srv_1", "evt_1", "gst_1").await.unwrap();
    Expected::user("POST", format!("{PATH}/gst_1/reject")).on(&server);
    assert_eq!(decision.status, GuestStatus::Rejected);
    assert_eq!(decision.extra["note"], "full");
}

#[maybe_async]
#[test]
async fn awkward_ids_stay_one_segment() {
    for (id, encoded) in AWKWARD_IDS {
        let server = Server::json(200, &json!({"status": "admitted"}));
        let client = user(&server);
        client.events().guests().admit(id, id, id).await.unwrap();
        let target = format!("/servers/{encoded}/events/{encoded}/guests/{encoded}/admit");
        Expected::user("POST", target).on(&server);
    }
}

#[maybe_async]
#[test]
async fn robots_are_refused() {
    let server = Server::start([]);
    let client = robot(&server);
    let guests = client.events().guests();
    let list = guests.list("srv_1", "evt_1").await;
    assert_user_only(list, "events.guests.list");
    let admit = guests.admit("srv_1", "evt_1", "gst_1").await;
    assert_user_only(admit, "events.guests.admit");
    let reject = guests.reject("srv_1", "evt_1", "gst_1").await;
    assert_user_only(reject, "events.guests.reject");
    assert!(server.requests().is_empty());
}
