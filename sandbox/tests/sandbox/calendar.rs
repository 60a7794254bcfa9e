//! Events, guests and templates.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat};
use lag_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::http::Caller;

const EVENTS: &str = "/servers/srv_dev/events";
const TEMPLATES: &str = "/servers/srv_dev/event-templates";

fn path(event: &Value) -> String {
    format!("{EVENTS}/{}", event["id"].as_str().expect("an id"))
}

#[test]
fn an_event_from_plan_to_end() {
    let start = DateTime::parse_from_rfc3339("2030-05-01T10:00:00Z").expect("a time");
    let sandbox = Sandbox::builder()
        .start_at(start.into())
        .start()
        .expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let bob = Caller::user(&sandbox, "bob");
    let event = alice
        .post(
            EVENTS,
            &json!({"title": "Party", "startsAt": "2030-05-01T13:00:00+02:00", "endsAt": "2030-05-01T12:00:00Z"}),
        )
        .expect(201);
    assert_eq!(event["startsAt"], "2030-05-01T11:00:00.000Z");
    assert_eq!(event["status"], "scheduled");
    assert_eq!(event["creatorUsername"], "alice");
    assert_eq!(event["shareCode"], Value::Null);
    assert_eq!(event["myRsvp"], Value::Null);
    bob.post(
        EVENTS,
        &json!({"title": "x", "startsAt": "2030-05-01T11:00:00Z"}),
    )
    .refused(403);
    alice.post(EVENTS, &json!({"title": "x"})).refused(400);
    alice
        .post(EVENTS, &json!({"title": "x", "startsAt": "soon"}))
        .refused(400);
    alice
        .post(EVENTS, &json!({"title": "x", "startsAt": "2030-05-01T11:00:00Z", "endsAt": "2030-05-01T11:00:00Z"}))
        .refused(400);

    let rsvp = format!("{}/rsvp", path(&event));
    let going = bob.post(&rsvp, &json!({"status": "going"})).expect(200);
    assert_eq!(
        going,
        json!({"status": "going", "counts": {"going": 1, "maybe": 0, "notGoing": 0}})
    );
    alice.post(&rsvp, &json!({"status": "maybe"})).expect(200);
    let changed = bob.post(&rsvp, &json!({"status": "not_going"})).expect(200);
    assert_eq!(
        changed["counts"],
        json!({"going": 0, "maybe": 1, "notGoing": 1})
    );
    bob.post(&rsvp, &json!({"status": "perhaps"})).refused(400);
    let seen = bob.get(&path(&event)).expect(200);
    assert_eq!(seen["myRsvp"], "not_going");
    assert_eq!(seen["rsvpCounts"], changed["counts"]);

    bob.patch(&path(&event), &json!({"title": "x"}))
        .refused(403);
    alice
        .patch(&path(&event), &json!({"endsAt": "2030-05-01T10:30:00Z"}))
        .refused(400);
    let moved = alice
        .patch(&path(&event), &json!({"description": "Bring cake"}))
        .expect(200);
    assert_eq!(moved["description"], "Bring cake");
    assert_eq!(moved["title"], "Party");

    sandbox.advance(Duration::from_secs(3600));
    assert_eq!(bob.get(EVENTS).expect(200)["events"][0]["status"], "active");
    sandbox.advance(Duration::from_secs(3600));
    // What is over is no longer listed, but still there.
    assert_eq!(bob.get(EVENTS).expect(200), json!({"events": []}));
    assert_eq!(bob.get(&path(&event)).expect(200)["status"], "ended");

    bob.delete(&path(&event)).refused(403);
    let cancelled = alice.delete(&path(&event)).expect(200);
    assert_eq!(cancelled["status"], "cancelled");
    assert!(cancelled["deletesAt"].is_string());
    alice.delete(&path(&event)).refused(409);
    bob.post(&rsvp, &json!({"status": "going"})).refused(409);
    assert_eq!(bob.get(&path(&event)).expect(200)["status"], "cancelled");
    sandbox.set_time(sandbox.now() + chrono::Duration::hours(23));
    assert_eq!(bob.get(EVENTS).expect(200), json!({"events": []}));
    bob.get(&path(&event)).expect(200);
    let deletes_at = cancelled["deletesAt"].as_str().expect("a time");
    sandbox.set_time(deletes_at.parse().expect("a time"));
    bob.get(&path(&event)).refused(404);
    alice.delete(&path(&event)).refused(404);
    bob.get(&format!("{EVENTS}/unknown")).refused(404);
    Caller::user(&sandbox, "carol").get(EVENTS).refused(403);
}

