//! The JSON bodies that are sent to the server.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::into_option::IntoOption;

/// An optional key of a body: it is left out, sent as `null`, or sent with a
/// value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Key<T> {
    #[default]
    LeftOut,
    Null,
    Value(T),
}

impl<T> Key<T> {
    pub(crate) fn is_left_out(&self) -> bool {
        matches!(self, Self::LeftOut)
    }

    pub(crate) fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::LeftOut | Self::Null => None,
        }
    }

    pub(crate) fn set<V: Into<T>>(&mut self, value: impl IntoOption<V>) {
        if let Some(value) = value.into_option() {
            *self = Self::Value(value.into());
        }
    }
}

impl<T: Serialize> Serialize for Key<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

/// Defines structs that are sent as JSON bodies, with their setters:
///
/// ```ignore
/// body! {
///     /// Changes to a thing.
///     UpdateThing {
///         /// `new` takes what is required.
///         new(name: String),
///         /// An optional key. If it is set, it is sent as `maxUses`.
///         max_uses: u32,
///         /// A key that is sent in another form: `Hours`, made from a `Duration`.
///         expires_in: Duration as Hours,
///         /// A key whose name in JSON differs from that of the setter.
///         image: ImageId = "imageId",
///         /// A key that may be `null`: this setter gives it a value,
///         icon_url: String |
///         /// and this one makes it `null`.
///         clear_icon_url: null,
///     }
/// }
/// ```
///
/// A key that is not set is left out. Each setter of an optional key takes a
/// value or an `Option` of one: see [`IntoOption`]. Keys that several bodies
/// have in common are written once, behind all of them, after `..`, as in
/// [`answer!`](super::answer!).
macro_rules! body {
    ($($(#[$doc:meta])* $name:ident { $($own:tt)* })+ .. $shared:tt) => {
        $($crate::models::body!(@one [$(#[$doc])* $name] { $($own)* } $shared);)+
    };
    ($($(#[$doc:meta])* $name:ident { $($own:tt)* })+) => {
        $($crate::models::body!(@one [$(#[$doc])* $name] { $($own)* } {});)+
    };
    // A body without required keys also implements `Default`. A body whose
    // `new` does more than take the required keys has none in the macro; it is
    // written by hand.
    (@one
        [$(#[$doc:meta])* $name:ident]
        { $(#[$new_doc:meta])* new(), $($own:tt)* }
        { $($shared:tt)* }
    ) => {
        $crate::models::body! {@struct
            [$(#[$doc])* #[derive(Default)] $name]
            [$(#[$new_doc])* new()]
            { $($own)* $($shared)* }
        }
    };
    (@one
        [$(#[$doc:meta])* $name:ident]
        { $(#[$new_doc:meta])* new $required:tt, $($own:tt)* }
        { $($shared:tt)* }
    ) => {
        $crate::models::body! {@struct
            [$(#[$doc])* $name]
            [$(#[$new_doc])* new $required]
            { $($own)* $($shared)* }
        }
    };
    (@one
        [$(#[$doc:meta])* $name:ident]
        { $($own:tt)* }
        { $($shared:tt)* }
    ) => {
        $crate::models::body! {@struct
            [$(#[$doc])* #[derive(Default)] $name] [] { $($own)* $($shared)* }
        }
    };
    (@struct
        [$(#[$doc:meta])* $name:ident]
        [$(
            $(#[$new_doc:meta])*
            new($($(#[$attribute:meta])* $required:ident: $required_type:ty $(as $sent:ty)?),*)
        )?]
        {$(
            $(#[$field_doc:meta])*
            $field:ident: $type:ty $(as $form:ty)? $(= $key:literal)?
                $(| $(#[$clear_doc:meta])* $clear:ident: null)?,
        )*}
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        #[must_use]
        pub struct $name {
            $($(
                $(#[$attribute])*
                pub(super) $required: $crate::models::body!(@form $required_type $(as $sent)?),
            )*)?
            $(
                #[serde($(rename = $key,)? skip_serializing_if = "crate::models::Key::is_left_out")]
                pub(super) $field: $crate::models::Key<$crate::models::body!(@form $type $(as $form)?)>,
            )*
        }

        impl $name {
            $crate::models::body! {@new
                [$($(#[$new_doc])* new($($required: $required_type $(as $sent)?),*))?] $($field)*
            }

            $(
                $(#[$field_doc])*
                pub fn $field(mut self, $field: impl $crate::IntoOption<$type>) -> Self {
                    self.$field.set::<$type>($field);
                    self
                }

                $(
                    $(#[$clear_doc])*
                    pub fn $clear(mut self) -> Self {
                        self.$field = $crate::models::Key::Null;
                        self
                    }
                )?
            )*
        }
    };
    (@new [] $($field:ident)*) => {};
    (@new
        [$(#[$doc:meta])* new($($required:ident: $type:ty $(as $form:ty)?),*)] $($field:ident)*
    ) => {
        $(#[$doc])*
        pub fn new($($required: impl Into<$type>),*) -> Self {
            Self {
                $($required: $crate::models::body!(@convert $required: $type $(as $form)?),)*
                $($field: $crate::models::Key::LeftOut,)*
            }
        }
    };
    (@form $type:ty) => { $type };
    (@form $type:ty as $form:ty) => { $form };
    (@convert $value:ident: $type:ty) => { $value.into() };
    (@convert $value:ident: $type:ty as $form:ty) => { <$form>::from(Into::<$type>::into($value)) };
}

pub(crate) use body;

/// Lets a body be made from a text, which is its only required key:
/// `create("Rustaceans")`.
macro_rules! from_text {
    ($body:ident) => {
        impl From<&str> for $body {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<&String> for $body {
            fn from(text: &String) -> Self {
                Self::new(text)
            }
        }

        impl From<String> for $body {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }
    };
}

pub(crate) use from_text;

/// Lets `()` stand for a value without any options.
macro_rules! from_nothing {
    ($options:ident) => {
        impl From<()> for $options {
            fn from((): ()) -> Self {
                Self::default()
            }
        }
    };
}

pub(crate) use from_nothing;

/// A duration that is sent as a number of units, rounded up to a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Units<const SECONDS: u64>(pub(super) Duration);

pub(crate) type Minutes = Units<60>;
pub(crate) type Hours = Units<3600>;

impl<const SECONDS: u64> From<Duration> for Units<SECONDS> {
    fn from(duration: Duration) -> Self {
        Self(duration)
    }
}

impl<const SECONDS: u64> Serialize for Units<SECONDS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let whole = self.0.as_secs();
        let begun = u64::from(!whole.is_multiple_of(SECONDS) || self.0.subsec_nanos() != 0);
        serializer.serialize_u64(whole / SECONDS + begun)
    }
}
