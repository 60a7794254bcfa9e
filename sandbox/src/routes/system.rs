//! What the service tells about itself: health, version and so on.

use http::Method;
use serde_json::json;

use crate::routes::call::{Answer, Call, ok};
use crate::routes::router::Route;
use crate::world::time::iso;

const VERSION: &str = concat!("sandbox-", env!("CARGO_PKG_VERSION"));

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::public(Method::GET, "/health", health),
        Route::public(Method::GET, "/version", version),
        Route::public(Method::GET, "/system-status", status),
        Route::public(Method::GET, "/config", config),
    ]
}

fn health(call: &mut Call<'_>) -> Answer {
    ok(&json!({
        "status": "ok",
        "version": VERSION,
        "timestamp": iso(call.world.now()),
    }))
}

fn version(_: &mut Call<'_>) -> Answer {
    ok(&json!({"version": VERSION}))
}

fn status(_: &mut Call<'_>) -> Answer {
    ok(&json!({"upgrading": false, "outage": false, "waitlist": false}))
}

fn config(_: &mut Call<'_>) -> Answer {
    ok(&json!({
        "features": {
            "events": {"enabled": true},
            "robots": {"enabled": true, "beta": true},
        }
    }))
}
