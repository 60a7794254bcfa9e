//! The index of methods against the crate: every method is there under its
//! name, calls its endpoint, refuses the tokens that it must refuse, and has a
//! wire test; and nothing is there that the index lacks.
//!
//! `cargo test --test blocking surface -- --nocapture` prints the list.

pub(super) mod calls;
mod index;

use core::prelude::v1::test as sync_test;
use std::collections::BTreeMap;

use lagclient::{Error, TokenKind};

use self::calls::{Ids, call};
use self::index::{Method, methods};
use crate::client::{Client, maybe_async, test};
use crate::support::{AWKWARD_IDS, Expected, Recorded, Reply, Server, robot, user};

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
            let Some(answer) = call(&client, name, Ids::Placeholders).await else {
                panic!("{name} is not in surface/calls.rs");
            };
            match (answer, endpoint) {
                (Err(Error::NotFound(answer)), Some(endpoint)) => {
                    check_request(&server.request(), name, &endpoint);
                    assert_eq!(answer.endpoint, endpoint, "{name}");
                }
                (Err(Error::InvalidToken(refused)), None) => {
                    assert_eq!(refused.method, name);
                    let kind = [TokenKind::User, TokenKind::Robot][usize::from(by_robot)];
                    assert_eq!(refused.kind, kind, "{name}");
                    assert!(!refused.instead.is_empty(), "{name}");
                    assert!(server.requests().is_empty(), "{name}");
                }
                (answer, endpoint) => panic!("{name}: {answer:?} for {endpoint:?}"),
            }
        }
    }
}

/// The parts of an endpoint that stand for ids, such as `{server_id}`.
pub(super) fn placeholders(endpoint: &str) -> Vec<&str> {
    let part = |part: &&str| part.starts_with('{');
    endpoint.split('/').filter(part).collect()
}

/// An endpoint, without its HTTP method, with the same id everywhere.
pub(super) fn path(endpoint: &str, id: &str) -> String {
    let (_, mut path) = endpoint
        .split_once(' ')
        .map(|(m, p)| (m, p.to_owned()))
        .unwrap();
    for placeholder in placeholders(endpoint) {
        path = path.replace(placeholder, id);
    }
    path
}

/// A client that may call the method, and the endpoint that it then calls.
fn caller(method: &Method, server: &Server) -> (Client, String) {
    match method.by_user() {
        Some(endpoint) => (user(server), endpoint),
        None => (robot(server), method.by_robot().unwrap()),
    }
}

/// The methods whose endpoints hold ids.
fn methods_with_ids() -> Vec<Method> {
    let endpoint = |method: &Method| method.by_user().or_else(|| method.by_robot()).unwrap();
    let mut methods = methods();
    methods.retain(|method| !placeholders(&endpoint(method)).is_empty());
    assert!(methods.len() >= 60, "{methods:?}");
    methods
}

#[maybe_async]
#[test]
async fn awkward_ids_stay_one_segment() {
    for method in methods_with_ids() {
        let server = Server::start(AWKWARD_IDS.map(|_| Reply::status(404)));
        let (client, endpoint) = caller(&method, &server);
        for (number, (id, encoded)) in AWKWARD_IDS.into_iter().enumerate() {
            let answer = call(&client, method.name, Ids::All(id)).await;
            assert!(
                matches!(answer, Some(Err(Error::NotFound(_)))),
                "{method:?} {id}: {answer:?}"
            );
            let target = server.requests()[number].target.clone();
            let called = target.split('?').next().unwrap();
            assert_eq!(called, path(&endpoint, encoded), "{method:?}");
        }
    }
}

