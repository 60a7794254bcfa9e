//! What the server answers with.

use serde::{Deserialize, Deserializer};

/// Defines structs that are read from JSON, all in the same lenient way. The
/// type of a field says how it is read:
///
/// - `Option<…>`: missing and `null` are `None`;
/// - `… = default`: missing and `null` are the type's default value;
/// - times: see [`timestamp`](super::timestamp); an empty text is no time;
/// - counts (`u32`, `u64`): a negative number is none, as from a server that
///   writes -1 for "no limit";
/// - `… = "key"`: has this key and not its name in camel case; after
///   `"key" | "other"`, it is looked for under the other key, too.
///
/// All of them keep the fields that this version does not know, in `extra`.
/// What several structs have in common follows them, once, after `..`:
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
    // One field after the other gets what its type needs: attributes to be
    // written with, a way to be read, keys other than its name.
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
            /// Fields that this version does not know.
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

/// Reads `null` like a field that is missing. Needs `default`.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
