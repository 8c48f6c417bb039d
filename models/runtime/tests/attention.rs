//! The attention operator, run by ONNX Runtime, beside a slow reference.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that unwraps fails loudly")]

mod common;

use common::{Node, library, write_model};
use hearth_runtime::{Error, Graph, Tensor, attention::KvCache};

#[derive(Clone, Copy)]
struct Geometry {
    heads: usize,
    kv_heads: usize,
    head_dim: usize,
    v_head_dim: usize,
    rotary_dim: usize,
    window: usize,
    sinks: bool,
}

const GLOBAL: Geometry =
    Geometry { heads: 4, kv_heads: 2, head_dim: 24, v_head_dim: 16, rotary_dim: 8, window: 0, sinks: false };
const WINDOW: Geometry =
    Geometry { heads: 6, kv_heads: 3, head_dim: 10, v_head_dim: 7, rotary_dim: 6, window: 17, sinks: true };
/// Groups of three heads, and values that fill no register exactly.
const ODD: Geometry =
    Geometry { heads: 6, kv_heads: 2, head_dim: 48, v_head_dim: 43, rotary_dim: 16, window: 0, sinks: true };
const THETA: f32 = 10_000.0;
const SCALE: f32 = 0.31;

/// One token: where it goes and what it brings.
#[derive(Clone)]
struct Token {
    slot: usize,
    q: Vec<f32>,
    k: Vec<f32>,
    v: Vec<f32>,
}

fn numbers(random: &mut fastrand::Rng, count: usize) -> Vec<f32> {
    (0..count).map(|_| random.f32() * 4.0 - 2.0).collect()
}

fn token(random: &mut fastrand::Rng, g: &Geometry, slot: usize) -> Token {
    let mut draw = |count| numbers(random, count);
    Token { slot, q: draw(g.heads * g.head_dim), k: draw(g.kv_heads * g.head_dim), v: draw(g.kv_heads * g.v_head_dim) }
}

fn sinks(g: &Geometry) -> Vec<f32> {
    (0..g.heads).map(|head| head as f32 * 0.7 - 1.0).collect()
}

fn graph(folder: &std::path::Path, g: &Geometry, cache: &KvCache) -> Graph {
    let mut inputs = vec!["q", "k", "v", "slot", "position"];
    let mut borders = vec![
        ("q", false, vec![-1, (g.heads * g.head_dim) as i64]),
        ("k", false, vec![-1, (g.kv_heads * g.head_dim) as i64]),
        ("v", false, vec![-1, (g.kv_heads * g.v_head_dim) as i64]),
        ("slot", true, vec![-1]),
        ("position", true, vec![-1]),
    ];
    if g.sinks {
        inputs.push("sinks");
        borders.push(("sinks", false, vec![g.heads as i64]));
    }
    let mut node = Node::plain("SlotAttention", &inputs, &["out"]);
    node.domain = "hearth";
    node.integers = vec![
        ("layer", 0),
        ("num_heads", g.heads as i64),
        ("kv_heads", g.kv_heads as i64),
        ("head_dim", g.head_dim as i64),
        ("v_head_dim", g.v_head_dim as i64),
        ("rotary_dim", g.rotary_dim as i64),
        ("window", g.window as i64),
    ];
    node.floats = vec![("rope_theta", THETA), ("scale", SCALE)];
    let path = folder.join("attention.onnx");
    write_model(&path, &[node], &borders, &[("out", false, vec![-1, (g.heads * g.v_head_dim) as i64])]);
    Graph::open_packed(&library(), &path, cache).unwrap()
}

fn run(graph: &mut Graph, g: &Geometry, batch: &[(Token, usize)]) -> Result<Vec<f32>, Error> {
    let rows = |pick: fn(&Token) -> &Vec<f32>| -> Tensor {
        let values: Vec<f32> = batch.iter().flat_map(|(token, _)| pick(token).clone()).collect();
        Tensor::f32(&[batch.len(), values.len() / batch.len()], values).unwrap()
    };
    let (q, k, v) = (rows(|t| &t.q), rows(|t| &t.k), rows(|t| &t.v));
    let integers = |values: Vec<i64>| Tensor::i64(&[batch.len()], values).unwrap();
    let slot = integers(batch.iter().map(|(token, _)| token.slot as i64).collect());
    let position = integers(batch.iter().map(|(_, position)| *position as i64).collect());
    let sinks = Tensor::f32(&[g.heads], sinks(g)).unwrap();
    let mut inputs = vec![("q", &q), ("k", &k), ("v", &v), ("slot", &slot), ("position", &position)];
    if g.sinks {
        inputs.push(("sinks", &sinks));
    }
    graph.run(&inputs)?.take_f32("out")
}

/// Turns one head by the angles of `position`, in f64, number by number.
fn turned(head: &[f32], rotary_dim: usize, position: usize) -> Vec<f64> {
    let mut out: Vec<f64> = head.iter().map(|&x| f64::from(x)).collect();
    for i in 0..rotary_dim / 2 {
        let angle = position as f64 * f64::from(THETA).powf(-2.0 * i as f64 / rotary_dim as f64);
        let (a, b) = (out[i], out[i + rotary_dim / 2]);
        out[i] = a * angle.cos() - b * angle.sin();
        out[i + rotary_dim / 2] = b * angle.cos() + a * angle.sin();
    }
    out
}

