//! A prompt as what the core reads: tokens and speech embeddings, cut to what fits.

use std::sync::Arc;

use serde::Deserialize;

use super::{
    known::Known,
    packed::Sense,
    template::{Rendered, Template, pictures, sounds},
    tokens::{Pieces, Tokens},
};
use crate::{AudioPart, Error, ImagePart, Message, Prompt, Role, SpeechEmbedding};

/// What one position of a conversation holds. Equal keys at equal positions after equal histories are equal memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// A token.
    Token(u32),
    /// The stack of steps of a piece of sound that begins with step `index`, `steps` of them.
    Sound { id: u64, index: u32, steps: u32 },
    /// One embedding of a picture.
    Picture { id: u64, index: u32 },
}

/// One position of a prompt.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) key: Key,
    /// The embedding of a [`Key::Sound`] or [`Key::Picture`].
    pub(crate) sense: Option<Sense>,
}

/// A prompt ready to be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    pub(crate) items: Vec<Item>,
    /// Audio positions among them.
    pub(crate) sounds: usize,
    /// Image positions among them.
    pub(crate) pictures: usize,
    /// The prompt ends with sound of the person, so the answer begins with what was heard.
    pub(crate) to_hear: bool,
    /// What the ears' reader made of that sound, in tokens; empty when it is not known.
    pub(crate) guide: Vec<u32>,
}

/// Which speech steps become audio positions: those with `weight . embedding + bias >= 0`. The others say nothing.
#[derive(Debug, Clone, Deserialize)]
pub struct AudioGate {
    /// One number per number of a step.
    pub weight: Vec<f32>,
    /// What is added.
    pub bias: f32,
}

/// How prompts become positions; shared by all conversations of a core.
pub(crate) struct Reader {
    pub(crate) tokens: Tokens,
    pub(crate) template: Template,
    /// Speech steps per audio position.
    pub(crate) stack: usize,
    /// Numbers of one speech step.
    pub(crate) width: usize,
    /// Which steps become positions; all of them without it.
    pub(crate) gate: Option<AudioGate>,
    /// Numbers of one image position; nothing is seen without it.
    pub(crate) picture_width: Option<usize>,
    /// Most positions of a prompt.
    pub(crate) prompt_tokens_max: usize,
}

/// Share of the room that is left filled when old messages have to go: so the next ones fit without another cut.
pub(crate) const KEEP_SHARE: f64 = 0.6;

/// Which message is the first to stay, for messages of `lengths` tokens after `prefix` tokens in `room` tokens.
///
/// The messages are taken in one by one; when the room overflows, the oldest go until at most `share` of what the
/// prefix leaves is filled. So the answer is the same for the same conversation, and stays the same for many turns.
/// The last message always stays. `None` when prefix and last message alone do not fit.
pub(crate) fn first_kept(prefix: usize, lengths: &[usize], room: usize, share: f64) -> Option<usize> {
    let space = room.checked_sub(prefix)?;
    let keep = (space as f64 * share) as usize;
    let (mut first, mut filled) = (0, 0);
    for (at, &length) in lengths.iter().enumerate() {
        filled += length;
        if filled > space {
            while first < at && filled > keep {
                filled -= lengths[first];
                first += 1;
            }
        }
    }
    (filled <= space).then_some(first)
}

/// How many of the oldest of `messages` are not even looked at: more than fit any prompt. In steps, so that it stays the
/// same for many turns.
fn long_gone(messages: usize) -> usize {
    const LOOKED_AT_MIN: usize = 1024;
    const STEP: usize = 512;
    messages.saturating_sub(LOOKED_AT_MIN) / STEP * STEP
}

