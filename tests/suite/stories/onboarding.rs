//! From a fresh account to a server with two members.

use std::time::Duration;

use lagclient::models::{
    CreateInvite, CreateServer, FriendshipStatus, ServerInvite, ServerRole, SetupUser,
};
use lagclient::{ServerId, UserId};

use super::{client, refused, sandbox, user};
use crate::client::{Client, maybe_async, test};

#[maybe_async]
#[test]
async fn an_account_gets_its_name() {
    let sandbox = sandbox();
    let dana = user(&sandbox, "unnamed");

    let free = dana.users().check_username("dana").await.unwrap();
    assert!(free.available);
    let taken = dana.users().check_username("alice").await.unwrap();
    assert!(!taken.available);
    let refused = dana.users().setup(("alice", "Not Alice")).await;
    refused!(refused, Conflict);

    let named = dana.users().setup(SetupUser::new("dana", "Dana")).await;
    let named = named.unwrap();
    assert_eq!(named.username, "dana");
    assert_eq!(named.display_name.as_deref(), Some("Dana"));
    let now_taken = dana.users().check_username("dana").await.unwrap();
    assert!(!now_taken.available);

    let me = dana.identity().await.unwrap();
    assert_eq!(
        (me.id.as_str(), &*me.display_name),
        (named.id.as_str(), "Dana")
    );
    let alice = user(&sandbox, "alice");
    let found = alice.users().search("dan").await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, named.id);
    let seen = alice.users().get(&named.id).await.unwrap();
    assert_eq!(seen.username, "dana");
    let gone = alice.users().search("unnamed").await.unwrap();
    assert!(gone.is_empty(), "{gone:?}");
    let nobody = alice.users().get("usr_nobody").await;
    refused!(nobody, NotFound);

    let stranger = client(&sandbox, "lag_pat_of_nobody");
    let refused = stranger.users().me().await;
    refused!(refused, Auth);
}

/// Makes friends by asking and accepting.
#[maybe_async]
async fn befriend(sender: &Client, addressee: &Client) {
    let name = addressee.users().me().await.unwrap().username;
    let friendship = sender.friends().send_request(&name).await.unwrap();
    assert_eq!(friendship.status, FriendshipStatus::Pending);
    let again = sender.friends().send_request(&name).await;
    refused!(again, Conflict);

    let sent = sender.friends().requests().await.unwrap();
    assert_eq!((sent.incoming.len(), sent.outgoing.len()), (0, 1));
    assert_eq!(sent.outgoing[0].to.username, name);
    let got = addressee.friends().requests().await.unwrap();
    assert_eq!((got.incoming.len(), got.outgoing.len()), (1, 0));
    assert_eq!(got.incoming[0].from.id, friendship.requester_id);

    let own = sender.friends().accept(&got.incoming[0].id).await;
    refused!(own, NotFound);
    let accepted = addressee
        .friends()
        .accept(&got.incoming[0].id)
        .await
        .unwrap();
    assert_eq!(accepted.status, FriendshipStatus::Accepted);
    assert_eq!(accepted.id, friendship.id);
    let twice = addressee.friends().accept(&got.incoming[0].id).await;
    refused!(twice, NotFound);
    let name = sender.users().me().await.unwrap().username;
    let already = addressee.friends().send_request(&name).await;
    refused!(already, Conflict);
    let unknown = addressee.friends().send_request("unknown").await;
    refused!(unknown, NotFound);
}

#[maybe_async]
#[test]
async fn two_become_friends_and_share_a_server() {
    let sandbox = sandbox();
    let dana = user(&sandbox, "dana");
    let erin = user(&sandbox, "erin");
    befriend(&dana, &erin).await;
    let friends = dana.friends().list().await.unwrap();
    assert_eq!(friends.len(), 1);
    let erin_id = &friends[0].user.id;
    assert_eq!(friends[0].user.username, "erin");

    let (server, invite) = dana_opens_a_server(&dana, &erin).await;
    erin_joins(&erin, &server, &invite).await;
    both_are_members(&dana, &erin, &server).await;
    erin_leaves_and_is_invited_again(&dana, &erin, &server, erin_id).await;
    dana.servers().delete(&server).await.unwrap();
    let gone = dana.servers().get(&server).await;
    refused!(gone, NotFound);
}

