//! What comes between a mouth and an ear: noise and telephones. And sounds in which nobody speaks.

use std::f32::consts::TAU;

use hearth_audio::{Resampler, SampleRate};
use hearth_codecs::g711::Law;

use super::figure::Dice;
use crate::senses::EAR_RATE;

/// Kinds of noise, used in turn.
const KINDS: usize = 4;
/// Voices that babble at once.
const BABBLING: usize = 8;
/// Semitones of a melody above its root.
const SCALE: [f32; 8] = [0.0, 2.0, 4.0, 7.0, 9.0, 12.0, 14.0, 16.0];

/// Adds noise to `samples` so that their mean power is `snr_db` above its. The kind depends on `number`: hiss, rumble,
/// music, or a babble of `others`.
pub(super) fn noisy(samples: &[f32], others: &[Vec<f32>], number: usize, snr_db: f32) -> Vec<f32> {
    let (count, seed) = (samples.len(), number as u64 + 1);
    let noise = match number % KINDS {
        0 => hiss(count, seed),
        1 => rumble(count, seed),
        2 => music(count, seed),
        _ => babble(count, others, seed),
    };
    let gain = (power(samples) / power(&noise)).sqrt() * 10_f32.powf(-snr_db / 20.0);
    samples.iter().zip(&noise).map(|(sample, noise)| (sample + gain * noise).clamp(-1.0, 1.0)).collect()
}

/// Through a telephone and back: 8 kHz and mu-law.
///
/// # Errors
/// When the rates cannot be converted.
pub(super) fn telephone(samples: &[f32]) -> Result<Vec<f32>, String> {
    let narrow = resampled(samples, EAR_RATE, SampleRate::HZ_8000)?;
    let (mut coded, mut heard) = (Vec::new(), Vec::new());
    Law::Mu.encode(&narrow, &mut coded);
    Law::Mu.decode(&coded, &mut heard);
    resampled(&heard, SampleRate::HZ_8000, EAR_RATE)
}

/// The same sound at another rate.
///
/// # Errors
/// When the rates have no usable common block.
pub(super) fn resampled(samples: &[f32], from: SampleRate, to: SampleRate) -> Result<Vec<f32>, String> {
    let mut resampler = Resampler::new(from, to).map_err(|error| error.to_string())?;
    let mut out = Vec::new();
    resampler.push(samples, &mut out);
    resampler.flush(&mut out);
    Ok(out)
}

/// Sounds without words, each with its name.
pub(super) fn wordless(seconds: usize) -> [(&'static str, Vec<f32>); 3] {
    let count = seconds * EAR_RATE.hz() as usize;
    let scaled = |sound: Vec<f32>, level: f32| {
        let gain = level / power(&sound).sqrt();
        sound.into_iter().map(|sample| (gain * sample).clamp(-1.0, 1.0)).collect()
    };
    // Silence is what a quiet microphone gives: its own hiss at -80 dB.
    let noise = hiss(count, 3).iter().zip(rumble(count, 4)).map(|(high, low)| high * 0.3 + low).collect();
    [("silence", scaled(hiss(count, 2), 1e-4)), ("music", scaled(music(count, 5), 0.1)), ("noise", scaled(noise, 0.05))]
}

fn power(samples: &[f32]) -> f32 {
    samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32 + 1e-10
}

fn hiss(count: usize, seed: u64) -> Vec<f32> {
    let mut dice = Dice::new(seed);
    (0..count).map(|_| dice.swing()).collect()
}

/// Noise that is the louder the lower, as of a street or a fan.
fn rumble(count: usize, seed: u64) -> Vec<f32> {
    let mut level = 0.0;
    let follow = |noise: f32| {
        level += 0.03 * (noise - level);
        level
    };
    hiss(count, seed).into_iter().map(follow).collect()
}

/// Chords, a melody and a drum.
fn music(count: usize, seed: u64) -> Vec<f32> {
    let (mut dice, mut track) = (Dice::new(seed), vec![0.0; count]);
    let beat = 3000 + dice.below(4000);
    let root = 65.0 * 2_f32.powf(dice.below(12) as f32 / 12.0);
    for (number, start) in (0..count).step_by(beat).enumerate() {
        let rest = &mut track[start..];
        let height = SCALE[dice.below(SCALE.len())];
        ring(rest, 4.0 * root * 2_f32.powf(height / 12.0), 1.0);
        if number % 4 == 0 {
            [0.0, 4.0, 7.0].iter().for_each(|semitones| ring(rest, 2.0 * root * 2_f32.powf(semitones / 12.0), 0.6));
            ring(rest, root, 1.0);
        }
        for (at, sample) in rest.iter_mut().take(1600).enumerate() {
            *sample += 0.5 * dice.swing() * (-(at as f32) / 300.0).exp();
        }
    }
    track
}

/// Adds a string that is plucked at the beginning of `track`.
fn ring(track: &mut [f32], hz: f32, level: f32) {
    for (at, sample) in track.iter_mut().take(16_000).enumerate() {
        let seconds = at as f32 / 16_000.0;
        let tone: f32 = (1..=5).map(|k| (TAU * hz * k as f32 * seconds).sin() / k as f32).sum();
        *sample += level * tone * (-3.0 * seconds).exp();
    }
}

/// Some of `others` at once, each begun somewhere.
fn babble(count: usize, others: &[Vec<f32>], seed: u64) -> Vec<f32> {
    let (mut dice, mut track) = (Dice::new(seed), vec![0.0; count]);
    let others: Vec<&Vec<f32>> = others.iter().filter(|other| !other.is_empty()).collect();
    for _ in 0..BABBLING.min(others.len()) {
        let other = others[dice.below(others.len())];
        let offset = dice.below(other.len());
        track.iter_mut().enumerate().for_each(|(at, sample)| *sample += other[(at + offset) % other.len()]);
    }
    track
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_as_loud_as_it_shall_be() {
        let tone: Vec<f32> = (0..32_000).map(|at| 0.2 * (TAU * 440.0 * at as f32 / 16_000.0).sin()).collect();
        let others = vec![hiss(9_000, 5), rumble(20_000, 6), Vec::new()];
        for number in 0..KINDS {
            let noise: Vec<f32> = noisy(&tone, &others, number, 10.0).iter().zip(&tone).map(|(a, b)| a - b).collect();
            let snr_db = 10.0 * (power(&tone) / power(&noise)).log10();
            assert!((snr_db - 10.0).abs() < 0.3, "noise {number} is {snr_db} dB below");
        }
    }

    #[test]
    fn a_telephone_keeps_the_voice_and_takes_the_highs() {
        let tone = |hz: f32| (0..16_000).map(|at| 0.3 * (TAU * hz * at as f32 / 16_000.0).sin()).collect::<Vec<f32>>();
        let through = |hz: f32| power(&telephone(&tone(hz)).unwrap()) / power(&tone(hz));
        assert!((through(1000.0) - 1.0).abs() < 0.05);
        assert!(through(6000.0) < 0.01);
        assert_eq!(telephone(&tone(500.0)).unwrap().len(), 16_000);
    }

    #[test]
    fn sounds_without_words_last_and_are_heard() {
        for (name, sound) in wordless(2) {
            let level = power(&sound).sqrt();
            assert_eq!(sound.len(), 32_000);
            assert!(if name == "silence" { level < 2e-4 } else { level > 0.02 }, "{name} has level {level}");
        }
    }
}
