//! The user speaks over an answer.

use hearth_session::{
    Event, Policy,
    State::{Endpointing, Listening, Overlap, Speaking, Thinking, UserSpeaking},
};

use crate::words::*;

/// A call in which sound was received up to 5000 ms, and answer 1 is being spoken.
fn speaking_then(policy: Policy, rest: &[Row<'_>]) {
    let before: [Row<'_>; 3] = [
        (5000, reached(5000), &[], Listening),
        (5000, REQUESTED, &[start_requested(1)], Thinking),
        (5100, began(1), &[], Speaking),
    ];
    check(policy, &[&before, rest].concat());
}

#[test]
fn a_back_channel_pauses_and_resumes() {
    speaking_then(
        Policy::default(),
        &[
            (6100, started(6000), &[pause(1)], Overlap),
            (6190, reached(6190), &[], Overlap),
            (6195, paused(6180), &[resume(1)], Speaking),
            (7000, reached(7000), &[], Speaking),
            (8000, finished(1, 100), &[], Speaking),
        ],
    );
}

#[test]
fn speech_for_barge_in_min_takes_the_floor() {
    speaking_then(
        Policy::default(),
        &[
            (6100, started(6000), &[pause(1)], Overlap),
            (6199, reached(6199), &[], Overlap),
            (6200, reached(6200), &[begin(5700), interrupt(1)], UserSpeaking),
            (6300, finished(1, 3000), &[], UserSpeaking),
            (7000, paused(7000), &[], Endpointing),
            (7500, reached(7500), &[end(5700, 7500), start(2)], Thinking),
        ],
    );
}

#[test]
fn a_gate_that_is_slow_to_open_is_believed_at_once() {
    speaking_then(
        Policy::default(),
        &[
            (6300, reached(6300), &[], Speaking),
            (6300, started(6100), &[pause(1), begin(5800), interrupt(1)], UserSpeaking),
        ],
    );
}

#[test]
fn a_burst_that_holds_all_of_the_overlap_takes_the_floor() {
    speaking_then(
        Policy::default(),
        &[(6300, started(6000), &[pause(1)], Overlap), (6300, paused(6500), &[begin(5700), interrupt(1)], Endpointing)],
    );
}

#[test]
fn thinking_can_be_interrupted_too() {
    check(
        Policy::default(),
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (2000, paused(2000), &[], Endpointing),
            (2500, reached(2500), &[end(700, 2500), start(1)], Thinking),
            (2600, started(2550), &[pause(1)], Overlap),
            (2640, began(1), &[], Overlap),
            (2750, reached(2750), &[begin(2500), interrupt(1)], UserSpeaking),
        ],
    );
}

#[test]
fn one_answer_may_be_paused_again_and_again_and_then_cancelled() {
    speaking_then(
        Policy::default(),
        &[
            (6000, started(6000), &[pause(1)], Overlap),
            (6100, paused(6100), &[resume(1)], Speaking),
            (7000, started(7000), &[pause(1)], Overlap),
            (7100, paused(7100), &[resume(1)], Speaking),
            (8000, started(8000), &[pause(1)], Overlap),
            (8200, reached(8200), &[begin(7700), interrupt(1)], UserSpeaking),
        ],
    );
}

#[test]
fn what_was_sent_and_is_still_played_needs_no_orders() {
    speaking_then(
        Policy::default(),
        &[
            (5200, finished(1, 4000), &[], Speaking),
            (6000, started(6000), &[], Overlap),
            (6100, paused(6100), &[], Speaking),
            (7000, started(7000), &[], Overlap),
            (7200, reached(7200), &[begin(6700)], UserSpeaking),
            (7250, played(1), &[], UserSpeaking),
        ],
    );
}

#[test]
fn an_answer_that_ends_during_the_overlap_opposes_nobody() {
    speaking_then(
        Policy::default(),
        &[(6000, started(6000), &[pause(1)], Overlap), (6050, failed(1), &[begin(5700)], UserSpeaking)],
    );
    speaking_then(
        Policy::default(),
        &[
            (6000, started(6000), &[pause(1)], Overlap),
            (6050, cancel_requested(1), &[cancel_for_client(1), begin(5700)], UserSpeaking),
        ],
    );
    speaking_then(
        Policy::default(),
        &[
            (5200, finished(1, 850), &[], Speaking),
            (6000, started(6000), &[], Overlap),
            (6050, WOKE, &[begin(5700)], UserSpeaking),
        ],
    );
}

