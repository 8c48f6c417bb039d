//! One answer being spoken: pulls text, makes phrases, frames and sound in steps of 80 to 160 ms.

use std::{collections::VecDeque, sync::Arc};

use hearth_runtime::{LaneStream, Outputs, Tensor};

use super::{
    Parts,
    layout::Layout,
    normalise::{Piece, Stop},
    phones,
    phrase::{Phrase, Phraser},
    style::Shaper,
};
use crate::{Error, SpeechChunk, WordMark};

/// Numbers of a frame: 80 log-mel bands, ln F0, voicing.
const FEATURES: usize = 82;
/// Numbers that tell where in its phone a frame stands.
const PLACES: usize = 3;
/// Frames of the first step, so that sound comes early.
const FIRST_FRAMES: usize = 8;
/// Frames of later steps: fewer, larger runs.
const STEP_FRAMES: usize = 16;
/// Text of one answer, in bytes.
const TEXT_BYTES_MAX: usize = 64 * 1024;
const SPEEDS: std::ops::RangeInclusive<f32> = 0.25..=4.0;

/// The state of one answer; [`Speaking::next`] does the next bounded step.
pub(super) struct Speaking {
    parts: Arc<Parts>,
    /// Number of the speaker.
    speaker: usize,
    gain: f32,
    pitch_hz: f32,
    text: async_channel::Receiver<String>,
    speed: f32,
    phraser: Phraser,
    text_bytes: usize,
    decoder: LaneStream,
    vocoder: LaneStream,
    clause: Option<Rendering>,
    /// Frames that wait for the vocoder, end to end.
    frames: Vec<f32>,
    /// Frames of all phrases so far.
    frames_laid: usize,
    /// Samples that the vocoder still owes nobody: it is that much behind.
    skip_samples: usize,
    samples_made: u64,
    marks: VecDeque<WordMark>,
    done: bool,
}

/// A clause between the encoder and the decoder.
struct Rendering {
    hidden: Vec<f32>,
    width: usize,
    layout: Layout,
    /// Next frame to go into the decoder; it goes on for the look-ahead after the last one.
    at: usize,
    /// Frames to come out of the decoder that are none.
    skip_frames: usize,
    /// What the style does to the frames.
    shaper: Shaper,
}

impl Speaking {
    pub(super) fn new(parts: Arc<Parts>, voice: &str, speed: f32, text: async_channel::Receiver<String>) -> Self {
        let speaker = parts.config.speaker(voice);
        let told = parts.config.speakers().get(speaker);
        Self {
            speaker,
            gain: told.map_or(1.0, |speaker| speaker.gain),
            pitch_hz: told.map_or(180.0, |speaker| speaker.pitch_hz),
            speed: if speed.is_finite() { speed.clamp(*SPEEDS.start(), *SPEEDS.end()) } else { 1.0 },
            decoder: parts.decoder.open(),
            vocoder: parts.vocoder.open(),
            skip_samples: parts.config.vocoder_delay_samples,
            parts,
            text,
            phraser: Phraser::default(),
            text_bytes: 0,
            clause: None,
            frames: Vec::new(),
            frames_laid: 0,
            samples_made: 0,
            marks: VecDeque::new(),
            done: false,
        }
    }

    /// The next sound; `None` at the end and after an error.
    pub(super) async fn next(&mut self) -> Option<Result<SpeechChunk, Error>> {
        if self.done {
            return None;
        }
        let chunk = self.advance().await.transpose();
        self.done = !matches!(chunk, Some(Ok(_))) || self.done;
        chunk
    }

    async fn advance(&mut self) -> Result<Option<SpeechChunk>, Error> {
        loop {
            let step = if self.samples_made == 0 { FIRST_FRAMES } else { STEP_FRAMES };
            if self.frames.len() >= step * FEATURES {
                return self.sound(step).await.map(Some);
            }
            if self.clause.is_some() {
                self.decode(step).await?;
            } else if let Some(phrase) = self.next_phrase().await? {
                self.begin(&phrase).await?;
            } else {
                return self.finish().await;
            }
        }
    }

