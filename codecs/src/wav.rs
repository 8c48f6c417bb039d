//! RIFF WAVE with 16-bit mono samples, the format every tool reads.

use hearth_audio::SampleRate;

use crate::pcm;

/// Bytes before the samples.
pub const HEADER_BYTES: usize = 44;

/// The header of a file of `samples` samples. `None` is for a stream whose length nobody knows yet: the sizes then say
/// "all that follows", which players understand.
#[must_use]
pub fn header(rate: SampleRate, samples: Option<u32>) -> [u8; HEADER_BYTES] {
    let body = samples.map_or(u32::MAX, |samples| samples.saturating_mul(2));
    let mut header = [0; HEADER_BYTES];
    header[..4].copy_from_slice(b"RIFF");
    header[4..8].copy_from_slice(&body.saturating_add(HEADER_BYTES as u32 - 8).to_le_bytes());
    header[8..16].copy_from_slice(b"WAVEfmt ");
    header[16..20].copy_from_slice(&16u32.to_le_bytes());
    header[20..22].copy_from_slice(&1u16.to_le_bytes()); // integer samples
    header[22..24].copy_from_slice(&1u16.to_le_bytes()); // one channel
    header[24..28].copy_from_slice(&rate.hz().to_le_bytes());
    header[28..32].copy_from_slice(&(rate.hz() * 2).to_le_bytes());
    header[32..34].copy_from_slice(&2u16.to_le_bytes()); // bytes per sample
    header[34..36].copy_from_slice(&16u16.to_le_bytes());
    header[36..40].copy_from_slice(b"data");
    header[40..].copy_from_slice(&body.to_le_bytes());
    header
}

/// A whole file.
#[must_use]
pub fn encode(rate: SampleRate, samples: &[f32]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + 2 * samples.len());
    bytes.extend_from_slice(&header(rate, u32::try_from(samples.len()).ok()));
    pcm::encode(samples, &mut bytes);
    bytes
}
