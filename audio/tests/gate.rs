//! When the gate opens and closes, and what it never does.

use std::time::Duration;

use hearth_audio::{GatePolicy, SpeechEdge, SpeechGate};
use proptest::prelude::*;

const WINDOW: Duration = Duration::from_millis(32);

fn run(gate: &mut SpeechGate, scores: &[f32]) -> Vec<SpeechEdge> {
    scores.iter().filter_map(|&score| gate.push(score)).collect()
}

fn gate() -> SpeechGate {
    SpeechGate::new(GatePolicy::default())
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[test]
fn speech_is_dated_back_to_its_first_window_and_a_pause_to_its_first_silent_one() {
    let scores = [0.1, 0.1, 0.9, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1];
    let edges = run(&mut gate(), &scores);
    assert_eq!(edges, [SpeechEdge::Started { at: ms(64) }, SpeechEdge::Paused { at: ms(192) }]);
}

#[test]
fn a_click_does_not_open_the_gate() {
    assert!(run(&mut gate(), &[0.9, 0.9, 0.1, 0.9, 0.9, 0.1, 0.9]).is_empty());
}

#[test]
fn the_gap_inside_a_word_does_not_close_it() {
    assert_eq!(run(&mut gate(), &[0.9, 0.9, 0.9, 0.0, 0.9, 0.0, 0.9]), [SpeechEdge::Started { at: ms(0) }]);
}

#[test]
fn a_trembling_voice_stays_in_one_piece() {
    let mut gate = gate();
    assert_eq!(run(&mut gate, &[0.6, 0.6, 0.6]).len(), 1);
    assert!(run(&mut gate, &[0.4; 20]).is_empty(), "0.4 is within the hysteresis of 0.5");
    assert_eq!(run(&mut gate, &[0.34; 2]), [SpeechEdge::Paused { at: WINDOW * 23 }]);
}

#[test]
fn closing_by_hand_reports_the_pause_once() {
    let mut gate = gate();
    run(&mut gate, &[0.9; 5]);
    assert_eq!(gate.close(), Some(SpeechEdge::Paused { at: WINDOW * 5 }));
    assert_eq!(gate.close(), None);
}

#[test]
fn closing_by_hand_within_a_pause_dates_it_to_where_it_began() {
    let mut gate = gate();
    run(&mut gate, &[0.9, 0.9, 0.9, 0.9, 0.0]);
    assert_eq!(gate.close(), Some(SpeechEdge::Paused { at: WINDOW * 4 }));
}

#[test]
fn a_score_that_is_no_number_is_silence() {
    assert!(run(&mut gate(), &[f32::NAN; 10]).is_empty());
}

#[test]
fn a_threshold_of_zero_still_hears_silence_end() {
    let mut gate = SpeechGate::new(GatePolicy { threshold: 0.0, ..GatePolicy::default() });
    assert_eq!(run(&mut gate, &[0.5; 3]).len(), 1);
    assert_eq!(run(&mut gate, &[0.0; 2]).len(), 1, "exact silence is never speech to an open gate");
}

#[test]
fn a_new_threshold_holds_from_the_next_window() {
    let mut gate = gate();
    assert!(run(&mut gate, &[0.4; 5]).is_empty());
    gate.set_policy(GatePolicy { threshold: 0.3, ..GatePolicy::default() });
    assert_eq!(run(&mut gate, &[0.4; 3]), [SpeechEdge::Started { at: WINDOW * 5 }]);
}

proptest! {
    #[test]
    fn edges_take_turns_and_time_goes_forward(
        scores in prop::collection::vec(0.0f32..1.0, 0..400),
        threshold in 0.0f32..1.0,
        hysteresis in 0.0f32..1.0,
        speech_min_ms in 0u64..400,
        pause_min_ms in 0u64..400,
    ) {
        let mut gate = SpeechGate::new(GatePolicy {
            threshold, hysteresis, speech_min: ms(speech_min_ms), pause_min: ms(pause_min_ms),
        });
        let (mut last, mut open) = (Duration::ZERO, false);
        for score in scores {
            let edge = gate.push(score);
            let (at, opened) = match edge {
                None => continue,
                Some(SpeechEdge::Started { at }) => (at, true),
                Some(SpeechEdge::Paused { at }) => (at, false),
            };
            prop_assert_ne!(opened, open, "two edges of a kind in a row");
            prop_assert!(at >= last && at < gate.heard());
            let late = gate.heard() - at;
            let least = ms(if opened { speech_min_ms } else { pause_min_ms });
            prop_assert!(late < least.max(WINDOW) + WINDOW, "known late");
            (last, open) = (at, opened);
        }
        prop_assert_eq!(gate.is_open(), open);
    }
}
