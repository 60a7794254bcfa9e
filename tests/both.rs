//! Both clients in one program, and one client in many threads.
#![cfg(all(feature = "blocking", feature = "async"))]

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use lag_sandbox::Sandbox;
use lagclient::{AsyncClient, Client, ListMessages, RateLimit, SharedRateLimit};

fn blocking(sandbox: &Sandbox) -> Client {
    let builder = Client::builder(sandbox.user_token());
    builder.base_url(sandbox.base_url()).build().unwrap()
}

fn asynchronous(sandbox: &Sandbox) -> AsyncClient {
    let builder = AsyncClient::builder(sandbox.user_token());
    builder.base_url(sandbox.base_url()).build().unwrap()
}

/// What a blocking client on top of an async one could not do.
#[tokio::test]
async fn the_blocking_client_works_inside_a_runtime() {
    let sandbox = Sandbox::start().unwrap();
    let me = blocking(&sandbox).identity().unwrap();
    assert_eq!(me.username.as_deref(), Some("alice"));
}

#[tokio::test]
async fn both_see_the_same() {
    let sandbox = Sandbox::start().unwrap();
    let servers = blocking(&sandbox).servers().list().unwrap();
    let same = asynchronous(&sandbox).servers().list().await.unwrap();
    assert!(!servers.is_empty());
    assert_eq!(servers, same);
}

#[test]
fn one_client_in_many_threads() {
    let sandbox = Sandbox::start().unwrap();
    let client = blocking(&sandbox);
    let server = client.servers().list().unwrap().remove(0);
    let room = client.servers().rooms().list(&server.id).unwrap().remove(0);
    thread::scope(|scope| {
        for worker in 0..8 {
            let (client, server, room) = (&client, &server.id, &room.id);
            scope.spawn(move || {
                for n in 0..10 {
                    let text = format!("{worker}-{n}");
                    let messages = client.servers().rooms().messages();
                    messages.send(server, room, text).unwrap();
                }
            });
        }
    });
    let messages = client.servers().rooms().messages();
    let all: BTreeSet<String> = messages
        .iter(&server.id, &room.id)
        .limit(7)
        .items()
        .map(|message| message.unwrap().content)
        .collect();
    assert_eq!(all.len(), 80);
    let page = messages.list(&server.id, &room.id, ListMessages::new().limit(100));
    assert_eq!(page.unwrap().items.len(), 80);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_client_in_many_tasks() {
    let sandbox = Sandbox::start().unwrap();
    let client = asynchronous(&sandbox);
    let server = client.servers().list().await.unwrap().remove(0);
    let rooms = client.servers().rooms().list(&server.id).await.unwrap();
    let room = &rooms[0].id;
    let tasks: Vec<_> = (0..40)
        .map(|n| {
            let (client, server, room) = (client.clone(), server.id.clone(), room.clone());
            tokio::spawn(async move {
                let messages = client.servers().rooms().messages();
                messages.send(&server, &room, n.to_string()).await
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let messages = client.servers().rooms().messages();
    let mut items = messages.iter(&server.id, room).limit(7).items();
    let mut all = BTreeSet::new();
    while let Some(message) = items.next_item().await {
        all.insert(message.unwrap().content);
    }
    assert_eq!(all.len(), 40);
}

/// A limit of one key for both clients.
#[tokio::test]
async fn both_keep_one_limit() {
    let sandbox = Sandbox::start().unwrap();
    let period = Duration::from_millis(300);
    let limit = SharedRateLimit::new(RateLimit::none().requests(3, period));
    let url = sandbox.base_url();
    let blocking = Client::builder(sandbox.robot_key()).base_url(url);
    let blocking = blocking.shared_rate_limit(&limit).build().unwrap();
    let asynchronous = AsyncClient::builder(sandbox.robot_key()).base_url(url);
    let asynchronous = asynchronous.shared_rate_limit(&limit).build().unwrap();
    let started = Instant::now();
    blocking.identity().unwrap();
    asynchronous.identity().await.unwrap();
    blocking.identity().unwrap();
    assert!(started.elapsed() < period, "{:?}", started.elapsed());
    asynchronous.identity().await.unwrap();
    assert!(started.elapsed() >= period, "{:?}", started.elapsed());
}
