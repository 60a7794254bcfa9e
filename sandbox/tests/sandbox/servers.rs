//! Servers, their rooms and their members.

use lag_sandbox::{RobotPermission, Sandbox};
use serde_json::{Value, json};

use crate::http::Caller;

#[test]
fn the_life_of_a_server() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let bob = Caller::user(&sandbox, "bob");
    let made = alice
        .post("/servers", &json!({"name": "Lab", "iconEmoji": "🚀"}))
        .expect(201);
    let id = made["id"].as_str().expect("an id");
    assert_eq!(made["memberCount"], 1);
    assert_eq!(made["ownerId"], "usr_alice");
    assert_eq!(made["iconEmoji"], "🚀");

    let path = format!("/servers/{id}");
    bob.get(&path).refused(403);
    bob.patch(&path, &json!({"name": "Bob's"})).refused(403);
    let changed = alice
        .patch(&path, &json!({"name": "Lab 2", "iconEmoji": null}))
        .expect(200);
    assert_eq!(changed["name"], "Lab 2");
    assert_eq!(changed["iconEmoji"], Value::Null);

    let details = alice.get(&path).expect(200);
    assert_eq!(details["myRole"], "owner");
    assert_eq!(details["members"][0]["username"], "alice");
    assert_eq!(details["rooms"], json!([]));

    assert_eq!(
        alice
            .get("/servers/me")
            .expect(200)
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    alice.delete(&format!("{path}/leave")).refused(400);
    bob.delete(&path).refused(403);
    let gone = alice.delete(&path);
    gone.expect(204);
    assert_eq!(gone.header("content-type"), None);
    alice.get(&path).refused(404);
}

#[test]
fn members_can_leave_but_not_change_the_server() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let bob = Caller::user(&sandbox, "bob");
    bob.patch("/servers/srv_dev", &json!({"name": "mine"}))
        .refused(403);
    bob.delete("/servers/srv_dev").refused(403);
    bob.delete("/servers/srv_dev/leave").expect(204);
    bob.get("/servers/srv_dev").refused(403);
    assert_eq!(bob.get("/servers/me").expect(200), json!([]));
    let alice = Caller::user(&sandbox, "alice");
    let members = alice.get("/servers/srv_dev/members").expect(200);
    assert_eq!(members.as_array().map(Vec::len), Some(1));
}

#[test]
fn an_icon_is_kept_and_served() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let path = "/servers/srv_dev/icon";
    let answer = alice
        .post(
            path,
            &json!({"image": "iVBORw0KGgo=", "contentType": "image/png"}),
        )
        .expect(200);
    let url = answer["iconUrl"].as_str().expect("a url");
    let file = url
        .strip_prefix(sandbox.base_url())
        .expect("of the sandbox");
    let file = Caller::nobody(&sandbox).get(file);
    assert_eq!(file.status, 200);
    assert_eq!(file.body, b"\x89PNG\r\n\x1a\n");
    assert_eq!(file.header("content-type"), Some("image/png"));
    assert_eq!(alice.get("/servers/srv_dev").expect(200)["iconUrl"], url);

    let refuse = |body: Value| alice.post(path, &body).refused(400);
    assert!(refuse(json!({"image": "***"})).contains("base64"));
    assert_eq!(
        refuse(json!({"contentType": "image/png"})),
        "image is required"
    );
    assert!(refuse(json!({"image": "AAAA", "contentType": "text/html"})).contains("image"));
    Caller::user(&sandbox, "bob")
        .post(path, &json!({"image": "AAAA"}))
        .refused(403);
    let large = "A".repeat(2 * 1024 * 1024);
    alice.post(path, &json!({"image": large})).expect(200);
}