impl Reader {
    /// Everything the core reads before it answers `prompt`.
    ///
    /// # Errors
    /// [`Error::LimitReached`] when instructions, tools and the last message alone do not fit, [`Error::Unsupported`] for
    /// pictures that this core cannot see, [`Error::Malformed`] for embeddings of a wrong width, [`Error::Broken`] when the template fails.
    pub(crate) fn question(&self, prompt: &Prompt, known: &mut Known) -> Result<Reading, Error> {
        let mut reading = self.read(prompt, known)?;
        for token in self.tokens.encode(&self.template.ask()?, &mut known.pieces)? {
            reading.items.push(Item { key: Key::Token(token), sense: None });
        }
        if reading.to_hear {
            let sounds = prompt.messages.last().into_iter().flat_map(sounds);
            let heard: Option<Vec<&str>> = sounds.map(|sound| sound.transcript.as_deref()).collect();
            let heard = self.tokens.defuse(&heard.unwrap_or_default().join(" "));
            reading.guide = self.tokens.encode(heard.trim(), &mut known.pieces)?;
        }
        Ok(reading)
    }

    /// What can be read of a `prompt` whose last message still grows: up to its last complete stack of sound, or all
    /// but the end of its text.
    ///
    /// # Errors
    /// As for [`Reader::question`].
    pub(crate) fn ahead(&self, prompt: &Prompt, known: &mut Known) -> Result<Reading, Error> {
        let mut reading = self.read(prompt, known)?;
        let complete = |item: &Item| match item.key {
            Key::Sound { steps, .. } => steps as usize == self.stack,
            Key::Picture { .. } => true,
            Key::Token(_) => false,
        };
        if reading.to_hear {
            let kept = reading.items.iter().rposition(complete).map_or(0, |last| last + 1);
            reading.items.truncate(kept);
        } else {
            reading.items.pop();
        }
        Ok(reading)
    }

    fn read(&self, prompt: &Prompt, known: &mut Known) -> Result<Reading, Error> {
        let prefix = known.prefix(prompt, |pieces| {
            let text = self.template.prefix(&self.tokens, &prompt.instructions, &prompt.tools)?;
            self.positions(&Rendered { text, sounds: Vec::new(), pictures: Vec::new() }, pieces)
        })?;
        let old = &prompt.messages[long_gone(prompt.messages.len())..];
        let mut messages = Vec::with_capacity(old.len());
        for (at, message) in old.iter().enumerate() {
            // The last message may still grow: it is not worth remembering.
            let reading = match at + 1 == old.len() {
                true => Arc::new(self.message(message, &mut known.pieces)?),
                false => known.message(message, |pieces| self.message(message, pieces))?,
            };
            messages.push((message.role, reading));
        }
        let lengths: Vec<usize> = messages.iter().map(|(_, one)| one.items.len()).collect();
        let first = first_kept(prefix.len(), &lengths, self.prompt_tokens_max, KEEP_SHARE).ok_or_else(|| {
            Error::LimitReached(format!("the prompt needs more than {} tokens", self.prompt_tokens_max))
        })?;
        // A conversation that was cut begins with the person, not in the middle of an answer.
        let opens = |at: &usize| *at == 0 || *at + 1 == messages.len() || messages[*at].0 == Role::User;
        let first = (first..messages.len()).find(opens).unwrap_or(first);
        let mut reading = Reading { items: prefix.to_vec(), ..Reading::default() };
        reading.to_hear = messages.last().is_some_and(|(_, one)| one.sounds > 0);
        for (_, one) in &messages[first..] {
            reading.sounds += one.sounds;
            reading.pictures += one.pictures;
            reading.items.extend_from_slice(&one.items);
        }
        Ok(reading)
    }

    fn message(&self, message: &Message, pieces: &mut Pieces) -> Result<Reading, Error> {
        for image in pictures(message) {
            self.check_picture(image)?;
        }
        let positions = |sound: &AudioPart| self.kept(sound).len().div_ceil(self.stack);
        self.positions(&self.template.message(&self.tokens, message, &positions)?, pieces)
    }

