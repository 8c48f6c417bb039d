//! What happened in one turn of a talk, and when.

use std::time::Duration;

use hearth_audio::SampleRate;
use tokio::time::Instant;

use crate::protocol::caller::Told;

/// One turn: the question, the answer and the time line.
#[derive(Debug, Clone)]
pub struct Turn {
    /// When the caller began to ask.
    pub began: Instant,
    /// When the last sound of speech left the microphone.
    pub speech_end: Option<Instant>,
    /// When the server told that the turn is over.
    pub turn_end: Option<Instant>,
    /// When the first word of the answer, or its first call of a tool, came.
    pub first_text: Option<Instant>,
    /// When the first sound of the answer came.
    pub first_sound: Option<Instant>,
    /// When the answer was complete.
    pub done: Option<Instant>,
    /// What the server understood.
    pub heard: String,
    /// The words of the answer.
    pub answer: String,
    /// Tools that were called, in order.
    pub calls: Vec<Call>,
    /// The sound of the answer; of one that was broken into, what was played of it.
    pub sound: Vec<f32>,
    /// When each piece of it came, and how many samples it had.
    pub arrivals: Vec<(Instant, usize)>,
    /// `completed`, or why not.
    pub status: String,
    /// Tokens read and written.
    pub tokens: (u64, u64),
}

/// A call of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Ties the result to it.
    pub call_id: String,
    /// Which tool.
    pub name: String,
    /// A JSON object.
    pub arguments: String,
    /// What it was answered.
    pub output: Option<String>,
}

impl Turn {
    /// A turn in which nothing happened yet.
    #[must_use]
    pub fn begin(now: Instant) -> Self {
        Self {
            began: now,
            speech_end: None,
            turn_end: None,
            first_text: None,
            first_sound: None,
            done: None,
            heard: String::new(),
            answer: String::new(),
            calls: Vec::new(),
            sound: Vec::new(),
            arrivals: Vec::new(),
            status: "unanswered".to_owned(),
            tokens: (0, 0),
        }
    }

    /// Takes what only has to be noted.
    pub fn note(&mut self, told: &Told, now: Instant) {
        match told {
            Told::Committed => {
                self.turn_end.get_or_insert(now);
            }
            Told::Heard(words) => self.heard.clone_from(words),
            Told::Text(text) => {
                self.first_text.get_or_insert(now);
                self.answer.push_str(text);
            }
            _ => {}
        }
    }

    /// Takes a piece of the spoken answer.
    pub fn hear(&mut self, samples: &[f32], now: Instant) {
        self.first_sound.get_or_insert(now);
        self.arrivals.push((now, samples.len()));
        self.sound.extend_from_slice(samples);
    }

    /// Takes a call of a tool.
    pub fn call(&mut self, call_id: String, name: String, arguments: String) {
        self.calls.push(Call { call_id, name, arguments, output: None });
    }

    /// Whether a tool waits to be called.
    #[must_use]
    pub fn has_open_calls(&self) -> bool {
        self.calls.iter().any(|call| call.output.is_none())
    }

    /// The answer is complete.
    pub fn finish(&mut self, now: Instant, status: &str, reason: Option<&str>, tokens: (u64, u64)) {
        self.done = Some(now);
        self.status = reason.map_or_else(|| status.to_owned(), |reason| format!("{status}: {reason}"));
        self.tokens = tokens;
    }

    /// The caller breaks in: what was not played by now was not heard.
    pub fn leave(&mut self, now: Instant, rate: SampleRate) {
        let played = self.first_sound.map_or(Duration::ZERO, |since| now - since);
        self.sound.truncate(rate.samples_in(played) as usize);
        self.status = format!("interrupted after {} ms", played.as_millis());
    }

    /// From the end of the turn to the first sound of the answer.
    #[must_use]
    pub fn ttfa(&self) -> Option<Duration> {
        Some(self.first_sound?.saturating_duration_since(self.turn_end?))
    }

    /// From the end of the turn to the first word of the answer.
    #[must_use]
    pub fn ttft(&self) -> Option<Duration> {
        Some(self.first_text?.saturating_duration_since(self.turn_end?))
    }

    /// How far ahead of its playing time the tightest piece of the answer came, in milliseconds. Below 0 the loudspeaker ran
    /// dry. `None` for an answer of one piece: nothing could be late.
    #[must_use]
    pub fn slack_ms_min(&self, rate: SampleRate) -> Option<f64> {
        let since = self.first_sound?;
        let mut before = 0;
        let slacks = self.arrivals.iter().map(|&(at, samples)| {
            let slack = rate.duration_of(before).as_secs_f64() - (at - since).as_secs_f64();
            before += samples as u64;
            1_000.0 * slack
        });
        slacks.skip(1).reduce(f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: SampleRate = SampleRate::HZ_24000;

    fn heard(arrivals: &[(u64, usize)]) -> Turn {
        let began = Instant::now();
        let mut turn = Turn::begin(began);
        for &(ms, samples) in arrivals {
            turn.hear(&vec![0.1; samples], began + Duration::from_millis(ms));
        }
        turn
    }

    #[test]
    fn a_piece_that_comes_after_its_time_is_an_underrun() {
        let slack = heard(&[(500, 2_400), (550, 2_400), (750, 2_400)]).slack_ms_min(RATE).unwrap();
        assert!((slack + 50.0).abs() < 1e-6, "{slack}");
    }

    #[test]
    fn pieces_ahead_of_time_have_slack_and_a_single_one_has_none() {
        let slack = heard(&[(0, 4_800), (100, 4_800), (250, 4_800)]).slack_ms_min(RATE).unwrap();
        assert!((slack - 100.0).abs() < 1e-6, "{slack}");
        assert_eq!(heard(&[(0, 4_800)]).slack_ms_min(RATE), None);
        assert_eq!(heard(&[]).slack_ms_min(RATE), None);
    }

    #[test]
    fn what_was_not_played_was_not_heard() {
        let mut turn = heard(&[(0, 24_000), (10, 24_000)]);
        turn.leave(turn.began + Duration::from_millis(500), RATE);
        assert_eq!(turn.sound.len(), 12_000);
        assert_eq!(turn.status, "interrupted after 500 ms");
    }

    #[test]
    fn times_run_from_the_end_of_the_turn() {
        let mut turn = heard(&[(900, 100)]);
        assert_eq!(turn.ttfa(), None);
        turn.note(&Told::Committed, turn.began + Duration::from_millis(820));
        turn.note(&Told::Text("hi".into()), turn.began + Duration::from_millis(850));
        assert_eq!((turn.ttfa(), turn.ttft()), (Some(Duration::from_millis(80)), Some(Duration::from_millis(30))));
    }
}
