//! A call of every method, by its dotted name. Ids are their own placeholders.

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

/// Calls the method. `None` if it is not here.
#[maybe_async]
pub(super) async fn call(client: &Client, name: &str) -> Answer {
    let (namespace, method) = name.rsplit_once('.').unwrap_or(("", name));
    match namespace {
        "" if method == "identity" => Some(client.identity().await.map(drop)),
        "dms" => dms(client, method).await,
        "events" => events(client, method).await,
        "events.guests" => guests(client, method).await,
        "events.templates" => templates(client, method).await,
        "friends" => friends(client, method).await,
        "images" => images(client, method).await,
        "robot" => robot(client, method).await,
        "servers" => servers(client, method).await,
        "servers.invites" => invites(client, method).await,
        "servers.members" => members(client, method).await,
        "servers.roles" => roles(client, method).await,
        "servers.rooms" => rooms(client, method).await,
        "servers.rooms.messages" => messages(client, method).await,
        "system" => system(client, method).await,
        "users" => users(client, method).await,
        _ => None,
    }
}

#[maybe_async]
async fn dms(client: &Client, method: &str) -> Answer {
    let dms = client.dms();
    Some(match method {
        "list" => dms.list().await.map(drop),
        "create" => dms.create(USER).await.map(drop),
        "get" => dms.get(CONVERSATION).await.map(drop),
        "list_messages" => dms.list_messages(CONVERSATION, ()).await.map(drop),
        "iter_messages" => dms.iter_messages(CONVERSATION).next_page().await?.map(drop),
        "send_message" => dms.send_message(CONVERSATION, "hi").await.map(drop),
        "edit_message" => dms
            .edit_message(CONVERSATION, MESSAGE, "hi")
            .await
            .map(drop),
        "delete_message" => dms.delete_message(CONVERSATION, MESSAGE).await,
        _ => return None,
    })
}

#[maybe_async]
async fn events(client: &Client, method: &str) -> Answer {
    let events = client.events();
    let new = CreateEvent::new("Raid night", DateTime::UNIX_EPOCH);
    Some(match method {
        "list" => events.list(SERVER).await.map(drop),
        "create" => events.create(SERVER, new).await.map(drop),
        "get" => events.get(SERVER, EVENT).await.map(drop),
        "update" => events
            .update(SERVER, EVENT, UpdateEvent::new())
            .await
            .map(drop),
        "cancel" => events.cancel(SERVER, EVENT).await.map(drop),
        "rsvp" => events
            .rsvp(SERVER, EVENT, RsvpStatus::Going)
            .await
            .map(drop),
        "toggle_external_access" => events.toggle_external_access(SERVER, EVENT).await.map(drop),
        _ => return None,
    })
}

#[maybe_async]
async fn guests(client: &Client, method: &str) -> Answer {
    let guests = client.events().guests();
    Some(match method {
        "list" => guests.list(SERVER, EVENT).await.map(drop),
        "admit" => guests.admit(SERVER, EVENT, GUEST).await.map(drop),
        "reject" => guests.reject(SERVER, EVENT, GUEST).await.map(drop),
        _ => return None,
    })
}

#[maybe_async]
async fn templates(client: &Client, method: &str) -> Answer {
    let templates = client.events().templates();
    let new = CreateEventTemplate::new("Raid night", "FREQ=WEEKLY", "Europe/Berlin", "20:00");
    let changes = UpdateEventTemplate::new();
    Some(match method {
        "list" => templates.list(SERVER).await.map(drop),
        "create" => templates.create(SERVER, new).await.map(drop),
        "update" => templates.update(SERVER, TEMPLATE, changes).await.map(drop),
        "delete" => templates.delete(SERVER, TEMPLATE).await.map(drop),
        _ => return None,
    })
}

#[maybe_async]
async fn friends(client: &Client, method: &str) -> Answer {
    let friends = client.friends();
    Some(match method {
        "list" => friends.list().await.map(drop),
        "requests" => friends.requests().await.map(drop),
        "send_request" => friends.send_request("bob").await.map(drop),
        "accept" => friends.accept("fr_1").await.map(drop),
        "decline" => friends.decline("fr_1").await,
        "remove" => friends.remove(FRIENDSHIP).await,
        "block" => friends.block(USER).await.map(drop),
        _ => return None,
    })
}

#[maybe_async]
async fn servers(client: &Client, method: &str) -> Answer {
    let servers = client.servers();
    Some(match method {
        "list" => servers.list().await.map(drop),
        "paginate" => servers.paginate().next_page().await?.map(drop),
        "create" => servers.create("Rustaceans").await.map(drop),
        "get" => servers.get(SERVER).await.map(drop),
        "update" => servers.update(SERVER, UpdateServer::new()).await.map(drop),
        "delete" => servers.delete(SERVER).await,
        "upload_icon" => {
            let icon = InlineImage::from_bytes(&b"x"[..]);
            servers.upload_icon(SERVER, icon).await.map(drop)
        }
        "leave" => servers.leave(SERVER).await,
        _ => return None,
    })
}

