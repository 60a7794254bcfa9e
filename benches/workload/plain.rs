//! What somebody writes who decodes the answers without the crate: the same fields as the crate's
//! models, unknown ones dropped. `T` is how a time is decoded.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, de};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    id: String,
    username: String,
    display_name: Option<String>,
    avatar_url: Option<String>,
    status: Option<String>,
    steam_id: Option<String>,
    created_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<T> {
    pub(super) messages: Vec<Message<T>>,
    has_more: bool,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message<T> {
    id: String,
    room_id: String,
    user_id: Option<String>,
    username: Option<String>,
    display_name: Option<String>,
    avatar_url: Option<String>,
    content: String,
    created_at: Option<T>,
    edited_at: Option<T>,
    robot_id: Option<String>,
    robot_name: Option<String>,
    robot_avatar_url: Option<String>,
    is_bot: Option<bool>,
    guest_id: Option<String>,
    guest_display_name: Option<String>,
    is_guest: Option<bool>,
    reply_to: Option<Reply>,
    mentions: Option<Vec<Mention>>,
    image: Option<Image>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    id: String,
    user_id: Option<String>,
    username: Option<String>,
    display_name: Option<String>,
    content: String,
    robot_id: Option<String>,
    robot_name: Option<String>,
    is_bot: Option<bool>,
}

#[derive(Deserialize)]
struct Mention {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Image {
    id: String,
    url: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    blurhash: Option<String>,
    content_type: Option<String>,
    variants: Option<BTreeMap<String, Variant>>,
}

#[derive(Deserialize)]
struct Variant {
    url: String,
    width: Option<u32>,
    height: Option<u32>,
    size: Option<u64>,
}

/// A time that is decoded in the fastest way that chrono has.
pub(super) struct Time(DateTime<Utc>);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Time;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Time, E> {
                let time = DateTime::parse_from_rfc3339(text).map_err(E::custom)?;
                Ok(Time(time.to_utc()))
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}