    fn positions(&self, rendered: &Rendered<'_>, pieces: &mut Pieces) -> Result<Reading, Error> {
        let mut reading = Reading::default();
        let mut sounds = rendered.sounds.iter().flat_map(|sound| self.stacks(sound));
        let mut seen = rendered.pictures.iter().flat_map(|image| seen(image));
        let invented = |what: &str| Error::Broken(format!("the template invents {what}"));
        for token in self.tokens.encode(&rendered.text, pieces)? {
            if token == self.tokens.markers.audio_pad {
                let (key, steps) = sounds.next().ok_or_else(|| invented("sound"))?;
                reading.items.push(Item { key, sense: Some(Sense::Sound(self.stacked(&steps)?)) });
                reading.sounds += 1;
            } else if Some(token) == self.tokens.markers.image_pad {
                reading.items.push(seen.next().ok_or_else(|| invented("pictures"))?);
                reading.pictures += 1;
            } else {
                reading.items.push(Item { key: Key::Token(token), sense: None });
            }
        }
        Ok(reading)
    }

    /// Whether this core can look at a picture.
    fn check_picture(&self, image: &ImagePart) -> Result<(), Error> {
        let Some(width) = self.picture_width else {
            return Err(Error::Unsupported("this model cannot see pictures".into()));
        };
        let wrong = image.embeddings.iter().find(|embedding| embedding.len() != width);
        wrong.map_or(Ok(()), |one| {
            Err(Error::Malformed(format!("an image position of {} numbers, not {width}", one.len())))
        })
    }

    /// The steps of a sound that become positions: those the gate lets through, or the last one when it is none.
    fn kept(&self, sound: &AudioPart) -> Vec<usize> {
        let Some(gate) = &self.gate else { return (0..sound.steps.len()).collect() };
        let score = |step: &SpeechEmbedding| gate.weight.iter().zip(step.iter()).map(|(w, x)| w * x).sum::<f32>();
        let mut kept: Vec<usize> =
            (0..sound.steps.len()).filter(|&at| score(&sound.steps[at]) + gate.bias >= 0.0).collect();
        if kept.is_empty() {
            kept.extend(sound.steps.len().checked_sub(1));
        }
        kept
    }

    fn stacks<'a>(&self, sound: &'a AudioPart) -> Vec<(Key, Vec<&'a SpeechEmbedding>)> {
        let key = |steps: &[usize]| Key::Sound { id: sound.id, index: steps[0] as u32, steps: steps.len() as u32 };
        let stack = |steps: &[usize]| (key(steps), steps.iter().map(|&at| &sound.steps[at]).collect());
        self.kept(sound).chunks(self.stack).map(stack).collect()
    }

    /// The embeddings of one position, one after the other, zeros where the sound has ended.
    fn stacked(&self, steps: &[&SpeechEmbedding]) -> Result<Arc<[f32]>, Error> {
        if let Some(step) = steps.iter().find(|step| step.len() != self.width) {
            return Err(Error::Malformed(format!("a speech step of {} numbers, not {}", step.len(), self.width)));
        }
        if let ([step], 1) = (steps, self.stack) {
            return Ok(Arc::clone(step));
        }
        let mut stacked: Vec<f32> = steps.iter().flat_map(|step| step.iter().copied()).collect();
        stacked.resize(self.width * self.stack, 0.0);
        Ok(stacked.into())
    }
}

/// The positions of a picture.
fn seen(image: &ImagePart) -> impl Iterator<Item = Item> {
    let id = image.id;
    image.embeddings.iter().enumerate().map(move |(index, embedding)| Item {
        key: Key::Picture { id, index: index as u32 },
        sense: Some(Sense::Picture(Arc::clone(embedding))),
    })
}

