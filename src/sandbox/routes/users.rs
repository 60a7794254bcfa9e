//! The user itself and other users.

use http::Method;

use crate::sandbox::call::Call;
use crate::sandbox::reply::{Answer, ok};
use crate::sandbox::router::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::user(Method::GET, "/users/me", me)]
}

fn me(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    ok(&call.world.user(&user)?.own_view())
}
