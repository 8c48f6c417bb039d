//! Spoken questions, made at test time by flite.

use std::process::Command;

use base64::Engine;

const WAV_HEADER_BYTES: usize = 44;

/// PCM bytes (16 bit mono, 16 kHz) of `text`, with half a second of silence before and a second after it.
#[must_use]
pub fn spoken_16_khz(text: &str) -> Vec<u8> {
    let file = tempfile::NamedTempFile::with_suffix(".wav").unwrap();
    let made = Command::new("flite").args(["-voice", "slt", "-t", text, "-o"]).arg(file.path()).status();
    assert!(made.expect("flite is installed").success());
    let wav = std::fs::read(file.path()).unwrap();
    assert_eq!(u32::from_le_bytes(wav[24..28].try_into().unwrap()), 16_000, "flite's slt speaks at 16 kHz");
    [&[0; 16_000], &wav[WAV_HEADER_BYTES..], &[0; 32_000]].concat()
}

/// Bytes as the protocol carries them.
#[must_use]
pub fn to_base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
