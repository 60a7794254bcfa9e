//! What it takes to make a client that can be used: with its TLS, its proxy from the environment,
//! its timeouts and headers, and a checked base URL.

use std::hint::black_box;
use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use lagclient::{AsyncClient, Client};

use super::{Case, TOKEN, authority};

const BASE: &str = "https://api.example.com";
const JSON: &str = "application/json";
const TIMEOUT: Duration = Duration::from_secs(30);
const USER_AGENT: &str = "bench/1.0";

/// At most 1.10 times as long.
const REQUIRED: f64 = 1.0 / 1.1;

pub(super) fn cases() -> Vec<Case> {
    let case = |name: &str, ours: fn(), bare: fn()| Case {
        name: format!("{name}, a client"),
        required: REQUIRED,
        calls: 1,
        bytes: None,
        lagclient: Box::new(ours),
        bare: Box::new(bare),
    };
    vec![
        case("blocking", blocking, ureq),
        case("async", asynchronous, reqwest),
    ]
}

fn blocking() {
    let client = Client::builder(TOKEN)
        .base_url(BASE)
        .user_agent(USER_AGENT)
        .build();
    black_box(client.expect("a client"));
}

fn asynchronous() {
    let client = AsyncClient::builder(TOKEN)
        .base_url(BASE)
        .user_agent(USER_AGENT)
        .build();
    black_box(client.expect("a client"));
}

fn ureq() {
    let config = ureq::Agent::config_builder()
        .tls_config(authority::ureq_tls(None))
        .user_agent(USER_AGENT)
        .accept(JSON)
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_connect(Some(TIMEOUT))
        .timeout_send_request(Some(TIMEOUT))
        .timeout_recv_response(Some(TIMEOUT))
        .timeout_recv_body(Some(TIMEOUT))
        .build();
    let agent = ureq::Agent::new_with_config(config);
    let base: http::Uri = BASE.parse().expect("a URL");
    black_box((agent, base, authorization()));
}

fn reqwest() {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, authorization());
    headers.insert(ACCEPT, HeaderValue::from_static(JSON));
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(authority::reqwest_tls(None))
        .user_agent(USER_AGENT)
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(TIMEOUT)
        .timeout(TIMEOUT)
        .build();
    let base = reqwest::Url::parse(BASE).expect("a URL");
    black_box((client.expect("a client"), base));
}

fn authorization() -> HeaderValue {
    let mut value = HeaderValue::try_from(format!("Bearer {TOKEN}")).expect("a header");
    value.set_sensitive(true);
    value
}
