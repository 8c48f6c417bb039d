//! Windows, the ring of the sound just heard, and loudness.

use hearth_audio::{AudioFrame, DBFS_MIN, PrefixRing, SampleRate, WINDOW_SAMPLES, Windows, peak, rms_dbfs};
use proptest::prelude::*;

proptest! {
    #[test]
    fn windows_hold_the_stream_in_order(frames in prop::collection::vec(0usize..1_500, 0..12)) {
        let (mut windows, mut seen, mut next) = (Windows::default(), Vec::new(), 0.0f32);
        for length in frames {
            let frame: Vec<f32> = (0..length).map(|n| next + n as f32).collect();
            next += length as f32;
            let mut rest = frame.as_slice();
            while let Some(window) = windows.next(&mut rest) {
                seen.extend_from_slice(window);
            }
            prop_assert!(rest.is_empty());
        }
        prop_assert!(seen.iter().enumerate().all(|(n, &sample)| sample == n as f32));
        prop_assert_eq!(seen.len() % WINDOW_SAMPLES, 0);
        prop_assert_eq!(seen.len() + windows.waiting(), next as usize);
    }

    #[test]
    fn the_ring_knows_the_newest_samples_by_their_place(
        samples_max in 0usize..300,
        frames in prop::collection::vec(0usize..500, 0..12),
        start in 0u64..4_000,
    ) {
        let (mut ring, mut all) = (PrefixRing::new(samples_max), Vec::new());
        for length in frames {
            let from = all.len();
            all.extend((from..from + length).map(|n| n as f32));
            ring.push(&all[from..]);
        }
        let oldest = all.len().saturating_sub(samples_max);
        let (older, newer) = ring.since(start);
        let wanted = &all[(start as usize).clamp(oldest, all.len())..];
        prop_assert_eq!([older, newer].concat(), wanted);
        prop_assert_eq!((ring.start(), ring.end()), (oldest as u64, all.len() as u64));
    }
}

#[test]
fn loudness_of_known_sounds() {
    let sine: Vec<f32> = (0..16_000).map(|n| (std::f32::consts::TAU * n as f32 / 160.0).sin()).collect();
    assert!((rms_dbfs(&sine) + 3.01).abs() < 0.01);
    assert!(rms_dbfs(&[1.0, -1.0]).abs() < 1e-6);
    assert_eq!(rms_dbfs(&[]), DBFS_MIN);
    assert_eq!(rms_dbfs(&[0.0; 9]), DBFS_MIN);
    assert_eq!(rms_dbfs(&[1e-9; 9]), DBFS_MIN);
    assert_eq!(peak(&[0.1, -0.7, 0.3]), 0.7);
    assert_eq!(peak(&[]), 0.0);
}

#[test]
fn frames_know_their_times() {
    let frame = AudioFrame { start: 48_000 * 7_200 + 24, rate: SampleRate::HZ_48000, samples: vec![0.0; 960].into() };
    assert_eq!(frame.starts_at().as_micros(), 7_200_000_500);
    assert_eq!(frame.duration().as_millis(), 20);
    assert_eq!(frame.end(), 48_000 * 7_200 + 984);
    assert_eq!(SampleRate::HZ_48000.samples_in(frame.starts_at()), frame.start);
    assert!(SampleRate::new(0).is_none() && SampleRate::new(192_001).is_none());
}
