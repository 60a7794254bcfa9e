//! Roles, mutes and bans, and what they stop.

use std::time::Duration;

use lagclient::models::{Permissions, Restriction, Role, Room, ServerInvite, UpdateRole};

use super::{Cast, cast, refused};
use crate::client::{maybe_async, test};

#[maybe_async]
#[test]
async fn a_role_opens_doors_and_its_end_closes_them() {
    let cast = cast();
    let role = bob_gets_a_role(&cast).await;
    let room = bob_builds(&cast).await;
    the_role_becomes_another(&cast, &role, &room).await;
    the_role_ends(&cast, &role).await;
    the_room_ends(&cast, &room).await;
}

#[maybe_async]
async fn bob_gets_a_role(cast: &Cast) -> Role {
    let Cast {
        alice,
        bob,
        bob_id,
        server,
        ..
    } = cast;
    let roles = alice.servers().roles();
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
    let assigned = roles.assign_to_member(server.id(), bob_id, &role.id).await;
    let assigned = assigned.unwrap();
    assert_eq!(assigned.role_name.as_deref(), Some("Builders"));
    role
}

#[maybe_async]
async fn bob_builds(cast: &Cast) -> Room {
    let Cast {
        bob,
        bob_id,
        server,
        ..
    } = cast;
    let room = bob
        .servers()
        .rooms()
        .create(server.id(), "bobs")
        .await
        .unwrap();
    assert_eq!(room.created_by.as_ref().unwrap().as_str(), bob_id);
    let members = bob.servers().members();
    let kick = members.kick(server.id(), &cast.alice_id).await;
    refused!(kick, Permission);
    room
}

#[maybe_async]
async fn the_role_becomes_another(cast: &Cast, role: &Role, room: &Room) {
    let Cast {
        alice, bob, server, ..
    } = cast;
    let roles = alice.servers().roles();
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
}

#[maybe_async]
async fn the_role_ends(cast: &Cast, role: &Role) {
    let Cast {
        alice, bob, server, ..
    } = cast;
    let (roles, moderation) = (alice.servers().roles(), alice.servers().members());
    roles.delete(server.id(), &role.id).await.unwrap();
    let gone = roles.delete(server.id(), &role.id).await;
    refused!(gone, NotFound);
    let refused = bob.servers().members().list_mutes(server.id()).await;
    refused!(refused, Permission);
    let left = roles.list(server.id()).await.unwrap();
    let names: Vec<_> = left.iter().map(|role| &*role.name).collect();
    assert_eq!(names, ["Owner", "Admin", "Member"]);
    assert!(left.iter().all(|role| role.is_default));
    let members = moderation.list(server.id()).await.unwrap();
    let bob_now = members.iter().find(|member| member.username == "bob");
    assert_eq!(bob_now.unwrap().role_id.as_ref(), Some(&left[2].id));
}

#[maybe_async]
async fn the_room_ends(cast: &Cast, room: &Room) {
    let Cast { alice, server, .. } = cast;
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
    let cast = cast();
    bob_is_muted_for_ten_minutes(&cast).await;
    bob_writes_again_when_they_are_over(&cast).await;
    bob_is_muted_until_he_is_pardoned(&cast).await;
}

#[maybe_async]
async fn bob_is_muted_for_ten_minutes(cast: &Cast) {
    let Cast {
        alice,
        bob,
        alice_id,
        bob_id,
        server,
        room,
        ..
    } = cast;
    let moderation = alice.servers().members();
    let members = bob.servers().members();
    let refused = members.mute(server.id(), alice_id, ()).await;
    refused!(refused, Permission);
    let noise = Restriction::new("noise").duration(Duration::from_secs(600));
    let mute = moderation.mute(server.id(), bob_id, noise).await.unwrap();
    assert_eq!(mute.reason.as_deref(), Some("noise"));
    let minutes = mute.expires_at.unwrap() - mute.created_at.unwrap();
    assert_eq!(minutes.num_minutes(), 10);
    let again = moderation.mute(server.id(), bob_id, ()).await;
    refused!(again, Conflict);
    let listed = moderation.list_mutes(server.id()).await.unwrap();
    assert_eq!(listed, [mute]);

    let messages = bob.servers().rooms().messages();
    let silent = messages
        .send(server.id(), room.id(), "can you hear me?")
        .await;
    refused!(silent, Permission);
    let page = messages.list(server.id(), room.id(), ()).await.unwrap();
    assert!(page.items.is_empty());
}

