//! Where in a grammar a text stands: a small stack that is copied freely and moved byte by byte.

use super::schema::{DEPTH_MAX, Grammar, Node, NodeId, STRING_BYTES_MAX};

/// Frames that can be open at once: every level may be a container with a value in it.
const FRAMES_MAX: usize = 2 * DEPTH_MAX + 6;
/// Digits of a number before and after the point.
const DIGITS_MAX: u32 = 15;
const FRACTION_MAX: u32 = 6;

/// A place in a grammar.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor {
    frames: [Frame; FRAMES_MAX],
    depth: usize,
}

/// What is being written at one level.
#[derive(Debug, Clone, Copy)]
enum Frame {
    /// Nothing of this node was written yet.
    Fresh(NodeId),
    /// The first `offset` bytes of one of the literals `low..high`.
    Literal { node: NodeId, low: u32, high: u32, offset: u32 },
    /// Within a string.
    Text { bytes: u32, inside: Inside },
    /// Within a number.
    Number { part: Digits, digits: u32, whole: bool },
    /// Within an object, before a key or the end.
    Object { node: NodeId, place: u32, first: bool },
    /// Within an object, in the key of one of `low..high` of the fields that may come at `place`.
    Key { node: NodeId, place: u32, low: u32, high: u32, offset: u32 },
    /// Within a list, before an item, a comma or the end.
    Array { node: NodeId, items: u32, comma: bool },
    /// The brace that ends the call.
    Close,
}

/// Where in a character of a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Between characters.
    Between,
    /// After a backslash.
    Escape,
    /// Within a character of several bytes: how many follow, and what the next one may be.
    Follow { left: u8, low: u8, high: u8 },
}

/// Where in a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Digits {
    Start,
    Minus,
    Zero,
    Whole,
    Point,
    Fraction,
}

/// What a byte did to a frame.
enum Step {
    /// It belongs to the frame, which is now this.
    Stay(Frame),
    /// It was the frame's last byte.
    Done,
    /// It was the frame's last byte, and this comes after it.
    Then(Frame),
    /// It opens something inside the frame, which is now the first; the second is the new one.
    Push(Frame, Frame),
    /// The frame was complete before it; the byte belongs to what comes next.
    Before,
    /// As `Before`, and this comes next.
    BeforeThen(Frame),
    /// It may not stand here.
    No,
}

impl Cursor {
    /// The start of a call.
    pub(crate) fn new(grammar: &Grammar) -> Self {
        let mut frames = [Frame::Close; FRAMES_MAX];
        frames[1] = Frame::Fresh(grammar.root);
        Self { frames, depth: 2 }
    }

    /// Nothing may follow.
    pub(crate) fn is_done(&self) -> bool {
        self.depth == 0
    }

    /// Moves over `byte`; false, and the cursor is of no more use, when it may not stand here.
    pub(crate) fn advance(&mut self, grammar: &Grammar, byte: u8) -> bool {
        loop {
            let Some(top) = self.depth.checked_sub(1) else { return false };
            match self.frames[top].step(grammar, byte) {
                Step::Stay(frame) => {
                    self.frames[top] = frame;
                    return true;
                }
                Step::Done => {
                    self.depth = top;
                    return true;
                }
                Step::Then(next) => {
                    self.frames[top] = next;
                    return true;
                }
                Step::Push(frame, inner) => {
                    if top + 1 == FRAMES_MAX {
                        return false;
                    }
                    self.frames[top] = frame;
                    self.frames[top + 1] = inner;
                    self.depth = top + 2;
                    return true;
                }
                Step::Before => self.depth = top,
                Step::BeforeThen(next) => self.frames[top] = next,
                Step::No => return false,
            }
        }
    }

    /// The text so far ends between two characters of a string, far from its limit: then any plain text may follow.
    pub(crate) fn is_in_plain_text(&self, longest: usize) -> bool {
        let top = self.depth.checked_sub(1).map(|top| self.frames[top]);
        matches!(top, Some(Frame::Text { bytes, inside: Inside::Between }) if bytes as usize + longest < STRING_BYTES_MAX as usize)
    }
}

