//! Whole stories: several people and robots work through the crate's clients
//! on one sandbox, and every step sees what the steps before it left behind.

mod calendar;
mod direct_messages;
#[cfg(feature = "gateway")]
mod gateway;
mod moderation;
mod onboarding;
mod robots;

use lag_sandbox::{RoomHandle, Sandbox, ServerHandle};

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

/// A client of the user of this name, who need not be there yet.
fn user(sandbox: &Sandbox, name: &str) -> Client {
    let mut users = sandbox.users().into_iter();
    let known = users.find(|user| user.username() == name);
    let user = known.unwrap_or_else(|| sandbox.add_user(name));
    client(sandbox, user.token())
}

/// Who and what most stories are about: Alice owns the server `dev` with the
/// room `general`, Bob is a member of it, Carol is not.
struct Cast {
    sandbox: Sandbox,
    alice: Client,
    bob: Client,
    carol: Client,
    alice_id: String,
    bob_id: String,
    carol_id: String,
    server: ServerHandle,
    room: RoomHandle,
}

fn cast() -> Cast {
    let sandbox = sandbox();
    let carol = user(&sandbox, "carol");
    let id = |name| sandbox.user(name).id().to_owned();
    let server = sandbox.server("dev");
    Cast {
        alice: user(&sandbox, "alice"),
        bob: user(&sandbox, "bob"),
        carol,
        alice_id: id("alice"),
        bob_id: id("bob"),
        carol_id: id("carol"),
        room: server.room("general"),
        server,
        sandbox,
    }
}
