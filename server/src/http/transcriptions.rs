//! `POST /v1/audio/transcriptions`: only the ears.

use std::{collections::VecDeque, time::Duration};

use axum::{
    extract::{Multipart, State, multipart::MultipartRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    Door,
    exchange::{self, Place},
    refusal::HttpRefusal,
    subtitles::{self, Line},
    upload::{self, Form, Pieces, UPLOAD_BYTES_MAX},
};
use crate::{
    hearing::{Heard, Hearing},
    protocol::realtime::error::Refusal,
    senses::EAR_RATE,
};

/// How the words are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Text,
    Srt,
    Vtt,
    Verbose { words: bool, segments: bool },
}

/// Writes down what is said in a file.
pub(super) async fn transcribe(
    State(door): State<Door>,
    headers: HeaderMap,
    multipart: Result<Multipart, MultipartRejection>,
) -> Result<Response, HttpRefusal> {
    let place = exchange::admit(&door)?;
    exchange::expect_type(&headers, "multipart/form-data")?;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > UPLOAD_BYTES_MAX) {
        return Err(upload::too_large());
    }
    let multipart = multipart.map_err(|rejection| exchange::unread(rejection.status(), &rejection.body_text()))?;
    let mut form = Form::read(multipart).await?;
    let (format, streams) = parse(&form)?;
    let listening = Listening::begin(&door, form.take_file()?.decode(), place);
    if streams { stream_events(listening).await } else { all_at_once(listening, format).await }
}

/// Nothing here translates.
pub(super) async fn translate() -> HttpRefusal {
    let message = "Translation is not supported: what is heard is written in its own language, by \
                   /v1/audio/transcriptions.";
    HttpRefusal::new(StatusCode::BAD_REQUEST, "unsupported_endpoint", message)
}

fn parse(form: &Form) -> Result<(Format, bool), HttpRefusal> {
    let granularities = form.list("timestamp_granularities");
    if granularities.iter().any(|one| !matches!(*one, "word" | "segment")) {
        return Err(Refusal::wrong_value("timestamp_granularities".into(), "'word' or 'segment'").into());
    }
    let words = granularities.contains(&"word");
    let segments = granularities.contains(&"segment") || !words;
    let format = match form.field("response_format").unwrap_or("json") {
        "json" => Format::Json,
        "text" => Format::Text,
        "srt" => Format::Srt,
        "vtt" => Format::Vtt,
        "verbose_json" => Format::Verbose { words, segments },
        _ => {
            let formats = "'json', 'text', 'srt', 'vtt' or 'verbose_json'";
            return Err(Refusal::wrong_value("response_format".into(), formats).into());
        }
    };
    let streams = match form.field("stream").unwrap_or("false") {
        "true" | "True" | "1" => true,
        "false" | "False" | "0" => false,
        _ => return Err(Refusal::wrong_value("stream".into(), "'true' or 'false'").into()),
    };
    if streams && !matches!(format, Format::Json | Format::Text) {
        return Err(Refusal::wrong_value("response_format".into(), "'json' where 'stream' is true").into());
    }
    Ok((format, streams))
}

/// A file being heard.
struct Listening {
    pieces: Pieces,
    /// `None` at the end.
    hearing: Option<Hearing>,
    heard: Vec<Heard>,
    ready: VecDeque<Heard>,
    length: Duration,
    door: Door,
    _place: Place,
}

impl Listening {
    fn begin(door: &Door, pieces: Pieces, place: Place) -> Self {
        let hearing = Some(Hearing::new(&door.house.models));
        Self {
            pieces,
            hearing,
            heard: Vec::new(),
            ready: VecDeque::new(),
            length: Duration::ZERO,
            door: door.clone(),
            _place: place,
        }
    }

    /// The next stretch; `None` when all is heard.
    async fn next(&mut self) -> Result<Option<Heard>, HttpRefusal> {
        loop {
            if let Some(heard) = self.ready.pop_front() {
                return Ok(Some(heard));
            }
            let Some(hearing) = &mut self.hearing else { return Ok(None) };
            match self.pieces.recv().await {
                Ok(piece) => {
                    let (piece, began) = (piece?, Instant::now());
                    hearing.push(&piece, &mut self.heard).await?;
                    self.door.house.metrics.heard(EAR_RATE.duration_of(piece.len() as u64), began.elapsed());
                }
                Err(_) => {
                    if let Some(hearing) = self.hearing.take() {
                        self.length = hearing.finish(&mut self.heard).await?;
                    }
                }
            }
            self.ready.extend(self.heard.drain(..));
        }
    }
}

