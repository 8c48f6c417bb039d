//! The arithmetic of one token: rotary embedding, scores, softmax with a sink, weighted values.

#[cfg(target_arch = "x86_64")]
use super::avx2;
use super::cache::{LayerShape, PAGE, Rows};

/// Everything but the memory that the attention of one token needs.
pub(crate) struct Query<'a> {
    /// `[heads][head_dim]`, already turned.
    pub(crate) q: &'a [f32],
    /// Where the token stands.
    pub(crate) position: usize,
    /// What scores are multiplied with.
    pub(crate) scale: f32,
    /// One learned extra score per head.
    pub(crate) sinks: Option<&'a [f32]>,
}

/// Turns the first `rotary_dim` numbers of every head by the angles of `position`, half-split.
pub(crate) fn rotate(heads: &mut [f32], head_dim: usize, frequencies: &[f32], position: usize) {
    let half = frequencies.len();
    for (i, frequency) in frequencies.iter().enumerate() {
        let (sin, cos) = (position as f32 * frequency).sin_cos();
        for head in heads.chunks_exact_mut(head_dim) {
            let (a, b) = (head[i], head[i + half]);
            head[i] = a * cos - b * sin;
            head[i + half] = b * cos + a * sin;
        }
    }
}

/// Attends with every head of `query`; `out` is `[heads][v_head_dim]`, `scores` is scratch.
pub(crate) fn attend(query: &Query<'_>, shape: &LayerShape, rows: &Rows, scores: &mut Vec<f32>, out: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        return attend_with(&avx2::Checked::here(), query, shape, rows, scores, out);
    }
    attend_with(&Portable, query, shape, rows, scores, out);
}

/// The inner loops, in the words of one kind of processor.
pub(super) trait Loops {
    /// Scores of one head for the positions that `scores` has room for, from row `from` of a page; `keys` is
    /// `[head_dim][PAGE]`.
    fn scores(&self, q: &[f32], keys: &[f32], from: usize, scores: &mut [f32]);
    /// Adds the weighted rows of `values` to `out`.
    fn add_values(&self, weights: &[f32], values: &[f32], out: &mut [f32]);
    /// Turns scores, times `scale`, into shares, with a sink that takes one too.
    fn softmax(&self, scores: &mut [f32], scale: f32, sink: Option<f32>);
}

/// Plain loops for any processor.
struct Portable;

impl Loops for Portable {
    fn scores(&self, q: &[f32], keys: &[f32], from: usize, scores: &mut [f32]) {
        scores.fill(0.0);
        for (q, column) in q.iter().zip(keys.chunks_exact(PAGE)) {
            for (score, k) in scores.iter_mut().zip(&column[from..]) {
                *score += q * k;
            }
        }
    }

    fn add_values(&self, weights: &[f32], values: &[f32], out: &mut [f32]) {
        for (weight, row) in weights.iter().zip(values.chunks_exact(out.len())) {
            for (out, value) in out.iter_mut().zip(row) {
                *out += weight * value;
            }
        }
    }

    fn softmax(&self, scores: &mut [f32], scale: f32, sink: Option<f32>) {
        softmax(scores, scale, sink);
    }
}

/// Page by page for all heads that share a key, so that a page is fetched once.
fn attend_with(
    loops: &impl Loops,
    query: &Query<'_>,
    shape: &LayerShape,
    rows: &Rows,
    scores: &mut Vec<f32>,
    out: &mut [f32],
) {
    let first = shape.first_seen(query.position);
    let seen = query.position + 1 - first;
    let group = (query.q.len() / shape.head_dim / shape.kv_heads).max(1);
    scores.resize(group * seen, 0.0);
    let groups = query.q.chunks_exact(group * shape.head_dim).zip(out.chunks_exact_mut(group * shape.v_head_dim));
    for (number, (q, out)) in groups.enumerate() {
        let head = number * shape.head_floats();
        let values = head + shape.head_dim * PAGE;
        for (from, to) in spans(first, query.position) {
            let keys = rows.page(from).and_then(|page| page.get(head..values)).unwrap_or_default();
            for (q, scores) in q.chunks_exact(shape.head_dim).zip(scores.chunks_exact_mut(seen)) {
                loops.scores(q, keys, from % PAGE, &mut scores[from - first..to - first]);
            }
        }
        for (member, scores) in scores.chunks_exact_mut(seen).enumerate() {
            loops.softmax(scores, query.scale, query.sinks.map(|sinks| sinks[number * group + member]));
        }
        out.fill(0.0);
        for (from, to) in spans(first, query.position) {
            let page = rows.page(from).unwrap_or_default();
            let values = page.get(values + from % PAGE * shape.v_head_dim..).unwrap_or_default();
            for (scores, out) in scores.chunks_exact(seen).zip(out.chunks_exact_mut(shape.v_head_dim)) {
                loops.add_values(&scores[from - first..to - first], values, out);
            }
        }
    }
}

