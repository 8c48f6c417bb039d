//! One answer in the making: what may come next, and what the tokens that came mean.

use std::sync::Arc;

use super::{
    grammar::{Cursor, Grammar, Mask, Vocabulary},
    tokens::Tokens,
};
use crate::{Error, Generated, Tool, ToolCall, ToolChoice};

/// Which calls an answer may or must hold.
#[derive(Debug, Clone)]
pub(crate) struct Calls {
    /// `None` when no call is allowed.
    grammar: Option<Arc<Grammar>>,
    required: bool,
    /// One call of a given function, not more.
    single: bool,
}

impl Calls {
    /// Compiles what `choice` allows of `tools`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a schema that cannot be written, [`Error::Malformed`] when a call is wanted of a tool
    /// that is not there.
    pub(crate) fn new(tools: &[Tool], choice: &ToolChoice) -> Result<Self, Error> {
        let chosen: Vec<&Tool> = match choice {
            ToolChoice::None => Vec::new(),
            ToolChoice::Auto | ToolChoice::Required => tools.iter().collect(),
            ToolChoice::Function(name) => tools.iter().filter(|tool| tool.name == *name).collect(),
        };
        let single = matches!(choice, ToolChoice::Function(_));
        let required = single || *choice == ToolChoice::Required;
        if chosen.is_empty() {
            return match choice {
                ToolChoice::Function(name) => Err(Error::Malformed(format!("there is no tool `{name}` to call"))),
                ToolChoice::Required => Err(Error::Malformed("there is no tool to call".into())),
                _ => Ok(Self { grammar: None, required: false, single }),
            };
        }
        Ok(Self { grammar: Some(Arc::new(Grammar::new(&chosen)?)), required, single })
    }
}

/// Where the answer stands.
#[derive(Debug)]
enum Place {
    /// Before the first word; what was heard comes first when `to_hear`.
    Start { to_hear: bool },
    /// Writing down what was heard, `left` tokens at most.
    Heard { left: usize },
    /// Within the text.
    Text,
    /// Within a call.
    Call(Box<Cursor>),
    /// After a call.
    Called,
    /// Nothing follows.
    Ended,
}

/// An answer that grows token by token.
pub(crate) struct Answer {
    calls: Calls,
    /// What the ears' own reader made of the sound, in tokens; empty when it is not known.
    guide: Vec<u32>,
    /// How much of it was written down so far; `None` once something else was.
    followed: Option<usize>,
    place: Place,
    pending: Vec<u8>,
    text: TextTail,
}

/// What a token did.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Written {
    /// What can be told now.
    pub(crate) pieces: Vec<Generated>,
    /// The answer is complete.
    pub(crate) ended: bool,
}

impl Answer {
    /// `sounds` is how many audio positions the answer begins to write down, `None` when there is nothing to hear.
    /// `guide` is what the ears' reader heard.
    pub(crate) fn new(calls: Calls, stop: &[String], sounds: Option<usize>, guide: Vec<u32>) -> Self {
        let place = Place::Start { to_hear: sounds.is_some() };
        // A position holds no more than a word or a piece of one; a reader that loops must end.
        let heard_max = sounds.map_or(0, |sounds| 2 * sounds + 16);
        let stop = stop.iter().filter(|stop| !stop.is_empty()).cloned().collect();
        let text = TextTail { stop, heard_max, ..TextTail::default() };
        let followed = (!guide.is_empty()).then_some(0);
        Self { calls, guide, followed, place, pending: Vec::new(), text }
    }

    /// The tokens that may come next.
    pub(crate) fn allow(&self, tokens: &Tokens, vocabulary: &Vocabulary, mask: &mut Mask) {
        let markers = &tokens.markers;
        mask.clear();
        match &self.place {
            Place::Start { to_hear: true } => mask.add(markers.heard),
            Place::Heard { left: 0 } => mask.add(markers.heard_end),
            Place::Heard { .. } => {
                mask.copy_from(vocabulary.texts());
                mask.add(markers.heard_end);
            }
            Place::Start { to_hear: false } => {
                if !self.calls.required {
                    mask.copy_from(vocabulary.texts());
                }
                self.allow_call(markers.call, mask);
            }
            Place::Text => {
                mask.copy_from(vocabulary.texts());
                mask.add(markers.end);
                self.allow_call(markers.call, mask);
            }
            Place::Call(cursor) if cursor.is_done() => mask.add(markers.call_end),
            Place::Call(cursor) => {
                if let Some(grammar) = &self.calls.grammar {
                    vocabulary.allow(grammar, cursor, mask);
                }
            }
            Place::Called => {
                mask.add(markers.end);
                if !self.calls.single {
                    self.allow_call(markers.call, mask);
                }
            }
            Place::Ended => mask.add(markers.end),
        }
    }

