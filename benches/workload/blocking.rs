//! `Client` beside ureq.

use std::hint::black_box;

use chrono::{DateTime, Utc};
use lagclient::{Client, ListMessages};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::plain::{Message, Page, User};
use super::{Call, Case, ROOM, SERVER, TEXT, TOKEN, page_url, send_url};

pub(super) fn cases(base: &str) -> Vec<Case> {
    let client = Client::builder(TOKEN)
        .base_url(base)
        .build()
        .expect("a client");
    let agent = ureq::Agent::new_with_defaults();
    let case = |call: Call| {
        let (client, agent, base) = (client.clone(), agent.clone(), base.to_owned());
        Case {
            name: format!("blocking, {}", call.name()),
            required: if matches!(call, Call::Page) {
                1.2
            } else {
                0.97
            },
            calls: 1,
            lagclient: Box::new(move || lagclient(&client, call)),
            bare: Box::new(move || bare(&agent, &base, call).expect("an answer")),
        }
    };
    Call::ALL.map(case).into()
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
