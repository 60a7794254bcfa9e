//! Guides, with examples for both clients.
//!
//! These modules hold nothing but text.

/// Makes a module of each guide. The examples in the guides need all of these
/// features.
macro_rules! guides {
    ($($name:ident;)+) => {$(
        #[cfg_attr(
            all(
                feature = "async",
                feature = "blocking",
                feature = "gateway",
                feature = "rustls",
                feature = "webhook"
            ),
            doc = include_str!(concat!("../docs/", stringify!($name), ".md"))
        )]
        #[cfg_attr(
            not(all(
                feature = "async",
                feature = "blocking",
                feature = "gateway",
                feature = "rustls",
                feature = "webhook"
            )),
            doc = "To read this guide, document the crate with all features."
        )]
        pub mod $name {}
    )+};
}

guides! {
    authentication;
    concurrency;
    errors;
    events;
    gateway;
    limitations;
    migrating;
    observability;
    paging;
    testing;
    uploads;
}
