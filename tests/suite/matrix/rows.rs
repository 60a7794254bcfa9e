//! The rows of the matrix.

use super::Row;
use super::faults::{Fault, Via};

/// Nothing of the request was sent.
const fn unsent(fault: Fault, what: &'static str, error: &'static str) -> Row {
    Row {
        fault,
        via: Via::Line,
        what,
        error,
        maybe_processed: Some(false),
        attempts: [3, 3],
        seen: 0,
    }
}

/// The request was sent, and no answer came that can be used.
const fn lost(fault: Fault, what: &'static str, error: &'static str) -> Row {
    Row {
        fault,
        via: Via::Line,
        what,
        error,
        maybe_processed: Some(true),
        attempts: [3, 1],
        seen: 1,
    }
}

/// An answer came, and that is that.
const fn answered(fault: Fault, what: &'static str, error: &'static str) -> Row {
    Row {
        fault,
        via: Via::Line,
        what,
        error,
        maybe_processed: None,
        attempts: [1, 1],
        seen: 1,
    }
}

/// An answer came which says that it may be tried again.
const fn again(fault: Fault, what: &'static str, error: &'static str, attempts: [u32; 2]) -> Row {
    Row {
        attempts,
        ..answered(fault, what, error)
    }
}

/// The same behind a proxy.
const fn behind(via: Via, row: Row) -> Row {
    Row { via, ..row }
}

const fn cut(bytes: &'static [u8], what: &'static str) -> Row {
    lost(Fault::Answer(bytes), what, "Connection")
}

const fn status(bytes: &'static [u8], what: &'static str, error: &'static str) -> Row {
    answered(Fault::Answer(bytes), what, error)
}

const fn decode(bytes: &'static [u8], what: &'static str) -> Row {
    answered(Fault::Answer(bytes), what, "Decode")
}

/// An alert that ends a handshake.
#[cfg(feature = "rustls")]
const ALERT: &[u8] = b"\x15\x03\x03\x00\x02\x02\x28";

