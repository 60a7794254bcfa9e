//! What can be given as an argument, and what becomes of it. Needs neither
//! client.

use std::borrow::Cow;
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, FixedOffset, Utc};
use lagclient::models::{
    CreateEvent, CreateEventTemplate, CreateInvite, CreateRole, CreateRoom, ImagePurpose,
    InlineImage, Permissions, Restriction, RobotPermission, SendMessage, UpdateEvent, UpdateMe,
    UpdateRole, UpdateServer, UserStatus,
};
use lagclient::{AsId, IntoOption, MessageId, RoomId, ServerId};
use serde::Serialize;
use serde_json::{Value, json};

fn sent(body: &impl Serialize) -> Value {
    serde_json::to_value(body).unwrap()
}

#[test]
#[expect(
    clippy::needless_borrows_for_generic_args,
    reason = "what is borrowed elsewhere, as by an iterator, must work as well"
)]
fn everything_that_is_an_id_or_its_text_can_stand_for_one() {
    fn id(id: impl AsId<ServerId>) -> String {
        id.as_id().to_owned()
    }
    let typed = ServerId::new("srv_1");
    let (text, owned) = ("srv_1", String::from("srv_1"));
    for given in [
        id(typed.clone()),
        id(&typed),
        id(&&typed),
        id(text),
        id(&text),
        id(&&text),
        id(owned.clone()),
        id(&owned),
        id(&&owned),
        id(Cow::Borrowed(text)),
        id(&Cow::Borrowed(text)),
        id(Arc::<str>::from(text)),
        id(&Arc::<str>::from(text)),
        id(Box::<str>::from(text)),
    ] {
        assert_eq!(given, "srv_1");
    }
}

#[test]
fn ids_are_texts_to_maps_and_comparisons() {
    let names = HashMap::from([(ServerId::new("srv_1"), "Rustaceans")]);
    assert_eq!(names.get("srv_1"), Some(&"Rustaceans"));
    assert_eq!(names.get("srv_2"), None);
    let id: ServerId = "srv_1".parse().unwrap();
    let owned = String::from("srv_1");
    assert_eq!(id, "srv_1");
    assert_eq!("srv_1", id);
    assert_eq!(id, *"srv_1");
    assert_eq!(*"srv_1", id);
    assert_eq!(id, owned);
    assert_eq!(owned, id);
    assert_ne!(id, "srv_2");
    assert_ne!("srv_2", id);
    assert_eq!(ServerId::from_str("srv_1"), Ok(id));
}

#[test]
fn a_value_and_an_option_of_it_are_the_same_argument() {
    let id = MessageId::new("msg_1");
    let reply = json!({"content": "hi", "replyToId": "msg_1"});
    let message = || SendMessage::new("hi");
    for given in [
        message().reply_to("msg_1"),
        message().reply_to(&id),
        message().reply_to(id.clone()),
        message().reply_to(String::from("msg_1")),
        message().reply_to(Some("msg_1")),
        message().reply_to(Some(&id)),
        message().reply_to(Some(id.clone())),
        message().reply_to(Some(String::from("msg_1"))),
        message().reply_to(Some(Cow::Borrowed("msg_1"))),
    ] {
        assert_eq!(sent(&given), reply);
    }
    let color = json!({"color": "#fff"});
    let text = String::from("#fff");
    for given in [
        UpdateRole::new().color("#fff"),
        UpdateRole::new().color(&text),
        UpdateRole::new().color(text.clone()),
        UpdateRole::new().color(Some("#fff")),
        UpdateRole::new().color(Some(&text)),
        UpdateRole::new().color(Some(text.clone())),
        UpdateRole::new().color(Some(text.as_str())),
        UpdateRole::new().color(Cow::Borrowed("#fff")),
        UpdateRole::new().color(Arc::<str>::from("#fff")),
        UpdateRole::new().color(Box::<str>::from("#fff")),
    ] {
        assert_eq!(sent(&given), color);
    }
}

