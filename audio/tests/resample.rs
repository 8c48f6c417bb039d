//! Length, phase, delay and quality of the resampler, whatever the frames are.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that unwraps fails loudly, as it should")]

use std::f64::consts::TAU;

use hearth_audio::{Resampler, SampleRate};
use proptest::prelude::*;

const RATES: [u32; 7] = [8_000, 11_025, 16_000, 24_000, 32_000, 44_100, 48_000];

fn rate(hz: u32) -> SampleRate {
    SampleRate::new(hz).unwrap()
}

/// In f64: in f32 the phase after a second is so coarse that the tone is noisy.
fn sine(hz: f64, rate: u32, samples: usize) -> Vec<f32> {
    (0..samples).map(|n| (0.5 * (TAU * hz * n as f64 / f64::from(rate)).sin()) as f32).collect()
}

/// Pushes `samples` in frames of the given lengths, over and over, and flushes.
fn resample(from: u32, to: u32, samples: &[f32], frames: &[usize]) -> Vec<f32> {
    let mut resampler = Resampler::new(rate(from), rate(to)).unwrap();
    let (mut rest, mut out) = (samples, Vec::new());
    for &frame in frames.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (now, later) = rest.split_at(frame.clamp(1, rest.len()));
        resampler.push(now, &mut out);
        rest = later;
    }
    resampler.flush(&mut out);
    out
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).fold(0.0, |worst, (a, b)| worst.max((a - b).abs()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn frames_of_any_length_give_the_same_sound_of_exact_length(
        from in prop::sample::select(&RATES[..]),
        to in prop::sample::select(&RATES[..]),
        samples in 1usize..6_000,
        frames in prop::collection::vec(1usize..2_000, 1..8),
    ) {
        let sound = sine(440.0, from, samples);
        let whole = resample(from, to, &sound, &[samples]);
        let pieces = resample(from, to, &sound, &frames);
        let exact = (samples as f64 * f64::from(to) / f64::from(from)).round() as usize;
        prop_assert_eq!(whole.len(), exact);
        prop_assert_eq!(pieces, whole);
    }

    #[test]
    fn what_waits_inside_is_bounded_by_the_delay(
        from in prop::sample::select(&RATES[..]),
        to in prop::sample::select(&RATES[..]),
        frames in prop::collection::vec(1usize..3_000, 1..20),
    ) {
        let mut resampler = Resampler::new(rate(from), rate(to)).unwrap();
        let (mut pushed, mut out) = (0u64, Vec::new());
        for frame in frames {
            resampler.push(&vec![0.1; frame], &mut out);
            pushed += frame as u64;
            let inside = rate(from).duration_of(pushed).as_secs_f64() - rate(to).duration_of(out.len() as u64).as_secs_f64();
            prop_assert!(inside <= resampler.delay().as_secs_f64() + 1e-6, "{inside} s inside {resampler:?}");
            prop_assert!(inside >= -1.0 / f64::from(to), "ran ahead of its input");
        }
    }
}

#[test]
fn a_tone_keeps_its_phase_and_level() {
    for from in RATES {
        for to in [8_000, 16_000, 24_000, 48_000] {
            let (input, wanted) = (sine(1_000.0, from, from as usize), sine(1_000.0, to, to as usize));
            let out = resample(from, to, &input, &[from as usize / 50]);
            // The ends ring, as a tone that is switched on and off must.
            let middle = to as usize / 10..to as usize * 9 / 10;
            let worst = largest_difference(&out[middle.clone()], &wanted[middle]);
            assert!(worst < 1e-4, "{from} to {to}: off by {worst}");
        }
    }
}

#[test]
fn a_tone_above_the_new_band_does_not_come_back_as_another() {
    for (from, to, tone) in [(48_000, 16_000, 10_000.0), (24_000, 16_000, 9_500.0), (24_000, 8_000, 6_000.0)] {
        let out = resample(from, to, &sine(tone, from, from as usize), &[480]);
        let middle = &out[to as usize / 10..to as usize * 9 / 10];
        let level = hearth_audio::rms_dbfs(middle);
        assert!(level < -100.0, "{tone} Hz came through {from} to {to} at {level} dBFS");
    }
}

#[test]
fn the_usual_rates_wait_15_ms_and_equal_rates_nothing() {
    for (from, to) in [(8_000, 16_000), (24_000, 16_000), (48_000, 16_000), (24_000, 8_000), (24_000, 48_000)] {
        assert_eq!(Resampler::new(rate(from), rate(to)).unwrap().delay().as_millis(), 15, "{from} to {to}");
    }
    assert_eq!(Resampler::new(rate(44_100), rate(16_000)).unwrap().delay().as_millis(), 30);
    let mut same = Resampler::new(SampleRate::HZ_16000, SampleRate::HZ_16000).unwrap();
    let mut out = Vec::new();
    same.push(&[0.25, -1.5], &mut out);
    assert_eq!((out, same.delay().as_nanos()), (vec![0.25, -1.5], 0));
}

#[test]
fn a_flushed_resampler_is_fresh() {
    let mut resampler = Resampler::new(SampleRate::HZ_48000, SampleRate::HZ_16000).unwrap();
    let sound = sine(300.0, 48_000, 5_000);
    let (mut first, mut second) = (Vec::new(), Vec::new());
    resampler.push(&sound, &mut first);
    resampler.flush(&mut first);
    resampler.push(&sound, &mut second);
    resampler.flush(&mut second);
    assert_eq!(first, second);
}

#[test]
fn an_empty_stream_flushes_to_nothing() {
    assert!(resample(44_100, 16_000, &[], &[1]).is_empty());
}

#[test]
fn odd_rates_work_and_the_delay_says_what_they_cost() {
    let resampler = Resampler::new(rate(44_099), SampleRate::HZ_16000).unwrap();
    assert!(resampler.delay().as_secs_f32() <= 3.0);
    assert_eq!(resample(44_099, 16_000, &sine(440.0, 44_099, 44_099), &[1_000]).len(), 16_000);
}

#[test]
fn extreme_rates_do_not_fall_over() {
    for (from, to) in [(1, 16_000), (16_000, 1), (192_000, 8_000), (8_000, 192_000), (7, 11)] {
        let out = resample(from, to, &[0.5; 5], &[2]);
        assert_eq!(out.len(), (5.0 * f64::from(to) / f64::from(from)).round() as usize, "{from} to {to}");
    }
}