impl Frame {
    fn step(self, grammar: &Grammar, byte: u8) -> Step {
        match self {
            Self::Fresh(node) => begin(grammar, node, byte),
            Self::Literal { node, low, high, offset } => literal(grammar, node, (low, high), offset, byte),
            Self::Text { bytes, inside } => text(bytes, inside, byte),
            Self::Number { part, digits, whole } => number(part, digits, whole, byte),
            Self::Object { node, place, first } => object(grammar, node, place, first, byte),
            Self::Key { node, place, low, high, offset } => key(grammar, node, place, (low, high), offset, byte),
            Self::Array { node, items, comma } => array(grammar, node, items, comma, byte),
            Self::Close if byte == b'}' => Step::Done,
            Self::Close => Step::No,
        }
    }
}

fn begin(grammar: &Grammar, id: NodeId, byte: u8) -> Step {
    match grammar.node(id) {
        Node::Literals(texts) => literal(grammar, id, (0, texts.len() as u32), 0, byte),
        Node::Text if byte == b'"' => Step::Stay(Frame::Text { bytes: 0, inside: Inside::Between }),
        Node::Integer => number(Digits::Start, 0, true, byte),
        Node::Number => number(Digits::Start, 0, false, byte),
        Node::Object(_) if byte == b'{' => Step::Stay(Frame::Object { node: id, place: 0, first: true }),
        Node::Array { .. } if byte == b'[' => Step::Stay(Frame::Array { node: id, items: 0, comma: false }),
        Node::Choice(options) => {
            let fits =
                options.iter().map(|&option| begin(grammar, option, byte)).find(|step| !matches!(step, Step::No));
            fits.unwrap_or(Step::No)
        }
        _ => Step::No,
    }
}

/// Narrows sorted texts that share `offset` bytes to those whose next byte is `byte`.
fn narrow(texts: impl Fn(u32) -> Option<u8>, (low, high): (u32, u32), byte: u8) -> (u32, u32) {
    let first = (low..high).find(|&at| texts(at) == Some(byte)).unwrap_or(high);
    let end = (first..high).find(|&at| texts(at) != Some(byte)).unwrap_or(high);
    (first, end)
}

fn literal(grammar: &Grammar, node: NodeId, range: (u32, u32), offset: u32, byte: u8) -> Step {
    let Node::Literals(texts) = grammar.node(node) else { return Step::No };
    let at = |index: u32| texts.get(index as usize).and_then(|(text, _)| text.get(offset as usize).copied());
    let (low, high) = narrow(at, range, byte);
    // The shortest of the texts that share a beginning comes first.
    let whole = |index: u32, length: u32| {
        texts.get(index as usize).filter(|(text, _)| text.len() == length as usize).map(|(_, next)| *next)
    };
    if low == high {
        return match whole(range.0, offset).filter(|_| offset > 0) {
            Some(None) => Step::Before,
            Some(Some(next)) => Step::BeforeThen(Frame::Fresh(next)),
            None => Step::No,
        };
    }
    match whole(low, offset + 1).filter(|_| low + 1 == high) {
        Some(None) => Step::Done,
        Some(Some(next)) => Step::Then(Frame::Fresh(next)),
        None => Step::Stay(Frame::Literal { node, low, high, offset: offset + 1 }),
    }
}

fn text(bytes: u32, inside: Inside, byte: u8) -> Step {
    let stay = |inside| Step::Stay(Frame::Text { bytes: bytes + 1, inside });
    match inside {
        Inside::Between if byte == b'"' => Step::Done,
        Inside::Between if bytes >= STRING_BYTES_MAX => Step::No,
        Inside::Between => match byte {
            b'\\' => stay(Inside::Escape),
            0x20..=0x7E => stay(Inside::Between),
            // The ranges of well-formed UTF-8: no overlong forms, no surrogates, nothing beyond U+10FFFF.
            0xC2..=0xDF => stay(Inside::Follow { left: 1, low: 0x80, high: 0xBF }),
            0xE0 => stay(Inside::Follow { left: 2, low: 0xA0, high: 0xBF }),
            0xED => stay(Inside::Follow { left: 2, low: 0x80, high: 0x9F }),
            0xE1..=0xEF => stay(Inside::Follow { left: 2, low: 0x80, high: 0xBF }),
            0xF0 => stay(Inside::Follow { left: 3, low: 0x90, high: 0xBF }),
            0xF1..=0xF3 => stay(Inside::Follow { left: 3, low: 0x80, high: 0xBF }),
            0xF4 => stay(Inside::Follow { left: 3, low: 0x80, high: 0x8F }),
            _ => Step::No,
        },
        Inside::Escape if br#""\/bfnrt"#.contains(&byte) => stay(Inside::Between),
        Inside::Follow { left: 1, low, high } if (low..=high).contains(&byte) => stay(Inside::Between),
        Inside::Follow { left, low, high } if (low..=high).contains(&byte) => {
            stay(Inside::Follow { left: left - 1, low: 0x80, high: 0xBF })
        }
        _ => Step::No,
    }
}

