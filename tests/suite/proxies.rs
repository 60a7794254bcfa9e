//! Proxies and private authorities: what each of both sides of a proxy sees.

use std::process::Command;

use lagclient::Error;
use lagclient::models::ImagePurpose;
use serde_json::json;

use crate::client::{Client, ClientBuilder, UploadImage, http_client, maybe_async, test};
use crate::support::{
    Authority, Hosts, HttpProxy, ROBOT_KEY, Recorded, Reply, Server, USER_TOKEN, builder,
};

const NAME: &str = "lag.made-up.test";
/// `me` and `p@ss/w0rd`, in a URL and in a header.
const LOGIN: &str = "me:p%40ss%2Fw0rd";
const BASIC: &str = "Basic bWU6cEBzcy93MHJk";

fn version() -> Reply {
    Reply::json(200, &json!({"version": "1"}))
}

fn named(server: &Server, host: &str) -> ClientBuilder {
    Client::builder(USER_TOKEN)
        .base_url(server.url_as(host))
        .allow_http(true)
        .max_retries(0)
}

fn line(request: &Recorded) -> String {
    format!("{} {}", request.method, request.target)
}

#[maybe_async]
#[test]
async fn plain_http_is_asked_for_by_its_whole_url() {
    let ready = json!({"id": "i1", "processingStatus": "ready"});
    let server = Server::start([version(), Reply::status(204), Reply::json(201, &ready)]);
    for host in [NAME, "[2001:db8::1]"] {
        let hosts = Hosts::new([(NAME, server.address), ("2001:db8::1", server.address)]);
        let proxy = HttpProxy::start(hosts);
        let client = named(&server, host)
            .proxy(format!("http://{LOGIN}@{}", proxy.address))
            .build()
            .unwrap();
        let url = server.url_as(host);
        if host == NAME {
            client.system().version().await.unwrap();
            client.servers().delete("s1").await.unwrap();
            // A body that begins like a request.
            let image = UploadImage::from_bytes("GET /version HTTP/1.1\r\n", ImagePurpose::Chat);
            let _ = client.images().upload(image).await;
            let lines: Vec<String> = proxy.requests().iter().map(line).collect();
            let expected = [
                format!("GET {url}/version"),
                format!("DELETE {url}/servers/s1"),
                format!("POST {url}/images"),
            ];
            assert_eq!(lines, expected);
        } else {
            let _ = client.system().version().await;
            let lines: Vec<String> = proxy.requests().iter().map(line).collect();
            assert_eq!(lines, [format!("GET {url}/version")]);
        }
        for request in proxy.requests() {
            assert_eq!(request.header("proxy-authorization"), [BASIC]);
            let host = url.trim_start_matches("http://");
            assert_eq!(request.header("host"), [host]);
        }
    }
    for request in server.requests() {
        let authorization = format!("Bearer {USER_TOKEN}");
        assert_eq!(request.header("authorization"), [&authorization]);
    }
    let lines: Vec<String> = server.requests().iter().map(line).collect();
    let expected = [
        "GET /version",
        "DELETE /servers/s1",
        "POST /images",
        "GET /version",
    ];
    assert_eq!(lines, expected);
}

#[cfg(feature = "rustls")]
#[maybe_async]
#[test]
async fn https_goes_through_a_tunnel() {
    let authority = Authority::new();
    let server = Server::start_tls(&authority, &[NAME], [version(), version()]);
    let proxy = HttpProxy::start(Hosts::new([(NAME, server.address)]));
    let client = named(&server, NAME)
        .proxy(format!("http://{LOGIN}@{}", proxy.address))
        .ca_certificate(authority.pem())
        .build()
        .unwrap();
    client.system().version().await.unwrap();
    client.system().version().await.unwrap();
    let asked = proxy.requests();
    let authority = server.url_as(NAME).replace("https://", "");
    let lines: Vec<String> = asked.iter().map(line).collect();
    assert_eq!(lines, [format!("CONNECT {authority}")]);
    assert_eq!(asked[0].header("proxy-authorization"), [BASIC]);
    assert!(asked[0].header("authorization").is_empty());
    assert_eq!(server.requests().len(), 2);
    for request in server.requests() {
        assert!(request.header("proxy-authorization").is_empty());
    }
}

