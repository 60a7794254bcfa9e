//! Who may use the control interface: programs on this machine and the console
//! itself, but no page that a browser has loaded from elsewhere.

use std::net::SocketAddr;

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderMap, HeaderName, ORIGIN, REFERRER_POLICY,
    UPGRADE, X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{HeaderValue, Method};

use crate::server::shared::Shared;
use crate::world::Failure;

/// The page may load only what the sandbox itself serves, and no other page may
/// put it into a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// Refuses a request that a page from elsewhere has made a browser send.
///
/// Such a page can make its own host name point to this machine (DNS
/// rebinding); then `Host` is that name. Or it can send requests here without
/// being able to read the answers; then `Origin` is the page's own.
pub(super) fn check(shared: &Shared, head: &Parts) -> Result<(), Failure> {
    let mut hosts = head.headers.get_all(HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    if hosts.next().is_some() || !host.is_some_and(|host| is_here(shared, host)) {
        return Err(Failure::forbidden(
            "The control interface answers under the address that it listens on only",
        ));
    }
    // A page from elsewhere may send such requests, since it cannot read the
    // answers. It could over a WebSocket, so that does not count as reading.
    let reads =
        matches!(head.method, Method::GET | Method::HEAD) && !head.headers.contains_key(UPGRADE);
    let foreign = head.headers.get_all(ORIGIN).iter().any(|origin| {
        !origin
            .to_str()
            .ok()
            .and_then(|origin| origin.strip_prefix("http://"))
            .is_some_and(|origin| is_here(shared, origin))
    });
    if foreign && !reads {
        return Err(Failure::forbidden(
            "Another page cannot use the control interface",
        ));
    }
    Ok(())
}

/// Whether a host and port are those of the sandbox: the address that it
/// listens on, or `localhost` for the loopback one. If it listens on all
/// addresses, any address is right, but no name.
fn is_here(shared: &Shared, authority: &str) -> bool {
    let own = shared.settings.address;
    // Clients leave out the default port of http.
    let authority = match own.port() {
        80 if !authority.ends_with(":80") => format!("{authority}:80"),
        _ => authority.to_owned(),
    };
    let authority = authority.to_ascii_lowercase();
    if own.ip().is_loopback() && authority == format!("localhost:{}", own.port()) {
        return true;
    }
    let given = authority.parse::<SocketAddr>();
    given.is_ok_and(|given| {
        given == own || (own.ip().is_unspecified() && given.port() == own.port())
    })
}

/// Adds the headers that every answer has for browsers.
pub(super) fn seal(headers: &mut HeaderMap) {
    let policies = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in policies {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Makes an uploaded file harmless. It has the same origin as the console, so
/// no script in it may run, whatever its type is.
pub(crate) fn isolate(headers: &mut HeaderMap) {
    let policy = HeaderValue::from_static("sandbox; default-src 'none'");
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    let nosniff = HeaderValue::from_static("nosniff");
    headers.insert(X_CONTENT_TYPE_OPTIONS, nosniff);
}
