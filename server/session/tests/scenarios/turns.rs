//! The user's turn, taken by voice.

use hearth_session::{
    Event, Policy,
    State::{Endpointing, Listening, Speaking, Thinking, UserSpeaking},
};

use crate::words::*;

#[test]
fn a_turn_from_first_word_to_last_sound() {
    check(
        Policy::default(),
        &[
            (1000, reached(1000), &[], Listening),
            (1100, started(1050), &[begin(750)], UserSpeaking),
            (2000, reached(2000), &[], UserSpeaking),
            (2150, paused(2100), &[], Endpointing),
            (2599, reached(2599), &[], Endpointing),
            (2600, reached(2600), &[end(750, 2600), start(1)], Thinking),
            (2700, began(1), &[], Speaking),
            (2900, finished(1, 1500), &[], Speaking),
            (4399, WOKE, &[], Speaking),
            (4400, WOKE, &[], Listening),
        ],
    );
}

#[test]
fn speech_within_the_silence_goes_on_with_the_utterance() {
    check(
        Policy::default(),
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (2000, paused(2000), &[], Endpointing),
            (2300, started(2250), &[], UserSpeaking),
            (2600, reached(2600), &[], UserSpeaking),
            (3000, paused(3000), &[], Endpointing),
            (3500, reached(3500), &[end(700, 3500), start(1)], Thinking),
        ],
    );
}

#[test]
fn the_utterance_ends_before_speech_that_came_after_the_silence() {
    // One burst of sound: nothing was told of the silence itself. One answer is enough for both.
    check(
        Policy::default(),
        &[
            (10, started(1000), &[begin(700)], UserSpeaking),
            (11, paused(2000), &[], Endpointing),
            (12, started(3000), &[end(700, 2500), begin(2700)], UserSpeaking),
            (13, paused(3400), &[], Endpointing),
            (14, reached(4000), &[end(2700, 3900), start(1)], Thinking),
        ],
    );
}

#[test]
fn an_utterance_never_reaches_into_the_one_before() {
    check(
        voice(|turns| turns.create_response = false),
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (2000, paused(2000), &[], Endpointing),
            (2500, reached(2500), &[end(700, 2500)], Listening),
            (2700, started(2600), &[begin(2500)], UserSpeaking),
        ],
    );
}

#[test]
fn the_first_words_of_a_call_begin_with_the_call() {
    check(Policy::default(), &[(200, started(100), &[begin(0)], UserSpeaking)]);
}

#[test]
fn without_create_response_a_turn_is_kept_but_not_answered() {
    check(
        voice(|turns| turns.create_response = false),
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (2000, paused(2000), &[], Endpointing),
            (2500, reached(2500), &[end(700, 2500)], Listening),
            (2600, REQUESTED, &[start_requested(1)], Thinking),
        ],
    );
}

#[test]
fn a_client_faster_than_real_time_is_measured_by_its_sound() {
    check(
        Policy::default(),
        &[
            (5, started(1000), &[begin(700)], UserSpeaking),
            (8, paused(3000), &[], Endpointing),
            (9, reached(3499), &[], Endpointing),
            (9, reached(3532), &[end(700, 3500), start(1)], Thinking),
        ],
    );
}

#[test]
fn a_client_slower_than_real_time_is_measured_by_its_sound() {
    check(
        Policy::default(),
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (2000, paused(1500), &[], Endpointing),
            (3000, reached(1800), &[], Endpointing),
            (4000, reached(1990), &[], Endpointing),
            (4500, reached(2000), &[end(700, 2000), start(1)], Thinking),
        ],
    );
}

#[test]
fn a_client_may_commit_in_the_middle_of_a_word_and_the_rest_is_the_next_utterance() {
    check(
        Policy::default(),
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (2000, committed(2000), &[end_by_client(700, 2000)], Listening),
            (2032, reached(2032), &[begin(2000)], UserSpeaking),
            (2500, paused(2480), &[], Endpointing),
            (3000, reached(2980), &[end(2000, 2980), start(1)], Thinking),
        ],
    );
}

