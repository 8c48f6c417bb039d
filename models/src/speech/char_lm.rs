//! A character n-gram as an automaton of contexts, read from `lm.bin`.
//!
//! File, little endian: `HCLM`, u32 version (1, or 2 for the compact form below), order, symbols, nodes, edges, start node, f32 step; then u32 first edge
//! `[nodes + 1]`, u32 back-off node `[nodes]`, i8 back-off weight `[nodes]`, u8 symbol `[edges]`, u8 cost `[edges]`, u32
//! target `[edges]`. Symbols are those of the encoder's vocabulary, with 0 (the blank there) as the boundary of a
//! sentence. Node 0 is the empty context and has all symbols; shorter contexts come before longer ones; the edges of a
//! node are sorted by symbol. The target of an edge is the longest known context after it.
//!
//! Compact form: after the same head u8 edges of the node `[nodes]`, i8 back-off weight `[nodes]`, u8 symbol `[edges]`, with
//! the highest bit set where the edge leads to a context that is one longer, u8 cost `[edges]`. Contexts are numbered in the
//! order of those edges. Everything else follows.

use crate::Error;

const MAGIC: &[u8; 4] = b"HCLM";
const VERSION: u32 = 1;
/// The same model in a third of the bytes: what follows from the tree of contexts is left out.
const COMPACT: u32 = 2;
/// Set in the symbol of an edge that leads to a longer context.
const LEADS_ON: u8 = 0x80;

/// The symbol that begins and ends a sentence.
pub(crate) const BOUNDARY: u8 = 0;

/// Which characters follow which, by up to `order - 1` characters before.
#[derive(Debug, Default)]
pub(crate) struct CharLm {
    symbols: u32,
    start: u32,
    step: f32,
    first_edge: Vec<u32>,
    backoff: Vec<u32>,
    backoff_weight: Vec<i8>,
    symbol: Vec<u8>,
    cost: Vec<u8>,
    target: Vec<u32>,
}

