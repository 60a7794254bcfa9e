//! Whatever a web framework keeps headers in.

use std::collections::{BTreeMap, HashMap};

/// The headers of a delivery: a [`http::HeaderMap`], or names with values in a
/// slice, a `Vec`, an array or a map. Implement it for the type of any other
/// web framework.
pub trait Headers {
    /// The value of the header `name`, whose case does not matter. Where it is
    /// there several times, the first one counts.
    fn header(&self, name: &str) -> Option<&[u8]>;
}

impl Headers for http::HeaderMap {
    fn header(&self, name: &str) -> Option<&[u8]> {
        self.get(name).map(http::HeaderValue::as_bytes)
    }
}

/// What holds pairs of names and values.
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