#[cfg(feature = "socks")]
#[maybe_async]
#[test]
async fn socks_proxies_get_the_name_or_the_address() {
    use crate::support::{Asked, SocksProxy};

    const V6: &str = "2001:db8::1";
    for (scheme, host, asked, is_name) in [
        ("socks5h", NAME, NAME, true),
        ("socks5", "0.0.0.0", "0.0.0.0", false),
        ("socks5h", "0.0.0.0", "0.0.0.0", false),
        ("socks5", "[2001:db8::1]", V6, false),
        ("socks5h", "[2001:db8::1]", V6, false),
        // It has an address of either kind.
        ("socks4", "localhost", "127.0.0.1", false),
        ("socks4", "0.0.0.0", "0.0.0.0", false),
        ("socks4a", NAME, NAME, true),
        ("socks4a", "0.0.0.0", "0.0.0.0", false),
    ] {
        let server = Server::start([version(), version()]);
        let hosts = [(NAME, server.address), (V6, server.address)];
        let proxy = SocksProxy::start(Hosts::new(hosts));
        let is_4 = scheme.starts_with("socks4");
        let login = if is_4 {
            String::new()
        } else {
            format!("{LOGIN}@")
        };
        let client = named(&server, host)
            .proxy(format!("{scheme}://{login}{}", proxy.address))
            .build()
            .unwrap();
        client.system().version().await.unwrap();
        client.system().version().await.unwrap();
        let expected = Asked {
            version: if is_4 { 4 } else { 5 },
            host: asked.to_owned(),
            port: server.address.port(),
            is_name,
            login: (!is_4).then(|| ("me".to_owned(), "p@ss/w0rd".to_owned())),
        };
        assert_eq!(proxy.asked(), [expected], "{scheme}");
        let lines: Vec<String> = server.requests().iter().map(line).collect();
        assert_eq!(lines, ["GET /version", "GET /version"]);
    }
}

#[cfg(feature = "socks")]
#[maybe_async]
#[test]
async fn socks_4_has_no_ipv6_and_no_login() {
    for scheme in ["socks4", "socks4a"] {
        for (base_url, login, said) in [
            ("https://[2001:db8::1]", "", "IPv6"),
            ("https://lag.example", "me:w0rd@", "SOCKS 4"),
        ] {
            let builder = Client::builder(USER_TOKEN).base_url(base_url);
            let url = format!("{scheme}://{login}127.0.0.1");
            let error = builder.proxy(url).build().unwrap_err();
            assert_secret(&format!("{error} {error:?}"));
            assert!(error.to_string().contains(said), "{error}");
            match error {
                Error::InvalidArgument(error) => assert_eq!(error.argument, "proxy"),
                other => panic!("{other:?}"),
            }
        }
        let value = format!("{scheme}://127.0.0.1:9");
        let result = run("https://[2001:db8::1]", &[("ALL_PROXY", &value)]);
        let expected = "the environment variable ALL_PROXY ";
        assert!(result.starts_with(expected), "{result}");
        assert!(result.contains("IPv6"), "{result}");
    }
}

