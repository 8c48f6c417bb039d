//! Any bytes as a picture.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(frame) = hearth_codecs::picture::decode(bytes, std::time::Duration::ZERO) {
        assert_eq!(frame.rgb.len() as u64, 3 * u64::from(frame.width) * u64::from(frame.height));
    }
});
