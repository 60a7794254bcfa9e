//! The rules of the standard, a line each.

use super::*;

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "a table: a line per rule of the standard"
)]
fn every_rule_of_the_standard() {
    let table: &[(&str, &[u8], &[Event])] = &[
        ("nothing", b"", &[]),
        ("one event", b"data: a\n\n", &[message("a")]),
        ("no space behind the colon", b"data:a\n\n", &[message("a")]),
        (
            "only the first space goes",
            b"data:  a\n\n",
            &[message(" a")],
        ),
        ("a tab stays", b"data:\ta\n\n", &[message("\ta")]),
        (
            "the value may hold colons",
            b"data:a:b: c\n\n",
            &[message("a:b: c")],
        ),
        ("trailing spaces stay", b"data: a \n\n", &[message("a ")]),
        ("CRLF", b"data: a\r\n\r\n", &[message("a")]),
        ("CR", b"data: a\r\r", &[message("a")]),
        (
            "line ends mixed",
            b"data: a\rdata: b\r\ndata: c\n\r\n",
            &[message("a\nb\nc")],
        ),
        (
            "LF CR is two line ends",
            b"data: a\n\rdata: b\n\n",
            &[message("a"), message("b")],
        ),
        (
            "CR CRLF is two line ends",
            b"data: a\r\r\ndata: b\n\n",
            &[message("a"), message("b")],
        ),
        (
            "data over several lines",
            b"data: a\ndata: b\n\n",
            &[message("a\nb")],
        ),
        (
            "an empty data line counts",
            b"data: a\ndata\ndata:\n\n",
            &[message("a\n\n")],
        ),
        ("a single empty data line", b"data\n\n", &[message("")]),
        ("the same with a colon", b"data:\n\n", &[message("")]),
        ("two empty data lines", b"data\ndata\n\n", &[message("\n")]),
        ("no data, no event", b"event: x\nid: 1\n\n", &[]),
        (
            "a type without data is forgotten",
            b"event: x\n\ndata: a\n\n",
            &[message("a")],
        ),
        ("type", b"event: x\ndata: a\n\n", &[event("x", "a", None)]),
        (
            "type behind data",
            b"data: a\nevent: x\n\n",
            &[event("x", "a", None)],
        ),
        (
            "the last type wins",
            b"event: x\nevent: y\ndata: a\n\n",
            &[event("y", "a", None)],
        ),
        (
            "an empty type is message",
            b"event: x\nevent\ndata: a\n\n",
            &[message("a")],
        ),
        (
            "a type lasts for one event",
            b"event: x\ndata: a\n\ndata: b\n\n",
            &[event("x", "a", None), message("b")],
        ),
        (
            "id",
            b"id: 1\ndata: a\n\n",
            &[event("message", "a", Some("1"))],
        ),
        (
            "the last id wins",
            b"id: 1\nid: 2\ndata: a\n\n",
            &[event("message", "a", Some("2"))],
        ),
        (
            "an id with NUL is ignored",
            b"id: 1\nid: 2\x003\ndata: a\n\n",
            &[event("message", "a", Some("1"))],
        ),
        ("NUL in data stays", b"data: a\0b\n\n", &[message("a\0b")]),
        ("a comment", b": data: a\n\n", &[]),
        (
            "a comment inside an event",
            b"data: a\n:x\ndata: b\n\n",
            &[message("a\nb")],
        ),
        (
            "an unknown field",
            b"date: a\nfoo\ndata: b\n\n",
            &[message("b")],
        ),
        ("names are case sensitive", b"Data: a\nDATA: b\n\n", &[]),
        ("a name is not trimmed", b" data: a\ndata : b\n\n", &[]),
        (
            "a longer name is another",
            b"dataset: a\ndat: b\nid2: x\n\n",
            &[],
        ),
        (
            "the final blank line is missing",
            b"data: a\n\ndata: b\n",
            &[message("a")],
        ),
        (
            "the final line end is missing",
            b"data: a\n\ndata: b",
            &[message("a")],
        ),
        ("blank lines alone", b"\n\r\n\r\n\n", &[]),
        (
            "a byte order mark",
            b"\xEF\xBB\xBFdata: a\n\n",
            &[message("a")],
        ),
        (
            "only one mark is dropped",
            b"\xEF\xBB\xBF\xEF\xBB\xBFdata: a\n\n",
            &[],
        ),
        (
            "a mark later is content",
            b"\n\xEF\xBB\xBFdata: a\n\ndata: b\n\n",
            &[message("b")],
        ),
        (
            "half a mark is content",
            b"\xEF\xBBdata: a\n\ndata: b\n\n",
            &[message("b")],
        ),
        (
            "a mark in a value stays",
            b"data: \xEF\xBB\xBFa\n\n",
            &[message("\u{FEFF}a")],
        ),
        (
            "text beyond ASCII",
            "data: zażółć 🤖\n\n".as_bytes(),
            &[message("zażółć 🤖")],
        ),
        (
            "a stray byte",
            b"data: a\xFFb\n\n",
            &[message("a\u{FFFD}b")],
        ),
        (
            "a sequence cut by a line end",
            b"data: \xF0\x9F\xA4\ndata: b\n\n",
            &[message("\u{FFFD}\nb")],
        ),
        (
            "an overlong sequence",
            b"data: \xC0\xAF\n\n",
            &[message("\u{FFFD}\u{FFFD}")],
        ),
        (
            "a surrogate",
            b"data: \xED\xA0\x80\n\n",
            &[message("\u{FFFD}\u{FFFD}\u{FFFD}")],
        ),
        (
            "a bad byte in a type",
            b"event: \xFF\ndata: a\n\n",
            &[event("\u{FFFD}", "a", None)],
        ),
        (
            "a bad byte in an id",
            b"id: \xFF\ndata: a\n\n",
            &[event("message", "a", Some("\u{FFFD}"))],
        ),
        ("a bad byte in a name", b"da\xFFta: a\n\n", &[]),
        (
            "line separators of Unicode are content",
            "data: a\u{2028}b\u{85}c\n\n".as_bytes(),
            &[message("a\u{2028}b\u{85}c")],
        ),
        (
            "vertical tab and form feed are content",
            b"data: a\x0Bb\x0Cc\n\n",
            &[message("a\x0Bb\x0Cc")],
        ),
    ];
    for (rule, stream, expected) in table {
        let seen: Vec<_> = whole(stream).seen.into_iter().map(Result::unwrap).collect();
        assert_eq!(seen, *expected, "{rule}");
    }
}
