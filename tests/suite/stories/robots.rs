//! Robots that lack one permission each, next to one that lacks nothing.

use std::collections::BTreeSet;

use lag_sandbox::{RobotPermission, Sandbox};
use lagclient::Error;

use super::{client, refused, sandbox, user};
use crate::client::{Client, maybe_async, test};

/// What a call that needs a permission came to.
fn check<T: std::fmt::Debug>(
    needs: RobotPermission,
    missing: Option<RobotPermission>,
    result: Result<T, Error>,
) -> Option<T> {
    if Some(needs) == missing {
        refused!(result, Permission);
        None
    } else {
        Some(result.unwrap())
    }
}

/// Makes every kind of event happen.
fn stir(sandbox: &Sandbox) {
    let server = sandbox.server("dev");
    let room = server.room("general");
    let bob = sandbox.user("bob");
    room.post(&bob, "Is anybody there?").unwrap();
    room.join_voice(&bob).unwrap();
    room.leave_voice(&bob).unwrap();
    server.add_member(&sandbox.add_user("carol"));
    server.add_room("lounge");
    bob.set_status("idle");
}

/// The events that need a permission, of those that [`stir`] makes.
fn events_of(permission: RobotPermission) -> &'static [&'static str] {
    match permission {
        RobotPermission::ReadMessages => &["room.message"],
        RobotPermission::ReadVoice => &["voice.join", "voice.leave"],
        RobotPermission::ReadMembers => &["member.join"],
        RobotPermission::ReadRooms => &["room.created"],
        RobotPermission::ReadPresence => &["presence.update"],
        _ => &[],
    }
}

#[maybe_async]
async fn hears_what_it_may(robot: &Client, missing: Option<RobotPermission>) {
    let heard = robot.robot().poll_events().await.unwrap();
    let heard: BTreeSet<_> = heard.iter().map(|event| event.kind.to_string()).collect();
    let mut expected: BTreeSet<String> = BTreeSet::new();
    for permission in RobotPermission::ALL {
        if Some(permission) != missing {
            expected.extend(events_of(permission).iter().map(ToString::to_string));
        }
    }
    assert_eq!(heard, expected, "without {missing:?}");
}

#[maybe_async]
async fn does_what_it_may(sandbox: &Sandbox, robot: &Client, missing: Option<RobotPermission>) {
    let server = sandbox.server("dev");
    let room = server.room("general");

    let servers = robot.servers();
    let members = servers.members().list(server.id()).await;
    let members = check(RobotPermission::ReadMembers, missing, members);
    let names = |member: &lagclient::models::ServerMember| member.username.clone();
    if let Some(members) = members {
        let names: Vec<_> = members.iter().map(names).collect();
        assert_eq!(names, ["alice", "bob", "carol"]);
    }
    let rooms = servers.rooms().list(server.id()).await;
    if let Some(rooms) = check(RobotPermission::ReadRooms, missing, rooms) {
        assert_eq!(rooms.len(), 2);
    }

    let messages = servers.rooms().messages();
    let page = messages.list(server.id(), room.id(), ()).await;
    if let Some(page) = check(RobotPermission::ReadMessages, missing, page) {
        assert_eq!(page.items[0].content, "Is anybody there?");
    }
    let said = room.messages().len();
    let sent = messages.send(server.id(), room.id(), "Yes").await;
    let sent = check(RobotPermission::SendMessages, missing, sent);
    let Some(sent) = sent else {
        let question = room.messages()[0].id.clone();
        let edited = messages.edit(server.id(), room.id(), &question, "No").await;
        refused!(edited, Permission);
        let deleted = messages.delete(server.id(), room.id(), &question).await;
        refused!(deleted, Permission);
        assert_eq!(room.messages().len(), said);
        return;
    };
    assert_eq!(room.messages().len(), said + 1);
    let edited = messages
        .edit(server.id(), room.id(), &sent.id, "Yes!")
        .await;
    assert_eq!(edited.unwrap().content, "Yes!");
    messages
        .delete(server.id(), room.id(), &sent.id)
        .await
        .unwrap();
    assert_eq!(room.messages().len(), said);
}

