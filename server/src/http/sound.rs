//! How spoken answers are written over plain HTTP.

use hearth_codecs::{Error, flac::FlacEncoder, pcm, wav};

use super::refusal::HttpRefusal;
use crate::{protocol::realtime::error::Refusal, voice::VOICE_RATE};

/// Kinds of sound that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SoundKind {
    /// RIFF, 16 bit.
    Wav,
    /// 16 bit little-endian without a header.
    Pcm,
    /// Compressed without loss.
    Flac,
}

impl SoundKind {
    /// The kind that clients call `name`.
    ///
    /// # Errors
    /// A refusal of the field `param` that names the kinds there are.
    pub(super) fn parse(name: &str, param: &str) -> Result<Self, HttpRefusal> {
        match name {
            "wav" => Ok(Self::Wav),
            "pcm" | "pcm16" => Ok(Self::Pcm),
            "flac" => Ok(Self::Flac),
            other => {
                let message = format!("The format '{other}' is not made here. Ask for 'wav', 'flac' or 'pcm'.");
                Err(Refusal::new("unsupported_format", message).at(param).into())
            }
        }
    }

    /// For the header of an answer.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Wav => "audio/wav",
            Self::Pcm => "audio/pcm",
            Self::Flac => "audio/flac",
        }
    }
}

/// One sound in the making, at the rate of the voice.
pub(super) enum SoundWriter {
    /// Samples as they are, after a header or without one.
    Plain { header: Option<[u8; wav::HEADER_BYTES]> },
    /// Blocks; the header of the file waits until there is something to say.
    Flac { encoder: Box<FlacEncoder>, header: Vec<u8> },
}

impl SoundWriter {
    /// # Errors
    /// Those of the encoder.
    pub(super) fn new(kind: SoundKind) -> Result<Self, Error> {
        Ok(match kind {
            SoundKind::Wav => Self::Plain { header: Some(wav::header(VOICE_RATE, None)) },
            SoundKind::Pcm => Self::Plain { header: None },
            SoundKind::Flac => {
                let mut header = Vec::new();
                let encoder = Box::new(FlacEncoder::new(VOICE_RATE, &mut header)?);
                Self::Flac { encoder, header }
            }
        })
    }

    /// The bytes that `samples` become; those of a block that is not full come later.
    ///
    /// # Errors
    /// Those of the encoder.
    pub(super) fn write(&mut self, samples: &[f32]) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        match self {
            Self::Plain { header } => {
                bytes.extend(header.take().into_iter().flatten());
                pcm::encode(samples, &mut bytes);
            }
            Self::Flac { encoder, header } => {
                bytes.append(header);
                encoder.push(samples, &mut bytes)?;
            }
        }
        Ok(bytes)
    }

    /// The last bytes.
    ///
    /// # Errors
    /// Those of the encoder.
    pub(super) fn finish(self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        match self {
            Self::Plain { header } => bytes.extend(header.into_iter().flatten()),
            Self::Flac { encoder, header } => {
                bytes.extend(header);
                encoder.finish(&mut bytes)?;
            }
        }
        Ok(bytes)
    }
}

/// A whole sound; unlike one that is written on the way it knows its length.
///
/// # Errors
/// Those of the encoder.
pub(super) fn whole(kind: SoundKind, samples: &[f32]) -> Result<Vec<u8>, Error> {
    if kind == SoundKind::Wav {
        return Ok(wav::encode(VOICE_RATE, samples));
    }
    let mut writer = SoundWriter::new(kind)?;
    let mut bytes = writer.write(samples)?;
    bytes.extend(writer.finish()?);
    Ok(bytes)
}