/// The trap that the official SDKs step into: message `..` is the room, and
/// kicking member `..` deletes the server.
#[maybe_async]
#[test]
async fn ids_that_would_change_the_endpoint_are_refused() {
    for method in methods_with_ids() {
        let server = Server::start([]);
        let (client, endpoint) = caller(&method, &server);
        for placeholder in placeholders(&endpoint) {
            for id in ["", ".", ".."] {
                let ids = Ids::One { placeholder, id };
                let answer = call(&client, method.name, ids).await;
                let Some(Err(Error::InvalidArgument(refused))) = answer else {
                    panic!("{method:?} with {ids:?}: {answer:?}");
                };
                assert_eq!(
                    format!("{{{}}}", refused.argument),
                    placeholder,
                    "{method:?}"
                );
            }
        }
        assert!(server.requests().is_empty(), "{method:?}");
    }
}

/// Whether a method deletes something and returns nothing. What is on the wire
/// is the same for all of them.
fn returns_nothing(method: &Method) -> bool {
    let returns_something = [
        "events.cancel",
        "events.templates.delete",
        "users.remove_push_token",
    ];
    let endpoint = method.by_user().unwrap_or_default();
    endpoint.starts_with("DELETE ") && !returns_something.contains(&method.name)
}

#[maybe_async]
#[test]
async fn what_deletes_and_returns_nothing() {
    let methods: Vec<_> = methods().into_iter().filter(returns_nothing).collect();
    assert!(methods.len() >= 12, "{methods:?}");
    for method in methods {
        let name = method.name;
        for (id, encoded) in AWKWARD_IDS {
            let server = Server::status(204);
            let answer = call(&user(&server), name, Ids::All(id)).await;
            assert!(matches!(answer, Some(Ok(()))), "{name}: {answer:?}");
            Expected::user("DELETE", path(&method.by_user().unwrap(), encoded)).on(&server);
        }
        if let Some(endpoint) = method.by_robot() {
            let server = Server::status(204);
            let answer = call(&robot(&server), name, Ids::All("id_1")).await;
            assert!(matches!(answer, Some(Ok(()))), "{name}: {answer:?}");
            Expected::robot("DELETE", path(&endpoint, "id_1")).on(&server);
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
            !own.is_empty() || returns_nothing(method),
            "no test suite::{}::{} or …_*",
            method.module(),
            method.call(),
        );
    }
    println!("{} methods", methods.len());
}

/// If an endpoint is not documented for robots, the documentation of its method
/// says so.
#[sync_test]
fn what_is_not_documented_for_robots_says_so() {
    let methods = methods();
    let undocumented = methods.iter().filter(|method| method.is_undocumented);
    assert!(undocumented.clone().count() >= 25);
    for method in undocumented {
        let docs = index::function(method.link.unwrap()).docs;
        let (_, errors) = docs.split_once("# Errors").expect(method.name);
        let says_so = errors.contains("does not list this endpoint for robots");
        assert!(says_so, "{}: {errors}", method.name);
    }
}

/// The documentation runs the examples; that there is one, and that it is of
/// this method, is checked here.
#[sync_test]
fn every_method_has_an_example_that_calls_it() {
    let calls = index::calls();
    assert!(calls.len() > 130, "{}", calls.len());
    for function in calls {
        let (name, example) = (&function.name, &function.example);
        let call = format!(".{name}(");
        let is_called = example.iter().any(|line| line.contains(&call));
        assert!(is_called, "{name} has no example!: {example:?}");
        for line in example {
            let columns = line.trim_start().chars().count();
            assert!(columns <= 76, "{name}: {columns} columns: {line}");
            for (at, _) in line.match_indices(".await") {
                let [open, closed] = ['(', ')'].map(|c| line[..at].matches(c).count());
                assert_eq!(open, closed, "{name}: an .await in parentheses: {line}");
            }
        }
    }
}

/// Who looks for an endpoint without ids in the documentation finds its method.
#[sync_test]
fn endpoints_are_names_to_search_for() {
    for method in methods() {
        let aliases = index::function(method.link.unwrap()).aliases;
        let by_robot = method.by_robot().filter(|_| !method.is_undocumented);
        for endpoint in [method.by_user(), by_robot].into_iter().flatten() {
            assert!(
                !placeholders(&endpoint).is_empty() || aliases.contains(&endpoint),
                "{}: #[doc(alias = \"{endpoint}\")]",
                method.name
            );
        }
    }
}
