//! Invites, roles, kicks, bans, mutes, and rooms that are managed.

use std::time::Duration;

use lag_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::http::{Caller, user};

const DEV: &str = "/servers/srv_dev";
const ROOM: &str = "/servers/srv_dev/rooms/room_general/messages";

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().expect("a string")
}

/// Gives bob a role with these permission bits.
fn empower_bob(alice: &Caller, bits: u64) -> Value {
    let role = alice
        .post(
            &format!("{DEV}/roles"),
            &json!({"name": format!("role {bits}"), "permissions": bits}),
        )
        .expect(201);
    alice
        .put(
            &format!("{DEV}/members/usr_bob/role"),
            &json!({"roleId": role["id"]}),
        )
        .expect(200)
}

#[test]
fn joining_by_invite() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let carol = Caller::user(&sandbox, "carol");
    let invites = format!("{DEV}/invites");
    let invite = alice
        .post(&invites, &json!({"maxUses": 1, "expiresInHours": 2}))
        .expect(201);
    assert_eq!(invite["uses"], 0);
    assert_eq!(invite["createdBy"], "usr_alice");
    alice.post(&invites, &json!({"maxUses": 0})).refused(400);
    carol.post(&invites, &json!({})).refused(403);

    let code = text(&invite, "code");
    let preview = carol.get(&format!("/servers/invite/{code}")).expect(200);
    let without_token = Caller::nobody(&sandbox);
    let seen = without_token.get(&format!("/servers/invite/{code}"));
    assert_eq!(seen.expect(200), preview);
    assert_eq!(preview["serverName"], "dev");
    assert_eq!(preview["memberCount"], 2);
    assert_eq!(preview["valid"], true);
    assert_eq!(preview["isFull"], false);
    let join = format!("/servers/join/{code}");
    alice.call("POST", &join, None).refused(409);
    let joined = carol.call("POST", &join, None).expect(200);
    assert_eq!(joined["memberCount"], 3);
    assert_eq!(carol.get("/servers/me").expect(200)[0]["name"], "dev");
    Caller::user(&sandbox, "dave")
        .call("POST", &join, None)
        .refused(400);
    assert_eq!(alice.get(&invites).expect(200)[0]["uses"], 1);
    assert_eq!(
        carol.get(&format!("/servers/invite/{code}")).expect(200)["valid"],
        false
    );

    let second = alice
        .post(&invites, &json!({"expiresInHours": 1}))
        .expect(201);
    sandbox.advance(Duration::from_secs(3601));
    let join = format!("/servers/join/{}", text(&second, "code"));
    Caller::user(&sandbox, "dave")
        .call("POST", &join, None)
        .refused(400);
    let revoke = format!("{invites}/{}", text(&second, "id"));
    carol.delete(&revoke).refused(403);
    alice.delete(&revoke).expect(204);
    alice.delete(&revoke).refused(404);
    carol.get("/servers/invite/unknown").refused(404);
}

#[test]
fn inviting_a_friend_writes_to_it() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let carol = Caller::user(&sandbox, "carol");
    let invite = |who: &str| alice.post(&format!("{DEV}/invite-friend"), &json!({"userId": who}));
    invite("usr_carol").refused(403);
    sandbox.user("alice").befriend(&user(&sandbox, "carol"));
    sandbox.user("alice").befriend(&sandbox.user("bob"));
    invite("usr_bob").refused(409);
    assert_eq!(invite("usr_carol").expect(200), json!({"sent": true}));
    let message = carol.get("/dms").expect(200)[0]["lastMessage"]["content"].clone();
    let code = message
        .as_str()
        .and_then(|text| text.split(' ').next_back())
        .expect("a code");
    carol
        .call("POST", &format!("/servers/join/{code}"), None)
        .expect(200);
}

