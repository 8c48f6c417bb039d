//! Keys and values of every slot, in pages that are allocated when they are first written.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Positions of one page.
pub(crate) const PAGE: usize = 64;

/// What one attention layer remembers per position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerShape {
    /// Heads of k and v.
    pub kv_heads: usize,
    /// Width of a k head.
    pub head_dim: usize,
    /// Width of a v head.
    pub v_head_dim: usize,
    /// Positions a token sees, itself included; 0 = all.
    pub window: usize,
}

/// The memory of the core: `slots` conversations of up to `tokens_max` positions. Cheap to clone, shared with the graph.
#[derive(Clone)]
pub struct KvCache {
    arena: Arc<Mutex<Arena>>,
}

pub(crate) struct Arena {
    slots: Vec<Vec<Rows>>,
    layers: Vec<Option<LayerShape>>,
    tokens_max: usize,
    rollback_tokens: usize,
    spare: Vec<(usize, Box<[f32]>)>,
}

/// What one layer remembers of one slot.
#[derive(Default)]
pub(crate) struct Rows {
    pages: Vec<Option<Box<[f32]>>>,
    /// Positions written so far.
    length: usize,
    /// The oldest position that is still held.
    oldest: usize,
}

impl LayerShape {
    /// Floats of one head in a page: k by dimension `[head_dim][PAGE]`, then v by position `[PAGE][v_head_dim]`.
    pub(crate) fn head_floats(&self) -> usize {
        PAGE * (self.head_dim + self.v_head_dim)
    }

    fn page_floats(&self) -> usize {
        self.kv_heads * self.head_floats()
    }

    /// First position that a token at `position` sees.
    pub(crate) fn first_seen(&self, position: usize) -> usize {
        if self.window == 0 { 0 } else { (position + 1).saturating_sub(self.window) }
    }
}

impl KvCache {
    /// A memory for `slots` conversations. Layers with a window keep `rollback_tokens` positions more than they see, so
    /// that at least so many tokens can be taken back without reading again.
    #[must_use]
    pub fn new(slots: usize, tokens_max: usize, rollback_tokens: usize) -> Self {
        let slots = (0..slots).map(|_| Vec::new()).collect();
        let arena = Arena { slots, layers: Vec::new(), tokens_max, rollback_tokens, spare: Vec::new() };
        Self { arena: Arc::new(Mutex::new(arena)) }
    }

    /// Conversations it can hold.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.lock().slots.len()
    }

    /// Most positions of a slot.
    #[must_use]
    pub fn tokens_max(&self) -> usize {
        self.lock().tokens_max
    }

    /// Positions that every layer of `slot` remembers; 0 for an unknown slot.
    #[must_use]
    pub fn length(&self, slot: usize) -> usize {
        let arena = self.lock();
        arena.slots.get(slot).and_then(|layers| layers.iter().map(|rows| rows.length).min()).unwrap_or(0)
    }

    /// Rolls `slot` back to its first `length` positions and returns how many it still knows: `length`, or fewer when
    /// it knew fewer, or 0 when a window has moved on too far; then everything has to be read again.
    pub fn truncate(&self, slot: usize, length: usize) -> usize {
        let known = self.length(slot);
        let length = length.min(known);
        let mut arena = self.lock();
        let arena = &mut *arena;
        let Some(layers) = arena.slots.get_mut(slot) else { return 0 };
        let shapes = arena.layers.iter().flatten();
        let holds = layers.iter().zip(shapes).all(|(rows, shape)| rows.oldest <= shape.first_seen(length));
        if !holds || length == 0 {
            arena.clear(slot);
            return 0;
        }
        for rows in layers {
            rows.length = length;
        }
        length
    }

    /// Forgets everything of `slot` and gives its memory back.
    pub fn clear(&self, slot: usize) {
        self.lock().clear(slot);
    }

    /// Bytes in use by all slots.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let arena = self.lock();
        let pages = arena.slots.iter().flatten().flat_map(|rows| rows.pages.iter().flatten());
        pages.map(|page| page.len() * size_of::<f32>()).sum()
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Arena> {
        self.arena.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn check_layers(&self) -> Result<(), String> {
        let arena = self.lock();
        if arena.layers.is_empty() || arena.layers.iter().any(Option::is_none) {
            return Err("its attention layers are not numbered 0, 1, 2 ...".into());
        }
        Ok(())
    }
}

impl Arena {
    /// Makes `layer` known. The same layer may come again with the same shape.
    pub(crate) fn register(&mut self, layer: usize, shape: LayerShape) -> Result<(), String> {
        if self.layers.len() <= layer {
            self.layers.resize(layer + 1, None);
        }
        match self.layers[layer] {
            Some(known) if known != shape => Err(format!("layer {layer} comes twice with different shapes")),
            _ => {
                self.layers[layer] = Some(shape);
                Ok(())
            }
        }
    }

