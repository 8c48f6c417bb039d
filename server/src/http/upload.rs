//! Sound files that are uploaded: to disk when they are large, then decoded piece by piece beside the executor.

use std::{
    io::{Seek as _, Write as _},
    time::Duration,
};

use axum::{
    extract::{
        Multipart,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
};
use hearth_audio::Resampler;
use hearth_codecs::{Error, file::SoundFile};
use tempfile::SpooledTempFile;
use tokio::time::timeout;

use super::{exchange, refusal::HttpRefusal};
use crate::{protocol::realtime::error::Refusal, senses::EAR_RATE};

/// Largest upload: more than an hour of uncompressed stereo at 48 kHz.
pub(super) const UPLOAD_BYTES_MAX: u64 = 768 << 20;
/// A file up to this size stays in memory; a larger one waits in the folder for temporary files.
const MEMORY_BYTES_MAX: usize = 4 << 20;
/// Longest wait for the next piece of an upload.
const PIECE_WAIT_MAX: Duration = Duration::from_secs(30);
/// Most fields of a form, and most bytes of each that is not the file.
const FIELDS_MAX: usize = 64;
const FIELD_BYTES_MAX: usize = 64 * 1024;
/// Decoded pieces that wait for the ears, and samples of each: a second at 16 kHz.
const PIECES_MAX: usize = 2;
const PIECE_SAMPLES: usize = 16_000;

/// Decoded sound, mono at the rate of the ears.
pub(super) type Pieces = async_channel::Receiver<Result<Vec<f32>, HttpRefusal>>;

/// A form with a file in it.
#[derive(Default)]
pub(super) struct Form {
    file: Option<Upload>,
    fields: Vec<(String, String)>,
}

/// A file that was uploaded.
pub(super) struct Upload {
    bytes: SpooledTempFile,
    length: u64,
    extension: Option<String>,
}

impl Form {
    /// Reads all of it. The fields may come in any order.
    ///
    /// # Errors
    /// 400 for a form that is none, 408 for one that does not come, 413 for one that is too large.
    pub(super) async fn read(mut multipart: Multipart) -> Result<Self, HttpRefusal> {
        let mut form = Self::default();
        while let Some(field) = in_time(multipart.next_field()).await? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" {
                form.file = Some(Upload::read(field).await?);
                continue;
            }
            if form.fields.len() >= FIELDS_MAX {
                return Err(HttpRefusal::at(&name, "invalid_value", format!("At most {FIELDS_MAX} fields are read.")));
            }
            let value = read_text(field, &name).await?;
            form.fields.push((name, value));
        }
        Ok(form)
    }

    /// The last field called `name`, unless it is empty.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.trim())
            .filter(|v| !v.is_empty())
    }

    /// All fields called `name` or `name[]`.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        let is_it = |known: &str| known.strip_suffix("[]").unwrap_or(known) == name;
        self.fields.iter().filter(|(known, _)| is_it(known)).map(|(_, value)| value.trim()).collect()
    }

    /// The file, out of the form.
    ///
    /// # Errors
    /// 400 when there is none.
    pub(super) fn take_file(&mut self) -> Result<Upload, HttpRefusal> {
        self.file.take().ok_or_else(|| Refusal::missing("file".into()).into())
    }
}

async fn read_text(mut field: Field<'_>, name: &str) -> Result<String, HttpRefusal> {
    let mut bytes = Vec::new();
    while let Some(piece) = in_time(field.chunk()).await? {
        if bytes.len() + piece.len() > FIELD_BYTES_MAX {
            let message = format!("The field '{name}' is longer than {FIELD_BYTES_MAX} bytes.");
            return Err(HttpRefusal::at(name, "invalid_value", message));
        }
        bytes.extend_from_slice(&piece);
    }
    String::from_utf8(bytes).map_err(|_| HttpRefusal::at(name, "invalid_value", format!("'{name}' is not UTF-8.")))
}

/// What comes next, unless it keeps us waiting.
async fn in_time<T>(next: impl Future<Output = Result<T, MultipartError>>) -> Result<T, HttpRefusal> {
    match timeout(PIECE_WAIT_MAX, next).await {
        Ok(Ok(next)) => Ok(next),
        Ok(Err(error)) => Err(exchange::unread(error.status(), &error.body_text())),
        Err(_) => Err(HttpRefusal::new(StatusCode::REQUEST_TIMEOUT, "timed_out", "The upload stands still.")),
    }
}

impl Upload {
    async fn read(mut field: Field<'_>) -> Result<Self, HttpRefusal> {
        let name = field.file_name().unwrap_or_default();
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let mut upload = Self { bytes: SpooledTempFile::new(MEMORY_BYTES_MAX), length: 0, extension };
        while let Some(piece) = in_time(field.chunk()).await? {
            upload.length += piece.len() as u64;
            if upload.length > UPLOAD_BYTES_MAX {
                return Err(too_large());
            }
            upload.bytes.write_all(&piece).map_err(|error| no_room(&error))?;
        }
        upload.bytes.rewind().map_err(|error| no_room(&error))?;
        Ok(upload)
    }

    /// Its sound, piece by piece, while somebody takes it.
    pub(super) fn decode(self) -> Pieces {
        let (sender, pieces) = async_channel::bounded(PIECES_MAX);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = self.decode_to(&sender) {
                let _ = sender.send_blocking(Err(not_understood(&error)));
            }
        });
        pieces
    }

    fn decode_to(self, pieces: &async_channel::Sender<Result<Vec<f32>, HttpRefusal>>) -> Result<(), Error> {
        let mut file = SoundFile::open_reader(self.bytes, self.length, self.extension.as_deref())?;
        let resampler = Resampler::new(file.rate(), EAR_RATE);
        let mut resampler = resampler.map_err(|error| Error::Unsupported(error.to_string()))?;
        let (mut raw, mut sound, mut any) = (Vec::new(), Vec::with_capacity(PIECE_SAMPLES), false);
        loop {
            raw.clear();
            let more = file.read(&mut raw)?;
            any |= !raw.is_empty();
            resampler.push(&raw, &mut sound);
            if !more {
                resampler.flush(&mut sound);
            }
            if sound.len() >= PIECE_SAMPLES || !more {
                let piece = std::mem::replace(&mut sound, Vec::with_capacity(PIECE_SAMPLES));
                if pieces.send_blocking(Ok(piece)).is_err() {
                    return Ok(());
                }
            }
            if !more {
                return if any { Ok(()) } else { Err(Error::Malformed("there is no sound in it".into())) };
            }
        }
    }
}

/// The upload is too large.
pub(super) fn too_large() -> HttpRefusal {
    let message =
        format!("The file is larger than the {UPLOAD_BYTES_MAX} bytes that are taken. Compress it, or cut it.");
    HttpRefusal::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", message)
}

fn no_room(error: &std::io::Error) -> HttpRefusal {
    tracing::warn!(%error, "an upload could not be kept");
    HttpRefusal::new(StatusCode::SERVICE_UNAVAILABLE, "no_room", "There is no room for the file at the moment.")
}

/// Sound that a decoder does not understand is the client's to mend.
pub(super) fn not_understood(error: &Error) -> HttpRefusal {
    let kinds = "WAV, MP3, FLAC, Ogg Vorbis, M4A, AAC and Matroska are read";
    let code = match error {
        Error::Unsupported(_) => "unsupported_audio",
        Error::LimitReached(_) => "audio_too_long",
        Error::Malformed(_) | Error::Broken(_) => "invalid_audio",
    };
    HttpRefusal::at("file", code, format!("The audio cannot be read: {error}. {kinds}."))
}
