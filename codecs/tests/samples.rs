//! PCM, G.711 and WAV: there and back.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that unwraps fails loudly, as it should")]

use bytes::Bytes;
use hearth_audio::{SampleRate, rms_dbfs};
use hearth_codecs::{
    Error, file,
    g711::Law,
    pcm::{self, PcmDecoder},
    wav,
};
use proptest::prelude::*;

proptest! {
    #[test]
    fn every_16_bit_sample_survives_whatever_the_pieces(bytes in prop::collection::vec(any::<u8>(), 0..600), cut in prop::collection::vec(0usize..40, 1..9)) {
        let (mut decoder, mut samples, mut rest) = (PcmDecoder::default(), Vec::new(), bytes.as_slice());
        for &length in cut.iter().cycle().take(2_000) {
            let (now, later) = rest.split_at(length.min(rest.len()));
            decoder.push(now, &mut samples);
            rest = later;
        }
        decoder.push(rest, &mut samples);
        prop_assert_eq!(decoder.is_odd(), bytes.len() % 2 == 1);
        let mut back = Vec::new();
        pcm::encode(&samples, &mut back);
        prop_assert_eq!(&back[..], &bytes[..bytes.len() / 2 * 2]);
        prop_assert!(samples.iter().all(|sample| (-1.0..1.0).contains(sample)));
    }

    #[test]
    fn the_laws_are_close_to_what_went_in(sample in -1.0f32..1.0) {
        for law in [Law::Mu, Law::A] {
            let (mut bytes, mut back) = (Vec::new(), Vec::new());
            law.encode(&[sample], &mut bytes);
            law.decode(&bytes, &mut back);
            // Half a step of the segment: 1/32 of the magnitude, and 1/512 near zero; mu-law clips at 0.98.
            prop_assert!((sample - back[0]).abs() <= sample.abs() / 32.0 + 1.0 / 512.0, "{law:?}: {sample} came back as {}", back[0]);
        }
    }
}

#[test]
fn half_a_sample_at_the_end_is_an_error_once() {
    let mut decoder = PcmDecoder::default();
    decoder.push(&[1, 2, 3], &mut Vec::new());
    assert!(matches!(decoder.finish(), Err(Error::Malformed(_))));
    assert_eq!(decoder.finish(), Ok(()));
}

#[test]
fn too_loud_is_clipped_and_no_number_is_silence() {
    let mut bytes = Vec::new();
    pcm::encode(&[2.0, -2.0, 1.0, f32::NAN, f32::INFINITY], &mut bytes);
    let samples: Vec<i16> = bytes.chunks(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    assert_eq!(samples, [32_767, -32_768, 32_767, 0, 32_767]);
}

#[test]
fn the_laws_give_every_byte_back() {
    for law in [Law::Mu, Law::A] {
        let all: Vec<u8> = (0..=255).collect();
        let (mut samples, mut back) = (Vec::new(), Vec::new());
        law.decode(&all, &mut samples);
        law.encode(&samples, &mut back);
        for (byte, (again, sample)) in all.iter().zip(back.iter().zip(samples)) {
            // Mu-law has two zeros; the negative one comes back as the positive one.
            assert!(byte == again || sample == 0.0, "{law:?}: {byte:#x} became {again:#x}");
        }
    }
}

#[test]
fn the_laws_agree_with_the_recommendation() {
    // Values of ITU-T G.711 tables 1a and 2a, scaled to 16 bits.
    let linear = |law: Law, byte: u8| {
        let mut out = Vec::new();
        law.decode(&[byte], &mut out);
        (out[0] * 32_768.0) as i32
    };
    assert_eq!([0x80, 0x00, 0xff, 0x7f, 0x8f].map(|byte| linear(Law::Mu, byte)), [32_124, -32_124, 0, 0, 16_764]);
    assert_eq!([0xaa, 0x2a, 0xd5, 0x55, 0xa5].map(|byte| linear(Law::A, byte)), [32_256, -32_256, 8, -8, 16_896]);
}

#[test]
fn a_wav_file_is_read_back_exactly() {
    let samples: Vec<f32> = (-500..500).map(|n| pcm::from_i16(n * 65)).collect();
    let bytes = wav::encode(SampleRate::HZ_24000, &samples);
    let sound = file::decode(bytes.into(), None).unwrap();
    assert_eq!((sound.rate, sound.samples, sound.packets_damaged), (SampleRate::HZ_24000, samples, 0));
}

#[test]
fn a_wav_stream_of_unknown_length_is_read_to_its_end() {
    let mut bytes = wav::header(SampleRate::HZ_16000, None).to_vec();
    pcm::encode(&[0.5; 16_000], &mut bytes);
    let sound = file::decode(bytes.into(), Some("wav")).unwrap();
    assert_eq!(sound.samples.len(), 16_000);
    assert!((rms_dbfs(&sound.samples) + 6.02).abs() < 0.01);
}

#[test]
fn an_empty_wav_file_holds_no_sound() {
    let bytes = wav::encode(SampleRate::HZ_16000, &[]);
    assert!(matches!(file::decode(Bytes::from(bytes), None), Err(Error::Malformed(_))));
}
