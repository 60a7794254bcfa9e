//! Models against everything that a server may add, leave out or set to null.
//! Needs neither client.

use std::fmt::Debug;

use lagclient::models::{
    Ack, AvatarUrl, CancelledEvent, DmConversation, DmMessage, EventGuest, EventSummary,
    EventTemplate, FeatureConfig, Friend, FriendRequests, Friendship, GuestDecision, Health,
    IconUrl, Identity, ImageMetadata, ImageStatus, ImageVariant, IncomingFriendRequest, InviteSent,
    Mention, MessageImage, MessageReply, OutgoingFriendRequest, Permissions, PushPlatform, Role,
    RoleAssignment, Room, RoomMessage, RoomParticipant, Rsvp, RsvpCounts, Server, ServerBan,
    ServerInvite, ServerInvitePreview, ServerMember, ServerMute, ServerWithDetails, ServiceConfig,
    SteamActivity, SteamProfile, SystemStatus, User, UserFlags, UsernameAvailability, Version,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// How a model is checked, from one JSON object with every field that the
/// contract names.
struct Model<'a> {
    full: Value,
    /// What must be there. Everything else may be missing or null.
    required: &'a [&'a str],
    /// Fields with values of an enum.
    enums: &'a [&'a str],
}

impl Model<'_> {
    fn check<T: DeserializeOwned + Serialize + PartialEq + Debug>(&self) {
        let name = std::any::type_name::<T>();
        let read = |json: &Value| serde_json::from_value::<T>(json.clone());
        let round_trip = |json: &Value| {
            let model = read(json).unwrap_or_else(|error| panic!("{name}: {error}: {json}"));
            let written = serde_json::to_value(&model).unwrap();
            assert_eq!(&written, json, "{name}");
        };
        round_trip(&self.full);

        let mut more = self.full.clone();
        more["aFieldOfTheFuture"] = json!({"any": ["thing", null]});
        round_trip(&more);

        for key in self.enums {
            let mut other = self.full.clone();
            other[key] = json!("a value of the future");
            round_trip(&other);
        }

        let keys = self.full.as_object().unwrap().keys();
        for key in keys.clone() {
            let mut missing = self.full.clone();
            missing.as_object_mut().unwrap().remove(key);
            let mut null = self.full.clone();
            null[key] = Value::Null;
            let (missing, null) = (read(&missing), read(&null));
            if self.required.contains(&key.as_str()) {
                assert!(missing.is_err() && null.is_err(), "{name}: {key}");
            } else {
                assert_eq!(missing.unwrap(), null.unwrap(), "{name}: {key}");
            }
        }

        let required = keys.filter(|key| self.required.contains(&key.as_str()));
        let least = required.map(|key| (key.clone(), self.full[key].clone()));
        let least = read(&Value::Object(least.collect()));
        assert!(least.is_ok(), "{name}: {least:?}");
        assert!(read(&json!([])).is_err(), "{name}");
    }
}

/// Each model that `answer!` makes has a row.
#[test]
fn no_model_is_forgotten() {
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/../src/models");
    let mut count = 0;
    for file in std::fs::read_dir(models).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        for answers in source.split("\nanswer! {\n").skip(1) {
            let (answers, _) = answers.split_once("\n}\n").unwrap();
            let names = answers.lines().filter_map(|line| {
                let name = line.strip_prefix("    ")?.split_once(" {")?.0;
                name.starts_with(char::is_uppercase).then_some(name)
            });
            for name in names {
                count += 1;
                let row = format!("check::<{name}>()");
                assert!(include_str!("models.rs").contains(&row), "{path:?}: {name}");
            }
        }
    }
    assert!(count > 40, "{count}");
}

const AT: &str = "2024-01-15T10:00:00.000Z";

fn user() -> Value {
    json!({
        "id": "usr_1", "username": "alice", "displayName": "Alice", "avatarUrl": "https://x/a",
        "status": "idle", "steamId": "765", "createdAt": AT, "flags": flags(),
    })
}

fn flags() -> Value {
    json!({
        "hasAccess": true, "suspended": true, "suspendedAt": AT, "suspendedReason": "spam",
        "features": {"robots": true},
    })
}

fn with(mut base: Value, more: Value) -> Value {
    let Value::Object(more) = more else {
        panic!("{more}")
    };
    base.as_object_mut().unwrap().extend(more);
    base
}

#[test]
fn users() {
    Model {
        full: user(),
        required: &["id", "username"],
        enums: &["status"],
    }
    .check::<User>();
    Model {
        full: flags(),
        required: &[],
        enums: &[],
    }
    .check::<UserFlags>();
}

