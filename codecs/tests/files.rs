//! Every kind of sound file, whole, torn and scrambled.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that unwraps fails loudly, as it should")]

use bytes::Bytes;
use hearth_audio::{peak, rms_dbfs};
use hearth_codecs::{Error, file};
use proptest::prelude::*;

/// Name, content, and the most samples more or less than half a second that its coder adds or drops.
const FIXTURES: [(&str, &[u8], usize); 6] = [
    ("wav", include_bytes!("fixtures/tone-mulaw.wav"), 0),
    ("flac", include_bytes!("fixtures/tone.flac"), 0),
    ("mp3", include_bytes!("fixtures/tone.mp3"), 3_000),
    ("ogg", include_bytes!("fixtures/tone.ogg"), 600),
    ("m4a", include_bytes!("fixtures/tone.m4a"), 3_000),
    ("aac", include_bytes!("fixtures/tone.aac"), 3_000),
];

/// Kinds that cannot be read without their end: M4A keeps its index there, and half a second of Ogg is a single page.
const INDEXED: [&str; 2] = ["m4a", "ogg"];

#[test]
fn the_tone_is_in_every_kind_of_file() {
    for (kind, bytes, slack) in FIXTURES {
        let sound = file::decode(Bytes::from_static(bytes), None).unwrap_or_else(|error| panic!("{kind}: {error}"));
        let half = sound.rate.hz() as usize / 2;
        assert!(sound.samples.len().abs_diff(half) <= slack, "{kind}: {} samples", sound.samples.len());
        let middle = &sound.samples[half / 4..half * 3 / 4];
        assert!((rms_dbfs(middle) + 9.03).abs() < 0.5, "{kind}: {} dBFS", rms_dbfs(middle));
        let crossings = middle.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
        assert!(crossings.abs_diff(110) <= 2, "{kind}: {crossings} periods in a quarter of a second");
        assert_eq!(sound.packets_damaged, 0, "{kind}");
    }
}

#[test]
fn what_is_not_read_says_so() {
    let opus = Bytes::from_static(include_bytes!("fixtures/tone.opus.ogg"));
    assert!(matches!(file::decode(opus, Some("ogg")), Err(Error::Unsupported(_))));
    for nonsense in [&b""[..], b"hello", &[0; 5_000], b"RIFF\0\0\0\0WAVE", b"{\"json\": true}"] {
        assert!(file::decode(Bytes::copy_from_slice(nonsense), None).is_err());
    }
}

#[test]
fn channels_without_end_are_refused_before_room_is_made_for_them() {
    let mut bytes = hearth_codecs::wav::encode(hearth_audio::SampleRate::HZ_16000, &[0.1; 70_000]);
    for channels in [33u16, 1_000, 65_535] {
        bytes[22..24].copy_from_slice(&channels.to_le_bytes());
        bytes[32..34].copy_from_slice(&channels.wrapping_mul(2).to_le_bytes());
        let refused = file::decode(Bytes::copy_from_slice(&bytes), None);
        assert!(refused.is_err(), "{channels} channels were read");
    }
}

#[test]
fn a_torn_file_gives_what_is_left_of_it() {
    for (kind, bytes, _) in FIXTURES.into_iter().filter(|fixture| !INDEXED.contains(&fixture.0)) {
        let torn = Bytes::from_static(&bytes[..bytes.len() * 2 / 3]);
        let sound = file::decode(torn, None).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert!(sound.samples.len() > sound.rate.hz() as usize / 8, "{kind}: {} samples", sound.samples.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn scrambled_files_are_refused_or_read_but_never_panic(
        fixture in prop::sample::select(&FIXTURES[..]),
        scrambles in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        keep in any::<prop::sample::Index>(),
        torn in any::<bool>(),
    ) {
        let mut bytes = fixture.1.to_vec();
        for (place, byte) in scrambles {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if torn {
            bytes.truncate(keep.index(bytes.len()));
        }
        if let Ok(sound) = file::decode(bytes.into(), Some(fixture.0)) {
            prop_assert!(sound.samples.len() < 10_000_000, "{} samples from a small file", sound.samples.len());
            prop_assert!(!peak(&sound.samples).is_nan());
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..3_000)) {
        let _ = file::decode(bytes.into(), None);
    }
}

#[test]
fn flac_that_is_made_piece_by_piece_is_the_same_sound() {
    let rate = hearth_audio::SampleRate::HZ_24000;
    let tone = |length: usize| (0..length).map(|at| (at as f32 * 0.11).sin() * 0.6).collect::<Vec<f32>>();
    for length in [5, 2_048, 10_001] {
        let (mut bytes, samples) = (Vec::new(), tone(length));
        let mut encoder = hearth_codecs::flac::FlacEncoder::new(rate, &mut bytes).unwrap();
        samples.chunks(777).for_each(|piece| encoder.push(piece, &mut bytes).unwrap());
        encoder.finish(&mut bytes).unwrap();
        let sound = file::decode(Bytes::from(bytes), Some("flac")).unwrap();
        assert_eq!((sound.rate, sound.samples.len()), (rate, length.max(32)));
        let worst = samples.iter().zip(&sound.samples).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max);
        assert!(worst <= 1.0 / 65_536.0 + 1e-6, "{worst}");
    }
}

#[test]
fn a_file_elsewhere_is_read_as_one_in_memory() {
    let bytes: &[u8] = include_bytes!("fixtures/tone.m4a");
    let mut sound = file::SoundFile::open_reader(std::io::Cursor::new(bytes), bytes.len() as u64, None).unwrap();
    let mut samples = Vec::new();
    while sound.read(&mut samples).unwrap() {}
    assert_eq!(samples, file::decode(Bytes::from_static(bytes), None).unwrap().samples);
}
