//! Structs for the data of events.
//!
//! The documentation describes most of this data in words and quotes few of its
//! keys. So every field may be missing. If a known key holds a value of another
//! type than expected, that is no error: the value stays in `extra`, like the
//! values of unknown keys.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Extra, UserStatus, timestamp};
use crate::ids::{
    ConversationId, FriendRequestId, MessageId, RobotId, RoleId, RoomId, ServerId, UserId,
};

/// A type that a field of an event can have.
pub(crate) trait Field: Sized {
    fn read(value: &Value) -> Option<Self>;
    fn write(&self) -> Value;
}

macro_rules! fields_by_serde {
    ($($type:ty),+) => {$(
        impl Field for $type {
            fn read(value: &Value) -> Option<Self> {
                by_serde(value)
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
    String,
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

fn by_serde<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

impl Field for DateTime<Utc> {
    fn read(value: &Value) -> Option<Self> {
        timestamp::deserialize(value).ok()
    }

    fn write(&self) -> Value {
        Value::String(timestamp::format(self))
    }
}

/// Takes the value out of the data: that of the first of the keys whose value
/// has the type `T`.
pub(crate) fn take<T: Field>(data: &mut Extra, keys: &[&str]) -> Option<T> {
    keys.iter().find_map(|key| {
        let value = data.get(*key).filter(|value| !value.is_null())?;
        let field = T::read(value)?;
        data.remove(*key);
        Some(field)
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

        impl $name {
            pub(super) fn read(mut data: $crate::models::Extra) -> Self {
                Self {
                    $($field: $crate::models::event_data::take(&mut data, &[$key $(, $other)*]),)+
                    extra: data,
                }
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
