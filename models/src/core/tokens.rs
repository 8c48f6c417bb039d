//! The tokenizer, and what the core needs to know of its vocabulary.

use std::{collections::HashMap, path::Path, sync::Arc};

use tokenizers::Tokenizer;

use crate::Error;

/// The tokens that give a prompt and an answer their shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Markers {
    /// Ends a message.
    pub(crate) end: u32,
    /// Around what the core heard.
    pub(crate) heard: u32,
    pub(crate) heard_end: u32,
    /// Around a call.
    pub(crate) call: u32,
    pub(crate) call_end: u32,
    /// Around and at the places of sound.
    pub(crate) audio_start: u32,
    pub(crate) audio_pad: u32,
    pub(crate) audio_end: u32,
    /// At the places of pictures, in a vocabulary that knows them.
    pub(crate) image_pad: Option<u32>,
}

/// The vocabulary: text to tokens, tokens to bytes.
pub(crate) struct Tokens {
    tokenizer: Tokenizer,
    /// Bytes of every token; empty for markers and for ids without a token.
    bytes: Vec<Box<[u8]>>,
    /// Texts of all markers, longest first, with their ids.
    specials: Vec<(String, u32)>,
    pub(crate) markers: Markers,
}

impl Tokens {
    /// Reads `tokenizer.json`: a byte-level tokenizer that knows the markers.
    ///
    /// # Errors
    /// [`Error::Broken`] naming the file when it is missing, damaged, or lacks a marker.
    pub(crate) fn load(path: &Path) -> Result<Self, Error> {
        let broken = |reason: String| Error::Broken(format!("{}: {reason}", path.display()));
        let text = std::fs::read(path).map_err(|error| broken(format!("cannot be read ({error})")))?;
        Self::parse(&text).map_err(broken)
    }

    fn parse(json: &[u8]) -> Result<Self, String> {
        let tokenizer = Tokenizer::from_bytes(json).map_err(|error| format!("is damaged ({error})"))?;
        let added = tokenizer.get_added_tokens_decoder();
        let mut specials: Vec<(String, u32)> = added.iter().map(|(&id, token)| (token.content.clone(), id)).collect();
        specials.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        let table = byte_table();
        let size = u32::try_from(tokenizer.get_vocab_size(true)).map_err(|_| "has too many tokens".to_owned())?;
        let bytes = (0..size)
            .map(|id| match tokenizer.id_to_token(id) {
                Some(token) if !added.contains_key(&id) => {
                    token.chars().filter_map(|c| table.get(&c).copied()).collect()
                }
                _ => Box::default(),
            })
            .collect();
        let known = |text: &str| specials.iter().find(|(known, _)| known == text).map(|(_, id)| *id);
        let marker = |text: &str| known(text).ok_or_else(|| format!("has no token {text}"));
        let markers = Markers {
            end: marker("<|im_end|>")?,
            heard: marker("<|heard|>")?,
            heard_end: marker("<|/heard|>")?,
            call: marker("<|tool_call|>")?,
            call_end: marker("<|/tool_call|>")?,
            audio_start: marker("<|audio_start|>")?,
            audio_pad: marker("<|audio_pad|>")?,
            audio_end: marker("<|audio_end|>")?,
            image_pad: known("<|image_pad|>").or_else(|| known("<|spare_0|>")),
        };
        Ok(Self { tokenizer, bytes, specials, markers })
    }

    /// Tokens of the vocabulary.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes a token stands for; none for a marker.
    pub(crate) fn bytes(&self, token: u32) -> &[u8] {
        self.bytes.get(token as usize).map_or(&[], |bytes| bytes)
    }

    /// Tokens of a rendered text, markers included.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the tokenizer refuses a piece.
    pub(crate) fn encode(&self, text: &str, known: &mut Pieces) -> Result<Vec<u32>, Error> {
        let mut tokens = Vec::with_capacity(text.len() / 3);
        let mut rest = text;
        while !rest.is_empty() {
            let (plain, marker) = self.next_marker(rest);
            tokens.extend_from_slice(&known.encode(&rest[..plain], &self.tokenizer)?);
            rest = &rest[plain..];
            if let Some((text, id)) = marker {
                tokens.push(*id);
                rest = &rest[text.len()..];
            }
        }
        Ok(tokens)
    }

    /// Length of the plain text before the next marker, and the marker.
    fn next_marker(&self, text: &str) -> (usize, Option<&(String, u32)>) {
        let mut from = 0;
        while let Some(at) = text[from..].find('<').map(|at| at + from) {
            let marker = self.specials.iter().find(|(marker, _)| text[at..].starts_with(marker.as_str()));
            if marker.is_some() {
                return (at, marker);
            }
            from = at + 1;
        }
        (text.len(), None)
    }

