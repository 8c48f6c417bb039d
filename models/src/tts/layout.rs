//! Durations of phones to frames: which phone every frame belongs to, and where in it it stands.

use std::ops::Range;

/// No phone lasts longer, in frames of 10 ms.
const PHONE_FRAMES_MAX: f32 = 400.0;
/// Pauses inside a sentence that no punctuation asks for are cut to this, in frames.
const FLOW_PAUSE_FRAMES: f32 = 2.0;
/// Frames in the phone that the model tells apart.
const PLACE_FRAMES: f32 = 20.0;

/// The frames of one clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// First frame of every phone, and the number of all frames at the end.
    starts: Vec<usize>,
}

impl Layout {
    /// From `durations` in frames at normal speed. The first phone is the pause before the clause and lasts `lead`
    /// frames; the last is the pause after it, cut short when the speech flows on (`flow`). `speed` divides.
    pub(crate) fn new(durations: &[f32], speed: f32, lead: usize, flow: bool) -> Self {
        let last = durations.len().saturating_sub(1);
        let mut starts = vec![0];
        let (mut exact, mut frame) = (0.0_f32, 0_usize);
        for (at, &duration) in durations.iter().enumerate() {
            let duration = if duration.is_finite() { duration.clamp(1.0, PHONE_FRAMES_MAX) } else { 1.0 };
            let wanted = match at {
                0 => lead as f32,
                _ if at == last && flow => duration.min(FLOW_PAUSE_FRAMES),
                _ => duration / speed,
            };
            exact += wanted;
            // Rounding the ends keeps the whole in time; every phone is heard at least one frame.
            frame = (frame + 1).max(exact.round() as usize);
            exact = exact.max(frame as f32 - 0.5);
            starts.push(frame);
        }
        Self { starts }
    }

    /// All frames.
    pub(crate) fn frames(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The frames of the phones `span`; an empty span is an empty place before its phone.
    pub(crate) fn frames_of(&self, span: &Range<usize>) -> Range<usize> {
        let at = |index: usize| self.starts.get(index).copied().unwrap_or_else(|| self.frames());
        at(span.start)..at(span.end)
    }

    /// The phone of frame `frame`, and its place there as the model reads it. Frames after the end repeat the last one.
    pub(crate) fn place(&self, frame: usize) -> (usize, [f32; 3]) {
        let frame = frame.min(self.frames().saturating_sub(1));
        let phone = self.starts.partition_point(|&start| start <= frame).saturating_sub(1);
        let span = self.frames_of(&(phone..phone + 1));
        let (inside, left) = ((frame - span.start) as f32 + 0.5, (span.end - frame) as f32 - 0.5);
        let place = [
            inside / span.len() as f32,
            inside.min(PLACE_FRAMES) / PLACE_FRAMES,
            left.min(PLACE_FRAMES) / PLACE_FRAMES,
        ];
        (phone, place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_time_while_it_rounds() {
        let layout = Layout::new(&[9.0, 2.4, 2.4, 2.4, 2.4, 2.4, 12.0], 1.0, 2, false);
        assert_eq!(layout.frames(), 26);
        assert_eq!(layout.frames_of(&(0..1)), 0..2);
        assert_eq!(layout.frames_of(&(1..6)), 2..14);
        assert_eq!(layout.frames_of(&(3..3)).len(), 0);
    }

    #[test]
    fn speed_divides_and_no_phone_is_lost() {
        let slow = Layout::new(&[9.0, 10.0, 10.0, 10.0], 0.25, 2, false);
        assert_eq!(slow.frames(), 2 + 120);
        let fast = Layout::new(&[9.0, 1.0, 1.0, 1.0, 1.0], 4.0, 2, true);
        assert!((0..4).all(|phone| !fast.frames_of(&(phone..phone + 1)).is_empty()));
        let odd = Layout::new(&[f32::NAN, f32::INFINITY, -3.0], 1.0, 2, false);
        assert!(odd.frames() >= 3 && odd.frames() < 500);
    }

    #[test]
    fn flowing_speech_has_no_long_pause() {
        let pause = |flow| {
            let layout = Layout::new(&[9.0, 5.0, 30.0], 1.0, 2, flow);
            layout.frames_of(&(2..3)).len()
        };
        assert_eq!((pause(true), pause(false)), (2, 30));
    }

    #[test]
    fn places_match_the_phones() {
        let layout = Layout::new(&[9.0, 4.0, 30.0], 1.0, 2, false);
        assert_eq!(layout.place(0).0, 0);
        let (phone, place) = layout.place(3);
        assert_eq!(phone, 1);
        assert_eq!(place, [1.5 / 4.0, 1.5 / 20.0, 2.5 / 20.0]);
        assert_eq!(layout.place(35), layout.place(1000));
    }
}
