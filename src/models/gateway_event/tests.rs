use serde_json::{Value, json};

use super::*;

fn read(frame: &Value) -> GatewayEvent {
    GatewayEvent::from_frame(frame.to_string())
}

fn room_message(event: &GatewayEvent) -> &RoomMessage {
    match &event.data {
        GatewayEventData::RoomMessage(message) => message,
        other => panic!("{other:?}"),
    }
}

fn whole() -> Value {
    json!({
        "id": "msg_1", "roomId": "room_1", "userId": "usr_1", "username": "alice",
        "displayName": "Alice", "content": "Hello", "createdAt": "2024-01-15T12:30:00.000Z",
    })
}

#[test]
fn a_message_is_the_same_nested_and_flat() {
    let nested = read(&json!({"type": "room_message", "message": whole()}));
    let mut flat = whole();
    flat["type"] = json!("room_message");
    let expected: RoomMessage = serde_json::from_value(whole()).unwrap();
    assert_eq!(room_message(&nested), &expected);
    assert_eq!(room_message(&read(&flat)), &expected);
    assert_eq!(nested.message_id().unwrap(), "msg_1");
    assert_eq!(nested.origin, GatewayEventOrigin::Live);
}

#[test]
fn a_direct_message_is_the_same_nested_and_flat() {
    let whole = json!({
        "id": "msg_1", "conversationId": "dm_1", "username": "bob", "content": "Hi",
        "createdAt": "2024-01-15T12:30:00.000Z",
    });
    let expected: DmMessage = serde_json::from_value(whole.clone()).unwrap();
    let mut flat = whole.clone();
    flat["type"] = json!("dm_message");
    for frame in [json!({"type": "dm_message", "message": whole}), flat] {
        let event = read(&frame);
        let data = GatewayEventData::DirectMessage(Box::new(expected.clone()));
        assert_eq!(event.data, data, "{frame}");
        assert_eq!(event.conversation_id().unwrap(), "dm_1");
        assert_eq!(event.content(), Some("Hi"));
    }
}

/// The vendor's client reads such messages.
#[test]
fn a_flat_message_may_have_no_id() {
    let event = read(&json!({
        "type": "room_message", "roomId": "room_1", "username": "alice", "displayName": null,
        "content": "Hello", "createdAt": "2024-01-15T12:30:00.000Z", "roomName": "general",
    }));
    let message = room_message(&event);
    assert_eq!(message.id, "");
    assert_eq!(event.message_id(), None);
    assert_eq!(
        message.extra,
        Extra::from_iter([("roomName".into(), json!("general"))])
    );
}

#[test]
fn what_stands_beside_a_message_is_kept_with_it() {
    let event = read(&json!({
        "type": "room_message", "serverId": "srv_1", "roomId": "room_1", "message": whole(),
    }));
    let extra = Extra::from_iter([("serverId".into(), json!("srv_1"))]);
    assert_eq!(room_message(&event).extra, extra);
    // A room id that stands only beside the message is read as the message's
    // own, and not kept a second time.
    let mut inner = whole();
    inner.as_object_mut().unwrap().remove("roomId");
    let event = read(&json!({"type": "room_message", "roomId": "room_1", "message": inner}));
    assert_eq!(event.room_id().unwrap(), "room_1");
    assert_eq!(room_message(&event).extra, Extra::new());
}

