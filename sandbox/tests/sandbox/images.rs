//! Images over multipart.

use std::time::Duration;

use lag_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::http::{Answer, Caller};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x01\0 rest of it";

fn form(file: &[u8], kind: &str, texts: &[(&str, &str)]) -> Vec<u8> {
    let mut body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\
         Content-Type: {kind}\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    for (name, text) in texts {
        let part =
            format!("\r\n--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}");
        body.extend_from_slice(part.as_bytes());
    }
    body.extend_from_slice(b"\r\n--edge--\r\n");
    body
}

fn upload(caller: &Caller, body: &[u8]) -> Answer {
    caller
        .call_raw(
            "POST",
            "/images",
            Some("multipart/form-data; boundary=edge"),
            body,
        )
        .expect("an answer")
}

#[test]
fn an_image_is_uploaded_used_and_deleted() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let bob = Caller::user(&sandbox, "bob");
    let texts = [
        ("purpose", "chat"),
        ("alt", "A grey box"),
        ("entityId", "srv_dev"),
    ];
    let image = upload(&alice, &form(PNG, "image/png", &texts)).expect(201);
    assert_eq!(image["uploaderId"], "usr_alice");
    assert_eq!(image["contentType"], "image/png");
    assert_eq!(image["size"], PNG.len());
    assert_eq!(
        (&image["width"], &image["height"]),
        (&json!(512), &json!(256))
    );
    assert_eq!(image["purpose"], "chat");
    assert_eq!(image["alt"], "A grey box");
    assert_eq!(image["processingStatus"], "ready");
    let url = image["url"]
        .as_str()
        .and_then(|url| url.strip_prefix(sandbox.base_url()));
    let url = url.expect("a url");
    assert_eq!(bob.get(url).body, PNG);

    let path = format!("/images/{}", image["id"].as_str().expect("an id"));
    assert_eq!(bob.get(&path).expect(200), image);
    assert_eq!(
        bob.get(&format!("{path}/status")).expect(200)["processingStatus"],
        "ready"
    );
    let room = "/servers/srv_dev/rooms/room_general/messages";
    let message = alice
        .post(room, &json!({"imageId": image["id"]}))
        .expect(201);
    assert_eq!(message["content"], "");
    assert_eq!(message["image"]["url"], image["url"]);
    alice
        .post(room, &json!({"content": "x", "imageId": "img_unknown"}))
        .refused(404);

    bob.delete(&path).refused(403);
    alice.delete(&path).expect(204);
    alice.get(&path).refused(404);
    alice.get(url).refused(404);
    assert_eq!(
        alice.get(room).expect(200)["messages"][0]["image"],
        Value::Null
    );
}

fn upload_large_gif(caller: &Caller) -> Value {
    let mut gif = b"GIF89a\x05\0\x06\0".to_vec();
    gif.resize(1024 * 1024 + 1, 0);
    upload(caller, &form(&gif, "image/gif", &[("purpose", "general")])).expect(201)
}

#[test]
fn large_gifs_take_their_time() {
    let sandbox = Sandbox::start().expect("a sandbox");
    sandbox.set_clock_speed(0.0);
    let alice = Caller::user(&sandbox, "alice");
    let image = upload_large_gif(&alice);
    assert_eq!(image["processingStatus"], "pending");
    let path = format!("/images/{}/status", image["id"].as_str().expect("an id"));
    sandbox.advance(Duration::from_millis(500));
    assert_eq!(
        alice.get(&path).expect(200)["processingStatus"],
        "processing"
    );
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(alice.get(&path).expect(200)["processingStatus"], "ready");
}

#[test]
fn processing_can_fail() {
    let sandbox = Sandbox::start().expect("a sandbox");
    sandbox.set_clock_speed(0.0);
    let alice = Caller::user(&sandbox, "alice");
    let image = upload_large_gif(&alice);
    let id = image["id"].as_str().expect("an id");
    sandbox.fail_image(id).expect("an image");
    let status = || alice.get(&format!("/images/{id}/status")).expect(200);
    assert_eq!(status()["processingStatus"], "pending");
    sandbox.advance(Duration::from_secs(2));
    assert_eq!(status()["processingStatus"], "failed");
    let unknown = sandbox.fail_image("img_unknown").expect_err("refused");
    assert_eq!(unknown.status(), 404);
}

#[test]
fn forms_that_are_not_as_documented() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let refuse = |body: &[u8]| upload(&alice, body).refused(400);
    let purpose = ("purpose", "chat");
    assert_eq!(refuse(&form(PNG, "image/png", &[])), "purpose is required");
    assert!(refuse(&form(PNG, "image/png", &[("purpose", "fun")])).contains("avatar"));
    assert!(refuse(&form(PNG, "image/png", &[purpose, ("caption", "x")])).contains("caption"));
    assert!(refuse(&form(PNG, "text/html", &[purpose])).contains("image"));
    assert_eq!(
        refuse(&form(b"", "image/png", &[purpose])),
        "The file is empty"
    );
    assert!(refuse(b"--edge--").contains("file is required"));
    assert!(refuse(b"").contains("Malformed"));
    alice.post("/images", &json!({"image": "x"})).refused(400);
    alice.call("POST", "/images", None).refused(400);
}

#[test]
fn the_limit_is_25_mib() {
    let sandbox = Sandbox::builder()
        .record_bodies(16)
        .start()
        .expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let mut file = vec![b'\r'; 25 * 1024 * 1024];
    let body = form(&file, "image/png", &[("purpose", "chat")]);
    assert_eq!(upload(&alice, &body).expect(201)["size"], file.len());
    assert_eq!(sandbox.requests()[0].body_length(), body.len());
    file.push(0);
    upload(&alice, &form(&file, "image/png", &[("purpose", "chat")])).refused(413);
    file.resize(27 * 1024 * 1024, 0);
    upload(&alice, &form(&file, "image/png", &[("purpose", "chat")])).refused(413);
}

#[test]
fn a_robot_sees_the_image_of_a_message() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let image = upload(&alice, &form(PNG, "image/png", &[("purpose", "chat")])).expect(201);
    let room = "servers/srv_dev/rooms/room_general/messages";
    alice
        .post(&format!("/{room}"), &json!({"imageId": image["id"]}))
        .expect(201);
    let robot = Caller::robot(&sandbox);
    let page = robot.get(&format!("/robots/@me/{room}")).expect(200);
    let seen = &page["messages"][0]["image"];
    assert_eq!(seen["id"], image["id"]);
    assert_eq!(seen["width"], 512);
    assert_eq!(seen["contentType"], "image/png");
}
