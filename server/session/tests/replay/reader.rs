//! Reads what `record` writes.

use std::time::Duration;

use hearth_session::{Event, Hangup, Policy, TurnId, Turns, VoiceTurns};
use serde_json::Value;

/// The fact of one recorded line and when it was told; `None` for anything else.
pub(crate) fn read(line: &str) -> Option<(Duration, Event)> {
    let fact: Value = serde_json::from_str(line).ok()?;
    Some((ms(&fact["now_ms"])?, event(&fact)?))
}

fn event(fact: &Value) -> Option<Event> {
    let at = ms(&fact["at_ms"]);
    let turn = fact["turn"].as_u64().map(TurnId);
    Some(match fact["event"].as_str()? {
        "SpeechStarted" => Event::SpeechStarted { at: at? },
        "SpeechPaused" => Event::SpeechPaused { at: at? },
        "MediaReached" => Event::MediaReached { at: at? },
        "UtteranceCommitted" => Event::UtteranceCommitted { at: at? },
        "UtteranceCleared" => Event::UtteranceCleared { at: at? },
        "AnswerRequested" => Event::AnswerRequested,
        "AnswerCancelRequested" => Event::AnswerCancelRequested { turn },
        "AnswerBegan" => Event::AnswerBegan { turn: turn? },
        "AnswerFinished" => Event::AnswerFinished { turn: turn?, playout_left: ms(&fact["playout_left_ms"])? },
        "AnswerFailed" => Event::AnswerFailed { turn: turn? },
        "PlayoutFinished" => Event::PlayoutFinished { turn: turn? },
        "PolicyChanged" => Event::PolicyChanged(policy(&fact["policy"])?),
        "DrainBegan" => Event::DrainBegan,
        "HungUp" => Event::HungUp(hangup(fact["hangup"].as_str()?)?),
        "Woke" => Event::Woke,
        _ => return None,
    })
}

fn hangup(name: &str) -> Option<Hangup> {
    Some(match name {
        "ClientLeft" => Hangup::ClientLeft,
        "SessionExpired" => Hangup::SessionExpired,
        "ServerStopping" => Hangup::ServerStopping,
        "LimitReached" => Hangup::LimitReached,
        "Broken" => Hangup::Broken,
        _ => return None,
    })
}

fn policy(policy: &Value) -> Option<Policy> {
    Some(Policy {
        turns: turns(&policy["voice"])?,
        utterance_max: ms(&policy["utterance_max_ms"])?,
        stall_max: ms(&policy["stall_max_ms"])?,
        commit_min: ms(&policy["commit_min_ms"])?,
        thinking_max: ms(&policy["thinking_max_ms"])?,
        speaking_max: ms(&policy["speaking_max_ms"])?,
        session_max: ms(&policy["session_max_ms"])?,
        drain_max: ms(&policy["drain_max_ms"])?,
    })
}

fn turns(voice: &Value) -> Option<Turns> {
    if voice.is_null() {
        return Some(Turns::PushToTalk);
    }
    Some(Turns::Voice(VoiceTurns {
        prefix_padding: ms(&voice["prefix_padding_ms"])?,
        silence_duration: ms(&voice["silence_duration_ms"])?,
        barge_in_min: ms(&voice["barge_in_min_ms"])?,
        idle_max: ms(&voice["idle_max_ms"]),
        create_response: voice["create_response"].as_bool()?,
        interrupt_response: voice["interrupt_response"].as_bool()?,
    }))
}

/// Exact: no session lasts so long that a nanosecond of it is lost in an `f64`.
fn ms(value: &Value) -> Option<Duration> {
    let nanos = (value.as_f64()? * 1e6).round();
    (nanos >= 0.0).then(|| Duration::from_nanos(nanos as u64))
}