/// As if the setter had not been called, whatever was set before.
#[test]
fn none_changes_nothing() {
    assert_eq!(
        sent(&SendMessage::new("hi").reply_to(None::<MessageId>)),
        json!({"content": "hi"})
    );
    assert_eq!(sent(&UpdateRole::new().color(None::<&str>)), json!({}));
    assert_eq!(
        sent(&UpdateRole::new().color("#fff").color(None::<String>)),
        json!({"color": "#fff"})
    );
    // Types of one form only need no annotation.
    assert_eq!(
        sent(&CreateRoom::new("a").max_participants(None)),
        json!({"name": "a"})
    );
    assert_eq!(
        sent(&UpdateEvent::new().external_auto_admit(None)),
        json!({})
    );
    assert_eq!(
        sent(&UpdateServer::new().clear_icon_url().icon_url(None::<&str>)),
        json!({"iconUrl": null})
    );
}

/// Six optional arguments of a caller are forwarded as they are.
#[test]
fn options_are_forwarded_without_a_branch() {
    #[derive(Default)]
    struct Given<'a> {
        title: Option<&'a str>,
        description: Option<String>,
        picture: Option<Cow<'a, str>>,
        begin: Option<DateTime<Utc>>,
        end: Option<DateTime<FixedOffset>>,
        guests: Option<bool>,
    }
    fn changes(given: Given<'_>) -> UpdateEvent {
        UpdateEvent::new()
            .title(given.title)
            .description(given.description)
            .cover_image_url(given.picture)
            .starts_at(given.begin)
            .ends_at(given.end)
            .external_access_enabled(given.guests)
    }
    assert_eq!(sent(&changes(Given::default())), json!({}));
    let all = Given {
        title: Some("Raid"),
        description: Some("Bring snacks".into()),
        picture: Some("https://x/p".into()),
        begin: "2030-05-01T18:00:00Z".parse().ok(),
        end: DateTime::parse_from_rfc3339("2030-05-01T22:00:00+02:00").ok(),
        guests: Some(true),
    };
    assert_eq!(
        sent(&changes(all)),
        json!({
            "title": "Raid", "description": "Bring snacks", "coverImageUrl": "https://x/p",
            "startsAt": "2030-05-01T18:00:00.000Z", "endsAt": "2030-05-01T20:00:00.000Z",
            "externalAccessEnabled": true,
        })
    );
}

#[test]
fn a_type_of_your_own_can_be_an_argument() {
    struct Paint(u32);
    impl IntoOption<String> for Paint {
        fn into_option(self) -> Option<String> {
            (self.0 > 0).then(|| format!("#{:06x}", self.0))
        }
    }
    assert_eq!(
        sent(&UpdateRole::new().color(Paint(0x00ff_8800))),
        json!({"color": "#ff8800"})
    );
    assert_eq!(sent(&UpdateRole::new().color(Paint(0))), json!({}));
}

#[test]
fn a_key_is_left_out_null_or_set() {
    for (changes, expected) in [
        (UpdateMe::new(), json!({})),
        (UpdateMe::new().steam_id("7"), json!({"steamId": "7"})),
        (UpdateMe::new().clear_steam_id(), json!({"steamId": null})),
        (
            UpdateMe::new().clear_steam_id().steam_id("7"),
            json!({"steamId": "7"}),
        ),
        (
            UpdateMe::new().steam_id("7").clear_steam_id(),
            json!({"steamId": null}),
        ),
    ] {
        assert_eq!(sent(&changes), expected);
    }
}

#[test]
fn messages_of_whatever_there_is() {
    for (text, image, expected) in [
        (
            Some("hi"),
            Some("img_1"),
            json!({"content": "hi", "imageId": "img_1"}),
        ),
        (Some("hi"), None, json!({"content": "hi"})),
        (None, Some("img_1"), json!({"imageId": "img_1"})),
    ] {
        assert_eq!(sent(&SendMessage::new(text).image(image)), expected);
    }
}

