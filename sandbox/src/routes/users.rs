//! The calling user, and other users.

use http::Method;
use serde_json::{Value, json};

use crate::routes::call::{Answer, Call, missing, ok, uploads};
use crate::routes::router::{Route, Takes};
use crate::world::users::{STEAM_PROFILES, SteamProfile};
use crate::world::{Failure, User};

/// How many users a search finds at most, as documented.
const SEARCH_LIMIT: usize = 20;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::user(Method::GET, "/users/me", me),
        Route::user(Method::PATCH, "/users/me", update),
        Route::user(Method::POST, "/users/me/setup", setup),
        Route::user(Method::POST, "/users/me/avatar", avatar).taking(Takes::JsonImage),
        Route::user(Method::POST, "/users/me/push-token", add_push_token),
        Route::user(Method::DELETE, "/users/me/push-token", remove_push_token),
        Route::user(Method::POST, "/users/me/request-deletion", request_deletion),
        Route::user(Method::POST, "/users/me/cancel-deletion", cancel_deletion),
        Route::user(Method::GET, "/users/me/steam-lookup", steam_lookup).reading(&["q"]),
        Route::user(Method::POST, "/users/me/steam-avatar", steam_avatar),
        Route::user(Method::GET, "/users/me/steam-activity", steam_activity),
        Route::user(Method::GET, "/users/check-username", check_username).reading(&["username"]),
        Route::user(Method::GET, "/users/search", search).reading(&["q"]),
        Route::user(Method::GET, "/users/{user}", get),
    ]
}

fn me(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    ok(&call.world.user(&user)?.own_view())
}

fn update(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let mut fields = call.fields()?;
    let display_name = fields.optional_filled_text("displayName")?;
    let avatar_url = fields.optional_text("avatarUrl")?;
    let steam_id = fields.nullable_text("steamId")?;
    fields.done()?;
    let user = call.world.user_mut(&user)?;
    if display_name.is_some() {
        user.display_name = display_name;
    }
    if avatar_url.is_some() {
        user.avatar_url = avatar_url;
    }
    if let Some(steam_id) = steam_id {
        user.steam_id = steam_id;
    }
    ok(&user.own_view())
}

fn setup(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let mut fields = call.fields()?;
    let username = fields.filled_text("username")?;
    let display_name = fields.filled_text("displayName")?;
    let avatar_url = fields.optional_text("avatarUrl")?;
    fields.done()?;
    call.world.rename_user(&user, &username)?;
    let user = call.world.user_mut(&user)?;
    user.display_name = Some(display_name);
    if avatar_url.is_some() {
        user.avatar_url = avatar_url;
    }
    ok(&user.own_view())
}

fn avatar(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let image = uploads::from_json(call.fields()?)?;
    let url = call.store_file(image);
    call.world.user_mut(&user)?.avatar_url = Some(url.clone());
    ok(&json!({"avatarUrl": url}))
}

fn add_push_token(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let mut fields = call.fields()?;
    let token = fields.filled_text("token")?;
    let platform = fields.filled_text("platform")?;
    fields.done()?;
    if !["ios", "android"].contains(&platform.as_str()) {
        return Err(Failure::bad_request("platform must be ios or android"));
    }
    let tokens = &mut call.world.user_mut(&user)?.push_tokens;
    tokens.retain(|(known, _)| *known != token);
    tokens.push((token, platform));
    ok(&json!({"ok": true}))
}

fn remove_push_token(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let mut fields = call.fields()?;
    let token = fields.filled_text("token")?;
    fields.done()?;
    let tokens = &mut call.world.user_mut(&user)?.push_tokens;
    tokens.retain(|(known, _)| *known != token);
    ok(&json!({"ok": true}))
}

fn request_deletion(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let now = call.world.now();
    let user = call.world.user_mut(&user)?;
    if user.deletion_requested.is_some() {
        return Err(Failure::conflict("The deletion is requested already"));
    }
    user.deletion_requested = Some(now);
    ok(&user.own_view())
}

fn cancel_deletion(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let user = call.world.user_mut(&user)?;
    if user.deletion_requested.take().is_none() {
        return Err(Failure::conflict("No deletion is requested"));
    }
    ok(&user.own_view())
}

fn steam_lookup(call: &mut Call<'_>) -> Answer {
    let query = required_query(call, "q")?;
    let wanted = query.trim_end_matches('/');
    let wanted = wanted.rsplit('/').next().unwrap_or(wanted);
    let profile = STEAM_PROFILES
        .iter()
        .find(|profile| profile.steam_id == wanted || profile.persona_name == wanted)
        .ok_or_else(|| Failure::not_found("Steam profile"))?;
    ok(&steam_view(profile))
}

fn steam_view(profile: &SteamProfile) -> Value {
    json!({
        "steamId": profile.steam_id,
        "personaName": profile.persona_name,
        "avatarUrl": null,
        "profileUrl": format!("https://steamcommunity.com/profiles/{}", profile.steam_id),
        "gameName": profile.game_name,
    })
}

fn steam_avatar(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let mut fields = call.fields()?;
    let url = fields.filled_text("avatarUrl")?;
    fields.done()?;
    if !url.starts_with("https://") {
        return Err(Failure::bad_request("avatarUrl must be an https URL"));
    }
    call.world.user_mut(&user)?.avatar_url = Some(url.clone());
    ok(&json!({"avatarUrl": url}))
}

fn steam_activity(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let steam_id = call.world.user(&user)?.steam_id.as_deref();
    let game = STEAM_PROFILES
        .iter()
        .find(|profile| Some(profile.steam_id) == steam_id)
        .and_then(|profile| profile.game_name);
    ok(&json!({"gameName": game}))
}

fn check_username(call: &mut Call<'_>) -> Answer {
    let username = required_query(call, "username")?;
    let available = call.world.user_by_name(&username).is_none();
    ok(&json!({"available": available}))
}

fn search(call: &mut Call<'_>) -> Answer {
    let me = call.user()?;
    let wanted = required_query(call, "q")?.to_lowercase();
    let found: Vec<Value> = call
        .world
        .users
        .values()
        .filter(|user| user.id != me && answers_to(user, &wanted))
        .take(SEARCH_LIMIT)
        .map(User::view)
        .collect();
    ok(&found)
}

fn answers_to(user: &User, wanted: &str) -> bool {
    user.username.to_lowercase().contains(wanted)
        || user
            .display_name
            .as_ref()
            .is_some_and(|name| name.to_lowercase().contains(wanted))
}

fn get(call: &mut Call<'_>) -> Answer {
    ok(&call.world.user(call.param("user"))?.view())
}

fn required_query(call: &Call<'_>, name: &str) -> Result<String, Failure> {
    call.query(name)?
        .filter(|value| !value.is_empty())
        .ok_or_else(|| missing(name))
}