/// A message in the usual form is decoded directly, any other one by way of a
/// tree of JSON. The result is the same.
#[test]
fn a_message_is_the_same_however_it_is_written() {
    let message = r#""roomId":"room_1","username":"alice","content":"a \"message\":{","createdAt":"2024-01-15T12:30:00.000Z""#;
    let expected: RoomMessage =
        serde_json::from_str(&format!(r#"{{"id":"msg_1",{message}}}"#)).unwrap();
    for (text, extra) in [
        (
            r#"{"type":"room_message","message":{"id":"msg_1",MESSAGE}}"#,
            json!({}),
        ),
        (
            r#"{"type":"room_message","message":{"id":"msg_1",MESSAGE} } "#,
            json!({}),
        ),
        (
            r#"{"message":{"id":"msg_1",MESSAGE},"type":"room_message"}"#,
            json!({}),
        ),
        (
            r#"{"type": "room_message", "message": {"id":"msg_1",MESSAGE}}"#,
            json!({}),
        ),
        (
            r#"{"type":"room_message","message":{"id":"msg_1",MESSAGE},"roomId":"room_1","x":1}"#,
            json!({"x": 1}),
        ),
        (
            r#"{"type":"room_message","x":1,"message":{"id":"msg_1",MESSAGE}, "y":2}"#,
            json!({"x": 1, "y": 2}),
        ),
        (
            r#"{"type":"room_message","x":{"message":{}},"message":{"id":"msg_1",MESSAGE}}"#,
            json!({"x": {"message": {}}}),
        ),
        (
            r#"{"type":"room_message","x":{"a":1,"message":{}},"message":{"id":"msg_1",MESSAGE}}"#,
            json!({"x": {"a": 1, "message": {}}}),
        ),
        (r#"{"type":"room_message","id":"msg_1",MESSAGE}"#, json!({})),
        (r#"{"type":"room_message",MESSAGE,"id":"msg_1"}"#, json!({})),
        (
            r#"{"type":"room_message","messageId":"msg_1",MESSAGE}"#,
            json!({}),
        ),
        (
            r#"{"type":"room_message","messageId":"msg_1","x":{"id":"y"},MESSAGE}"#,
            json!({"x": {"id": "y"}}),
        ),
        (
            r#"{"type":"room_message","message":"x","id":"msg_1",MESSAGE}"#,
            json!({"message": "x"}),
        ),
    ] {
        let text = text.replace("MESSAGE", message);
        let event = GatewayEvent::from_frame(&text);
        let Value::Object(extra) = extra else {
            unreachable!()
        };
        let mut expected = expected.clone();
        expected.extra = extra;
        assert_eq!(room_message(&event), &expected, "{text}");
        assert_eq!(event.raw(), text);
    }
}

/// Random keys, in the message and beside it, in random order.
#[test]
fn the_short_way_and_the_long_one_lead_to_the_same() {
    const FIELDS: [&str; 10] = [
        r#""id":"msg_1""#,
        r#""messageId":"msg_2""#,
        r#""roomId":"room_1""#,
        r#""conversationId":"dm_1""#,
        r#""username":"alice""#,
        r#""content":"a \"message\":{ \u00e9""#,
        r#""createdAt":"2024-01-15T12:30:00.000Z""#,
        r#""isBot":true"#,
        r#""x":{"id":"x","message":{"y":[1,2]}}"#,
        r#""editedAt":null"#,
    ];
    let mut random = fastrand::Rng::with_seed(3);
    let mut fields = |most: usize| {
        let mut fields: Vec<String> = FIELDS.map(str::to_owned).into();
        random.shuffle(&mut fields);
        fields.truncate(random.usize(..=most));
        fields
    };
    let mut whole = 0;
    for round in 0..20_000 {
        let kind = ["room_message", "dm_message"][round % 2];
        let mut frame = fields(if round % 3 == 0 { 10 } else { 2 });
        if round % 3 > 0 {
            let at = round % (frame.len() + 1);
            frame.insert(at, format!(r#""message":{{{}}}"#, fields(10).join(",")));
        }
        let at = if round % 5 > 0 { 0 } else { frame.len() };
        frame.insert(at, format!(r#""type":"{kind}""#));
        let comma = if round % 7 > 0 { "," } else { " , " };
        let text = format!("{{{}}}", frame.join(comma));
        let event = GatewayEvent::from_frame(&text);
        assert_eq!(event.kind.as_str(), kind, "{text}");
        assert_eq!(event.data, read::thorough(&event.kind, &text), "{text}");
        whole += usize::from(!matches!(event.data, GatewayEventData::Other(_)));
    }
    assert!(whole > 5_000, "{whole}");
}

#[test]
fn the_type_is_found_anywhere() {
    for text in [
        r#"{"type":"friend_online","userId":"usr_1"}"#,
        r#" { "userId" : "usr_1", "type" : "friend_online" } "#,
        r#"{"type":"friend_\u006fnline","userId":"usr_1"}"#,
    ] {
        let event = GatewayEvent::from_frame(text);
        let GatewayEventData::FriendOnline(friend) = &event.data else {
            panic!("{event:?}");
        };
        assert_eq!(friend.user_id.as_ref().unwrap(), "usr_1");
        assert_eq!(event.raw(), text);
    }
}

#[test]
fn what_is_not_known_is_kept_and_is_no_error() {
    for text in [
        "",
        "hello",
        "{",
        "[1,2]",
        "null",
        "17",
        r#"{"type":5}"#,
        r#"{"type":"new_thing","x":{"y":[1]}}"#,
        r#"{"message":{}}"#,
        r#"{"type":"room_message"}"#,
        r#"{"type":"room_message","message":"hello"}"#,
        r#"{"type":"room_message","message":{"id":"m","roomId":"r","content":7}}"#,
        r#"{"type":"dm_message","message":null}"#,
        r#"{"type":"room_message","message":{"id":"m","content":"no room"}}"#,
        r#"{"type":"dm_message","content":"x","conversationId":"c","createdAt":"yesterday"}"#,
        r#"{"type":"dm_message","content":"x","conversationId":"c","messageId":7}"#,
        r#"{"type":"dm_message","content":"x","conversationId":"c"}}"#,
        r#"{"type":"dm_message","message":{"id":"m","conversationId":"c","content":"x"}}]"#,
    ] {
        let event = GatewayEvent::from_frame(text);
        let GatewayEventData::Other(value) = &event.data else {
            panic!("{text}: {event:?}");
        };
        let json = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
        assert_eq!((value, event.json()), (&json, json.clone()), "{text}");
        assert_eq!(event.raw(), text);
    }
}

#[test]
fn an_unknown_type_keeps_its_name() {
    let event = read(&json!({"type": "new_thing"}));
    assert_eq!(event.kind, GatewayEventType::Other("new_thing".into()));
    assert_eq!(GatewayEvent::from_frame("{").kind.as_str(), "");
}

/// A field under each of its keys, and a value of the wrong type.
#[test]
fn fields_are_optional_and_have_two_spellings() {
    let edited = |frame: Value| match read(&frame).data {
        GatewayEventData::RoomMessageEdited(data) => data,
        other => panic!("{other:?}"),
    };
    let data = edited(json!({"type": "room_message_edited", "messageId": "m", "content": "x"}));
    assert_eq!(data.message_id.unwrap(), "m");
    let data =
        edited(json!({"type": "room_message_edited", "message": {"id": "m"}, "roomId": "r"}));
    assert_eq!(
        (data.message_id.unwrap(), data.room_id.unwrap()),
        ("m".into(), "r".into())
    );
    let data = edited(json!({"type": "room_message_edited", "content": 7}));
    assert_eq!(data.content, None);
    assert_eq!(data.extra, Extra::from_iter([("content".into(), json!(7))]));
}

#[test]
fn unread_counts_have_two_spellings() {
    for frame in [
        json!({"type": "unread_counts", "counts": [{"conversationId": "c", "count": 2}]}),
        json!({"type": "unread_counts", "dms": [{"id": "c", "count": 2}]}),
    ] {
        let GatewayEventData::UnreadCounts(data) = read(&frame).data else {
            panic!("{frame}");
        };
        let [count] = &data.counts.as_ref().unwrap()[..] else {
            panic!("{data:?}");
        };
        assert_eq!(count.conversation_id.as_ref().unwrap(), "c");
        assert_eq!(count.count, Some(2));
    }
    let odd = read(&json!({"type": "unread_counts", "counts": [1]}));
    let GatewayEventData::UnreadCounts(data) = odd.data else {
        panic!("{odd:?}");
    };
    assert_eq!(data.counts, None);
    assert_eq!(data.extra["counts"], json!([1]));
}

/// However much is missing, each known type is recognized.
#[test]
fn every_type_is_read_from_an_empty_object() {
    for kind in [
        "dm_message_deleted",
        "dm_message_edited",
        "dm_typing",
        "error",
        "friend_offline",
        "friend_online",
        "friend_removed",
        "friend_request_accepted",
        "friend_request_declined",
        "friend_request_received",
        "friend_request_withdrawn",
        "friend_status_changed",
        "room_message_deleted",
        "room_message_edited",
        "room_typing",
        "server_event",
        "server_invite_received",
        "server_member_joined",
        "server_member_left",
        "server_member_statuses",
        "server_room_created",
        "server_room_deleted",
        "server_snapshot",
        "unread_counts",
        "user_game_activity",
        "user_status_changed",
        "voice_room_user_joined",
        "voice_room_user_left",
        "voice_room_user_speaking",
    ] {
        let event = read(&json!({"type": kind, "x": 1}));
        assert!(!matches!(event.data, GatewayEventData::Other(_)), "{kind}");
        assert!(!matches!(event.kind, GatewayEventType::Other(_)), "{kind}");
        assert_eq!(
            serde_json::to_value(&event.data).unwrap(),
            json!({"x": 1}),
            "{kind}"
        );
    }
}

#[test]
fn a_filled_message_looks_like_a_live_one() {
    let message: RoomMessage = serde_json::from_value(whole()).unwrap();
    let filled = GatewayEvent::filled_room(message);
    assert_eq!(filled.origin, GatewayEventOrigin::Filled);
    let live = GatewayEvent::from_frame(filled.raw());
    assert_eq!(live.data, filled.data);
}
