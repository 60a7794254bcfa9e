//! The index of methods against the crate: every method is there under its
//! name, calls its endpoint, refuses the tokens that it must refuse, and has a
//! wire test; and nothing is there that the index lacks.
//!
//! `cargo test --test blocking surface -- --nocapture` prints the list.

mod calls;
mod index;

use core::prelude::v1::test as sync_test;
use std::collections::BTreeMap;

use lagclient::Error;

use self::calls::call;
use self::index::methods;
use crate::client::{maybe_async, test};
use crate::support::{Recorded, Reply, Server, robot, user};

/// How many methods the official Python SDK has in each of its namespaces.
const OFFICIAL: [(&str, usize); 15] = [
    ("", 1),
    ("dms", 8),
    ("events", 7),
    ("events.guests", 3),
    ("events.templates", 4),
    ("friends", 7),
    ("images", 4),
    ("servers", 7),
    ("servers.invites", 6),
    ("servers.members", 7),
    ("servers.roles", 5),
    ("servers.rooms", 3),
    ("servers.rooms.messages", 5),
    ("system", 4),
    ("users", 14),
];

#[sync_test]
fn the_index_has_the_official_methods_and_those_that_robots_have() {
    let methods = methods();
    let mut official = BTreeMap::new();
    for method in methods.iter().filter(|method| method.is_official) {
        *official.entry(method.namespace()).or_insert(0) += 1;
    }
    assert_eq!(official, BTreeMap::from(OFFICIAL));
    assert_eq!(official.values().sum::<usize>(), 85);
    for name in ["servers.rooms.list", "servers.members.list"] {
        assert!(methods.iter().any(|m| m.name == name && !m.is_official));
    }
}

#[sync_test]
fn the_index_links_to_each_method() {
    for method in methods() {
        match method.link {
            Some(link) => assert!(
                link.starts_with("super::") && link.ends_with(&format!("::{}", method.call())),
                "{method:?}"
            ),
            None => panic!("{method:?} has no link"),
        }
    }
}

#[sync_test]
fn the_index_lacks_nothing() {
    let methods = methods();
    let names: Vec<&str> = methods.iter().map(|method| method.name).collect();
    let source = index::of_the_source();
    assert!(source.len() > 70, "{source:?}");
    for name in &source {
        assert!(
            names.contains(&name.as_str()),
            "src/api/methods.md lacks {name}"
        );
    }
    for method in &methods {
        assert!(source.iter().any(|name| name == method.name), "{method:?}");
    }
}

/// Ids that are their own placeholders make the path its own template.
fn check_request(request: &Recorded, name: &str, endpoint: &str) {
    let path = request.target.split('?').next().unwrap();
    let template = path.replace("%7B", "{").replace("%7D", "}");
    assert_eq!(format!("{} {template}", request.method), endpoint, "{name}");
}

#[maybe_async]
#[test]
async fn every_method_calls_its_endpoint_or_refuses_the_token() {
    for method in methods() {
        let name = method.name;
        for (by_robot, endpoint) in [(false, method.by_user()), (true, method.by_robot())] {
            let server = Server::start([Reply::status(404)]);
            let client = if by_robot {
                robot(&server)
            } else {
                user(&server)
            };
            let Some(answer) = call(&client, name).await else {
                panic!("{name} is not in surface/calls.rs");
            };
            match (answer, endpoint) {
                (Err(Error::NotFound(answer)), Some(endpoint)) => {
                    check_request(&server.request(), name, &endpoint);
                    let endpoint = endpoint.replace("/robots/@me/servers", "/servers");
                    assert_eq!(answer.endpoint, endpoint, "{name}");
                }
                (Err(Error::InvalidToken(refused)), None) => {
                    assert_eq!(refused.method, name);
                    assert!(!refused.instead.is_empty(), "{name}");
                    assert!(server.requests().is_empty(), "{name}");
                }
                (answer, endpoint) => panic!("{name}: {answer:?} for {endpoint:?}"),
            }
        }
    }
}

#[sync_test]
fn every_method_has_a_wire_test() {
    let binary = std::env::current_exe().unwrap();
    let list = std::process::Command::new(binary).arg("--list").output();
    let list = String::from_utf8(list.unwrap().stdout).unwrap();
    let tests: Vec<(&str, &str)> = list
        .lines()
        .filter_map(|line| line.strip_suffix(": test")?.strip_prefix("suite::"))
        .filter_map(|test| test.split_once("::"))
        .collect();
    let methods = methods();
    println!(
        "{:<32} {:<72} {:<12} wire tests",
        "method", "endpoint", "token"
    );
    for method in &methods {
        let own = index::wire_tests(method, &methods, &tests);
        let endpoint = method.by_user().or_else(|| method.by_robot()).unwrap();
        let (name, token) = (method.name, method.token);
        println!("{name:<32} {endpoint:<72} {token:<12} {}", own.join(" "));
        assert!(
            !own.is_empty(),
            "no test suite::{}::{} or …_*",
            method.module(),
            method.call(),
        );
    }
    println!("{} methods", methods.len());
}