#[test]
fn durations_are_durations() {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    assert_eq!(
        sent(&Restriction::new(Some("spam")).duration(minutes(90))),
        json!({"reason": "spam", "duration": 90})
    );
    assert_eq!(
        sent(&Restriction::new(None::<&str>).duration(Duration::from_secs(61))),
        json!({"duration": 2})
    );
    for (nanos, minutes) in [
        (60_000_000_000, 1),
        (60_000_000_001, 2),
        (90_000_000_000, 2),
        (120_000_000_000, 2),
        (3_600_000_000_000, 60),
    ] {
        let mute = Restriction::default().duration(Duration::from_nanos(nanos));
        assert_eq!(sent(&mute)["duration"], minutes, "{nanos}");
    }
    let longest = sent(&CreateInvite::new().expires_in(Duration::MAX));
    assert_eq!(longest["expiresInHours"], u64::MAX / 3600 + 1);
    let template = CreateEventTemplate::new("a", "b", "c", "19:30").duration(minutes(120));
    assert_eq!(sent(&template)["durationMinutes"], 120);
    assert_eq!(
        sent(&CreateInvite::new().expires_in(minutes(61))),
        json!({"expiresInHours": 2})
    );
}

#[test]
fn times_of_any_kind() {
    let expected = "2030-05-01T18:00:00.000Z";
    let utc: DateTime<Utc> = expected.parse().unwrap();
    let offset = DateTime::parse_from_rfc3339("2030-05-01T20:00:00+02:00").unwrap();
    for event in [
        CreateEvent::new("a", utc).ends_at(utc),
        CreateEvent::new("a", offset).ends_at(offset),
        CreateEvent::new("a", SystemTime::from(utc)).ends_at(SystemTime::from(utc)),
        CreateEvent::new("a", utc).ends_at(Some(offset)),
    ] {
        let event = sent(&event);
        assert_eq!(
            (&event["startsAt"], &event["endsAt"]),
            (&json!(expected), &json!(expected))
        );
    }
}

#[test]
fn open_enums_know_what_they_know() {
    for (status, known) in [
        (UserStatus::Online, true),
        ("in-game".into(), true),
        (UserStatus::from(&String::from("idle")), true),
        ("a value of the future".parse().unwrap(), false),
        (UserStatus::Other("online!".into()), false),
    ] {
        assert_eq!(status.is_known(), known, "{status}");
    }
    for (wire, value) in [
        ("in-game", UserStatus::InGame),
        ("In-Game", UserStatus::Other("In-Game".into())),
        ("", UserStatus::Other(String::new())),
    ] {
        assert_eq!(sent(&value), wire);
        assert_eq!(
            serde_json::from_value::<UserStatus>(json!(wire)).unwrap(),
            value
        );
        assert_eq!(UserStatus::from(wire.to_owned()), value);
        assert_eq!(value.to_string(), wire);
    }
    let purpose = ImagePurpose::Chat;
    assert_eq!(ImagePurpose::from(&purpose), purpose);
    let permission: &str = RobotPermission::ReadRooms.as_ref();
    assert_eq!(permission, "read_rooms");
}

#[test]
fn images_from_bytes_that_are_borrowed() {
    let bytes: &[u8] = &[0xff, 0xd8];
    let image = InlineImage::from(bytes);
    assert_eq!(image, InlineImage::from(&[0xff, 0xd8]));
    assert_eq!(image, InlineImage::from(vec![0xff, 0xd8]));
    assert_ne!(image.clone(), image.clone().content_type("image/png"));
    assert_eq!(image.clone(), image.content_type(None::<&str>));
}

#[test]
fn roles_and_other_pairs_convert() {
    let role: CreateRole = ("mods", Permissions::KICK_MEMBERS).into();
    assert_eq!(sent(&role)["name"], "mods");
    assert_eq!(
        role,
        CreateRole::new(String::from("mods"), Permissions::KICK_MEMBERS)
    );
}

