//! Roles, mutes and bans, and what they stop.

use std::time::Duration;

use lagclient::models::{Permissions, Restriction, UpdateRole};

use super::{refused, sandbox, user};
use crate::client::{maybe_async, test};

#[maybe_async]
#[test]
async fn a_role_opens_doors_and_its_end_closes_them() {
    let sandbox = sandbox();
    let alice = user(&sandbox, "alice");
    let moderation = alice.servers().members();
    let roles = alice.servers().roles();
    let bob = user(&sandbox, "bob");
    let server = sandbox.server("dev");
    let bob_id = sandbox.user("bob").id().to_owned();

    let refused = bob.servers().rooms().create(server.id(), "bobs").await;
    refused!(refused, Permission);
    let refused = bob
        .servers()
        .roles()
        .create(server.id(), ("Mine", Permissions::ALL))
        .await;
    refused!(refused, Permission);

    let role = roles
        .create(server.id(), ("Builders", Permissions::MANAGE_ROOMS))
        .await;
    let role = role.unwrap();
    assert_eq!(role.permissions, Permissions::MANAGE_ROOMS);
    assert!(!role.is_default);
    let twin = roles
        .create(server.id(), ("Builders", Permissions::NONE))
        .await;
    refused!(twin, Conflict);
    let assigned = roles.assign_to_member(server.id(), &bob_id, &role.id).await;
    let assigned = assigned.unwrap();
    assert_eq!(assigned.role_name.as_deref(), Some("Builders"));

    let room = bob
        .servers()
        .rooms()
        .create(server.id(), "bobs")
        .await
        .unwrap();
    assert_eq!(room.created_by.unwrap().as_str(), bob_id);
    let kick = bob
        .servers()
        .members()
        .kick(server.id(), sandbox.user("alice").id())
        .await;
    refused!(kick, Permission);

    // The role turns into another one under its members.
    let update = UpdateRole::new()
        .name("Mods")
        .permissions(Permissions::MUTE_MEMBERS);
    let changed = roles.update(server.id(), &role.id, update).await;
    let changed = changed.unwrap();
    assert_eq!(
        (&*changed.name, changed.permissions),
        ("Mods", Permissions::MUTE_MEMBERS)
    );
    let refused = bob.servers().rooms().delete(server.id(), &room.id).await;
    refused!(refused, Permission);
    let mutes = bob
        .servers()
        .members()
        .list_mutes(server.id())
        .await
        .unwrap();
    assert!(mutes.is_empty());

    roles.delete(server.id(), &role.id).await.unwrap();
    let gone = roles.delete(server.id(), &role.id).await;
    refused!(gone, NotFound);
    let refused = bob.servers().members().list_mutes(server.id()).await;
    refused!(refused, Permission);
    let left = roles.list(server.id()).await.unwrap();
    assert_eq!(left.len(), 1);
    assert!(left[0].is_default);
    let members = moderation.list(server.id()).await.unwrap();
    let bob_now = members.iter().find(|member| member.username == "bob");
    assert_eq!(bob_now.unwrap().role_id.as_ref(), Some(&left[0].id));

    alice
        .servers()
        .rooms()
        .delete(server.id(), &room.id)
        .await
        .unwrap();
    let gone = alice
        .servers()
        .rooms()
        .messages()
        .send(server.id(), &room.id, "hi")
        .await;
    refused!(gone, NotFound);
}

