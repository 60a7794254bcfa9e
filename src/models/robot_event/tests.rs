use serde_json::json;

use super::*;

fn event(kind: &str, data: Value) -> RobotEvent {
    let payload = json!({
        "type": kind,
        "serverId": "srv_1",
        "timestamp": "2024-01-15T12:30:00.000Z",
        "data": data,
    });
    RobotEvent::from_payload(Some("evt_1"), payload.to_string())
}

fn me() -> Identity {
    serde_json::from_value(json!({"id": "robot_1", "kind": "robot", "displayName": "Helper"}))
        .unwrap()
}

/// Each documented type, and a type that is not known. In the data, every known
/// field is set, and one that is not known.
fn samples() -> Vec<(&'static str, Value)> {
    let message = json!({
        "roomId": "room_1", "messageId": "msg_1", "content": "hi", "senderName": "Alice",
        "senderId": "usr_1", "robotId": "robot_1", "isBot": true,
        "timestamp": "2024-01-15T12:29:59.000Z", "new": {"a": [1]},
    });
    let voice = json!({
        "roomId": "room_1", "userId": "usr_1", "username": "alice", "duration": 61.5, "new": 1,
    });
    let member = json!({
        "userId": "usr_1", "username": "alice", "joinedAt": "2024-01-15T12:30:00.000Z", "new": 1,
    });
    let room = json!({"roomId": "room_1", "name": "general", "createdBy": "usr_1", "new": 1});
    vec![
        ("room.message", message.clone()),
        ("robot.mentioned", message),
        (
            "room.message.edited",
            json!({
                "roomId": "room_1", "messageId": "msg_1", "content": "hi", "editorId": "usr_1",
                "editorName": "Alice", "robotId": "robot_1", "isBot": false, "new": 1,
            }),
        ),
        (
            "room.message.deleted",
            json!({"roomId": "room_1", "messageId": "msg_1", "deletedBy": "usr_1", "new": 1}),
        ),
        ("voice.join", voice.clone()),
        ("voice.leave", voice),
        ("member.join", member.clone()),
        ("member.leave", member),
        (
            "member.role_changed",
            json!({
                "userId": "usr_1", "oldRole": "member", "newRole": "admin", "roleId": "role_1",
                "new": 1,
            }),
        ),
        ("room.created", room.clone()),
        ("room.deleted", room),
        (
            "presence.update",
            json!({"userId": "usr_1", "status": "dreaming", "new": 1}),
        ),
        (
            "server.updated",
            json!({"changes": {"name": "x"}, "updatedBy": "usr_1", "new": 1}),
        ),
        ("planet.aligned", json!({"planets": 9, "new": 1})),
    ]
}

#[test]
fn every_type_is_told_apart_and_written_as_it_was_read() {
    for (kind, data) in samples() {
        let event = event(kind, data.clone());
        assert_eq!(event.kind.as_str(), kind);
        assert_eq!(event.server_id.as_ref().unwrap(), "srv_1");
        assert_eq!(event.timestamp.unwrap().timestamp(), 1_705_321_800);
        let known = !matches!(event.data, RobotEventData::Other(_));
        assert_eq!(known, kind != "planet.aligned", "{kind}");
        assert_eq!(serde_json::to_value(&event.data).unwrap(), data);

        let json = serde_json::to_value(&event).unwrap();
        assert_eq!(json["id"], "evt_1");
        assert_eq!(json["data"], data);
        let back: RobotEvent = serde_json::from_value(json).unwrap();
        assert_eq!(back, event);
        assert_eq!(back.json(), event.json());
    }
}