#[maybe_async]
#[test]
async fn a_robot_does_and_hears_what_it_may() {
    let cases = RobotPermission::ALL.map(Some).into_iter().chain([None]);
    for missing in cases {
        let sandbox = sandbox();
        let permissions = RobotPermission::ALL;
        let permissions = permissions.into_iter().filter(|one| Some(*one) != missing);
        let handle = sandbox.robot();
        handle.set_permissions(permissions);
        let robot = client(&sandbox, sandbox.robot_key());

        let me = robot.identity().await.unwrap();
        let held: BTreeSet<_> = me
            .permissions
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(held.len(), 6 - usize::from(missing.is_some()));
        if let Some(missing) = missing {
            assert!(!held.contains(missing.as_str()));
        }
        stir(&sandbox);
        hears_what_it_may(&robot, missing).await;
        does_what_it_may(&sandbox, &robot, missing).await;
    }
}

#[maybe_async]
#[test]
async fn a_robot_is_at_home_in_one_server_only() {
    let sandbox = sandbox();
    let robot = client(&sandbox, sandbox.robot_key());
    let other = sandbox.add_server("elsewhere", &sandbox.user("alice"));
    let room = other.add_room("general");

    let refused = robot.servers().members().list(other.id()).await;
    refused!(refused, Permission);
    let refused = robot
        .servers()
        .rooms()
        .messages()
        .send(other.id(), room.id(), "hi")
        .await;
    refused!(refused, Permission);
    // By the name of its own server it does not reach the room either.
    let home = sandbox.server("dev");
    let refused = robot
        .servers()
        .rooms()
        .messages()
        .send(home.id(), room.id(), "hi")
        .await;
    refused!(refused, NotFound);
    let refused = robot.servers().rooms().list("srv_unknown").await;
    refused!(refused, NotFound);
    assert!(room.messages().is_empty());

    sandbox.clear_requests();
    let refused = robot.friends().list().await;
    refused!(refused, InvalidToken);
    assert!(sandbox.requests().is_empty());

    sandbox.robot().set_active(false);
    let refused = robot.robot().poll_events().await;
    refused!(refused, Permission);
    let me = robot.identity().await.unwrap();
    assert_eq!(me.active, Some(false));
}

/// The sandbox knows nothing of the client's types: it takes whatever shows the
/// name or id.
#[maybe_async]
#[test]
async fn the_types_of_the_client_fit_the_sandbox() {
    use lagclient::models::RobotPermission;

    let sandbox = sandbox();
    let alice = user(&sandbox, "alice");
    let dev = &alice.servers().list().await.unwrap()[0];
    let robot = sandbox
        .server(&dev.id)
        .add_robot("reader", [RobotPermission::ReadRooms]);
    let robots = client(&sandbox, robot.key());
    let rooms = robots.servers().rooms().list(&dev.id).await.unwrap();
    let room = sandbox.server(&dev.id).room(&rooms[0].id);
    let me = alice.users().me().await.unwrap();
    room.post(&sandbox.user(&me.id), "hi").unwrap();
    let messages = alice.servers().rooms().messages();
    let refused = robots
        .servers()
        .rooms()
        .messages()
        .list(&dev.id, &rooms[0].id, ())
        .await;
    refused!(refused, Permission);
    robot.set_permissions(&[RobotPermission::ReadMessages]);
    let seen = messages.list(&dev.id, &rooms[0].id, ()).await.unwrap();
    assert_eq!(seen.items[0].content, "hi");
    let read = robots
        .servers()
        .rooms()
        .messages()
        .list(&dev.id, &rooms[0].id, ())
        .await;
    assert_eq!(read.unwrap().items[0].id, seen.items[0].id);
}
