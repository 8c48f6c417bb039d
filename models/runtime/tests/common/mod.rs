//! What the tests share: the library of this check-out, and a writer of very small ONNX files.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "every test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test that unwraps fails loudly")]

use std::{
    path::{Path, PathBuf},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
};

use hearth_runtime::{Library, find_library};

/// The library that the set-up script put into `third_party/ort`. A test without it fails.
pub fn library() -> Library {
    let named = std::env::var_os("ORT_DYLIB_PATH").map(PathBuf::from);
    Library::load(&find_library(None, named.as_deref()).unwrap()).unwrap()
}

struct Thread(std::thread::Thread);

impl Wake for Thread {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future on this thread.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Thread(std::thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Polls a future once and drops it.
pub async fn poll_once<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// A node of a graph.
pub struct Node {
    pub domain: &'static str,
    pub operator: &'static str,
    pub inputs: Vec<&'static str>,
    pub outputs: Vec<&'static str>,
    pub integers: Vec<(&'static str, i64)>,
    pub floats: Vec<(&'static str, f32)>,
}

impl Node {
    pub fn plain(operator: &'static str, inputs: &[&'static str], outputs: &[&'static str]) -> Self {
        let (inputs, outputs) = (inputs.to_vec(), outputs.to_vec());
        Self { domain: "", operator, inputs, outputs, integers: Vec::new(), floats: Vec::new() }
    }
}

/// An input or output: name, integers or floats, lengths (-1 = any).
pub type Border = (&'static str, bool, Vec<i64>);

/// Writes a model of `nodes` into `path`.
pub fn write_model(path: &Path, nodes: &[Node], inputs: &[Border], outputs: &[Border]) {
    let mut graph = Vec::new();
    for node in nodes {
        bytes(&mut graph, 1, &node_proto(node));
    }
    bytes(&mut graph, 2, b"test");
    for border in inputs {
        bytes(&mut graph, 11, &border_proto(border));
    }
    for border in outputs {
        bytes(&mut graph, 12, &border_proto(border));
    }
    let mut model = Vec::new();
    number(&mut model, 1, 8);
    bytes(&mut model, 7, &graph);
    for (domain, version) in [("", 17), ("hearth", 1)] {
        let mut opset = Vec::new();
        bytes(&mut opset, 1, domain.as_bytes());
        number(&mut opset, 2, version);
        bytes(&mut model, 8, &opset);
    }
    std::fs::write(path, model).unwrap();
}

fn node_proto(node: &Node) -> Vec<u8> {
    let mut proto = Vec::new();
    node.inputs.iter().for_each(|name| bytes(&mut proto, 1, name.as_bytes()));
    node.outputs.iter().for_each(|name| bytes(&mut proto, 2, name.as_bytes()));
    bytes(&mut proto, 4, node.operator.as_bytes());
    for (name, value) in &node.integers {
        let mut attribute = Vec::new();
        bytes(&mut attribute, 1, name.as_bytes());
        number(&mut attribute, 3, *value);
        number(&mut attribute, 20, 2);
        bytes(&mut proto, 5, &attribute);
    }
    for (name, value) in &node.floats {
        let mut attribute = Vec::new();
        bytes(&mut attribute, 1, name.as_bytes());
        varint(&mut attribute, 2 << 3 | 5);
        attribute.extend_from_slice(&value.to_le_bytes());
        number(&mut attribute, 20, 1);
        bytes(&mut proto, 5, &attribute);
    }
    bytes(&mut proto, 7, node.domain.as_bytes());
    proto
}

fn border_proto((name, integers, lengths): &Border) -> Vec<u8> {
    let mut shape = Vec::new();
    for (axis, &length) in lengths.iter().enumerate() {
        let mut dimension = Vec::new();
        if length >= 0 {
            number(&mut dimension, 1, length);
        } else {
            bytes(&mut dimension, 2, format!("{name}_{axis}").as_bytes());
        }
        bytes(&mut shape, 1, &dimension);
    }
    let (mut tensor, mut kind, mut value) = (Vec::new(), Vec::new(), Vec::new());
    number(&mut tensor, 1, if *integers { 7 } else { 1 });
    bytes(&mut tensor, 2, &shape);
    bytes(&mut kind, 1, &tensor);
    bytes(&mut value, 1, name.as_bytes());
    bytes(&mut value, 2, &kind);
    value
}

fn bytes(to: &mut Vec<u8>, field: u64, value: &[u8]) {
    varint(to, field << 3 | 2);
    varint(to, value.len() as u64);
    to.extend_from_slice(value);
}

fn number(to: &mut Vec<u8>, field: u64, value: i64) {
    varint(to, field << 3);
    varint(to, value as u64);
}

fn varint(to: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}