    /// While it writes down what was heard: the token that the ears' reader would write, if it is still of one mind with
    /// the core.
    pub(crate) fn hearing(&self, tokens: &Tokens) -> Option<Option<u32>> {
        matches!(self.place, Place::Heard { .. })
            .then(|| self.followed.map(|at| self.guide.get(at).copied().unwrap_or(tokens.markers.heard_end)))
    }

    fn allow_call(&self, call: u32, mask: &mut Mask) {
        if self.calls.grammar.is_some() {
            mask.add(call);
        }
    }

    /// Takes the next token, one of those allowed.
    pub(crate) fn push(&mut self, tokens: &Tokens, token: u32) -> Written {
        let markers = &tokens.markers;
        let mut written = Written::default();
        match (&mut self.place, token) {
            (_, token) if token == markers.end => {
                self.text.flush(&mut written);
                self.place = Place::Ended;
                written.ended = true;
            }
            (Place::Start { .. }, token) if token == markers.heard => {
                self.place = Place::Heard { left: self.text.heard_max };
            }
            (Place::Heard { .. }, token) if token == markers.heard_end => {
                let heard = String::from_utf8_lossy(&std::mem::take(&mut self.pending)).into_owned();
                written.pieces.push(Generated::Heard(heard));
                self.place = Place::Start { to_hear: false };
            }
            (Place::Heard { left }, token) => {
                *left = left.saturating_sub(1);
                self.followed = self.followed.filter(|&at| self.guide.get(at) == Some(&token)).map(|at| at + 1);
                self.pending.extend_from_slice(tokens.bytes(token));
            }
            (Place::Start { .. } | Place::Text | Place::Called, token) if token == markers.call => {
                self.text.flush(&mut written);
                self.pending.clear();
                if let Some(grammar) = &self.calls.grammar {
                    self.place = Place::Call(Box::new(Cursor::new(grammar)));
                }
            }
            (Place::Call(_), token) if token == markers.call_end => self.end_call(&mut written),
            (Place::Call(cursor), token) => {
                for &byte in tokens.bytes(token) {
                    if let Some(grammar) = &self.calls.grammar {
                        cursor.advance(grammar, byte);
                    }
                }
                self.pending.extend_from_slice(tokens.bytes(token));
            }
            (_, token) => {
                self.place = Place::Text;
                written.ended = self.text.push(tokens.bytes(token), &mut written);
            }
        }
        written
    }

    /// What is held back, when the answer ends for want of room. A call that is not complete is not told.
    pub(crate) fn cut(&mut self) -> Vec<Generated> {
        let mut written = Written::default();
        self.text.flush(&mut written);
        self.place = Place::Ended;
        written.pieces
    }

    fn end_call(&mut self, written: &mut Written) {
        self.place = Place::Called;
        let parsed: Result<serde_json::Value, _> = serde_json::from_slice(&std::mem::take(&mut self.pending));
        // The grammar allows nothing that does not parse.
        if let Ok(call) = parsed {
            written.pieces.push(Generated::ToolCall(ToolCall {
                id: format!("call_{:016x}", fastrand::u64(..)),
                name: call["name"].as_str().unwrap_or_default().to_owned(),
                arguments: call["arguments"].to_string(),
            }));
        }
    }
}

/// The end of the text that cannot be told yet: half a character, or what may become a stop text.
#[derive(Default)]
struct TextTail {
    bytes: Vec<u8>,
    text: String,
    stop: Vec<String>,
    heard_max: usize,
}

