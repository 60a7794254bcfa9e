//! Friends and requests.

use http::Method;
use serde_json::{Value, json};

use crate::routes::call::{Answer, Call, created, nothing, ok};
use crate::routes::router::Route;
use crate::world::friends::{Friendship, FriendshipStatus};
use crate::world::time::iso;
use crate::world::{Failure, User};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::user(Method::GET, "/friends", list),
        Route::user(Method::GET, "/friends/requests", requests),
        Route::user(Method::POST, "/friends/request", request),
        Route::user(Method::POST, "/friends/accept", accept),
        Route::user(Method::POST, "/friends/decline", decline),
        Route::user(Method::POST, "/friends/block", block),
        Route::user(Method::DELETE, "/friends/{friendship}", remove),
    ]
}

fn list(call: &mut Call<'_>) -> Answer {
    let me = call.user()?;
    let friends: Vec<Value> = of_status(call, &me, FriendshipStatus::Accepted)
        .map(|friendship| {
            let other = friendship.other(&me);
            json!({
                "id": &**other,
                "user": call.world.users.get(other).map(User::view),
                "friendshipId": &*friendship.id,
                "since": iso(friendship.updated),
            })
        })
        .collect();
    ok(&friends)
}

fn requests(call: &mut Call<'_>) -> Answer {
    let me = call.user()?;
    let mut incoming = Vec::new();
    let mut outgoing = Vec::new();
    for friendship in of_status(call, &me, FriendshipStatus::Pending) {
        let other = call.world.users.get(friendship.other(&me)).map(User::view);
        let (key, list) = if friendship.requester == me {
            ("to", &mut outgoing)
        } else {
            ("from", &mut incoming)
        };
        let mut view = friendship.view();
        if let Some(view) = view.as_object_mut() {
            view.insert(key.to_owned(), other.into());
        }
        list.push(view);
    }
    ok(&json!({"incoming": incoming, "outgoing": outgoing}))
}

fn of_status<'a>(
    call: &'a Call<'_>,
    me: &'a str,
    status: FriendshipStatus,
) -> impl Iterator<Item = &'a Friendship> {
    call.world
        .friendships
        .values()
        .filter(move |friendship| friendship.involves(me) && friendship.status == status)
}

fn request(call: &mut Call<'_>) -> Answer {
    let me = call.user()?;
    let mut fields = call.fields()?;
    let username = fields.filled_text("username")?;
    fields.done()?;
    let other = call
        .world
        .user_by_name(&username)
        .ok_or_else(|| Failure::not_found("User"))?
        .id
        .clone();
    if other == me {
        return Err(Failure::impossible("You cannot befriend yourself"));
    }
    match call.world.friendship(&me, &other).map(|known| known.status) {
        None => {}
        Some(FriendshipStatus::Pending) => {
            return Err(Failure::conflict("There is a request already"));
        }
        Some(FriendshipStatus::Accepted) => {
            return Err(Failure::conflict("You are friends already"));
        }
        Some(FriendshipStatus::Blocked) => {
            return Err(Failure::forbidden("One of you has blocked the other"));
        }
    }
    let id = call
        .world
        .add_friendship(&me, &other, FriendshipStatus::Pending);
    created(&call.world.own_friendship(&id, &me)?.view())
}

/// The id of a friend request, from the body. It must be a request that waits
/// for the caller's answer.
fn named_request(call: &Call<'_>) -> Result<String, Failure> {
    let me = call.user()?;
    let mut fields = call.fields()?;
    let id = fields.filled_text("requestId")?;
    fields.done()?;
    call.world.incoming_request(&id, &me)?;
    Ok(id)
}

fn accept(call: &mut Call<'_>) -> Answer {
    let me = call.user()?;
    let id = named_request(call)?;
    call.world.accept_friend(&id);
    ok(&call.world.own_friendship(&id, &me)?.view())
}

fn decline(call: &mut Call<'_>) -> Answer {
    let me = call.user()?;
    let id = named_request(call)?;
    call.world.end_friendship(&id, &me);
    nothing()
}

fn remove(call: &mut Call<'_>) -> Answer {
    let me = call.user()?;
    let friendship = call.world.own_friendship(call.param("friendship"), &me)?;
    if friendship.status == FriendshipStatus::Blocked && friendship.requester != me {
        return Err(Failure::not_found("Friendship"));
    }
    let id = friendship.id.clone();
    call.world.end_friendship(&id, &me);
    nothing()
}

fn block(call: &mut Call<'_>) -> Answer {
    let me = call.user()?;
    let mut fields = call.fields()?;
    let other = fields.filled_text("userId")?;
    fields.done()?;
    let other = call.world.user(&other)?.id.clone();
    if other == me {
        return Err(Failure::impossible("You cannot block yourself"));
    }
    if let Some(known) = call.world.friendship(&me, &other) {
        if known.status == FriendshipStatus::Blocked {
            return Err(Failure::conflict("One of you has blocked the other"));
        }
        let id = known.id.clone();
        call.world.end_friendship(&id, &me);
    }
    let id = call
        .world
        .add_friendship(&me, &other, FriendshipStatus::Blocked);
    ok(&call.world.own_friendship(&id, &me)?.view())
}
