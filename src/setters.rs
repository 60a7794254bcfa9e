//! Setters of options, and how a struct with secrets or callbacks is printed.

/// Defines the setters of a builder: each takes a value or an `Option` of one,
/// and `None` changes nothing. The field has the setter's name, unless another
/// one follows, and is either a value or an `Option` of one.
///
/// ```ignore
/// setters! {
///     /// How often.
///     max_retries: u32,
///     /// As whom.
///     user_agent: String => config.user_agent,
/// }
/// ```
macro_rules! setters {
    ($($(#[$doc:meta])* $setter:ident: $type:ty $(=> $($path:ident).+)?,)+) => {$(
        $(#[$doc])*
        pub fn $setter(mut self, $setter: impl $crate::IntoOption<$type>) -> Self {
            if let Some(value) = $crate::IntoOption::<$type>::into_option($setter) {
                $crate::setters::setters!(@field self, $setter $(=> $($path).+)?) = value.into();
            }
            self
        }
    )+};
    (@field $self:ident, $setter:ident) => { $self.$setter };
    (@field $self:ident, $setter:ident => $($path:ident).+) => { $self.$($path).+ };
}

pub(crate) use setters;

/// Implements `Debug` with some of the fields. The others are secret, or there
/// is nothing to read in them.
#[cfg(any(feature = "blocking", feature = "async"))]
macro_rules! debug_fields {
    ($name:ident $(<$($parameter:tt),+>)?: $($field:ident),+) => {
        impl $(<$($parameter),+>)? std::fmt::Debug for $name $(<$($parameter),+>)? {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($field), &self.$field))+
                    .finish_non_exhaustive()
            }
        }
    };
}

#[cfg(any(feature = "blocking", feature = "async"))]
pub(crate) use debug_fields;
