//! Roles and who has them.

use http::Method;
use serde_json::Value;

use crate::routes::call::{Answer, Call, created, missing, nothing, ok};
use crate::routes::router::Route;
use crate::world::members::Role;
use crate::world::{Failure, permissions};

const ROLE: &str = "/servers/{server}/roles/{role}";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::user(Method::GET, "/servers/{server}/roles", list),
        Route::user(Method::POST, "/servers/{server}/roles", create),
        Route::user(Method::PATCH, ROLE, update),
        Route::user(Method::DELETE, ROLE, delete),
        Route::user(Method::PUT, "/servers/{server}/members/{user}/role", assign),
    ]
}

fn list(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let server = call.world.server_of(call.param("server"), &user)?;
    let mut roles: Vec<&Role> = server.roles.values().collect();
    roles.sort_by_key(|role| role.sort_order);
    let roles: Vec<Value> = roles.into_iter().map(|role| role.view(server)).collect();
    ok(&roles)
}

fn create(call: &mut Call<'_>) -> Answer {
    let (_, server) = call.manage(permissions::MANAGE_ROLES)?;
    let mut fields = call.fields()?;
    let name = fields.filled_text("name")?;
    let permissions = fields
        .optional_integer("permissions", 0..=u64::MAX)?
        .ok_or_else(|| missing("permissions"))?;
    let color = fields.optional_text("color")?;
    fields.done()?;
    let created_at = call.world.now();
    let id = call.world.new_id("role");
    let row = call.world.server_mut(&server)?;
    if row.roles.values().any(|role| role.name == name) {
        return Err(Failure::conflict("There is a role of this name"));
    }
    let sort_order = row.roles.values().map(|role| role.sort_order).max();
    row.roles.insert(
        id.clone(),
        Role {
            id: id.clone(),
            name,
            color,
            permissions,
            is_default: false,
            sort_order: sort_order.map_or(0, |highest| highest.saturating_add(1)),
            created: created_at,
        },
    );
    created(&row.role(&id)?.view(row))
}

fn update(call: &mut Call<'_>) -> Answer {
    let (_, server) = call.manage(permissions::MANAGE_ROLES)?;
    let id = call.param("role").to_owned();
    call.world.server(&server)?.role(&id)?;
    let mut fields = call.fields()?;
    let name = fields.optional_filled_text("name")?;
    let color = fields.optional_text("color")?;
    let permissions = fields.optional_integer("permissions", 0..=u64::MAX)?;
    let sort_order = fields.optional_integer("sortOrder", 0..=1_000_000)?;
    fields.done()?;
    let row = call.world.server_mut(&server)?;
    if permissions.is_some() && row.role(&id)?.is_default {
        return Err(Failure::impossible(
            "The permissions of a default role cannot be changed",
        ));
    }
    let name_taken = name.as_ref().is_some_and(|name| {
        row.roles
            .values()
            .any(|role| role.name == *name && *role.id != *id)
    });
    if name_taken {
        return Err(Failure::conflict("There is a role of this name"));
    }
    let role = row
        .roles
        .get_mut(&id)
        .ok_or_else(|| Failure::not_found("Role"))?;
    if let Some(name) = name {
        role.name = name;
    }
    if color.is_some() {
        role.color = color;
    }
    if let Some(permissions) = permissions {
        role.permissions = permissions;
    }
    if let Some(sort_order) = sort_order.and_then(|order| i64::try_from(order).ok()) {
        role.sort_order = sort_order;
    }
    ok(&row.role(&id)?.view(row))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let (_, server) = call.manage(permissions::MANAGE_ROLES)?;
    let role = call.param("role").to_owned();
    call.world.remove_role(&server, &role)?;
    nothing()
}

fn assign(call: &mut Call<'_>) -> Answer {
    let (_, server) = call.manage(permissions::MANAGE_ROLES)?;
    let user = call.param("user").to_owned();
    call.world.server(&server)?.member(&user)?;
    let mut fields = call.fields()?;
    let role = fields.filled_text("roleId")?;
    fields.done()?;
    ok(&call.world.assign_role(&server, &user, &role)?)
}