#[test]
fn what_is_missing_or_null_is_none() {
    for (kind, data) in samples() {
        let nulls: Extra = data
            .as_object()
            .unwrap()
            .keys()
            .map(|key| (key.clone(), Value::Null))
            .collect();
        for data in [json!({}), Value::Null, Value::Object(nulls)] {
            let event = event(kind, data);
            assert_eq!(event.kind.as_str(), kind);
            assert_eq!(event.room_id(), None);
            assert_eq!(event.message_id(), None);
            assert_eq!(event.content(), None);
            assert_eq!(event.command("!"), None);
            assert!(!event.is_from_robot() && !event.is_from(&me()));
        }
    }
    let bare = RobotEvent::from_payload(None, r#"{"type":"voice.join"}"#);
    assert_eq!(bare.kind, RobotEventType::VoiceJoin);
    assert_eq!(
        (bare.id, bare.server_id, bare.timestamp),
        (None, None, None)
    );
}

#[test]
fn a_value_of_another_kind_is_kept_and_hides_nothing_else() {
    for (kind, data) in samples() {
        for key in data.as_object().unwrap().keys() {
            let mut odd = data.clone();
            odd[key] = json!([{"odd": true}]);
            let event = event(kind, odd.clone());
            assert_eq!(
                serde_json::to_value(&event.data).unwrap(),
                odd,
                "{kind} {key}"
            );
        }
    }
}

#[test]
fn other_keys_for_the_same_thing() {
    let event = event(
        "room.message",
        json!({"roomId": "room_1", "id": "msg_1", "userId": "usr_1", "username": "alice"}),
    );
    let message = event.message().unwrap();
    assert_eq!(message.message_id.as_ref().unwrap(), "msg_1");
    assert_eq!(message.sender_id.as_ref().unwrap(), "usr_1");
    assert_eq!(message.sender_name.as_deref(), Some("alice"));
    assert!(message.extra.is_empty());
}

#[test]
fn a_payload_that_is_not_what_is_documented_reaches_the_caller() {
    for (payload, kind, data) in [
        ("not JSON", "", json!("not JSON")),
        ("", "", json!("")),
        ("[1]", "", json!([1])),
        ("7", "", json!(7)),
        (r#"{"type":5,"data":{"a":1}}"#, "", json!({"a": 1})),
        (
            r#"{"type":"room.message","data":"odd"}"#,
            "room.message",
            json!("odd"),
        ),
        (r#"{"data":[]}"#, "", json!([])),
    ] {
        let event = RobotEvent::from_payload(None, payload);
        assert_eq!(event.kind.as_str(), kind, "{payload}");
        assert_eq!(event.data, RobotEventData::Other(data), "{payload}");
        assert_eq!(event.raw(), payload);
    }
    let event = RobotEvent::from_payload(
        None,
        r#"{"type":5,"serverId":5,"timestamp":"soon","later":true}"#,
    );
    assert_eq!(
        Value::Object(event.extra),
        json!({"type": 5, "serverId": 5, "timestamp": "soon", "later": true})
    );
}

#[test]
fn a_type_from_outside_the_payload() {
    let inside = RobotEvent::read(None, r#"{"type":"voice.join"}"#.into(), "room.message");
    assert_eq!(inside.kind, RobotEventType::VoiceJoin);
    let outside = RobotEvent::read(None, r#"{"data":{"content":"hi"}}"#.into(), "room.message");
    assert_eq!(outside.content(), Some("hi"));
}

#[test]
fn commands() {
    let command = |content: &str, prefix: &str| {
        let event = event("room.message", json!({"content": content}));
        event
            .command(prefix)
            .map(|found| (found.name.to_owned(), found.arguments.to_owned()))
    };
    for (content, prefix, expected) in [
        ("!ping", "!", Some(("ping", ""))),
        ("  !roll  2d6 +1  ", "!", Some(("roll", "2d6 +1"))),
        ("!say a\nb", "!", Some(("say", "a\nb"))),
        ("!say\tx", "!", Some(("say", "x"))),
        ("bot, help me", "bot, ", Some(("help", "me"))),
        ("żółw go", "ż", Some(("ółw", "go"))),
        ("ping", "", Some(("ping", ""))),
        ("ping", "!", None),
        ("!", "!", None),
        ("! ping", "!", None),
        ("", "!", None),
    ] {
        let expected = expected.map(|(name, arguments)| (name.into(), arguments.into()));
        assert_eq!(command(content, prefix), expected, "{content:?}");
    }
    let edited = event("room.message.edited", json!({"content": "!ping"}));
    assert_eq!(edited.command("!"), None);
    assert_eq!(edited.content(), Some("!ping"));
}

#[test]
fn who_sent_it() {
    for (data, robot, mine) in [
        (json!({"robotId": "robot_1", "isBot": true}), true, true),
        (json!({"robotId": "robot_2"}), true, false),
        (json!({"senderId": "robot_1"}), false, true),
        (json!({"isBot": true, "senderName": "Helper"}), true, true),
        (json!({"isBot": true, "senderName": "Other"}), true, false),
        (json!({"senderName": "Helper"}), false, true),
        // A user of the same name: the id shows that it is not the robot.
        (
            json!({"userId": "usr_1", "senderName": "Helper"}),
            false,
            false,
        ),
        (json!({"senderName": "Alice", "isBot": false}), false, false),
    ] {
        let event = event("room.message", data.clone());
        assert_eq!(event.is_from_robot(), robot, "{data}");
        assert_eq!(event.is_from(&me()), mine, "{data}");
    }
    let joined = event("member.join", json!({"userId": "robot_1"}));
    assert!(!joined.is_from(&me()));
}

#[test]
fn an_edit_is_by_whoever_made_it() {
    let me: Identity = serde_json::from_value(json!({
        "id": "robot_1", "kind": "robot", "displayName": "Helper",
    }))
    .unwrap();
    for (data, expected) in [
        (json!({"robotId": "robot_1"}), true),
        (json!({"robotId": "robot_2"}), false),
        (json!({"editorId": "usr_1", "editorName": "Helper"}), false),
        (json!({"editorName": "Helper"}), true),
        (json!({"editorName": "Alice"}), false),
    ] {
        let payload = json!({"type": "room.message.edited", "data": data});
        let event = RobotEvent::from_payload(None, payload.to_string());
        assert_eq!(event.is_from(&me), expected, "{payload}");
    }
}

#[test]
fn an_id_in_the_payload_is_not_the_events() {
    let payload = r#"{"type":"new.kind","id":"n_1","data":{}}"#;
    let event = RobotEvent::from_payload(Some("evt_1"), payload);
    let text = serde_json::to_string(&event).unwrap();
    assert_eq!(text.matches("\"id\"").count(), 1, "{text}");
    let again: RobotEvent = serde_json::from_str(&text).unwrap();
    assert_eq!(again.id.as_deref(), Some("evt_1"));

    let event = RobotEvent::from_payload(None, r#"{"type":"x","id":3,"data":{}}"#);
    let text = serde_json::to_string(&event).unwrap();
    let again: RobotEvent = serde_json::from_str(&text).unwrap();
    assert_eq!(again, event);
}
