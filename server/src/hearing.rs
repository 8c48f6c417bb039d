//! Writing down sound of any length, in constant memory: stretches of speech, each through the ears on its own.

use std::time::Duration;

use hearth_audio::{GatePolicy, SpeechEdge, SpeechGate, WINDOW_SAMPLES, Windows};
use hearth_models::{Error, Models, SpeechStream, VadStream, Word};

use crate::senses::EAR_RATE;

/// Sound kept around each stretch: 0.3 s before, as a session keeps, and after.
const MARGIN_SAMPLES: u64 = 4_800;
/// A pause that ends a stretch; shorter ones are heard through.
const PAUSE_SAMPLES: u64 = 24_000;
/// A stretch of this length ends at its next pause, however short.
const STRETCH_SAMPLES: u64 = 30 * 16_000;
/// A stretch of this length is cut where it is: the ears hear no more at once.
const STRETCH_SAMPLES_MAX: u64 = 90 * 16_000;
/// Sound kept while nobody speaks: the margin, and what the gate needs to open.
const KEPT_SAMPLES: u64 = 2 * MARGIN_SAMPLES;

/// A stretch of speech, written down.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Heard {
    /// Since the sound began.
    pub(crate) start: Duration,
    /// Since the sound began.
    pub(crate) end: Duration,
    /// What was said; never empty.
    pub(crate) text: String,
    /// Its words, on the clock of the whole sound; empty when the ears tell no times.
    pub(crate) words: Vec<Word>,
    /// Mean likelihood of speech, as the VAD heard it, 0 to 1.
    pub(crate) speech: f32,
}

/// Writes down one sound.
pub(crate) struct Hearing {
    models: Models,
    vad: Box<dyn VadStream>,
    gate: SpeechGate,
    windows: Windows,
    /// Samples judged so far.
    now: u64,
    /// Sound that no stretch took yet; its last sample is the newest one that came.
    kept: Vec<f32>,
    stretch: Option<Stretch>,
    /// Where the last stretch ended.
    over: u64,
    /// Samples that came.
    came: u64,
}

/// Speech that is being heard.
struct Stretch {
    stream: Box<dyn SpeechStream>,
    from: u64,
    /// Up to here the ears have it.
    fed: u64,
    /// Where it paused, while it pauses.
    paused: Option<u64>,
    scores: f32,
    windows: u32,
}

impl Hearing {
    /// Nothing heard yet.
    pub(crate) fn new(models: &Models) -> Self {
        Self {
            vad: models.vad.open(),
            gate: SpeechGate::new(GatePolicy::default()),
            windows: Windows::default(),
            now: 0,
            kept: Vec::new(),
            stretch: None,
            over: 0,
            came: 0,
            models: models.clone(),
        }
    }

    /// How much came.
    pub(crate) fn length(&self) -> Duration {
        EAR_RATE.duration_of(self.came)
    }

    /// Takes mono 16 kHz samples of any number, and appends what was written down by now to `heard`.
    ///
    /// # Errors
    /// Those of VAD and ears.
    pub(crate) async fn push(&mut self, mut samples: &[f32], heard: &mut Vec<Heard>) -> Result<(), Error> {
        while !samples.is_empty() {
            let all = samples;
            let window = self.windows.next(&mut samples).copied();
            let taken = &all[..all.len() - samples.len()];
            self.kept.extend_from_slice(taken);
            self.came += taken.len() as u64;
            if let Some(window) = window {
                self.judge(&window, heard).await?;
            }
        }
        Ok(())
    }

    /// The sound is over: writes down the rest.
    ///
    /// # Errors
    /// As for [`Hearing::push`].
    pub(crate) async fn finish(mut self, heard: &mut Vec<Heard>) -> Result<Duration, Error> {
        self.now = self.came;
        let edge = self.gate.close();
        self.turn(edge);
        if let Some(stretch) = &self.stretch {
            let end = stretch.paused.map_or(self.now, |paused| (paused + MARGIN_SAMPLES).min(self.now));
            self.end_stretch(end, heard).await?;
        }
        Ok(self.length())
    }

    async fn judge(&mut self, window: &[f32; WINDOW_SAMPLES], heard: &mut Vec<Heard>) -> Result<(), Error> {
        self.now += WINDOW_SAMPLES as u64;
        let score = self.vad.score(window).await?;
        let edge = self.gate.push(score);
        self.turn(edge);
        if let Some(stretch) = &mut self.stretch
            && stretch.paused.is_none()
        {
            (stretch.scores, stretch.windows) = (stretch.scores + score, stretch.windows + 1);
        }
        self.go_on(heard).await
    }

    /// Begins and pauses stretches.
    fn turn(&mut self, edge: Option<SpeechEdge>) {
        match (edge, &mut self.stretch) {
            (Some(SpeechEdge::Started { .. }), Some(stretch)) => stretch.paused = None,
            (Some(SpeechEdge::Started { at }), None) => {
                let from = EAR_RATE.samples_in(at).saturating_sub(MARGIN_SAMPLES);
                self.begin(from.max(self.over).max(self.kept_from()));
            }
            (Some(SpeechEdge::Paused { at }), Some(stretch)) => stretch.paused = Some(EAR_RATE.samples_in(at)),
            _ => {}
        }
    }

    fn begin(&mut self, from: u64) {
        let stream = self.models.ears.open();
        self.forget(from);
        self.stretch = Some(Stretch { stream, from, fed: from, paused: None, scores: 0.0, windows: 0 });
    }