/// However a key is written and wherever it comes from.
#[test]
fn unknown_fields_are_kept() {
    let json = r#"{"ne\u0077":[1,{"id":2}],"id":"usr_1","user\u006eame":"alice","":null,"x":-1}"#;
    let user: User = serde_json::from_str(json).unwrap();
    assert_eq!((user.id.as_str(), &*user.username), ("usr_1", "alice"));
    let extra = json!({"new": [1, {"id": 2}], "": null, "x": -1});
    assert_eq!(Some(&user.extra), extra.as_object());
    assert_eq!(
        serde_json::from_reader::<_, User>(json.as_bytes()).unwrap(),
        user
    );
    let value: Value = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::from_value::<User>(value).unwrap(), user);

    let twice = r#"{"id":"usr_1","username":"alice","id":"usr_2"}"#;
    let error = serde_json::from_str::<User>(twice).unwrap_err().to_string();
    assert!(error.starts_with("duplicate field `id`"), "{error}");
    let error = serde_json::from_str::<User>(r#"{"id":"usr_1"}"#)
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("missing field `username`"), "{error}");
    let error = serde_json::from_str::<User>("7").unwrap_err().to_string();
    assert!(error.contains("expected struct User"), "{error}");
}

#[test]
fn accounts() {
    Model {
        full: json!({"ok": true}),
        required: &[],
        enums: &[],
    }
    .check::<Ack>();
    Model {
        full: json!({"avatarUrl": "https://x/a"}),
        required: &["avatarUrl"],
        enums: &[],
    }
    .check::<AvatarUrl>();
    Model {
        full: json!({
            "steamId": "765", "personaName": "al", "avatarUrl": "https://x/a",
            "profileUrl": "https://x/p", "gameName": "Factorio",
        }),
        required: &["steamId"],
        enums: &[],
    }
    .check::<SteamProfile>();
    Model {
        full: json!({"gameName": "Factorio"}),
        required: &[],
        enums: &[],
    }
    .check::<SteamActivity>();
    Model {
        full: json!({"available": true}),
        required: &["available"],
        enums: &[],
    }
    .check::<UsernameAvailability>();
    for (platform, wire) in [
        (PushPlatform::Ios, "ios"),
        (PushPlatform::Android, "android"),
    ] {
        assert_eq!(serde_json::to_value(&platform).unwrap(), wire);
        assert_eq!(PushPlatform::from(wire), platform);
    }
}

#[test]
fn friends() {
    let friendship = json!({
        "id": "fr_1", "requesterId": "usr_1", "addresseeId": "usr_2", "status": "pending",
        "createdAt": AT, "updatedAt": AT,
    });
    let incoming = with(friendship.clone(), json!({"from": user()}));
    let outgoing = with(friendship.clone(), json!({"to": user()}));
    Model {
        full: json!({"id": "usr_1", "user": user(), "friendshipId": "fr_1", "since": AT}),
        required: &["id", "user", "friendshipId"],
        enums: &[],
    }
    .check::<Friend>();
    Model {
        full: friendship,
        required: &["id", "requesterId", "addresseeId", "status"],
        enums: &["status"],
    }
    .check::<Friendship>();
    Model {
        full: incoming.clone(),
        required: &["id", "requesterId", "addresseeId", "status", "from"],
        enums: &["status"],
    }
    .check::<IncomingFriendRequest>();
    Model {
        full: outgoing.clone(),
        required: &["id", "requesterId", "addresseeId", "status", "to"],
        enums: &["status"],
    }
    .check::<OutgoingFriendRequest>();
    Model {
        full: json!({"incoming": [incoming], "outgoing": [outgoing]}),
        required: &["incoming", "outgoing"],
        enums: &[],
    }
    .check::<FriendRequests>();
}

fn variant() -> Value {
    json!({"url": "https://x/t", "width": 64, "height": 48, "size": 1024})
}

fn reply() -> Value {
    json!({
        "id": "m1", "userId": "usr_2", "username": "bob", "displayName": "Bob", "content": "hi",
        "robotId": "robot_1", "robotName": "Helper", "isBot": true,
    })
}

fn message_image() -> Value {
    json!({
        "id": "img_1", "url": "https://x/i", "width": 640, "height": 480, "blurhash": "LEHV6n",
        "contentType": "image/png", "variants": {"thumb": variant()},
    })
}

/// A message, with where it is.
fn message(place: Value) -> Value {
    let message = json!({
        "id": "m2", "userId": "usr_1", "username": "alice", "displayName": "Alice",
        "avatarUrl": "https://x/a", "content": "look", "createdAt": AT, "editedAt": AT,
        "replyTo": reply(), "image": message_image(),
    });
    with(message, place)
}

