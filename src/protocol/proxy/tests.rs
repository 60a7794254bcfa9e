use super::*;

/// An environment with these variables, given as names and values.
fn environment<'e>(
    variables: &'e [(&'e str, &'e str)],
) -> impl Fn(&'static str) -> Result<Option<String>> + 'e {
    |name| {
        let found = variables.iter().find(|(candidate, _)| *candidate == name);
        let value = found.map(|(_, value)| (*value).to_owned());
        Ok(value.filter(|value| !value.is_empty()))
    }
}

fn chosen(is_secure: bool, host: &str, variables: &[(&str, &str)]) -> Option<String> {
    let (host, port) = host_and_port(host).unwrap();
    let target = Target {
        is_secure,
        host: &host,
        port: port.unwrap_or(if is_secure { 443 } else { 80 }),
    };
    ProxyOption::Environment
        .choose(&target, environment(variables))
        .unwrap()
        .map(|proxy| proxy.host.to_string())
}

#[test]
fn variables() {
    for (is_secure, variables, expected) in [
        (true, &[][..], None),
        (true, &[("https_proxy", "http://a")], Some("a")),
        (true, &[("HTTPS_PROXY", "http://a")], Some("a")),
        (
            true,
            &[("HTTPS_PROXY", "http://a"), ("https_proxy", "http://b")],
            Some("b"),
        ),
        (
            true,
            &[("HTTPS_PROXY", "http://a"), ("https_proxy", "")],
            Some("a"),
        ),
        (true, &[("HTTP_PROXY", "http://a")], None),
        (true, &[("http_proxy", "http://a")], None),
        (true, &[("ALL_PROXY", "http://a")], Some("a")),
        (true, &[("all_proxy", "http://a")], Some("a")),
        (
            true,
            &[("all_proxy", "http://a"), ("HTTPS_PROXY", "http://b")],
            Some("b"),
        ),
        (
            true,
            &[("ALL_PROXY", "http://a"), ("all_proxy", "http://b")],
            Some("b"),
        ),
        (false, &[("http_proxy", "http://a")], Some("a")),
        (false, &[("HTTP_PROXY", "http://a")], Some("a")),
        (
            false,
            &[("HTTP_PROXY", "http://a"), ("http_proxy", "http://b")],
            Some("b"),
        ),
        (
            false,
            &[("HTTP_PROXY", "http://a"), ("REQUEST_METHOD", "GET")],
            None,
        ),
        (
            false,
            &[("http_proxy", "http://a"), ("REQUEST_METHOD", "GET")],
            Some("a"),
        ),
        (
            false,
            &[
                ("HTTP_PROXY", "http://a"),
                ("REQUEST_METHOD", "GET"),
                ("ALL_PROXY", "http://b"),
            ],
            Some("b"),
        ),
        (false, &[("HTTPS_PROXY", "http://a")], None),
        (false, &[("ALL_PROXY", "http://a")], Some("a")),
        (
            true,
            &[("HTTPS_PROXY", "http://a"), ("NO_PROXY", "example.com")],
            None,
        ),
        (
            true,
            &[
                ("HTTPS_PROXY", "http://a"),
                ("NO_PROXY", "example.com"),
                ("no_proxy", "example.org"),
            ],
            Some("a"),
        ),
        (
            true,
            &[("HTTPS_PROXY", "http://a"), ("NO_PROXY", "")],
            Some("a"),
        ),
    ] {
        let proxy = chosen(is_secure, "api.example.com", variables);
        assert_eq!(proxy.as_deref(), expected, "{is_secure} {variables:?}");
    }
}

#[test]
fn no_proxy() {
    for (host, list, direct) in [
        ("api.example.com", "*", true),
        ("api.example.com", "other.org,*", true),
        ("api.example.com", "example.com", true),
        ("api.example.com", ".example.com", true),
        ("api.example.com", "*.example.com", true),
        ("api.example.com", "EXAMPLE.com.", true),
        ("api.example.com.", "example.com", true),
        ("api.example.com", "api.example.com", true),
        ("api.example.com", "com", true),
        ("api.example.com", "a, b ,example.com ,c", true),
        ("api.example.com", "a b\texample.com", true),
        ("api.example.com", "example.com:443", true),
        ("api.example.com:8443", "example.com:8443", true),
        ("api.example.com", "example.com:8443", false),
        ("api.example.com", "ample.com", false),
        ("api.example.com", "*ample.com", false),
        ("api.example.com", "api.*", false),
        ("api.example.com", "www.example.com", false),
        ("api.example.com", "v2.api.example.com", false),
        ("api.example.com", ".", false),
        ("api.example.com", "*.", false),
        ("api.example.com", ",, ,", false),
        ("example.com", ".example.com", true),
        ("10.1.2.3", "10.1.2.3", true),
        ("10.1.2.3", "10.1.2.3:443", true),
        ("10.1.2.3", "10.1.2.3:80", false),
        ("10.1.2.3", "10.1.2.4", false),
        ("10.1.2.3", "10.0.0.0/8", true),
        ("10.1.2.3", "10.1.2.2/31", true),
        ("10.1.2.3", "10.1.2.4/31", false),
        ("10.1.2.3", "10.1.2.3/32", true),
        ("10.1.2.3", "0.0.0.0/0", true),
        ("10.1.2.3", "10.0.0.0/33", false),
        ("10.1.2.3", "10.0.0.0/x", false),
        ("10.1.2.3", "2.3", false),
        ("10.1.2.3", ".2.3", false),
        ("10.1.2.3", "::/0", false),
        ("[2001:db8::1]", "2001:db8::1", true),
        ("[2001:db8::1]", "2001:db8:0::0:1", true),
        ("[2001:db8::1]", "[2001:db8::1]", true),
        ("[2001:db8::1]", "[2001:db8::1]:443", true),
        ("[2001:db8::1]", "[2001:db8::1]:80", false),
        ("[2001:db8::1]", "2001:db8::/32", true),
        ("[2001:db8::1]", "[2001:db8::]/32", true),
        ("[2001:db8::1]", "2001:db9::/32", false),
        ("[2001:db8::1]", "::/0", true),
        ("[2001:db8::1]", "::/129", false),
        ("[2001:db8::1]", "0.0.0.0/0", false),
    ] {
        let variables = [("HTTPS_PROXY", "http://proxy"), ("NO_PROXY", list)];
        let proxy = chosen(true, host, &variables);
        assert_eq!(proxy.is_none(), direct, "{host} {list}");
    }
}

#[test]
fn this_machine_is_reached_directly_unless_a_proxy_is_asked_for() {
    for host in [
        "localhost",
        "LOCALHOST:80",
        "127.0.0.1",
        "127.9.9.9",
        "[::1]",
    ] {
        let variables = [("HTTPS_PROXY", "http://a"), ("ALL_PROXY", "http://a")];
        assert_eq!(chosen(true, host, &variables), None, "{host}");
        let (host, _) = host_and_port(host).unwrap();
        let target = Target {
            is_secure: true,
            host: &host,
            port: 443,
        };
        let asked = ProxyOption::Url("http://b".to_owned());
        let proxy = asked.choose(&target, environment(&variables)).unwrap();
        assert_eq!(proxy.unwrap().host.to_string(), "b");
    }
}

#[test]
fn what_the_builder_says_goes_before_the_environment() {
    let host = Host::parse("example.com").unwrap();
    let target = Target {
        is_secure: true,
        host: &host,
        port: 443,
    };
    let variables = [("HTTPS_PROXY", "http://a"), ("NO_PROXY", "*")];
    let choose = |option: ProxyOption| option.choose(&target, environment(&variables)).unwrap();
    assert_eq!(choose(ProxyOption::None), None);
    let proxy = choose(ProxyOption::Url("http://b".to_owned())).unwrap();
    assert_eq!(proxy.host.to_string(), "b");
}

#[test]
fn urls() {
    let user = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
    for (text, host, port, credentials) in [
        ("proxy", "proxy", 80, None),
        ("proxy:3128", "proxy", 3128, None),
        ("http://proxy/", "proxy", 80, None),
        ("HTTPS://Proxy", "proxy", 443, None),
        ("http://[::1]:8080", "[::1]", 8080, None),
        ("http://me:pass@proxy", "proxy", 80, user("me", "pass")),
        ("http://me@proxy", "proxy", 80, user("me", "")),
        (
            "http://me:p%40s%2Fs@proxy",
            "proxy",
            80,
            user("me", "p@s/s"),
        ),
        ("http://me:p@ss:w@proxy", "proxy", 80, user("me", "p@ss:w")),
        ("me:pass@proxy:1", "proxy", 1, user("me", "pass")),
    ] {
        let proxy = Proxy::parse(text).unwrap();
        assert_eq!(proxy.host.to_string(), host, "{text}");
        assert_eq!(
            (proxy.port, &proxy.credentials),
            (port, &credentials),
            "{text}"
        );
        // The URL that the HTTP library is given stands for the same proxy.
        assert!(Proxy::parse(&proxy.url()).unwrap() == proxy, "{text}");
    }
    for text in [
        "",
        "http://",
        "ftp://proxy",
        "socks://proxy",
        "http://proxy:0",
        "http://proxy:",
        "http://proxy/path",
        "http://proxy?query",
        "http://proxy#fragment",
        "http://me:s3/cret@proxy",
        "http://me:s3%ffcret@proxy",
        "http://me:s3cret%0a@proxy",
        "http://a%3Ab:s3cret@proxy",
        "http://me:s3cret@",
        "http://me:s3cret@pro xy",
        " http://me:s3cret@proxy",
    ] {
        let host = Host::parse("example.com").unwrap();
        let target = Target {
            is_secure: true,
            host: &host,
            port: 443,
        };
        let variables = [(
            "HTTPS_PROXY",
            if text.is_empty() { "http://" } else { text },
        )];
        let error = ProxyOption::Environment
            .choose(&target, environment(&variables))
            .unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(matches!(error, Error::Environment(_)), "{shown}");
        assert!(shown.contains("HTTPS_PROXY"), "{shown}");
        let error = ProxyOption::Url(text.to_owned())
            .choose(&target, environment(&[]))
            .unwrap_err();
        assert!(matches!(error, Error::InvalidArgument(_)), "{error}");
        assert!(!shown.contains("cret") && !shown.contains("me:"), "{shown}");
    }
}

#[cfg(feature = "socks")]
#[test]
fn socks_urls() {
    for (text, scheme, shown) in [
        ("socks4://p", ProxyScheme::Socks4, "socks4://p:1080"),
        ("socks4a://p", ProxyScheme::Socks4a, "socks4a://p:1080"),
        ("socks5://p:1", ProxyScheme::Socks5, "socks5://p:1"),
        ("socks5h://p", ProxyScheme::Socks5h, "socks5h://p:1080"),
        (
            "socks5h://me:s3cret@p",
            ProxyScheme::Socks5h,
            "socks5h://[redacted]@p:1080",
        ),
    ] {
        let proxy = Proxy::parse(text).unwrap();
        assert_eq!(proxy.scheme, scheme);
        assert_eq!(format!("{proxy:?}"), shown);
        let option = ProxyOption::Url(text.to_owned());
        assert_eq!(format!("{option:?}"), shown);
    }
    for text in [
        "socks4://me@proxy",
        "socks5://me@proxy",
        "socks5://:password@proxy",
    ] {
        assert!(Proxy::parse(text).is_err(), "{text}");
    }
}

#[cfg(not(feature = "socks"))]
#[test]
fn without_the_feature_a_socks_proxy_is_refused_under_its_variables_name() {
    let host = Host::parse("example.com").unwrap();
    let target = Target {
        is_secure: true,
        host: &host,
        port: 443,
    };
    let variables = [("all_proxy", "socks5://me:s3cret@proxy")];
    let error = ProxyOption::Environment
        .choose(&target, environment(&variables))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("all_proxy") && error.contains("\"socks\""),
        "{error}"
    );
    assert!(!error.contains("s3cret"), "{error}");
}