/// A token is read from a configuration file and shown nowhere.
#[cfg(any(feature = "blocking", feature = "async"))]
#[test]
fn tokens_are_read_by_serde() {
    #[derive(serde::Deserialize, Debug)]
    struct Config {
        token: lagclient::Token,
    }
    let config: Config = serde_json::from_str(r#"{"token":"lag_robot_s3cret"}"#).unwrap();
    assert_eq!(config.token.kind(), lagclient::TokenKind::Robot);
    assert_eq!(config.token.expose(), "lag_robot_s3cret");
    assert!(!format!("{config:?}").contains("s3cret"));
}

/// What is given as an id of one kind is not taken for another kind.
#[test]
fn ids_of_different_kinds_stay_apart() {
    fn is_id_of<I: lagclient::Id>(_: &impl AsId<I>) {}
    is_id_of::<RoomId>(&RoomId::new("room_1"));
    is_id_of::<RoomId>(&"room_1");
}

#[cfg(feature = "nolag")]
mod nolag {
    use lagclient::nolag::models::{
        ActorType, CreateActor, CreateApp, GrantActor, OrderBy, Permission, UpdateActor,
    };
    use lagclient::nolag::{ActorId, Topic};
    use serde_json::json;

    use super::sent;

    #[test]
    fn apps_with_what_the_official_package_sends() {
        let app = CreateApp::new("Chat")
            .blueprint_id("bp_1")
            .blueprint_version(3)
            .hydration_webhook(json!({"url": "https://x/h"}))
            .trigger_webhook(Some(json!({"url": "https://x/t"})));
        assert_eq!(
            sent(&app),
            json!({
                "name": "Chat", "blueprintId": "bp_1", "blueprintVersion": 3,
                "hydrationWebhook": {"url": "https://x/h"},
                "triggerWebhook": {"url": "https://x/t"},
            })
        );
        let version = CreateApp::new("Chat").blueprint_version("1.2");
        assert_eq!(sent(&version)["blueprintVersion"], "1.2");
        for topics in [
            CreateApp::new("a").topics(["x", "y"]),
            CreateApp::new("a").topics(vec![String::from("x"), String::from("y")]),
            CreateApp::new("a").topics(Some(&["x", "y"])),
            CreateApp::new("a").topics(["x", "y"].as_slice()),
        ] {
            assert_eq!(sent(&topics)["topics"], json!(["x", "y"]));
        }
    }

    #[test]
    fn actors() {
        assert_eq!(ActorType::from("server"), ActorType::Server);
        let id = ActorId::new("act_1");
        for grant in [
            GrantActor::new(&id, Permission::PubSub),
            GrantActor::to_actor("act_1", Permission::PubSub),
            GrantActor::to_actor(&id, "pubSub"),
        ] {
            let expected = json!({"actorTokenId": "act_1", "permission": "pubSub"});
            assert_eq!(sent(&grant), expected);
        }
        let everyone = GrantActor::new(ActorType::Device, Permission::Subscribe);
        assert_eq!(sent(&everyone)["actorType"], "device");
        assert_eq!(
            sent(
                &UpdateActor::new()
                    .access_scope_id(Some("sc_1"))
                    .status("active")
            ),
            json!({"accessScopeId": "sc_1", "status": "active"})
        );
        assert_eq!(
            sent(&CreateActor::new("Web", "user").metadata(None::<&str>)),
            json!({"name": "Web", "actorType": "user"})
        );
        assert_ne!(OrderBy::ascending("name"), OrderBy::descending("name"));
    }

    #[test]
    fn topics_round_trip() {
        for (app, room, name) in [
            ("a", "b", "c"),
            ("my-app", "grün", "🦀 c"),
            (" ", ".", ".."),
        ] {
            let topic = Topic::new(app, room, name).unwrap();
            assert_eq!((topic.app(), topic.room(), topic.name()), (app, room, name));
            let text = topic.to_string();
            assert_eq!(text, format!("{app}/{room}/{name}"));
            assert_eq!(text.parse::<Topic>().unwrap(), topic);
            let json = serde_json::to_string(&topic).unwrap();
            assert_eq!(json, serde_json::to_string(&text).unwrap());
            assert_eq!(serde_json::from_str::<Topic>(&json).unwrap(), topic);
        }
    }

    #[test]
    fn anything_but_three_filled_parts_is_refused() {
        for bad in [
            "", "a", "a/b", "a/b/c/d", "/b/c", "a//c", "a/b/", "/a/b/c", "a/b/c/", "//",
        ] {
            assert!(bad.parse::<Topic>().is_err(), "{bad}");
            let json = serde_json::to_string(bad).unwrap();
            assert!(serde_json::from_str::<Topic>(&json).is_err(), "{bad}");
        }
        for (app, room, name) in [
            ("", "b", "c"),
            ("a", "", "c"),
            ("a", "b", ""),
            ("a/x", "b", "c"),
            ("a", "/", "c"),
            ("a", "b", "c/"),
        ] {
            assert!(Topic::new(app, room, name).is_err(), "{app} {room} {name}");
        }
    }
}