    /// The memory of `layer` for the token at `position` of `slot`, with room for it.
    pub(crate) fn rows(&mut self, layer: usize, slot: i64, position: i64) -> Result<(&mut Rows, usize), String> {
        let layers = self.layers.len();
        let shape = self.layers.get(layer).copied().flatten().ok_or("an unknown layer")?;
        let (tokens_max, rollback) = (self.tokens_max, self.rollback_tokens);
        let rows = usize::try_from(slot).ok().and_then(|slot| self.slots.get_mut(slot));
        let rows = rows.ok_or_else(|| format!("there is no slot {slot}"))?;
        rows.resize_with(layers, Rows::default);
        let rows = &mut rows[layer];
        let position = usize::try_from(position).map_err(|_| format!("position {position}"))?;
        if position != rows.length || position >= tokens_max {
            return Err(format!("slot {slot} is at {} of {tokens_max}, not at {position}", rows.length));
        }
        let spare = &mut self.spare;
        rows.make_room(&shape, rollback, |floats| match spare.iter().position(|(size, _)| *size == floats) {
            Some(at) => spare.swap_remove(at).1,
            None => vec![0.0; floats].into_boxed_slice(),
        });
        Ok((rows, position))
    }

    fn clear(&mut self, slot: usize) {
        let Some(layers) = self.slots.get_mut(slot) else { return };
        for rows in layers.drain(..) {
            self.spare.extend(rows.pages.into_iter().flatten().map(|page| (page.len(), page)));
        }
        // Enough for the next conversation to start without asking the system, not a hoard.
        self.spare.truncate(8 * self.layers.len());
    }
}

impl Rows {
    fn make_room(&mut self, shape: &LayerShape, rollback: usize, page: impl FnOnce(usize) -> Box<[f32]>) {
        let position = self.length;
        if shape.window == 0 {
            if self.pages.len() <= position / PAGE {
                self.pages.resize_with(position / PAGE + 1, || None);
            }
        } else if self.pages.is_empty() {
            self.pages.resize_with((shape.window + rollback).div_ceil(PAGE).max(1), || None);
        }
        if shape.window != 0 {
            self.oldest = self.oldest.max((position + 1).saturating_sub(self.pages.len() * PAGE));
        }
        let at = self.page_at(position);
        self.pages[at].get_or_insert_with(|| page(shape.page_floats()));
    }

    fn page_at(&self, position: usize) -> usize {
        (position / PAGE) % self.pages.len()
    }

    /// The page that holds `position`, if it was ever written.
    pub(crate) fn page(&self, position: usize) -> Option<&[f32]> {
        self.pages.get(self.page_at(position))?.as_deref()
    }

    /// Writes the next position: `k` is `[kv_heads][head_dim]`, `v` is `[kv_heads][v_head_dim]`.
    pub(crate) fn append(&mut self, shape: &LayerShape, k: &[f32], v: &[f32]) {
        let (at, row) = (self.page_at(self.length), self.length % PAGE);
        let Some(page) = self.pages[at].as_deref_mut() else { return };
        let heads = k.chunks_exact(shape.head_dim).zip(v.chunks_exact(shape.v_head_dim));
        for ((k, v), head) in heads.zip(page.chunks_exact_mut(shape.head_floats())) {
            let (keys, values) = head.split_at_mut(shape.head_dim * PAGE);
            for (column, &k) in keys.chunks_exact_mut(PAGE).zip(k) {
                column[row] = k;
            }
            values[row * shape.v_head_dim..][..shape.v_head_dim].copy_from_slice(v);
        }
        self.length += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPES: [LayerShape; 2] = [
        LayerShape { kv_heads: 1, head_dim: 2, v_head_dim: 1, window: 0 },
        LayerShape { kv_heads: 2, head_dim: 2, v_head_dim: 1, window: 10 },
    ];

    fn write(cache: &KvCache, slot: usize, tokens: usize) {
        for _ in 0..tokens {
            let position = cache.length(slot) as i64;
            for (layer, shape) in SHAPES.iter().enumerate() {
                let mut arena = cache.lock();
                let (rows, _) = arena.rows(layer, slot as i64, position).unwrap();
                let heads = shape.kv_heads;
                rows.append(shape, &vec![position as f32; 2 * heads], &vec![0.0; heads]);
            }
        }
    }

    fn cache(rollback: usize) -> KvCache {
        let cache = KvCache::new(2, 1000, rollback);
        for (layer, shape) in SHAPES.iter().enumerate() {
            cache.lock().register(layer, *shape).unwrap();
        }
        cache
    }

    #[test]
    fn a_window_keeps_what_a_rollback_needs_and_no_more() {
        let cache = cache(54);
        write(&cache, 0, 300);
        let held = cache.bytes();
        // One page of two heads for the window, five of one head for the rest.
        assert_eq!(held, (64 * 3 * 2 + 5 * 64 * 3) * 4);
        assert_eq!(cache.truncate(0, 300 - 55), 245);
        write(&cache, 0, 55);
        assert_eq!(cache.truncate(0, 300 - 56), 0, "the window has moved on");
        assert_eq!(cache.bytes(), 0);
        assert_eq!(cache.length(0), 0);
    }

    #[test]
    fn short_conversations_roll_back_anywhere() {
        let cache = cache(54);
        write(&cache, 1, 64);
        for length in [50, 20, 3] {
            assert_eq!(cache.truncate(1, length), length);
        }
        assert_eq!(cache.truncate(1, 40), 3, "what was taken back is not known again");
        assert_eq!(cache.truncate(1, 0), 0);
    }

    #[test]
    fn refuses_what_is_out_of_order() {
        let cache = cache(10);
        let mut arena = cache.lock();
        assert!(arena.rows(0, 2, 0).is_err());
        assert!(arena.rows(0, -1, 0).is_err());
        assert!(arena.rows(0, 0, 1).is_err());
        assert!(arena.rows(2, 0, 0).is_err());
        assert!(arena.register(0, SHAPES[1]).is_err());
        assert!(arena.rows(0, 0, 0).is_ok());
    }
}
