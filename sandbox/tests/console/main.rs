//! The console in a real browser, with a real bot beside it.

mod browser;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use browser::{Bot, Browser};
use lag_sandbox::{Sandbox, UserHandle};
use serde_json::json;
use tokio::sync::Mutex;

/// One browser at a time: each measures how quick the page is.
static TURN: Mutex<()> = Mutex::const_new(());

const WIDE: (u32, u32) = (1200, 620);

fn alice(sandbox: &Sandbox) -> UserHandle {
    sandbox.user("alice")
}

fn say(sandbox: &Sandbox, text: &str) {
    let room = sandbox.server("dev").room("general");
    room.post(&alice(sandbox), text).expect("said");
}

#[tokio::test]
async fn a_conversation_with_a_bot() {
    let _turn = TURN.lock().await;
    let sandbox = Sandbox::start().expect("a sandbox");
    let Some(browser) = Browser::open(&sandbox, WIDE, false).await else {
        return;
    };
    // Nothing has called yet: the page says how to point a bot at the sandbox.
    let exports = browser
        .run("return document.querySelector('#exports').innerText")
        .await;
    let exports = exports.as_str().expect("text");
    assert!(exports.contains(sandbox.base_url()), "{exports}");
    assert!(exports.contains(sandbox.robot_key()), "{exports}");
    browser.click("#copy").await;
    browser
        .until(
            "it is copied",
            "return document.querySelector('#copied').textContent === 'Copied'",
        )
        .await;

    let bot = Bot::start(&sandbox, "echo_bot");
    bot_is_connected(&browser).await;
    browser.write("#text", "!ping\n").await;
    let waited = browser
        .until(
            "the bot has answered",
            "return [...document.querySelectorAll('#messages li')].some((one) => \
             one.querySelector('.bot') && one.textContent.includes('!ping'))",
        )
        .await;
    assert!(waited < Duration::from_secs(2), "{waited:?}");
    browser
        .until(
            "its request is in the journal",
            "return [...document.querySelectorAll('.line')].some((one) => \
             one.textContent.includes('POST') && one.textContent.includes('201'))",
        )
        .await;
    browser.run("[...document.querySelectorAll('.line')].find((one) => one.textContent.includes('POST')).click()").await;
    browser
        .until(
            "the request and the event before it are shown",
            "const shown = document.querySelector('#details').innerText; \
             return shown.includes('!ping') && shown.includes('room.message') && shown.includes('[redacted]') && \
             !shown.split('\\n').includes('null')",
        )
        .await;
    if let Some(path) = std::env::var_os("LAG_CONSOLE_SCREENSHOT") {
        let image = browser.page.screenshot().await.expect("an image");
        std::fs::write(path, image).expect("written");
    }
    drop(bot);
}

async fn bot_is_connected(browser: &Browser) {
    browser
        .until(
            "the bot is connected",
            "return [...document.querySelectorAll('#members li')].some((one) => \
             one.textContent.endsWith(' connected'))",
        )
        .await;
}

#[tokio::test]
async fn a_fault_that_a_bot_survives() {
    let _turn = TURN.lock().await;
    let sandbox = Sandbox::start().expect("a sandbox");
    let Some(browser) = Browser::open(&sandbox, WIDE, false).await else {
        return;
    };
    let bot = Bot::start(&sandbox, "echo_bot");
    bot_is_connected(&browser).await;
    browser.click("#tab-faults").await;
    browser
        .run(
            "const form = document.querySelector('#arm').elements; \
             form.kind.value = 'status 500'; form.kind.dispatchEvent(new Event('change')); \
             form.method.value = 'POST'",
        )
        .await;
    browser.click("#arm [type=submit]").await;
    browser
        .until(
            "it is armed",
            "return document.querySelector('#armed').innerText.includes('status 500')",
        )
        .await;
    browser.write("#text", "!ping\n").await;
    browser
        .until(
            "it has fired",
            "return document.querySelector('#fired').innerText.includes('status 500')",
        )
        .await;
    browser.click("#tab-journal").await;
    browser
        .until(
            "the failed attempt and the next one are shown",
            "const posts = [...document.querySelectorAll('.line')].filter((one) => one.textContent.includes('POST')); \
             return posts.length === 2 && posts[0].classList.contains('s5') && posts[1].classList.contains('s2')",
        )
        .await;
    browser
        .until(
            "the answer has come once",
            "return document.querySelectorAll('#messages li .bot').length === 1",
        )
        .await;
    drop(bot);
}

