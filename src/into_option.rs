//! Optional arguments.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use chrono::{DateTime, TimeZone, Utc};
use serde_json::{Map, Value};

use crate::ids::Id;
use crate::models::open_enum::OpenEnum;

/// What an optional argument can be given as: a value, or an `Option` of one.
///
/// Every setter of an optional argument takes both, so that an `Option` is
/// passed on as it is:
///
/// ```
/// use lagclient::models::{CreateRole, Permissions, SendMessage};
/// use lagclient::MessageId;
///
/// fn role(color: Option<String>) -> CreateRole {
///     CreateRole::new("Moderators", Permissions::KICK_MEMBERS).color(color)
/// }
///
/// fn message(text: &str, answers: Option<&MessageId>) -> SendMessage {
///     SendMessage::new(text).reply_to(answers)
/// }
///
/// let plain = SendMessage::new("Hello").reply_to("msg_1");
/// # let _ = (role(None), message("Hello", None));
/// ```
///
/// **`None` changes nothing**, as if the setter had not been called. Where a
/// key can be `null` on the wire, a setter of its own says so, such as
/// [`clear_icon_url`](crate::models::UpdateServer::clear_icon_url).
///
/// Where a value can be given in several forms, a bare `None` needs a type:
/// `None::<MessageId>`, or `None::<&str>` for text. A type of your own can
/// implement the trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be given where `{T}` is optional",
    label = "neither something that converts to `{T}` nor an `Option` of it",
    note = "an optional argument takes a value or an `Option` of one; convert yours with `.into()` or `.map(Into::into)`"
)]
pub trait IntoOption<T> {
    /// The argument, if there is one.
    fn into_option(self) -> Option<T>;
}

/// For types that can be given in one form only. For these, a bare `None` needs
/// no type.
macro_rules! one_form {
    ($($type:ty),+) => {$(
        impl $crate::IntoOption<$type> for $type {
            fn into_option(self) -> Option<$type> {
                Some(self)
            }
        }

        impl $crate::IntoOption<$type> for Option<$type> {
            fn into_option(self) -> Option<$type> {
                self
            }
        }
    )+};
}

pub(crate) use one_form;

one_form!(bool, u32, u64, i64, usize, Duration);
#[cfg(any(feature = "blocking", feature = "async"))]
one_form!(
    crate::RateLimit,
    crate::RequestOptions,
    crate::RetryPolicy,
    crate::TlsBackend
);

/// Other forms in which a type can be given, and how each of them is converted.
macro_rules! forms {
    ($([$($generics:tt)*] $type:ty: $form:ty => $convert:expr;)+) => {$(
        impl<$($generics)*> IntoOption<$type> for $form {
            fn into_option(self) -> Option<$type> {
                Some($convert(self))
            }
        }

        impl<$($generics)*> IntoOption<$type> for Option<$form> {
            fn into_option(self) -> Option<$type> {
                self.map($convert)
            }
        }
    )+};
}

forms! {
    [] String: String => |text| text;
    [] String: &String => ToOwned::to_owned;
    [] String: &str => ToOwned::to_owned;
    [] String: &&str => |text: &&str| (*text).to_owned();
    [] String: Cow<'_, str> => Cow::into_owned;
    [] String: Box<str> => String::from;
    [] String: Arc<str> => |text: Arc<str>| text.as_ref().to_owned();
    [I: Id] String: &I => |id: &I| id.as_str().to_owned();

    [E: OpenEnum] E: E => |value| value;
    [E: OpenEnum] E: &E => Clone::clone;
    [E: OpenEnum] E: String => E::from;
    [E: OpenEnum] E: &String => |value: &String| E::from(value.as_str());
    [E: OpenEnum] E: &str => E::from;

    [Z: TimeZone] DateTime<Utc>: DateTime<Z> => |time: DateTime<Z>| time.to_utc();
    [] DateTime<Utc>: SystemTime => DateTime::from;

    [] Bytes: Bytes => |bytes| bytes;
    [] Bytes: Vec<u8> => Bytes::from;
    [] Bytes: &Vec<u8> => |bytes: &Vec<u8>| Bytes::copy_from_slice(bytes);
    [] Bytes: &[u8] => Bytes::copy_from_slice;
    [] Bytes: String => Bytes::from;
    [] Bytes: &String => |text: &String| Bytes::copy_from_slice(text.as_bytes());
    [] Bytes: &str => |text: &str| Bytes::copy_from_slice(text.as_bytes());

    [L: TextList] Vec<String>: L => TextList::into_texts;

    [] Value: Value => |value| value;
    [] Value: &Value => Clone::clone;
    [] Value: Map<String, Value> => Value::Object;
    [] Value: String => Value::String;
    [] Value: &str => Value::from;
    [] Value: bool => Value::Bool;
    [] Value: i32 => Value::from;
    [] Value: i64 => Value::from;
    [] Value: u32 => Value::from;
    [] Value: u64 => Value::from;
}

/// A list of texts: a `Vec`, a slice or an array, of `String` or `&str` and so
/// on.
pub trait TextList {
    /// The texts.
    fn into_texts(self) -> Vec<String>;
}

/// Kinds of lists, all of which are read by reference.
macro_rules! text_lists {
    ($([$($generics:tt)*] $list:ty;)+) => {$(
        impl<S: AsRef<str>, $($generics)*> TextList for $list {
            fn into_texts(self) -> Vec<String> {
                self.iter().map(|text| text.as_ref().to_owned()).collect()
            }
        }
    )+};
}

text_lists! {
    [] Vec<S>;
    [] &Vec<S>;
    [] &[S];
    [const N: usize] [S; N];
    [const N: usize] &[S; N];
}