/// The certificate is for an address, and so is what the proxy is asked for.
/// reqwest cannot do that, which is said before anything is sent.
#[cfg(feature = "rustls")]
#[maybe_async]
#[test]
async fn https_goes_to_an_ipv6_address_through_every_proxy() {
    let authority = Authority::new();
    let is_async = module_path!().starts_with("asynchronous");
    let address = "2001:db8::1";
    let mut schemes = vec!["http", "https"];
    if cfg!(feature = "socks") {
        schemes.extend(["socks5", "socks5h"]);
    }
    for scheme in schemes {
        let server = Server::start_tls(&authority, &[address], [version()]);
        let hosts = Hosts::new([(address, server.address)]);
        let proxy = match scheme {
            "http" => HttpProxy::start(hosts).address,
            "https" => HttpProxy::start_tls(&authority, hosts).address,
            _ => crate::support::SocksProxy::start(hosts).address,
        };
        let built = named(&server, "[2001:db8::1]")
            .proxy(format!("{scheme}://localhost:{}", proxy.port()))
            .ca_certificate(authority.pem())
            .build();
        let client = match built {
            Ok(client) => client,
            Err(Error::InvalidArgument(error)) if is_async => {
                assert_eq!(error.argument, "base_url");
                assert!(error.to_string().contains("IPv6"), "{error}");
                continue;
            }
            Err(error) => panic!("{error:?}"),
        };
        assert!(!is_async, "it can do it: the guide says something else");
        let version = client.system().version().await;
        assert_eq!(version.expect(scheme).version, "1");
    }
}

