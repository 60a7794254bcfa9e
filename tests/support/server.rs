//! A server that answers the n-th request with the n-th scripted reply and
//! records what it received, byte for byte.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustls::ServerConfig;
use serde_json::Value;

use super::authority::Authority;
use super::line::{self, Line, Slow};

/// How a request is answered.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// These bytes. The connection stays open.
    Bytes(Vec<u8>),
    /// These bytes, and then the connection is closed.
    Close(Vec<u8>),
    /// These bytes over and over, until the client hangs up.
    Endless(Vec<u8>, Vec<u8>),
    /// These pieces, with this pause before each but the first, and then the
    /// connection is closed.
    Slowly(Vec<Vec<u8>>, Duration),
    /// Nothing, for this long.
    Silence(Duration),
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(
            status,
            &[("Content-Type", "application/json")],
            body.to_string(),
        )
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::new(status, &[], "")
    }

    pub(crate) fn new(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        Self::Bytes(response(status, headers, body.as_ref()))
    }
}

/// A whole response, with its length.
pub(crate) fn response(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status} Some Reason\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend(format!("{name}: {value}\r\n").as_bytes());
    }
    if status != 204 {
        bytes.extend(format!("Content-Length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend(b"\r\n");
    bytes.extend(body);
    bytes
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    /// Path and query, as sent.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) at: Instant,
    /// Which connection it came over, from 0.
    pub(crate) connection: usize,
}

impl Recorded {
    /// All values of a header.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(candidate, _)| candidate.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    is_tls: bool,
    requests: Arc<Mutex<Vec<Recorded>>>,
}

/// What a server is, apart from its replies.
#[derive(Clone, Debug, Default)]
struct Kind {
    tls: Option<Arc<ServerConfig>>,
    /// How many bytes a second it reads.
    rate: Option<u32>,
}

impl Server {
    /// Answers one request after the other. A request behind the last reply is
    /// answered with 599, which fails any test that did not expect it.
    pub(crate) fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::start_as(Kind::default(), replies)
    }

    /// Answers every request with the same.
    #[allow(dead_code, reason = "the suite says how many requests it expects")]
    pub(crate) fn start_each(reply: impl Fn() -> Reply) -> Self {
        Self::start((0..1_000).map(|_| reply()))
    }

    /// The same over TLS, with a certificate for `localhost` and these names.
    pub(crate) fn start_tls(
        authority: &Authority,
        names: &[&str],
        replies: impl IntoIterator<Item = Reply>,
    ) -> Self {
        let names = [&["localhost"], names].concat();
        let kind = Kind {
            tls: Some(authority.server(&names)),
            rate: None,
        };
        Self::start_as(kind, replies)
    }

    /// The same at the end of a slow line: so many bytes a second are read.
    pub(crate) fn start_slow(per_second: u32, replies: impl IntoIterator<Item = Reply>) -> Self {
        let kind = Kind {
            tls: None,
            rate: Some(per_second),
        };
        Self::start_as(kind, replies)
    }

    fn start_as(kind: Kind, replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies: Vec<Reply> = replies.into_iter().collect();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let recorded = Arc::clone(&requests);
        let is_tls = kind.tls.is_some();
        let address = line::serve(move |connection, stream| {
            serve(stream, &kind, connection, &replies, &recorded)
        });
        Self {
            address,
            is_tls,
            requests,
        }
    }

    /// Answers one request with JSON.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::start([Reply::json(status, body)])
    }

    /// Answers one request with a status and no body.
    pub(crate) fn status(status: u16) -> Self {
        Self::start([Reply::status(status)])
    }

    /// By address; over TLS by the name `localhost`, which certificates are
    /// for.
    pub(crate) fn base_url(&self) -> String {
        if self.is_tls {
            self.url_as("localhost")
        } else {
            format!("http://{}", self.address)
        }
    }

    /// By another name, which somebody has to resolve.
    pub(crate) fn url_as(&self, name: &str) -> String {
        let scheme = if self.is_tls { "https" } else { "http" };
        format!("{scheme}://{name}:{}", self.address.port())
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.requests.lock().unwrap().clone()
    }

    /// The request, of which there must have been exactly one.
    pub(crate) fn request(&self) -> Recorded {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:#?}");
        requests.remove(0)
    }
}

fn serve(
    stream: TcpStream,
    kind: &Kind,
    connection: usize,
    replies: &[Reply],
    recorded: &Mutex<Vec<Recorded>>,
) -> std::io::Result<()> {
    let line = Slow::new(
        Line::new(stream, kind.tls.as_ref())?,
        kind.rate.unwrap_or(u32::MAX),
    );
    let mut reader = BufReader::new(line);
    while let Some(request) = read_request(&mut reader, connection)? {
        let index = {
            let mut recorded = recorded.lock().unwrap();
            recorded.push(request);
            recorded.len() - 1
        };
        let line = &mut reader.get_mut().inner;
        match replies.get(index) {
            Some(Reply::Bytes(bytes)) => line.write_all(bytes)?,
            Some(Reply::Close(bytes)) => {
                line.write_all(bytes)?;
                return line.close();
            }
            Some(Reply::Endless(head, bytes)) => {
                line.write_all(head)?;
                loop {
                    line.write_all(bytes)?;
                }
            }
            Some(Reply::Slowly(pieces, pause)) => {
                for (index, piece) in pieces.iter().enumerate() {
                    if index > 0 {
                        thread::sleep(*pause);
                    }
                    line.write_all(piece)?;
                }
                return line.close();
            }
            Some(Reply::Silence(time)) => thread::sleep(*time),
            None => line.write_all(&response(599, &[], b"unexpected request"))?,
        }
    }
    Ok(())
}

pub(crate) fn read_request(
    reader: &mut impl BufRead,
    connection: usize,
) -> std::io::Result<Option<Recorded>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end_matches(['\r', '\n']).split_once(": ") {
            Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
            None => break,
        }
    }
    let mut request = Recorded {
        method,
        target,
        headers,
        body: Vec::new(),
        at: Instant::now(),
        connection,
    };
    if request.header("transfer-encoding") == ["chunked"] {
        request.body = read_chunks(reader)?;
    } else if let [length] = request.header("content-length")[..] {
        request.body = vec![0; length.parse().unwrap()];
        reader.read_exact(&mut request.body)?;
    }
    Ok(Some(request))
}

fn read_chunks(reader: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        // A client that gives up leaves no length.
        let length = usize::from_str_radix(line.trim(), 16)
            .map_err(|_| std::io::ErrorKind::UnexpectedEof)?;
        let start = body.len();
        body.resize(start + length, 0);
        reader.read_exact(&mut body[start..])?;
        reader.read_line(&mut String::new())?;
        if length == 0 {
            return Ok(body);
        }
    }
}
