//! Decoding of pages from memory.

use std::hint::black_box;

use chrono::{DateTime, Utc};
use lagclient::Page;
use lagclient::models::RoomMessage;

use super::{Case, Run, body, plain};

pub(super) fn cases() -> Vec<Case> {
    let case = |name: &str, words: &str, required, bare: fn(&[u8]) -> usize| Case {
        name: format!("decode, {name}"),
        required,
        calls: 1,
        bytes: None,
        lagclient: run(words, lagclient),
        bare: run(words, bare),
    };
    vec![
        case("checked once", body::ENGLISH, 0.98, checked_once),
        case("from_slice", body::ENGLISH, 1.2, from_slice),
        case("russian", body::RUSSIAN, 1.0, vectorized),
        case("japanese", body::JAPANESE, 1.0, vectorized),
        case("emoji", body::EMOJI, 1.0, vectorized),
        case("russian, from_slice", body::RUSSIAN, 1.2, from_slice),
    ]
}

fn run(words: &str, decode: fn(&[u8]) -> usize) -> Run {
    let page = body::page(words);
    Box::new(move || assert_eq!(decode(black_box(page.as_bytes())), 100))
}

/// As the crate decodes an answer.
fn lagclient(page: &[u8]) -> usize {
    let page = simdutf8::basic::from_utf8(page).expect("UTF-8");
    let page: Page<RoomMessage> = serde_json::from_str(page).expect("a page");
    black_box(&page).items.len()
}

fn vectorized(page: &[u8]) -> usize {
    plain_page(simdutf8::basic::from_utf8(page).expect("UTF-8"))
}

fn checked_once(page: &[u8]) -> usize {
    plain_page(std::str::from_utf8(page).expect("UTF-8"))
}

fn plain_page(page: &str) -> usize {
    let page: plain::Page<plain::Time> = serde_json::from_str(page).expect("a page");
    black_box(&page).messages.len()
}

fn from_slice(page: &[u8]) -> usize {
    let page: plain::Page<DateTime<Utc>> = serde_json::from_slice(page).expect("a page");
    black_box(&page).messages.len()
}
