//! `Client` beside ureq.

use std::hint::black_box;

use chrono::{DateTime, Utc};
use lagclient::{Client, ListMessages};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::plain::{Message, Page, User};
use super::{Call, Case, Place, ROOM, SERVER, TEXT, TOKEN, authority, page_url, send_url};

pub(super) fn cases(place: &Place) -> Vec<Case> {
    let client = client(place);
    let agent = bare_client(place);
    let case = |call: Call| {
        let (client, agent, base) = (client.clone(), agent.clone(), place.base.clone());
        Case {
            name: format!("blocking, {}{}", place.name, call.name()),
            required: match call {
                Call::Page => 1.2,
                Call::Me if place.name == "by name, " => 1.05,
                _ => 0.97,
            },
            calls: 1,
            bytes: None,
            lagclient: Box::new(move || lagclient(&client, call)),
            bare: Box::new(move || bare(&agent, &base, call).expect("an answer")),
        }
    };
    Call::ALL.map(case).into()
}

pub(crate) fn client(place: &Place) -> Client {
    let builder = Client::builder(TOKEN).base_url(&place.base);
    let builder = match &place.pem {
        Some(pem) => builder.ca_certificate(pem),
        None => builder,
    };
    builder.build().expect("a client")
}

pub(crate) fn bare_client(place: &Place) -> ureq::Agent {
    let config = ureq::Agent::config_builder();
    let config = match &place.pem {
        Some(pem) => config.tls_config(authority::ureq_tls(Some(pem))),
        None => config,
    };
    config.build().into()
}

/// Asks who it is.
pub(crate) fn ask_bare(agent: &ureq::Agent, place: &Place) {
    bare(agent, &place.base, Call::Me).expect("an answer");
}

fn lagclient(client: &Client, call: Call) {
    match call {
        Call::Me => {
            black_box(client.identity().expect("an answer"));
        }
        Call::Page => {
            let page = ListMessages::new().limit(100);
            let page = client.servers().rooms().messages().list(SERVER, ROOM, page);
            black_box(page.expect("an answer"));
        }
        Call::Send => {
            let sent = client.servers().rooms().messages().send(SERVER, ROOM, TEXT);
            black_box(sent.expect("an answer"));
        }
    }
}

fn bare(agent: &ureq::Agent, base: &str, call: Call) -> Result<(), ureq::Error> {
    let authorization = format!("Bearer {TOKEN}");
    let get = |url: String| {
        agent
            .get(url)
            .header("Authorization", &authorization)
            .call()
    };
    match call {
        Call::Me => decode::<User>(get(format!("{base}/users/me"))?),
        Call::Page => decode::<Page<DateTime<Utc>>>(get(page_url(base))?),
        Call::Send => {
            let body = serde_json::to_vec(&json!({ "content": TEXT })).expect("JSON");
            let answer = agent
                .post(send_url(base))
                .header("Authorization", &authorization)
                .content_type("application/json")
                .send(&body)?;
            decode::<Message<DateTime<Utc>>>(answer)
        }
    }
}

fn decode<T: DeserializeOwned>(
    mut answer: ureq::http::Response<ureq::Body>,
) -> Result<(), ureq::Error> {
    let body = answer.body_mut().read_to_vec()?;
    black_box(serde_json::from_slice::<T>(&body).expect("the model"));
    Ok(())
}