#[test]
fn kicks_and_bans() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let bob = Caller::user(&sandbox, "bob");
    sandbox.server("dev").add_member(&user(&sandbox, "carol"));
    bob.delete(&format!("{DEV}/members/usr_carol")).refused(403);
    empower_bob(&alice, 1 << 5);
    bob.delete(&format!("{DEV}/members/usr_alice")).refused(403);
    bob.delete(&format!("{DEV}/members/usr_bob")).refused(400);
    bob.delete(&format!("{DEV}/members/usr_dave")).refused(404);
    bob.delete(&format!("{DEV}/members/usr_carol")).expect(204);
    bob.delete(&format!("{DEV}/members/usr_carol")).refused(404);

    let bans = format!("{DEV}/bans");
    bob.get(&bans).refused(403);
    let ban = alice
        .post(
            &format!("{bans}/usr_bob"),
            &json!({"reason": "noise", "duration": 60}),
        )
        .expect(201);
    assert_eq!(ban["bannedBy"], "usr_alice");
    assert_eq!(ban["reason"], "noise");
    assert_eq!(ban["username"], "bob");
    assert!(ban["expiresAt"].is_string());
    bob.get(DEV).refused(403);
    alice
        .post(&format!("{bans}/usr_bob"), &json!({}))
        .refused(409);
    assert_eq!(alice.get(&bans).expect(200), json!([ban]));
    let invite = alice
        .post(&format!("{DEV}/invites"), &json!({}))
        .expect(201);
    let join = format!("/servers/join/{}", text(&invite, "code"));
    bob.call("POST", &join, None).refused(403);

    sandbox.advance(Duration::from_secs(3600));
    assert_eq!(alice.get(&bans).expect(200), json!([]));
    bob.call("POST", &join, None).expect(200);
    let ban = alice
        .post(&format!("{bans}/usr_bob"), &json!({}))
        .expect(201);
    assert_eq!(ban["expiresAt"], Value::Null);
    alice.delete(&format!("{bans}/usr_bob")).expect(204);
    alice.delete(&format!("{bans}/usr_bob")).refused(404);
    bob.call("POST", &join, None).expect(200);
    alice
        .post(&format!("{bans}/usr_bob"), &json!({"duration": 0}))
        .refused(400);
    alice
        .post(&format!("{bans}/usr_nobody"), &json!({}))
        .refused(404);
}

#[test]
fn the_muted_are_silent() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let bob = Caller::user(&sandbox, "bob");
    let mute = format!("{DEV}/mutes/usr_bob");
    bob.post(&format!("{DEV}/mutes/usr_alice"), &json!({}))
        .refused(403);
    let muted = alice.post(&mute, &json!({"duration": 1})).expect(201);
    assert_eq!(muted["mutedBy"], "usr_alice");
    bob.post(ROOM, &json!({"content": "x"})).refused(403);
    bob.get(ROOM).expect(200);
    assert_eq!(
        alice.get(&format!("{DEV}/mutes")).expect(200),
        json!([muted])
    );
    sandbox.advance(Duration::from_secs(60));
    bob.post(ROOM, &json!({"content": "x"})).expect(201);
    alice.post(&mute, &json!({})).expect(201);
    alice.delete(&mute).expect(204);
    bob.post(ROOM, &json!({"content": "x"})).expect(201);
    alice
        .post(&format!("{DEV}/mutes/usr_carol"), &json!({}))
        .refused(404);
}