#[test]
fn a_client_may_commit_while_the_user_pauses() {
    check(
        Policy::default(),
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (2000, paused(2000), &[], Endpointing),
            (2100, committed(2100), &[end_by_client(700, 2100)], Listening),
            (2100, REQUESTED, &[start_requested(1)], Thinking),
            (2600, reached(2600), &[], Thinking),
        ],
    );
}

#[test]
fn without_speech_there_is_nothing_to_commit() {
    check(
        Policy::default(),
        &[
            (5000, reached(5000), &[], Listening),
            (5000, committed(5000), &[NOTHING_TO_COMMIT], Listening),
            (5100, started(5050), &[begin(4750)], UserSpeaking),
        ],
    );
}

#[test]
fn clearing_forgets_the_utterance_but_not_what_follows() {
    check(
        Policy::default(),
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (2000, cleared(2000), &[DISCARD], Listening),
            (2000, reached(2000), &[], Listening),
            (2032, reached(2032), &[begin(2000)], UserSpeaking),
            (3000, paused(3000), &[], Endpointing),
            (3200, cleared(3200), &[DISCARD], Listening),
            (4000, reached(4000), &[], Listening),
        ],
    );
}

#[test]
fn an_utterance_that_is_too_long_is_cut_and_goes_on() {
    let policy = Policy { utterance_max: ms(10_000), ..Policy::default() };
    check(
        policy,
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (5000, reached(10_699), &[], UserSpeaking),
            (5100, reached(10_720), &[end_by_limit(700, 10_700), begin(10_700)], UserSpeaking),
            (6000, paused(12_000), &[], Endpointing),
            (6600, reached(12_600), &[end(10_700, 12_500), start(1)], Thinking),
        ],
    );
}

#[test]
fn an_utterance_cut_where_the_sound_ends_goes_on_with_more_sound() {
    let policy = Policy { utterance_max: ms(10_000), ..voice(|turns| turns.create_response = false) };
    check(
        policy,
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (5000, reached(10_700), &[end_by_limit(700, 10_700)], Listening),
            (5100, reached(10_732), &[begin(10_700)], UserSpeaking),
        ],
    );
}

#[test]
fn a_burst_may_hold_several_utterances() {
    let policy = Policy { utterance_max: ms(10_000), ..Policy::default() };
    check(
        policy,
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (
                2000,
                paused(25_000),
                &[end_by_limit(700, 10_700), begin(10_700), end_by_limit(10_700, 20_700), begin(20_700)],
                Endpointing,
            ),
            (2100, reached(26_000), &[end(20_700, 25_500), start(1)], Thinking),
        ],
    );
}

#[test]
fn a_pause_at_the_limit_ends_where_the_limit_is() {
    let policy = Policy { utterance_max: ms(10_000), ..voice(|turns| turns.create_response = false) };
    check(
        policy,
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (5100, paused(10_300), &[], Endpointing),
            (5200, reached(10_699), &[], Endpointing),
            (5300, reached(10_700), &[end_by_limit(700, 10_700)], Listening),
            (6000, started(12_000), &[begin(11_700)], UserSpeaking),
            (6100, paused(21_200), &[], Endpointing),
            (6300, reached(22_000), &[end(11_700, 21_700)], Listening),
        ],
    );
}

#[test]
fn the_gate_may_repeat_itself() {
    check(
        Policy::default(),
        &[
            (500, paused(400), &[], Listening),
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (1200, started(1200), &[], UserSpeaking),
            (2000, paused(2000), &[], Endpointing),
            (2200, paused(2000), &[], Endpointing),
            (2500, reached(2500), &[end(700, 2500), start(1)], Thinking),
        ],
    );
}

#[test]
fn shorter_silence_applies_from_the_moment_it_is_wished() {
    let quick = voice(|turns| turns.silence_duration = ms(200));
    check(
        Policy::default(),
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (2000, paused(2000), &[], Endpointing),
            (2300, reached(2300), &[], Endpointing),
            (2310, Event::PolicyChanged(quick), &[end(700, 2200), start(1)], Thinking),
        ],
    );
}
