//! A call of every method, by its dotted name.

use chrono::DateTime;
use lagclient::Error;
use lagclient::models::{
    CreateEvent, CreateEventTemplate, ImagePurpose, InlineImage, Permissions, RobotEvent,
    RsvpStatus, UpdateEvent, UpdateEventTemplate, UpdateMe, UpdateRole, UpdateRoom, UpdateServer,
};

use crate::client::{Client, UploadImage, maybe_async};
use serde_json::json;

type Answer = Option<Result<(), Error>>;

const CODE: &str = "{code}";
const CONVERSATION: &str = "{conversation_id}";
const EVENT: &str = "{event_id}";
const FRIENDSHIP: &str = "{friendship_id}";
const GUEST: &str = "{guest_id}";
const IMAGE: &str = "{image_id}";
const INVITE: &str = "{invite_id}";
const MESSAGE: &str = "{message_id}";
const ROLE: &str = "{role_id}";
const ROOM: &str = "{room_id}";
const SERVER: &str = "{server_id}";
const TEMPLATE: &str = "{template_id}";
const USER: &str = "{user_id}";

/// Which ids a method is called with.
#[derive(Clone, Copy, Debug)]
pub(in crate::suite) enum Ids<'a> {
    /// Each one is the placeholder that it takes the place of: then the path is
    /// the template of the endpoint.
    Placeholders,
    /// All are this one.
    All(&'a str),
    /// This one takes the place of a placeholder, and the others their own.
    One { placeholder: &'a str, id: &'a str },
}

