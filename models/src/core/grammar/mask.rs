//! Which tokens of the vocabulary may come next.

use super::{automaton::Cursor, schema::Grammar};
use crate::core::tokens::Tokens;

/// A set of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mask {
    words: Vec<u64>,
}

impl Mask {
    /// No token of a vocabulary of `size`.
    pub(crate) fn empty(size: usize) -> Self {
        Self { words: vec![0; size.div_ceil(64)] }
    }

    pub(crate) fn clear(&mut self) {
        self.words.fill(0);
    }

    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.words.clone_from(&other.words);
    }

    pub(crate) fn add(&mut self, token: u32) {
        if let Some(word) = self.words.get_mut(token as usize / 64) {
            *word |= 1 << (token % 64);
        }
    }

    #[cfg(test)]
    pub(crate) fn remove(&mut self, token: u32) {
        if let Some(word) = self.words.get_mut(token as usize / 64) {
            *word &= !(1 << (token % 64));
        }
    }

    pub(crate) fn has(&self, token: u32) -> bool {
        self.words.get(token as usize / 64).is_some_and(|word| word >> (token % 64) & 1 == 1)
    }
}

/// The vocabulary as a tree of bytes, so that tokens with a common beginning are looked at once.
pub(crate) struct Vocabulary {
    nodes: Vec<Branch>,
    /// Every token with bytes.
    texts: Mask,
    /// Tokens of plain text: whole characters, no quote, no backslash, nothing that JSON escapes.
    plain: Mask,
    /// The other tokens with bytes.
    rest: Vec<(u32, Box<[u8]>)>,
    longest: usize,
}

struct Branch {
    byte: u8,
    tokens: Vec<u32>,
    child: Option<u32>,
    sibling: Option<u32>,
}

impl Vocabulary {
    pub(crate) fn new(tokens: &Tokens) -> Self {
        let size = tokens.len();
        let mut vocabulary = Self {
            nodes: vec![Branch { byte: 0, tokens: Vec::new(), child: None, sibling: None }],
            texts: Mask::empty(size),
            plain: Mask::empty(size),
            rest: Vec::new(),
            longest: 0,
        };
        for token in 0..size as u32 {
            let bytes = tokens.bytes(token);
            if !bytes.is_empty() {
                vocabulary.insert(token, bytes);
            }
        }
        vocabulary
    }

    /// Tokens that are text of any kind.
    pub(crate) fn texts(&self) -> &Mask {
        &self.texts
    }

    /// Adds every token that may stand at `cursor`.
    pub(crate) fn allow(&self, grammar: &Grammar, cursor: &Cursor, mask: &mut Mask) {
        if cursor.is_in_plain_text(self.longest) {
            mask.copy_from(&self.plain);
            for (token, bytes) in &self.rest {
                let mut cursor = *cursor;
                if bytes.iter().all(|&byte| cursor.advance(grammar, byte)) {
                    mask.add(*token);
                }
            }
            return;
        }
        mask.clear();
        self.walk(self.nodes[0].child, grammar, cursor, mask);
    }

    /// Depth is bounded by the longest token.
    fn walk(&self, first: Option<u32>, grammar: &Grammar, cursor: &Cursor, mask: &mut Mask) {
        let mut next = first;
        while let Some(branch) = next.and_then(|at| self.nodes.get(at as usize)) {
            next = branch.sibling;
            let mut cursor = *cursor;
            if cursor.advance(grammar, branch.byte) {
                branch.tokens.iter().for_each(|&token| mask.add(token));
                self.walk(branch.child, grammar, &cursor, mask);
            }
        }
    }

    fn insert(&mut self, token: u32, bytes: &[u8]) {
        self.texts.add(token);
        self.longest = self.longest.max(bytes.len());
        let text = std::str::from_utf8(bytes);
        if text.is_ok_and(|text| text.chars().all(|c| c >= ' ' && c != '\u{7f}' && c != '"' && c != '\\')) {
            self.plain.add(token);
        } else {
            self.rest.push((token, bytes.into()));
        }
        let mut at = 0;
        for &byte in bytes {
            at = self.child(at, byte);
        }
        self.nodes[at].tokens.push(token);
    }

    fn child(&mut self, parent: usize, byte: u8) -> usize {
        let mut next = self.nodes[parent].child;
        while let Some(at) = next {
            if self.nodes[at as usize].byte == byte {
                return at as usize;
            }
            next = self.nodes[at as usize].sibling;
        }
        let sibling = self.nodes[parent].child;
        self.nodes.push(Branch { byte, tokens: Vec::new(), child: None, sibling });
        let at = self.nodes.len() - 1;
        self.nodes[parent].child = Some(at as u32);
        at
    }
}
