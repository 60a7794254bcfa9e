//! Reading an event from the text of a WebSocket frame.

use memchr::memmem;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{GatewayEvent, GatewayEventData, GatewayEventOrigin, GatewayEventType};
use crate::ids::MessageId;
use crate::models::event_data::FromFields;
use crate::models::{DmMessage, Extra, RoomMessage};

/// Reads the text of a frame. Most events are messages. So a message in the
/// usual form is decoded directly into its model; everything else is decoded
/// into a tree of JSON first.
pub(super) fn event(text: &str) -> GatewayEvent {
    let (kind, data) = match split(text) {
        Some((kind, rest)) => {
            let kind = GatewayEventType::from(kind);
            let quick = match kind {
                GatewayEventType::RoomMessage => quick::<RoomMessage>(rest),
                GatewayEventType::DirectMessage => quick::<DmMessage>(rest),
                _ => None,
            };
            (kind, quick)
        }
        None => {
            let head = serde_json::from_str(text);
            let Head { kind } = head.unwrap_or_default();
            (GatewayEventType::from(kind), None)
        }
    };
    GatewayEvent {
        data: data.unwrap_or_else(|| thorough(&kind, text)),
        kind,
        origin: GatewayEventOrigin::Live,
        raw: text.into(),
    }
}

/// Splits a frame that begins with its type into the type and the rest. `None`
/// if the type does not come first.
fn split(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix(r#"{"type":""#)?;
    let end = memchr::memchr2(b'"', b'\\', text.as_bytes())?;
    let (kind, rest) = text.split_at(end);
    // A type with an escape is left to the JSON decoder.
    Some((kind, rest.strip_prefix('"')?))
}

/// Decodes a message directly from what follows the type. `None` if it does not
/// have the usual form.
fn quick<T: Message>(rest: &str) -> Option<GatewayEventData> {
    let message = nested::<T>(rest).or_else(|| flat(rest))?;
    Some(T::data(message))
}

/// Decodes a whole message under the key `message`.
fn nested<T: Message>(rest: &str) -> Option<Box<T>> {
    // This cannot be inside a string, where the quotation marks would be
    // escaped.
    const KEY: &str = r#","message":"#;

    // The key is nearly always at the beginning.
    let at = if rest.starts_with(KEY) {
        0
    } else {
        memmem::find(rest.as_bytes(), KEY.as_bytes())?
    };
    let (before, rest) = rest.split_at(at);
    let rest = &rest[KEY.len()..];
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Box<T>>();
    let mut message = values.next()?.ok()?;
    let behind = rest.get(values.byte_offset()..)?;
    if before.is_empty() && behind.trim_ascii() == "}" {
        return Some(message);
    }
    // Keys beside the message are kept in its `extra`, except for the id of the
    // room or conversation, which the message itself contains as well.
    let beside = [before, behind].concat();
    let beside = ["{", beside.trim_ascii().strip_prefix(',')?].concat();
    let mut beside: Extra = serde_json::from_str(&beside).ok()?;
    beside.remove(T::PLACE);
    if has_fields::<T>(&beside) {
        return None;
    }
    for (key, value) in beside {
        message.extra().entry(key).or_insert(value);
    }
    Some(message)
}

/// Whether the model of a message has a field for one of these keys.
fn has_fields<T: Message>(beside: &Extra) -> bool {
    let mut fields = beside.clone();
    for required in ["id", T::PLACE] {
        if fields.insert(required.to_owned(), "x".into()).is_some() {
            return true;
        }
    }
    let message = T::deserialize(Value::Object(fields));
    !message.is_ok_and(|mut message| message.extra() == beside)
}

/// Decodes a message whose keys stand beside the type, not under `message`.
fn flat<T: Message>(rest: &str) -> Option<Box<T>> {
    let rest = rest.strip_prefix(',')?;
    let has_id = memmem::find(rest.as_bytes(), br#""id":"#).is_some();
    let begin = if has_id { "{" } else { r#"{"id":"","# };
    let mut message: Box<T> = serde_json::from_str(&[begin, rest].concat()).ok()?;
    let extra = message.extra();
    if extra.get("message").is_some_and(Value::is_object) {
        return None;
    }
    if !has_id && let Some(id) = extra.remove("messageId") {
        let Value::String(id) = id else { return None };
        *message.id() = MessageId::new(id);
    }
    Some(message)
}

#[derive(Default, serde::Deserialize)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
}

/// What the models of both kinds of messages have in common.
trait Message: DeserializeOwned {
    /// The key that holds the id of the room or conversation that the message
    /// is in.
    const PLACE: &'static str;

    fn id(&mut self) -> &mut MessageId;

    fn extra(&mut self) -> &mut Extra;

    fn data(message: Box<Self>) -> GatewayEventData;
}

impl Message for RoomMessage {
    const PLACE: &'static str = "roomId";

    fn id(&mut self) -> &mut MessageId {
        &mut self.id
    }

    fn extra(&mut self) -> &mut Extra {
        &mut self.extra
    }

    fn data(message: Box<Self>) -> GatewayEventData {
        GatewayEventData::RoomMessage(message)
    }
}

impl Message for DmMessage {
    const PLACE: &'static str = "conversationId";

    fn id(&mut self) -> &mut MessageId {
        &mut self.id
    }

    fn extra(&mut self) -> &mut Extra {
        &mut self.extra
    }

    fn data(message: Box<Self>) -> GatewayEventData {
        GatewayEventData::DirectMessage(message)
    }
}

/// Decodes an event by way of a tree of JSON, so that it may have other forms
/// than the usual one.
pub(super) fn thorough(kind: &GatewayEventType, text: &str) -> GatewayEventData {
    let mut fields = match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => fields,
        Ok(other) => return GatewayEventData::Other(other),
        Err(_) => return GatewayEventData::Other(Value::from(text)),
    };
    let type_field = fields.remove("type");
    let data = GatewayEventData::of(kind, flattened(kind, fields));
    data.unwrap_or_else(|mut fields| {
        fields.extend(type_field.map(|kind| ("type".to_owned(), kind)));
        GatewayEventData::Other(Value::Object(fields))
    })
}

/// Reads a message whose keys stand under `message`, or beside the type.
fn message<T: Message>(fields: Extra) -> Result<T, Extra> {
    let mut flat = inner(&fields, "message").unwrap_or_else(|| fields.clone());
    if !flat.contains_key("id") {
        let id = flat.remove("messageId").unwrap_or_else(|| Value::from(""));
        flat.insert("id".to_owned(), id);
    }
    T::deserialize(Value::Object(flat)).map_err(|_| fields)
}

impl FromFields for DmMessage {
    fn from_fields(fields: Extra) -> Result<Self, Extra> {
        message(fields)
    }
}

impl FromFields for RoomMessage {
    fn from_fields(fields: Extra) -> Result<Self, Extra> {
        message(fields)
    }
}

/// Edits and deletions may have their keys under `message`, as new messages do.
/// This moves them beside the type.
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

/// The object under `key`, together with the keys beside it.
fn inner(fields: &Extra, key: &str) -> Option<Extra> {
    let mut inner = fields.get(key)?.as_object()?.clone();
    for (beside, value) in fields {
        if beside != key && !inner.contains_key(beside) {
            inner.insert(beside.clone(), value.clone());
        }
    }
    Some(inner)
}

/// The text of a frame that contains this message.
pub(super) fn frame(kind: &GatewayEventType, message: &impl Serialize) -> Box<str> {
    #[derive(Serialize)]
    struct Frame<'a, T> {
        #[serde(rename = "type")]
        kind: &'a GatewayEventType,
        message: &'a T,
    }

    // This cannot fail: what was read from JSON can be written as JSON.
    let json = serde_json::to_string(&Frame { kind, message });
    json.unwrap_or_default().into()
}
