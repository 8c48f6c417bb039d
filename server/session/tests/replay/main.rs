//! Calls that were written down (see `record.rs`) are told again; the same orders must come of them.
//!
//! To keep a call as a test, run `hearth serve --log hearth::call=trace`, and put the lines beside this file as
//! `NAME.jsonl`, each from its first brace on. `a_barge_in_as_it_happened` was written down so, from a spoken call; the
//! others were told to the machine by hand.

#![allow(clippy::panic, reason = "a test fails loudly")]

mod reader;

use std::{fs, path::Path, time::Duration};

use hearth_session::{Event, Hangup, Policy, Session, TurnId, Turns, VoiceTurns, record};
use reader::read;

#[test]
fn recorded_calls_are_decided_as_they_were() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replay");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let recordings: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).collect();
    assert!(!recordings.is_empty(), "no recordings found");
    for path in recordings {
        replay(&fs::read_to_string(&path).unwrap(), &path.display().to_string());
    }
}

fn replay(recording: &str, name: &str) {
    let mut session = Session::new(Policy::default());
    for (line, text) in recording.lines().enumerate() {
        let (now, event) = read(text).unwrap_or_else(|| panic!("{name}:{}: not a recorded fact: {text}", line + 1));
        let mut actions = Vec::new();
        session.step(now, event, &mut actions);
        assert_eq!(record(now, &event, &actions), text, "{name}:{}", line + 1);
    }
}

#[test]
fn what_is_written_can_be_read() {
    let at = Duration::from_nanos(3_599_999_041_667);
    for event in every_event(at) {
        assert_eq!(read(&record(at, &event, &[])), Some((at, event)));
    }
}

#[test]
fn what_was_not_written_here_is_not_read() {
    let wrong = [
        "",
        "[]",
        r#"{"now_ms":1}"#,
        r#"{"now_ms":1,"event":"Slept"}"#,
        r#"{"now_ms":-1,"event":"Woke"}"#,
        r#"{"now_ms":1,"event":"AnswerBegan"}"#,
        r#"{"now_ms":1,"event":"HungUp","hangup":"Bored"}"#,
    ];
    for text in wrong {
        assert_eq!(read(text), None, "{text}");
    }
}

fn every_event(at: Duration) -> Vec<Event> {
    let turn = TurnId(7);
    let voice = VoiceTurns { idle_max: Some(at), create_response: false, ..VoiceTurns::default() };
    let mute = VoiceTurns { interrupt_response: false, barge_in_min: at, ..VoiceTurns::default() };
    let push_to_talk = Policy { turns: Turns::PushToTalk, stall_max: at, ..Policy::default() };
    vec![
        Event::SpeechStarted { at },
        Event::SpeechPaused { at },
        Event::MediaReached { at },
        Event::UtteranceCommitted { at },
        Event::UtteranceCleared { at },
        Event::AnswerRequested,
        Event::AnswerCancelRequested { turn: None },
        Event::AnswerCancelRequested { turn: Some(turn) },
        Event::AnswerBegan { turn },
        Event::AnswerFinished { turn, playout_left: at },
        Event::AnswerFailed { turn },
        Event::PlayoutFinished { turn },
        Event::PolicyChanged(push_to_talk),
        Event::PolicyChanged(Policy { turns: Turns::Voice(voice), ..Policy::default() }),
        Event::PolicyChanged(Policy { turns: Turns::Voice(mute), ..Policy::default() }),
        Event::DrainBegan,
        Event::HungUp(Hangup::ClientLeft),
        Event::HungUp(Hangup::SessionExpired),
        Event::HungUp(Hangup::ServerStopping),
        Event::HungUp(Hangup::LimitReached),
        Event::HungUp(Hangup::Broken),
        Event::Woke,
    ]
}
