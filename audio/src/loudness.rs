//! How loud a piece of sound is.

/// What silence measures as, in dB below full scale.
pub const DBFS_MIN: f32 = -120.0;

/// Root mean square of `samples` in dB full scale: a full-scale square wave is 0, a sine -3, silence and no samples at
/// all are [`DBFS_MIN`].
#[must_use]
pub fn rms_dbfs(samples: &[f32]) -> f32 {
    // In f64: a minute of quiet samples summed in f32 loses the quiet ones.
    let sum: f64 = samples.iter().map(|&sample| f64::from(sample) * f64::from(sample)).sum();
    let mean = sum / samples.len().max(1) as f64;
    if mean > 0.0 { (10.0 * mean.log10() as f32).max(DBFS_MIN) } else { DBFS_MIN }
}

/// Largest distance from zero, 1 is full scale.
#[must_use]
pub fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs()))
}