#[maybe_async]
async fn invites(client: &Client, method: &str) -> Answer {
    let invites = client.servers().invites();
    Some(match method {
        "list" => invites.list(SERVER).await.map(drop),
        "create" => invites.create(SERVER, ()).await.map(drop),
        "revoke" => invites.revoke(SERVER, INVITE).await,
        "preview" => invites.preview(CODE).await.map(drop),
        "join" => invites.join(CODE).await.map(drop),
        "invite_friend" => invites.invite_friend(SERVER, USER).await.map(drop),
        _ => return None,
    })
}

#[maybe_async]
async fn members(client: &Client, method: &str) -> Answer {
    let members = client.servers().members();
    Some(match method {
        "list" => members.list(SERVER).await.map(drop),
        "kick" => members.kick(SERVER, USER).await,
        "list_bans" => members.list_bans(SERVER).await.map(drop),
        "ban" => members.ban(SERVER, USER, ()).await.map(drop),
        "unban" => members.unban(SERVER, USER).await,
        "list_mutes" => members.list_mutes(SERVER).await.map(drop),
        "mute" => members.mute(SERVER, USER, ()).await.map(drop),
        "unmute" => members.unmute(SERVER, USER).await,
        _ => return None,
    })
}

#[maybe_async]
async fn roles(client: &Client, method: &str) -> Answer {
    let roles = client.servers().roles();
    let new = ("Moderators", Permissions::KICK_MEMBERS);
    Some(match method {
        "list" => roles.list(SERVER).await.map(drop),
        "create" => roles.create(SERVER, new).await.map(drop),
        "update" => roles
            .update(SERVER, ROLE, UpdateRole::new())
            .await
            .map(drop),
        "delete" => roles.delete(SERVER, ROLE).await,
        "assign_to_member" => roles.assign_to_member(SERVER, USER, ROLE).await.map(drop),
        _ => return None,
    })
}

#[maybe_async]
async fn images(client: &Client, method: &str) -> Answer {
    let images = client.images();
    Some(match method {
        "upload" => {
            let image = UploadImage::from_bytes(&b"x"[..], ImagePurpose::Chat);
            images.upload(image).await.map(drop)
        }
        "get" => images.get(IMAGE).await.map(drop),
        "status" => images.status(IMAGE).await.map(drop),
        "delete" => images.delete(IMAGE).await,
        "wait_until_ready" => images.wait_until_ready(IMAGE, ()).await.map(drop),
        _ => return None,
    })
}

#[maybe_async]
async fn robot(client: &Client, method: &str) -> Answer {
    let robot = client.robot();
    Some(match method {
        "events" => robot.events().next_event().await?.map(drop),
        "events_by_polling" => robot.events_by_polling().next_event().await?.map(drop),
        "poll_events" => robot.poll_events().await.map(drop),
        "reply" => {
            let payload = json!({
                "type": "room.message", "serverId": SERVER, "data": {"roomId": ROOM},
            });
            let event = RobotEvent::from_payload(None, payload.to_string());
            robot.reply(&event, "hi").await.map(drop)
        }
        _ => return None,
    })
}

#[maybe_async]
async fn rooms(client: &Client, method: &str) -> Answer {
    let rooms = client.servers().rooms();
    Some(match method {
        "list" => rooms.list(SERVER).await.map(drop),
        "create" => rooms.create(SERVER, "lobby").await.map(drop),
        "update" => rooms
            .update(SERVER, ROOM, UpdateRoom::new())
            .await
            .map(drop),
        "delete" => rooms.delete(SERVER, ROOM).await,
        _ => return None,
    })
}

#[maybe_async]
async fn messages(client: &Client, method: &str) -> Answer {
    let messages = client.servers().rooms().messages();
    Some(match method {
        "list" => messages.list(SERVER, ROOM, ()).await.map(drop),
        "iter" => messages.iter(SERVER, ROOM).next_page().await?.map(drop),
        "send" => messages.send(SERVER, ROOM, "hi").await.map(drop),
        "edit" => messages.edit(SERVER, ROOM, MESSAGE, "hi").await.map(drop),
        "delete" => messages.delete(SERVER, ROOM, MESSAGE).await,
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
async fn users(client: &Client, method: &str) -> Answer {
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
        "get" => users.get(USER).await.map(drop),
        _ => return None,
    })
}
