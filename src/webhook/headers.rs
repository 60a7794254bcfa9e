//! The types in which web frameworks keep headers.

use std::collections::{BTreeMap, HashMap};

/// The headers of a delivery. This is implemented for [`http::HeaderMap`], and
/// for pairs of names and values in a slice, a `Vec`, an array or a map. If
/// your web framework has another type, implement it for a type of your own.
pub trait Headers {
    /// The value of the header `name`, in lower or upper case. If there are
    /// several such headers, it is the value of the first one.
    fn header(&self, name: &str) -> Option<&[u8]>;
}

impl Headers for http::HeaderMap {
    fn header(&self, name: &str) -> Option<&[u8]> {
        self.get(name).map(http::HeaderValue::as_bytes)
    }
}

/// Implements the trait for a type that holds pairs of names and values.
macro_rules! pairs {
    ($([$($generics:tt)*] $pairs:ty;)+) => {$(
        impl<K: AsRef<str>, V: AsRef<[u8]>, $($generics)*> Headers for $pairs {
            fn header(&self, name: &str) -> Option<&[u8]> {
                let mut pairs = self.iter().map(|(key, value)| (key.as_ref(), value.as_ref()));
                Some(pairs.find(|(key, _)| name.eq_ignore_ascii_case(key))?.1)
            }
        }
    )+};
}

pairs! {
    [] [(K, V)];
    [const N: usize] [(K, V); N];
    [] Vec<(K, V)>;
    [] BTreeMap<K, V>;
    [S] HashMap<K, V, S>;
}

impl<T: Headers + ?Sized> Headers for &T {
    fn header(&self, name: &str) -> Option<&[u8]> {
        (**self).header(name)
    }
}
