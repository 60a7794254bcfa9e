//! The smoke test of `examples/smoke.rs`, against sandboxes in good and in bad
//! shape. Its source is part of this test, so that it needs no build of its own.
#![cfg(feature = "blocking")]

#[path = "../examples/smoke.rs"]
#[allow(dead_code, reason = "its main function is not called here")]
mod smoke;

use lag_sandbox::{Fault, RobotPermission, Sandbox};
use serde_json::Value;

/// What a run printed, and its exit code.
struct Ran {
    code: u8,
    out: String,
    err: String,
}

impl Ran {
    fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "{}", self.out);
        serde_json::from_str(&self.out).expect("JSON")
    }
}

fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
    let arguments: Vec<String> = arguments.iter().map(|&argument| argument.into()).collect();
    let variable = |name: &str| {
        let found = environment.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = smoke::run(&arguments, &variable, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).expect("text");
    let ran = Ran {
        code,
        out: text(out),
        err: text(err),
    };
    for (name, value) in environment {
        if ["LAG_TOKEN", "LAG_ROBOT_API_KEY"].contains(name) && !value.is_empty() {
            assert!(
                !ran.out.contains(value) && !ran.err.contains(value),
                "{name}"
            );
        }
    }
    ran
}

/// The status of each check by its name.
fn statuses(report: &Value) -> Vec<(&str, &str)> {
    let checks = report["checks"].as_array().expect("checks");
    checks
        .iter()
        .map(|check| {
            let time = &check["milliseconds"];
            let skipped = check["status"] == "skipped";
            assert!(
                skipped == time.is_null() && skipped != time.is_number(),
                "{check}"
            );
            let text = |key: &str| check[key].as_str().expect("text");
            (text("name"), text("status"))
        })
        .collect()
}

#[test]
fn a_robot_with_all_permissions_passes() {
    let sandbox = Sandbox::start().unwrap();
    let ran = run(
        &["--json"],
        &[
            ("LAG_TOKEN", ""),
            ("LAG_ROBOT_API_KEY", sandbox.robot_key()),
            ("LAG_API_BASE", sandbox.base_url()),
            ("LAG_SMOKE_ROOM", "room_general"),
        ],
    );
    let report = ran.json();
    assert_eq!(ran.code, 0, "{report}");
    assert_eq!(
        statuses(&report),
        [
            ("health", "passed"),
            ("version", "passed"),
            ("identity", "passed"),
            ("read_rooms: rooms.list", "passed"),
            ("read_members: members.list", "passed"),
            ("read_messages: messages.list", "passed"),
            ("messages.send", "passed"),
            ("messages.edit", "passed"),
            ("messages.list", "passed"),
            ("messages.delete", "passed"),
            ("read_voice", "skipped"),
            ("read_presence", "skipped"),
        ]
    );
    assert_eq!(report["ok"], true);
    assert_eq!(report["token"], "robot");
    assert_eq!(report["baseUrl"], sandbox.base_url());
    assert_eq!(report["passed"], 10);
    assert_eq!(report["failed"], 0);
    assert_eq!(report["skipped"], 2);
    assert!(report["milliseconds"].is_number());
    assert!(sandbox.server("dev").room("general").messages().is_empty());
}

#[test]
fn only_what_a_robot_claims_is_checked() {
    let sandbox = Sandbox::start().unwrap();
    sandbox
        .robot()
        .set_permissions([RobotPermission::ReadRooms, RobotPermission::SendMessages]);
    let ran = run(
        &["--json"],
        &[
            ("LAG_ROBOT_API_KEY", sandbox.robot_key()),
            ("LAG_API_BASE", sandbox.base_url()),
        ],
    );
    let report = ran.json();
    assert_eq!(ran.code, 0, "{report}");
    assert_eq!(
        statuses(&report)[3..],
        [
            ("read_rooms: rooms.list", "passed"),
            ("send_messages", "skipped"),
        ]
    );
}

#[test]
fn a_user_passes() {
    let sandbox = Sandbox::start().unwrap();
    let ran = run(
        &[],
        &[
            ("LAG_TOKEN", sandbox.user_token()),
            ("LAG_API_BASE", sandbox.base_url()),
            ("LAG_SMOKE_ROOM", "srv_dev/room_general"),
        ],
    );
    assert_eq!(ran.code, 0, "{}", ran.out);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 9, "{}", ran.out);
    assert!(lines[..8].iter().all(|line| line.starts_with("passed ")));
    assert!(lines[..8].iter().all(|line| line.contains(" ms  ")));
    assert!(lines[3].contains("servers.list") && lines[3].ends_with("1 server"));
    assert!(lines[8].starts_with("8 passed, 0 failed, 0 skipped in "));
}

