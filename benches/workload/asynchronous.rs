//! `AsyncClient` beside reqwest, one call at a time and 64 at once.

use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use lagclient::{AsyncClient, ListMessages};
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use super::plain::{Message, Page, User};
use super::{Call, Case, ROOM, Run, SERVER, TEXT, TOKEN, page_url, send_url};

/// Calls at once, and calls in each of these chains.
const AT_ONCE: u32 = 64;
const CHAIN: u32 = 8;

pub(super) fn cases(base: &str) -> Vec<Case> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let runtime = Rc::new(runtime);
    let client = AsyncClient::builder(TOKEN)
        .base_url(base)
        .build()
        .expect("a client");
    let http = bare_client();
    let base: Arc<str> = base.into();
    let ours = |call| {
        let client = client.clone();
        move || lagclient(client.clone(), call)
    };
    let theirs = |call| {
        let (http, base) = (http.clone(), Arc::clone(&base));
        move || bare(http.clone(), Arc::clone(&base), call)
    };
    let one = |call: Call| Case {
        name: format!("async, {}", call.name()),
        required: if matches!(call, Call::Page) {
            1.12
        } else {
            0.97
        },
        calls: 1,
        lagclient: alone(&runtime, ours(call)),
        bare: alone(&runtime, theirs(call)),
    };
    let many = |call: Call| Case {
        name: format!("async, {} x{AT_ONCE}", call.name()),
        required: if matches!(call, Call::Page) {
            1.18
        } else {
            0.97
        },
        calls: AT_ONCE * CHAIN,
        lagclient: at_once(&runtime, ours(call)),
        bare: at_once(&runtime, theirs(call)),
    };
    let mut cases = Vec::from(Call::ALL.map(one));
    cases.extend(Call::ALL.map(many));
    cases
}

/// A client with reqwest's defaults. The provider of rustls has to be named, as the crate builds
/// reqwest without one.
fn bare_client() -> reqwest::Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .build()
        .expect("a client")
}

fn alone<F: Future<Output = ()>>(runtime: &Rc<Runtime>, call: impl Fn() -> F + 'static) -> Run {
    let runtime = Rc::clone(runtime);
    Box::new(move || runtime.block_on(call()))
}

fn at_once<F>(runtime: &Rc<Runtime>, call: impl Fn() -> F + Clone + Send + 'static) -> Run
where
    F: Future<Output = ()> + Send,
{
    let runtime = Rc::clone(runtime);
    Box::new(move || {
        runtime.block_on(async {
            let mut chains = JoinSet::new();
            for _ in 0..AT_ONCE {
                let call = call.clone();
                chains.spawn(async move {
                    for _ in 0..CHAIN {
                        call().await;
                    }
                });
            }
            chains.join_all().await;
        });
    })
}

async fn lagclient(client: AsyncClient, call: Call) {
    match call {
        Call::Me => {
            black_box(client.identity().await.expect("an answer"));
        }
        Call::Page => {
            let page = ListMessages::new().limit(100);
            let messages = client.servers().rooms().messages();
            black_box(messages.list(SERVER, ROOM, page).await.expect("an answer"));
        }
        Call::Send => {
            let messages = client.servers().rooms().messages();
            black_box(messages.send(SERVER, ROOM, TEXT).await.expect("an answer"));
        }
    }
}

async fn bare(http: reqwest::Client, base: Arc<str>, call: Call) {
    let answer = match call {
        Call::Me => http.get(format!("{base}/users/me")),
        Call::Page => http.get(page_url(&base)),
        Call::Send => http
            .post(send_url(&base))
            .header("Content-Type", "application/json")
            .body(serde_json::to_vec(&json!({ "content": TEXT })).expect("JSON")),
    }
    .bearer_auth(TOKEN)
    .send()
    .await
    .and_then(reqwest::Response::error_for_status)
    .expect("an answer");
    match call {
        Call::Me => decode::<User>(answer).await,
        Call::Page => decode::<Page<DateTime<Utc>>>(answer).await,
        Call::Send => decode::<Message<DateTime<Utc>>>(answer).await,
    }
}

async fn decode<T: DeserializeOwned>(answer: reqwest::Response) {
    let body = answer.bytes().await.expect("the body");
    black_box(serde_json::from_slice::<T>(&body).expect("the model"));
}
