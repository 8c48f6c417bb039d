//! How words are said: the dictionary, the plural rule, and letter-to-sound trees, all from `lexicon.bin`.
//!
//! The file's layout is told in `models/recipe/voice/dictionary.py`, which writes it. The dictionary holds only the words
//! that the rules below get wrong, so the order of look-up here and there must be the same.

use crate::Error;

/// One phone: its index in the phone set, and whether it is a stressed vowel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Phone {
    /// Index in the phone set of `config.json`; 0 is the pause.
    pub(crate) index: u8,
    /// A vowel that carries stress.
    pub(crate) stressed: bool,
}

const MAGIC: &[u8; 4] = b"HLX1";
const STRESSED: u8 = 64;
const LEAF: u8 = 255;
const LETTERS: u8 = 28;
const EDGE: u8 = 26;
const BEYOND: u8 = 27;
/// Words of the dictionary between two entries of the index.
const STRIDE: usize = 32;
/// Longer words are cut: nobody says them.
const WORD_LETTERS_MAX: usize = 40;

/// The dictionary and the trees, checked when they are read.
#[derive(Debug)]
pub(crate) struct Lexicon {
    symbols: Vec<Vec<u8>>,
    roots: [u16; 26],
    nodes: Vec<(u8, u16)>,
    entries: Vec<u8>,
    /// Every 32nd word with the place of its entry.
    index: Vec<(Box<[u8]>, usize)>,
    sounds: Sounds,
}

/// The phones that the plural rule needs by name.
#[derive(Debug, Clone, Default)]
struct Sounds {
    hissing: Vec<u8>,
    unvoiced: Vec<u8>,
    s: u8,
    z: u8,
    schwa: u8,
}

impl Sounds {
    fn new(phones: &[String]) -> Option<Self> {
        let find = |name: &str| phones.iter().position(|phone| phone == name).and_then(|at| u8::try_from(at).ok());
        let all = |names: &[&str]| names.iter().map(|name| find(name)).collect::<Option<Vec<u8>>>();
        Some(Self {
            hissing: all(&["s", "z", "sh", "zh", "ch", "jh"])?,
            unvoiced: all(&["p", "t", "k", "f", "th"])?,
            s: find("s")?,
            z: find("z")?,
            schwa: find("ax")?,
        })
    }
}

impl Lexicon {
    /// Reads and checks the content of `lexicon.bin`; `phones` is the phone set it is written in.
    ///
    /// # Errors
    /// [`Error::Broken`] with what is wrong with the file.
    pub(crate) fn parse(bytes: &[u8], phones: &[String]) -> Result<Self, Error> {
        let mut reader = Reader { rest: bytes };
        if reader.take(4)? != MAGIC {
            return Err(broken("is not a lexicon"));
        }
        let sounds = Sounds::new(phones).ok_or_else(|| broken("needs phones the voice lacks"))?;
        let count = reader.byte()?;
        let symbols = (0..count).map(|_| reader.counted().map(<[u8]>::to_vec)).collect::<Result<Vec<_>, _>>()?;
        let mut roots = [0; 26];
        for root in &mut roots {
            *root = reader.short()?;
        }
        let node_count = reader.long()?;
        let nodes = reader.take(node_count.saturating_mul(3))?;
        let nodes = nodes.chunks_exact(3).map(|n| (n[0], u16::from_le_bytes([n[1], n[2]]))).collect();
        let words = reader.long()?;
        let entries = reader.rest.to_vec();
        let mut lexicon = Self { symbols, roots, nodes, index: Vec::new(), entries, sounds };
        lexicon.check_trees()?;
        lexicon.index_words(words, phones.len())?;
        Ok(lexicon)
    }

    fn check_trees(&self) -> Result<(), Error> {
        let fits = |(at, &(question, value)): (usize, &(u8, u16))| match question {
            LEAF => usize::from(value) < self.symbols.len(),
            _ => value > 0 && at + usize::from(value) < self.nodes.len(),
        };
        let roots_fit = self.roots.iter().all(|&root| usize::from(root) < self.nodes.len());
        let last_is_leaf = self.nodes.last().is_some_and(|node| node.0 == LEAF);
        if self.nodes.iter().enumerate().all(fits) && roots_fit && last_is_leaf {
            Ok(())
        } else {
            Err(broken("has damaged trees"))
        }
    }

    fn index_words(&mut self, words: usize, phones: usize) -> Result<(), Error> {
        let mut reader = Reader { rest: &self.entries };
        let mut word = Vec::new();
        for number in 0..words {
            let at = self.entries.len() - reader.rest.len();
            let said = reader.entry(&mut word)?;
            if said.iter().any(|&phone| usize::from(phone & !STRESSED) >= phones) {
                return Err(broken("names phones the voice lacks"));
            }
            if number % STRIDE == 0 {
                self.index.push((word.clone().into(), at));
            }
        }
        if reader.rest.is_empty() { Ok(()) } else { Err(broken("is longer than its words")) }
    }

