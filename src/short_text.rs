//! Text that is mostly short, such as an id.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

/// How many bytes are kept in place. With 22, the value is as large as a
/// `String` without its text.
const CAPACITY: usize = 22;

/// Text that is kept inside the value if it is short, and in an allocation if
/// not. A page of messages holds some 300 ids. An allocation for each of them
/// would cost more than reading it.
#[derive(Clone)]
pub(crate) struct ShortText(Kept);

#[derive(Clone)]
enum Kept {
    Here { length: u8, bytes: [u8; CAPACITY] },
    Elsewhere(Box<str>),
}

impl ShortText {
    fn short(text: &str) -> Option<Self> {
        let length = u8::try_from(text.len()).ok()?;
        let mut bytes = [0; CAPACITY];
        bytes
            .get_mut(..text.len())?
            .copy_from_slice(text.as_bytes());
        Some(Self(Kept::Here { length, bytes }))
    }

    pub(crate) fn as_str(&self) -> &str {
        match &self.0 {
            // The bytes came from a text, so they are always UTF-8. The check
            // takes some nanoseconds; only unsafe code could do without it.
            Kept::Here { .. } => str::from_utf8(self.as_bytes()).unwrap_or_default(),
            Kept::Elsewhere(text) => text,
        }
    }

    /// The bytes of the text, without that check.
    fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Kept::Here { length, bytes } => &bytes[..usize::from(*length)],
            Kept::Elsewhere(text) => text.as_bytes(),
        }
    }
}

impl From<&str> for ShortText {
    #[inline]
    fn from(text: &str) -> Self {
        Self::short(text).unwrap_or_else(|| Self(Kept::Elsewhere(text.into())))
    }
}

impl From<String> for ShortText {
    fn from(text: String) -> Self {
        Self::short(&text).unwrap_or_else(|| Self(Kept::Elsewhere(text.into())))
    }
}

impl From<ShortText> for String {
    fn from(text: ShortText) -> Self {
        match text.0 {
            Kept::Here { .. } => text.as_str().to_owned(),
            Kept::Elsewhere(text) => text.into(),
        }
    }
}

impl PartialEq for ShortText {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for ShortText {}

impl PartialEq<str> for ShortText {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialOrd for ShortText {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Ordered like texts, by their bytes.
impl Ord for ShortText {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

/// The same hash as that of the text.
impl Hash for ShortText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for ShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl Serialize for ShortText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ShortText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

/// Reads a value that is made from a text. If the deserializer can lend the
/// text, no `String` is made of it first.
pub(crate) fn read<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str> + From<String>,
{
    deserializer.deserialize_string(TextVisitor(PhantomData))
}

struct TextVisitor<T>(PhantomData<T>);

impl<T: for<'a> From<&'a str> + From<String>> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok(text.into())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<T, E> {
        Ok(text.into())
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, RandomState};

    use super::*;

    /// Texts that fit in place and texts that do not, and not only in ASCII.
    const TEXTS: [&str; 8] = [
        "",
        "a",
        "usr_3f9a1c7e52",
        "źdźbło",
        "twenty-one bytes long",
        "twenty-two bytes long.",
        "twenty-three bytes long",
        "ein-Schlüssel-mit-vielen-Wörtern-und-ohne-Ende",
    ];

    #[test]
    fn text_comes_out_as_it_went_in() {
        for text in TEXTS {
            for short in [ShortText::from(text), ShortText::from(text.to_owned())] {
                assert_eq!(short.as_str(), text);
                assert!(short == *text);
                assert_eq!(format!("{short:?}"), format!("{text:?}"));
                let json = serde_json::to_string(&short).unwrap();
                assert_eq!(json, serde_json::to_string(text).unwrap());
                assert_eq!(serde_json::from_str::<ShortText>(&json).unwrap(), short);
                assert_eq!(String::from(short), text);
            }
        }
    }

    #[test]
    fn it_compares_and_hashes_as_text() {
        let hashing = RandomState::new();
        for one in TEXTS {
            let short = ShortText::from(one);
            assert_eq!(hashing.hash_one(&short), hashing.hash_one(one));
            for other in TEXTS {
                let other_short = ShortText::from(other);
                assert_eq!(short.cmp(&other_short), one.cmp(other), "{one} {other}");
                assert_eq!(short == other_short, one == other, "{one} {other}");
            }
        }
    }

    #[test]
    fn it_takes_no_more_room_than_a_string() {
        assert_eq!(size_of::<ShortText>(), size_of::<String>());
        assert_eq!(size_of::<Option<ShortText>>(), size_of::<String>());
    }
}
