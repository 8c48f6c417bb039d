//! The end of a session, from anywhere.

use hearth_session::{
    Event, Hangup, Policy,
    State::{Closed, Endpointing, Overlap, Speaking, Thinking, UserSpeaking},
};

use crate::words::*;

const GONE: Event = Event::HungUp(Hangup::ClientLeft);
const DRAIN: Event = Event::DrainBegan;

#[test]
fn hanging_up_while_listening() {
    check(Policy::default(), &[(100, GONE, &[close(Hangup::ClientLeft)], Closed)]);
}

#[test]
fn hanging_up_while_the_user_speaks() {
    let speech: [Row<'_>; 2] = [
        (1000, started(1000), &[begin(700)], UserSpeaking),
        (1100, GONE, &[DISCARD, close(Hangup::ClientLeft)], Closed),
    ];
    check(Policy::default(), &speech);
    let pause: [Row<'_>; 3] = [
        (1000, started(1000), &[begin(700)], UserSpeaking),
        (1100, paused(1100), &[], Endpointing),
        (1200, GONE, &[DISCARD, close(Hangup::ClientLeft)], Closed),
    ];
    check(Policy::default(), &pause);
}

#[test]
fn hanging_up_cancels_the_answer_in_hand() {
    let hangup = Event::HungUp(Hangup::LimitReached);
    check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (200, hangup, &[cancel_at_end(1), close(Hangup::LimitReached)], Closed),
        ],
    );
    check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (150, began(1), &[], Speaking),
            (200, Event::HungUp(Hangup::Broken), &[cancel_at_end(1), close(Hangup::Broken)], Closed),
        ],
    );
    check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (150, started(150), &[pause(1)], Overlap),
            (200, GONE, &[cancel_at_end(1), close(Hangup::ClientLeft)], Closed),
        ],
    );
}

#[test]
fn hanging_up_during_playout_needs_only_a_close() {
    check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (150, finished(1, 900), &[], Speaking),
            (200, GONE, &[close(Hangup::ClientLeft)], Closed),
        ],
    );
}

#[test]
fn a_closed_session_hears_nothing_and_orders_nothing() {
    check(
        Policy::default(),
        &[
            (100, GONE, &[close(Hangup::ClientLeft)], Closed),
            (200, GONE, &[], Closed),
            (300, started(300), &[], Closed),
            (400, REQUESTED, &[], Closed),
            (500, committed(500), &[], Closed),
            (9_999_999, WOKE, &[], Closed),
        ],
    );
}

#[test]
fn a_stopping_server_leaves_a_free_floor_at_once() {
    check(Policy::default(), &[(100, DRAIN, &[close(Hangup::ServerStopping)], Closed)]);
}

#[test]
fn a_stopping_server_lets_the_answer_be_heard() {
    check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (200, DRAIN, &[], Thinking),
            (300, finished(1, 1000), &[], Speaking),
            (1300, WOKE, &[close(Hangup::ServerStopping)], Closed),
        ],
    );
}

#[test]
fn a_stopping_server_lets_the_user_finish_and_answers() {
    check(
        Policy::default(),
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (1100, DRAIN, &[], UserSpeaking),
            (2000, paused(2000), &[], Endpointing),
            (2500, reached(2500), &[end(700, 2500), start(1)], Thinking),
            (2600, failed(1), &[close(Hangup::ServerStopping)], Closed),
        ],
    );
}

#[test]
fn a_stopping_server_waits_for_drain_max_and_not_longer() {
    check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (200, DRAIN, &[], Thinking),
            (4000, DRAIN, &[], Thinking),
            (5199, WOKE, &[], Thinking),
            (5200, WOKE, &[cancel_at_end(1), close(Hangup::ServerStopping)], Closed),
        ],
    );
}

#[test]
fn a_stopping_server_leaves_between_the_turns() {
    check(
        voice(|turns| turns.create_response = false),
        &[
            (1000, started(1000), &[begin(700)], UserSpeaking),
            (1100, DRAIN, &[], UserSpeaking),
            (2000, paused(2000), &[], Endpointing),
            (2500, reached(2500), &[end(700, 2500), close(Hangup::ServerStopping)], Closed),
            (2600, DRAIN, &[], Closed),
        ],
    );
}
