//! Another crate may turn on reqwest's `rustls-no-provider`, with which reqwest
//! panics where nobody has named a provider of cryptography. The feature
//! `no-provider` of this package is that other crate.
#![cfg(all(feature = "async", any(feature = "no-provider", feature = "rustls")))]

use lagclient::{AsyncClient, Error};

#[test]
fn no_builder_panics() {
    for base_url in ["http://127.0.0.1:1", "https://lag.example"] {
        let built = AsyncClient::builder("lag_pat_x").base_url(base_url).build();
        if cfg!(feature = "rustls") {
            built.expect(base_url);
            continue;
        }
        let error = built.expect_err(base_url);
        let said = error.to_string();
        assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
        // What there is to do.
        assert!(said.contains("feature \"rustls\""), "{said}");
    }
}
