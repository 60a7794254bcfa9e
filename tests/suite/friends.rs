//! Friends of the caller.

use lagclient::Error;
use lagclient::models::FriendshipStatus;
use serde_json::{Value, json};

use crate::client::{maybe_async, test};
use crate::support::{Expected, Server, user};

fn friendship(status: &str) -> Value {
    json!({
        "id": "fr_1", "requesterId": "usr_1", "addresseeId": "usr_2", "status": status,
        "createdAt": "2024-01-15T10:00:00.000Z", "updatedAt": "2024-01-15T11:00:00.000Z",
    })
}

fn bob() -> Value {
    json!({"id": "usr_2", "username": "bob", "status": "idle"})
}

#[maybe_async]
#[test]
async fn list() {
    let body = json!([
        {"id": "usr_2", "user": bob(), "friendshipId": "fr_1",
            "since": "2024-01-15T10:00:00.000Z", "nickname": "bobby"},
        {"id": "x", "user": bob(), "friendshipId": "fr_2"},
    ]);
    let server = Server::json(200, &body);
    let friends = user(&server).friends().list().await.unwrap();
    Expected::user("GET", "/friends").on(&server);
    assert_eq!(friends.len(), 2);
    assert_eq!(friends[0].user.username, "bob");
    assert_eq!(friends[0].friendship_id, "fr_1");
    assert_eq!(friends[0].since.unwrap().timestamp(), 1_705_312_800);
    assert_eq!(friends[0].extra["nickname"], "bobby");
    assert_eq!(friends[1].since, None);
}

#[maybe_async]
#[test]
async fn list_of_nobody() {
    let server = Server::json(200, &json!([]));
    let friends = user(&server).friends().list().await.unwrap();
    assert!(friends.is_empty());
}

#[maybe_async]
#[test]
async fn requests() {
    let mut incoming = friendship("pending");
    incoming["from"] = bob();
    incoming["note"] = json!("hi");
    let mut outgoing = friendship("paused");
    outgoing["to"] = bob();
    outgoing["updatedAt"] = Value::Null;
    let body = json!({"incoming": [incoming], "outgoing": [outgoing]});
    let server = Server::json(200, &body);
    let requests = user(&server).friends().requests().await.unwrap();
    Expected::user("GET", "/friends/requests").on(&server);
    let incoming = &requests.incoming[0];
    assert_eq!(incoming.id, "fr_1");
    assert_eq!(incoming.requester_id, "usr_1");
    assert_eq!(incoming.addressee_id, "usr_2");
    assert_eq!(incoming.status, FriendshipStatus::Pending);
    assert_eq!(incoming.from.username, "bob");
    assert_eq!(incoming.updated_at.unwrap().timestamp(), 1_705_316_400);
    assert_eq!(incoming.extra["note"], "hi");
    let outgoing = &requests.outgoing[0];
    assert_eq!(outgoing.status, FriendshipStatus::Other("paused".into()));
    assert_eq!(outgoing.to.id, "usr_2");
    assert_eq!(outgoing.updated_at, None);
}

#[maybe_async]
#[test]
async fn requests_of_nobody() {
    let server = Server::json(200, &json!({"incoming": [], "outgoing": []}));
    let requests = user(&server).friends().requests().await.unwrap();
    assert!(requests.incoming.is_empty() && requests.outgoing.is_empty());
}

#[maybe_async]
#[test]
async fn something_else_is_not_an_empty_list_of_requests() {
    for body in [
        json!({}),
        json!({"data": []}),
        json!({"incoming": [], "outgoing": null}),
    ] {
        let server = Server::json(200, &body);
        let requests = user(&server).friends().requests().await;
        assert!(matches!(requests, Err(Error::Decode(_))), "{requests:?}");
    }
}

#[maybe_async]
#[test]
async fn send_request() {
    let server = Server::json(201, &friendship("pending"));
    let sent = user(&server).friends().send_request("bob").await.unwrap();
    Expected::user("POST", "/friends/request")
        .json(json!({"username": "bob"}))
        .on(&server);
    assert_eq!(sent.id, "fr_1");
    assert_eq!(sent.requester_id, "usr_1");
    assert_eq!(sent.addressee_id, "usr_2");
    assert_eq!(sent.status, FriendshipStatus::Pending);
    assert_eq!(sent.created_at.unwrap().timestamp(), 1_705_312_800);
}

#[maybe_async]
#[test]
async fn send_request_twice() {
    let server = Server::status(409);
    let sent = user(&server).friends().send_request("bob").await;
    assert!(matches!(sent, Err(Error::Conflict(_))));
}

#[maybe_async]
#[test]
async fn accept() {
    let server = Server::json(200, &friendship("accepted"));
    let accepted = user(&server).friends().accept("fr/1").await.unwrap();
    Expected::user("POST", "/friends/accept")
        .json(json!({"requestId": "fr/1"}))
        .on(&server);
    assert_eq!(accepted.status, FriendshipStatus::Accepted);
}

#[maybe_async]
#[test]
async fn decline() {
    let server = Server::status(204);
    user(&server).friends().decline("fr_1").await.unwrap();
    Expected::user("POST", "/friends/decline")
        .json(json!({"requestId": "fr_1"}))
        .on(&server);
}

#[maybe_async]
#[test]
async fn ids_in_bodies_are_checked_like_those_in_paths() {
    let server = Server::start([]);
    let client = user(&server);
    let (friends, servers) = (client.friends(), client.servers());
    for id in ["", ".", ".."] {
        let refused = [
            ("requestId", friends.accept(id).await.err()),
            ("requestId", friends.decline(id).await.err()),
            ("userId", friends.block(id).await.err()),
            ("userId", client.dms().create(id).await.err()),
            (
                "userId",
                servers.invites().invite_friend("s", id).await.err(),
            ),
            (
                "roleId",
                servers.roles().assign_to_member("s", "u", id).await.err(),
            ),
        ];
        for (argument, error) in refused {
            assert!(
                matches!(&error, Some(Error::InvalidArgument(p)) if p.argument == argument),
                "{argument}: {error:?}"
            );
        }
    }
    assert!(server.requests().is_empty());
}

#[maybe_async]
#[test]
async fn block() {
    let server = Server::json(200, &friendship("blocked"));
    let blocked = user(&server).friends().block("usr_2").await.unwrap();
    Expected::user("POST", "/friends/block")
        .json(json!({"userId": "usr_2"}))
        .on(&server);
    assert_eq!(blocked.status, FriendshipStatus::Blocked);
}
