//! The smallest HTTP client that can look at every byte of an exchange.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use lag_sandbox::{Sandbox, UserHandle};
use serde_json::Value;

/// An answer, taken apart.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{error}: {}", String::from_utf8_lossy(&self.body));
        })
    }

    /// The body of an answer with this status.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(
            self.status,
            status,
            "{}",
            String::from_utf8_lossy(&self.body)
        );
        if self.body.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// The message of the error envelope of an answer with this status.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16) -> String {
        let body = self.expect(status);
        assert_eq!(body["statusCode"], status);
        assert!(body["error"].is_string());
        assert_eq!(body.as_object().map(serde_json::Map::len), Some(3));
        body["message"].as_str().expect("a message").to_owned()
    }
}

/// The user of this name, who need not be there yet.
pub(crate) fn user(sandbox: &Sandbox, name: &str) -> UserHandle {
    let mut users = sandbox.users().into_iter();
    let known = users.find(|user| user.username() == name);
    known.unwrap_or_else(|| sandbox.add_user(name))
}

/// Somebody who calls the sandbox, with a connection for each call.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    address: std::net::SocketAddr,
    authorization: Option<String>,
}

impl Caller {
    pub(crate) fn nobody(sandbox: &Sandbox) -> Self {
        Self {
            address: sandbox.address(),
            authorization: None,
        }
    }

    pub(crate) fn with(sandbox: &Sandbox, authorization: &str) -> Self {
        Self {
            address: sandbox.address(),
            authorization: Some(authorization.to_owned()),
        }
    }

    pub(crate) fn user(sandbox: &Sandbox, name: &str) -> Self {
        let token = user(sandbox, name).token();
        Self::with(sandbox, &format!("Bearer {token}"))
    }

    pub(crate) fn robot(sandbox: &Sandbox) -> Self {
        Self::with(sandbox, &format!("Robot {}", sandbox.robot_key()))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None)
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, None)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path, Some(body))
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Answer {
        self.call("PATCH", path, Some(body))
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.call("PUT", path, Some(body))
    }

    pub(crate) fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let text = body.map(Value::to_string);
        let kind = text.as_ref().map(|_| "application/json");
        self.call_raw(method, path, kind, text.unwrap_or_default().as_bytes())
            .expect("an answer")
    }

    pub(crate) fn call_raw(
        &self,
        method: &str,
        path: &str,
        content_type: Option<&str>,
        body: &[u8],
    ) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(&self.request(method, path, content_type, body))?;
        read_answer(&mut stream)
    }

    /// The bytes that come back, to the end of the connection.
    pub(crate) fn raw(&self, method: &str, path: &str) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(&self.request(method, path, None, b""))?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The head that comes back for a HEAD request, and whatever follows it.
    pub(crate) fn head(&self, path: &str) -> String {
        let request = self.request("HEAD", path, Some("x\r\nconnection: close"), b"");
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream.write_all(&request).expect("written");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("text");
        text
    }

    /// The status of an answer whose body is of no interest.
    pub(crate) fn status(&self, path: &str) -> u16 {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream
            .write_all(&self.request("GET", path, None, b""))
            .expect("written");
        let mut status = [0; 12];
        stream.read_exact(&mut status).expect("a status");
        let status = String::from_utf8_lossy(&status);
        let status = status.strip_prefix("HTTP/1.1 ").expect("a status line");
        status.parse().expect("a number")
    }

    /// Sends a request and closes the connection when there is no answer after
    /// this time.
    #[track_caller]
    pub(crate) fn give_up(&self, path: &str, patience: Duration) {
        self.give_up_on(&self.request("GET", path, None, b""), patience);
    }

    #[track_caller]
    pub(crate) fn give_up_on(&self, request: &[u8], patience: Duration) {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(patience)).expect("set");
        stream.write_all(request).expect("written");
        assert!(read_answer(&mut stream).is_err());
    }

    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        content_type: Option<&str>,
        body: &[u8],
    ) -> Vec<u8> {
        let mut lines = vec![
            format!("{method} {path} HTTP/1.1"),
            format!("host: {}", self.address),
        ];
        if let Some(authorization) = &self.authorization {
            lines.push(format!("authorization: {authorization}"));
        }
        if let Some(content_type) = content_type {
            lines.push(format!("content-type: {content_type}"));
        }
        if !body.is_empty() {
            lines.push(format!("content-length: {}", body.len()));
        }
        let head = lines.join("\r\n") + "\r\n\r\n";
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        bytes
    }
}

/// Reads one answer that announces its length.
pub(crate) fn read_answer(stream: &mut impl Read) -> io::Result<Answer> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).map_err(io::Error::other)?;
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.strip_prefix("HTTP/1.1 "))
        .and_then(|line| line.get(..3))
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| io::Error::other("no status line"))?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut answer = Answer {
        status,
        headers,
        body: Vec::new(),
    };
    let length = answer
        .header("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    answer.body.resize(length, 0);
    stream.read_exact(&mut answer.body)?;
    Ok(answer)
}
