//! Any bytes as PCM and G.711, in two pieces: what comes back is what went in.
#![no_main]

use hearth_codecs::{g711::Law, pcm};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (first, second) = bytes.split_at(bytes.len() / 3);
    let (mut decoder, mut samples, mut back) = (pcm::PcmDecoder::default(), Vec::new(), Vec::new());
    decoder.push(first, &mut samples);
    decoder.push(second, &mut samples);
    pcm::encode(&samples, &mut back);
    assert_eq!(back, bytes[..bytes.len() / 2 * 2]);
    for law in [Law::Mu, Law::A] {
        let mut samples = Vec::new();
        law.decode(bytes, &mut samples);
        assert!(samples.iter().all(|sample| sample.abs() <= 1.0));
    }
});
