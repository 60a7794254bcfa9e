//! The structs that the server's answers are read into.

use serde::{Deserialize, Deserializer};

/// Defines structs that are read from JSON, all in the same lenient way. How a
/// field is read follows from its type and from what is written behind the
/// type:
///
/// - `Option<…>`: a missing key and `null` are `None`.
/// - `… = default`: a missing key and `null` are the default value of the type.
/// - `DateTime<Utc>`: the forms that [`timestamp`](super::timestamp) describes.
///   For an optional time, an empty text is `None`.
/// - `Option<u32>` and `Option<u64>`: a negative number is `None`, because some
///   servers write -1 for "no limit". For `u64 = default`, it is 0.
/// - `… = "key"`: the field has this key, instead of its own name in camel
///   case. With `"key" | "other"`, the field is also looked for under the other
///   key.
///
/// Each struct keeps the fields that this version does not know in `extra`.
/// Fields that several structs have in common are written once, behind all of
/// them, after `..`:
///
/// ```ignore
/// answer! {
///     /// A server.
///     Server {}
///     /// A server with its rooms.
///     ServerWithRooms {
///         /// The rooms.
///         rooms: Vec<Room> = default,
///     }
///     ..{
///         /// The id.
///         id: ServerId,
///     }
/// }
/// ```
macro_rules! answer {
    ($($(#[$doc:meta])* $name:ident { $($own:tt)* })+ .. $shared:tt) => {
        $($crate::models::answer!(@all [$(#[$doc])* $name] { $($own)* } $shared);)+
    };
    ($($(#[$doc:meta])* $name:ident { $($own:tt)* })+) => {
        $($crate::models::answer!(@field [$(#[$doc])* $name] [] $($own)*);)+
    };
    (@all $head:tt { $($own:tt)* } { $($shared:tt)* }) => {
        $crate::models::answer!(@field $head [] $($shared)* $($own)*);
    };
    // One field after the other gets what its type needs: the attributes with
    // which it is serialized, the way in which it is read, and the keys that
    // differ from its name.
    (@field $head:tt $done:tt $(#[$doc:meta])* $field:ident: DateTime<Utc>, $($rest:tt)*) => {
        $crate::models::answer!(@done $head $done {
            [$(#[$doc])* #[serde(serialize_with = "crate::models::timestamp::serialize")]]
            $field: DateTime<Utc>, Required<DateTime<Utc>, Time>, []
        } $($rest)*);
    };
    (@field $head:tt $done:tt $(#[$doc:meta])* $field:ident: Option<DateTime<Utc>>, $($rest:tt)*) => {
        $crate::models::answer!(@done $head $done {
            [$(#[$doc])* #[serde(serialize_with = "crate::models::timestamp::option::serialize")]]
            $field: Option<DateTime<Utc>>, Lenient<Option<DateTime<Utc>>, Time>, []
        } $($rest)*);
    };
    (@field $head:tt $done:tt $(#[$doc:meta])* $field:ident: Option<u32>, $($rest:tt)*) => {
        $crate::models::answer!(@done $head $done {
            [$(#[$doc])*] $field: Option<u32>, Lenient<Option<u32>, Count>, []
        } $($rest)*);
    };
    (@field $head:tt $done:tt $(#[$doc:meta])* $field:ident: Option<u64>, $($rest:tt)*) => {
        $crate::models::answer!(@done $head $done {
            [$(#[$doc])*] $field: Option<u64>, Lenient<Option<u64>, Count>, []
        } $($rest)*);
    };
    (@field $head:tt $done:tt $(#[$doc:meta])* $field:ident: Option<$type:ty>, $($rest:tt)*) => {
        $crate::models::answer!(@done $head $done {
            [$(#[$doc])*] $field: Option<$type>, Lenient<Option<$type>>, []
        } $($rest)*);
    };
    (@field $head:tt $done:tt $(#[$doc:meta])* $field:ident: u64 = default, $($rest:tt)*) => {
        $crate::models::answer!(@done $head $done {
            [$(#[$doc])*] $field: u64, Lenient<u64, Count>, []
        } $($rest)*);
    };
    (@field $head:tt $done:tt $(#[$doc:meta])* $field:ident: $type:ty = default, $($rest:tt)*) => {
        $crate::models::answer!(@done $head $done {
            [$(#[$doc])*] $field: $type, Lenient<$type, NullAsDefault>, []
        } $($rest)*);
    };
    (@field $head:tt $done:tt $(#[$doc:meta])* $field:ident: $type:ty = $key:literal, $($rest:tt)*) => {
        $crate::models::answer!(@done $head $done {
            [$(#[$doc])* #[serde(rename = $key)]] $field: $type, Required<$type>, [$key]
        } $($rest)*);
    };
    (
        @field $head:tt $done:tt $(#[$doc:meta])*
        $field:ident: $type:ty = $key:literal | $other:literal, $($rest:tt)*
    ) => {
        $crate::models::answer!(@done $head $done {
            [$(#[$doc])* #[serde(rename = $key)]] $field: $type, Either<$type>, [$key], $other
        } $($rest)*);
    };
    (@field $head:tt $done:tt $(#[$doc:meta])* $field:ident: $type:ty, $($rest:tt)*) => {
        $crate::models::answer!(@done $head $done {
            [$(#[$doc])*] $field: $type, Required<$type>, []
        } $($rest)*);
    };
    (@done $head:tt [$($done:tt)*] $field:tt $($rest:tt)*) => {
        $crate::models::answer!(@field $head [$($done)* $field] $($rest)*);
    };
    (
        @field [$(#[$doc:meta])* $name:ident]
        [$({ [$($attribute:tt)*] $field:ident: $type:ty, $slot:ty, $key:tt $(, $other:literal)? })*]
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            $($($attribute)* pub $field: $type,)*
            /// The fields that this version of the crate does not know.
            #[serde(flatten)]
            pub extra: $crate::models::Extra,
        }

        const _: () = {
            use $crate::models::fields::*;

            #[allow(non_camel_case_types, reason = "they are named after the fields")]
            enum Field {
                $($field,)*
            }

            impl Known for Field {
                #[allow(non_upper_case_globals, dead_code, reason = "as above")]
                #[inline]
                fn find(key: &str) -> Option<Self> {
                    $(
                        const $field: &str = $crate::models::fields::key!($field);
                    )*
                    match key {
                        $($crate::models::answer!(@pattern $field $key) => Some(Self::$field),)*
                        _ => None,
                    }
                }
            }

            struct AnswerVisitor;

            impl<'de> serde::de::Visitor<'de> for AnswerVisitor {
                type Value = $name;

                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(concat!("struct ", stringify!($name)))
                }

                #[inline]
                fn visit_map<A: serde::de::MapAccess<'de>>(
                    self,
                    mut map: A,
                ) -> Result<$name, A::Error> {
                    $(let mut $field = <$slot>::new($($other)?);)*
                    let mut extra = $crate::models::Extra::new();
                    let mut unknown = String::new();
                    while let Some(key) = map.next_key_seed(Key {
                        unknown: &mut unknown,
                        known: std::marker::PhantomData::<Field>,
                    })? {
                        match key {
                            $(Some(Field::$field) => {
                                $field.read($crate::models::answer!(@key $field $key), &mut map)?;
                            })*
                            None => {
                                extra.insert(std::mem::take(&mut unknown), map.next_value()?);
                            }
                        }
                    }
                    Ok($name {
                        $($field: $field.done($crate::models::answer!(@key $field $key), &mut extra)?,)*
                        extra,
                    })
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                    from.deserialize_map(AnswerVisitor)
                }
            }
        };
    };
    (@pattern $field:ident []) => {
        $field
    };
    (@pattern $field:ident [$key:literal]) => {
        $key
    };
    (@key $field:ident [$($key:literal)?]) => {
        $crate::models::fields::key!($field $($key)?)
    };
}

pub(crate) use answer;

/// Reads `null` as the default value, like a missing key. A field that uses
/// this needs `#[serde(default)]`.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
