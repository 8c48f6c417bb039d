//! Sound files for the commands.

use std::path::Path;

use hearth_audio::{Resampler, SampleRate, rms_dbfs};
use hearth_codecs::{file, wav};

/// Largest sound file that a command reads.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// The sound in the file at `path`, of whatever kind, as mono samples at `rate`.
///
/// # Errors
/// A sentence that names the file and says what is wrong with it.
pub fn load(path: &Path, rate: SampleRate) -> Result<Vec<f32>, String> {
    let name = path.display();
    let length = std::fs::metadata(path).map_err(|error| format!("{name}: {error}"))?.len();
    if length > FILE_BYTES_MAX {
        return Err(format!("{name}: {length} bytes are more than the {FILE_BYTES_MAX} that are read"));
    }
    let bytes = std::fs::read(path).map_err(|error| format!("{name}: {error}"))?;
    let extension = path.extension().and_then(|extension| extension.to_str());
    let sound = file::decode(bytes.into(), extension).map_err(|error| format!("{name}: {error}"))?;
    let mut resampler = Resampler::new(sound.rate, rate).map_err(|error| format!("{name}: {error}"))?;
    let mut samples = Vec::new();
    resampler.push(&sound.samples, &mut samples);
    resampler.flush(&mut samples);
    Ok(samples)
}

/// Writes mono `samples` as a 16-bit WAV file.
///
/// # Errors
/// A sentence that names the file and says what is wrong with it.
pub fn save(path: &Path, rate: SampleRate, samples: &[f32]) -> Result<(), String> {
    std::fs::write(path, wav::encode(rate, samples)).map_err(|error| format!("{}: {error}", path.display()))
}

/// Where speech ends in `samples`, in samples: after it there is nothing within 40 dB of the loudest 20 ms. 0 for silence.
#[must_use]
pub fn speech_end(samples: &[f32], rate: SampleRate) -> usize {
    let step = (rate.hz() as usize / 50).max(1);
    let levels: Vec<f32> = samples.chunks(step).map(rms_dbfs).collect();
    let loudest = levels.iter().fold(hearth_audio::DBFS_MIN, |most, &level| most.max(level));
    let bar = (loudest - 40.0).max(-80.0);
    let last = levels.iter().rposition(|&level| level > bar);
    last.map_or(0, |last| ((last + 1) * step).min(samples.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_loaded_at_any_rate() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tone.wav");
        save(&path, SampleRate::HZ_24000, &[0.25; 2_400]).unwrap();
        assert_eq!(load(&path, SampleRate::HZ_24000).unwrap(), vec![0.25; 2_400]);
        assert_eq!(load(&path, SampleRate::HZ_16000).unwrap().len(), 1_600);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("words.txt");
        std::fs::write(&path, "hello").unwrap();
        for path in [path, folder.path().join("none.wav")] {
            let error = load(&path, SampleRate::HZ_16000).unwrap_err();
            assert!(error.contains(&path.display().to_string()), "{error}");
        }
    }

    #[test]
    fn speech_ends_where_it_falls_silent() {
        let sound = [vec![0.3; 4_800], vec![0.0005; 4_800]].concat();
        assert_eq!(speech_end(&sound, SampleRate::HZ_24000), 4_800);
        assert_eq!(speech_end(&[0.0; 1_000], SampleRate::HZ_24000), 0);
        assert_eq!(speech_end(&[0.3; 100], SampleRate::HZ_24000), 100);
        assert_eq!(speech_end(&[], SampleRate::HZ_24000), 0);
    }
}