#[test]
fn robots_get_the_reduced_lists() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let keys = |value: &Value| -> Vec<String> {
        value[0]
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect()
    };
    let robot = Caller::robot(&sandbox);
    let rooms = robot.get("/robots/@me/servers/srv_dev/rooms").expect(200);
    assert_eq!(keys(&rooms), ["createdAt", "id", "name"]);
    let members = robot.get("/robots/@me/servers/srv_dev/members").expect(200);
    assert_eq!(
        keys(&members),
        [
            "avatarUrl",
            "displayName",
            "joinedAt",
            "role",
            "userId",
            "username"
        ]
    );
    assert_eq!(members[0]["role"], "owner");
    assert_eq!(members[1]["role"], "member");

    let alice = Caller::user(&sandbox, "alice");
    let rooms = alice.get("/servers/srv_dev/rooms").expect(200);
    assert_eq!(rooms[0]["id"], "room_general");
    assert_eq!(rooms[0]["serverId"], "srv_dev");
    assert_eq!(rooms[0]["participants"], json!([]));
    let members = alice.get("/servers/srv_dev/members").expect(200);
    assert_eq!(members[0]["status"], "online");
}

#[test]
fn a_robot_stays_in_its_server_and_its_permissions() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let robot = Caller::robot(&sandbox);
    let other = sandbox.add_server("other", &sandbox.user("alice"));
    let get = |server: &str, what: &str| robot.get(&format!("/robots/@me/servers/{server}/{what}"));
    assert!(
        get(other.id(), "rooms")
            .refused(403)
            .contains("does not belong")
    );
    assert_eq!(get("srv_unknown", "rooms").refused(404), "Server not found");

    let rooms = "rooms";
    let messages = "rooms/room_general/messages";
    for (permission, path) in [
        (RobotPermission::ReadRooms, rooms),
        (RobotPermission::ReadMembers, "members"),
        (RobotPermission::ReadMessages, messages),
    ] {
        let others = RobotPermission::ALL
            .into_iter()
            .filter(|p| *p != permission);
        sandbox.robot().set_permissions(others);
        let message = get("srv_dev", path).refused(403);
        assert!(message.contains(permission.as_str()), "{message}");
        sandbox.robot().set_permissions([permission]);
        get("srv_dev", path).expect(200);
    }
    let info = robot.get("/robots/@me/info").expect(200);
    assert_eq!(info["permissions"], json!(["read_messages"]));
    let path = "/robots/@me/servers/srv_dev/rooms/room_general/messages";
    let message = robot.post(path, &json!({"content": "x"})).refused(403);
    assert!(message.contains("send_messages"));
    // What the documentation has for users only is no route for robots.
    robot.get("/robots/@me/servers/srv_dev/roles").refused(404);
}

#[test]
fn a_deleted_server_takes_its_robots_with_it() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let robot = Caller::robot(&sandbox);
    robot.get("/robots/@me/info").expect(200);
    Caller::user(&sandbox, "alice")
        .delete("/servers/srv_dev")
        .expect(204);
    robot.get("/robots/@me/info").refused(401);
}

/// The robot reference shows it, though no endpoint list has it.
#[test]
fn a_robot_gets_its_own_server() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let robot = Caller::robot(&sandbox);
    let path = "/robots/@me/servers/srv_dev";
    let server = robot.get(path).expect(200);
    assert_eq!(server["name"], "dev");
    assert_eq!(server["rooms"][0]["id"], "room_general");
    assert_eq!(server["members"][1]["username"], "bob");
    assert_eq!(server["myRole"], "member");
    // It shows what its permissions let the robot see.
    sandbox.robot().set_permissions(["read_rooms"]);
    let server = robot.get(path).expect(200);
    assert_eq!(server["rooms"][0]["name"], "general");
    assert_eq!(server["members"], json!([]));
    sandbox.robot().set_permissions(["read_members"]);
    assert_eq!(robot.get(path).expect(200)["rooms"], json!([]));
    let other = sandbox.add_server("other", &sandbox.user("alice"));
    let path = format!("/robots/@me/servers/{}", other.id());
    robot.get(&path).refused(403);
    robot.get("/robots/@me/servers/nowhere").refused(404);
}