#[test]
fn guests_are_admitted_and_rejected() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let server = sandbox.server("dev");
    let starts =
        (sandbox.now() + chrono::Duration::hours(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let event = alice
        .post(EVENTS, &json!({"title": "Open", "startsAt": starts}))
        .expect(201);
    let id = event["id"].as_str().expect("an id");
    assert_eq!(
        server.add_guest(id, "Zoe").expect_err("closed").status(),
        403
    );
    let toggle = format!("{}/external/toggle", path(&event));
    let open = alice.call("POST", &toggle, None).expect(200);
    assert_eq!(open["externalAccessEnabled"], true);
    assert!(open["shareCode"].is_string());

    let zoe = server.add_guest(id, "Zoe").expect("a guest");
    let guests = format!("{}/guests", path(&event));
    let listed = alice.get(&guests).expect(200);
    assert_eq!(listed["guests"][0]["displayName"], "Zoe");
    assert_eq!(listed["guests"][0]["status"], "pending");
    let admit = format!("{guests}/{zoe}/admit");
    Caller::user(&sandbox, "bob")
        .call("POST", &admit, None)
        .refused(403);
    assert_eq!(
        alice.call("POST", &admit, None).expect(200),
        json!({"status": "admitted"})
    );
    alice.call("POST", &admit, None).refused(409);
    assert_eq!(
        alice.get(&guests).expect(200)["guests"][0]["status"],
        "admitted"
    );
    let reject = alice.call("POST", &format!("{guests}/{zoe}/reject"), None);
    assert_eq!(reject.expect(200), json!({"status": "rejected"}));
    alice
        .call("POST", &format!("{guests}/unknown/admit"), None)
        .refused(404);

    alice
        .patch(&path(&event), &json!({"externalAutoAdmit": true}))
        .expect(200);
    server.add_guest(id, "Yan").expect("a guest");
    assert_eq!(
        alice.get(&guests).expect(200)["guests"][1]["status"],
        "admitted"
    );
    let closed = alice.call("POST", &toggle, None).expect(200);
    assert_eq!(closed["shareCode"], Value::Null);
}

#[test]
fn templates() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let body = json!({
        "title": "Weekly", "rrule": "FREQ=WEEKLY;BYDAY=MO", "timezone": "Europe/Berlin",
        "startTime": "19:30", "durationMinutes": 90, "externalAutoAdmit": true,
    });
    let template = alice.post(TEMPLATES, &body).expect(201);
    for (key, value) in body.as_object().expect("an object") {
        assert_eq!(template[key], *value, "{key}");
    }
    assert_eq!(template["externalAccessEnabled"], false);
    for key in ["title", "rrule", "timezone", "startTime"] {
        let mut incomplete = body.clone();
        incomplete.as_object_mut().expect("an object").remove(key);
        assert_eq!(
            alice.post(TEMPLATES, &incomplete).refused(400),
            format!("{key} is required")
        );
    }
    let bob = Caller::user(&sandbox, "bob");
    bob.post(TEMPLATES, &body).refused(403);
    assert_eq!(
        bob.get(TEMPLATES).expect(200),
        json!({"templates": [template]})
    );
    let path = format!("{TEMPLATES}/{}", template["id"].as_str().expect("an id"));
    alice
        .patch(&path, &json!({"startTime": "7:30pm"}))
        .refused(400);
    let changed = alice
        .patch(&path, &json!({"startTime": "20:00"}))
        .expect(200);
    assert_eq!(changed["startTime"], "20:00");
    assert_eq!(changed["title"], "Weekly");
    assert_eq!(alice.delete(&path).expect(200), json!({"ok": true}));
    alice.delete(&path).refused(404);
    alice.patch(&path, &json!({})).refused(404);
}
