//! Roles of servers.

use lagclient::Error;
use lagclient::models::{CreateRole, Permissions, ServerRole, UpdateRole};
use serde_json::{Value, json};

use crate::client::{maybe_async, test};
use crate::support::{Expected, Server, robot, user};

fn role() -> Value {
    json!({
        "id": "role_1", "serverId": "srv_1", "name": "Moderators", "color": "#ff8800",
        "permissions": 96, "sortOrder": 2, "isDefault": false,
        "createdAt": "2024-01-15T10:00:00.000Z", "hoist": true,
    })
}

#[maybe_async]
#[test]
async fn list() {
    let minimal = json!({"id": "role_2", "name": "Everyone", "permissions": 66560, "color": null});
    let server = Server::json(200, &json!([role(), minimal]));
    let roles = user(&server).servers().roles().list("srv_1").await.unwrap();
    Expected::user("GET", "/servers/srv_1/roles").on(&server);
    assert_eq!(roles.len(), 2);
    assert_eq!(roles[0].id, "role_1");
    assert_eq!(roles[0].server_id.as_ref().unwrap(), "srv_1");
    assert_eq!(roles[0].name, "Moderators");
    assert_eq!(roles[0].color.as_deref(), Some("#ff8800"));
    let permissions = Permissions::KICK_MEMBERS | Permissions::BAN_MEMBERS;
    assert_eq!(roles[0].permissions, permissions);
    assert_eq!(roles[0].sort_order, Some(2));
    assert!(!roles[0].is_default);
    assert_eq!(roles[0].extra["hoist"], true);
    assert_eq!(roles[1].color, None);
    assert!(roles[1].permissions.contains(Permissions::CREATE_INVITES));
    assert_eq!(roles[1].permissions.unknown().bits(), 1 << 16);
}

#[maybe_async]
#[test]
async fn list_of_nothing_by_a_robot() {
    let server = Server::json(200, &json!([]));
    let roles = robot(&server).servers().roles().list("srv_1").await;
    Expected::robot("GET", "/robots/@me/servers/srv_1/roles").on(&server);
    assert!(roles.unwrap().is_empty());
}

#[maybe_async]
#[test]
async fn create() {
    let server = Server::json(201, &role());
    let client = user(&server);
    let new = (
        "Moderators",
        Permissions::KICK_MEMBERS | Permissions::BAN_MEMBERS,
    );
    let created = client.servers().roles().create("srv_1", new).await.unwrap();
    Expected::user("POST", "/servers/srv_1/roles")
        .json(json!({"name": "Moderators", "permissions": 96}))
        .on(&server);
    assert_eq!(created.id, "role_1");
}

#[maybe_async]
#[test]
async fn create_with_everything() {
    let server = Server::json(201, &role());
    let client = user(&server);
    let new = CreateRole::new("Moderators", Permissions::NONE).color("#ff8800");
    client.servers().roles().create("srv_1", new).await.unwrap();
    Expected::user("POST", "/servers/srv_1/roles")
        .json(json!({"name": "Moderators", "permissions": 0, "color": "#ff8800"}))
        .on(&server);
}

#[maybe_async]
#[test]
async fn create_without_permission() {
    let server = Server::status(403);
    let client = user(&server);
    let new = ("Moderators", Permissions::ALL);
    let created = client.servers().roles().create("srv_1", new).await;
    assert!(matches!(created, Err(Error::Permission(_))));
}

#[maybe_async]
#[test]
async fn update() {
    // A bit that this version does not know survives a change of another.
    let permissions = Permissions::from_bits_retain(1 << 16) | Permissions::MANAGE_ROOMS;
    for (changes, body) in [
        (UpdateRole::new(), json!({})),
        (UpdateRole::new().name("Mods"), json!({"name": "Mods"})),
        (
            UpdateRole::new()
                .name("Mods")
                .color("#000000")
                .permissions(permissions)
                .sort_order(-1),
            json!({"name": "Mods", "color": "#000000", "permissions": 65540, "sortOrder": -1}),
        ),
    ] {
        let server = Server::json(200, &role());
        let client = user(&server);
        let roles = client.servers().roles();
        let updated = roles.update("srv_1", "role_1", changes).await.unwrap();
        Expected::user("PATCH", "/servers/srv_1/roles/role_1")
            .json(body)
            .on(&server);
        assert_eq!(updated.id, "role_1");
    }
}

#[maybe_async]
#[test]
async fn assign_to_member() {
    for (answer, name, role) in [
        (
            json!({"userId": "usr_2", "roleId": "role_1", "roleName": "Moderators", "role": "admin"}),
            Some("Moderators"),
            Some(ServerRole::Admin),
        ),
        (
            json!({"userId": "usr_2", "roleId": "role_1", "roleName": null}),
            None,
            None,
        ),
    ] {
        let server = Server::json(200, &answer);
        let client = user(&server);
        let roles = client.servers().roles();
        let assigned = roles.assign_to_member("srv/1", "usr 2", "role_1").await;
        Expected::user("PUT", "/servers/srv%2F1/members/usr%202/role")
            .json(json!({"roleId": "role_1"}))
            .on(&server);
        let assigned = assigned.unwrap();
        assert_eq!(assigned.user_id, "usr_2");
        assert_eq!(assigned.role_id, "role_1");
        assert_eq!(assigned.role_name.as_deref(), name);
        assert_eq!(assigned.role, role);
    }
}