#[maybe_async]
async fn bob_writes_again_when_they_are_over(cast: &Cast) {
    let Cast {
        alice,
        bob,
        bob_id,
        server,
        room,
        ..
    } = cast;
    let moderation = alice.servers().members();
    let messages = bob.servers().rooms().messages();
    cast.sandbox.advance(Duration::from_secs(10 * 60));
    messages.send(server.id(), room.id(), "now?").await.unwrap();
    let over = moderation.list_mutes(server.id()).await.unwrap();
    assert!(over.is_empty());
    let unmuted = moderation.unmute(server.id(), bob_id).await;
    refused!(unmuted, NotFound);
}

#[maybe_async]
async fn bob_is_muted_until_he_is_pardoned(cast: &Cast) {
    let Cast {
        alice,
        bob,
        bob_id,
        server,
        room,
        ..
    } = cast;
    let moderation = alice.servers().members();
    let messages = bob.servers().rooms().messages();
    moderation.mute(server.id(), bob_id, ()).await.unwrap();
    let silent = messages.send(server.id(), room.id(), "and now?").await;
    refused!(silent, Permission);
    moderation.unmute(server.id(), bob_id).await.unwrap();
    messages
        .send(server.id(), room.id(), "thanks")
        .await
        .unwrap();
    let page = messages.list(server.id(), room.id(), ()).await.unwrap();
    let said: Vec<_> = page.items.iter().map(|message| &*message.content).collect();
    assert_eq!(said, ["now?", "thanks"]);
    let stranger = moderation.mute(server.id(), &cast.carol_id, ()).await;
    refused!(stranger, NotFound);
}

#[maybe_async]
#[test]
async fn the_banned_are_out_until_they_are_pardoned() {
    let cast = cast();
    let invites = cast.alice.servers().invites();
    let invite = invites.create(cast.server.id(), ()).await.unwrap();
    bob_is_banned(&cast, &invite).await;
    bob_is_pardoned(&cast, &invite).await;
    bob_is_kicked_and_comes_back(&cast, &invite).await;
    bob_is_banned_for_an_hour(&cast, &invite).await;
}

#[maybe_async]
async fn bob_is_banned(cast: &Cast, invite: &ServerInvite) {
    let Cast {
        alice,
        bob,
        alice_id,
        bob_id,
        server,
        room,
        ..
    } = cast;
    let moderation = alice.servers().members();
    let members = bob.servers().members();
    let refused = members.ban(server.id(), alice_id, ()).await;
    refused!(refused, Permission);
    let ban = moderation.ban(server.id(), bob_id, "spam").await.unwrap();
    assert_eq!(ban.username.as_deref(), Some("bob"));
    assert_eq!(ban.reason.as_deref(), Some("spam"));
    assert_eq!(ban.expires_at, None);
    let again = moderation.ban(server.id(), bob_id, ()).await;
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
    let kick = moderation.kick(server.id(), bob_id).await;
    refused!(kick, NotFound);
}

#[maybe_async]
async fn bob_is_pardoned(cast: &Cast, invite: &ServerInvite) {
    let Cast {
        alice,
        bob,
        bob_id,
        server,
        ..
    } = cast;
    let moderation = alice.servers().members();
    moderation.unban(server.id(), bob_id).await.unwrap();
    let twice = moderation.unban(server.id(), bob_id).await;
    refused!(twice, NotFound);
    // Pardoned is not the same as back.
    let out = bob.servers().get(server.id()).await;
    refused!(out, Permission);
    bob.servers().invites().join(&invite.code).await.unwrap();
    bob.servers().get(server.id()).await.unwrap();
}

#[maybe_async]
async fn bob_is_kicked_and_comes_back(cast: &Cast, invite: &ServerInvite) {
    let Cast {
        alice,
        bob,
        bob_id,
        server,
        ..
    } = cast;
    let moderation = alice.servers().members();
    moderation.kick(server.id(), bob_id).await.unwrap();
    let out = bob.servers().get(server.id()).await;
    refused!(out, Permission);
    let back = bob.servers().invites().join(&invite.code).await.unwrap();
    assert_eq!(back.member_count, Some(2));
}

#[maybe_async]
async fn bob_is_banned_for_an_hour(cast: &Cast, invite: &ServerInvite) {
    let Cast {
        alice,
        bob,
        bob_id,
        server,
        ..
    } = cast;
    let moderation = alice.servers().members();
    let hour = Restriction::new("cool down").duration(Duration::from_secs(3_600));
    moderation.ban(server.id(), bob_id, hour).await.unwrap();
    let rejoin = bob.servers().invites().join(&invite.code).await;
    refused!(rejoin, Permission);
    cast.sandbox.advance(Duration::from_secs(3600));
    bob.servers().invites().join(&invite.code).await.unwrap();
}
