//! The inner loops for processors with AVX2 and FMA: eight numbers at a time, sums in registers.
#![allow(unsafe_code, reason = "the only way to call code compiled for a newer processor")]

use std::arch::x86_64::{
    __m256, _mm256_add_ps, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_setzero_ps, _mm256_storeu_ps,
};

use super::{
    cache::PAGE,
    kernel::{Loops, softmax},
};

/// Positions whose scores are summed side by side: four registers.
const LANES: usize = 32;

/// Proof that the processor has AVX2 and FMA.
pub(super) struct Checked(());

impl Checked {
    /// To be called only where both were detected.
    pub(super) fn here() -> Self {
        debug_assert!(std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma"));
        Self(())
    }
}

impl Loops for Checked {
    fn scores(&self, q: &[f32], keys: &[f32], from: usize, scores: &mut [f32]) {
        // SAFETY: a `Checked` is made only where the processor has both instruction sets.
        unsafe { page_scores(q, keys, from, scores) }
    }

    fn add_values(&self, weights: &[f32], values: &[f32], out: &mut [f32]) {
        // SAFETY: as above.
        unsafe { all_values(weights, values, out) }
    }

    fn softmax(&self, scores: &mut [f32], scale: f32, sink: Option<f32>) {
        // SAFETY: as above.
        unsafe { wide_softmax(scores, scale, sink) }
    }
}

#[target_feature(enable = "avx2,fma")]
fn load(numbers: &[f32; 8]) -> __m256 {
    // SAFETY: eight floats are there to be read; the load needs no alignment.
    unsafe { _mm256_loadu_ps(numbers.as_ptr()) }
}

#[target_feature(enable = "avx2,fma")]
fn store(to: &mut [f32; 8], numbers: __m256) {
    // SAFETY: eight floats are there to be written; the store needs no alignment.
    unsafe { _mm256_storeu_ps(to.as_mut_ptr(), numbers) }
}

#[target_feature(enable = "avx2,fma")]
fn page_scores(q: &[f32], keys: &[f32], from: usize, scores: &mut [f32]) {
    let mut row = from;
    let end = from + scores.len();
    while row < end {
        let block = row / LANES * LANES;
        let mut sums = [_mm256_setzero_ps(); LANES / 8];
        for (&q, column) in q.iter().zip(keys.chunks_exact(PAGE)) {
            let q = _mm256_set1_ps(q);
            let Some(column) = column[block..].first_chunk::<LANES>() else { break };
            let (eights, _) = column.as_chunks::<8>();
            for (sum, k) in sums.iter_mut().zip(eights) {
                *sum = _mm256_fmadd_ps(q, load(k), *sum);
            }
        }
        let mut lanes = [[0.0; 8]; LANES / 8];
        for (to, sum) in lanes.iter_mut().zip(sums) {
            store(to, sum);
        }
        let next = (block + LANES).min(end);
        scores[row - from..next - from].copy_from_slice(&lanes.as_flattened()[row - block..next - block]);
        row = next;
    }
}

#[target_feature(enable = "avx2,fma")]
fn all_values(weights: &[f32], values: &[f32], out: &mut [f32]) {
    let width = out.len();
    let mut at = 0;
    while at + 32 <= width {
        add_block::<4>(weights, values, width, at, out);
        at += 32;
    }
    while at + 8 <= width {
        add_block::<1>(weights, values, width, at, out);
        at += 8;
    }
    for (lane, out) in out.iter_mut().enumerate().skip(at) {
        *out += weights.iter().zip(values.chunks_exact(width)).map(|(weight, row)| weight * row[lane]).sum::<f32>();
    }
}

/// `R` registers of `out` from `at`; two positions at a time, so that an addition does not wait for the one before.
#[target_feature(enable = "avx2,fma")]
fn add_block<const R: usize>(weights: &[f32], values: &[f32], width: usize, at: usize, out: &mut [f32]) {
    let (mut even, mut odd) = ([_mm256_setzero_ps(); R], [_mm256_setzero_ps(); R]);
    for (weights, rows) in weights.chunks(2).zip(values.chunks(2 * width)) {
        let weight = _mm256_set1_ps(weights[0]);
        let (eights, _) = rows[at..at + 8 * R].as_chunks::<8>();
        for (sum, value) in even.iter_mut().zip(eights) {
            *sum = _mm256_fmadd_ps(weight, load(value), *sum);
        }
        if let [_, weight] = weights {
            let weight = _mm256_set1_ps(*weight);
            let (eights, _) = rows[width + at..width + at + 8 * R].as_chunks::<8>();
            for (sum, value) in odd.iter_mut().zip(eights) {
                *sum = _mm256_fmadd_ps(weight, load(value), *sum);
            }
        }
    }
    let (eights, _) = out[at..at + 8 * R].as_chunks_mut::<8>();
    for (to, (even, odd)) in eights.iter_mut().zip(even.into_iter().zip(odd)) {
        let sum = _mm256_add_ps(load(to), _mm256_add_ps(even, odd));
        store(to, sum);
    }
}

#[target_feature(enable = "avx2,fma")]
fn wide_softmax(scores: &mut [f32], scale: f32, sink: Option<f32>) {
    softmax(scores, scale, sink);
}