#[test]
fn parts_of_messages() {
    Model {
        full: reply(),
        required: &["id"],
        enums: &[],
    }
    .check::<MessageReply>();
    Model {
        full: message_image(),
        required: &["id"],
        enums: &[],
    }
    .check::<MessageImage>();
    Model {
        full: variant(),
        required: &["url"],
        enums: &[],
    }
    .check::<ImageVariant>();
    Model {
        full: json!({"type": "user", "id": "usr_1", "name": "alice"}),
        required: &["type"],
        enums: &["type"],
    }
    .check::<Mention>();
}

#[test]
fn room_messages() {
    Model {
        full: message(json!({
            "roomId": "room_1", "robotId": "robot_1", "robotName": "Helper",
            "robotAvatarUrl": "https://x/r", "isBot": true, "guestId": "gst_1",
            "guestDisplayName": "Guest", "isGuest": true,
            "mentions": [{"type": "user", "id": "usr_1", "name": "alice"}],
        })),
        required: &["id", "roomId"],
        enums: &[],
    }
    .check::<RoomMessage>();
}

#[test]
fn direct_messages() {
    let message = message(json!({"conversationId": "c1"}));
    Model {
        full: message.clone(),
        required: &["id", "conversationId"],
        enums: &[],
    }
    .check::<DmMessage>();
    Model {
        full: json!({"id": "c1", "otherUser": user(), "lastMessage": message, "createdAt": AT}),
        required: &["id", "otherUser"],
        enums: &[],
    }
    .check::<DmConversation>();
}

#[test]
fn calendar_events() {
    let counts = json!({"going": 3, "maybe": 2, "notGoing": 1});
    let both = json!({
        "id": "evt_1", "serverId": "srv_1", "title": "Raid night", "description": "Snacks",
        "coverImageUrl": "https://x/c", "externalAccessEnabled": true, "externalAutoAdmit": true,
        "createdBy": "usr_1", "createdAt": AT,
    });
    Model {
        full: with(
            both.clone(),
            json!({
                "startsAt": AT, "endsAt": AT, "status": "scheduled", "voiceRoomId": "room_1",
                "creatorUsername": "alice", "creatorDisplayName": "Alice", "shareCode": "abc",
                "rsvpCounts": counts, "myRsvp": "going", "templateId": "tpl_1",
            }),
        ),
        required: &[
            "id",
            "serverId",
            "title",
            "startsAt",
            "status",
            "createdBy",
            "creatorUsername",
            "createdAt",
        ],
        enums: &["status", "myRsvp"],
    }
    .check::<EventSummary>();
    Model {
        full: with(
            both,
            json!({
                "durationMinutes": 90, "rrule": "FREQ=WEEKLY", "timezone": "Europe/Berlin",
                "startTime": "20:00", "nextOccurrenceAt": AT,
            }),
        ),
        required: &[
            "id",
            "serverId",
            "title",
            "rrule",
            "timezone",
            "startTime",
            "createdBy",
            "createdAt",
        ],
        enums: &[],
    }
    .check::<EventTemplate>();
    Model {
        full: counts.clone(),
        required: &[],
        enums: &[],
    }
    .check::<RsvpCounts>();
    Model {
        full: json!({"status": "going", "counts": counts}),
        required: &["status", "counts"],
        enums: &["status"],
    }
    .check::<Rsvp>();
    Model {
        full: json!({"status": "cancelled", "deletesAt": AT}),
        required: &[],
        enums: &["status"],
    }
    .check::<CancelledEvent>();
}

#[test]
fn guests() {
    Model {
        full: json!({
            "id": "gst_1", "displayName": "Guest", "generatedUsername": "guest-1",
            "status": "pending", "createdAt": AT,
        }),
        required: &[
            "id",
            "displayName",
            "generatedUsername",
            "status",
            "createdAt",
        ],
        enums: &["status"],
    }
    .check::<EventGuest>();
    Model {
        full: json!({"status": "admitted"}),
        required: &[],
        enums: &["status"],
    }
    .check::<GuestDecision>();
}

