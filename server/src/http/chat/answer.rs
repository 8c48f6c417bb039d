//! One answer in the making, piece by piece as it is asked for: the core's text, or the voice that says it.

use std::{collections::VecDeque, sync::Arc};

use hearth_models::{CoreContext, Error, FinishReason, Generated, Generation, Models, Prompt, ToolCall, Usage};

use super::wish::Wish;
use crate::voice::Voice;

/// Most calls that wait until everything before them is said.
const CALLS_MAX: usize = 16;

/// A piece of an answer.
#[derive(Debug)]
pub(super) enum Piece {
    /// Written words.
    Text(String),
    /// Spoken words: 24 kHz, and the words that begin in it.
    Sound { samples: Arc<[f32]>, words: String },
    /// A call.
    Call(ToolCall),
    /// The end.
    Done { reason: FinishReason, usage: Usage },
}

/// One answer in the making. Dropping it cancels it.
pub(super) struct Answer {
    /// `None` when the text was given.
    generation: Option<(Generation, Box<dyn CoreContext>)>,
    models: Models,
    /// The name of the voice, when the answer is spoken.
    spoken: Option<String>,
    voice: Option<Voice>,
    calls: VecDeque<ToolCall>,
    done: Option<(FinishReason, Usage)>,
}

impl Answer {
    /// Asks the core.
    ///
    /// # Errors
    /// As for [`CoreContext::generate`].
    pub(super) fn ask(models: &Models, prompt: &Prompt, wish: &Wish) -> Result<Self, Error> {
        let mut context = models.mind.open();
        let generation = context.generate(prompt, &wish.options)?;
        Ok(Self { generation: Some((generation, context)), ..Self::silent(models, wish) })
    }

    /// Says `text`, whatever the core would have said.
    pub(super) fn say(models: &Models, text: String, wish: &Wish) -> Self {
        let mut answer = Self::silent(models, wish);
        let voice = answer.voice();
        voice.say(text);
        voice.end();
        answer.done = Some((FinishReason::Stop, Usage::default()));
        answer
    }

    fn silent(models: &Models, wish: &Wish) -> Self {
        let spoken = wish.spoken.as_ref().map(|(voice, _)| voice.clone());
        Self { generation: None, models: models.clone(), spoken, voice: None, calls: VecDeque::new(), done: None }
    }

    fn voice(&mut self) -> &mut Voice {
        let name = self.spoken.as_deref().unwrap_or_default();
        self.voice.get_or_insert_with(|| Voice::open(self.models.voice.as_ref(), name, 1.0))
    }

    /// The next piece. Nothing follows [`Piece::Done`] or an error.
    ///
    /// # Errors
    /// Those of core and voice.
    pub(super) async fn next(&mut self) -> Result<Piece, Error> {
        loop {
            if self.voice.is_none() {
                if let Some(call) = self.calls.pop_front() {
                    return Ok(Piece::Call(call));
                }
                if let Some((reason, usage)) = self.done {
                    return Ok(Piece::Done { reason, usage });
                }
            }
            let full = self.voice.as_ref().is_some_and(Voice::is_full) || self.calls.len() >= CALLS_MAX;
            let (speaking, making) = (self.voice.is_some(), self.done.is_none() && !full);
            tokio::select! {
                biased;
                piece = next_generated(&mut self.generation), if making => {
                    if let Some(piece) = self.take(piece?) {
                        return Ok(piece);
                    }
                }
                chunk = next_chunk(&mut self.voice), if speaking => match chunk {
                    Some(chunk) => {
                        let chunk = chunk?;
                        let words = chunk.words.into_iter().map(|word| word.text).collect();
                        return Ok(Piece::Sound { samples: chunk.samples, words });
                    }
                    None => self.voice = None,
                },
            }
        }
    }

    /// What can be told of it at once.
    fn take(&mut self, piece: Generated) -> Option<Piece> {
        match piece {
            // What the person said is no part of the answer.
            Generated::Heard(_) => {}
            Generated::Text(text) if self.spoken.is_none() => return Some(Piece::Text(text)),
            Generated::Text(text) => self.voice().say(text),
            Generated::ToolCall(call) => self.calls.push_back(call),
            Generated::Done { reason, usage } => {
                self.done = Some((reason, usage));
                if let Some(voice) = &self.voice {
                    voice.end();
                }
            }
        }
        None
    }
}

async fn next_generated(generation: &mut Option<(Generation, Box<dyn CoreContext>)>) -> Result<Generated, Error> {
    let broken = || Error::Broken("the core stopped in the middle of an answer".into());
    match generation {
        Some((generation, _)) => generation.next().await.ok_or_else(broken)?,
        None => Err(broken()),
    }
}

async fn next_chunk(voice: &mut Option<Voice>) -> Option<Result<hearth_models::SpeechChunk, Error>> {
    match voice {
        Some(voice) => voice.next().await,
        None => None,
    }
}