#[test]
fn roles_and_what_they_allow() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let bob = Caller::user(&sandbox, "bob");
    let roles = format!("{DEV}/roles");
    let listed = alice.get(&roles).expect(200);
    let names = |roles: &Value| -> Vec<String> {
        let roles = roles.as_array().expect("a list");
        roles
            .iter()
            .map(|role| text(role, "name").to_owned())
            .collect()
    };
    assert_eq!(names(&listed), ["Owner", "Admin", "Member"]);
    for role in listed.as_array().expect("a list") {
        assert_eq!(role["isDefault"], true);
        let path = format!("{roles}/{}", text(role, "id"));
        alice.patch(&path, &json!({"permissions": 0})).refused(400);
        alice.patch(&path, &json!({"color": "#00f"})).expect(200);
        alice.delete(&path).refused(400);
    }
    let default = &listed[2];
    let unknown_bits = (1_u64 << 40) | 1;
    let role = alice
        .post(
            &roles,
            &json!({"name": "Mods", "permissions": unknown_bits, "color": "#f00"}),
        )
        .expect(201);
    assert_eq!(role["permissions"], unknown_bits);
    assert_eq!(role["sortOrder"], 3);
    assert_eq!(role["isDefault"], false);
    bob.post(&roles, &json!({"name": "x", "permissions": 1}))
        .refused(403);
    alice
        .post(&roles, &json!({"name": "Mods", "permissions": 1}))
        .refused(409);
    alice.post(&roles, &json!({"name": "x"})).refused(400);
    alice
        .post(&roles, &json!({"name": "x", "permissions": -1}))
        .refused(400);

    let path = format!("{roles}/{}", text(&role, "id"));
    let changed = alice
        .patch(&path, &json!({"name": "Crew", "sortOrder": 5}))
        .expect(200);
    assert_eq!(changed["name"], "Crew");
    assert_eq!(changed["sortOrder"], 5);
    let last = alice
        .post(&roles, &json!({"name": "Late", "permissions": 0}))
        .expect(201);
    assert_eq!(last["sortOrder"], 6);
    let early = format!("{roles}/{}", text(&last, "id"));
    alice.patch(&early, &json!({"sortOrder": 1})).expect(200);
    assert_eq!(
        names(&alice.get(&roles).expect(200)),
        ["Owner", "Admin", "Late", "Member", "Crew"]
    );
    assert_eq!(changed["color"], "#f00");

    let assign = format!("{DEV}/members/usr_bob/role");
    bob.patch(DEV, &json!({"name": "Bob's"})).refused(403);
    let assigned = alice
        .put(&assign, &json!({"roleId": role["id"]}))
        .expect(200);
    assert_eq!(
        assigned,
        json!({"userId": "usr_bob", "roleId": role["id"], "roleName": "Crew", "role": "admin"})
    );
    bob.patch(DEV, &json!({"name": "Bob's"})).expect(200);
    assert_eq!(bob.get(DEV).expect(200)["myRole"], "admin");
    let kinds: Vec<_> = sandbox
        .robot()
        .events()
        .iter()
        .map(|e| text(e, "type").to_owned())
        .collect();
    assert_eq!(kinds, ["member.role_changed", "server.updated"]);

    let change = &sandbox.robot().events()[0]["data"];
    assert_eq!(change["oldRole"], "Member");
    assert_eq!(change["newRole"], "Crew");

    alice
        .put(&assign, &json!({"roleId": "unknown"}))
        .refused(404);
    alice
        .put(&assign, &json!({"roleId": listed[0]["id"]}))
        .refused(400);
    alice
        .put(
            &format!("{DEV}/members/usr_carol/role"),
            &json!({"roleId": role["id"]}),
        )
        .refused(404);
    alice
        .delete(&format!("{roles}/{}", text(default, "id")))
        .refused(400);
    alice.delete(&path).expect(204);
    bob.patch(DEV, &json!({"name": "again"})).refused(403);
    let members = alice.get(&format!("{DEV}/members")).expect(200);
    assert_eq!(members[1]["roleId"], default["id"]);
}