#[test]
fn images() {
    let status = json!({
        "id": "img_1", "url": "https://x/i", "processingStatus": "ready",
        "variants": {"thumb": variant()},
    });
    Model {
        full: status.clone(),
        required: &["id", "url", "processingStatus"],
        enums: &["processingStatus"],
    }
    .check::<ImageStatus>();
    Model {
        full: with(
            status,
            json!({
                "uploaderId": "usr_1", "originalUrl": "https://x/o", "contentType": "image/png",
                "size": 1024, "width": 640, "height": 480, "purpose": "chat",
                "blurhash": "LEHV6n", "alt": "A cat", "createdAt": AT,
            }),
        ),
        required: &[
            "id",
            "url",
            "processingStatus",
            "contentType",
            "size",
            "purpose",
            "createdAt",
        ],
        enums: &["processingStatus", "purpose"],
    }
    .check::<ImageMetadata>();
    Model {
        full: json!({"iconUrl": "https://x/i"}),
        required: &["iconUrl"],
        enums: &[],
    }
    .check::<IconUrl>();
}

#[test]
fn the_service() {
    Model {
        full: json!({"status": "ok", "version": "1.2.3", "timestamp": AT}),
        required: &["status"],
        enums: &[],
    }
    .check::<Health>();
    Model {
        full: json!({"version": "1.2.3"}),
        required: &["version"],
        enums: &[],
    }
    .check::<Version>();
    Model {
        full: json!({"upgrading": true, "outage": true, "waitlist": true}),
        required: &["upgrading", "outage", "waitlist"],
        enums: &[],
    }
    .check::<SystemStatus>();
    Model {
        full: json!({"features": {"robots": {"enabled": true, "beta": true}}}),
        required: &[],
        enums: &[],
    }
    .check::<ServiceConfig>();
    Model {
        full: json!({"enabled": true, "beta": true}),
        required: &["enabled"],
        enums: &[],
    }
    .check::<FeatureConfig>();
}

#[test]
fn identities() {
    Model {
        full: json!({
            "id": "robot_1", "kind": "robot", "displayName": "Helper", "avatarUrl": "https://x/a",
            "createdAt": AT, "username": "helper", "serverId": "srv_1",
            "permissions": ["read_members"], "active": true, "transportType": "sse",
            "subscribedEvents": ["room.message"],
        }),
        required: &["id", "kind", "displayName"],
        enums: &["transportType"],
    }
    .check::<Identity>();
}

#[test]
fn invites() {
    Model {
        full: json!({
            "id": "inv_1", "code": "abc", "createdBy": "usr_1", "maxUses": 10, "uses": 3,
            "expiresAt": AT, "createdAt": AT,
        }),
        required: &["id", "code"],
        enums: &[],
    }
    .check::<ServerInvite>();
    Model {
        full: json!({
            "serverName": "Rustaceans", "serverIconUrl": "https://x/i", "serverIconEmoji": "🦀",
            "memberCount": 500, "memberLimit": 500, "isFull": true, "valid": true,
        }),
        required: &["serverName", "valid"],
        enums: &[],
    }
    .check::<ServerInvitePreview>();
    Model {
        full: json!({"sent": true}),
        required: &[],
        enums: &[],
    }
    .check::<InviteSent>();
}

#[test]
fn members() {
    let person = json!({
        "userId": "usr_1", "username": "alice", "displayName": "Alice",
        "avatarUrl": "https://x/a",
    });
    let restriction = with(
        person.clone(),
        json!({"serverId": "srv_1", "reason": "spam", "expiresAt": AT, "createdAt": AT}),
    );
    Model {
        full: with(
            person,
            json!({"role": "owner", "roleId": "role_1", "status": "in-game", "joinedAt": AT}),
        ),
        required: &["userId", "username"],
        enums: &["role", "status"],
    }
    .check::<ServerMember>();
    Model {
        full: with(
            restriction.clone(),
            json!({"id": "ban_1", "bannedBy": "usr_2"}),
        ),
        required: &["id", "userId"],
        enums: &[],
    }
    .check::<ServerBan>();
    Model {
        full: with(restriction, json!({"id": "mute_1", "mutedBy": "usr_2"})),
        required: &["id", "userId"],
        enums: &[],
    }
    .check::<ServerMute>();
}

#[test]
fn roles() {
    Model {
        full: json!({
            "id": "role_1", "serverId": "srv_1", "name": "Moderators", "color": "#ff8800",
            "permissions": 96, "sortOrder": 2, "isDefault": true, "createdAt": AT,
        }),
        required: &["id", "name", "permissions"],
        enums: &[],
    }
    .check::<Role>();
    Model {
        full: json!({
            "userId": "usr_1", "roleId": "role_1", "roleName": "Moderators", "role": "member",
        }),
        required: &["userId", "roleId"],
        enums: &["role"],
    }
    .check::<RoleAssignment>();
}

fn room() -> Value {
    json!({
        "id": "room_1", "serverId": "srv_1", "name": "lobby", "createdBy": "usr_1",
        "maxParticipants": 12, "participants": [participant()], "createdAt": AT,
    })
}

