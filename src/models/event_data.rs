//! Types of events, and structs for their data.
//!
//! The documentation describes most of this data in words and quotes few of its
//! keys. So every field may be missing. If a known key holds a value of another
//! type than expected, that is no error: the value stays in `extra`, like the
//! values of unknown keys.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::{Extra, UserStatus, timestamp};
use crate::ids::{
    ConversationId, FriendRequestId, MessageId, RobotId, RoleId, RoomId, ServerId, UserId,
};

/// A type for the data of an event, which is read from the event's fields.
pub(crate) trait FromFields: Sized {
    /// Reads the data. Returns the fields unchanged if one that is required is
    /// missing or has another type.
    fn from_fields(fields: Extra) -> Result<Self, Extra>;
}

impl<T: FromFields> FromFields for Box<T> {
    fn from_fields(fields: Extra) -> Result<Self, Extra> {
        T::from_fields(fields).map(Self::new)
    }
}

/// Defines the types of events and, for each type, the data that its events
/// have.
macro_rules! events {
    (
        $(#[$kind_doc:meta])* $kind:ident,
        $(#[$data_doc:meta])* $data:ident,
        $(#[$other_doc:meta])* Other;
        $($(#[$doc:meta])* $variant:ident($fields:ty) = $wire:literal,)+
    ) => {
        $crate::models::open_enum::open_enum! {
            $(#[$kind_doc])*
            $kind { $($(#[$doc])* #[doc = concat!("\n\n`", $wire, "`")] $variant = $wire,)+ }
        }

        $(#[$data_doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $data {
            $($(#[$doc])* #[doc = concat!("\n\n`", $wire, "`")] $variant($fields),)+
            $(#[$other_doc])*
            Other(Value),
        }

        impl $data {
            /// Reads the data of an event. Returns the fields unchanged if the
            /// event's type is not known, or if the data cannot be read from
            /// them.
            fn of(kind: &$kind, fields: Extra) -> Result<Self, Extra> {
                match kind {
                    $($kind::$variant => FromFields::from_fields(fields).map(Self::$variant),)+
                    $kind::Other(_) => Err(fields),
                }
            }
        }

        impl Serialize for $data {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(data) => data.serialize(serializer),)+
                    Self::Other(value) => value.serialize(serializer),
                }
            }
        }
    };
}

pub(crate) use events;

/// A type that a field of an event can have.
pub(crate) trait Field: Sized {
    /// Reads the field. Returns the value unchanged if it has another type.
    fn read(value: Value) -> Result<Self, Value>;
    fn write(&self) -> Value;
}

macro_rules! fields_by_serde {
    ($($type:ty),+) => {$(
        impl Field for $type {
            fn read(value: Value) -> Result<Self, Value> {
                Self::deserialize(&value).map_err(|_| value)
            }

            fn write(&self) -> Value {
                serde_json::to_value(self).unwrap_or_default()
            }
        }
    )+};
}

fields_by_serde!(
    bool,
    f64,
    u64,
    ConversationId,
    FriendRequestId,
    MessageId,
    RobotId,
    RoleId,
    RoomId,
    ServerId,
    UserId,
    UserStatus,
    Value
);

impl Field for String {
    fn read(value: Value) -> Result<Self, Value> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(other),
        }
    }

    fn write(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl Field for DateTime<Utc> {
    fn read(value: Value) -> Result<Self, Value> {
        timestamp::deserialize(&value).map_err(|_| value)
    }

    fn write(&self) -> Value {
        Value::String(timestamp::format(self))
    }
}

/// Takes the value out of the data: that of the first of the keys whose value
/// has the type `T`.
pub(crate) fn take<T: Field>(data: &mut Extra, keys: &[&str]) -> Option<T> {
    keys.iter().find_map(|key| {
        let value = data.get_mut(*key).filter(|value| !value.is_null())?;
        match T::read(value.take()) {
            Ok(field) => {
                data.remove(*key);
                Some(field)
            }
            Err(other) => {
                *value = other;
                None
            }
        }
    })
}

/// Defines structs whose fields are all optional. Each field has one or more
/// keys under which it is looked for; it is written under the first of them.
macro_rules! event_data {
    ($(
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$field_doc:meta])* $field:ident: $type:ty = $key:literal $(| $other:literal)*,)+
        }
    )+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: Option<$type>,)+
            /// The fields that this version of the crate does not know.
            pub extra: $crate::models::Extra,
        }

        impl $crate::models::event_data::FromFields for $name {
            fn from_fields(mut data: $crate::models::Extra) -> Result<Self, $crate::models::Extra> {
                Ok(Self {
                    $($field: $crate::models::event_data::take(&mut data, &[$key $(, $other)*]),)+
                    extra: data,
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;

                let mut map = serializer.serialize_map(None)?;
                $(
                    if let Some(field) = &self.$field {
                        let value = $crate::models::event_data::Field::write(field);
                        map.serialize_entry($key, &value)?;
                    }
                )+
                for (key, value) in &self.extra {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    )+};
}

pub(crate) use event_data;
