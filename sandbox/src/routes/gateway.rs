//! The endpoint by which a connection becomes one to the gateway.

use http::Method;
use http::header::{CONNECTION, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};

use super::call::{Answer, Call, Reply};
use super::router::Route;
use crate::world::Failure;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::gateway(Method::GET, "/ws", enter).reading(&["token"])]
}

fn enter(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let lists = |name, wanted: &str| {
        let values = call.headers.get_all(name).iter();
        values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|value| value.trim().eq_ignore_ascii_case(wanted))
    };
    if !(lists(CONNECTION, "upgrade") && lists(UPGRADE, "websocket")) {
        return Err(Failure::new(426, "This endpoint speaks WebSocket only"));
    }
    if !lists(SEC_WEBSOCKET_VERSION, "13") {
        return Err(Failure::new(426, "The version of WebSocket must be 13"));
    }
    let key = call
        .headers
        .get(SEC_WEBSOCKET_KEY)
        .ok_or_else(|| Failure::bad_request("sec-websocket-key is required"))?
        .clone();
    Ok(Reply::Gateway { user, key })
}
