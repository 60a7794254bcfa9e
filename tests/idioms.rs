//! Ways to write calls that must compile and work, each as one would write it
//! in a program. No helper of the tests stands between them and the client.
#![cfg(feature = "async")]

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use futures_util::stream::{self, FuturesUnordered, StreamExt, TryStreamExt};
use lag_sandbox::Sandbox;
use lagclient::asynchronous::{Items, RobotEvents, RoomMessages};
use lagclient::models::{Identity, RobotEvent, Room, RoomMessage, Server, User};
use lagclient::{AsyncClient, Error, RequestOptions, Result, ServerId};
use tokio::task::JoinSet;

const SERVER: &str = "srv_dev";
const ROOM: &str = "room_general";

fn connect(sandbox: &Sandbox, token: &str) -> AsyncClient {
    let builder = AsyncClient::builder(token).base_url(sandbox.base_url());
    builder.build().unwrap()
}

fn start() -> (Sandbox, AsyncClient) {
    let sandbox = Sandbox::start().unwrap();
    let client = connect(&sandbox, sandbox.user_token());
    (sandbox, client)
}

async fn ids(client: &AsyncClient) -> Vec<ServerId> {
    client.servers().create("second").await.unwrap();
    client.servers().create("third").await.unwrap();
    let servers = client.servers().list().await.unwrap();
    let ids: Vec<ServerId> = servers.into_iter().map(|server| server.id).collect();
    assert!(ids.len() >= 3, "{ids:?}");
    ids
}

#[tokio::test]
async fn calls_are_joined() {
    let (_sandbox, client) = start();
    let (me, servers) = tokio::join!(client.identity(), client.servers().list());
    assert_eq!(me.unwrap().username.as_deref(), Some("alice"));
    assert!(!servers.unwrap().is_empty());

    let (user, rooms, members) = tokio::try_join!(
        client.users().me(),
        client.servers().rooms().list(SERVER),
        client.servers().members().list(SERVER),
    )
    .unwrap();
    assert_eq!(user.username, "alice");
    assert!(!rooms.is_empty() && !members.is_empty());
}

#[tokio::test]
async fn calls_are_collected_and_joined() {
    let (_sandbox, client) = start();
    let ids = ids(&client).await;
    let got = join_all(ids.iter().map(|id| client.servers().get(id))).await;
    assert!(got.iter().all(Result::is_ok), "{got:?}");
    let all = try_join_all(ids.iter().map(|id| client.servers().rooms().list(id))).await;
    assert_eq!(all.unwrap().len(), ids.len());

    // By name, with what each call was made for.
    let rooms = client.servers().rooms();
    let named = ids.iter().map(|id| async move {
        let rooms = rooms.list(id).await?;
        Ok::<_, Error>((id, rooms))
    });
    let named: BTreeMap<&ServerId, Vec<Room>> =
        try_join_all(named).await.unwrap().into_iter().collect();
    assert_eq!(named.len(), ids.len());
}

#[tokio::test]
async fn calls_are_buffered() {
    let (_sandbox, client) = start();
    let ids = ids(&client).await;
    let owned: Vec<Vec<Room>> = stream::iter(ids.clone())
        .map(|id| client.servers().rooms().list(id))
        .buffer_unordered(4)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(owned.len(), ids.len());
    let mut borrowed = stream::iter(&ids)
        .map(|id| client.servers().rooms().list(id))
        .buffered(2);
    while let Some(rooms) = borrowed.next().await {
        rooms.unwrap();
    }
    drop(borrowed);
    let rooms = client.servers().rooms();
    stream::iter(ids.iter().map(Ok))
        .try_for_each_concurrent(4, |id| async move {
            rooms.create(id, "lobby").await?;
            Ok::<_, Error>(())
        })
        .await
        .unwrap();

    // In a task of its own, too, which must be `Send`.
    let task = tokio::spawn(async move {
        stream::iter(ids)
            .map(|id| client.servers().rooms().list(id))
            .buffer_unordered(4)
            .try_concat()
            .await
    });
    let rooms = task.await.unwrap().unwrap();
    assert!(
        rooms
            .iter()
            .filter(|room| room.name.as_deref() == Some("lobby"))
            .count()
            >= 3
    );
}