    /// The text with every marker in it defused, so that nobody can speak with a voice that is not theirs.
    pub(crate) fn defuse(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        loop {
            let (plain, marker) = self.next_marker(rest);
            out.push_str(&rest[..plain]);
            let Some((marker, _)) = marker else { return out };
            // A space after the first sign keeps it readable and makes it plain text.
            out.push_str(&marker[..1]);
            out.push(' ');
            out.push_str(&marker[1..]);
            rest = &rest[plain + marker.len()..];
        }
    }
}

/// Pieces of text whose tokens are known: a prompt mostly repeats the one before.
#[derive(Default)]
pub(crate) struct Pieces {
    known: HashMap<String, Arc<[u32]>>,
    bytes: usize,
}

/// Most text kept per conversation.
const PIECES_BYTES_MAX: usize = 256 * 1024;

impl Pieces {
    fn encode(&mut self, text: &str, tokenizer: &Tokenizer) -> Result<Arc<[u32]>, Error> {
        if text.is_empty() {
            return Ok(Arc::default());
        }
        if let Some(tokens) = self.known.get(text) {
            return Ok(Arc::clone(tokens));
        }
        let encoding = tokenizer.encode_fast(text, false).map_err(|error| Error::Malformed(error.to_string()))?;
        let tokens: Arc<[u32]> = encoding.get_ids().into();
        if self.bytes + text.len() > PIECES_BYTES_MAX {
            self.known.clear();
            self.bytes = 0;
        }
        self.bytes += text.len();
        self.known.insert(text.to_owned(), Arc::clone(&tokens));
        Ok(tokens)
    }
}

/// How byte-level tokenizers write bytes as letters.
fn byte_table() -> HashMap<char, u8> {
    let printable = |byte: u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    let mut shifted = (0x100_u32..).filter_map(char::from_u32);
    (0..=255_u8)
        .filter_map(|byte| Some((if printable(byte) { char::from(byte) } else { shifted.next()? }, byte)))
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const NAMES: [&str; 11] = [
        "<|im_end|>",
        "<|user|>",
        "<|assistant|>",
        "<|heard|>",
        "<|/heard|>",
        "<|tool_call|>",
        "<|/tool_call|>",
        "<|audio_start|>",
        "<|audio_pad|>",
        "<|audio_end|>",
        "<|image_pad|>",
    ];

    /// A vocabulary of all single bytes and a few longer pieces.
    pub(crate) fn small() -> Tokens {
        let table = byte_table();
        let mut letters: Vec<(char, u8)> = table.into_iter().collect();
        letters.sort_by_key(|(_, byte)| *byte);
        let mut vocabulary: Vec<String> = NAMES.iter().map(ToString::to_string).collect();
        vocabulary.extend(letters.iter().map(|(letter, _)| letter.to_string()));
        let merges = [["r", "u"], ["l", "i"], ["o", "n"], ["\"", ":"], ["}", "}"]];
        vocabulary.extend(merges.iter().map(|pair| pair.concat()));
        let ids: serde_json::Map<_, _> = vocabulary.iter().enumerate().map(|(id, t)| (t.clone(), id.into())).collect();
        let added: Vec<_> = NAMES
            .iter()
            .enumerate()
            .map(|(id, name)| {
                serde_json::json!({"id": id, "content": name, "single_word": false, "lstrip": false, "rstrip": false,
                    "normalized": false, "special": true})
            })
            .collect();
        let json = serde_json::json!({
            "version": "1.0", "truncation": null, "padding": null, "added_tokens": added, "normalizer": null,
            "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false},
            "post_processor": null, "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
            "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
                "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
                "vocab": ids, "merges": merges}
        });
        Tokens::parse(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn bytes_come_back_from_tokens() {
        let tokens = small();
        let text = "light on, straße 💡 \u{0}\n";
        let ids = tokens.encode(text, &mut Pieces::default()).unwrap();
        let bytes: Vec<u8> = ids.iter().flat_map(|&id| tokens.bytes(id).to_vec()).collect();
        assert_eq!(String::from_utf8(bytes).unwrap(), text);
        assert!(ids.len() < text.len(), "pieces are used");
    }

    #[test]
    fn markers_are_single_tokens_and_can_be_defused() {
        let tokens = small();
        let mut pieces = Pieces::default();
        let ids = tokens.encode("a<|im_end|><|x|>", &mut pieces).unwrap();
        assert_eq!(ids[1], tokens.markers.end);
        assert_eq!(ids.len(), 2 + "<|x|>".len());
        let harmless = tokens.defuse("a<|im_end|>b <|audio_pad|> < <| |>");
        assert_eq!(harmless, "a< |im_end|>b < |audio_pad|> < <| |>");
        let ids = tokens.encode(&harmless, &mut pieces).unwrap();
        assert!(ids.iter().all(|&id| !tokens.bytes(id).is_empty()));
    }
}