fn participant() -> Value {
    json!({
        "userId": "usr_1", "username": "alice", "displayName": "Alice",
        "avatarUrl": "https://x/a", "isMuted": true, "isDeafened": true, "isSpeaking": true,
        "joinedAt": AT,
    })
}

#[test]
fn rooms() {
    Model {
        full: room(),
        required: &["id"],
        enums: &[],
    }
    .check::<Room>();
    Model {
        full: participant(),
        required: &["userId", "username"],
        enums: &[],
    }
    .check::<RoomParticipant>();
}

#[test]
fn servers() {
    let server = json!({
        "id": "srv_1", "name": "Rustaceans", "iconUrl": "https://x/i", "iconEmoji": "🦀",
        "ownerId": "usr_1", "memberCount": 3, "createdAt": AT,
    });
    let member = json!({
        "userId": "usr_1", "username": "alice", "displayName": "Alice",
        "avatarUrl": "https://x/a", "role": "owner", "roleId": "role_1", "status": "idle",
        "joinedAt": AT,
    });
    Model {
        full: server.clone(),
        required: &["id", "name"],
        enums: &[],
    }
    .check::<Server>();
    Model {
        full: with(
            server,
            json!({"rooms": [room()], "members": [member], "myRole": "admin"}),
        ),
        required: &["id", "name"],
        enums: &["myRole"],
    }
    .check::<ServerWithDetails>();
}

#[test]
fn permissions_are_where_the_documentation_says() {
    let documented = [
        "MANAGE_SERVER",
        "MANAGE_ROLES",
        "MANAGE_ROOMS",
        "MANAGE_MESSAGES",
        "MANAGE_MEMBERS",
        "KICK_MEMBERS",
        "BAN_MEMBERS",
        "MUTE_MEMBERS",
        "MANAGE_EVENTS",
        "MENTION_EVERYONE",
        "CREATE_INVITES",
    ];
    for (bit, name) in documented.into_iter().enumerate() {
        let one = Permissions::from_bits_retain(1 << bit);
        let names: Vec<_> = one.iter_names().map(|(name, _)| name).collect();
        assert_eq!(names, [name]);
        assert!(one.unknown().is_empty());
    }
    assert_eq!(Permissions::ALL.bits(), 0x7ff);
    assert_eq!(Permissions::CREATE_INVITES.bits(), 1024);
}

#[test]
fn permissions_are_sets() {
    let both = Permissions::BAN_MEMBERS | Permissions::KICK_MEMBERS;
    assert!(both.contains(Permissions::BAN_MEMBERS) && both.contains(Permissions::NONE));
    assert!(!both.contains(Permissions::BAN_MEMBERS | Permissions::MANAGE_ROLES));
    assert_eq!(both - Permissions::BAN_MEMBERS, Permissions::KICK_MEMBERS);
    assert_eq!(both & Permissions::BAN_MEMBERS, Permissions::BAN_MEMBERS);
    let collected: Permissions = [both, Permissions::MANAGE_ROLES].into_iter().collect();
    assert_eq!(collected.bits(), 98);
    assert_eq!(Permissions::default(), Permissions::NONE);
}

#[test]
fn unknown_permissions_are_kept() {
    let json = (1_u64 << 40 | 1 << 11 | 1).to_string();
    let mut permissions: Permissions = serde_json::from_str(&json).unwrap();
    assert_eq!(permissions.unknown().bits(), 1 << 40 | 1 << 11);
    assert_eq!(
        format!("{permissions:?}"),
        "Permissions(MANAGE_SERVER | 0x10000000800)"
    );
    assert_eq!(serde_json::to_string(&permissions).unwrap(), json);
    permissions -= Permissions::MANAGE_SERVER;
    permissions |= Permissions::MANAGE_ROOMS;
    assert_eq!(permissions.bits(), 1 << 40 | 1 << 11 | 4);
    assert_eq!(format!("{:?}", Permissions::NONE), "Permissions(NONE)");
}

#[test]
fn permissions_are_numbers_or_numeric_strings() {
    let read = |json| {
        serde_json::from_str(json)
            .map(|one: Permissions| one.bits())
            .ok()
    };
    assert_eq!(read("0"), Some(0));
    assert_eq!(read("3"), Some(3));
    assert_eq!(read(r#""3""#), Some(3));
    assert_eq!(read("18446744073709551615"), Some(u64::MAX));
    for bad in [
        "-1",
        "1.5",
        "null",
        "true",
        "[]",
        r#""""#,
        r#""+1""#,
        r#""x""#,
        r#""18446744073709551616""#,
    ] {
        assert_eq!(read(bad), None, "{bad}");
    }
}
