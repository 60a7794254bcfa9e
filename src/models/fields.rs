//! How the fields of an answer are read: what the serde visitors consist of
//! that the macro [`answer!`](super::answer) writes.
//!
//! serde's own `derive` with `flatten` could do most of this. But it first
//! collects the unknown fields in an intermediate form, even if there are none:
//! with it, a page of messages takes 8 % longer to decode.

use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::{Extra, count, timestamp};

/// A way to read a value of the type `T`.
pub(crate) trait Read<'de, T> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>;
}

/// Reads a value by the type's own `Deserialize`.
pub(crate) struct Plain;

impl<'de, T: Deserialize<'de>> Read<'de, T> for Plain {
    #[inline]
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::deserialize(deserializer)
    }
}

/// Reads `null` as the type's default value.
pub(crate) struct NullAsDefault;

impl<'de, T: Default + Deserialize<'de>> Read<'de, T> for NullAsDefault {
    #[inline]
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        super::null_as_default(deserializer)
    }
}

/// Reads a time, as [`timestamp`] describes.
pub(crate) struct Time;

impl<'de> Read<'de, DateTime<Utc>> for Time {
    #[inline]
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
        timestamp::deserialize(deserializer)
    }
}

impl<'de> Read<'de, Option<DateTime<Utc>>> for Time {
    #[inline]
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
        timestamp::option::deserialize(deserializer)
    }
}

/// Reads a count, as [`count`] describes.
pub(crate) struct Count;

impl<'de, T: TryFrom<u64>> Read<'de, Option<T>> for Count {
    #[inline]
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        count::option(deserializer)
    }
}

impl<'de> Read<'de, u64> for Count {
    #[inline]
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        count::or_zero(deserializer)
    }
}

/// A seed for a value of the type `T` that is read in the way `W`.
struct By<T, W>(PhantomData<(T, W)>);

impl<'de, T, W: Read<'de, T>> DeserializeSeed<'de> for By<T, W> {
    type Value = T;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        W::read(deserializer)
    }
}

/// A field that must be there. It is read in the way `W`.
pub(crate) struct Required<T, W = Plain>(Option<T>, PhantomData<W>);

/// A field that has its type's default value if it is missing. It is read in
/// the way `W`.
pub(crate) struct Lenient<T, W = Plain>(Option<T>, PhantomData<W>);

macro_rules! slot {
    ($($slot:ident),+) => {$(
        impl<T, W> $slot<T, W> {
            #[inline]
            pub(crate) fn new() -> Self {
                Self(None, PhantomData)
            }

            #[inline]
            pub(crate) fn read<'de, A: MapAccess<'de>>(
                &mut self,
                key: &'static str,
                map: &mut A,
            ) -> Result<(), A::Error>
            where
                W: Read<'de, T>,
            {
                if self.0.is_some() {
                    return Err(A::Error::duplicate_field(key));
                }
                self.0 = Some(map.next_value_seed(By::<T, W>(PhantomData))?);
                Ok(())
            }
        }
    )+};
}

slot!(Lenient, Required);

impl<T, W> Required<T, W> {
    #[inline]
    pub(crate) fn done<E: Error>(self, key: &'static str, _: &mut Extra) -> Result<T, E> {
        self.0.ok_or_else(|| E::missing_field(key))
    }
}

impl<T: Default, W> Lenient<T, W> {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "a field that has to be there can fail"
    )]
    #[inline]
    pub(crate) fn done<E: Error>(self, _: &'static str, _: &mut Extra) -> Result<T, E> {
        Ok(self.0.unwrap_or_default())
    }
}

/// A field that must be there under one of two keys. Under the first one, it
/// may also be `null`.
#[cfg(all(feature = "nolag", any(feature = "blocking", feature = "async")))]
pub(crate) struct Either<T> {
    value: Option<T>,
    other: &'static str,
}

#[cfg(all(feature = "nolag", any(feature = "blocking", feature = "async")))]
impl<T: serde::de::DeserializeOwned> Either<T> {
    pub(crate) fn new(other: &'static str) -> Self {
        Self { value: None, other }
    }

    pub(crate) fn read<'de, A: MapAccess<'de>>(
        &mut self,
        _: &'static str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        self.value = map.next_value()?;
        Ok(())
    }

    /// The value under the other key was put among the unknown fields, so it is
    /// taken from there.
    pub(crate) fn done<E: Error>(self, key: &'static str, extra: &mut Extra) -> Result<T, E> {
        let other = extra.remove(self.other);
        match (self.value, other) {
            (Some(value), _) => Ok(value),
            (None, Some(other)) => T::deserialize(other).map_err(E::custom),
            (None, None) => Err(E::missing_field(key)),
        }
    }
}

/// The known fields of a struct, which an enum names.
pub(crate) trait Known: Sized {
    fn find(key: &str) -> Option<Self>;
}

/// Reads a key. If it is that of a known field, the result is this field, a
/// value of `F`. If not, the key is stored in `unknown`.
pub(crate) struct Key<'a, F> {
    pub(crate) unknown: &'a mut String,
    pub(crate) known: PhantomData<F>,
}

impl<'de, F: Known> DeserializeSeed<'de> for Key<'_, F> {
    type Value = Option<F>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<F>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<F: Known> Visitor<'_> for Key<'_, F> {
    type Value = Option<F>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    #[inline]
    fn visit_str<E: Error>(self, key: &str) -> Result<Option<F>, E> {
        let known = F::find(key);
        if known.is_none() {
            key.clone_into(self.unknown);
        }
        Ok(known)
    }
}

/// The key of a field: the one that is given, else the field's name in camel
/// case.
macro_rules! key {
    ($field:ident) => {{
        const NAME: &str = stringify!($field);
        const KEY: [u8; $crate::models::fields::key_length(NAME)] =
            $crate::models::fields::camel_case(NAME);
        const TEXT: &str = match str::from_utf8(&KEY) {
            Ok(key) => key,
            Err(_) => NAME,
        };
        TEXT
    }};
    ($field:ident $key:literal) => {
        $key
    };
}

pub(crate) use key;

/// How many bytes a name has when it is written in camel case.
pub(crate) const fn key_length(name: &str) -> usize {
    let name = name.as_bytes();
    let (mut at, mut length) = (0, 0);
    while at < name.len() {
        if name[at] != b'_' {
            length += 1;
        }
        at += 1;
    }
    length
}

/// A name in snake case, written in camel case. `LENGTH` is the result of
/// [`key_length`].
pub(crate) const fn camel_case<const LENGTH: usize>(name: &str) -> [u8; LENGTH] {
    let name = name.as_bytes();
    let mut key = [0; LENGTH];
    let (mut at, mut length) = (0, 0);
    while at < name.len() {
        if name[at] != b'_' {
            key[length] = if at > 0 && name[at - 1] == b'_' {
                name[at].to_ascii_uppercase()
            } else {
                name[at]
            };
            length += 1;
        }
        at += 1;
    }
    key
}

#[cfg(test)]
mod tests {
    #[test]
    fn keys_are_names_in_camel_case() {
        assert_eq!(key!(id), "id");
        assert_eq!(key!(robot_avatar_url), "robotAvatarUrl");
        assert_eq!(key!(name2_of), "name2Of");
        assert_eq!(key!(kind "type"), "type");
    }
}
