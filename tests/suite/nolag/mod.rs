//! The clients for NoLag.

mod actors;
mod apps;
mod client;
mod errors;
mod room_actors;
mod rooms;
mod sandbox;
mod scopes;
mod surface;

use serde_json::{Value, json};

/// An app with all that the documentation and the SDKs know of one.
fn app_json() -> Value {
    json!({
        "appId": "app_1", "projectId": "prj_1", "name": "Chat", "slug": "chat",
        "description": "Talk", "blueprintId": "bp_1", "accessMode": "open", "status": "disabled",
        "config": {"autoProvisionRooms": true}, "topics": ["messages", "typing"],
        "topicConfigs": {"messages": {"logging": true}},
        "createdAt": "2024-01-01T00:00:00Z", "updatedAt": "2024-01-02T00:00:00.000Z",
        "deletedAt": null, "region": "eu",
    })
}

fn room_json() -> Value {
    json!({
        "roomId": "room_1", "appId": "app_1", "name": "General", "slug": "general",
        "description": "All", "status": "active", "roomType": "dynamic", "isEnabled": true,
        "isStatic": false, "topics": ["messages"], "metadata": {"maxUsers": 100}, "config": {},
        "createdAt": "2024-01-01T00:00:00Z", "updatedAt": "2024-01-02T00:00:00.000Z", "region": "eu",
    })
}

fn actor_json() -> Value {
    json!({
        "actorTokenId": "act_1", "projectId": "prj_1", "name": "Web", "actorType": "device",
        "description": "A browser", "externalId": "u-7", "metadata": {"platform": "web"},
        "status": "active", "isActive": true, "accessScopeId": "scp_1",
        "expiresAt": "2025-01-01T00:00:00Z", "lastConnectedAt": "2024-02-01T00:00:00Z",
        "createdAt": "2024-01-01T00:00:00Z", "updatedAt": "2024-01-02T00:00:00.000Z", "region": "eu",
    })
}

/// A page as the service numbers it.
fn page_json(items: &[Value], page: u64, page_count: u64) -> Value {
    json!({
        "data": items,
        "pagination": {"total": 7, "page": page, "pageCount": page_count, "hasMore": "?"},
        "extra": true,
    })
}
