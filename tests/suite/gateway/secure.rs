//! Over TLS, and through a proxy.

use serde_json::json;

use super::{MS, done, id, next};
use crate::client::{Client, http_client_for, http_client_through, maybe_async, test};
use crate::support::gateway::{GatewayServer, Peer, Script, room_message, serve};
use crate::support::{Authority, Hosts, HttpProxy, USER_TOKEN};

/// What the server says and is told, in both directions at once.
fn talk() -> Script {
    serve(|peer: &mut Peer| {
        for number in 0..100 {
            let content = "x".repeat(number * 100);
            peer.send(&room_message(&number.to_string(), &content));
            if number % 10 == 0 {
                peer.expect(json!({"type": "typing_start", "conversationId": "dm_1"}));
            }
        }
        assert_eq!(peer.wait_for_end(), Some(1001));
    })
}

#[maybe_async]
async fn listen(client: Client) {
    let mut events = client.gateway().events();
    let remote = events.remote();
    for number in 0..100 {
        let event = next(&mut events).await;
        assert_eq!(id(&event), number.to_string());
        if number % 10 == 0 {
            remote.typing_in_dm("dm_1").await.unwrap();
        }
    }
}

#[maybe_async]
#[test]
async fn it_works_over_tls() {
    let authority = Authority::new();
    let server = GatewayServer::start_tls(&authority, &["localhost"], [talk()]);
    let client = Client::builder(USER_TOKEN)
        .base_url(format!("https://localhost:{}", server.address().port()))
        .http_client(http_client_for("localhost", server.address(), &authority))
        .build()
        .unwrap();
    listen(client).await;
    done(&server, 1).await;
}

#[maybe_async]
#[test]
async fn it_trusts_a_private_authority() {
    let authority = Authority::new();
    let server = GatewayServer::start_tls(&authority, &["localhost"], [talk()]);
    let client = Client::builder(USER_TOKEN)
        .base_url(format!("https://localhost:{}", server.address().port()))
        .ca_certificate(authority.pem())
        .build()
        .unwrap();
    listen(client).await;
    done(&server, 1).await;
}

/// Whether the server is who it says it is, is checked before the token is
/// sent.
#[maybe_async]
#[test]
async fn a_server_that_nobody_vouches_for_is_told_nothing() {
    let authority = Authority::new();
    let server = GatewayServer::start_tls(&authority, &["localhost"], []);
    let client = Client::builder(USER_TOKEN)
        .base_url(format!("https://localhost:{}", server.address().port()))
        .http_client(http_client_for(
            "localhost",
            server.address(),
            &Authority::new(),
        ))
        .build()
        .unwrap();
    let log = super::Log::default();
    let gateway = client.gateway().backoff(1_000 * MS, 1_000 * MS);
    let events = gateway.on_status(log.observer()).events();
    let listening = crate::client::spawn!(forget(events));
    let until = std::time::Instant::now() + 5_000 * MS;
    while log.count("lost") == 0 {
        assert!(std::time::Instant::now() < until, "no failure");
        crate::client::sleep(MS).await;
    }
    assert!(server.upgrades().is_empty());
    drop(listening);
}

#[maybe_async]
async fn forget(mut events: crate::client::GatewayEvents) {
    let _ = events.next_event().await;
}

#[maybe_async]
#[test]
async fn it_passes_through_a_proxy() {
    const NAME: &str = "gateway.example";
    let authority = Authority::new();
    let server = GatewayServer::start_tls(&authority, &[NAME], [talk()]);
    let proxy = HttpProxy::start(Hosts::new([(NAME, server.address())]));
    let through = format!("http://user:secret@{}", proxy.address);
    let client = Client::builder(USER_TOKEN)
        .base_url(format!("https://{NAME}"))
        .http_client(http_client_through(&through, &authority))
        .build()
        .unwrap();
    listen(client).await;
    done(&server, 1).await;
    let asked = proxy.requests();
    let [asked] = &asked[..] else {
        panic!("{asked:?}");
    };
    assert_eq!(
        (&*asked.method, &*asked.target),
        ("CONNECT", "gateway.example:443")
    );
    assert_eq!(
        asked.header("proxy-authorization"),
        ["Basic dXNlcjpzZWNyZXQ="]
    );
    assert_eq!(server.upgrades()[0].header("host"), [NAME]);
}

#[cfg(feature = "socks")]
#[maybe_async]
#[test]
async fn it_passes_through_a_socks_proxy() {
    use crate::support::{Asked, SocksProxy};

    const NAME: &str = "gateway.example";
    for (scheme, host, asked) in [
        ("socks5h", NAME, NAME),
        ("socks5h", "127.0.0.1", "127.0.0.1"),
        ("socks5", "127.0.0.1", "127.0.0.1"),
        // It has an address of either kind.
        ("socks4", "localhost", "127.0.0.1"),
        ("socks4a", NAME, NAME),
    ] {
        let authority = Authority::new();
        let server = GatewayServer::start_tls(&authority, &[host], [talk()]);
        let proxy = SocksProxy::start(Hosts::new([(NAME, server.address())]));
        let port = server.address().port();
        let is_4 = scheme.starts_with("socks4");
        let login = if is_4 { "" } else { "me:p%40ss@" };
        let client = Client::builder(USER_TOKEN)
            .base_url(format!("https://{host}:{port}"))
            .proxy(format!("{scheme}://{login}{}", proxy.address))
            .ca_certificate(authority.pem())
            .build()
            .unwrap();
        listen(client).await;
        done(&server, 1).await;
        let expected = Asked {
            version: if is_4 { 4 } else { 5 },
            host: asked.to_owned(),
            port,
            is_name: host == NAME,
            login: (!is_4).then(|| ("me".to_owned(), "p@ss".to_owned())),
        };
        assert_eq!(proxy.asked(), [expected], "{scheme}");
    }
}

#[maybe_async]
#[test]
async fn a_proxy_that_refuses_is_a_lost_connection() {
    let authority = Authority::new();
    let proxy = HttpProxy::refusing(407);
    let through = format!("http://user:secret@{}", proxy.address);
    let client = Client::builder(USER_TOKEN)
        .base_url("https://gateway.example")
        .http_client(http_client_through(&through, &authority))
        .build()
        .unwrap();
    let log = super::Log::default();
    let gateway = client.gateway().backoff(1_000 * MS, 1_000 * MS);
    let events = gateway.on_status(log.observer()).events();
    let listening = crate::client::spawn!(forget(events));
    let until = std::time::Instant::now() + 5_000 * MS;
    while log.count("lost") == 0 {
        assert!(std::time::Instant::now() < until, "no failure");
        crate::client::sleep(MS).await;
    }
    let told = log.told().join(" ");
    assert!(
        !told.contains("secret") && !told.contains(USER_TOKEN),
        "{told}"
    );
    drop(listening);
}
