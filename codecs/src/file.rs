//! Sound files of any kind, packet by packet, mixed to one channel.

use std::io::{Cursor, Read, Seek};

use bytes::Bytes;
use hearth_audio::SampleRate;
use symphonia::{
    core::{
        audio::{Channels, GenericAudioBufferRef},
        codecs::audio::{AudioDecoder, AudioDecoderOptions},
        errors::Error as Trouble,
        formats::{FormatOptions, FormatReader, TrackType, probe::Hint},
        io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions},
        meta::MetadataOptions,
        packet::Packet,
    },
    default::{get_codecs, get_probe},
};

use crate::{
    Error,
    guard::guarded,
    limits::{DAMAGED_PACKETS_MAX, FILE_CHANNELS_MAX, FILE_SAMPLES_MAX},
};

/// A sound file being read.
pub struct SoundFile {
    container: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    rate: SampleRate,
    interleaved: Vec<f32>,
    samples: u64,
    damaged: Damage,
    /// The decoder panicked: nothing of it may be used any more.
    broken: bool,
}

/// Bytes that are elsewhere, for symphonia.
struct Reader<R> {
    reader: R,
    length: u64,
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        self.reader.read(bytes)
    }
}

impl<R: Seek> Seek for Reader<R> {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.reader.seek(to)
    }
}

impl<R: Read + Seek + Send + Sync> MediaSource for Reader<R> {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length)
    }
}

/// Packets that could not be decoded.
#[derive(Default)]
struct Damage {
    total: u32,
    in_a_row: u32,
}

/// A whole sound file.
#[derive(Debug, Clone)]
pub struct Sound {
    /// Rate of `samples`: that of the file.
    pub rate: SampleRate,
    /// Mono samples, full scale is -1 to 1.
    pub samples: Vec<f32>,
    /// Packets that were damaged and left out.
    pub packets_damaged: u32,
}

/// Reads a whole file; for those of a known small size. The kind of file is found from its content, `extension` (such as
/// `mp3`) only helps when that is not enough.
///
/// # Errors
/// Those of [`SoundFile::open`] and [`SoundFile::read`]; [`Error::Malformed`] when no sound was in it.
pub fn decode(bytes: Bytes, extension: Option<&str>) -> Result<Sound, Error> {
    let mut file = SoundFile::open(bytes, extension)?;
    let mut samples = Vec::new();
    while file.read(&mut samples)? {}
    if samples.is_empty() {
        return Err(Error::Malformed("the file holds no sound that can be read".into()));
    }
    Ok(Sound { rate: file.rate(), samples, packets_damaged: file.packets_damaged() })
}

impl SoundFile {
    /// Finds out what `bytes` are and opens the first audio track in them.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a kind of file or codec that is not read here, [`Error::Malformed`] for one that is
    /// damaged before its first packet, [`Error::LimitReached`] for one with too many channels.
    pub fn open(bytes: Bytes, extension: Option<&str>) -> Result<Self, Error> {
        guarded(|| Self::probe(Box::new(Cursor::new(bytes)), extension))
    }

    /// As [`SoundFile::open`], for `length` bytes that are read as they are needed: a file of any length takes the same
    /// memory.
    ///
    /// # Errors
    /// As for [`SoundFile::open`].
    pub fn open_reader<R>(reader: R, length: u64, extension: Option<&str>) -> Result<Self, Error>
    where
        R: Read + Seek + Send + Sync + 'static,
    {
        guarded(|| Self::probe(Box::new(Reader { reader, length }), extension))
    }

    fn probe(source: Box<dyn MediaSource>, extension: Option<&str>) -> Result<Self, Error> {
        let mut hint = Hint::new();
        if let Some(extension) = extension {
            hint.with_extension(extension);
        }
        let source = MediaSourceStream::new(source, MediaSourceStreamOptions::default());
        let container = get_probe()
            .probe(&hint, source, FormatOptions::default(), MetadataOptions::default())
            .map_err(|trouble| unreadable(&trouble))?;
        let track = container.default_track(TrackType::Audio).ok_or_else(|| malformed("no audio track"))?;
        let parameters = track.codec_params.as_ref().and_then(|parameters| parameters.audio());
        let parameters = parameters.ok_or_else(|| malformed("the audio track does not say what it is"))?;
        let rate = parameters.sample_rate.and_then(SampleRate::new);
        let rate = rate.ok_or_else(|| Error::Unsupported("a sample rate outside 1 to 192000 Hz".into()))?;
        // Before the decoder makes room for them.
        check_channels(parameters.channels.as_ref().map_or(0, Channels::count))?;
        let decoder = get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map_err(|trouble| unreadable(&trouble))?;
        let track = track.id;
        Ok(Self {
            container,
            decoder,
            track,
            rate,
            interleaved: Vec::new(),
            samples: 0,
            damaged: Damage::default(),
            broken: false,
        })
    }

