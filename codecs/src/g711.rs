//! The two laws of telephony: 8 bits a sample, 8 kHz (ITU-T G.711).

use crate::pcm::{from_i16, to_i16};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Law {
    /// North America and Japan; `audio/pcmu`.
    Mu,
    /// The rest of the world; `audio/pcma`.
    A,
}

impl Law {
    /// Appends the samples of `bytes` to `out`, one each.
    pub fn decode(self, bytes: &[u8], out: &mut Vec<f32>) {
        let table = match self {
            Self::Mu => &MU_TO_LINEAR,
            Self::A => &A_TO_LINEAR,
        };
        out.extend(bytes.iter().map(|&byte| from_i16(table[usize::from(byte)])));
    }

    /// Appends `samples` to `out`, one byte each; louder than full scale is clipped.
    pub fn encode(self, samples: &[f32], out: &mut Vec<u8>) {
        let law = match self {
            Self::Mu => mu_of,
            Self::A => a_of,
        };
        out.extend(samples.iter().map(|&sample| law(to_i16(sample))));
    }
}

/// Shifts the segments of mu-law so that each begins at a power of two.
const MU_BIAS: i16 = 0x84;
/// Loudest magnitude mu-law knows.
const MU_MAX: u16 = 32_635;

static MU_TO_LINEAR: [i16; 256] = linear_of_all(Law::Mu);
static A_TO_LINEAR: [i16; 256] = linear_of_all(Law::A);

const fn linear_of_all(law: Law) -> [i16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match law {
            Law::Mu => linear_of_mu(byte as u8),
            Law::A => linear_of_a(byte as u8),
        };
        byte += 1;
    }
    table
}

const fn linear_of_mu(byte: u8) -> i16 {
    let bits = !byte;
    let magnitude = ((((bits & 0x0f) as i16) << 3) + MU_BIAS) << ((bits & 0x70) >> 4);
    if bits & 0x80 == 0 { magnitude - MU_BIAS } else { MU_BIAS - magnitude }
}

const fn linear_of_a(byte: u8) -> i16 {
    let bits = byte ^ 0x55;
    let (segment, step) = ((bits & 0x70) >> 4, ((bits & 0x0f) as i16) << 4);
    // The first two segments have the same step; half a step puts the value in the middle of it.
    let magnitude = if segment == 0 { step + 8 } else { (step + 0x108) << (segment - 1) };
    if bits & 0x80 == 0 { -magnitude } else { magnitude }
}

fn mu_of(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = sample.unsigned_abs().min(MU_MAX) + MU_BIAS.unsigned_abs();
    // With the bias added the highest bit is between 7 and 14.
    let segment = 8 - magnitude.leading_zeros();
    let step = (magnitude >> (segment + 3)) & 0x0f;
    !(sign | (segment as u8) << 4 | step as u8)
}

fn a_of(sample: i16) -> u8 {
    let (sign, magnitude) = if sample < 0 { (0, !sample as u16) } else { (0x80, sample as u16) };
    let segment = 8 - magnitude.leading_zeros().min(8);
    let step = (magnitude >> (segment.max(1) + 3)) & 0x0f;
    (sign | (segment as u8) << 4 | step as u8) ^ 0x55
}
