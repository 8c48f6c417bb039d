//! What styles and tags do to the sound.

use super::{block_on, loudness, marks, samples, speak, voice};

const SENTENCE: &str = "Everything in the living room is off now.";

fn said(text: &str) -> Vec<f32> {
    let (_workers, voice) = voice();
    samples(&block_on(speak(&voice, 1.0, &[text])))
}

/// How well the sound repeats itself after some period of a voice: the mean over its loud stretches of the best
/// correlation with itself 60 to 400 times a second, of sound below about 1 kHz.
fn periodicity(sound: &[f32]) -> f32 {
    let low: Vec<f32> = sound.windows(24).step_by(6).map(|window| window.iter().sum()).collect();
    let all = loudness(&low);
    let best = |window: &[f32]| {
        let (head, size) = (&window[..120], 120);
        let alike = |lag: usize| {
            let other = &window[lag..lag + size];
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            dot(head, other) / (dot(head, head) * dot(other, other)).sqrt().max(1e-9)
        };
        (10..67).map(alike).fold(0.0, f32::max)
    };
    let loud: Vec<f32> = low.chunks_exact(240).filter(|window| loudness(window) > 0.7 * all).map(best).collect();
    loud.iter().sum::<f32>() / loud.len().max(1) as f32
}

#[test]
fn tags_are_marked_and_not_spoken() {
    let (_workers, voice) = voice();
    let text = "<style>calm</style>Good evening. [pause 1s] It is [happy] warm [laughs] here. [/happy]";
    let chunks = block_on(speak(&voice, 1.0, &[text]));
    assert_eq!(marks(&chunks).iter().map(|mark| mark.text.as_str()).collect::<String>(), text);
    let tag = |mark: &&hearth_models::WordMark| mark.text.starts_with(['<', '[']);
    assert!(marks(&chunks).iter().filter(tag).all(|mark| mark.start == mark.end));
    assert_eq!(marks(&chunks).iter().filter(tag).count(), 5);
    let made = samples(&chunks).len() as u64;
    assert!(marks(&chunks).iter().all(|mark| mark.end <= made));
}

#[test]
fn a_pause_is_as_long_as_it_says() {
    let length = |tag: &str| said(&format!("Good evening. {tag} It is warm.")).len();
    assert_eq!(length("[pause 1s]") - length("[laughs]"), 24_000);
    assert_eq!(length("[pause]") - length("[laughs]"), 12_000);
}

#[test]
fn styles_change_speed_and_loudness() {
    let plain = said(SENTENCE);
    let length = |style: &str| said(&format!("<style>{style}</style>{SENTENCE}")).len() as f32 / plain.len() as f32;
    assert!((length("speed 2") - 0.5).abs() < 0.08);
    assert!((length("speed 0.5") - 2.0).abs() < 0.15);
    assert!(length("fast") < 0.8 && length("slow") > 1.25 && length("spelled out") > 3.0);
    let loudness_of = |style: &str| loudness(&said(&format!("({style}) {SENTENCE}"))) / loudness(&plain);
    assert!(loudness_of("soft") < 0.7 && loudness_of("loud") > 1.3);
    assert!(said(&format!("(loud, angry) {SENTENCE}")).iter().all(|sample| sample.abs() < 0.999));
    assert_eq!(said(&format!("<style>purple</style>{SENTENCE}")), plain);
}

#[test]
fn whispering_has_no_voice() {
    let (plain, whisper) = (periodicity(&said(SENTENCE)), periodicity(&said(&format!("(whisper) {SENTENCE}"))));
    assert!(plain > 0.85 && whisper < plain - 0.2, "{plain} {whisper}");
}

#[test]
fn tags_in_small_pieces_sound_the_same() {
    let (_workers, voice) = voice();
    let text = "(happy) It is 21 °C, [pause] and [slow] 1,250 steps.";
    let letters: Vec<String> = text.chars().map(String::from).collect();
    let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
    let (whole, pieces) = block_on(async { (speak(&voice, 1.0, &[text]).await, speak(&voice, 1.0, &letters).await) });
    assert_eq!(marks(&whole), marks(&pieces));
    assert_eq!(samples(&whole), samples(&pieces));
}