impl TextTail {
    /// Adds bytes; true when a stop text came.
    fn push(&mut self, bytes: &[u8], written: &mut Written) -> bool {
        self.bytes.extend_from_slice(bytes);
        self.take_characters();
        if let Some(at) = self.stop.iter().filter_map(|stop| self.text.find(stop.as_str())).min() {
            self.text.truncate(at);
            self.bytes.clear();
            self.flush(written);
            return true;
        }
        let held = self.stop.iter().map(|stop| overlap(&self.text, stop)).max().unwrap_or(0);
        let rest = self.text.split_off(self.text.len() - held);
        let told = std::mem::replace(&mut self.text, rest);
        if !told.is_empty() {
            written.pieces.push(Generated::Text(told));
        }
        false
    }

    /// Moves whole characters from the bytes to the text; what can never become one is replaced.
    fn take_characters(&mut self) {
        let mut taken = 0;
        for chunk in self.bytes.utf8_chunks() {
            self.text.push_str(chunk.valid());
            taken += chunk.valid().len();
            let invalid = chunk.invalid();
            let unfinished = taken + invalid.len() == self.bytes.len() && may_continue(invalid);
            if !invalid.is_empty() && !unfinished {
                self.text.push(char::REPLACEMENT_CHARACTER);
                taken += invalid.len();
            }
        }
        self.bytes.drain(..taken);
    }