    /// Waits for enough text; `None` when all of it is spoken.
    async fn next_phrase(&mut self) -> Result<Option<Phrase>, Error> {
        loop {
            while let Ok(text) = self.text.try_recv() {
                self.take_text(&text)?;
            }
            if self.text.is_closed() && self.text.is_empty() {
                self.phraser.end();
            }
            if let Some(phrase) = self.phraser.next() {
                return Ok(Some(phrase));
            }
            match self.text.recv().await {
                Ok(text) => self.take_text(&text)?,
                Err(_) => {
                    self.phraser.end();
                    return Ok(self.phraser.next());
                }
            }
        }
    }

    fn take_text(&mut self, text: &str) -> Result<(), Error> {
        self.text_bytes += text.len();
        if self.text_bytes > TEXT_BYTES_MAX {
            return Err(Error::LimitReached(format!("an answer of more than {TEXT_BYTES_MAX} bytes to speak")));
        }
        self.phraser.push(text);
        Ok(())
    }

    /// Runs the encoder over a phrase and lays out its frames and word marks.
    async fn begin(&mut self, phrase: &Phrase) -> Result<(), Error> {
        let Some(clause) = phones::clause(phrase, &self.parts.lexicon, &self.parts.config) else {
            let here = self.samples_before(self.frames_laid);
            self.marks.extend(phrase.pieces.iter().map(|piece| mark(piece, here, here)));
            self.be_silent(phrase.gap_ms);
            return Ok(());
        };
        let count = clause.rows.len();
        let rows = self.rows(&clause.rows).map_err(broken)?;
        let mut outputs = self.parts.encoder.run(vec![("phones", rows)]).await.map_err(broken)?;
        let hidden = outputs.take_f32("hidden").map_err(broken)?;
        let durations = outputs.take_f32("durations").map_err(broken)?;
        let config = &self.parts.config;
        let speed = (self.speed * phrase.style.speed).clamp(*SPEEDS.start(), *SPEEDS.end());
        let layout = Layout::new(&durations, speed, config.lead_frames, phrase.stop == Stop::Flow);
        for (piece, span) in phrase.pieces.iter().zip(&clause.spans) {
            let frames = layout.frames_of(span);
            let place = |frame| self.samples_before(self.frames_laid + frame);
            self.marks.push_back(mark(piece, place(frames.start), place(frames.end)));
        }
        self.frames_laid += layout.frames();
        let width = hidden.len() / count.max(1);
        self.decoder.reset();
        let shaper = Shaper::new(phrase.style, self.pitch_hz);
        self.clause = Some(Rendering { hidden, width, layout, at: 0, skip_frames: config.look_ahead_frames, shaper });
        Ok(())
    }

    /// Lays out so much silence; no clause is under way.
    fn be_silent(&mut self, gap_ms: u32) {
        let config = &self.parts.config;
        let count = gap_ms as usize * config.sample_rate as usize / 1000 / config.hop;
        (0..count).for_each(|_| self.frames.extend_from_slice(&silence()));
        self.frames_laid += count;
    }

    /// The encoder's input; the speaker is the last column where it reads one.
    fn rows(&self, rows: &[[i64; phones::COLUMNS]]) -> Result<Tensor, hearth_runtime::Error> {
        let speaker = self.parts.config.reads_speaker.then_some(self.speaker as i64);
        let values: Vec<i64> = rows.iter().flat_map(|row| row.iter().copied().chain(speaker)).collect();
        Tensor::i64(&[1, rows.len(), values.len() / rows.len().max(1)], values)
    }

    fn samples_before(&self, frames: usize) -> u64 {
        (frames * self.parts.config.hop) as u64
    }

    /// Runs the decoder for `step` more frames of the clause.
    async fn decode(&mut self, step: usize) -> Result<(), Error> {
        let Some(clause) = &mut self.clause else { return Ok(()) };
        let end = clause.layout.frames() + self.parts.config.look_ahead_frames;
        let count = (step + clause.skip_frames).min(end - clause.at);
        let (hidden, place) = clause.inputs(count).map_err(broken)?;
        let outputs = self.decoder.step(vec![("hidden", hidden), ("place", place)]).await.map_err(broken)?;
        let frames = take(outputs, "frames", count * FEATURES)?;
        let skip = clause.skip_frames.min(count);
        let first = self.frames.len();
        self.frames.extend_from_slice(&frames[skip * FEATURES..]);
        self.frames[first..].chunks_exact_mut(FEATURES).for_each(|frame| clause.shaper.shape(frame));
        clause.skip_frames -= skip;
        clause.at += count;
        if clause.at == end {
            self.clause = None;
        }
        Ok(())
    }