    /// Is `word` kept in the dictionary, as it stands?
    pub(crate) fn find(&self, word: &str) -> Option<Vec<Phone>> {
        let wanted = word.as_bytes();
        let block = self.index.partition_point(|(first, _)| **first <= *wanted).checked_sub(1)?;
        let (first, at) = &self.index[block];
        let mut reader = Reader { rest: self.entries.get(*at..)? };
        // The first entry shares letters with a word before the block.
        let mut known = first.to_vec();
        for _ in 0..STRIDE {
            let said = reader.entry(&mut known).ok()?;
            if known == wanted {
                return Some(decode(said));
            }
            if known.as_slice() > wanted || reader.rest.is_empty() {
                return None;
            }
        }
        None
    }

    /// Phones of a lower-case word of letters a-z and apostrophes; other characters are silent. A verb that is said in
    /// another way than its noun is found as the verb when `verb` is set.
    pub(crate) fn say(&self, word: &str, verb: bool) -> Vec<Phone> {
        let word: String =
            word.chars().filter(|c| c.is_ascii_lowercase() || *c == '\'').take(WORD_LETTERS_MAX).collect();
        if verb && let Some(phones) = self.find(&format!("{word}/v")) {
            return phones;
        }
        self.say_noun(&word)
    }

    fn say_noun(&self, word: &str) -> Vec<Phone> {
        if let Some(phones) = self.find(word) {
            return phones;
        }
        if let Some(stem) = word.strip_suffix("'s").or_else(|| word.strip_suffix("s'").filter(|stem| !stem.is_empty()))
        {
            return self.plural(self.say_noun(stem));
        }
        let bytes = word.as_bytes();
        if bytes.len() > 3 && bytes.ends_with(b"s") && !b"saiou'".contains(&bytes[bytes.len() - 2]) {
            return self.plural(self.say_noun(&word[..word.len() - 1]));
        }
        self.by_letters(word)
    }

    /// Adds the ending of a plural or a possessive.
    fn plural(&self, mut phones: Vec<Phone>) -> Vec<Phone> {
        let Some(last) = phones.last().map(|phone| phone.index) else { return phones };
        let weak = |index| Phone { index, stressed: false };
        if self.sounds.hissing.contains(&last) {
            phones.extend([weak(self.sounds.schwa), weak(self.sounds.z)]);
        } else {
            phones.push(weak(if self.sounds.unvoiced.contains(&last) { self.sounds.s } else { self.sounds.z }));
        }
        phones
    }

    /// The trees' guess, letter by letter.
    fn by_letters(&self, word: &str) -> Vec<Phone> {
        let letters: Vec<u8> = word.bytes().filter(u8::is_ascii_lowercase).map(|letter| letter - b'a').collect();
        (0..letters.len()).flat_map(|at| decode(self.letter(&letters, at))).collect()
    }

    fn letter(&self, letters: &[u8], at: usize) -> &[u8] {
        let mut node = usize::from(self.roots[usize::from(letters[at])]);
        // Nodes only point forward and the last one is a leaf (`check_trees`), so this ends.
        loop {
            let (question, value) = self.nodes[node];
            if question == LEAF {
                return &self.symbols[usize::from(value)];
            }
            let yes = neighbour(letters, at, question / LETTERS) == question % LETTERS;
            node += if yes { 1 } else { usize::from(value) };
        }
    }
}

/// The letter one to three before (places 0 to 2) or after (3 to 5) `at`.
fn neighbour(letters: &[u8], at: usize, place: u8) -> u8 {
    let distance = usize::from(place % 3) + 1;
    let (inside, edge) = if place < 3 {
        (at.checked_sub(distance), distance == at + 1)
    } else {
        (Some(at + distance).filter(|&there| there < letters.len()), at + distance == letters.len())
    };
    inside.map_or(if edge { EDGE } else { BEYOND }, |there| letters[there])
}

fn decode(bytes: &[u8]) -> Vec<Phone> {
    bytes.iter().map(|&byte| Phone { index: byte & !STRESSED, stressed: byte & STRESSED != 0 }).collect()
}

fn broken(what: &str) -> Error {
    Error::Broken(format!("lexicon.bin {what}"))
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(|| broken("ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Error> {
        Ok(self.take(1)?[0])
    }

    fn short(&mut self) -> Result<u16, Error> {
        let bytes = self.take(2)?;
        Ok(u16::from_le_bytes([bytes[0], bytes[1]]))
    }

    fn long(&mut self) -> Result<usize, Error> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize)
    }

    fn counted(&mut self) -> Result<&'a [u8], Error> {
        let count = self.byte()?;
        self.take(usize::from(count))
    }

    /// The next word, into `word` which holds the one before (or itself), and its phones.
    fn entry(&mut self, word: &mut Vec<u8>) -> Result<&'a [u8], Error> {
        let shared = usize::from(self.byte()?);
        if shared > word.len() {
            return Err(broken("has damaged words"));
        }
        word.truncate(shared);
        let rest = self.counted()?;
        word.extend_from_slice(rest);
        self.counted()
    }
}
