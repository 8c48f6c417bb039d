//! Answers: asked for, cancelled, failed, stale, idle.

use hearth_session::{
    Policy,
    State::{Listening, Overlap, Speaking, Thinking, UserSpeaking},
    TurnId,
};

use crate::words::*;

#[test]
fn one_answer_at_a_time() {
    check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (110, REQUESTED, &[already_active(1)], Thinking),
            (120, began(1), &[], Speaking),
            (130, REQUESTED, &[already_active(1)], Speaking),
            (140, finished(1, 5000), &[], Speaking),
            (150, REQUESTED, &[start_requested(2)], Thinking),
        ],
    );
}

#[test]
fn a_tool_call_returns_the_floor_and_its_result_is_answered_when_asked() {
    check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (150, began(1), &[], Speaking),
            (200, finished(1, 0), &[], Listening),
            (900, REQUESTED, &[start_requested(2)], Thinking),
        ],
    );
}

#[test]
fn an_answer_may_finish_before_anything_was_told_of_it() {
    check(
        Policy::default(),
        &[(100, REQUESTED, &[start_requested(1)], Thinking), (200, finished(1, 0), &[], Listening)],
    );
}

#[test]
fn the_client_cancels() {
    check(
        Policy::default(),
        &[
            (100, cancel_requested(None), &[NOTHING_TO_CANCEL], Listening),
            (110, REQUESTED, &[start_requested(1)], Thinking),
            (120, cancel_requested(None), &[cancel_for_client(1)], Listening),
            (130, REQUESTED, &[start_requested(2)], Thinking),
            (140, cancel_requested(1), &[NOTHING_TO_CANCEL], Thinking),
            (150, began(2), &[], Speaking),
            (160, cancel_requested(2), &[cancel_for_client(2)], Listening),
            (170, cancel_requested(2), &[NOTHING_TO_CANCEL], Listening),
        ],
    );
}

#[test]
fn what_is_only_played_cannot_be_cancelled() {
    check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (200, finished(1, 5000), &[], Speaking),
            (300, cancel_requested(1), &[NOTHING_TO_CANCEL], Speaking),
        ],
    );
}

#[test]
fn a_failed_answer_returns_the_floor() {
    check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (200, failed(1), &[], Listening),
            (300, REQUESTED, &[start_requested(2)], Thinking),
            (400, began(2), &[], Speaking),
            (500, failed(2), &[], Listening),
        ],
    );
}

#[test]
fn stale_work_changes_nothing() {
    let session = check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (110, cancel_requested(None), &[cancel_for_client(1)], Listening),
            (120, REQUESTED, &[start_requested(2)], Thinking),
            (130, began(1), &[], Thinking),
            (140, finished(1, 100), &[], Thinking),
            (150, failed(1), &[], Thinking),
            (160, played(1), &[], Thinking),
            (170, began(2), &[], Speaking),
            (180, finished(2, 1000), &[], Speaking),
            (190, played(1), &[], Speaking),
            (200, failed(2), &[], Speaking),
            (210, finished(2, 9000), &[], Speaking),
            (215, began(2), &[], Speaking),
        ],
    );
    assert_eq!(session.deadline(), Some(ms(1180)), "a finished answer does not finish again");
    assert_eq!(session.answering(), None);
}

#[test]
fn only_what_is_being_made_is_answering() {
    let thinking = check(Policy::default(), &[(100, REQUESTED, &[start_requested(1)], Thinking)]);
    assert_eq!(thinking.answering(), Some(TurnId(1)));
    let early =
        check(Policy::default(), &[(100, REQUESTED, &[start_requested(1)], Thinking), (110, played(1), &[], Thinking)]);
    assert_eq!(early.answering(), Some(TurnId(1)), "what was not finished was not played");
}

#[test]
fn the_client_says_that_it_plays_no_more() {
    check(
        Policy::default(),
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (200, finished(1, 5000), &[], Speaking),
            (300, played(1), &[], Listening),
        ],
    );
}