    /// Runs the vocoder over the next `step` frames.
    async fn sound(&mut self, step: usize) -> Result<SpeechChunk, Error> {
        let rest = self.frames.split_off(step * FEATURES);
        let frames = std::mem::replace(&mut self.frames, rest);
        let input = Tensor::f32(&[1, step, FEATURES], frames).map_err(broken)?;
        let outputs = self.vocoder.step(vec![("frames", input)]).await.map_err(broken)?;
        let samples = take(outputs, "samples", step * self.parts.config.hop)?;
        let skip = self.skip_samples.min(samples.len());
        self.skip_samples -= skip;
        let samples: Arc<[f32]> = samples[skip..].iter().map(|sample| limited(sample * self.gain)).collect();
        self.samples_made += samples.len() as u64;
        Ok(SpeechChunk { samples, words: self.due_marks() })
    }

    fn due_marks(&mut self) -> Vec<WordMark> {
        let due = self.marks.iter().take_while(|mark| mark.start < self.samples_made).count();
        self.marks.drain(..due).collect()
    }

    /// Drives out what the vocoder still holds, with the marks that are left.
    async fn finish(&mut self) -> Result<Option<SpeechChunk>, Error> {
        self.done = true;
        let words = |speaking: &mut Self| speaking.marks.drain(..).collect::<Vec<_>>();
        if self.frames_laid == 0 {
            let words = words(self);
            return Ok((!words.is_empty()).then(|| SpeechChunk { samples: Arc::from([]), words }));
        }
        let delay = self.parts.config.vocoder_delay_samples.div_ceil(self.parts.config.hop);
        let last = self.frames.len().checked_sub(FEATURES).map(|at| self.frames[at..].to_vec());
        let last = last.unwrap_or_else(|| silence().to_vec());
        (0..delay).for_each(|_| self.frames.extend_from_slice(&last));
        let mut chunk = self.sound(self.frames.len() / FEATURES).await?;
        chunk.words.extend(words(self));
        Ok(Some(chunk))
    }
}

impl Rendering {
    /// The decoder's inputs for the next `count` frames.
    fn inputs(&self, count: usize) -> Result<(Tensor, Tensor), hearth_runtime::Error> {
        let mut hidden = Vec::with_capacity(count * self.width);
        let mut places = Vec::with_capacity(count * PLACES);
        for frame in self.at..self.at + count {
            let (phone, place) = self.layout.place(frame);
            let row = phone * self.width;
            hidden.extend_from_slice(self.hidden.get(row..row + self.width).unwrap_or(&[]));
            places.extend_from_slice(&place);
        }
        Ok((Tensor::f32(&[1, count, self.width], hidden)?, Tensor::f32(&[1, count, PLACES], places)?))
    }
}

/// A frame in which nothing is heard.
fn silence() -> [f32; FEATURES] {
    let mut frame = [-20.0; FEATURES];
    frame[FEATURES - 2..].copy_from_slice(&[5.2, 0.0]);
    frame
}

/// Bends what is louder than the knee towards full scale, so that no style clips.
fn limited(sample: f32) -> f32 {
    const KNEE: f32 = 0.75;
    let above = sample.abs() - KNEE;
    if above <= 0.0 { sample } else { sample.signum() * (KNEE + (0.995 - KNEE) * (above / (0.995 - KNEE)).tanh()) }
}

fn mark(piece: &Piece, start: u64, end: u64) -> WordMark {
    WordMark { text: piece.text.clone(), start, end }
}

fn take(mut outputs: Outputs, name: &str, count: usize) -> Result<Vec<f32>, Error> {
    let values = outputs.take_f32(name).map_err(broken)?;
    if values.len() == count {
        Ok(values)
    } else {
        Err(Error::Broken(format!("the voice gave {} {name}", values.len())))
    }
}

/// What the voice asks of its graphs always fits them, so a refusal means a damaged package.
fn broken(error: hearth_runtime::Error) -> Error {
    match error {
        hearth_runtime::Error::LimitReached(what) => Error::LimitReached(what),
        other => Error::Broken(format!("voice: {other}")),
    }
}
