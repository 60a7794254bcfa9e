//! What the server answers with.

use serde::{Deserialize, Deserializer};

/// Defines structs that are read from JSON, all in the same lenient way. The
/// type of a field says how it is read:
///
/// - `Option<…>`: missing and `null` are `None`;
/// - `… = default`: missing and `null` are the type's default value;
/// - times: see [`timestamp`](super::timestamp); an empty text is no time;
/// - counts (`u32`, `u64`): a negative number is none, as from a server that
///   writes -1 for "no limit".
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
    // One field after the other gets the attributes that its type needs.
    (@field $head:tt $done:tt $(#[$doc:meta])* $field:ident: DateTime<Utc>, $($rest:tt)*) => {
        $crate::models::answer!(@done $head $done [
            $(#[$doc])*
            #[serde(with = "crate::models::timestamp")]
            pub $field: DateTime<Utc>,
        ] $($rest)*);
    };
    (@field $head:tt $done:tt $(#[$doc:meta])* $field:ident: Option<DateTime<Utc>>, $($rest:tt)*) => {
        $crate::models::answer!(@done $head $done [
            $(#[$doc])*
            #[serde(default, with = "crate::models::timestamp::option")]
            pub $field: Option<DateTime<Utc>>,
        ] $($rest)*);
    };
    (@field $head:tt $done:tt $(#[$doc:meta])* $field:ident: Option<u32>, $($rest:tt)*) => {
        $crate::models::answer!(@done $head $done [
            $(#[$doc])*
            #[serde(default, deserialize_with = "crate::models::count::option")]
            pub $field: Option<u32>,
        ] $($rest)*);
    };
    (@field $head:tt $done:tt $(#[$doc:meta])* $field:ident: Option<u64>, $($rest:tt)*) => {
        $crate::models::answer!(@done $head $done [
            $(#[$doc])*
            #[serde(default, deserialize_with = "crate::models::count::option")]
            pub $field: Option<u64>,
        ] $($rest)*);
    };
    (@field $head:tt $done:tt $(#[$doc:meta])* $field:ident: u64 = default, $($rest:tt)*) => {
        $crate::models::answer!(@done $head $done [
            $(#[$doc])*
            #[serde(default, deserialize_with = "crate::models::count::or_zero")]
            pub $field: u64,
        ] $($rest)*);
    };
    (@field $head:tt $done:tt $(#[$doc:meta])* $field:ident: $type:ty = default, $($rest:tt)*) => {
        $crate::models::answer!(@done $head $done [
            $(#[$doc])*
            #[serde(default, deserialize_with = "crate::models::null_as_default")]
            pub $field: $type,
        ] $($rest)*);
    };
    (@field $head:tt $done:tt $(#[$doc:meta])* $field:ident: $type:ty, $($rest:tt)*) => {
        $crate::models::answer!(@done $head $done [
            $(#[$doc])*
            pub $field: $type,
        ] $($rest)*);
    };
    (@done $head:tt [$($done:tt)*] [$($field:tt)*] $($rest:tt)*) => {
        $crate::models::answer!(@field $head [$($done)* $($field)*] $($rest)*);
    };
    (@field [$(#[$doc:meta])* $name:ident] [$($fields:tt)*]) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            $($fields)*
            /// Fields that this version does not know.
            #[serde(flatten)]
            pub extra: $crate::models::Extra,
        }
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