    fn flush(&mut self, written: &mut Written) {
        if !self.bytes.is_empty() {
            self.bytes.clear();
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
        if !self.text.is_empty() {
            written.pieces.push(Generated::Text(std::mem::take(&mut self.text)));
        }
    }
}

/// Could more bytes make a character of these?
fn may_continue(bytes: &[u8]) -> bool {
    let needed = match bytes.first() {
        Some(0xC2..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(0xF0..=0xF4) => 4,
        _ => 0,
    };
    bytes.len() < needed
}

/// Length of the longest end of `text` that `stop` begins with.
fn overlap(text: &str, stop: &str) -> usize {
    let starts = stop.char_indices().map(|(at, c)| at + c.len_utf8());
    starts.filter(|&end| end < stop.len() && text.ends_with(&stop[..end])).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::tokens::{Pieces, tests::small};

    fn tools() -> Vec<Tool> {
        let parameters = json!({"type": "object", "properties": {"on": {"type": "boolean"}}, "required": ["on"]});
        ["light", "lock"]
            .map(|name| Tool { name: name.into(), description: String::new(), parameters: parameters.clone() })
            .into()
    }

    /// Writes a text token by token, each of them allowed; gives all pieces and whether it ended.
    fn write(answer: &mut Answer, text: &str) -> (Vec<Generated>, bool) {
        let tokens = small();
        let vocabulary = Vocabulary::new(&tokens);
        let mut mask = Mask::empty(tokens.len());
        let (mut pieces, mut ended) = (Vec::new(), false);
        for token in tokens.encode(text, &mut Pieces::default()).unwrap() {
            answer.allow(&tokens, &vocabulary, &mut mask);
            assert!(mask.has(token), "token {token} of {text}");
            assert!(!ended);
            let written = answer.push(&tokens, token);
            pieces.extend(written.pieces);
            ended = written.ended;
        }
        (pieces, ended)
    }

    fn allowed(answer: &Answer) -> Mask {
        let tokens = small();
        let mut mask = Mask::empty(tokens.len());
        answer.allow(&tokens, &Vocabulary::new(&tokens), &mut mask);
        mask
    }

    fn text_of(pieces: &[Generated]) -> String {
        let text = |piece: &Generated| match piece {
            Generated::Text(text) => text.clone(),
            other => panic!("{other:?}"),
        };
        pieces.iter().map(text).collect()
    }

    fn answer(choice: &ToolChoice, stop: &[&str], sounds: Option<usize>) -> Answer {
        let stop: Vec<String> = stop.iter().map(ToString::to_string).collect();
        Answer::new(Calls::new(&tools(), choice).unwrap(), &stop, sounds, Vec::new())
    }

    #[test]
    fn what_was_heard_comes_first_then_a_call() {
        let mut answer = answer(&ToolChoice::Auto, &[], Some(10));
        let text = r#"<|heard|>light on<|/heard|><|tool_call|>{"name":"light","arguments":{"on":true}}<|/tool_call|><|im_end|>"#;
        let (pieces, ended) = write(&mut answer, text);
        assert!(ended);
        assert_eq!(pieces[0], Generated::Heard("light on".into()));
        let Generated::ToolCall(call) = &pieces[1] else { panic!("{pieces:?}") };
        assert_eq!((call.name.as_str(), call.arguments.as_str()), ("light", r#"{"on":true}"#));
        assert_eq!(pieces.len(), 2);
    }

    #[test]
    fn the_ears_own_reader_is_followed_until_the_core_knows_better() {
        let tokens = small();
        let guide = tokens.encode("light", &mut Pieces::default()).unwrap();
        let calls = Calls::new(&[], &ToolChoice::Auto).unwrap();
        let mut answer = Answer::new(calls, &[], Some(9), guide.clone());
        assert_eq!(answer.hearing(&tokens), None);
        write(&mut answer, "<|heard|>");
        for &token in &guide {
            assert_eq!(answer.hearing(&tokens), Some(Some(token)));
            answer.push(&tokens, token);
        }
        assert_eq!(answer.hearing(&tokens), Some(Some(tokens.markers.heard_end)));
        write(&mut answer, "s");
        assert_eq!(answer.hearing(&tokens), Some(None));
        write(&mut answer, "<|/heard|>");
        assert_eq!(answer.hearing(&tokens), None);
    }

    #[test]
    fn a_reader_that_loops_is_ended() {
        let mut answer = answer(&ToolChoice::Auto, &[], Some(3));
        write(&mut answer, &format!("<|heard|>{}", "x".repeat(22)));
        let markers = small().markers;
        let mask = allowed(&answer);
        assert!(mask.has(markers.heard_end) && !mask.has(markers.end));
        assert_eq!((0..small().len() as u32).filter(|&token| mask.has(token)).count(), 1);
    }

    #[test]
    fn the_choice_of_tools_is_kept() {
        let markers = small().markers;
        assert!(!allowed(&answer(&ToolChoice::None, &[], None)).has(markers.call));
        let mask = allowed(&answer(&ToolChoice::Required, &[], None));
        assert_eq!((0..small().len() as u32).filter(|&token| mask.has(token)).collect::<Vec<_>>(), [markers.call]);
        let mut one = answer(&ToolChoice::Function("lock".into()), &[], None);
        write(&mut one, r#"<|tool_call|>{"name":"l"#);
        let mask = allowed(&one);
        let letter = small().encode("i", &mut Pieces::default()).unwrap()[0];
        assert!(!mask.has(letter), "light is not asked for");
        write(&mut one, r#"ock","arguments":{"on":false}}<|/tool_call|>"#);
        assert!(!allowed(&one).has(markers.call), "one call is enough");
        assert!(Calls::new(&tools(), &ToolChoice::Function("door".into())).is_err());
        assert!(Calls::new(&[], &ToolChoice::Required).is_err());
    }

    #[test]
    fn stop_texts_are_held_back_and_not_told() {
        let mut stopped = answer(&ToolChoice::None, &["END", "\n\n"], None);
        let (pieces, ended) = write(&mut stopped, "The EN is near.\n\n");
        assert_eq!((text_of(&pieces).as_str(), ended), ("The EN is near.", true));
        let mut cut = answer(&ToolChoice::None, &["END"], None);
        let (pieces, ended) = write(&mut cut, "no EN");
        assert_eq!((text_of(&pieces).as_str(), ended), ("no ", false));
        assert_eq!(text_of(&cut.cut()), "EN");
    }

    #[test]
    fn half_a_character_waits_for_its_end() {
        let tokens = small();
        let mut answer = answer(&ToolChoice::None, &[], None);
        let (pieces, _) = write(&mut answer, "ü💡");
        assert_eq!(pieces, [Generated::Text("ü".into()), Generated::Text("💡".into())]);
        let byte = |byte: u8| (0..tokens.len() as u32).find(|&token| tokens.bytes(token) == [byte]).unwrap();
        assert_eq!(answer.push(&tokens, byte(0xF0)).pieces, []);
        assert_eq!(text_of(&answer.push(&tokens, byte(b'a')).pieces), "\u{FFFD}a");
        assert_eq!(answer.push(&tokens, byte(0xE2)).pieces, []);
        let end = answer.push(&tokens, tokens.markers.end);
        assert_eq!((text_of(&end.pieces).as_str(), end.ended), ("\u{FFFD}", true));
    }
}