impl<'a> Ids<'a> {
    pub(in crate::suite) fn of(self, placeholder: &'a str) -> &'a str {
        match self {
            Self::All(id) => id,
            Self::One {
                placeholder: replaced,
                id,
            } if replaced == placeholder => id,
            Self::Placeholders | Self::One { .. } => placeholder,
        }
    }
}

/// Calls the method. `None` if it is not here.
#[maybe_async]
pub(super) async fn call(client: &Client, name: &str, ids: Ids<'_>) -> Answer {
    let (namespace, method) = name.rsplit_once('.').unwrap_or(("", name));
    match namespace {
        "" if method == "identity" => Some(client.identity().await.map(drop)),
        #[cfg(feature = "gateway")]
        "" if method == "gateway" => {
            let mut events = client.gateway().events();
            events.next_event().await.map(|event| event.map(drop))
        }
        "dms" => dms(client, method, ids).await,
        "events" => events(client, method, ids).await,
        "events.guests" => guests(client, method, ids).await,
        "events.templates" => templates(client, method, ids).await,
        "friends" => friends(client, method, ids).await,
        "images" => images(client, method, ids).await,
        "robot" => robot(client, method, ids).await,
        "servers" => servers(client, method, ids).await,
        "servers.invites" => invites(client, method, ids).await,
        "servers.members" => members(client, method, ids).await,
        "servers.roles" => roles(client, method, ids).await,
        "servers.rooms" => rooms(client, method, ids).await,
        "servers.rooms.messages" => messages(client, method, ids).await,
        "system" => system(client, method).await,
        "users" => users(client, method, ids).await,
        _ => None,
    }
}

#[maybe_async]
async fn dms(client: &Client, method: &str, ids: Ids<'_>) -> Answer {
    let dms = client.dms();
    Some(match method {
        "list" => dms.list().await.map(drop),
        "create" => dms.create(ids.of(USER)).await.map(drop),
        "get" => dms.get(ids.of(CONVERSATION)).await.map(drop),
        "list_messages" => dms.list_messages(ids.of(CONVERSATION), ()).await.map(drop),
        "iter_messages" => dms
            .iter_messages(ids.of(CONVERSATION))
            .next_page()
            .await?
            .map(drop),
        "send_message" => dms.send_message(ids.of(CONVERSATION), "hi").await.map(drop),
        "edit_message" => dms
            .edit_message(ids.of(CONVERSATION), ids.of(MESSAGE), "hi")
            .await
            .map(drop),
        "delete_message" => {
            dms.delete_message(ids.of(CONVERSATION), ids.of(MESSAGE))
                .await
        }
        _ => return None,
    })
}

#[maybe_async]
async fn events(client: &Client, method: &str, ids: Ids<'_>) -> Answer {
    let events = client.events();
    let new = CreateEvent::new("Raid night", DateTime::UNIX_EPOCH);
    Some(match method {
        "list" => events.list(ids.of(SERVER)).await.map(drop),
        "create" => events.create(ids.of(SERVER), new).await.map(drop),
        "get" => events.get(ids.of(SERVER), ids.of(EVENT)).await.map(drop),
        "update" => events
            .update(ids.of(SERVER), ids.of(EVENT), UpdateEvent::new())
            .await
            .map(drop),
        "cancel" => events.cancel(ids.of(SERVER), ids.of(EVENT)).await.map(drop),
        "rsvp" => events
            .rsvp(ids.of(SERVER), ids.of(EVENT), RsvpStatus::Going)
            .await
            .map(drop),
        "toggle_external_access" => events
            .toggle_external_access(ids.of(SERVER), ids.of(EVENT))
            .await
            .map(drop),
        _ => return None,
    })
}

#[maybe_async]
async fn guests(client: &Client, method: &str, ids: Ids<'_>) -> Answer {
    let guests = client.events().guests();
    Some(match method {
        "list" => guests.list(ids.of(SERVER), ids.of(EVENT)).await.map(drop),
        "admit" => guests
            .admit(ids.of(SERVER), ids.of(EVENT), ids.of(GUEST))
            .await
            .map(drop),
        "reject" => guests
            .reject(ids.of(SERVER), ids.of(EVENT), ids.of(GUEST))
            .await
            .map(drop),
        _ => return None,
    })
}

#[maybe_async]
async fn templates(client: &Client, method: &str, ids: Ids<'_>) -> Answer {
    let templates = client.events().templates();
    let new = CreateEventTemplate::new("Raid night", "FREQ=WEEKLY", "Europe/Berlin", "20:00");
    let changes = UpdateEventTemplate::new();
    Some(match method {
        "list" => templates.list(ids.of(SERVER)).await.map(drop),
        "create" => templates.create(ids.of(SERVER), new).await.map(drop),
        "update" => templates
            .update(ids.of(SERVER), ids.of(TEMPLATE), changes)
            .await
            .map(drop),
        "delete" => templates
            .delete(ids.of(SERVER), ids.of(TEMPLATE))
            .await
            .map(drop),
        _ => return None,
    })
}

#[maybe_async]
async fn friends(client: &Client, method: &str, ids: Ids<'_>) -> Answer {
    let friends = client.friends();
    Some(match method {
        "list" => friends.list().await.map(drop),
        "requests" => friends.requests().await.map(drop),
        "send_request" => friends.send_request("bob").await.map(drop),
        "accept" => friends.accept("fr_1").await.map(drop),
        "decline" => friends.decline("fr_1").await,
        "remove" => friends.remove(ids.of(FRIENDSHIP)).await,
        "block" => friends.block(ids.of(USER)).await.map(drop),
        _ => return None,
    })
}

#[maybe_async]
async fn servers(client: &Client, method: &str, ids: Ids<'_>) -> Answer {
    let servers = client.servers();
    Some(match method {
        "list" => servers.list().await.map(drop),
        "paginate" => servers.paginate().next_page().await?.map(drop),
        "create" => servers.create("Rustaceans").await.map(drop),
        "get" => servers.get(ids.of(SERVER)).await.map(drop),
        "update" => servers
            .update(ids.of(SERVER), UpdateServer::new())
            .await
            .map(drop),
        "delete" => servers.delete(ids.of(SERVER)).await,
        "upload_icon" => {
            let icon = InlineImage::from_bytes(&b"x"[..]);
            servers.upload_icon(ids.of(SERVER), icon).await.map(drop)
        }
        "leave" => servers.leave(ids.of(SERVER)).await,
        _ => return None,
    })
}

#[maybe_async]
async fn invites(client: &Client, method: &str, ids: Ids<'_>) -> Answer {
    let invites = client.servers().invites();
    Some(match method {
        "list" => invites.list(ids.of(SERVER)).await.map(drop),
        "create" => invites.create(ids.of(SERVER), ()).await.map(drop),
        "revoke" => invites.revoke(ids.of(SERVER), ids.of(INVITE)).await,
        "preview" => invites.preview(ids.of(CODE)).await.map(drop),
        "join" => invites.join(ids.of(CODE)).await.map(drop),
        "invite_friend" => invites
            .invite_friend(ids.of(SERVER), ids.of(USER))
            .await
            .map(drop),
        _ => return None,
    })
}

#[maybe_async]
async fn members(client: &Client, method: &str, ids: Ids<'_>) -> Answer {
    let members = client.servers().members();
    Some(match method {
        "list" => members.list(ids.of(SERVER)).await.map(drop),
        "kick" => members.kick(ids.of(SERVER), ids.of(USER)).await,
        "list_bans" => members.list_bans(ids.of(SERVER)).await.map(drop),
        "ban" => members
            .ban(ids.of(SERVER), ids.of(USER), ())
            .await
            .map(drop),
        "unban" => members.unban(ids.of(SERVER), ids.of(USER)).await,
        "list_mutes" => members.list_mutes(ids.of(SERVER)).await.map(drop),
        "mute" => members
            .mute(ids.of(SERVER), ids.of(USER), ())
            .await
            .map(drop),
        "unmute" => members.unmute(ids.of(SERVER), ids.of(USER)).await,
        _ => return None,
    })
}

#[maybe_async]
async fn roles(client: &Client, method: &str, ids: Ids<'_>) -> Answer {
    let roles = client.servers().roles();
    let new = ("Moderators", Permissions::KICK_MEMBERS);
    Some(match method {
        "list" => roles.list(ids.of(SERVER)).await.map(drop),
        "create" => roles.create(ids.of(SERVER), new).await.map(drop),
        "update" => roles
            .update(ids.of(SERVER), ids.of(ROLE), UpdateRole::new())
            .await
            .map(drop),
        "delete" => roles.delete(ids.of(SERVER), ids.of(ROLE)).await,
        "assign_to_member" => roles
            .assign_to_member(ids.of(SERVER), ids.of(USER), ids.of(ROLE))
            .await
            .map(drop),
        _ => return None,
    })
}

#[maybe_async]
async fn images(client: &Client, method: &str, ids: Ids<'_>) -> Answer {
    let images = client.images();
    Some(match method {
        "upload" => {
            let image = UploadImage::from_bytes(&b"x"[..], ImagePurpose::Chat);
            images.upload(image).await.map(drop)
        }
        "get" => images.get(ids.of(IMAGE)).await.map(drop),
        "status" => images.status(ids.of(IMAGE)).await.map(drop),
        "delete" => images.delete(ids.of(IMAGE)).await,
        "wait_until_ready" => images.wait_until_ready(ids.of(IMAGE), ()).await.map(drop),
        _ => return None,
    })
}

#[maybe_async]
async fn robot(client: &Client, method: &str, ids: Ids<'_>) -> Answer {
    let robot = client.robot();
    Some(match method {
        "events" => robot.events().next_event().await?.map(drop),
        "events_by_polling" => robot.events_by_polling().next_event().await?.map(drop),
        "poll_events" => robot.poll_events().await.map(drop),
        "reply" => {
            let payload = json!({
                "type": "room.message", "serverId": ids.of(SERVER), "data": {"roomId": ids.of(ROOM)},
            });
            let event = RobotEvent::from_payload(None, payload.to_string());
            robot.reply(&event, "hi").await.map(drop)
        }
        _ => return None,
    })
}

#[maybe_async]
async fn rooms(client: &Client, method: &str, ids: Ids<'_>) -> Answer {
    let rooms = client.servers().rooms();
    Some(match method {
        "list" => rooms.list(ids.of(SERVER)).await.map(drop),
        "create" => rooms.create(ids.of(SERVER), "lobby").await.map(drop),
        "update" => rooms
            .update(ids.of(SERVER), ids.of(ROOM), UpdateRoom::new())
            .await
            .map(drop),
        "delete" => rooms.delete(ids.of(SERVER), ids.of(ROOM)).await,
        _ => return None,
    })
}

#[maybe_async]
async fn messages(client: &Client, method: &str, ids: Ids<'_>) -> Answer {
    let messages = client.servers().rooms().messages();
    Some(match method {
        "list" => messages
            .list(ids.of(SERVER), ids.of(ROOM), ())
            .await
            .map(drop),
        "iter" => messages
            .iter(ids.of(SERVER), ids.of(ROOM))
            .next_page()
            .await?
            .map(drop),
        "send" => messages
            .send(ids.of(SERVER), ids.of(ROOM), "hi")
            .await
            .map(drop),
        "edit" => messages
            .edit(ids.of(SERVER), ids.of(ROOM), ids.of(MESSAGE), "hi")
            .await
            .map(drop),
        "delete" => {
            messages
                .delete(ids.of(SERVER), ids.of(ROOM), ids.of(MESSAGE))
                .await
        }
        _ => return None,
    })
}

#[maybe_async]
async fn system(client: &Client, method: &str) -> Answer {
    let system = client.system();
    Some(match method {
        "health" => system.health().await.map(drop),
        "version" => system.version().await.map(drop),
        "status" => system.status().await.map(drop),
        "config" => system.config().await.map(drop),
        _ => return None,
    })
}

#[maybe_async]
async fn users(client: &Client, method: &str, ids: Ids<'_>) -> Answer {
    let users = client.users();
    Some(match method {
        "me" => users.me().await.map(drop),
        "update_me" => users.update_me(UpdateMe::new()).await.map(drop),
        "setup" => users.setup(("alice", "Alice")).await.map(drop),
        "register_push_token" => users.register_push_token("tok", "ios").await.map(drop),
        "remove_push_token" => users.remove_push_token("tok").await.map(drop),
        "request_deletion" => users.request_deletion().await.map(drop),
        "cancel_deletion" => users.cancel_deletion().await.map(drop),
        "steam_lookup" => users.steam_lookup("al").await.map(drop),
        "import_steam_avatar" => users.import_steam_avatar("https://x/a").await.map(drop),
        "steam_activity" => users.steam_activity().await.map(drop),
        "check_username" => users.check_username("alice").await.map(drop),
        "search" => users.search("al").await.map(drop),
        "upload_avatar" => users
            .upload_avatar(InlineImage::from_bytes(&b"x"[..]))
            .await
            .map(drop),
        "get" => users.get(ids.of(USER)).await.map(drop),
        _ => return None,
    })
}