#[test]
fn each_permission_bit_opens_its_doors_and_no_others() {
    let doors: [(u64, &str, String, Value); 8] = [
        (0, "PATCH", DEV.to_owned(), json!({"name": "x"})),
        (
            1,
            "POST",
            format!("{DEV}/roles"),
            json!({"name": "x", "permissions": 0}),
        ),
        (2, "POST", format!("{DEV}/rooms"), json!({"name": "x"})),
        (5, "DELETE", format!("{DEV}/members/usr_carol"), Value::Null),
        (6, "GET", format!("{DEV}/bans"), Value::Null),
        (7, "GET", format!("{DEV}/mutes"), Value::Null),
        (
            8,
            "POST",
            format!("{DEV}/events"),
            json!({"title": "x", "startsAt": "2030-01-01T00:00:00Z"}),
        ),
        (10, "POST", format!("{DEV}/invites"), json!({})),
    ];
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let bob = Caller::user(&sandbox, "bob");
    for (bit, _, _, _) in &doors {
        sandbox
            .server("srv_dev")
            .add_member(&user(&sandbox, "carol"));
        empower_bob(&alice, 1 << bit);
        for (other, method, path, body) in &doors {
            let body = Some(body).filter(|body| !body.is_null());
            let answer = bob.call(method, path, body);
            assert_eq!(
                answer.status != 403,
                bit == other,
                "{bit} {other} {}",
                answer.status
            );
        }
    }
    // Deleting the messages of others has a bit too.
    let message = alice.post(ROOM, &json!({"content": "x"})).expect(201);
    let path = format!("{ROOM}/{}", text(&message, "id"));
    bob.delete(&path).refused(403);
    empower_bob(&alice, 1 << 3);
    bob.delete(&path).expect(204);
}

#[test]
fn rooms_are_managed() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let rooms = format!("{DEV}/rooms");
    let room = alice
        .post(&rooms, &json!({"name": "talk", "maxParticipants": 1}))
        .expect(201);
    assert_eq!(room["serverId"], "srv_dev");
    assert_eq!(room["createdBy"], "usr_alice");
    assert_eq!(room["maxParticipants"], 1);
    alice
        .post(&rooms, &json!({"name": "x", "maxParticipants": 0}))
        .refused(400);
    let path = format!("{rooms}/{}", text(&room, "id"));
    assert_eq!(
        alice.patch(&path, &json!({"name": "Talk"})).expect(200)["name"],
        "Talk"
    );

    let handle = sandbox.server("dev").room("Talk");
    handle.join_voice(&sandbox.user("alice")).expect("joined");
    assert_eq!(
        handle
            .join_voice(&sandbox.user("bob"))
            .expect_err("full")
            .status(),
        403
    );
    assert_eq!(
        handle
            .join_voice(&user(&sandbox, "carol"))
            .expect_err("stranger")
            .status(),
        403
    );
    let listed = alice.get(&rooms).expect(200);
    assert_eq!(listed[1]["participants"][0]["username"], "alice");
    sandbox.advance(Duration::from_secs(5));
    let general = sandbox.server("dev").room("general");
    general.join_voice(&sandbox.user("alice")).expect("moved");
    assert_eq!(alice.get(&rooms).expect(200)[1]["participants"], json!([]));
    general.leave_voice(&sandbox.user("alice")).expect("left");
    alice.delete(&path).expect(204);
    alice.get(&format!("{path}/messages")).refused(404);

    let events = sandbox.robot().events();
    let kinds: Vec<_> = events.iter().map(|event| text(event, "type")).collect();
    assert_eq!(
        kinds,
        [
            "room.created",
            "voice.join",
            "voice.leave",
            "voice.join",
            "voice.leave",
            "room.deleted"
        ]
    );
    assert!(
        events[2]["data"]["duration"]
            .as_u64()
            .is_some_and(|seconds| seconds >= 5)
    );
}

#[test]
fn status_changes_are_heard() {
    let sandbox = Sandbox::start().expect("a sandbox");
    sandbox.user("bob").set_status("idle");
    let events = sandbox.robot().events();
    assert_eq!(events[0]["type"], "presence.update");
    assert_eq!(
        events[0]["data"],
        json!({"userId": "usr_bob", "status": "idle"})
    );
}