fn number(part: Digits, digits: u32, whole: bool, byte: u8) -> Step {
    let stay = |part, digits| Step::Stay(Frame::Number { part, digits, whole });
    match (part, byte) {
        (Digits::Start, b'-') => stay(Digits::Minus, 0),
        // "-0" is no way to write a number.
        (Digits::Start, b'0') => stay(Digits::Zero, 1),
        (Digits::Minus, b'0') if !whole => stay(Digits::Zero, 1),
        (Digits::Start | Digits::Minus, b'1'..=b'9') => stay(Digits::Whole, 1),
        (Digits::Whole, b'0'..=b'9') if digits < DIGITS_MAX => stay(Digits::Whole, digits + 1),
        (Digits::Zero | Digits::Whole, b'.') if !whole => stay(Digits::Point, 0),
        (Digits::Point, b'0'..=b'9') => stay(Digits::Fraction, 1),
        (Digits::Fraction, b'0'..=b'9') if digits < FRACTION_MAX => stay(Digits::Fraction, digits + 1),
        (Digits::Start | Digits::Minus | Digits::Point, _) => Step::No,
        (_, b'0'..=b'9' | b'.') => Step::No,
        _ => Step::Before,
    }
}

fn object(grammar: &Grammar, node: NodeId, place: u32, first: bool, byte: u8) -> Step {
    let Node::Object(fields) = grammar.node(node) else { return Step::No };
    let more = fields.next.get(place as usize).map_or(0, |keys| keys.len() as u32);
    match byte {
        b'}' => fields.complete.get(place as usize).filter(|complete| **complete).map_or(Step::No, |_| Step::Done),
        b',' if !first && more > 0 => Step::Stay(Frame::Key { node, place, low: 0, high: more, offset: 0 }),
        _ if first => key(grammar, node, place, (0, more), 0, byte),
        _ => Step::No,
    }
}

fn key(grammar: &Grammar, node: NodeId, place: u32, range: (u32, u32), offset: u32, byte: u8) -> Step {
    let Node::Object(fields) = grammar.node(node) else { return Step::No };
    let Some(keys) = fields.next.get(place as usize) else { return Step::No };
    let at = |index: u32| keys.get(index as usize).and_then(|(key, _)| key.get(offset as usize).copied());
    let (low, high) = narrow(at, range, byte);
    let Some((text, field)) = keys.get(low as usize).filter(|_| low < high) else { return Step::No };
    if text.len() != offset as usize + 1 {
        return Step::Stay(Frame::Key { node, place, low, high, offset: offset + 1 });
    }
    let after = Frame::Object { node, place: *field as u32 + 1, first: false };
    fields.values.get(*field).map_or(Step::No, |value| Step::Push(after, Frame::Fresh(*value)))
}

fn array(grammar: &Grammar, node: NodeId, items: u32, comma: bool, byte: u8) -> Step {
    let Node::Array { item, least, most } = *grammar.node(node) else { return Step::No };
    match byte {
        b']' if !comma && items >= least => Step::Done,
        b',' if !comma && items > 0 && items < most => Step::Stay(Frame::Array { node, items, comma: true }),
        _ if (comma || items == 0) && items < most => {
            let after = Frame::Array { node, items: items + 1, comma: false };
            match begin(grammar, item, byte) {
                Step::Stay(frame) => Step::Push(after, frame),
                Step::Done => Step::Stay(after),
                _ => Step::No,
            }
        }
        _ => Step::No,
    }
}