#[tokio::test]
async fn a_call_is_kept_and_awaited_later() {
    let (_sandbox, client) = start();
    let call = client.users().me();
    let servers = client.servers();
    let list = servers.list();
    let user: User = call.await.unwrap();
    assert_eq!(user.username, "alice");
    assert!(!list.await.unwrap().is_empty());

    let mut calls: Vec<Pin<Box<dyn Future<Output = Result<()>> + Send>>> = Vec::new();
    calls.push(Box::pin(async {
        client.system().health().await?;
        Ok(())
    }));
    calls.push(Box::pin(client.servers().delete("srv_nowhere")));
    let done = join_all(calls).await;
    assert!(done[0].is_ok() && matches!(done[1], Err(Error::NotFound(_))));
}

#[tokio::test]
async fn calls_are_raced() {
    let (sandbox, client) = start();
    tokio::select! {
        servers = client.servers().list() => assert!(!servers.unwrap().is_empty()),
        () = tokio::time::sleep(Duration::from_secs(30)) => panic!("late"),
    }
    let call = client.servers().rooms().messages().send(SERVER, ROOM, "hi");
    tokio::time::timeout(Duration::from_secs(30), call)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(sandbox.server("dev").room("general").messages().len(), 1);

    let mut calls = FuturesUnordered::new();
    for id in [SERVER, "srv_nowhere"] {
        calls.push(client.servers().get(id));
    }
    let mut found = 0;
    while let Some(server) = calls.next().await {
        found += u32::from(server.is_ok());
    }
    assert_eq!(found, 1);
}

/// Events and calls in one loop.
#[tokio::test]
async fn events_are_awaited_beside_other_things() {
    let sandbox = Sandbox::start().unwrap();
    let client = connect(&sandbox, sandbox.robot_key());
    let room = sandbox.server("dev").room("general");
    let alice = sandbox.user("alice");
    let mut events: RobotEvents = client.robot().events();
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let event: RobotEvent = loop {
        tokio::select! {
            event = events.next_event() => break event.unwrap().unwrap(),
            // What is posted before the listener is connected is lost.
            _ = ticks.tick() => drop(room.post(&alice, "!ping").unwrap()),
        }
    };
    let reply: RoomMessage = client.robot().reply(&event, "pong").await.unwrap();
    assert_eq!(reply.content, "pong");
    let next = events.by_ref().try_next().await.unwrap();
    assert!(next.is_some());
}

/// A program's own type around the client.
#[derive(Clone, Debug)]
struct Bot {
    client: AsyncClient,
    home: ServerId,
}

impl Bot {
    fn messages(&self) -> RoomMessages<'_> {
        self.client.servers().rooms().messages()
    }

    async fn say(&self, room: &str, text: &str) -> Result<RoomMessage> {
        self.messages().send(&self.home, room, text).await
    }

    /// Returns the call itself.
    fn rooms(&self) -> impl Future<Output = Result<Vec<Room>>> {
        self.client.servers().rooms().list(&self.home)
    }

    /// Borrows nothing, so that it can go anywhere.
    fn whoami(&self) -> impl Future<Output = Result<Identity>> + Send + use<> {
        let client = self.client.clone();
        async move { client.identity().await }
    }

    fn history(&self, room: &str) -> Items<RoomMessage> {
        self.messages().iter(&self.home, room).items()
    }
}

#[tokio::test]
async fn a_struct_keeps_a_client() {
    let (_sandbox, client) = start();
    let bot = Arc::new(Bot {
        client,
        home: SERVER.into(),
    });
    let (said, rooms) = tokio::join!(bot.say(ROOM, "hello"), bot.rooms());
    assert_eq!(said.unwrap().content, "hello");
    assert!(!rooms.unwrap().is_empty());
    let me = tokio::spawn(bot.whoami()).await.unwrap().unwrap();
    assert_eq!(me.username.as_deref(), Some("alice"));
    let history = bot.history(ROOM);
    drop(bot);
    let said: Vec<RoomMessage> = history.try_collect().await.unwrap();
    assert_eq!(said.len(), 1);
}

async fn first_room(client: &AsyncClient, server: ServerId) -> Result<Option<Room>> {
    let rooms = client.servers().rooms().list(server).await?;
    Ok(rooms.into_iter().next())
}

fn list(client: &AsyncClient) -> impl Future<Output = Result<Vec<Server>>> + Send + '_ {
    client.servers().list()
}

#[tokio::test]
async fn functions_return_calls() {
    let (_sandbox, client) = start();
    let (room, servers) =
        tokio::try_join!(first_room(&client, SERVER.into()), list(&client)).unwrap();
    assert!(room.is_some() && !servers.is_empty());
}

