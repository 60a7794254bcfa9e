//! Members of servers.

use lagclient::models::ServerRole;

use crate::support::{Expected, Server, fixture, robot, user};
use crate::world::{maybe_async, test};

#[maybe_async]
#[test]
async fn list() {
    let body = fixture("lag-get-robot-servers-serverid-members-response");
    let server = Server::json(200, &body);
    let members = robot(&server).servers().members().list("srv_1").await;
    Expected::robot("GET", "/robots/@me/servers/srv_1/members").on(&server);
    let members = members.unwrap();
    assert_eq!(members.len(), 1);
    assert_eq!(members[0].user_id, "usr_456");
    assert_eq!(members[0].username, "alice");
    assert_eq!(members[0].role, Some(ServerRole::Member));
    assert_eq!(members[0].status, None);
    assert_eq!(members[0].joined_at.unwrap().timestamp(), 1_705_057_200);
}

#[maybe_async]
#[test]
async fn list_by_a_user() {
    let server = Server::json(200, &serde_json::json!([]));
    let members = user(&server).servers().members().list("srv/1").await;
    Expected::user("GET", "/servers/srv%2F1/members").on(&server);
    assert!(members.unwrap().is_empty());
}