#[maybe_async]
#[test]
async fn the_muted_read_but_do_not_write() {
    let sandbox = sandbox();
    let alice = user(&sandbox, "alice");
    let moderation = alice.servers().members();
    let bob = user(&sandbox, "bob");
    let server = sandbox.server("dev");
    let room = server.room("general");
    let bob_id = sandbox.user("bob").id().to_owned();

    let refused = bob
        .servers()
        .members()
        .mute(server.id(), sandbox.user("alice").id(), ())
        .await;
    refused!(refused, Permission);
    let noise = Restriction::new("noise").duration(10);
    let mute = moderation.mute(server.id(), &bob_id, noise).await.unwrap();
    assert_eq!(mute.reason.as_deref(), Some("noise"));
    let minutes = mute.expires_at.unwrap() - mute.created_at.unwrap();
    assert_eq!(minutes.num_minutes(), 10);
    let again = moderation.mute(server.id(), &bob_id, ()).await;
    refused!(again, Conflict);
    let listed = moderation.list_mutes(server.id()).await.unwrap();
    assert_eq!(listed, [mute]);

    let messages = bob.servers();
    let messages = messages.rooms().messages();
    let silent = messages
        .send(server.id(), room.id(), "can you hear me?")
        .await;
    refused!(silent, Permission);
    let page = messages.list(server.id(), room.id(), ()).await.unwrap();
    assert!(page.items.is_empty());

    sandbox.advance(Duration::from_secs(10 * 60));
    messages.send(server.id(), room.id(), "now?").await.unwrap();
    let over = moderation.list_mutes(server.id()).await.unwrap();
    assert!(over.is_empty());
    let unmuted = moderation.unmute(server.id(), &bob_id).await;
    refused!(unmuted, NotFound);

    moderation.mute(server.id(), &bob_id, ()).await.unwrap();
    let silent = messages.send(server.id(), room.id(), "and now?").await;
    refused!(silent, Permission);
    moderation.unmute(server.id(), &bob_id).await.unwrap();
    messages
        .send(server.id(), room.id(), "thanks")
        .await
        .unwrap();
    let page = messages.list(server.id(), room.id(), ()).await.unwrap();
    let said: Vec<_> = page.items.iter().map(|message| &*message.content).collect();
    assert_eq!(said, ["now?", "thanks"]);
    let stranger = moderation
        .mute(server.id(), sandbox.user("carol").id(), ())
        .await;
    refused!(stranger, NotFound);
}

#[maybe_async]
#[test]
async fn the_banned_are_out_until_they_are_pardoned() {
    let sandbox = sandbox();
    let alice = user(&sandbox, "alice");
    let moderation = alice.servers().members();
    let bob = user(&sandbox, "bob");
    let server = sandbox.server("dev");
    let room = server.room("general");
    let bob_id = sandbox.user("bob").id().to_owned();
    let invite = alice
        .servers()
        .invites()
        .create(server.id(), ())
        .await
        .unwrap();

    let refused = bob
        .servers()
        .members()
        .ban(server.id(), sandbox.user("alice").id(), ())
        .await;
    refused!(refused, Permission);
    let ban = moderation.ban(server.id(), &bob_id, "spam").await.unwrap();
    assert_eq!(ban.username.as_deref(), Some("bob"));
    assert_eq!(ban.reason.as_deref(), Some("spam"));
    assert_eq!(ban.expires_at, None);
    let again = moderation.ban(server.id(), &bob_id, ()).await;
    refused!(again, Conflict);

    let members = moderation.list(server.id()).await.unwrap();
    assert!(members.iter().all(|member| member.username != "bob"));
    let out = bob.servers().get(server.id()).await;
    refused!(out, Permission);
    let out = bob
        .servers()
        .rooms()
        .messages()
        .send(server.id(), room.id(), "let me in")
        .await;
    refused!(out, Permission);
    let rejoin = bob.servers().invites().join(&invite.code).await;
    refused!(rejoin, Permission);
    let bans = moderation.list_bans(server.id()).await.unwrap();
    assert_eq!(bans, [ban]);
    let kick = moderation.kick(server.id(), &bob_id).await;
    refused!(kick, NotFound);

    moderation.unban(server.id(), &bob_id).await.unwrap();
    let twice = moderation.unban(server.id(), &bob_id).await;
    refused!(twice, NotFound);
    // Pardoned is not the same as back.
    let out = bob.servers().get(server.id()).await;
    refused!(out, Permission);
    bob.servers().invites().join(&invite.code).await.unwrap();
    bob.servers().get(server.id()).await.unwrap();

    moderation.kick(server.id(), &bob_id).await.unwrap();
    let out = bob.servers().get(server.id()).await;
    refused!(out, Permission);
    let back = bob.servers().invites().join(&invite.code).await.unwrap();
    assert_eq!(back.member_count, Some(2));

    let hour = Restriction::new("cool down").duration(60);
    moderation.ban(server.id(), &bob_id, hour).await.unwrap();
    let rejoin = bob.servers().invites().join(&invite.code).await;
    refused!(rejoin, Permission);
    sandbox.advance(Duration::from_secs(3600));
    bob.servers().invites().join(&invite.code).await.unwrap();
}
