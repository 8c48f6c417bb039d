//! FLAC with 16-bit mono samples, block by block as they come: a file of unknown length that can be played while it is
//! still being made.

use flacenc::{
    bitsink::ByteSink,
    component::{BitRepr, Stream, StreamInfo},
    config, encode_fixed_size_frame,
    error::{Verified, Verify as _},
    source::{Fill as _, FrameBuf},
};
use hearth_audio::SampleRate;

use crate::{Error, guard::guarded, pcm};

/// Samples of one block: 85 ms at 24 kHz, so that little waits for its block to fill.
const BLOCK_SAMPLES: usize = 2_048;
/// Shortest block that the encoder makes. A shorter last one is filled up with silence.
const BLOCK_SAMPLES_MIN: usize = 32;

/// One FLAC file in the making.
pub struct FlacEncoder {
    config: Verified<config::Encoder>,
    stream: StreamInfo,
    waiting: Vec<i32>,
    blocks: usize,
}

impl FlacEncoder {
    /// A file at `rate`; its header is appended to `out`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a rate that FLAC does not know.
    pub fn new(rate: SampleRate, out: &mut Vec<u8>) -> Result<Self, Error> {
        let refuse = |error: &dyn std::fmt::Debug| Error::Unsupported(format!("FLAC at {} Hz ({error:?})", rate.hz()));
        let config = config::Encoder::default().into_verified().map_err(|(_, error)| refuse(&error))?;
        let mut stream = StreamInfo::new(rate.hz() as usize, 1, 16).map_err(|error| refuse(&error))?;
        stream.set_block_sizes(BLOCK_SAMPLES, BLOCK_SAMPLES).map_err(|error| refuse(&error))?;
        // Zero is "nobody knows": length and frame sizes follow only when all is said.
        stream.set_frame_sizes(0, 0).map_err(|error| refuse(&error))?;
        let mut header = ByteSink::new();
        Stream::with_stream_info(stream.clone()).write(&mut header).map_err(|error| refuse(&error))?;
        out.extend_from_slice(header.as_slice());
        Ok(Self { config, stream, waiting: Vec::new(), blocks: 0 })
    }

    /// Takes samples, full scale -1 to 1, and appends the blocks that became whole to `out`.
    ///
    /// # Errors
    /// [`Error::Broken`] when the encoder gives up.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<u8>) -> Result<(), Error> {
        self.waiting.extend(samples.iter().map(|&sample| i32::from(pcm::to_i16(sample))));
        while self.waiting.len() >= BLOCK_SAMPLES {
            let rest = self.waiting.split_off(BLOCK_SAMPLES);
            let block = std::mem::replace(&mut self.waiting, rest);
            self.write(&block, out)?;
        }
        Ok(())
    }

    /// Appends what waits to `out`: the last block of the file.
    ///
    /// # Errors
    /// As for [`FlacEncoder::push`].
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        let mut block = std::mem::take(&mut self.waiting);
        if block.is_empty() {
            return Ok(());
        }
        block.resize(block.len().max(BLOCK_SAMPLES_MIN), 0);
        self.write(&block, out)
    }

    fn write(&mut self, block: &[i32], out: &mut Vec<u8>) -> Result<(), Error> {
        let broken = |error: &dyn std::fmt::Debug| Error::Broken(format!("FLAC: {error:?}"));
        let frame = guarded(|| {
            let mut samples = FrameBuf::with_size(1, block.len()).map_err(|error| broken(&error))?;
            samples.fill_interleaved(block).map_err(|error| broken(&error))?;
            encode_fixed_size_frame(&self.config, &samples, self.blocks, &self.stream).map_err(|error| broken(&error))
        })?;
        let mut bytes = ByteSink::new();
        frame.write(&mut bytes).map_err(|error| broken(&error))?;
        out.extend_from_slice(bytes.as_slice());
        self.blocks += 1;
        Ok(())
    }
}

impl std::fmt::Debug for FlacEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FlacEncoder({} blocks)", self.blocks)
    }
}
