//! The slots: which conversation holds which, what it holds, and what is to be read or written next.

use std::{collections::VecDeque, time::Instant};

use super::{
    answer::Answer,
    prompt::{Item, Key, common},
    sampling::Sampler,
};
use crate::{Error, Generated, Usage};

/// The way back to whoever asked.
pub(crate) type Reply = async_channel::Sender<Result<Generated, Error>>;

/// One slot.
#[derive(Default)]
pub(crate) struct Slot {
    /// The conversation it belongs to.
    pub(crate) owner: Option<u64>,
    /// What every position of its memory holds.
    pub(crate) held: Vec<Key>,
    /// What is to be read; `held` is a beginning of it while something is left.
    pub(crate) want: Vec<Item>,
    /// What to read when the answer in hand has ended.
    pub(crate) later: Option<Vec<Item>>,
    pub(crate) work: Work,
    /// When it was used last, in steps.
    pub(crate) used: u64,
}

/// What a slot is doing.
#[derive(Default)]
pub(crate) enum Work {
    #[default]
    Idle,
    /// Reading ahead.
    Ahead,
    /// Reading a prompt and writing the answer.
    Answering(Box<Writing>),
}

/// An answer under way.
pub(crate) struct Writing {
    pub(crate) answer: Answer,
    pub(crate) sampler: Sampler,
    pub(crate) tokens_max: u32,
    /// The token written last, which the graph has not seen yet.
    pub(crate) next: Option<u32>,
    pub(crate) outbox: Outbox,
    pub(crate) usage: Usage,
    pub(crate) asked: Instant,
}

/// Pieces on their way to whoever asked.
pub(crate) struct Outbox {
    pub(crate) pieces: VecDeque<Result<Generated, Error>>,
    pub(crate) reply: Reply,
}

impl Outbox {
    /// Sends what there is room for; true when all is sent.
    pub(crate) fn flush(&mut self) -> bool {
        while let Some(piece) = self.pieces.pop_front() {
            if let Err(async_channel::TrySendError::Full(piece)) = self.reply.try_send(piece) {
                self.pieces.push_front(piece);
                return false;
            }
        }
        true
    }
}

impl Slot {
    /// Positions that are still to be read.
    pub(crate) fn unread(&self) -> &[Item] {
        match self.work {
            Work::Idle => &[],
            _ => self.want.get(self.held.len()..).unwrap_or_default(),
        }
    }

    pub(crate) fn writing(&mut self) -> Option<&mut Writing> {
        match &mut self.work {
            Work::Answering(writing) => Some(writing),
            _ => None,
        }
    }

    pub(crate) fn is_answering(&self) -> bool {
        matches!(self.work, Work::Answering(_))
    }

    /// Does the next token wait to be read, with nothing that holds the answer back?
    pub(crate) fn next_token(&self) -> Option<u32> {
        match &self.work {
            Work::Answering(writing) if writing.outbox.pieces.is_empty() && self.unread().is_empty() => writing.next,
            _ => None,
        }
    }

    /// How many positions of `want` the memory already holds: all but the last one may be used when its logits are
    /// asked for.
    pub(crate) fn known(&self, want: &[Item], ask: bool) -> usize {
        let same = common(want, &self.held);
        if ask { same.min(want.len().saturating_sub(1)) } else { same }
    }
}

/// The slot for `context`: its own, a free one, or the one that was used longest ago by nobody who answers. `firm` may
/// take the slot of someone who reads ahead. With it, whether someone loses it.
pub(crate) fn place(slots: &[Slot], context: u64, firm: bool) -> Option<(usize, bool)> {
    if let Some(own) = slots.iter().position(|slot| slot.owner == Some(context)) {
        return Some((own, false));
    }
    if let Some(free) = slots.iter().position(|slot| slot.owner.is_none() && !slot.is_answering()) {
        return Some((free, false));
    }
    let free_to_go = |slot: &Slot| match slot.work {
        Work::Idle => true,
        Work::Ahead => firm,
        Work::Answering(_) => false,
    };
    let candidates = slots.iter().enumerate().filter(|(_, slot)| free_to_go(slot));
    let oldest = candidates.min_by_key(|(_, slot)| (matches!(slot.work, Work::Ahead), slot.used));
    oldest.map(|(at, _)| (at, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(owner: Option<u64>, used: u64, work: Work) -> Slot {
        Slot { owner, used, work, ..Slot::default() }
    }

    #[test]
    fn a_conversation_keeps_its_slot_and_the_longest_unused_goes_first() {
        let slots = vec![slot(Some(1), 9, Work::Idle), slot(Some(2), 3, Work::Ahead), slot(Some(3), 5, Work::Idle)];
        assert_eq!(place(&slots, 2, false), Some((1, false)));
        assert_eq!(place(&slots, 7, false), Some((2, true)), "idle goes before reading ahead");
        let busy = vec![slot(Some(1), 9, Work::Ahead), slot(Some(2), 3, Work::Ahead)];
        assert_eq!(place(&busy, 7, true), Some((1, true)));
        assert_eq!(place(&busy, 7, false), None);
        assert_eq!(place(&[slot(Some(1), 9, Work::Idle), slot(None, 0, Work::Idle)], 7, false), Some((1, false)));
    }

    #[test]
    fn the_last_position_is_read_again_when_its_logits_are_asked_for() {
        let item = |token| Item { key: Key::Token(token), sense: None };
        let slot = Slot { held: vec![Key::Token(1), Key::Token(2), Key::Token(9)], ..Slot::default() };
        assert_eq!(slot.known(&[item(1), item(2)], false), 2);
        assert_eq!(slot.known(&[item(1), item(2)], true), 1);
        assert_eq!(slot.known(&[item(1), item(2), item(3)], true), 2);
        assert_eq!(slot.known(&[item(5)], true), 0);
    }
}