pub(super) const ROWS: &[Row] = &[
    unsent(Fault::UnknownName, "the name is not found", "Connection"),
    unsent(
        Fault::Forbidden,
        "the system makes no connection to the address",
        "Connection",
    ),
    unsent(Fault::Refused, "the connection is refused", "Connection"),
    unsent(Fault::ConnectHangs, "connecting takes too long", "Timeout"),
    #[cfg(feature = "rustls")]
    unsent(
        Fault::Handshake(ALERT),
        "TLS: the server refuses with an alert",
        "Connection",
    ),
    #[cfg(feature = "rustls")]
    unsent(
        Fault::Handshake(b""),
        "TLS: the connection ends in the handshake",
        "Connection",
    ),
    #[cfg(feature = "rustls")]
    unsent(
        Fault::Handshake(b"\x16\x03\x03\x00\x7a\x02\x00"),
        "TLS: the connection ends within a message of the handshake",
        "Connection",
    ),
    #[cfg(feature = "rustls")]
    unsent(
        Fault::HandshakeReset,
        "TLS: the connection is reset in the handshake",
        "Connection",
    ),
    #[cfg(feature = "rustls")]
    unsent(
        Fault::Handshake(b"SSH-2.0-OpenSSH_9.9\r\n"),
        "TLS: what comes is not TLS",
        "Connection",
    ),
    #[cfg(feature = "rustls")]
    unsent(
        Fault::Handshake(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
        "TLS: the server speaks plain http",
        "Connection",
    ),
    #[cfg(feature = "rustls")]
    unsent(
        Fault::Handshake(b"\x16\x03\x03\x00\x04\xff\x00\x00\x00"),
        "TLS: a message that there is none of",
        "Connection",
    ),
    #[cfg(feature = "rustls")]
    unsent(
        Fault::HandshakeHangs,
        "TLS: the handshake takes too long",
        "Timeout",
    ),
    #[cfg(feature = "rustls")]
    unsent(
        Fault::UnknownAuthority,
        "TLS: nobody known vouches for the server",
        "Connection",
    ),
    #[cfg(feature = "rustls")]
    unsent(
        Fault::WrongName,
        "TLS: the certificate is for another name",
        "Connection",
    ),
    #[cfg(feature = "rustls")]
    lost(
        Fault::TlsAnswer(b""),
        "TLS: the connection ends behind the request",
        "Connection",
    ),
    #[cfg(feature = "rustls")]
    lost(
        Fault::TlsAnswer(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"name\""),
        "TLS: the connection ends within the answer",
        "Connection",
    ),
    #[cfg(feature = "rustls")]
    again(
        Fault::TlsAnswer(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
        "TLS: 502",
        "Server 502",
        [3, 1],
    ),
    cut(b"", "the connection ends behind the request"),
    lost(Fault::Reset, "the connection is reset", "Connection"),
    lost(Fault::Stall(b""), "no answer comes", "Timeout"),
    cut(
        b"H",
        "the connection ends behind the first byte of the answer",
    ),
    cut(b"HTTP/1.1 20", "the connection ends within the status"),
    cut(
        b"HTTP/1.1 200 OK\r\n",
        "the connection ends behind the status",
    ),
    cut(
        b"HTTP/1.1 200 OK\r\nContent-Le",
        "the connection ends within a header",
    ),
    cut(
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
        "the connection ends within the head",
    ),
    cut(
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
        "the connection ends behind the head",
    ),
    cut(
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{",
        "the connection ends within the body",
    ),
    cut(
        b"HTTP/1.1 204",
        "the connection ends within the status of an answer without a body",
    ),
    cut(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "chunked: the connection ends before the first chunk",
    ),
    cut(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2",
        "chunked: the connection ends within a length",
    ),
    cut(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{",
        "chunked: the connection ends within a chunk",
    ),
    cut(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        "chunked: the last chunk is missing",
    ),
    cut(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "chunked: a length that is none",
    ),
    cut(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}",
        "chunked: a length beyond all numbers",
    ),
    cut(b"SSH-2.0-OpenSSH_9.9\r\n", "what comes is not HTTP"),
    cut(b"\0\0\0\0\0\0\0\0\r\n\r\n", "zeros"),
    cut(b"HTTP/1.1 abc\r\n\r\n", "a status that is none"),
    cut(
        b"HTTP/9.9 200 OK\r\n\r\n",
        "a version that there is none of",
    ),
    cut(
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "a header without a colon",
    ),
    cut(
        b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}",
        "a length that is no number",
    ),
    cut(
        b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
        "a length below zero",
    ),
    cut(
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n{}",
        "a length beyond all numbers",
    ),
    cut(
        b"HTTP/1.1 100 Continue\r\n\r\n",
        "nothing comes behind 100 Continue",
    ),
    lost(
        Fault::Stall(b"HTTP/1.1 200 OK\r\nContent-"),
        "the head of the answer stops coming",
        "Timeout",
    ),
    lost(
        Fault::Stall(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"name\""),
        "the body of the answer stops coming",
        "Timeout",
    ),
    lost(
        Fault::Stall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"),
        "chunked: the last chunk does not come",
        "Timeout",
    ),
    status(b"HTTP/1.1 304 Not Modified\r\n\r\n", "304", "Api 304"),
    status(
        b"HTTP/1.1 307 Go\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
        "a redirect",
        "Api 307",
    ),
    status(
        b"HTTP/1.1 400 X\r\nContent-Length: 0\r\n\r\n",
        "400",
        "Api 400",
    ),
    status(
        b"HTTP/1.1 401 X\r\nContent-Length: 0\r\n\r\n",
        "401",
        "Auth 401",
    ),
    status(
        b"HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n",
        "403",
        "Permission 403",
    ),
    status(
        b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n",
        "404",
        "NotFound 404",
    ),
    status(
        b"HTTP/1.1 408 X\r\nContent-Length: 0\r\n\r\n",
        "408",
        "Api 408",
    ),
    status(
        b"HTTP/1.1 409 X\r\nContent-Length: 0\r\n\r\n",
        "409",
        "Conflict 409",
    ),
    status(
        b"HTTP/1.1 413 X\r\nContent-Length: 0\r\n\r\n",
        "413",
        "Api 413",
    ),
    status(
        b"HTTP/1.1 422 X\r\nContent-Length: 0\r\n\r\n",
        "422",
        "Api 422",
    ),
    again(
        Fault::Answer(b"HTTP/1.1 429 X\r\nContent-Length: 0\r\n\r\n"),
        "429",
        "RateLimit 429",
        [3, 3],
    ),
    again(
        Fault::Answer(b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"),
        "500",
        "Server 500",
        [3, 1],
    ),
    again(
        Fault::Answer(
            b"HTTP/1.1 502 X\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
        ),
        "502 with a web page",
        "Server 502",
        [3, 1],
    ),
    again(
        Fault::Answer(b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"),
        "503",
        "Server 503",
        [3, 1],
    ),
    again(
        Fault::Answer(b"HTTP/1.1 504 X\r\nContent-Length: 0\r\n\r\n"),
        "504",
        "Server 504",
        [3, 1],
    ),
    status(
        b"HTTP/1.1 404 X\r\nContent-Length: 99\r\n\r\n{\"message\"",
        "404 with a body that is cut off",
        "NotFound 404",
    ),
    answered(
        Fault::Stall(b"HTTP/1.1 401 X\r\nContent-Length: 99\r\n\r\n{"),
        "401 with a body that stops coming",
        "Auth 401",
    ),
    again(
        Fault::Endless(b"HTTP/1.1 500 X\r\n\r\n", &[b' '; 8_192]),
        "500 with a body without end",
        "Server 500",
        [3, 1],
    ),
    status(
        b"HTTP/1.1 400 X\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\n\x01\x02\x03",
        "400 with a body in an encoding that was not asked for",
        "Api 400",
    ),
    decode(
        b"HTTP/1.1 204 X\r\n\r\n",
        "success without the body that is documented",
    ),
    decode(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
        "success with a web page",
    ),
    decode(
        b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{\"name\"",
        "success with broken JSON",
    ),
    decode(
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\xff\xff",
        "success that is not UTF-8",
    ),
    answered(
        Fault::Endless(b"HTTP/1.1 200 OK\r\n\r\n", &[b' '; 8_192]),
        "success with a body over the limit",
        "Decode",
    ),
    decode(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\n\x01\x02\x03",
        "success in an encoding that was not asked for",
    ),
    decode(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08",
        "gzip: the body ends too early",
    ),
    decode(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        "gzip: the body is not gzip",
    ),
    answered(
        Fault::Bomb,
        "gzip: the body is over the limit when it is decompressed",
        "Decode",
    ),
    lost(
        Fault::LongHeader(2_000_000),
        "a header that is too long",
        "Connection",
    ),
    behind(
        Via::Forward,
        unsent(
            Fault::Refused,
            "a proxy: its connection is refused",
            "Connection",
        ),
    ),
    behind(
        Via::Forward,
        unsent(
            Fault::ConnectHangs,
            "a proxy: connecting to it takes too long",
            "Timeout",
        ),
    ),
    behind(
        Via::Forward,
        status(
            b"HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n",
            "a proxy for http: it answers 403",
            "Permission 403",
        ),
    ),
    behind(
        Via::Forward,
        status(
            b"HTTP/1.1 407 X\r\nContent-Length: 0\r\n\r\n",
            "a proxy for http: it answers 407",
            "Api 407",
        ),
    ),
    behind(
        Via::Forward,
        again(
            Fault::Answer(b"HTTP/1.1 502 X\r\nContent-Length: 0\r\n\r\n"),
            "a proxy for http: it answers 502",
            "Server 502",
            [3, 1],
        ),
    ),
    behind(
        Via::Forward,
        cut(
            b"",
            "a proxy for http: the connection ends behind the request",
        ),
    ),
    behind(
        Via::Forward,
        lost(
            Fault::Stall(b""),
            "a proxy for http: no answer comes",
            "Timeout",
        ),
    ),
    #[cfg(feature = "rustls")]
    behind(
        Via::Tunnel,
        unsent(
            Fault::Refused,
            "a proxy for https: its connection is refused",
            "Connection",
        ),
    ),
    #[cfg(feature = "rustls")]
    behind(
        Via::Tunnel,
        unsent(
            Fault::ConnectHangs,
            "a proxy for https: connecting to it takes too long",
            "Timeout",
        ),
    ),
    #[cfg(feature = "rustls")]
    behind(
        Via::Tunnel,
        unsent(
            Fault::Proxy(b"HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n"),
            "a proxy for https: it refuses the tunnel with 403",
            "Connection",
        ),
    ),
    #[cfg(feature = "rustls")]
    behind(
        Via::Tunnel,
        unsent(
            Fault::Proxy(b"HTTP/1.1 407 X\r\nContent-Length: 0\r\n\r\n"),
            "a proxy for https: it refuses the tunnel with 407",
            "Connection",
        ),
    ),
    #[cfg(feature = "rustls")]
    behind(
        Via::Tunnel,
        unsent(
            Fault::Proxy(b"HTTP/1.1 502 X\r\nContent-Length: 0\r\n\r\n"),
            "a proxy for https: it cannot reach the server (502)",
            "Connection",
        ),
    ),
    #[cfg(feature = "rustls")]
    behind(
        Via::Tunnel,
        unsent(
            Fault::Proxy(b""),
            "a proxy for https: the connection ends before the tunnel",
            "Connection",
        ),
    ),
    #[cfg(feature = "rustls")]
    behind(
        Via::Tunnel,
        unsent(
            Fault::Proxy(b"HTTP/1.1 200 Conn"),
            "a proxy for https: the connection ends within its answer",
            "Connection",
        ),
    ),
    #[cfg(feature = "rustls")]
    behind(
        Via::Tunnel,
        unsent(
            Fault::ProxyHangs,
            "a proxy for https: it does not answer",
            "Timeout",
        ),
    ),
    #[cfg(feature = "rustls")]
    behind(
        Via::Tunnel,
        unsent(
            Fault::Handshake(b""),
            "a proxy for https: the tunnel ends in the handshake",
            "Connection",
        ),
    ),
    #[cfg(feature = "rustls")]
    behind(
        Via::Tunnel,
        unsent(
            Fault::HandshakeHangs,
            "a proxy for https: the handshake takes too long",
            "Timeout",
        ),
    ),
    #[cfg(feature = "rustls")]
    behind(
        Via::Tunnel,
        lost(
            Fault::TlsAnswer(b""),
            "a proxy for https: the tunnel ends behind the request",
            "Connection",
        ),
    ),
    #[cfg(feature = "rustls")]
    behind(
        Via::Tunnel,
        lost(
            Fault::TlsAnswer(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"),
            "a proxy for https: the tunnel ends within the answer",
            "Connection",
        ),
    ),
    #[cfg(feature = "socks")]
    behind(
        Via::Socks,
        unsent(
            Fault::Refused,
            "a SOCKS proxy: its connection is refused",
            "Connection",
        ),
    ),
    #[cfg(feature = "socks")]
    behind(
        Via::Socks,
        unsent(
            Fault::ConnectHangs,
            "a SOCKS proxy: connecting to it takes too long",
            "Timeout",
        ),
    ),
    #[cfg(feature = "socks")]
    behind(
        Via::Socks,
        unsent(
            Fault::ProxyGreeting(b"\x05\xff"),
            "a SOCKS proxy: it asks for another login",
            "Connection",
        ),
    ),
    #[cfg(feature = "socks")]
    behind(
        Via::Socks,
        unsent(
            Fault::ProxyGreeting(b""),
            "a SOCKS proxy: the connection ends behind the greeting",
            "Connection",
        ),
    ),
    #[cfg(feature = "socks")]
    behind(
        Via::Socks,
        unsent(
            Fault::Proxy(b"\x05\x02\0\x01\0\0\0\0\0\0"),
            "a SOCKS proxy: it refuses the server",
            "Connection",
        ),
    ),
    #[cfg(feature = "socks")]
    behind(
        Via::Socks,
        unsent(
            Fault::Proxy(b"\x05\x00\0\x01"),
            "a SOCKS proxy: the connection ends within its answer",
            "Connection",
        ),
    ),
    #[cfg(feature = "socks")]
    behind(
        Via::Socks,
        unsent(
            Fault::ProxyHangs,
            "a SOCKS proxy: it does not answer",
            "Timeout",
        ),
    ),
    #[cfg(feature = "socks")]
    behind(
        Via::Socks,
        cut(b"", "a SOCKS proxy: the connection ends behind the request"),
    ),
];