#[tokio::test]
async fn what_comes_from_outside_is_text() {
    let _turn = TURN.lock().await;
    let sandbox = Sandbox::start().expect("a sandbox");
    let markup = "<img src=x onerror=\"window.hacked = 1\">";
    let renamed = json!({"displayName": markup});
    alice(&sandbox)
        .call("PATCH", "/users/me", Some(&renamed))
        .expect("renamed");
    say(&sandbox, &format!("{markup} @bob"));
    let Some(browser) = Browser::open(&sandbox, WIDE, false).await else {
        return;
    };
    say(&sandbox, &format!("live {markup}"));
    // A path and a header of that kind, too.
    let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
    let request = format!(
        "GET /%3Cimg%20src=x%3E HTTP/1.1\r\nhost: x\r\nx-markup: {markup}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("written");
    stream.read_to_end(&mut Vec::new()).expect("an answer");
    browser
        .until(
            "both messages are there",
            "return document.querySelectorAll('#messages li').length === 2",
        )
        .await;
    browser
        .until(
            "the request is there",
            "return document.querySelector('.line') !== null",
        )
        .await;
    browser.click(".line").await;
    browser
        .until(
            "its header is there",
            "return document.querySelector('#details').innerText.includes('x-markup')",
        )
        .await;
    let shown = browser
        .run("return document.querySelector('#messages').innerText")
        .await;
    assert_eq!(
        shown.as_str().map(|text| text.matches(markup).count()),
        Some(4)
    );
    let made = browser
        .run("return document.querySelectorAll('main img').length")
        .await;
    assert_eq!(made, 0);
    assert_eq!(
        browser.run("return window.hacked ?? null").await,
        json!(null)
    );
}

#[tokio::test]
async fn with_the_keyboard_alone() {
    let _turn = TURN.lock().await;
    let sandbox = Sandbox::start().expect("a sandbox");
    let Some(browser) = Browser::open(&sandbox, WIDE, true).await else {
        return;
    };
    tab_to(&browser, "text").await;
    browser.keys("first\u{e007}").await;
    browser
        .until(
            "it is said",
            "return document.querySelector('#messages').innerText.includes('first')",
        )
        .await;
    // Arrow up edits what was said last, Escape leaves it as it is.
    browser.keys("\u{e013}").await;
    browser
        .until(
            "it is edited",
            "return document.querySelector('#text').value === 'first'",
        )
        .await;
    browser.keys(" and more\u{e007}").await;
    browser
        .until(
            "it is changed",
            "return document.querySelector('#messages').innerText.includes('first and more')",
        )
        .await;
    let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
    let request = "GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("written");
    stream.read_to_end(&mut Vec::new()).expect("an answer");
    tab_to(&browser, "lines").await;
    browser.keys("\u{e013}").await;
    browser
        .until(
            "the request is shown",
            "return document.querySelector('#details').innerText.includes('GET /health')",
        )
        .await;
    // Everything that can have the focus has a name.
    let nameless = browser
        .run(
            "return [...document.querySelectorAll('button, input, select, textarea, canvas')].filter((one) => \
             !one.labels?.length && !one.textContent.trim() && !one.getAttribute('aria-label')).map((one) => one.outerHTML)",
        )
        .await;
    assert_eq!(nameless, json!([]));
    // It follows the system into the dark.
    let dark = browser
        .run("return matchMedia('(prefers-color-scheme: dark)').matches")
        .await;
    assert_eq!(dark, true);
    let background = browser
        .run("return getComputedStyle(document.body).backgroundColor")
        .await;
    assert_ne!(background, "rgb(255, 255, 255)");
}

/// Presses the tab key until the element with this id has the focus.
async fn tab_to(browser: &Browser, id: &str) {
    for _ in 0..60 {
        browser.keys("\u{e004}").await;
        let here = browser.run("return document.activeElement.id").await;
        if here == id {
            return;
        }
    }
    panic!("{id} cannot be reached");
}

#[tokio::test]
async fn on_small_and_large_screens() {
    let _turn = TURN.lock().await;
    let sandbox = Sandbox::start().expect("a sandbox");
    say(&sandbox, &"wide ".repeat(100));
    say(&sandbox, &"w".repeat(500));
    let Some(browser) = Browser::open(&sandbox, (500, 640), false).await else {
        return;
    };
    // A window is no narrower than 500, a phone is.
    let narrow =
        "document.documentElement.style.width = '360px'; document.body.style.width = '360px';";
    for pane in ["talk", "journal", "robots", "faults"] {
        browser.click(&format!("header [data-show={pane}]")).await;
        browser.run(narrow).await;
        let over = browser
            .run(
                "return [...document.querySelectorAll('body *')].filter((one) => \
                 one.getClientRects().length && one.getBoundingClientRect().right > 361 && \
                 !one.closest('.hidden, #image, #lines')).map((one) => one.outerHTML.slice(0, 80))",
            )
            .await;
        assert_eq!(over, json!([]), "{pane}");
        let shown = browser
            .run("return ['talk', 'journal', 'robots', 'faults'].filter((id) => document.getElementById(id).getClientRects().length)")
            .await;
        assert_eq!(shown, json!([pane]));
    }
    browser.set_size(1920, 900).await;
    browser
        .run("document.documentElement.style.width = document.body.style.width = ''")
        .await;
    let both = browser
        .run("return ['talk', 'faults'].every((id) => document.getElementById(id).getClientRects().length > 0)")
        .await;
    assert_eq!(both, true);
    let over = browser
        .run("return document.documentElement.scrollWidth <= innerWidth")
        .await;
    assert_eq!(over, true);
}

/// Measures the time from frame to frame while it lasts.
const MEASURE: &str = "window.frames_ = []; window.measuring = true; let last = performance.now(); \
    const frame = (now) => { frames_.push(now - last); last = now; if (measuring) requestAnimationFrame(frame); }; \
    requestAnimationFrame(frame);";

/// All but the slowest twentieth of the frames took at most this long.
async fn slowest(browser: &Browser) -> f64 {
    let slowest = browser
        .run(
            "window.measuring = false; frames_.sort((a, b) => a - b); \
             return frames_[Math.floor(frames_.length * 0.95)]",
        )
        .await;
    slowest.as_f64().expect("a number")
}

#[tokio::test]
async fn with_many_messages_and_requests() {
    let _turn = TURN.lock().await;
    let sandbox = Sandbox::start().expect("a sandbox");
    for number in 0..10_000 {
        say(&sandbox, &format!("message {number}"));
    }
    let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
    let mut answers = stream.try_clone().expect("a second handle");
    let reader = std::thread::spawn(move || answers.read_to_end(&mut Vec::new()));
    for _ in 0..19_999 {
        let request = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n";
        stream.write_all(request).expect("written");
    }
    let request = b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request).expect("written");
    reader.join().expect("joined").expect("answers");
    let Some(browser) = Browser::open(&sandbox, WIDE, false).await else {
        return;
    };
    browser
        .until(
            "all lines are there",
            "return document.querySelector('#count').textContent.startsWith('20000')",
        )
        .await;
    // Scrolls up to the first message, and comes back.
    browser
        .run(
            "window.upwards = setInterval(() => { document.querySelector('#messages').scrollTop = 0; \
             if (document.querySelector('#messages p').innerText === 'message 0') clearInterval(upwards); }, 10)",
        )
        .await;
    browser
        .until(
            "the first message is there",
            "return document.querySelector('#messages p').innerText === 'message 0'",
        )
        .await;
    browser.click("#newest").await;
    browser
        .until(
            "the last message is there",
            "return document.querySelector('#messages').lastElementChild.innerText.includes('message 9999')",
        )
        .await;
    // As many as the page ever holds.
    browser
        .run(
            "window.upwards = setInterval(() => { document.querySelector('#messages').scrollTop = 0; \
             if (document.querySelectorAll('#messages li').length === 2000) clearInterval(upwards); }, 10)",
        )
        .await;
    browser
        .until(
            "the page is full",
            "return document.querySelectorAll('#messages li').length === 2000",
        )
        .await;

    // Something else that runs meanwhile can only make the page look slower: the
    // best of some rounds is what it takes.
    let (mut scrolling, mut typing) = (f64::MAX, f64::MAX);
    for round in 0..8 {
        scrolling = scrolling.min(time_of_scrolling(&browser).await);
        typing = typing.min(time_of_typing(&browser, &format!("round {round}")).await);
        if scrolling <= 50.0 && typing <= 50.0 {
            break;
        }
    }
    println!("95 % of frames: scrolling {scrolling:.1} ms, typing {typing:.1} ms");
    assert!(scrolling <= 50.0 && typing <= 50.0, "{scrolling} {typing}");
}

/// Scrolls through messages and requests at once.
async fn time_of_scrolling(browser: &Browser) -> f64 {
    browser.run(MEASURE).await;
    browser
        .run(
            "let step = 0; window.scrolled = false; window.scrolling = setInterval(() => { step += 1; \
             document.querySelector('#messages').scrollTop = step * 997; \
             document.querySelector('#lines').scrollTop = step * 1499; \
             if (step === 100) { clearInterval(scrolling); window.scrolled = true; } }, 16)",
        )
        .await;
    browser
        .until("it has scrolled", "return window.scrolled === true")
        .await;
    slowest(browser).await
}

/// Types a message and sends it.
async fn time_of_typing(browser: &Browser, text: &str) -> f64 {
    browser.run(MEASURE).await;
    for _ in 0..5 {
        browser.write("#text", "some words ").await;
    }
    browser.write("#text", &format!("{text}\n")).await;
    browser
        .until(
            "it is said",
            &format!(
                "return document.querySelector('#messages').lastElementChild.innerText.includes('{text}')"
            ),
        )
        .await;
    slowest(browser).await
}