#[test]
fn a_refused_token_fails() {
    let sandbox = Sandbox::start().unwrap();
    let ran = run(
        &["--json"],
        &[
            ("LAG_TOKEN", "lag_pat_nobody_has_this"),
            ("LAG_API_BASE", sandbox.base_url()),
        ],
    );
    let report = ran.json();
    assert_eq!(ran.code, 1, "{report}");
    assert_eq!(report["ok"], false);
    assert_eq!(
        statuses(&report)[2..],
        [("identity", "failed"), ("permissions", "skipped")]
    );
    let why = report["checks"][2]["detail"].as_str().unwrap();
    assert!(why.contains("401") && why.contains("request id"), "{why}");
}

#[test]
fn a_message_is_deleted_even_if_the_edit_failed() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.inject(Fault::status(500).method("PATCH"));
    let ran = run(
        &["--json"],
        &[
            ("LAG_ROBOT_API_KEY", sandbox.robot_key()),
            ("LAG_API_BASE", sandbox.base_url()),
            ("LAG_SMOKE_ROOM", "room_general"),
        ],
    );
    let report = ran.json();
    assert_eq!(ran.code, 1, "{report}");
    assert_eq!(
        statuses(&report)[6..10],
        [
            ("messages.send", "passed"),
            ("messages.edit", "failed"),
            ("messages.list", "failed"),
            ("messages.delete", "passed"),
        ]
    );
    assert!(sandbox.server("dev").room("general").messages().is_empty());
}

#[test]
fn a_claimed_permission_that_is_refused_fails() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.inject(
        Fault::status(403)
            .path("/robots/@me/servers/*/members")
            .always(),
    );
    let ran = run(
        &[],
        &[
            ("LAG_ROBOT_API_KEY", sandbox.robot_key()),
            ("LAG_API_BASE", sandbox.base_url()),
        ],
    );
    assert_eq!(ran.code, 1);
    let refused = |line: &str| line.starts_with("failed ") && line.contains("403 forbidden");
    assert_eq!(ran.out.lines().filter(|line| refused(line)).count(), 1);
    assert!(
        ran.out.contains("5 passed, 1 failed, 3 skipped"),
        "{}",
        ran.out
    );
}

#[test]
fn without_a_sandbox_flag_or_a_token_nothing_is_checked() {
    let robot = ("LAG_ROBOT_API_KEY", "lag_robot_abc_secret");
    let user = ("LAG_TOKEN", "lag_pat_secret");
    for (arguments, environment, why) in [
        (&["--json"][..], &[][..], "LAG_ROBOT_API_KEY"),
        (&["--json"], &[("LAG_TOKEN", "")], "LAG_ROBOT_API_KEY"),
        (&["--json", "--verbose"], &[user], "--verbose"),
        (&["--json"], &[("LAG_TOKEN", "with space")], "token"),
        (
            &["--json"],
            &[robot, ("LAG_API_BASE", "http://far.example")],
            "https",
        ),
        (
            &["--json"],
            &[user, ("LAG_SMOKE_ROOM", "room_xyz")],
            "LAG_SMOKE_ROOM",
        ),
    ] {
        let ran = run(arguments, environment);
        assert_eq!(ran.code, 2, "{why}");
        let report = ran.json();
        assert_eq!(report["ok"], false);
        assert!(report["error"].as_str().unwrap().contains(why), "{report}");
        assert!(ran.err.contains(why), "{}", ran.err);
    }
}

#[test]
fn with_the_sandbox_flag_a_token_in_the_environment_is_left_alone() {
    let ran = run(
        &["--json", "--sandbox"],
        &[
            ("LAG_TOKEN", "lag_pat_secret"),
            ("LAG_API_BASE", "http://127.0.0.1:1"),
        ],
    );
    let report = ran.json();
    assert_eq!(ran.code, 0, "{report}");
    assert_eq!(report["token"], "robot");
    assert_eq!(report["passed"], 10);
}
