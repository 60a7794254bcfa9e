//! Whole stories: several people and robots work through the crate's clients
//! on one sandbox, and every step sees what the steps before it left behind.

mod calendar;
mod direct_messages;
mod moderation;
mod onboarding;
mod robots;

use lag_sandbox::Sandbox;

use crate::client::Client;

/// Checks that a call failed with this variant of the error. The call is
/// awaited before: an `.await` in here would stay in the blocking client.
macro_rules! refused {
    ($result:expr, $kind:ident) => {{
        let result = $result;
        assert!(
            matches!(result, Err(lagclient::Error::$kind(_))),
            "not {}: {result:?}",
            stringify!($kind)
        );
    }};
}
use refused;

/// A sandbox that fails the test when a client asks for something that the
/// service does not have.
fn sandbox() -> Sandbox {
    Sandbox::builder().strict().start().unwrap()
}

fn client(sandbox: &Sandbox, token: impl Into<lagclient::Token>) -> Client {
    let builder = Client::builder(token).base_url(sandbox.base_url());
    builder.build().unwrap()
}

/// A client of the user of this name.
fn user(sandbox: &Sandbox, name: &str) -> Client {
    client(sandbox, sandbox.user(name).token())
}