/// What the last of `history` sees, the textbook way.
fn reference(g: &Geometry, history: &[Token]) -> Vec<f64> {
    let last = history.len() - 1;
    let first = if g.window == 0 { 0 } else { (last + 1).saturating_sub(g.window) };
    let mut out = Vec::new();
    for head in 0..g.heads {
        let kv = head / (g.heads / g.kv_heads);
        let q = turned(&history[last].q[head * g.head_dim..][..g.head_dim], g.rotary_dim, last);
        let score = |position: usize| -> f64 {
            let k = turned(&history[position].k[kv * g.head_dim..][..g.head_dim], g.rotary_dim, position);
            q.iter().zip(k).map(|(q, k)| q * k).sum::<f64>() * f64::from(SCALE)
        };
        let weights: Vec<f64> = (first..=last).map(|position| score(position).exp()).collect();
        let sink = if g.sinks { f64::from(sinks(g)[head]).exp() } else { 0.0 };
        let total: f64 = weights.iter().sum::<f64>() + sink;
        for d in 0..g.v_head_dim {
            let value = |position: usize| f64::from(history[position].v[kv * g.v_head_dim + d]);
            out.push((first..=last).zip(&weights).map(|(position, w)| w / total * value(position)).sum());
        }
    }
    out
}

/// Runs batches of random mixtures of prefill chunks and single tokens over four slots and compares every row.
fn compare_mixed(g: &Geometry, seed: u64) {
    let folder = tempfile::tempdir().unwrap();
    let cache = KvCache::new(4, 400, 30);
    let mut graph = graph(folder.path(), g, &cache);
    let mut random = fastrand::Rng::with_seed(seed);
    let mut histories: Vec<Vec<Token>> = vec![Vec::new(); 4];
    let mut worst = 0.0_f64;
    for _ in 0..25 {
        let mut batch = Vec::new();
        let mut expected = Vec::new();
        for (slot, history) in histories.iter_mut().enumerate() {
            for _ in 0..[0, 1, 1, 13][random.usize(0..4)] {
                let token = token(&mut random, g, slot);
                history.push(token.clone());
                batch.push((token, history.len() - 1));
                expected.extend(reference(g, history));
            }
        }
        if batch.is_empty() {
            continue;
        }
        let out = run(&mut graph, g, &batch).unwrap();
        assert_eq!(out.len(), expected.len());
        worst = out.iter().zip(&expected).map(|(a, b)| (f64::from(*a) - b).abs()).fold(worst, f64::max);
    }
    assert!(worst < 5e-6, "seed {seed}: off by {worst}");
}

#[test]
fn equals_the_reference_without_a_window() {
    (0..3).for_each(|seed| compare_mixed(&GLOBAL, seed));
    (0..2).for_each(|seed| compare_mixed(&ODD, seed));
}

#[test]
fn equals_the_reference_with_a_window_and_sinks() {
    (0..3).for_each(|seed| compare_mixed(&WINDOW, seed));
}

#[test]
fn a_rollback_is_as_good_as_new() {
    let folder = tempfile::tempdir().unwrap();
    let cache = KvCache::new(2, 400, 64);
    let mut graph = graph(folder.path(), &WINDOW, &cache);
    let mut random = fastrand::Rng::with_seed(9);
    let mut tokens: Vec<Token> = (0..150).map(|_| token(&mut random, &WINDOW, 0)).collect();
    let batch =
        |tokens: &[Token], from: usize| -> Vec<(Token, usize)> { tokens[from..].iter().cloned().zip(from..).collect() };
    run(&mut graph, &WINDOW, &batch(&tokens, 0)).unwrap();
    assert_eq!(cache.truncate(0, 90), 90);
    tokens.truncate(90);
    tokens.extend((0..20).map(|_| token(&mut random, &WINDOW, 0)));
    let rolled_back = run(&mut graph, &WINDOW, &batch(&tokens, 90)).unwrap();
    cache.clear(0);
    let fresh = run(&mut graph, &WINDOW, &batch(&tokens, 0)).unwrap();
    assert_eq!(rolled_back[..], fresh[90 * WINDOW.heads * WINDOW.v_head_dim..]);
}

#[test]
fn a_token_out_of_order_fails_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let cache = KvCache::new(1, 8, 0);
    let mut graph = graph(folder.path(), &GLOBAL, &cache);
    let token = token(&mut fastrand::Rng::with_seed(1), &GLOBAL, 0);
    let error = run(&mut graph, &GLOBAL, &[(token.clone(), 3)]).unwrap_err();
    assert!(error.to_string().contains("slot 0 is at 0 of 8, not at 3"), "{error}");
    let stranger = Token { slot: 5, ..token.clone() };
    assert!(run(&mut graph, &GLOBAL, &[(stranger, 0)]).unwrap_err().to_string().contains("no slot 5"));
    for position in 0..8 {
        run(&mut graph, &GLOBAL, &[(token.clone(), position)]).unwrap();
    }
    assert!(run(&mut graph, &GLOBAL, &[(token, 8)]).is_err(), "the slot is full");
}