/// How many positions `wanted` and `held` begin alike.
pub(crate) fn common(wanted: &[Item], held: &[Key]) -> usize {
    wanted.iter().zip(held).take_while(|(item, key)| item.key == **key).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::tokens::tests::small;

    fn reader(gate: Option<AudioGate>, stack: usize) -> Reader {
        let template = Template::new(
            "{% for m in messages %}{% for p in m.content %}{% for _ in range(p.positions) %}<|audio_pad|>{% endfor %}{% endfor %}{% endfor %}",
        );
        Reader {
            tokens: small(),
            template: template.unwrap(),
            stack,
            width: 2,
            gate,
            picture_width: None,
            prompt_tokens_max: 100,
        }
    }

    fn heard(reader: &Reader, steps: &[f32]) -> Vec<(Key, Vec<f32>)> {
        let steps = steps.iter().map(|&x| [x, 1.0].into()).collect();
        let parts = vec![crate::Part::Audio(AudioPart { id: 5, steps, transcript: None })];
        let prompt = Prompt { messages: vec![crate::Message { role: Role::User, parts }], ..Prompt::default() };
        let reading = reader.read(&prompt, &mut Known::default()).unwrap();
        let numbers = |item: Item| match item.sense.unwrap() {
            Sense::Sound(numbers) | Sense::Picture(numbers) => (item.key, numbers.to_vec()),
        };
        reading.items.into_iter().map(numbers).collect()
    }

    #[test]
    fn steps_that_say_nothing_take_no_position() {
        let gate = || Some(AudioGate { weight: vec![1.0, 0.5], bias: -1.0 });
        let key = |index, steps| Key::Sound { id: 5, index, steps };
        let gated = heard(&reader(gate(), 1), &[0.0, 0.5, 0.4, 2.0]);
        assert_eq!(gated, [(key(1, 1), vec![0.5, 1.0]), (key(3, 1), vec![2.0, 1.0])]);
        assert_eq!(heard(&reader(gate(), 1), &[0.0, 0.1]), [(key(1, 1), vec![0.1, 1.0])], "the last one at least");
        let stacked = heard(&reader(gate(), 2), &[0.5, 0.0, 0.6, 0.7]);
        assert_eq!(stacked[0], (key(0, 2), vec![0.5, 1.0, 0.6, 1.0]));
        assert_eq!(stacked[1], (key(3, 1), vec![0.7, 1.0, 0.0, 0.0]));
        assert_eq!(heard(&reader(None, 1), &[0.0, 0.5]).len(), 2);
    }

    #[test]
    fn pictures_take_their_places_in_order() {
        let source = "{% for m in messages %}{% for p in m.content %}{{ p.text }}\
            {% for _ in range(p.image_positions or 0) %}<|image_pad|>{% endfor %}{% endfor %}{% endfor %}";
        let blind = Reader { template: Template::new(source).unwrap(), ..reader(None, 1) };
        let picture = |id: u64, first: f32| {
            let embeddings: [crate::ImageEmbedding; 2] = [[first, 0.0].into(), [first, 1.0].into()];
            ImagePart { id, embeddings: embeddings.into() }
        };
        let parts = vec![
            crate::Part::Text("a".into()),
            crate::Part::Image(picture(3, 0.5)),
            crate::Part::Image(picture(4, 0.25)),
            crate::Part::Text("b".into()),
        ];
        let prompt = Prompt { messages: vec![Message { role: Role::User, parts }], ..Prompt::default() };
        assert!(matches!(blind.question(&prompt, &mut Known::default()), Err(Error::Unsupported(_))));
        let other = Reader { picture_width: Some(3), ..blind };
        assert!(matches!(other.question(&prompt, &mut Known::default()), Err(Error::Malformed(_))));
        let seeing = Reader { picture_width: Some(2), ..other };
        let reading = seeing.question(&prompt, &mut Known::default()).unwrap();
        assert_eq!((reading.items.len(), reading.pictures, reading.sounds), (6, 4, 0));
        let found: Vec<_> = reading.items[1..5].iter().map(|item| (item.key, item.sense.clone())).collect();
        for (at, (key, sense)) in found.into_iter().enumerate() {
            let (id, index, first) = if at < 2 { (3, at, 0.5) } else { (4, at - 2, 0.25) };
            assert_eq!(key, Key::Picture { id, index: index as u32 });
            assert!(matches!(sense, Some(Sense::Picture(numbers)) if *numbers == [first, index as f32]));
        }
        assert!(matches!(reading.items[5], Item { key: Key::Token(_), sense: None }));
    }

    fn text_reader() -> Reader {
        let source = "{% for m in messages %}{{ m.role }}:\
            {{ m.content if m.content is string else m.content[0].text }}{% endfor %}";
        Reader { template: Template::new(source).unwrap(), ..reader(None, 1) }
    }

    fn keys(reader: &Reader, prompt: &Prompt, known: &mut Known) -> Vec<Key> {
        reader.question(prompt, known).unwrap().items.iter().map(|item| item.key).collect()
    }

    #[test]
    fn what_is_remembered_is_read_as_if_for_the_first_time() {
        let reader = Reader { prompt_tokens_max: 60, ..text_reader() };
        let mut random = fastrand::Rng::with_seed(4);
        let (mut prompt, mut known) = (Prompt::default(), Known::default());
        for turn in 0..60 {
            match random.u8(0..8) {
                0 => prompt.instructions = format!("be {turn}"),
                1 => drop(prompt.messages.pop()),
                _ => {}
            }
            let role = if random.bool() { Role::User } else { Role::Assistant };
            let parts = vec![crate::Part::Text("ab".repeat(random.usize(0..4)))];
            prompt.messages.push(Message { role, parts });
            assert_eq!(
                keys(&reader, &prompt, &mut known),
                keys(&reader, &prompt, &mut Known::default()),
                "turn {turn}"
            );
        }
    }

    #[test]
    fn ten_thousand_messages_are_no_burden() {
        let reader = text_reader();
        let message = |n: usize| Message { role: Role::User, parts: vec![crate::Part::Text(format!("{n}"))] };
        let prompt = Prompt { messages: (0..10_000).map(message).collect(), ..Prompt::default() };
        let mut known = Known::default();
        let first = keys(&reader, &prompt, &mut known);
        let began = std::time::Instant::now();
        assert_eq!(keys(&reader, &prompt, &mut known), first);
        assert!(began.elapsed() < std::time::Duration::from_millis(250), "{:?}", began.elapsed());
        assert_eq!([long_gone(1500), long_gone(1536), long_gone(2047), long_gone(2048)], [0, 512, 512, 1024]);
    }

    #[test]
    fn nothing_is_cut_while_everything_fits() {
        assert_eq!(first_kept(10, &[20, 30, 40], 100, 0.5), Some(0));
        assert_eq!(first_kept(10, &[], 10, 0.5), Some(0));
    }

    #[test]
    fn the_oldest_go_first_down_to_the_share() {
        // 90 left for messages: the fourth overflows (20+30+30+20 = 100), then at most 45 stay.
        assert_eq!(first_kept(10, &[20, 30, 30, 20], 100, 0.5), Some(3));
        assert_eq!(first_kept(10, &[20, 30, 30, 20], 100, 0.6), Some(2));
    }

    #[test]
    fn a_cut_stays_for_the_turns_that_follow() {
        let cut = first_kept(0, &[30, 30, 30, 30], 100, 0.6);
        assert_eq!(cut, Some(2));
        assert_eq!(first_kept(0, &[30, 30, 30, 30, 20], 100, 0.6), cut);
        assert_eq!(first_kept(0, &[30, 30, 30, 30, 20, 20], 100, 0.6), cut);
        assert_eq!(first_kept(0, &[30, 30, 30, 30, 20, 20, 5], 100, 0.6), Some(4));
    }

    #[test]
    fn the_last_message_stays_or_nothing_fits() {
        assert_eq!(first_kept(10, &[50, 85], 100, 0.5), Some(1));
        assert_eq!(first_kept(10, &[50, 91], 100, 0.5), None);
        assert_eq!(first_kept(101, &[], 100, 0.5), None);
    }
}