#[test]
fn an_answer_that_finishes_while_paused_is_not_resumed() {
    speaking_then(
        Policy::default(),
        &[
            (6000, started(6000), &[pause(1)], Overlap),
            (6050, finished(1, 1000), &[], Overlap),
            (6100, paused(6100), &[], Speaking),
        ],
    );
}

#[test]
fn without_interrupt_response_the_answer_goes_on_and_the_user_is_answered_after_it() {
    speaking_then(
        voice(|turns| turns.interrupt_response = false),
        &[
            (6000, started(6000), &[begin(5700)], Overlap),
            (6800, reached(6800), &[], Overlap),
            (7000, paused(7000), &[], Endpointing),
            (7500, reached(7500), &[end(5700, 7500)], Speaking),
            (9000, finished(1, 2000), &[start(2)], Thinking),
            (9100, played(1), &[], Thinking),
        ],
    );
}

#[test]
fn an_owed_answer_waits_until_the_user_is_quiet() {
    speaking_then(
        voice(|turns| turns.interrupt_response = false),
        &[
            (6000, started(6000), &[begin(5700)], Overlap),
            (7000, paused(7000), &[], Endpointing),
            (7500, reached(7500), &[end(5700, 7500)], Speaking),
            (8000, started(8000), &[begin(7700)], Overlap),
            (8100, finished(1, 0), &[], UserSpeaking),
            (8500, paused(8500), &[], Endpointing),
            (9000, reached(9000), &[end(7700, 9000), start(2)], Thinking),
            (9100, finished(2, 0), &[], Listening),
        ],
    );
}

#[test]
fn an_owed_answer_comes_after_a_cancelled_one() {
    speaking_then(
        voice(|turns| turns.interrupt_response = false),
        &[
            (6000, started(6000), &[begin(5700)], Overlap),
            (7000, paused(7000), &[], Endpointing),
            (7500, reached(7500), &[end(5700, 7500)], Speaking),
            (8000, cancel_requested(None), &[cancel_for_client(1), start(2)], Thinking),
        ],
    );
}

#[test]
fn while_an_answer_is_played_out_an_uninterrupting_user_is_answered_at_once() {
    speaking_then(
        voice(|turns| turns.interrupt_response = false),
        &[
            (5200, finished(1, 9000), &[], Speaking),
            (6000, started(6000), &[begin(5700)], Overlap),
            (7000, paused(7000), &[], Endpointing),
            (7500, reached(7500), &[end(5700, 7500), start(2)], Thinking),
        ],
    );
}

#[test]
fn losing_the_right_to_interrupt_resumes_and_collects() {
    let patient = voice(|turns| turns.interrupt_response = false);
    speaking_then(
        Policy::default(),
        &[
            (6000, started(6000), &[pause(1)], Overlap),
            (6050, Event::PolicyChanged(patient), &[begin(5700), resume(1)], Overlap),
        ],
    );
}

#[test]
fn a_commit_during_a_short_overlap_keeps_its_sound_and_resumes() {
    speaking_then(
        Policy::default(),
        &[
            (6000, started(6000), &[pause(1)], Overlap),
            (6150, committed(6150), &[end_by_client(5700, 6150), resume(1)], Speaking),
            (6182, reached(6182), &[pause(1)], Overlap),
            (6350, reached(6350), &[begin(6150), interrupt(1)], UserSpeaking),
        ],
    );
}

#[test]
fn clearing_during_a_short_overlap_resumes() {
    speaking_then(
        Policy::default(),
        &[(6000, started(6000), &[pause(1)], Overlap), (6150, cleared(6150), &[DISCARD, resume(1)], Speaking)],
    );
}

#[test]
fn a_requested_answer_is_not_cancelled_by_the_utterance_it_was_asked_in() {
    check(
        Policy::default(),
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (1500, REQUESTED, &[start_requested(1)], Overlap),
            (2000, paused(2000), &[], Endpointing),
            (2100, started(2100), &[], Overlap),
            (2200, paused(2200), &[], Endpointing),
            (2700, reached(2700), &[end(700, 2700)], Thinking),
            (3000, finished(1, 500), &[start(2)], Thinking),
        ],
    );
}
