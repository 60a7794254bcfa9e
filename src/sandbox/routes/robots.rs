//! What a robot asks about itself.

use http::Method;

use crate::sandbox::call::Call;
use crate::sandbox::failure::Failure;
use crate::sandbox::reply::{Answer, ok};
use crate::sandbox::router::Route;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::robot(Method::GET, "/robots/@me/info", info)]
}

fn info(call: &mut Call<'_>) -> Answer {
    let robot = call.robot()?;
    match call.world.robots.get(&robot) {
        Some(robot) => ok(&robot.info()),
        None => Err(Failure::not_found("Robot")),
    }
}
