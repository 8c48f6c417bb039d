//! One entry of a conversation.

use std::{sync::Arc, time::Duration};

use hearth_audio::SampleRate;
use hearth_models::{AudioPart, ImagePart, ToolCall, WordMark};
use hearth_vision::VideoFrame;

/// One entry of a conversation.
#[derive(Debug, Clone)]
pub struct Item {
    /// Unique in its conversation; chosen by whoever made it.
    pub id: String,
    /// How far it is.
    pub status: Status,
    /// What it holds.
    pub body: Body,
    /// What the core wrote down of the sound it answered, on the first item of an answer.
    pub heard: Option<String>,
    /// Items of the same answer share it; zero for everything that is no answer of ours.
    pub answer: u64,
}

/// How far an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Still growing.
    InProgress,
    /// Whole.
    Completed,
    /// Cut off.
    Incomplete,
}

/// Who said a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The application.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// What an item holds.
#[derive(Debug, Clone)]
pub enum Body {
    /// Something said.
    Message {
        /// By whom.
        speaker: Speaker,
        /// What, in order.
        content: Vec<Content>,
    },
    /// The model wants a function called.
    Call(ToolCall),
    /// What a function gave back.
    CallOutput {
        /// Of which call.
        call_id: String,
        /// Mostly JSON.
        output: String,
    },
}

/// One part of a message.
#[derive(Debug, Clone)]
pub enum Content {
    /// Written words.
    Text(String),
    /// The person's voice.
    UserSound(UserSound),
    /// What a camera or a person shows.
    Picture(Picture),
    /// The model's voice.
    Speech(Speech),
}

/// The person's voice.
#[derive(Debug, Clone, Default)]
pub struct UserSound {
    /// What was received, for playing it back; dropped first when memory is short.
    pub sound: Option<Sound>,
    /// As the core reads it, one part per utterance; empty while it is still being encoded.
    pub parts: Vec<AudioPart>,
    /// What the client was told was said; `None` when it did not want to know.
    pub transcript: Option<String>,
}

/// Mono sound that is kept.
#[derive(Debug, Clone)]
pub struct Sound {
    /// Of `samples`.
    pub rate: SampleRate,
    /// Full scale is 16 bits.
    pub samples: Arc<[i16]>,
}

/// A picture.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The `data:` address it came in.
    pub url: Arc<str>,
    /// How closely it is to be looked at, as the client said it.
    pub detail: Option<String>,
    /// Decoded; dropped when newer pictures came.
    pub frame: Option<Arc<VideoFrame>>,
    /// As the core reads it, when the models have eyes; dropped with the frame.
    pub seen: Option<ImagePart>,
}

/// The model's voice.
#[derive(Debug, Clone, Default)]
pub struct Speech {
    /// What was sent, 24 kHz; dropped first when memory is short.
    pub samples: Vec<i16>,
    /// How long that is, in samples at 24 kHz; stays when the sound is dropped.
    pub length: u64,
    /// Which words are heard where in it; joined they are the transcript.
    pub words: Vec<WordMark>,
    /// How much of it was heard, in samples at 24 kHz; `None` is all. An estimate of ours until the client truncates.
    pub heard: Option<u64>,
    /// Whether the client cut it: nothing is added any more.
    pub closed: bool,
}

impl Speech {
    /// How long it is.
    #[must_use]
    pub fn duration(&self) -> Duration {
        SampleRate::HZ_24000.duration_of(self.length)
    }

    /// Everything that was sent, in words.
    #[must_use]
    pub fn transcript(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect()
    }

    /// The words that were heard to their end.
    #[must_use]
    pub fn heard_transcript(&self) -> String {
        let heard = self.heard.unwrap_or(u64::MAX);
        let words = self.words.iter().take_while(|word| word.end <= heard).map(|word| word.text.as_str());
        words.collect::<String>().trim_end().to_owned()
    }

    /// Cuts sound and words at `heard`; what is already shorter stays as it is. Returns how long it is now.
    pub fn truncate(&mut self, heard: Duration) -> Duration {
        let kept = SampleRate::HZ_24000.samples_in(heard).min(self.length);
        self.words.retain(|word| word.end <= kept);
        self.samples.truncate(kept as usize);
        self.length = kept;
        self.heard = None;
        self.closed = true;
        self.duration()
    }
}

impl Item {
    /// An item that is whole from the beginning.
    #[must_use]
    pub fn whole(id: String, body: Body) -> Self {
        Self { id, status: Status::Completed, body, heard: None, answer: 0 }
    }

    /// The model's voice in it, if it is spoken.
    #[must_use]
    pub fn speech(&self) -> Option<&Speech> {
        let Body::Message { content, .. } = &self.body else { return None };
        content.iter().find_map(|part| if let Content::Speech(speech) = part { Some(speech) } else { None })
    }

    /// As [`Item::speech`], to change it.
    pub fn speech_mut(&mut self) -> Option<&mut Speech> {
        let Body::Message { content, .. } = &mut self.body else { return None };
        content.iter_mut().find_map(|part| if let Content::Speech(speech) = part { Some(speech) } else { None })
    }

    /// The person's voice in it, to change it.
    pub fn user_sound_mut(&mut self) -> Option<&mut UserSound> {
        let Body::Message { content, .. } = &mut self.body else { return None };
        content.iter_mut().find_map(|part| if let Content::UserSound(sound) = part { Some(sound) } else { None })
    }

    /// Whether a picture is in it.
    #[must_use]
    pub fn shows_pictures(&self) -> bool {
        let Body::Message { content, .. } = &self.body else { return false };
        content.iter().any(|part| matches!(part, Content::Picture(_)))
    }

    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let body = match &self.body {
            Body::Message { content, .. } => content.iter().map(Content::bytes).sum(),
            Body::Call(call) => call.name.len() + call.arguments.len(),
            Body::CallOutput { output, .. } => output.len(),
        };
        256 + self.id.len() + body
    }
}

impl Picture {
    /// Keeps the place of the picture and gives up what it shows; `false` when that was done before.
    pub(super) fn forget(&mut self) -> bool {
        self.url = "".into();
        self.seen = None;
        self.frame.take().is_some()
    }
}

impl Content {
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::UserSound(user) => {
                let step_bytes = |part: &AudioPart| part.steps.first().map_or(0, |step| step.len() * 4);
                let steps = user.parts.iter().map(|part| part.steps.len() * step_bytes(part)).sum::<usize>();
                steps + user.sound.as_ref().map_or(0, |sound| sound.samples.len() * 2)
            }
            Self::Picture(picture) => {
                let seen = picture.seen.iter().flat_map(|image| image.embeddings.iter()).map(|one| one.len() * 4);
                picture.url.len() + picture.frame.as_ref().map_or(0, |frame| frame.rgb.len()) + seen.sum::<usize>()
            }
            Self::Speech(speech) => speech.samples.len() * 2 + speech.words.len() * 48,
        }
    }

    /// Gives up what is only for playing or showing again; `false` when there was nothing to give.
    pub(super) fn lighten(&mut self) -> bool {
        match self {
            Self::Text(_) => false,
            Self::UserSound(user) => user.sound.take().is_some(),
            Self::Picture(picture) => picture.forget(),
            Self::Speech(speech) => !std::mem::take(&mut speech.samples).is_empty(),
        }
    }
}