async fn all_at_once(mut listening: Listening, format: Format) -> Result<Response, HttpRefusal> {
    let mut all = Vec::new();
    while let Some(heard) = listening.next().await? {
        all.push(heard);
    }
    let text = all.iter().map(|heard| heard.text.as_str()).collect::<Vec<_>>().join(" ");
    let lines = || all.iter().flat_map(subtitles::lines).collect::<Vec<Line>>();
    let plain = |kind: &'static str, text: String| ([(header::CONTENT_TYPE, kind)], text).into_response();
    Ok(match format {
        Format::Json => axum::Json(json!({ "text": text, "usage": usage(listening.length) })).into_response(),
        Format::Text => plain("text/plain; charset=utf-8", format!("{text}\n")),
        Format::Srt => plain("application/x-subrip; charset=utf-8", subtitles::srt(&lines())),
        Format::Vtt => plain("text/vtt; charset=utf-8", subtitles::vtt(&lines())),
        Format::Verbose { words, segments } => {
            let mut whole = json!({
                "task": "transcribe",
                "language": "english",
                "duration": listening.length.as_secs_f64(),
                "text": text,
                "usage": usage(listening.length),
            });
            if segments {
                whole["segments"] = lines().iter().enumerate().map(|(id, line)| segment(id, line)).collect();
            }
            if words {
                whole["words"] = all.iter().flat_map(|heard| &heard.words).map(word).collect();
            }
            axum::Json(whole).into_response()
        }
    })
}

fn usage(length: Duration) -> Value {
    json!({ "type": "duration", "seconds": length.as_secs_f64() })
}

fn word(word: &hearth_models::Word) -> Value {
    json!({ "word": word.text, "start": seconds(word.start_ms.into()), "end": seconds(word.end_ms.into()) })
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1_000.0
}

/// In the fields of Whisper, as far as they mean something here: there are no tokens and no temperature.
fn segment(id: usize, line: &Line) -> Value {
    let mut distinct: Vec<&str> = line.text.split(' ').collect();
    let words = distinct.len();
    distinct.sort_unstable();
    distinct.dedup();
    json!({
        "id": id,
        "seek": 0,
        "start": seconds(line.start.as_millis() as u64),
        "end": seconds(line.end.as_millis() as u64),
        "text": line.text,
        "tokens": [],
        "temperature": 0.0,
        // Of words in place of tokens.
        "avg_logprob": line.confidence.map_or(0.0, |sure| f64::from(sure.max(1e-4)).ln()),
        // How often a word comes on average: what repeats itself has more.
        "compression_ratio": words as f64 / distinct.len().max(1) as f64,
        "no_speech_prob": 1.0 - f64::from(line.speech),
    })
}

/// A transcript on its way to the client.
struct Telling {
    listening: Listening,
    /// What was heard before the answer began; the inner `None` is the end.
    first: Option<Option<Heard>>,
    text: String,
    ended: bool,
}

impl Telling {
    async fn next(&mut self) -> Result<Value, HttpRefusal> {
        let next = match self.first.take() {
            Some(first) => first,
            None => self.listening.next().await?,
        };
        let Some(heard) = next else {
            self.ended = true;
            return Ok(json!({ "type": "transcript.text.done", "text": self.text, "usage": self.tokens() }));
        };
        let delta = if self.text.is_empty() { heard.text } else { format!(" {}", heard.text) };
        self.text.push_str(&delta);
        Ok(json!({ "type": "transcript.text.delta", "delta": delta }))
    }

    /// The ears read steps of 80 ms and write words: these are their tokens.
    fn tokens(&self) -> Value {
        let steps = self.listening.length.as_millis().div_ceil(80) as u64;
        let words = self.text.split_whitespace().count() as u64;
        json!({ "type": "tokens", "input_tokens": steps, "output_tokens": words, "total_tokens": steps + words })
    }
}

/// Each stretch as soon as it is heard, then all of it.
async fn stream_events(mut listening: Listening) -> Result<Response, HttpRefusal> {
    // What goes wrong before the first words has a status of its own.
    let first = Some(listening.next().await?);
    let telling = Telling { listening, first, text: String::new(), ended: false };
    Ok(exchange::events(stream::unfold(telling, |mut telling| async {
        if telling.ended {
            return None;
        }
        let event = telling.next().await;
        telling.ended |= event.is_err();
        Some((event, telling))
    })))
}