#[test]
fn after_our_last_words_silence_makes_us_speak_again() {
    let policy = voice(|turns| turns.idle_max = Some(ms(6000)));
    check(
        policy,
        &[
            (9000, reached(9000), &[], Listening),
            (9000, WOKE, &[], Listening),
            (9000, REQUESTED, &[start_requested(1)], Thinking),
            (9500, finished(1, 500), &[], Speaking),
            (10_000, reached(10_000), &[], Listening),
            (15_999, reached(15_900), &[], Listening),
            (16_000, WOKE, &[silence(10_000, 15_900), start_idle(2)], Thinking),
            (16_100, finished(2, 0), &[], Listening),
            (16_150, started(16_000), &[begin(15_900)], UserSpeaking),
        ],
    );
}

#[test]
fn idle_sound_is_bounded() {
    let policy = Policy { utterance_max: ms(3000), ..voice(|turns| turns.idle_max = Some(ms(6000))) };
    check(
        policy,
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (200, finished(1, 100), &[], Speaking),
            (300, WOKE, &[], Listening),
            (6000, reached(5700), &[], Listening),
            (6300, WOKE, &[silence(2700, 5700), start_idle(2)], Thinking),
        ],
    );
}

#[test]
fn whoever_says_something_is_not_idle() {
    let policy = voice(|turns| turns.idle_max = Some(ms(6000)));
    let spoken: [Row<'_>; 3] = [
        (100, REQUESTED, &[start_requested(1)], Thinking),
        (200, finished(1, 300), &[], Speaking),
        (500, WOKE, &[], Listening),
    ];
    let idle_at = |rest: &[Row<'_>]| check(policy, &[&spoken, rest].concat()).deadline();
    let never = Some(policy.session_max);

    assert_eq!(idle_at(&[]), Some(ms(6500)));
    assert_eq!(idle_at(&[(600, cleared(600), &[DISCARD], Listening)]), never);
    let answered: [Row<'_>; 2] =
        [(600, REQUESTED, &[start_requested(2)], Thinking), (700, finished(2, 0), &[], Listening)];
    assert_eq!(idle_at(&answered), never, "a tool call waits for its result");
    let spoke: [Row<'_>; 3] = [
        (600, started(600), &[begin(300)], UserSpeaking),
        (700, cleared(700), &[DISCARD], Listening),
        (700, paused(700), &[], Listening),
    ];
    assert_eq!(idle_at(&spoke), never);
}

#[test]
fn nobody_is_idle_before_our_first_words_or_while_the_user_speaks() {
    let policy = voice(|turns| {
        turns.idle_max = Some(ms(1000));
        turns.interrupt_response = false;
        turns.create_response = false;
    });
    let session = check(
        policy,
        &[
            (5000, reached(5000), &[], Listening),
            (5000, REQUESTED, &[start_requested(1)], Thinking),
            (5200, finished(1, 1000), &[], Speaking),
            (6000, started(6000), &[begin(5700)], Overlap),
            (6200, WOKE, &[], UserSpeaking),
            (7000, paused(7000), &[], hearth_session::State::Endpointing),
            (7500, reached(7500), &[end(5700, 7500)], Listening),
        ],
    );
    assert_eq!(session.deadline(), Some(policy.session_max));
}

#[test]
fn nobody_is_idle_while_an_answer_is_in_hand() {
    let policy = voice(|turns| turns.idle_max = Some(ms(1000)));
    let session = check(
        policy,
        &[
            (100, REQUESTED, &[start_requested(1)], Thinking),
            (200, finished(1, 300), &[], Speaking),
            (500, WOKE, &[], Listening),
            (600, REQUESTED, &[start_requested(2)], Thinking),
        ],
    );
    assert_eq!(session.deadline(), Some(ms(600) + policy.thinking_max));
}
