//! What the media kernels cost: `cargo bench -p hearth-codecs`. A frame is 20 ms.
#![allow(clippy::unwrap_used, reason = "a bench that unwraps fails loudly, as it should")]

use bytes::Bytes;
use divan::{Bencher, black_box};
use hearth_audio::{Resampler, SampleRate};
use hearth_codecs::{file, g711::Law, pcm};

fn main() {
    divan::main();
}

fn frame(rate: u32) -> Vec<f32> {
    (0..rate / 50).map(|n| (n as f32 / 9.0).sin()).collect()
}

#[divan::bench(args = [(24_000, 16_000), (48_000, 16_000), (44_100, 16_000), (8_000, 16_000), (24_000, 48_000)])]
fn resample_frame(bencher: Bencher<'_, '_>, (from, to): (u32, u32)) {
    let mut resampler = Resampler::new(SampleRate::new(from).unwrap(), SampleRate::new(to).unwrap()).unwrap();
    let (frame, mut out) = (frame(from), Vec::with_capacity(8_000));
    bencher.bench_local(|| {
        out.clear();
        resampler.push(black_box(&frame), &mut out);
        out.len()
    });
}

#[divan::bench]
fn pcm_frame_both_ways(bencher: Bencher<'_, '_>) {
    let (frame, mut bytes, mut back) = (frame(24_000), Vec::new(), Vec::new());
    bencher.bench_local(|| {
        bytes.clear();
        back.clear();
        pcm::encode(black_box(&frame), &mut bytes);
        pcm::PcmDecoder::default().push(&bytes, &mut back);
        back.len()
    });
}

#[divan::bench(args = [Law::Mu, Law::A])]
fn g711_frame_both_ways(bencher: Bencher<'_, '_>, law: Law) {
    let (frame, mut bytes, mut back) = (frame(8_000), Vec::new(), Vec::new());
    bencher.bench_local(|| {
        bytes.clear();
        back.clear();
        law.encode(black_box(&frame), &mut bytes);
        law.decode(&bytes, &mut back);
        back.len()
    });
}

/// Half a second each.
#[divan::bench(args = ["mp3", "ogg", "flac", "m4a"])]
fn sound_file(kind: &str) -> usize {
    let bytes: &'static [u8] = match kind {
        "mp3" => include_bytes!("../tests/fixtures/tone.mp3"),
        "ogg" => include_bytes!("../tests/fixtures/tone.ogg"),
        "flac" => include_bytes!("../tests/fixtures/tone.flac"),
        _ => include_bytes!("../tests/fixtures/tone.m4a"),
    };
    file::decode(Bytes::from_static(black_box(bytes)), Some(kind)).unwrap().samples.len()
}
