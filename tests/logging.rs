//! What the libraries below the clients write to the `log` facade: the guide
//! names the targets that write a token.
#![cfg(all(feature = "blocking", feature = "async"))]

use std::sync::Mutex;

use lag_sandbox::Sandbox;
use lagclient::{AsyncClient, Client};
use log::{LevelFilter, Log, Metadata, Record};

/// All that was written, with its target.
struct Collector(Mutex<Vec<(String, String)>>);

impl Log for Collector {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let text = record.args().to_string();
        let mut records = self.0.lock().unwrap();
        records.push((record.target().to_owned(), text));
    }

    fn flush(&self) {}
}

static COLLECTOR: Collector = Collector(Mutex::new(Vec::new()));

/// What was written under targets that begin like this, or under all others.
fn written(prefix: &str, is_wanted: bool) -> String {
    let records = COLLECTOR.0.lock().unwrap();
    let of_target = records
        .iter()
        .filter(|(target, _)| target.split("::").next() == Some(prefix));
    let wanted: Vec<&str> = if is_wanted {
        of_target.map(|(_, text)| text.as_str()).collect()
    } else {
        records
            .iter()
            .filter(|(target, _)| target.split("::").next() != Some(prefix))
            .map(|(_, text)| text.as_str())
            .collect()
    };
    wanted.join("\n")
}

#[tokio::test]
async fn only_the_targets_of_the_guide_write_a_token() {
    log::set_logger(&COLLECTOR).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let sandbox = Sandbox::start().unwrap();
    let token = sandbox.user_token().to_string();
    let builder = AsyncClient::builder(&*token).base_url(sandbox.base_url());
    let client = builder.build().unwrap();
    client.identity().await.unwrap();
    let _ = client.servers().get("srv_secret").await;
    let builder = Client::builder(&*token).base_url(sandbox.base_url());
    let client = builder.build().unwrap();
    client.identity().unwrap();
    let _ = client.servers().get("srv_secret");

    let others = written("ureq_proto", false);
    assert!(!others.is_empty());
    assert!(!others.contains(&token), "{others}");
    // What ureq_proto writes is in rows of sixteen bytes, behind their numbers.
    let rows = written("ureq_proto", true);
    let dumped: String = rows
        .lines()
        .filter_map(|row| row.get(40..))
        .map(str::trim_start)
        .collect();
    assert!(
        dumped.contains(&token[..8]),
        "ureq_proto writes no token any more: the warning can go\n{rows}"
    );
    for (target, text) in COLLECTOR.0.lock().unwrap().iter() {
        let target = target.split("::").next().unwrap();
        if !["ureq", "ureq_proto"].contains(&target) {
            assert!(!text.contains("srv_secret"), "{target}: {text}");
        }
    }
}
