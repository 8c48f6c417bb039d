//! Any bytes as a sound file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = hearth_codecs::file::decode(bytes::Bytes::copy_from_slice(bytes), None);
});
