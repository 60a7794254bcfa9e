//! Every body printed in the vendors' documentation decodes, and decodes into
//! what it says: writing the model out again gives the same JSON, but for keys
//! that were null, which are left out.

use std::collections::BTreeSet;

use lagclient::Page;
use lagclient::models::{Room, RoomMessage, SendMessage, ServerMember};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn fixture(name: &str) -> Value {
    let path = format!("{}/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap()
}

/// Without what is null or an empty list, at any depth: both mean "nothing".
fn without_nothing(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| (key, without_nothing(value)))
            .filter(|(_, value)| !value.is_null() && *value != json!([]))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nothing).collect(),
        other => other,
    }
}

fn round_trips<T: DeserializeOwned + Serialize>(name: &str) {
    let printed = fixture(name);
    let model: T =
        serde_json::from_value(printed.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let written = serde_json::to_value(&model).unwrap();
    assert_eq!(without_nothing(written), without_nothing(printed), "{name}");
}

#[test]
fn answers() {
    round_trips::<Vec<ServerMember>>("lag-get-robot-servers-serverid-members-response");
    round_trips::<Vec<Room>>("lag-get-robot-servers-serverid-rooms-response");
    round_trips::<RoomMessage>("lag-post-robot-servers-serverid-rooms-roomid-messages-response");
    round_trips::<RoomMessage>(
        "lag-patch-robot-servers-serverid-rooms-roomid-messages-messageid-response",
    );
    let page: Page<RoomMessage> = serde_json::from_value(fixture(
        "lag-get-robot-servers-serverid-rooms-roomid-messages-response",
    ))
    .unwrap();
    assert_eq!(page.items.len(), 1);
}

#[test]
fn requests() {
    assert_eq!(
        serde_json::to_value(SendMessage::new("Hello from the robot!")).unwrap(),
        fixture("lag-post-robot-servers-serverid-rooms-roomid-messages-request")
    );
}

/// Where each body is tested, so that none is forgotten.
#[test]
fn none_is_forgotten() {
    let tests: String = [".", "suite", "support"]
        .iter()
        .flat_map(|folder| {
            let folder = format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"));
            std::fs::read_dir(folder).unwrap()
        })
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let folder = format!("{}/fixtures", env!("CARGO_MANIFEST_DIR"));
    let forgotten: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|file| file.strip_suffix(".json").map(str::to_owned))
        .filter(|name| !name.starts_with("nolag-") && !name.contains("-events-poll-"))
        .filter(|name| {
            // Requests and answers are also named by their common beginning.
            let stem = name
                .trim_end_matches("-response")
                .trim_end_matches("-request");
            !tests.contains(&format!("\"{name}\"")) && !tests.contains(&format!("\"{stem}\""))
        })
        .collect();
    assert!(forgotten.is_empty(), "{forgotten:#?}");
}
