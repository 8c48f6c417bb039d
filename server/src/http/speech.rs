//! `POST /v1/audio/speech`: only the voice.

use axum::{
    body::Body,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use hearth_models::SpeechChunk;
use serde_json::{Map, Value, json};

use super::{
    Door,
    exchange::{self, Place},
    refusal::HttpRefusal,
    sound::{SoundKind, SoundWriter},
};
use crate::{
    house::House,
    protocol::realtime::{config, error::Refusal, fields::Fields, items::encode_base64},
    voice::{VOICE_RATE, Voice},
};

/// Most characters that are spoken in one request.
const INPUT_CHARS_MAX: usize = 4_096;
/// What one token of speech is in the usage: 80 ms, a step of the ears.
const TOKEN_SAMPLES: u64 = 1_920;

/// What is to be said, and how.
struct Wish {
    input: String,
    voice: String,
    speed: f32,
    kind: SoundKind,
    as_events: bool,
}

/// Speaks.
pub(super) async fn speak(
    State(door): State<Door>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, HttpRefusal> {
    let place = exchange::admit(&door)?;
    let wish = Wish::parse(&exchange::json_object(&headers, body)?, &door.house)?;
    let mut speech = Speech::begin(&door, &wish, place)?;
    // The first sound is waited for, so that what goes wrong before it has a status of its own.
    let first = speech.next().await.transpose()?;
    let rest = stream::unfold(speech, |mut speech| async { Some((speech.next().await?, speech)) });
    let pieces = stream::iter(first.map(Ok)).chain(rest);
    if wish.as_events { Ok(as_events(wish.input.chars().count(), pieces)) } else { Ok(as_sound(wish.kind, pieces)) }
}

impl Wish {
    fn parse(map: &Map<String, Value>, house: &House) -> Result<Self, HttpRefusal> {
        let fields = Fields::top(map);
        let input = fields.text("input")?;
        if input.trim().is_empty() || input.chars().count() > INPUT_CHARS_MAX {
            return Err(Refusal::wrong_value("input".into(), &format!("1 to {INPUT_CHARS_MAX} characters")).into());
        }
        let voice = config::parse_voice(Some(&fields))?.ok_or_else(|| Refusal::missing("voice".into()))?;
        let as_events = match fields.maybe_text("stream_format")?.unwrap_or("audio") {
            "audio" => false,
            "sse" => true,
            _ => return Err(Refusal::wrong_value("stream_format".into(), "'audio' or 'sse'").into()),
        };
        Ok(Self {
            input: input.to_owned(),
            voice: house.loaded.voice_named(voice, "voice")?,
            speed: config::parse_speed(Some(&fields))?,
            // Whoever names no format gets what every player reads; the content type says what it is.
            kind: SoundKind::parse(fields.maybe_text("response_format")?.unwrap_or("wav"), "response_format")?,
            as_events,
        })
    }
}

/// Bytes of sound, and how many samples they hold.
struct Piece {
    bytes: Vec<u8>,
    samples: u64,
}

/// A text being spoken.
struct Speech {
    voice: Voice,
    writer: Option<SoundWriter>,
    door: Door,
    _place: Place,
}

impl Speech {
    fn begin(door: &Door, wish: &Wish, place: Place) -> Result<Self, HttpRefusal> {
        let voice = Voice::open(door.house.models.voice.as_ref(), &wish.voice, wish.speed);
        voice.say(wish.input.clone());
        voice.end();
        let writer = SoundWriter::new(wish.kind).map_err(|error| broken(&error))?;
        Ok(Self { voice, writer: Some(writer), door: door.clone(), _place: place })
    }

    async fn next(&mut self) -> Option<Result<Piece, HttpRefusal>> {
        self.writer.as_ref()?;
        let piece = match self.voice.next().await {
            Some(chunk) => chunk.map_err(HttpRefusal::from).and_then(|chunk| self.write(&chunk)),
            None => {
                let bytes = self.writer.take()?.finish();
                bytes.map(|bytes| Piece { bytes, samples: 0 }).map_err(|error| broken(&error))
            }
        };
        if piece.is_err() {
            self.writer = None;
        }
        Some(piece)
    }

    fn write(&mut self, chunk: &SpeechChunk) -> Result<Piece, HttpRefusal> {
        let samples = chunk.samples.len() as u64;
        self.door.house.metrics.spoke(VOICE_RATE.duration_of(samples));
        let bytes = self.writer.as_mut().map_or(Ok(Vec::new()), |writer| writer.write(&chunk.samples));
        Ok(Piece { bytes: bytes.map_err(|error| broken(&error))?, samples })
    }
}

/// An encoder that gives up is our fault.
pub(super) fn broken(error: &hearth_codecs::Error) -> HttpRefusal {
    hearth_models::Error::Broken(error.to_string()).into()
}

fn as_sound(kind: SoundKind, pieces: impl Stream<Item = Result<Piece, HttpRefusal>> + Send + 'static) -> Response {
    // Sound that breaks off is an error of the transport: nothing else can be said in the middle of it.
    let bytes = pieces.map(|piece| match piece {
        Ok(piece) => Ok(Bytes::from(piece.bytes)),
        Err(refusal) => Err(std::io::Error::other(refusal.refusal.message)),
    });
    ([(header::CONTENT_TYPE, kind.content_type())], Body::from_stream(bytes)).into_response()
}

fn as_events(chars: usize, pieces: impl Stream<Item = Result<Piece, HttpRefusal>> + Send + 'static) -> Response {
    let state = (Box::pin(pieces), 0, false);
    exchange::events(stream::unfold(state, move |(mut pieces, mut samples, mut ended)| async move {
        if ended {
            return None;
        }
        let event = loop {
            match pieces.next().await {
                Some(Ok(piece)) if piece.bytes.is_empty() => samples += piece.samples,
                Some(Ok(piece)) => {
                    samples += piece.samples;
                    break Ok(json!({ "type": "speech.audio.delta", "audio": encode_base64(&piece.bytes) }));
                }
                Some(Err(refusal)) => {
                    ended = true;
                    break Err(refusal);
                }
                None => {
                    ended = true;
                    break Ok(json!({ "type": "speech.audio.done", "usage": usage(chars as u64, samples) }));
                }
            }
        };
        Some((event, (pieces, samples, ended)))
    }))
}

/// The voice reads letters and speaks in steps: these are its tokens.
fn usage(chars: u64, samples: u64) -> Value {
    let steps = samples.div_ceil(TOKEN_SAMPLES);
    json!({ "input_tokens": chars, "output_tokens": steps, "total_tokens": chars + steps })
}