/// Whoever looks on sees neither the server's name nor the password.
#[cfg(feature = "rustls")]
#[maybe_async]
#[test]
async fn a_proxy_is_spoken_to_over_tls() {
    let authority = Authority::new();
    let plain = Server::start([version(), version()]);
    let secure = Server::start_tls(&authority, &[NAME], [version(), version()]);
    for (server, method) in [(&plain, "GET"), (&secure, "CONNECT")] {
        let proxy = HttpProxy::start_tls(&authority, Hosts::new([(NAME, server.address)]));
        let url = format!("https://{LOGIN}@localhost:{}", proxy.address.port());
        let client = named(server, NAME)
            .proxy(&url)
            .ca_certificate(authority.pem())
            .build()
            .unwrap();
        client.system().version().await.unwrap();
        client.system().version().await.unwrap();
        assert_eq!(server.requests().len(), 2);
        let asked = proxy.requests();
        assert!(asked.iter().all(|request| request.method == method));
        assert_eq!(asked[0].header("proxy-authorization"), [BASIC]);
        // Somebody else's certificate is not the proxy's.
        let stranger = named(server, NAME)
            .proxy(&url)
            .ca_certificate(Authority::new().pem())
            .build()
            .unwrap();
        match stranger.system().version().await {
            Err(Error::Connection(error)) => assert!(!error.maybe_processed, "{error}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(server.requests().len(), 2);
    }
}

#[cfg(all(feature = "socks", feature = "rustls"))]
#[maybe_async]
#[test]
async fn https_goes_through_a_socks_proxy() {
    use crate::support::SocksProxy;

    let authority = Authority::new();
    let server = Server::start_tls(&authority, &[NAME], [version()]);
    let proxy = SocksProxy::start(Hosts::new([(NAME, server.address)]));
    let client = named(&server, NAME)
        .proxy(format!("socks5h://{}", proxy.address))
        .ca_certificate(authority.pem())
        .build()
        .unwrap();
    client.system().version().await.unwrap();
    assert_eq!(proxy.asked().len(), 1);
}

#[cfg(not(feature = "socks"))]
#[maybe_async]
#[test]
async fn without_the_feature_a_socks_proxy_is_refused() {
    let builder = Client::builder(USER_TOKEN).proxy("socks5://proxy.example");
    let error = builder.build().unwrap_err();
    let expected = "invalid proxy: names a SOCKS proxy, which needs the feature \"socks\" of \
                    lagclient";
    assert_eq!(error.to_string(), expected);
}

#[maybe_async]
#[test]
async fn a_listener_goes_through_the_proxy() {
    let event = "id: 1\ndata: {\"type\":\"room.message\",\"data\":{}}\n\n";
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    let server = Server::start([Reply::Close(format!("{head}{event}").into())]);
    let proxy = HttpProxy::start(Hosts::new([(NAME, server.address)]));
    let client = Client::builder(ROBOT_KEY)
        .base_url(server.url_as(NAME))
        .allow_http(true)
        .proxy(format!("http://{}", proxy.address))
        .build()
        .unwrap();
    let mut events = client.robot().events();
    let event = events.next_event().await.unwrap().unwrap();
    assert_eq!(event.id.as_deref(), Some("1"));
    let url = server.url_as(NAME);
    assert_eq!(
        line(&proxy.requests()[0]),
        format!("GET {url}/robots/@me/events/sse")
    );
}

#[maybe_async]
#[test]
async fn a_proxy_that_refuses_is_not_the_server() {
    let server = Server::start([]);
    let proxy = HttpProxy::refusing(407);
    let url = format!("http://{LOGIN}@{}", proxy.address);
    let client = named(&server, NAME).proxy(&url).build().unwrap();
    let error = client.system().version().await.unwrap_err();
    assert_eq!(error.status(), Some(407));
    assert_secret(&format!("{error} {error:?} {client:?}"));
    #[cfg(feature = "rustls")]
    {
        let client = Client::builder(USER_TOKEN)
            .base_url(format!("https://{NAME}"))
            .proxy(&url)
            .max_retries(0)
            .build()
            .unwrap();
        let error = client.system().version().await.unwrap_err();
        assert_secret(&format!("{error} {error:?}"));
        match error {
            Error::Connection(lost) => assert!(!lost.maybe_processed, "{lost}"),
            other => panic!("{other:?}"),
        }
    }
}

fn assert_secret(shown: &str) {
    for secret in ["w0rd", "bWU6", LOGIN] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[maybe_async]
#[test]
async fn what_cannot_be_used_is_refused_by_build() {
    let new = || Client::builder(USER_TOKEN);
    for (builder, argument) in [
        (new().proxy(format!("ftp://{LOGIN}@proxy")), "proxy"),
        (new().proxy(format!("http://{LOGIN}@proxy/path")), "proxy"),
        (new().proxy(format!("http://{LOGIN}@pro xy")), "proxy"),
        (
            new().proxy("http://proxy").http_client(http_client()),
            "proxy",
        ),
        (new().no_proxy().http_client(http_client()), "no_proxy"),
        (new().ca_certificate("no certificate"), "ca_certificate"),
        (
            new()
                .ca_certificate(Authority::new().pem())
                .http_client(http_client()),
            "ca_certificate",
        ),
    ] {
        let shown = format!("{builder:?}");
        assert_secret(&shown);
        let error = builder.build().unwrap_err();
        assert_secret(&format!("{error} {error:?}"));
        match error {
            Error::InvalidArgument(error) => assert_eq!(error.argument, argument),
            other => panic!("{other:?}"),
        }
    }
    let shown = format!("{:?}", new().proxy(format!("http://{LOGIN}@proxy:3128")));
    assert!(shown.contains("http://[redacted]@proxy:3128"), "{shown}");
    assert_secret(&shown);
}

#[cfg(feature = "rustls")]
#[maybe_async]
#[test]
async fn a_private_authority_takes_the_place_of_all_others() {
    let (ours, other) = (Authority::new(), Authority::new());
    let server = Server::start_tls(&ours, &[], [version(), version(), version()]);
    let both = format!("A comment\n{}\n{}", other.pem(), ours.pem());
    for (pems, is_trusted) in [
        (&[][..], false),
        (&[other.pem()][..], false),
        (&[ours.pem()][..], true),
        (&[both][..], true),
        (&[other.pem(), ours.pem()][..], true),
    ] {
        let builder = builder(USER_TOKEN, &server);
        let client = pems
            .iter()
            .fold(builder, ClientBuilder::ca_certificate)
            .build()
            .unwrap();
        match client.system().version().await {
            Ok(_) => assert!(is_trusted),
            Err(Error::Connection(error)) => {
                assert!(!is_trusted, "{error}");
                assert!(!error.maybe_processed);
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}

/// What a program finds out whose environment is this.
fn run(base_url: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let module = module_path!().split_once("::").unwrap().1;
    command
        .args(["--exact", "--nocapture"])
        .arg(format!("{module}::a_program_with_another_environment"));
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    command
        .env_remove("REQUEST_METHOD")
        .env("LAGCLIENT_TEST_BASE_URL", base_url)
        .envs(variables.iter().copied());
    let output = command.output().unwrap();
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    let (_, result) = output.split_once("result: ").expect(&output);
    result.lines().next().unwrap().to_owned()
}

/// Run by [`run`]; by itself it has nothing to do.
#[maybe_async]
#[test]
async fn a_program_with_another_environment() {
    let Ok(base_url) = std::env::var("LAGCLIENT_TEST_BASE_URL") else {
        return;
    };
    let builder = Client::builder(USER_TOKEN)
        .base_url(base_url)
        .allow_http(true)
        .max_retries(0);
    let client = match builder.build() {
        Ok(client) => client,
        Err(error) => {
            println!("result: {error}");
            return;
        }
    };
    let version = client.system().version().await;
    match version {
        Ok(version) => println!("result: {}", version.version),
        Err(error) => println!("result: {error}"),
    }
}

#[maybe_async]
#[test]
async fn the_environment_names_a_proxy() {
    // What is not this machine's by its name, and yet can be reached.
    let near = "0.0.0.0";
    for (host, name, value, other, proxied) in [
        (NAME, "http_proxy", "http://", None, true),
        (NAME, "HTTP_PROXY", "", None, true),
        (NAME, "all_proxy", "http://", None, true),
        (
            NAME,
            "ALL_PROXY",
            "http://",
            Some(("NO_PROXY", "other.test")),
            true,
        ),
        (near, "http_proxy", "http://", None, true),
        (near, "HTTPS_PROXY", "http://", None, false),
        (
            near,
            "HTTP_PROXY",
            "http://",
            Some(("REQUEST_METHOD", "GET")),
            false,
        ),
        (
            near,
            "http_proxy",
            "http://",
            Some(("NO_PROXY", "*")),
            false,
        ),
        (
            near,
            "http_proxy",
            "http://",
            Some(("no_proxy", "1.2.3.4, 0.0.0.0/8")),
            false,
        ),
        ("127.0.0.1", "http_proxy", "http://", None, false),
        ("localhost", "ALL_PROXY", "http://", None, false),
    ] {
        let server = Server::start([version()]);
        let hosts = [(NAME, server.address), (near, server.address)];
        let proxy = HttpProxy::start(Hosts::new(hosts));
        let value = format!("{value}{}", proxy.address);
        let mut variables = vec![(name, value.as_str())];
        variables.extend(other);
        let result = run(&server.url_as(host), &variables);
        assert_eq!(result, "1", "{host} {variables:?}");
        assert_eq!(
            proxy.requests().len(),
            usize::from(proxied),
            "{host} {variables:?}"
        );
        assert_eq!(server.requests().len(), 1);
    }
}

#[maybe_async]
#[test]
async fn a_proxy_that_cannot_be_used_is_never_bypassed() {
    let server = Server::start([]);
    let mut rows = vec![
        ("http_proxy", "http://me:p@ssw0rd@"),
        ("ALL_PROXY", "ftp://me:p@ssw0rd@proxy"),
    ];
    if cfg!(not(feature = "socks")) {
        rows.push(("ALL_PROXY", "socks5://me:p@ssw0rd@proxy"));
    }
    for (name, value) in rows {
        let result = run(&server.url_as("0.0.0.0"), &[(name, value)]);
        assert!(
            result.starts_with(&format!("the environment variable {name} ")),
            "{result}"
        );
        assert_secret(&result);
    }
    assert_eq!(server.requests().len(), 0);
}