    /// Feeds the ears, and ends the stretch when it is time.
    async fn go_on(&mut self, heard: &mut Vec<Heard>) -> Result<(), Error> {
        let Some(stretch) = &self.stretch else {
            self.forget(self.now.saturating_sub(KEPT_SAMPLES));
            return Ok(());
        };
        let long = self.now - stretch.from >= STRETCH_SAMPLES;
        match stretch.paused {
            Some(paused) => {
                let end = paused + MARGIN_SAMPLES;
                let pause = if long { MARGIN_SAMPLES } else { PAUSE_SAMPLES };
                if self.now >= paused + pause {
                    return self.end_stretch(end, heard).await;
                }
                // What follows the margin belongs to the stretch only if somebody goes on speaking.
                self.feed(end.min(self.now)).await
            }
            None if self.now - stretch.from >= STRETCH_SAMPLES_MAX => {
                let at = self.now;
                self.end_stretch(at, heard).await?;
                self.begin(at);
                Ok(())
            }
            None => self.feed(self.now).await,
        }
    }

    /// Hands the ears what is kept, up to `end`.
    async fn feed(&mut self, end: u64) -> Result<(), Error> {
        let kept_from = self.kept_from();
        let Some(stretch) = &mut self.stretch else { return Ok(()) };
        if end > stretch.fed {
            let (from, to) = ((stretch.fed - kept_from) as usize, (end - kept_from) as usize);
            stretch.stream.push(&self.kept[from..to]).await?;
            stretch.fed = end;
            self.forget(end);
        }
        Ok(())
    }

    async fn end_stretch(&mut self, end: u64, heard: &mut Vec<Heard>) -> Result<(), Error> {
        self.feed(end).await?;
        let Some(mut stretch) = self.stretch.take() else { return Ok(()) };
        self.over = stretch.fed;
        let (_, transcript) = stretch.stream.finish().await?;
        if transcript.text.is_empty() {
            return Ok(());
        }
        let start = EAR_RATE.duration_of(stretch.from);
        let offset_ms = start.as_millis() as u32;
        let words = transcript.words.into_iter().map(|word| Word {
            start_ms: word.start_ms + offset_ms,
            end_ms: word.end_ms + offset_ms,
            ..word
        });
        heard.push(Heard {
            start,
            end: EAR_RATE.duration_of(stretch.fed),
            text: transcript.text,
            words: words.collect(),
            speech: stretch.scores / stretch.windows.max(1) as f32,
        });
        Ok(())
    }

    /// Where `kept` begins.
    fn kept_from(&self) -> u64 {
        self.came - self.kept.len() as u64
    }

    /// Drops what was kept from before `until`.
    fn forget(&mut self, until: u64) {
        let old = until.saturating_sub(self.kept_from()) as usize;
        self.kept.drain(..old.min(self.kept.len()));
    }
}

#[cfg(test)]
mod tests {
    use hearth_models::scripted;

    use super::*;

    /// Loud and quiet parts in turns, in seconds; what was heard, in seconds, and how much was kept at most.
    async fn hear(parts: &[(f32, f32)]) -> (Vec<(f32, f32, String)>, usize) {
        let script = toml::from_str("hears = [\"one\", \"two\", \"three\"]").unwrap();
        let mut hearing = Hearing::new(&scripted::open(script));
        let (mut heard, mut kept) = (Vec::new(), 0);
        for (seconds, level) in parts {
            let sound = vec![*level; (seconds * 16_000.0) as usize];
            for piece in sound.chunks(1_000) {
                hearing.push(piece, &mut heard).await.unwrap();
                kept = kept.max(hearing.kept.len());
            }
        }
        let length = hearing.finish(&mut heard).await.unwrap();
        assert!((length.as_secs_f32() - parts.iter().map(|part| part.0).sum::<f32>()).abs() < 0.01);
        let shown = heard.into_iter().map(|one| (one.start.as_secs_f32(), one.end.as_secs_f32(), one.text));
        (shown.collect(), kept)
    }

    fn close(one: f32, other: f32) -> bool {
        (one - other).abs() < 0.05
    }

    #[tokio::test]
    async fn close_words_are_one_stretch_and_far_ones_are_not() {
        let (heard, _) = hear(&[(1.0, 0.0), (1.0, 0.3), (1.0, 0.0), (1.0, 0.3), (5.0, 0.0), (1.0, 0.3)]).await;
        assert_eq!(heard.len(), 2, "{heard:?}");
        assert!(close(heard[0].0, 0.7) && close(heard[0].1, 4.3), "{heard:?}");
        assert!(close(heard[1].0, 8.7) && close(heard[1].1, 10.0), "{heard:?}");
        assert_eq!((heard[0].2.as_str(), heard[1].2.as_str()), ("one", "two"));
    }

    #[tokio::test]
    async fn a_long_talk_is_cut_and_takes_no_more_memory() {
        let (heard, kept) = hear(&[(200.0, 0.3)]).await;
        assert_eq!(heard.len(), 3, "{heard:?}");
        assert!(heard.windows(2).all(|pair| pair[0].1 == pair[1].0), "nothing is lost between them: {heard:?}");
        assert!(close(heard[2].1, 200.0) && kept < 20_000, "{kept} samples");
        let sentences: Vec<_> = (0..60).flat_map(|_| [(3.0, 0.3), (0.5, 0.0)]).collect();
        let (heard, kept) = hear(&sentences).await;
        assert!((4..=8).contains(&heard.len()) && kept < 30_000, "{heard:?}");
    }

    #[tokio::test]
    async fn where_nobody_speaks_nothing_is_heard() {
        let (heard, kept) = hear(&[(100.0, 0.0)]).await;
        assert!(heard.is_empty() && kept < 20_000);
    }
}
