//! Time alone always returns the floor, and no alarm is believed early.

use hearth_session::{
    Hangup, Policy,
    State::{Closed, Endpointing, Listening, Overlap, Speaking, Thinking, UserSpeaking},
};

use crate::words::*;

#[test]
fn a_client_that_stops_sending_in_a_pause_is_taken_for_silent() {
    check(
        Policy::default(),
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (2000, paused(2000), &[], Endpointing),
            (2200, reached(2200), &[], Endpointing),
            // 300 ms of silence are missing, and the sound stalls for a second.
            (3499, WOKE, &[], Endpointing),
            (3500, WOKE, &[end(700, 2200), start(1)], Thinking),
        ],
    );
}

#[test]
fn a_client_that_stops_sending_in_a_word_is_taken_for_silent() {
    check(
        Policy::default(),
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (2000, reached(1900), &[], UserSpeaking),
            (3499, WOKE, &[], UserSpeaking),
            (3500, WOKE, &[end(700, 1900), start(1)], Thinking),
        ],
    );
}

#[test]
fn a_stalled_user_who_goes_on_is_not_lost() {
    check(
        voice(|turns| turns.create_response = false),
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (2500, WOKE, &[end(700, 1000)], Listening),
            (4000, reached(1032), &[begin(1000)], UserSpeaking),
        ],
    );
}

#[test]
fn a_stalled_overlap_is_a_back_channel_until_it_goes_on() {
    check(
        Policy::default(),
        &[
            (1000, REQUESTED, &[start_requested(1)], Thinking),
            (1500, started(1500), &[pause(1)], Overlap),
            (2499, WOKE, &[], Overlap),
            (2500, WOKE, &[resume(1)], Thinking),
            (4000, reached(1699), &[pause(1)], Overlap),
            (4010, reached(1700), &[begin(1200), interrupt(1)], UserSpeaking),
        ],
    );
}

#[test]
fn sound_that_trickles_puts_the_stall_off_but_not_the_limit() {
    let policy = Policy { utterance_max: ms(3000), ..Policy::default() };
    check(
        policy,
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (2400, reached(1001), &[], UserSpeaking),
            (3800, reached(1002), &[], UserSpeaking),
            (3999, WOKE, &[], UserSpeaking),
            (4000, WOKE, &[end_by_limit(700, 1002), start(1)], Thinking),
        ],
    );
    check(
        policy,
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (2400, paused(1001), &[], Endpointing),
            (3800, reached(1002), &[], Endpointing),
            (4000, WOKE, &[end_by_limit(700, 1002), start(1)], Thinking),
        ],
    );
}

#[test]
fn an_answer_that_never_comes_is_given_up() {
    check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (30_099, WOKE, &[], Thinking),
            (30_100, WOKE, &[give_up(1)], Listening),
        ],
    );
}

#[test]
fn an_answer_that_never_ends_is_given_up() {
    check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (1000, began(1), &[], Speaking),
            (2000, began(1), &[], Speaking),
            (300_999, WOKE, &[], Speaking),
            (301_000, WOKE, &[give_up(1)], Listening),
        ],
    );
}

#[test]
fn playout_is_not_waited_for_longer_than_speaking_max() {
    check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (1000, finished(1, 9_000_000), &[], Speaking),
            (300_999, WOKE, &[], Speaking),
            (301_000, WOKE, &[], Listening),
        ],
    );
}

#[test]
fn an_owed_answer_follows_one_that_is_given_up() {
    let policy = Policy { thinking_max: ms(5000), ..voice(|turns| turns.interrupt_response = false) };
    check(
        policy,
        &[
            (1000, REQUESTED, &[start_requested(1)], Thinking),
            (2000, started(2000), &[begin(1700)], Overlap),
            (3000, paused(3000), &[], Endpointing),
            (3500, reached(3500), &[end(1700, 3500)], Thinking),
            (6000, WOKE, &[give_up(1), start(2)], Thinking),
        ],
    );
}

#[test]
fn a_fact_that_came_in_time_is_believed_before_the_alarm() {
    check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (30_500, began(1), &[], Speaking),
            (31_000, finished(1, 0), &[], Listening),
        ],
    );
}

#[test]
fn any_fact_brings_about_what_is_due() {
    check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (30_100, REQUESTED, &[already_active(1), give_up(1)], Listening),
        ],
    );
}

#[test]
fn several_things_may_be_due_at_once() {
    check(
        voice(|turns| turns.idle_max = Some(ms(5000))),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (200, finished(1, 1000), &[], Speaking),
            (9_000, WOKE, &[], Listening),
            (13_999, WOKE, &[], Listening),
            (14_000, WOKE, &[silence(0, 0), start_idle(2)], Thinking),
        ],
    );
}

#[test]
fn a_clock_that_steps_back_is_not_followed() {
    let session =
        check(Policy::default(), &[(5000, WOKE, &[], Listening), (1000, REQUESTED, &[start_requested(1)], Thinking)]);
    assert_eq!(session.deadline(), Some(ms(35_000)));
}

#[test]
fn sound_that_steps_back_is_not_followed() {
    check(
        push_to_talk(),
        &[
            (1000, reached(1000), &[], Listening),
            (1100, reached(500), &[], Listening),
            (1200, committed(0), &[end_by_client(0, 1000)], Listening),
        ],
    );
}

#[test]
fn a_session_lasts_session_max() {
    check(
        Policy::default(),
        &[
            (3_599_000, REQUESTED, &[start_requested(1)], Thinking),
            (3_599_999, WOKE, &[], Thinking),
            (3_600_000, WOKE, &[cancel_at_end(1), close(Hangup::SessionExpired)], Closed),
        ],
    );
}

#[test]
fn policies_without_any_patience_still_come_to_rest() {
    let policy = Policy {
        utterance_max: ms(0),
        stall_max: ms(0),
        commit_min: ms(0),
        thinking_max: ms(0),
        speaking_max: ms(0),
        drain_max: ms(0),
        ..voice(|turns| {
            turns.silence_duration = ms(0);
            turns.barge_in_min = ms(0);
            turns.idle_max = Some(ms(0));
        })
    };
    check(
        policy,
        &[
            (10, started(10), &[begin(0), end_by_limit(0, 10), start(1), give_up(1)], Listening),
            (20, REQUESTED, &[start_requested(2), give_up(2)], Listening),
        ],
    );
}