/// Cuts `first..=last` at the borders of pages: `(from, to)`, `to` not included.
fn spans(first: usize, last: usize) -> impl Iterator<Item = (usize, usize)> {
    (first / PAGE..=last / PAGE).map(move |page| (first.max(page * PAGE), (last + 1).min((page + 1) * PAGE)))
}

#[inline(always)]
pub(super) fn softmax(scores: &mut [f32], scale: f32, sink: Option<f32>) {
    let highest = in_lanes(scores, f32::NEG_INFINITY, f32::max) * scale;
    let highest = highest.max(sink.unwrap_or(f32::NEG_INFINITY));
    for score in scores.iter_mut() {
        *score = exp(*score * scale - highest);
    }
    let total = in_lanes(scores, 0.0, |a, b| a + b) + sink.map_or(0.0, |sink| exp(sink - highest));
    let share = 1.0 / total;
    for score in scores {
        *score *= share;
    }
}

/// Folds numbers in sixteen lanes at once, then the lanes.
#[inline(always)]
fn in_lanes(numbers: &[f32], start: f32, fold: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [start; 16];
    let mut chunks = numbers.chunks_exact(16);
    for chunk in &mut chunks {
        for (lane, &number) in lanes.iter_mut().zip(chunk) {
            *lane = fold(*lane, number);
        }
    }
    let rest = chunks.remainder().iter().copied();
    rest.chain(lanes).fold(start, fold)
}

/// e to the x for x <= 0, to about one unit in the last place; written so that it vectorises.
#[inline(always)]
fn exp(x: f32) -> f32 {
    // Adding and subtracting 1.5 * 2^23 rounds to the nearest whole number.
    const ROUND: f32 = 12_582_912.0;
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = x.max(-87.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    let mut p = 1.987_569_1e-4_f32;
    for c in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        p = p * r + c;
    }
    let fraction = p * r * r + r + 1.0;
    let exponent = (shifted.to_bits().wrapping_sub(ROUND.to_bits()) << 23).wrapping_add(127 << 23);
    fraction * f32::from_bits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_exact_enough() {
        for i in 0..87_000 {
            let x = -(i as f32) / 1000.0;
            let (ours, real) = (f64::from(exp(x)), f64::from(x).exp());
            assert!((ours - real).abs() <= real * 3e-7, "{x}: {ours} is not {real}");
        }
        assert!(exp(-1e9) < 1e-37);
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn both_kinds_of_loops_agree() {
        if !std::arch::is_x86_feature_detected!("avx2") || !std::arch::is_x86_feature_detected!("fma") {
            return;
        }
        let (fast, mut random) = (avx2::Checked::here(), fastrand::Rng::with_seed(3));
        let mut numbers = |count: usize| (0..count).map(|_| random.f32() * 4.0 - 2.0).collect::<Vec<f32>>();
        let close = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4);
        for (head_dim, width, from, count) in
            [(48, 32, 0, 64), (48, 32, 5, 1), (7, 43, 13, 51), (24, 8, 63, 1), (3, 3, 17, 40)]
        {
            let (q, keys, values) = (numbers(head_dim), numbers(head_dim * PAGE), numbers(width * count));
            let (mut a, mut b) = (vec![9.0; count], vec![7.0; count]);
            fast.scores(&q, &keys, from, &mut a);
            Portable.scores(&q, &keys, from, &mut b);
            assert!(close(&a, &b), "{a:?} {b:?}");
            fast.softmax(&mut a, 0.3, Some(0.5));
            Portable.softmax(&mut b, 0.3, Some(0.5));
            assert!(close(&a, &b), "{a:?} {b:?}");
            let (mut out_a, mut out_b) = (vec![0.5; width], vec![0.5; width]);
            fast.add_values(&a, &values, &mut out_a);
            Portable.add_values(&a, &values, &mut out_b);
            assert!(close(&out_a, &out_b), "{out_a:?} {out_b:?}");
        }
    }

    #[test]
    fn spans_cover_every_position_once() {
        for (first, last) in [(0, 0), (0, 63), (0, 64), (10, 200), (63, 64), (128, 128)] {
            let covered: Vec<usize> = spans(first, last).flat_map(|(from, to)| from..to).collect();
            assert_eq!(covered, (first..=last).collect::<Vec<_>>());
            assert!(spans(first, last).all(|(from, to)| from / PAGE == (to - 1) / PAGE));
        }
    }
}
