//! The client takes the turns.

use hearth_session::{
    Event, Policy,
    State::{Listening, Overlap, Speaking, Thinking, UserSpeaking},
};

use crate::words::*;

#[test]
fn a_turn_pushed_and_released() {
    check(
        push_to_talk(),
        &[
            (100, cleared(100), &[DISCARD], Listening),
            (2000, reached(2000), &[], Listening),
            (2100, committed(2100), &[end_by_client(100, 2100)], Listening),
            (2100, REQUESTED, &[start_requested(1)], Thinking),
            (2300, finished(1, 1000), &[], Speaking),
            (4000, committed(4000), &[end_by_client(2100, 4000)], Listening),
        ],
    );
}

#[test]
fn the_gate_is_not_listened_to() {
    check(
        push_to_talk(),
        &[
            (1000, started(1000), &[], Listening),
            (1000, REQUESTED, &[start_requested(1)], Thinking),
            (2000, reached(2000), &[], Thinking),
            (3000, paused(3000), &[], Thinking),
            (4000, reached(4000), &[], Thinking),
        ],
    );
}

#[test]
fn a_commit_needs_commit_min_of_sound() {
    check(
        push_to_talk(),
        &[
            (10, committed(0), &[NOTHING_TO_COMMIT], Listening),
            (99, committed(99), &[NOTHING_TO_COMMIT], Listening),
            (100, committed(100), &[end_by_client(0, 100)], Listening),
            (150, committed(150), &[NOTHING_TO_COMMIT], Listening),
            (250, committed(250), &[end_by_client(100, 250)], Listening),
        ],
    );
}

#[test]
fn a_commit_takes_the_last_of_too_much_sound() {
    let policy = Policy { utterance_max: ms(10_000), ..push_to_talk() };
    check(
        policy,
        &[
            (60_000, reached(60_000), &[], Listening),
            (60_500, committed(60_500), &[end_by_client(50_500, 60_500)], Listening),
        ],
    );
}

#[test]
fn a_commit_does_not_disturb_an_answer() {
    check(
        push_to_talk(),
        &[
            (1000, REQUESTED, &[start_requested(1)], Thinking),
            (2000, committed(2000), &[end_by_client(0, 2000)], Thinking),
            (3000, finished(1, 0), &[], Listening),
        ],
    );
}

#[test]
fn the_client_takes_over_in_the_middle_of_an_utterance() {
    check(
        Policy::default(),
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (2000, Event::PolicyChanged(push_to_talk()), &[], Listening),
            (2500, reached(2500), &[], Listening),
            (3000, committed(3000), &[end_by_client(700, 3000)], Listening),
        ],
    );
}

#[test]
fn the_client_takes_over_in_the_middle_of_an_overlap() {
    check(
        Policy::default(),
        &[
            (1000, REQUESTED, &[start_requested(1)], Thinking),
            (1500, started(1500), &[pause(1)], Overlap),
            (1600, Event::PolicyChanged(push_to_talk()), &[resume(1)], Thinking),
        ],
    );
}

#[test]
fn the_voice_takes_over_in_the_middle_of_a_word() {
    check(
        push_to_talk(),
        &[
            (1000, started(1000), &[], Listening),
            (2000, Event::PolicyChanged(Policy::default()), &[], Listening),
            (2032, reached(2032), &[begin(700)], UserSpeaking),
        ],
    );
}

#[test]
fn the_client_taking_over_has_no_idle_clock() {
    let idle = voice(|turns| turns.idle_max = Some(ms(1000)));
    let session = check(
        idle,
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (200, finished(1, 300), &[], Speaking),
            (500, WOKE, &[], Listening),
            (600, Event::PolicyChanged(push_to_talk()), &[], Listening),
        ],
    );
    assert_eq!(session.deadline(), Some(push_to_talk().session_max));
    assert_eq!(*session.policy(), push_to_talk());
}
