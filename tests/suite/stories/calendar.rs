//! An event with guests, from its plan to its end.

use std::time::Duration;

use lagclient::models::{
    CreateEvent, EventStatus, EventSummary, GuestStatus, RsvpStatus, UpdateEvent,
};

use super::{Cast, cast, refused};
use crate::client::{maybe_async, test};

#[maybe_async]
#[test]
async fn members_answer_and_the_event_takes_its_course() {
    let cast = cast();
    let event = is_planned(&cast).await;
    is_answered(&cast, &event).await;
    is_renamed(&cast, &event).await;
    begins_and_ends(&cast, &event).await;
}

#[maybe_async]
async fn is_planned(cast: &Cast) -> EventSummary {
    let (calendar, bobs) = (cast.alice.events(), cast.bob.events());
    let (sandbox, server) = (&cast.sandbox, &cast.server);
    let starts = sandbox.now() + Duration::from_secs(3600);

    let refused = bobs
        .create(server.id(), CreateEvent::new("Mine", starts))
        .await;
    refused!(refused, Permission);
    let plan = CreateEvent::new("Party", starts).ends_at(starts + Duration::from_secs(3600));
    let event = calendar.create(server.id(), plan).await.unwrap();
    assert_eq!(event.status, EventStatus::Scheduled);
    assert_eq!(event.creator_username, "alice");
    assert_eq!(event.my_rsvp, None);
    event
}

#[maybe_async]
async fn is_answered(cast: &Cast, event: &EventSummary) {
    let (calendar, bobs) = (cast.alice.events(), cast.bob.events());
    let server = &cast.server;
    let first = bobs
        .rsvp(server.id(), &event.id, RsvpStatus::Going)
        .await
        .unwrap();
    assert_eq!((first.counts.going, first.counts.maybe), (1, 0));
    let second = calendar
        .rsvp(server.id(), &event.id, RsvpStatus::Going)
        .await
        .unwrap();
    assert_eq!((second.counts.going, second.counts.maybe), (2, 0));
    let changed = bobs
        .rsvp(server.id(), &event.id, RsvpStatus::NotGoing)
        .await
        .unwrap();
    assert_eq!(changed.status, RsvpStatus::NotGoing);
    assert_eq!((changed.counts.going, changed.counts.not_going), (1, 1));
    let seen = bobs.get(server.id(), &event.id).await.unwrap();
    assert_eq!(seen.my_rsvp, Some(RsvpStatus::NotGoing));
    assert_eq!(seen.rsvp_counts, changed.counts);
}

#[maybe_async]
async fn is_renamed(cast: &Cast, event: &EventSummary) {
    let (calendar, bobs) = (cast.alice.events(), cast.bob.events());
    let server = &cast.server;
    let update = UpdateEvent::new().title("Garden party");
    let refused = bobs.update(server.id(), &event.id, update.clone()).await;
    refused!(refused, Permission);
    let renamed = calendar
        .update(server.id(), &event.id, update)
        .await
        .unwrap();
    assert_eq!(renamed.title, "Garden party");
    assert_eq!(renamed.starts_at, event.starts_at);
}

#[maybe_async]
async fn begins_and_ends(cast: &Cast, event: &EventSummary) {
    let (sandbox, bobs, server) = (&cast.sandbox, cast.bob.events(), &cast.server);
    sandbox.advance(Duration::from_secs(3600));
    let listed = bobs.list(server.id()).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].status, EventStatus::Active);
    sandbox.advance(Duration::from_secs(3600));
    let listed = bobs.list(server.id()).await.unwrap();
    assert!(listed.is_empty());
    let over = bobs.get(server.id(), &event.id).await.unwrap();
    assert_eq!(over.status, EventStatus::Ended);
    let unknown = bobs.get(server.id(), "event_unknown").await;
    refused!(unknown, NotFound);
    let refused = cast.carol.events().list(server.id()).await;
    refused!(refused, Permission);
}

#[maybe_async]
#[test]
async fn guests_come_by_leave_of_the_host() {
    let cast = cast();
    let event = is_opened_to_guests(&cast).await;
    guests_are_let_in_or_turned_away(&cast, &event).await;
    guests_come_in_by_themselves(&cast, &event).await;
    is_closed_and_cancelled(&cast, &event).await;
}

