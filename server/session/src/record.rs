//! A session written down, one line of JSON per step, so that any call becomes a test with no sound stored.
//!
//! ```json
//! {"now_ms":1000,"event":"SpeechStarted","at_ms":968.0625,"orders":["BeginUtterance { from: 668.0625ms }"]}
//! ```
//!
//! `now_ms` and every other `_ms` is milliseconds, exact to the nanosecond. `event` is the name of the fact; its
//! fields follow under their own names, a [`Policy`] as an object whose `voice` is null in push-to-talk. `orders` are
//! the actions as they print themselves. The first line of a recording is `PolicyChanged`. `tests/replay.rs` reads it.

use std::{fmt::Write as _, time::Duration};

use crate::{Action, Event, Policy};

/// One line, without the newline: the fact told at session-clock time `now`, and the orders that came of it.
///
/// ```
/// use std::time::Duration;
/// use hearth_session::{Event, record};
///
/// let at = Duration::from_micros(1_500_500);
/// let line = record(at, &Event::MediaReached { at }, &[]);
/// assert_eq!(line, r#"{"now_ms":1500.5,"event":"MediaReached","at_ms":1500.5,"orders":[]}"#);
/// ```
#[must_use]
pub fn record(now: Duration, event: &Event, actions: &[Action]) -> String {
    let orders: Vec<_> = actions.iter().map(|action| format!("\"{action:?}\"")).collect();
    let (name, fields) = (name(event), fields(event));
    format!(r#"{{"now_ms":{},"event":"{name}"{fields},"orders":[{}]}}"#, Ms(now), orders.join(","))
}

fn name(event: &Event) -> &'static str {
    match event {
        Event::SpeechStarted { .. } => "SpeechStarted",
        Event::SpeechPaused { .. } => "SpeechPaused",
        Event::MediaReached { .. } => "MediaReached",
        Event::UtteranceCommitted { .. } => "UtteranceCommitted",
        Event::UtteranceCleared { .. } => "UtteranceCleared",
        Event::AnswerRequested => "AnswerRequested",
        Event::AnswerCancelRequested { .. } => "AnswerCancelRequested",
        Event::AnswerBegan { .. } => "AnswerBegan",
        Event::AnswerFinished { .. } => "AnswerFinished",
        Event::AnswerFailed { .. } => "AnswerFailed",
        Event::PlayoutFinished { .. } => "PlayoutFinished",
        Event::PolicyChanged(_) => "PolicyChanged",
        Event::DrainBegan => "DrainBegan",
        Event::HungUp(_) => "HungUp",
        Event::Woke => "Woke",
    }
}

/// The fields of the fact, each with a comma before it.
fn fields(event: &Event) -> String {
    match event {
        Event::SpeechStarted { at }
        | Event::SpeechPaused { at }
        | Event::MediaReached { at }
        | Event::UtteranceCommitted { at }
        | Event::UtteranceCleared { at } => format!(r#","at_ms":{}"#, Ms(*at)),
        Event::AnswerCancelRequested { turn: None } => r#","turn":null"#.into(),
        Event::AnswerCancelRequested { turn: Some(turn) }
        | Event::AnswerBegan { turn }
        | Event::AnswerFailed { turn }
        | Event::PlayoutFinished { turn } => format!(r#","turn":{}"#, turn.0),
        Event::AnswerFinished { turn, playout_left } => {
            format!(r#","turn":{},"playout_left_ms":{}"#, turn.0, Ms(*playout_left))
        }
        Event::PolicyChanged(policy) => format!(r#","policy":{}"#, object(policy)),
        Event::HungUp(hangup) => format!(r#","hangup":"{hangup:?}""#),
        Event::AnswerRequested | Event::DrainBegan | Event::Woke => String::new(),
    }
}

fn object(policy: &Policy) -> String {
    let mut object = String::from("{");
    let times = [
        ("utterance_max", policy.utterance_max),
        ("stall_max", policy.stall_max),
        ("commit_min", policy.commit_min),
        ("thinking_max", policy.thinking_max),
        ("speaking_max", policy.speaking_max),
        ("session_max", policy.session_max),
        ("drain_max", policy.drain_max),
    ];
    for (name, time) in times {
        let _ = write!(object, r#""{name}_ms":{},"#, Ms(time));
    }
    let _ = write!(object, r#""voice":{}}}"#, voice(policy));
    object
}

fn voice(policy: &Policy) -> String {
    let Some(voice) = policy.voice() else { return "null".into() };
    let idle_max = voice.idle_max.map_or_else(|| "null".into(), |idle_max| Ms(idle_max).to_string());
    format!(
        r#"{{"prefix_padding_ms":{},"silence_duration_ms":{},"barge_in_min_ms":{},"idle_max_ms":{idle_max},"create_response":{},"interrupt_response":{}}}"#,
        Ms(voice.prefix_padding),
        Ms(voice.silence_duration),
        Ms(voice.barge_in_min),
        voice.create_response,
        voice.interrupt_response,
    )
}

/// Prints milliseconds with as many decimals as it takes to be exact.
struct Ms(Duration);

impl std::fmt::Display for Ms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let nanos = self.0.as_nanos();
        let (whole, rest) = (nanos / 1_000_000, nanos % 1_000_000);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        let decimals = format!("{rest:06}");
        write!(f, "{whole}.{}", decimals.trim_end_matches('0'))
    }
}
