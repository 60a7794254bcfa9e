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
use super::{Call, Case, Place, ROOM, Run, SERVER, TEXT, TOKEN, authority, page_url, send_url};

/// Calls at once, and calls in each of these chains.
const AT_ONCE: u32 = 64;
const CHAIN: u32 = 8;

pub(super) fn cases(place: &Place) -> Vec<Case> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let runtime = Rc::new(runtime);
    let client = client(place);
    let http = bare_client(place);
    let base: Arc<str> = place.base.as_str().into();
    let ours = |call| {
        let client = client.clone();
        move || lagclient(client.clone(), call)
    };
    let theirs = |call| {
        let (http, base) = (http.clone(), Arc::clone(&base));
        move || bare(http.clone(), Arc::clone(&base), call)
    };
    let one = |call: Call| Case {
        name: format!("async, {}{}", place.name, call.name()),
        required: if matches!(call, Call::Page) {
            1.12
        } else {
            0.97
        },
        calls: 1,
        bytes: None,
        lagclient: alone(&runtime, ours(call)),
        bare: alone(&runtime, theirs(call)),
    };
    let many = |call: Call| Case {
        name: format!("async, {}{} x{AT_ONCE}", place.name, call.name()),
        required: if matches!(call, Call::Page) {
            1.18
        } else {
            0.97
        },
        calls: AT_ONCE * CHAIN,
        bytes: None,
        lagclient: at_once(&runtime, ours(call)),
        bare: at_once(&runtime, theirs(call)),
    };
    let mut cases = Vec::from(Call::ALL.map(one));
    cases.extend(Call::ALL.map(many));
    cases
}

pub(crate) fn client(place: &Place) -> AsyncClient {
    let builder = AsyncClient::builder(TOKEN).base_url(&place.base);
    let builder = match &place.pem {
        Some(pem) => builder.ca_certificate(pem),
        None => builder,
    };
    builder.build().expect("a client")
}

/// A client with reqwest's defaults.
pub(crate) fn bare_client(place: &Place) -> reqwest::Client {
    reqwest::Client::builder()
        .tls_backend_preconfigured(authority::reqwest_tls(place.pem.as_deref()))
        .build()
        .expect("a client")
}

/// Asks who it is.
pub(crate) async fn ask_bare(http: reqwest::Client, place: &Place) {
    bare(http, place.base.as_str().into(), Call::Me).await;
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