impl CharLm {
    /// Reads and checks the content of `lm.bin`, so that no later look-up can leave its tables.
    ///
    /// # Errors
    /// [`Error::Broken`] with what is wrong with the file.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader { rest: bytes };
        if reader.take(4)? != MAGIC {
            return Err(broken("is not a character model"));
        }
        let version = reader.number()?;
        let _order = reader.number()?;
        let symbols = reader.number()?;
        let (nodes, edges) = (reader.number()? as usize, reader.number()? as usize);
        let start = reader.number()?;
        let step = f32::from_le_bytes(reader.number()?.to_le_bytes());
        let head = Self { symbols, start, step, ..Self::default() };
        let model = match version {
            VERSION => head.whole(&mut reader, nodes, edges)?,
            COMPACT => head.compact(&mut reader, nodes, edges)?,
            _ => return Err(broken("is not a character model of version 1 or 2")),
        };
        if !reader.rest.is_empty() {
            return Err(broken("is longer than its tables"));
        }
        model.check()?;
        Ok(model)
    }

    /// All tables as they are used.
    fn whole(self, reader: &mut Reader<'_>, nodes: usize, edges: usize) -> Result<Self, Error> {
        Ok(Self {
            first_edge: reader.numbers(nodes.saturating_add(1))?,
            backoff: reader.numbers(nodes)?,
            backoff_weight: reader.take(nodes)?.iter().map(|byte| byte.cast_signed()).collect(),
            symbol: reader.take(edges)?.to_vec(),
            cost: reader.take(edges)?.to_vec(),
            target: reader.numbers(edges)?,
            ..self
        })
    }

    /// Edges of each node, back-off weights, symbols and costs. The contexts are numbered in the order of the edges that lead
    /// to them, the shorter first; back-offs and targets follow from that.
    fn compact(mut self, reader: &mut Reader<'_>, nodes: usize, edges: usize) -> Result<Self, Error> {
        let counts = reader.take(nodes)?;
        self.backoff_weight = reader.take(nodes)?.iter().map(|byte| byte.cast_signed()).collect();
        let marked = reader.take(edges)?;
        self.symbol = marked.iter().map(|symbol| symbol & !LEADS_ON).collect();
        self.cost = reader.take(edges)?.to_vec();
        self.first_edge.push(0);
        let mut end = 0_u32;
        for &count in counts {
            end = end.saturating_add(u32::from(count));
            self.first_edge.push(end);
        }
        if end as usize != edges || marked.iter().filter(|&symbol| symbol & LEADS_ON != 0).count() + 1 != nodes {
            return Err(broken("has tables that contradict each other"));
        }
        let whole = self.first_edge.get(1) == Some(&self.symbols) && self.symbol.starts_with(&every(self.symbols));
        if whole && self.link(marked) { Ok(self) } else { Err(broken("has tables that contradict each other")) }
    }

    /// Where each edge and each back-off leads: to the longest known context. Needs those of all shorter contexts, so it goes
    /// from the shortest on. False when a context does not come after the one it is longer than.
    fn link(&mut self, marked: &[u8]) -> bool {
        let nodes = self.first_edge.len() - 1;
        (self.backoff, self.target) = (vec![0; nodes], vec![0; marked.len()]);
        let mut number = 0_u32;
        for node in 0..nodes {
            for edge in self.edges(node) {
                let symbol = self.symbol[edge];
                let shorter = if node == 0 || symbol == BOUNDARY { 0 } else { self.read(self.backoff[node], symbol).1 };
                self.target[edge] = shorter;
                if marked[edge] & LEADS_ON != 0 {
                    number += 1;
                    if number as usize <= node {
                        return false;
                    }
                    (self.target[edge], self.backoff[number as usize]) = (number, shorter);
                }
            }
        }
        true
    }

    /// All indices inside, every chain of back-offs ends at node 0, and node 0 knows all symbols.
    fn check(&self) -> Result<(), Error> {
        let (nodes, edges) = (self.backoff.len(), self.symbol.len());
        let ordered = self.first_edge.first() == Some(&0)
            && self.first_edge.last().copied() == u32::try_from(edges).ok()
            && self.first_edge.is_sorted();
        let shrinks = self.backoff.iter().enumerate().skip(1).all(|(node, &shorter)| (shorter as usize) < node);
        let inside = self.target.iter().chain([&self.start]).all(|&node| (node as usize) < nodes);
        let complete = self.first_edge.get(1) == Some(&self.symbols)
            && (0..self.symbols).zip(&self.symbol).all(|(wanted, &found)| u32::from(found) == wanted);
        let sorted = nodes > 0
            && ordered
            && (0..nodes).all(|node| self.symbol.get(self.edges(node)).is_some_and(|own| own.is_sorted()));
        if !(sorted && shrinks && inside && complete && self.step.is_finite() && self.step > 0.0) {
            return Err(broken("has tables that contradict each other"));
        }
        Ok(())
    }

    /// How many symbols the model knows, the boundary among them.
    pub(crate) fn symbols(&self) -> usize {
        self.symbols as usize
    }

    /// The node at the beginning of a sentence.
    pub(crate) fn start(&self) -> u32 {
        self.start
    }

    /// Natural logarithm of the likelihood that `symbol` follows in the context `node`, and the context after it.
    /// `node` comes from this model; symbols it does not know are as unlikely as can be and lead to the empty context.
    pub(crate) fn read(&self, mut node: u32, symbol: u8) -> (f32, u32) {
        if u32::from(symbol) >= self.symbols {
            return (-self.step * f32::from(u8::MAX), 0);
        }
        let mut score = 0.0;
        loop {
            let edges = self.edges(node as usize);
            if let Ok(edge) = self.symbol[edges.clone()].binary_search(&symbol) {
                let edge = edges.start + edge;
                return (score - self.step * f32::from(self.cost[edge]), self.target[edge]);
            }
            score += self.step * f32::from(self.backoff_weight[node as usize]);
            node = self.backoff[node as usize];
        }
    }

    fn edges(&self, node: usize) -> std::ops::Range<usize> {
        self.first_edge[node] as usize..self.first_edge[node + 1] as usize
    }
}

/// All symbols in order.
fn every(symbols: u32) -> Vec<u8> {
    (0..symbols).map(|symbol| u8::try_from(symbol).unwrap_or(u8::MAX)).collect()
}