#[maybe_async]
async fn dana_opens_a_server(dana: &Client, erin: &Client) -> (ServerId, ServerInvite) {
    let server = CreateServer::new("Lab").icon_emoji("🔬");
    let server = dana.servers().create(server).await.unwrap();
    assert_eq!(server.member_count, Some(1));
    let outside = erin.servers().get(&server.id).await;
    refused!(outside, Permission);

    let invite = CreateInvite::new()
        .max_uses(1)
        .expires_in(Duration::from_secs(7_200));
    let invite = dana.servers().invites().create(&server.id, invite).await;
    let invite = invite.unwrap();
    assert_eq!((invite.max_uses, invite.uses), (Some(1), Some(0)));
    (server.id, invite)
}

#[maybe_async]
async fn erin_joins(erin: &Client, server: &ServerId, invite: &ServerInvite) {
    let preview = erin
        .servers()
        .invites()
        .preview(&invite.code)
        .await
        .unwrap();
    assert_eq!(preview.server_name, "Lab");
    assert_eq!(preview.server_icon_emoji.as_deref(), Some("🔬"));
    assert_eq!(preview.member_count, Some(1));
    assert!(preview.valid && !preview.is_full);

    let joined = erin.servers().invites().join(&invite.code).await.unwrap();
    assert_eq!(&joined.id, server);
    assert_eq!(joined.member_count, Some(2));
    let twice = erin.servers().invites().join(&invite.code).await;
    refused!(twice, Conflict);
    let listed = erin.servers().list().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(&listed[0].id, server);
}

#[maybe_async]
async fn both_are_members(dana: &Client, erin: &Client, server: &ServerId) {
    let members = dana.servers().members().list(server).await.unwrap();
    let names: Vec<_> = members.iter().map(|m| (&*m.username, &m.role)).collect();
    assert_eq!(
        names,
        [
            ("dana", &Some(ServerRole::Owner)),
            ("erin", &Some(ServerRole::Member))
        ]
    );
    let details = erin.servers().get(server).await.unwrap();
    assert_eq!(details.members.len(), 2);
    assert_eq!(details.my_role, Some(ServerRole::Member));
}

#[maybe_async]
async fn erin_leaves_and_is_invited_again(
    dana: &Client,
    erin: &Client,
    server: &ServerId,
    erin_id: &UserId,
) {
    let invited = dana
        .servers()
        .invites()
        .invite_friend(server, erin_id)
        .await;
    refused!(invited, Conflict);
    let delete = erin.servers().delete(server).await;
    refused!(delete, Permission);
    erin.servers().leave(server).await.unwrap();
    let left = erin.servers().list().await.unwrap();
    assert!(left.is_empty());
    let invited = dana
        .servers()
        .invites()
        .invite_friend(server, erin_id)
        .await
        .unwrap();
    assert_eq!(invited.sent, Some(true));
}

#[maybe_async]
#[test]
async fn an_invite_wears_out() {
    let sandbox = sandbox();
    let (alice, dana, erin) = (
        user(&sandbox, "alice"),
        user(&sandbox, "dana"),
        user(&sandbox, "erin"),
    );
    let server = sandbox.server("dev");
    let once = CreateInvite::new().max_uses(1);
    let once = alice.servers().invites().create(server.id(), once).await;
    let once = once.unwrap();
    dana.servers().invites().join(&once.code).await.unwrap();
    let used_up = erin.servers().invites().join(&once.code).await;
    refused!(used_up, Api);
    let preview = erin.servers().invites().preview(&once.code).await.unwrap();
    assert!(!preview.valid);

    let hour = CreateInvite::new().expires_in(Duration::from_secs(3_600));
    let hour = alice.servers().invites().create(server.id(), hour).await;
    let hour = hour.unwrap();
    sandbox.advance(Duration::from_secs(3600));
    let expired = erin.servers().invites().join(&hour.code).await;
    refused!(expired, Api);

    let listed = alice.servers().invites().list(server.id()).await.unwrap();
    let uses: Vec<_> = listed.iter().map(|i| (&i.id, i.uses)).collect();
    assert_eq!(uses, [(&once.id, Some(1)), (&hour.id, Some(0))]);
    let forever = alice.servers().invites().create(server.id(), ()).await;
    let forever = forever.unwrap();
    assert_eq!(forever.expires_at, None);
    alice
        .servers()
        .invites()
        .revoke(server.id(), &forever.id)
        .await
        .unwrap();
    let revoked = erin.servers().invites().join(&forever.code).await;
    refused!(revoked, NotFound);
    let revoked = alice
        .servers()
        .invites()
        .revoke(server.id(), &forever.id)
        .await;
    refused!(revoked, NotFound);
}