#[tokio::test]
async fn a_clone_goes_into_a_task() {
    let (sandbox, client) = start();
    let mut tasks = JoinSet::new();
    for n in 0..4 {
        let client = client.clone();
        tasks.spawn(async move {
            let messages = client.servers().rooms().messages();
            messages.send(SERVER, ROOM, n.to_string()).await
        });
    }
    while let Some(sent) = tasks.join_next().await {
        sent.unwrap().unwrap();
    }
    assert_eq!(sandbox.server("dev").room("general").messages().len(), 4);
}

#[tokio::test]
async fn other_options_for_calls_that_are_joined() {
    let (_sandbox, client) = start();
    let hurry = client.with_options(RequestOptions::new().timeout(Duration::from_secs(5)));
    let (fast, usual) = tokio::join!(hurry.servers().list(), client.servers().list());
    assert_eq!(fast.unwrap(), usual.unwrap());
}

#[tokio::test]
async fn items_are_a_stream() {
    let (sandbox, client) = start();
    let room = sandbox.server("dev").room("general");
    let alice = sandbox.user("alice");
    for n in 0..30 {
        room.post(&alice, &n.to_string()).unwrap();
    }
    let messages = client.servers().rooms().messages();
    let newest: Vec<String> = messages
        .iter(SERVER, ROOM)
        .limit(7)
        .items()
        .map_ok(|message| message.content)
        .take(10)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(newest.len(), 10);
    let sizes: Vec<usize> = messages
        .iter(SERVER, ROOM)
        .limit(20)
        .map_ok(|page| page.items.len())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(sizes, [20, 10]);
    // Each message is answered while the next page is on its way.
    let dms = client.clone();
    let edited = messages
        .iter(SERVER, ROOM)
        .items()
        .take(4)
        .map_ok(|message| {
            let messages = dms.servers().rooms().messages();
            messages.edit(SERVER, ROOM, message.id, "seen")
        })
        .try_buffer_unordered(2)
        .try_fold(0, |count, _| async move { Ok(count + 1) })
        .await;
    assert_eq!(edited.unwrap(), 4);
}

#[cfg(feature = "nolag")]
#[tokio::test]
async fn the_other_services_calls_are_joined() {
    use lagclient::nolag::AsyncClient as NoLag;

    let sandbox = Sandbox::start().unwrap();
    let client = NoLag::builder(sandbox.nolag_key())
        .base_url(sandbox.nolag_base_url())
        .build()
        .unwrap();
    let (app, apps) = tokio::join!(client.apps().create("chat"), client.apps().list(()));
    let app = app.unwrap();
    assert!(apps.is_ok());
    let rooms = try_join_all(["one", "two"].map(|name| client.rooms().create(&app.app_id, name)));
    assert_eq!(rooms.await.unwrap().len(), 2);
}

#[cfg(feature = "blocking")]
mod blocking {
    use std::thread;

    use lag_sandbox::Sandbox;
    use lagclient::Client;
    use lagclient::blocking::{RoomMessages, Servers};

    use super::{ROOM, SERVER};

    /// Handles are `Copy`, so threads can have one each.
    #[test]
    fn handles_go_into_threads() {
        let sandbox = Sandbox::start().unwrap();
        let builder = Client::builder(sandbox.user_token());
        let client = builder.base_url(sandbox.base_url()).build().unwrap();
        let messages: RoomMessages<'_> = client.servers().rooms().messages();
        thread::scope(|scope| {
            let sent: Vec<_> = (0..4)
                .map(|n| scope.spawn(move || messages.send(SERVER, ROOM, n.to_string())))
                .collect();
            for sent in sent {
                sent.join().unwrap().unwrap();
            }
        });
        let found: Vec<_> = [SERVER, "srv_nowhere"]
            .into_iter()
            .filter_map(|id| client.servers().get(id).ok())
            .collect();
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn methods_are_passed_as_functions() {
        let sandbox = Sandbox::start().unwrap();
        let builder = Client::builder(sandbox.user_token());
        let client = builder.base_url(sandbox.base_url()).build().unwrap();
        let count = |servers: Servers<'_>| servers.list().map(|list| list.len());
        assert!(count(client.servers()).unwrap() > 0);
        let worker = client.clone();
        let names = thread::spawn(move || worker.servers().list());
        assert!(!names.join().unwrap().unwrap().is_empty());
    }
}
