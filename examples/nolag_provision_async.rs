//! Sets up a chat on NoLag: an app, its rooms, and an actor who may use them;
//! then prints what a WebSocket client needs to take part. Async.
//!
//! With `NOLAG_API_KEY` set it talks to the real service, or to what
//! `NOLAG_API_BASE` names, and leaves there what it made; else to a sandbox of
//! its own:
//!
//! ```text
//! cargo run --example nolag_provision_async --features async,nolag
//! ```

use lag_sandbox::Sandbox;
use lagclient::Error;
use lagclient::nolag::models::{
    AccessMode, Actor, ActorType, App, CreateActor, CreateApp, CreateRoom, GrantActor, ListApps,
    Permission, Room,
};
use lagclient::nolag::{AsyncClient, Topic};
use serde_json::json;

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

const SLUG: &str = "my-chat-app";
const ROOMS: [(&str, &str); 2] = [("General", "general"), ("Support", "support")];
const TOPICS: [&str; 2] = ["messages", "typing"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    if std::env::var("NOLAG_API_KEY").is_ok_and(|key| !key.is_empty()) {
        return provision(&AsyncClient::from_env()?).await;
    }
    let sandbox = Sandbox::start()?;
    let url = sandbox.nolag_base_url();
    println!("No key set: using a sandbox on {url}");
    let client = AsyncClient::builder(sandbox.nolag_key())
        .base_url(url)
        .build()?;
    provision(&client).await?;
    println!("\nOnce more, where everything is there already:");
    provision(&client).await
}

async fn provision(client: &AsyncClient) -> Result<()> {
    let app = app(client).await?;
    println!("App {}: {}", app.app_id, app.name);

    let mut rooms = Vec::new();
    for (name, slug) in ROOMS {
        let new = CreateRoom::new(name).slug(slug).topics(TOPICS);
        let room = client.rooms().ensure(&app.app_id, new).await?;
        println!("Room {}: {}", room.room_id, room.name);
        rooms.push(room);
    }

    let new =
        CreateActor::new("Web Client", ActorType::Device).metadata(json!({"platform": "web"}));
    let actor = client.actors().create(new).await?;
    println!("Actor {}: {}", actor.actor_token_id, actor.name);
    for room in &rooms {
        let grant = GrantActor::new(&actor.actor_token_id, Permission::PubSub);
        let access = client
            .rooms()
            .grant_actor(&app.app_id, &room.room_id, grant)
            .await?;
        println!("Granted {} in {}", access.permission, room.name);
    }
    print_setup(&app, &rooms, &actor)
}

/// The app with our slug; a new one if there is none.
async fn app(client: &AsyncClient) -> Result<App> {
    let mut apps = client.apps().iter(ListApps::new().limit(100)).items();
    while let Some(app) = apps.next_item().await {
        let app = app?;
        if app.slug.as_deref() == Some(SLUG) {
            return Ok(app);
        }
    }
    let new = CreateApp::new("My Chat App")
        .slug(SLUG)
        .access_mode(AccessMode::Restricted)
        .topics(TOPICS)
        .config(json!({"autoProvisionRooms": true}));
    match client.apps().create(new).await {
        Ok(app) => Ok(app),
        Err(Error::Conflict(conflict)) => {
            Err(format!("somebody made the app in the meantime: {conflict}").into())
        }
        Err(error) => Err(error.into()),
    }
}

fn print_setup(app: &App, rooms: &[Room], actor: &Actor) -> Result<()> {
    let token = actor.access_token.as_ref().ok_or("no access token came")?;
    println!("A WebSocket client needs:");
    // The one place where the token is asked for. It is not shown again.
    println!("  access token  {}", token.expose());
    for room in rooms {
        for topic in room.topics.iter().flatten() {
            let app = app.slug.as_deref().unwrap_or(SLUG);
            let topic = Topic::new(app, room.slug.as_deref().unwrap_or_default(), topic)?;
            println!("  topic         {topic}");
        }
    }
    Ok(())
}
