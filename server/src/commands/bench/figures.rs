//! Figures of many measurements.

use serde::{Deserialize, Serialize};

/// Middle and tail of many measurements.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// How many were measured.
    pub count: usize,
    /// Half of them were at most this.
    pub p50: f64,
    /// 95 of 100 were at most this.
    pub p95: f64,
    /// 99 of 100 were at most this.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    /// By nearest rank: every figure is one that was measured. `None` when nothing was.
    #[must_use]
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let count = values.len();
        let rank = |share: f64| values.get(((share * count as f64).ceil() as usize).saturating_sub(1)).copied();
        Some(Self { count, p50: rank(0.50)?, p95: rank(0.95)?, p99: rank(0.99)?, max: rank(1.0)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_values_that_were_measured() {
        let spread = Spread::of((1..=100).rev().map(f64::from).collect()).unwrap();
        assert_eq!((spread.p50, spread.p95, spread.p99, spread.max), (50.0, 95.0, 99.0, 100.0));
        let few = Spread::of(vec![3.0, 1.0, 2.0]).unwrap();
        assert_eq!((few.count, few.p50, few.p95, few.p99, few.max), (3, 2.0, 3.0, 3.0, 3.0));
        assert_eq!(Spread::of(vec![7.0]).unwrap().p50, 7.0);
        assert_eq!(Spread::of(Vec::new()), None);
    }
}
