//! 16-bit little-endian samples.

use crate::Error;

/// One sample: full scale 32768 to 1.
#[must_use]
pub fn from_i16(sample: i16) -> f32 {
    f32::from(sample) / 32_768.0
}

/// One sample to the nearest of 16 bits; louder than full scale is clipped, no number is silence.
#[must_use]
pub fn to_i16(sample: f32) -> i16 {
    // `as` saturates and turns NaN into 0.
    (sample * 32_768.0).round() as i16
}

/// Bytes to samples. Pieces may end in the middle of a sample: the odd byte waits for the next piece.
#[derive(Debug, Clone, Default)]
pub struct PcmDecoder {
    odd: Option<u8>,
}

impl PcmDecoder {
    /// Appends the samples that became complete to `out`.
    pub fn push(&mut self, mut bytes: &[u8], out: &mut Vec<f32>) {
        if let (Some(low), Some((&high, rest))) = (self.odd, bytes.split_first()) {
            out.push(from_i16(i16::from_le_bytes([low, high])));
            self.odd = None;
            bytes = rest;
        }
        let (samples, odd) = bytes.as_chunks();
        out.extend(samples.iter().map(|&sample| from_i16(i16::from_le_bytes(sample))));
        self.odd = odd.first().copied().or(self.odd);
    }

    /// Whether half a sample waits.
    #[must_use]
    pub fn is_odd(&self) -> bool {
        self.odd.is_some()
    }

    /// Ends the stream; the decoder is fresh afterwards.
    ///
    /// # Errors
    /// [`Error::Malformed`] when half a sample was left: the stream was cut, or is not 16 bits wide.
    pub fn finish(&mut self) -> Result<(), Error> {
        match self.odd.take() {
            None => Ok(()),
            Some(_) => Err(Error::Malformed("16-bit audio ends in the middle of a sample".into())),
        }
    }
}

/// Appends `samples` to `out`, two bytes each.
pub fn encode(samples: &[f32], out: &mut Vec<u8>) {
    out.extend(samples.iter().flat_map(|&sample| to_i16(sample).to_le_bytes()));
}