/// Takes numbers from the front of bytes.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(|| broken("ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, Error> {
        Ok(self.numbers(1)?[0])
    }

    fn numbers(&mut self, count: usize) -> Result<Vec<u32>, Error> {
        let (words, _) = self.take(count.saturating_mul(4))?.as_chunks::<4>();
        Ok(words.iter().map(|word| u32::from_le_bytes(*word)).collect())
    }
}

fn broken(what: &str) -> Error {
    Error::Broken(format!("lm.bin {what}"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Three symbols besides the boundary; after a 1 usually comes a 2, a boundary never follows the start.
    pub(crate) fn toy() -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for number in [VERSION, 2, 4, 3, 6, 1] {
            bytes.extend(u32::to_le_bytes(number));
        }
        bytes.extend(0.1_f32.to_le_bytes());
        for number in [0_u32, 4, 5, 6, 0, 0, 0] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend([0_u8, 0, 256_u16.wrapping_sub(20) as u8]); // back-off weights 0, 0, -20
        bytes.extend([0_u8, 1, 2, 3, 0, 2]); // symbols
        bytes.extend([20_u8, 14, 14, 14, 200, 1]); // costs
        for target in [1_u32, 2, 0, 0, 0, 0] {
            bytes.extend(target.to_le_bytes());
        }
        bytes
    }

    /// The same model without what follows from it.
    fn compact_toy() -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for number in [COMPACT, 2, 4, 3, 6, 1] {
            bytes.extend(u32::to_le_bytes(number));
        }
        bytes.extend(0.1_f32.to_le_bytes());
        bytes.extend([4_u8, 1, 1]);
        bytes.extend([0_u8, 0, 256_u16.wrapping_sub(20) as u8]);
        bytes.extend([LEADS_ON, 1 | LEADS_ON, 2, 3, 0, 2]);
        bytes.extend([20_u8, 14, 14, 14, 200, 1]);
        bytes
    }

    #[test]
    fn the_compact_file_is_the_same_model() {
        let (whole, compact) = (CharLm::parse(&toy()).unwrap(), CharLm::parse(&compact_toy()).unwrap());
        assert_eq!((whole.start, &whole.backoff, &whole.target), (compact.start, &compact.backoff, &compact.target));
        for node in 0..3 {
            for symbol in 0..5 {
                assert_eq!(whole.read(node, symbol), compact.read(node, symbol));
            }
        }
    }

    #[test]
    fn a_known_context_is_used_and_others_back_off() {
        let model = CharLm::parse(&toy()).unwrap();
        let (score, node) = model.read(model.start(), 1);
        assert!((score + 1.4).abs() < 1e-6);
        assert_eq!(node, 2);
        assert!((model.read(node, 2).0 + 0.1).abs() < 1e-6);
        assert!((model.read(node, 3).0 + 3.4).abs() < 1e-6);
        assert!((model.read(model.start(), BOUNDARY).0 + 20.0).abs() < 1e-5);
    }

    #[test]
    fn an_unknown_symbol_is_unlikely_and_harmless() {
        let model = CharLm::parse(&toy()).unwrap();
        assert_eq!(model.read(2, 200), (-25.5, 0));
        assert_eq!(model.symbols(), 4);
    }

    #[test]
    fn every_truncation_and_every_changed_table_is_refused_or_harmless() {
        for bytes in [toy(), compact_toy()] {
            for length in 0..bytes.len() {
                assert!(CharLm::parse(&bytes[..length]).is_err(), "a file cut to {length} bytes");
            }
            for (at, flips) in (0..bytes.len()).flat_map(|at| [1, 2, 0x80, 0xff].map(|flips| (at, flips))) {
                let mut changed = bytes.clone();
                changed[at] ^= flips;
                if let Ok(model) = CharLm::parse(&changed) {
                    for node in 0..3 {
                        for symbol in 0..=255 {
                            assert!(model.read(node, symbol).1 < 3);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn contradictions_are_named() {
        let mut bytes = toy();
        bytes[24] = 9; // a start node that does not exist
        assert!(matches!(CharLm::parse(&bytes), Err(Error::Broken(why)) if why.contains("contradict")));
        assert!(matches!(CharLm::parse(b"RIFF1234"), Err(Error::Broken(why)) if why.contains("not a character model")));
    }
}