    /// Rate of the samples that are read.
    #[must_use]
    pub fn rate(&self) -> SampleRate {
        self.rate
    }

    /// Packets that were damaged and left out so far.
    #[must_use]
    pub fn packets_damaged(&self) -> u32 {
        self.damaged.total
    }

    /// Appends the next packet to `out`, mixed to mono. `false` is the end of the file; a file that is cut off ends there.
    ///
    /// # Errors
    /// [`Error::Malformed`] when too many packets in a row are damaged or the rate changes on the way,
    /// [`Error::LimitReached`] when the file is too long or has too many channels, [`Error::Broken`] from then on when the
    /// decoder gave up.
    pub fn read(&mut self, out: &mut Vec<f32>) -> Result<bool, Error> {
        if self.broken {
            return Err(Error::Broken("the decoder gave up on it before".into()));
        }
        let read = guarded(|| self.read_packet(out));
        self.broken = matches!(read, Err(Error::Broken(_)));
        read
    }

    fn read_packet(&mut self, out: &mut Vec<f32>) -> Result<bool, Error> {
        let Some(packet) = self.next_packet()? else { return Ok(false) };
        let before = out.len();
        match self.decoder.decode(&packet) {
            Ok(buffer) => {
                mix_to_mono(&buffer, self.rate, &mut self.interleaved, out)?;
                self.damaged.in_a_row = 0;
            }
            Err(Trouble::DecodeError(_) | Trouble::IoError(_)) => self.damaged.count()?,
            Err(trouble) => return Err(unreadable(&trouble)),
        }
        self.samples += (out.len() - before) as u64;
        if self.samples > FILE_SAMPLES_MAX {
            return Err(Error::LimitReached(format!("a file of more than {FILE_SAMPLES_MAX} samples")));
        }
        Ok(true)
    }

    /// The next packet of our track; `None` at the end, also when the end is torn off.
    fn next_packet(&mut self) -> Result<Option<Packet>, Error> {
        loop {
            match self.container.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track => return Ok(Some(packet)),
                Ok(Some(_)) => self.damaged.in_a_row = 0,
                Ok(None) | Err(Trouble::IoError(_) | Trouble::ResetRequired) => return Ok(None),
                Err(Trouble::DecodeError(_)) => self.damaged.count()?,
                Err(trouble) => return Err(unreadable(&trouble)),
            }
        }
    }
}

impl std::fmt::Debug for SoundFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SoundFile(track {}, {} Hz, {} samples read)", self.track, self.rate.hz(), self.samples)
    }
}

impl Damage {
    fn count(&mut self) -> Result<(), Error> {
        self.total += 1;
        self.in_a_row += 1;
        if self.in_a_row < DAMAGED_PACKETS_MAX { Ok(()) } else { Err(malformed("packet after packet is damaged")) }
    }
}

/// Appends the mean of all channels to `out`; `interleaved` is room to work in.
fn mix_to_mono(
    buffer: &GenericAudioBufferRef<'_>,
    rate: SampleRate,
    interleaved: &mut Vec<f32>,
    out: &mut Vec<f32>,
) -> Result<(), Error> {
    let channels = buffer.num_planes();
    check_channels(channels)?;
    if buffer.spec().rate() != rate.hz() {
        return Err(malformed("the sample rate changes on the way"));
    }
    buffer.copy_to_vec_interleaved(interleaved);
    let share = 1.0 / channels.max(1) as f32;
    out.extend(interleaved.chunks_exact(channels.max(1)).map(|frame| frame.iter().sum::<f32>() * share));
    Ok(())
}

fn check_channels(channels: usize) -> Result<(), Error> {
    if channels <= FILE_CHANNELS_MAX { Ok(()) } else { Err(Error::LimitReached(format!("{channels} channels"))) }
}

fn malformed(why: &str) -> Error {
    Error::Malformed(why.into())
}

fn unreadable(trouble: &Trouble) -> Error {
    match trouble {
        Trouble::Unsupported(what) => Error::Unsupported((*what).into()),
        Trouble::LimitError(what) => Error::LimitReached((*what).into()),
        other => Error::Malformed(other.to_string()),
    }
}
