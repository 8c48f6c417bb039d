//! Requests over plain HTTP, as far as tests need them.
#![allow(dead_code, reason = "shared by several tests, each uses a part")]

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
    /// The body came piece by piece: that many.
    pub pieces: usize,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }

    /// The value of a header, its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    /// The events of a stream, and whether `[DONE]` was the last.
    pub fn events(&self) -> (Vec<Value>, bool) {
        let text = String::from_utf8(self.body.clone()).unwrap();
        let lines: Vec<&str> = text.split("\n\n").filter_map(|line| line.strip_prefix("data: ")).collect();
        let done = lines.last() == Some(&"[DONE]");
        let events = &lines[..lines.len() - usize::from(done)];
        (events.iter().map(|line| serde_json::from_str(line).unwrap()).collect(), done)
    }

    /// The error, which must be of OpenAI's shape: its code.
    pub fn error(&self) -> (u16, String) {
        let error = &self.json()["error"];
        assert!(error["message"].as_str().is_some_and(|message| message.len() > 10), "{self:?}");
        assert!(error["type"].is_string() && error.get("param").is_some(), "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/json"));
        (self.status, error["code"].as_str().unwrap().to_owned())
    }
}

/// Sends a request with a body of JSON.
pub async fn post(port: u16, path: &str, body: &Value) -> Reply {
    send(port, "POST", path, &[("content-type", "application/json")], body.to_string().as_bytes()).await
}

/// Sends any request, and reads until the server is done with it.
pub async fn send(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    let mut socket = begin(port, method, path, headers, body).await;
    let mut bytes = Vec::new();
    // A server that refuses early resets what it did not read.
    let _ = socket.read_to_end(&mut bytes).await;
    parse(&bytes)
}

/// Sends any request and reads nothing yet.
pub async fn begin(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> TcpStream {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
    head += &format!("content-length: {}\r\n", body.len());
    head.extend(headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")));
    head += "\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    let _ = socket.write_all(body).await;
    socket
}

fn parse(bytes: &[u8]) -> Reply {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a whole head");
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    let (body, pieces) = if chunked { dechunk(&bytes[end + 4..]) } else { (bytes[end + 4..].to_vec(), 1) };
    Reply { status, head, body, pieces }
}

fn dechunk(mut bytes: &[u8]) -> (Vec<u8>, usize) {
    let (mut body, mut pieces) = (Vec::new(), 0);
    while let Some(line) = bytes.windows(2).position(|window| window == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&bytes[..line]).unwrap(), 16).unwrap();
        if length == 0 {
            break;
        }
        body.extend_from_slice(&bytes[line + 2..line + 2 + length]);
        bytes = &bytes[line + 4 + length..];
        pieces += 1;
    }
    (body, pieces)
}

/// A multipart body and its content type.
pub fn form(fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    if let Some((name, bytes)) = file {
        let head = format!("--BOUND\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    for (name, value) in fields {
        body.extend_from_slice(
            format!("--BOUND\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    body.extend_from_slice(b"--BOUND--\r\n");
    ("multipart/form-data; boundary=BOUND".to_owned(), body)
}
