//! The arithmetic of one token: rotary embedding, scores, softmax with a sink, weighted values.

use super::cache::{LayerShape, PAGE, Rows};

/// Positions whose scores are summed side by side, in registers.
const LANES: usize = 32;

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
        #[allow(unsafe_code, reason = "the only way to call code compiled for a newer processor")]
        // SAFETY: the processor has just said that it knows both instruction sets.
        unsafe {
            attend_avx2(query, shape, rows, scores, out);
        }
        return;
    }
    attend_with::<false>(query, shape, rows, scores, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn attend_avx2(query: &Query<'_>, shape: &LayerShape, rows: &Rows, scores: &mut Vec<f32>, out: &mut [f32]) {
    attend_with::<true>(query, shape, rows, scores, out);
}

#[inline(always)]
fn attend_with<const FMA: bool>(
    query: &Query<'_>,
    shape: &LayerShape,
    rows: &Rows,
    scores: &mut Vec<f32>,
    out: &mut [f32],
) {
    let first = shape.first_seen(query.position);
    let group = (query.q.len() / shape.head_dim / shape.kv_heads).max(1);
    let heads = query.q.chunks_exact(shape.head_dim).zip(out.chunks_exact_mut(shape.v_head_dim));
    for (head, (q, out)) in heads.enumerate() {
        let offset = head / group * shape.head_floats();
        let pages = || spans(first, query.position).map(|(from, to)| (rows.page(from), from % PAGE, to - from));
        scores.clear();
        for (page, from, count) in pages() {
            let keys = page.map(|page| &page[offset..][..shape.head_dim * PAGE]);
            page_scores::<FMA>(q, query.scale, keys.unwrap_or_default(), from, count, scores);
        }
        softmax(scores, query.sinks.map(|sinks| sinks[head]));
        out.fill(0.0);
        let mut weights = scores.as_slice();
        for (page, from, count) in pages() {
            let values = page.map(|page| &page[offset + (shape.head_dim * PAGE) + from * shape.v_head_dim..]);
            let (these, rest) = weights.split_at(count);
            weights = rest;
            add_values::<FMA>(these, values.unwrap_or_default(), out);
        }
    }
}

/// Cuts `first..=last` at the borders of pages: `(from, to)`, `to` not included.
fn spans(first: usize, last: usize) -> impl Iterator<Item = (usize, usize)> {
    (first / PAGE..=last / PAGE).map(move |page| (first.max(page * PAGE), (last + 1).min((page + 1) * PAGE)))
}

/// Appends the scores of `count` positions from row `from` of a page.
#[inline(always)]
fn page_scores<const FMA: bool>(q: &[f32], scale: f32, keys: &[f32], from: usize, count: usize, scores: &mut Vec<f32>) {
    let mut row = from;
    while row < from + count {
        let block = row / LANES * LANES;
        let mut sums = [0.0_f32; LANES];
        for (&q, column) in q.iter().zip(keys.chunks_exact(PAGE)) {
            for (sum, &k) in sums.iter_mut().zip(&column[block..block + LANES]) {
                *sum = fused::<FMA>(q, k, *sum);
            }
        }
        let end = (block + LANES).min(from + count);
        scores.extend(sums[row - block..end - block].iter().map(|sum| sum * scale));
        row = end;
    }
}

#[inline(always)]
fn add_values<const FMA: bool>(weights: &[f32], values: &[f32], out: &mut [f32]) {
    for (&weight, row) in weights.iter().zip(values.chunks_exact(out.len())) {
        for (out, &value) in out.iter_mut().zip(row) {
            *out = fused::<FMA>(weight, value, *out);
        }
    }
}

#[inline(always)]
fn softmax(scores: &mut [f32], sink: Option<f32>) {
    let highest = scores.iter().copied().fold(sink.unwrap_or(f32::NEG_INFINITY), f32::max);
    for score in scores.iter_mut() {
        *score = exp(*score - highest);
    }
    let total = scores.iter().sum::<f32>() + sink.map_or(0.0, |sink| exp(sink - highest));
    let share = 1.0 / total;
    for score in scores {
        *score *= share;
    }
}

#[inline(always)]
fn fused<const FMA: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
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

    #[test]
    fn spans_cover_every_position_once() {
        for (first, last) in [(0, 0), (0, 63), (0, 64), (10, 200), (63, 64), (128, 128)] {
            let covered: Vec<usize> = spans(first, last).flat_map(|(from, to)| from..to).collect();
            assert_eq!(covered, (first..=last).collect::<Vec<_>>());
            assert!(spans(first, last).all(|(from, to)| from / PAGE == (to - 1) / PAGE));
        }
    }
}
