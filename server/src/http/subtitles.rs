//! What was heard as subtitles: short lines, each with its time.

use std::{fmt::Write as _, time::Duration};

use hearth_models::Word;

use crate::hearing::Heard;

/// A pause between two words that ends a line.
const PAUSE_MS: u32 = 700;
/// Longest line, in letters and in time, when words have times to cut at.
const LINE_CHARS_MAX: usize = 84;
const LINE_MS_MAX: u32 = 7_000;

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Since the sound began.
    pub(super) start: Duration,
    /// Since the sound began.
    pub(super) end: Duration,
    /// What is said.
    pub(super) text: String,
    /// Mean certainty of its words, 0 to 1; `None` when the ears do not say.
    pub(super) confidence: Option<f32>,
    /// Mean likelihood of speech around it, 0 to 1.
    pub(super) speech: f32,
}

/// A stretch of speech as lines: cut at pauses where its words have times.
pub(super) fn lines(heard: &Heard) -> Vec<Line> {
    if heard.words.is_empty() {
        let Heard { start, end, text, speech, .. } = heard.clone();
        return vec![Line { start, end, text, confidence: None, speech }];
    }
    let mut groups: Vec<Vec<&Word>> = Vec::new();
    for word in &heard.words {
        match groups.last_mut() {
            Some(group) if continues(group, word) => group.push(word),
            _ => groups.push(vec![word]),
        }
    }
    groups.iter().map(|group| line(group, heard.speech)).collect()
}

fn continues(group: &[&Word], word: &Word) -> bool {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return true };
    let chars: usize = group.iter().map(|word| word.text.chars().count() + 1).sum();
    word.start_ms < last.end_ms + PAUSE_MS
        && word.end_ms < first.start_ms + LINE_MS_MAX
        && chars + word.text.chars().count() <= LINE_CHARS_MAX
}

fn line(group: &[&Word], speech: f32) -> Line {
    let at = |ms: Option<u32>| Duration::from_millis(ms.unwrap_or_default().into());
    let texts: Vec<&str> = group.iter().map(|word| word.text.as_str()).collect();
    let sure: f32 = group.iter().map(|word| word.confidence).sum();
    Line {
        start: at(group.first().map(|word| word.start_ms)),
        end: at(group.last().map(|word| word.end_ms)),
        text: texts.join(" "),
        confidence: Some(sure / group.len().max(1) as f32),
        speech,
    }
}

/// SubRip.
pub(super) fn srt(lines: &[Line]) -> String {
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let (start, end) = (clock(line.start, ','), clock(line.end, ','));
        // Writing to a String cannot fail.
        let _ = write!(text, "{}\n{start} --> {end}\n{}\n\n", number + 1, line.text);
    }
    text
}

/// WebVTT.
pub(super) fn vtt(lines: &[Line]) -> String {
    let mut text = String::from("WEBVTT\n\n");
    for line in lines {
        let _ = write!(text, "{} --> {}\n{}\n\n", clock(line.start, '.'), clock(line.end, '.'), line.text);
    }
    text
}

fn clock(at: Duration, point: char) -> String {
    let ms = at.as_millis();
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02}{point}{:03}", ms % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, start_ms: u32, end_ms: u32) -> Word {
        Word { text: text.into(), start_ms, end_ms, confidence: 0.5 }
    }

    fn heard(words: Vec<Word>) -> Heard {
        let end = Duration::from_secs(3_700);
        Heard { start: Duration::ZERO, end, text: "turn it on".into(), words, speech: 0.9 }
    }

    #[test]
    fn lines_end_at_pauses() {
        let lines = lines(&heard(vec![word("turn", 0, 200), word("it", 250, 300), word("on", 3_661_000, 3_661_020)]));
        let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["turn it", "on"]);
        assert_eq!(lines[0].confidence, Some(0.5));
        let expected = "1\n00:00:00,000 --> 00:00:00,300\nturn it\n\n2\n01:01:01,000 --> 01:01:01,020\non\n\n";
        assert_eq!(srt(&lines), expected);
        assert_eq!(vtt(&lines[..1]), "WEBVTT\n\n00:00:00.000 --> 00:00:00.300\nturn it\n\n");
    }

    #[test]
    fn lines_stay_short() {
        let words = (0..100).map(|n| word("word", n * 200, n * 200 + 150)).collect();
        let lines = lines(&heard(words));
        assert!(lines.iter().all(|line| line.text.len() <= LINE_CHARS_MAX));
        assert_eq!(lines.iter().map(|line| line.text.split(' ').count()).sum::<usize>(), 100);
    }

    #[test]
    fn without_times_of_words_a_stretch_is_a_line() {
        assert_eq!(lines(&heard(Vec::new()))[0].end, Duration::from_secs(3_700));
    }
}
