use super::*;

/// A proxy that answers these bytes, and what it was sent.
struct Script<'a> {
    answer: &'a [u8],
    sent: Vec<u8>,
}

impl Read for Script<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.answer.read(buffer)
    }
}

impl Write for Script<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sent.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const V4: Destination<'_> = Destination::Address(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)));
const NAME: Destination<'_> = Destination::Name("a.example");

fn pass(url: &str, to: &Destination<'_>, answer: &[u8]) -> (Result<(), String>, Vec<u8>, usize) {
    let mut script = Script {
        answer,
        sent: Vec::new(),
    };
    let settings = Proxy::new(url).unwrap();
    let passed = if url.starts_with("socks4") {
        pass_4(&mut script, to, 443)
    } else {
        pass_5(&mut script, &settings, to, 443)
    };
    let passed = passed.map_err(|error| error.to_string());
    (passed, script.sent, script.answer.len())
}

/// `REST` stands for bytes that follow the proxy's answer. They are not read.
#[test]
fn what_is_said_and_heard() {
    let v6 = Destination::Address("2001:db8::1".parse().unwrap());
    let mut by_v6 = vec![5, 1, 0, 5, 1, 0, 4];
    by_v6.extend([
        0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 187,
    ]);
    let mut login = vec![5, 2, 0, 2, 1, 2];
    login.extend(b"me\x03a/b\x05\x01\x00\x03\x09a.example\x01\xbb");
    for (url, to, sent, answer) in [
        (
            "socks5://p",
            &V4,
            vec![5, 1, 0, 5, 1, 0, 1, 192, 0, 2, 7, 1, 187],
            &b"\x05\x00\x05\x00\x00\x01abcdefREST"[..],
        ),
        (
            "socks5://p",
            &v6,
            by_v6,
            b"\x05\x00\x05\x00\x00\x04abcdefghijklmnopqrREST",
        ),
        (
            "socks5://me:a%2Fb@p",
            &NAME,
            login,
            b"\x05\x02\x01\x00\x05\x00\x00\x03\x02ababREST",
        ),
        (
            "socks4://p",
            &V4,
            vec![4, 1, 1, 187, 192, 0, 2, 7, 0],
            b"\x00\x5aabcdefREST",
        ),
        (
            "socks4a://p",
            &NAME,
            b"\x04\x01\x01\xbb\x00\x00\x00\x01\x00a.example\x00".to_vec(),
            b"\x00\x5aabcdefREST",
        ),
    ] {
        assert_eq!(pass(url, to, answer), (Ok(()), sent, 4), "{url} {to:?}");
    }
}

#[test]
fn refusals_are_told_without_the_login() {
    for (url, answer, reason) in [
        ("socks5://p", &b"\x05\xff"[..], "refuses to go on"),
        ("socks5://p", b"\x05\x02", "refuses to go on"),
        ("socks5://p", b"HTTP/1.1 400", "does not speak SOCKS 5"),
        ("socks5://me:no@p", b"\x05\x02\x01\x01", "refuses the login"),
        ("socks5://p", b"\x05\x00\x05\x05\x00\x01", "with the code 5"),
        (
            "socks5://p",
            b"\x05\x00\x05\x00\x00\x01abc",
            "fill whole buffer",
        ),
        ("socks4://p", b"\x00\x5babcdef", "with the code 91"),
        ("socks4://p", b"", "fill whole buffer"),
    ] {
        let (passed, ..) = pass(url, &V4, answer);
        let error = passed.unwrap_err();
        assert!(error.contains(reason), "{url} {answer:?}: {error}");
    }
    let long = "x".repeat(256);
    let (passed, ..) = pass("socks5://p", &Destination::Name(&long), b"\x05\x00");
    assert!(passed.unwrap_err().contains("too long"));
    let v6 = Destination::Address("::1".parse().unwrap());
    let (passed, sent, _) = pass("socks4://p", &v6, b"");
    assert_eq!((passed.unwrap_err().contains("IPv6"), sent), (true, vec![]));
}
