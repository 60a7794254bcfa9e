//! What `build()` accepts as a base URL, every parser reads in the same way:
//! `http::Uri`, which the blocking client goes by, and that of the WHATWG.
#![cfg(all(feature = "blocking", feature = "rustls"))]

use std::net::IpAddr;

use http::Uri;
use lagclient::Client;
use reqwest::Url;

const PIECES: &[&str] = &[
    "http",
    "https",
    "HTTP",
    "ftp",
    ":",
    ":",
    "/",
    "//",
    "://",
    "\\",
    "@",
    "?",
    "#",
    "[",
    "]",
    ".",
    "..",
    "-",
    "_",
    "%",
    "%2e",
    "%2F",
    "%40",
    "%00",
    " ",
    "\t",
    "\n",
    "\0",
    "0",
    "1",
    "7",
    "80",
    "443",
    "0443",
    "65535",
    "65536",
    "127",
    "0x7",
    "0x7f",
    "0x",
    "017",
    "1e3",
    "255",
    "256",
    "4294967295",
    "127.0.0.1",
    "127.1",
    "localhost",
    "LOCALHOST",
    "example",
    "com",
    "a",
    "Z",
    "xn--",
    "xn--p1ai",
    "ü",
    "ß",
    "。",
    "．",
    "\u{ad}",
    "\u{200d}",
    "::1",
    "[::1]",
    "[::ffff:1.2.3.4]",
    "[1:2::]",
    "[fe80::1%25lo]",
    "[v1.a]",
    "user",
    "user:pw@",
    "path",
    ";",
    "=",
    "&",
    "+",
    "~",
    "^",
    "|",
    "<",
    "\"",
    "`",
    "{",
    "$",
    "!",
    "'",
    "(",
    ",",
    "*",
];

fn generated() -> String {
    let mut text = String::new();
    if fastrand::u8(..) > 8 {
        text.push_str(if fastrand::bool() {
            "https://"
        } else {
            "http://"
        });
    }
    for _ in 0..fastrand::usize(1..9) {
        text.push_str(PIECES[fastrand::usize(..PIECES.len())]);
    }
    text
}

fn is_accepted(text: &str) -> bool {
    let builder = Client::builder("token").base_url(text).allow_http(true);
    builder.no_proxy().build().is_ok()
}

/// Host and port, as the two parsers see them.
fn read(text: &str) -> Option<[(String, u16); 2]> {
    let uri: Uri = text.parse().ok()?;
    let url = Url::parse(text).ok()?;
    let default = match uri.scheme_str()? {
        "https" => 443,
        _ => 80,
    };
    assert_eq!(uri.scheme_str(), Some(url.scheme()), "{text}");
    let port = match uri.port() {
        Some(port) => port.as_str().parse().ok()?,
        None => default,
    };
    let same_form = |host: &str| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(address) => address.to_string(),
            Err(_) => host.to_ascii_lowercase(),
        }
    };
    let url_port = url.port_or_known_default()?;
    Some([
        (same_form(uri.host()?), port),
        (same_form(url.host_str()?), url_port),
    ])
}

#[test]
fn what_is_accepted_is_read_in_one_way() {
    let mut accepted = 0;
    for _ in 0..60_000 {
        let text = generated();
        if !is_accepted(&text) {
            continue;
        }
        accepted += 1;
        let [uri, url] = read(&text).unwrap_or_else(|| panic!("{text:?} is not read by both"));
        assert_eq!(uri, url, "{text:?}");
        assert!(
            !text.contains('@') || text.rfind('@') > text[8..].find('/'),
            "{text:?}"
        );
    }
    assert!(accepted > 1_000, "{accepted}");
}

#[test]
fn what_both_read_alike_is_mostly_accepted() {
    for text in [
        "https://api.trylag.com",
        "https://api.trylag.com/v1/",
        "https://lag.internal:8443",
        "https://10.0.0.1",
        "https://[2001:db8::1]:8443/lag",
        "http://my_host",
        "https://example.com.",
    ] {
        assert!(is_accepted(text), "{text}");
        let [uri, url] = read(text).unwrap();
        assert_eq!(uri, url, "{text}");
    }
}

/// The last URL is kept: not what another client was allowed.
#[test]
fn what_one_client_may_no_other_one_may() {
    let url = "http://lag.example.com";
    let build = |allow| {
        Client::builder("token")
            .base_url(url)
            .allow_http(allow)
            .build()
    };
    for allow in [true, false, true, true, false, false] {
        assert_eq!(build(allow).is_ok(), allow);
    }
}
