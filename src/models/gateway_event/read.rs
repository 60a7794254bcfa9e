//! Reading an event out of the text of a frame.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::{self, Deserialize, DeserializeOwned, Deserializer, IgnoredAny, MapAccess};
use serde_json::Value;

use super::{GatewayEvent, GatewayEventData, GatewayEventOrigin, GatewayEventType};
use crate::models::{DmMessage, Extra, RoomMessage};

/// Reads the text of a frame. Messages are most of what comes, so that where
/// they look as expected they are read in one go.
pub(super) fn event(text: &str) -> GatewayEvent {
    let kind = kind(text).unwrap_or_default();
    let kind = match kind {
        Cow::Borrowed(kind) => GatewayEventType::from(kind),
        Cow::Owned(kind) => GatewayEventType::from(kind),
    };
    let quick = match kind {
        GatewayEventType::RoomMessage => nested::<RoomMessage>(text),
        GatewayEventType::DirectMessage => nested::<DmMessage>(text),
        _ => None,
    };
    GatewayEvent {
        data: quick.unwrap_or_else(|| thorough(&kind, text)),
        kind,
        origin: GatewayEventOrigin::Live,
        raw: text.into(),
    }
}

/// The type that a frame tells. It is not searched for where it comes first.
fn kind(text: &str) -> Option<Cow<'_, str>> {
    let first = text.strip_prefix(r#"{"type":""#);
    if let Some((kind, _)) = first.and_then(|rest| rest.split_once('"'))
        && !kind.contains('\\')
    {
        return Some(Cow::Borrowed(kind));
    }
    let Head { kind } = serde_json::from_str(text).ok()?;
    Some(Cow::Owned(kind))
}

#[derive(serde::Deserialize)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
}

/// A model of a message that can be sent.
trait Message: DeserializeOwned {
    /// The key of the place that it is in.
    const PLACE: &'static str;

    fn extra(&mut self) -> &mut Extra;

    fn data(self) -> GatewayEventData;
}

impl Message for RoomMessage {
    const PLACE: &'static str = "roomId";

    fn extra(&mut self) -> &mut Extra {
        &mut self.extra
    }

    fn data(self) -> GatewayEventData {
        GatewayEventData::RoomMessage(Box::new(self))
    }
}

impl Message for DmMessage {
    const PLACE: &'static str = "conversationId";

    fn extra(&mut self) -> &mut Extra {
        &mut self.extra
    }

    fn data(self) -> GatewayEventData {
        GatewayEventData::DirectMessage(Box::new(self))
    }
}

/// A whole message under `message`.
fn nested<T: Message>(text: &str) -> Option<GatewayEventData> {
    // Most other frames are flat, and not worth a try that cannot succeed.
    if !text.contains(r#""message""#) {
        return None;
    }
    let Nested { message, beside } = serde_json::from_str::<Nested<T>>(text).ok()?;
    let mut message = message?;
    for (key, value) in beside {
        message.extra().entry(key).or_insert(value);
    }
    Some(message.data())
}

struct Nested<T> {
    message: Option<T>,
    /// What stands beside the message.
    beside: Extra,
}

impl<'de, T: Message> Deserialize<'de> for Nested<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NestedVisitor(PhantomData))
    }
}

struct NestedVisitor<T>(PhantomData<T>);

impl<'de, T: Message> de::Visitor<'de> for NestedVisitor<T> {
    type Value = Nested<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut nested = Nested {
            message: None,
            beside: Extra::new(),
        };
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match &*key {
                "type" => {
                    map.next_value::<IgnoredAny>()?;
                }
                "message" => nested.message = Some(map.next_value()?),
                // The place that the message itself names as well.
                key if key == T::PLACE => {
                    map.next_value::<IgnoredAny>()?;
                }
                _ => {
                    nested.beside.insert(key.into_owned(), map.next_value()?);
                }
            }
        }
        Ok(nested)
    }
}

/// By way of a tree of JSON, which allows for other shapes.
fn thorough(kind: &GatewayEventType, text: &str) -> GatewayEventData {
    let mut fields = match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => fields,
        Ok(other) => return GatewayEventData::Other(other),
        Err(_) => return GatewayEventData::Other(Value::from(text)),
    };
    let type_field = fields.remove("type");
    let data = match kind {
        GatewayEventType::RoomMessage => message::<RoomMessage>(fields),
        GatewayEventType::DirectMessage => message::<DmMessage>(fields),
        _ => GatewayEventData::of_fields(kind, flattened(kind, fields)),
    };
    data.unwrap_or_else(|mut fields| {
        fields.extend(type_field.map(|kind| ("type".to_owned(), kind)));
        GatewayEventData::Other(Value::Object(fields))
    })
}

/// What is told of a message, whether it stands under `message` or flat.
fn message<T: Message>(fields: Extra) -> Result<GatewayEventData, Extra> {
    let mut flat = inner(&fields, "message").unwrap_or_else(|| fields.clone());
    if !flat.contains_key("id") {
        let id = flat.remove("messageId").unwrap_or_else(|| Value::from(""));
        flat.insert("id".to_owned(), id);
    }
    match T::deserialize(Value::Object(flat)) {
        Ok(message) => Ok(message.data()),
        Err(_) => Err(fields),
    }
}

/// Changes of messages may tell them under `message`, as new messages do.
fn flattened(kind: &GatewayEventType, fields: Extra) -> Extra {
    use GatewayEventType::{
        DirectMessageDeleted, DirectMessageEdited, RoomMessageDeleted, RoomMessageEdited,
    };

    let changes_message = matches!(
        kind,
        DirectMessageDeleted | DirectMessageEdited | RoomMessageDeleted | RoomMessageEdited
    );
    let inner = changes_message.then(|| inner(&fields, "message")).flatten();
    inner.unwrap_or(fields)
}

/// An object under `key`, together with what stands beside it.
fn inner(fields: &Extra, key: &str) -> Option<Extra> {
    let mut inner = fields.get(key)?.as_object()?.clone();
    for (beside, value) in fields {
        if beside != key && !inner.contains_key(beside) {
            inner.insert(beside.clone(), value.clone());
        }
    }
    Some(inner)
}

/// The frame of a message.
pub(super) fn frame(kind: &GatewayEventType, message: &impl Serialize) -> Box<str> {
    #[derive(Serialize)]
    struct Frame<'a, T> {
        #[serde(rename = "type")]
        kind: &'a GatewayEventType,
        message: &'a T,
    }

    // What was read from JSON can be written as JSON.
    let json = serde_json::to_string(&Frame { kind, message });
    json.unwrap_or_default().into()
}