#[maybe_async]
async fn is_opened_to_guests(cast: &Cast) -> EventSummary {
    let (calendar, bobs) = (cast.alice.events(), cast.bob.events());
    let (sandbox, server) = (&cast.sandbox, &cast.server);
    let starts = sandbox.now() + Duration::from_secs(3600);
    let event = calendar
        .create(server.id(), CreateEvent::new("Open day", starts))
        .await;
    let event = event.unwrap();
    assert!(!event.external_access_enabled);
    assert_eq!(event.share_code, None);
    let closed = server.add_guest(event.id.as_str(), "Zoe").unwrap_err();
    assert_eq!(closed.status(), 403);

    let refused = bobs.toggle_external_access(server.id(), &event.id).await;
    refused!(refused, Permission);
    let open = calendar
        .toggle_external_access(server.id(), &event.id)
        .await
        .unwrap();
    assert!(open.external_access_enabled);
    assert!(open.share_code.is_some());
    event
}

#[maybe_async]
async fn guests_are_let_in_or_turned_away(cast: &Cast, event: &EventSummary) {
    let (calendar, bobs) = (cast.alice.events(), cast.bob.events());
    let (guests, server) = (calendar.guests(), &cast.server);
    let zoe = server.add_guest(event.id.as_str(), "Zoe").unwrap();
    let max = server.add_guest(event.id.as_str(), "Max").unwrap();
    let listed = guests.list(server.id(), &event.id).await.unwrap();
    let waiting: Vec<_> = listed.iter().map(|g| (g.id.as_str(), &g.status)).collect();
    assert_eq!(
        waiting,
        [
            (&*zoe, &GuestStatus::Pending),
            (&*max, &GuestStatus::Pending)
        ]
    );
    assert_eq!(listed[0].display_name, "Zoe");
    let refused = bobs.guests().admit(server.id(), &event.id, &zoe).await;
    refused!(refused, Permission);

    let admitted = guests.admit(server.id(), &event.id, &zoe).await.unwrap();
    assert_eq!(admitted.status, Some(GuestStatus::Admitted));
    let twice = guests.admit(server.id(), &event.id, &zoe).await;
    refused!(twice, Conflict);
    let rejected = guests.reject(server.id(), &event.id, &max).await.unwrap();
    assert_eq!(rejected.status, Some(GuestStatus::Rejected));
    let nobody = guests.reject(server.id(), &event.id, "guest_unknown").await;
    refused!(nobody, NotFound);
}

#[maybe_async]
async fn guests_come_in_by_themselves(cast: &Cast, event: &EventSummary) {
    let (calendar, server) = (cast.alice.events(), &cast.server);
    let guests = calendar.guests();
    let update = UpdateEvent::new().external_auto_admit(true);
    let changed = calendar
        .update(server.id(), &event.id, update)
        .await
        .unwrap();
    assert!(changed.external_auto_admit);
    server.add_guest(event.id.as_str(), "Ida").unwrap();
    let listed = guests.list(server.id(), &event.id).await.unwrap();
    let states: Vec<_> = listed.iter().map(|guest| &guest.status).collect();
    assert_eq!(
        states,
        [
            &GuestStatus::Admitted,
            &GuestStatus::Rejected,
            &GuestStatus::Admitted
        ]
    );
}

#[maybe_async]
async fn is_closed_and_cancelled(cast: &Cast, event: &EventSummary) {
    let (calendar, bobs) = (cast.alice.events(), cast.bob.events());
    let server = &cast.server;
    let shut = calendar
        .toggle_external_access(server.id(), &event.id)
        .await
        .unwrap();
    assert!(!shut.external_access_enabled);
    let closed = server.add_guest(event.id.as_str(), "Late").unwrap_err();
    assert_eq!(closed.status(), 403);

    let refused = bobs.cancel(server.id(), &event.id).await;
    refused!(refused, Permission);
    let cancelled = calendar.cancel(server.id(), &event.id).await.unwrap();
    assert_eq!(cancelled.status, Some(EventStatus::Cancelled));
    assert!(cancelled.deletes_at.unwrap() > cast.sandbox.now());
    let twice = calendar.cancel(server.id(), &event.id).await;
    refused!(twice, Conflict);
    let late = bobs.rsvp(server.id(), &event.id, RsvpStatus::Going).await;
    refused!(late, Conflict);
    let seen = bobs.get(server.id(), &event.id).await.unwrap();
    assert_eq!(seen.status, EventStatus::Cancelled);
}
