//! Sentences spoken by other programs.

use std::{path::PathBuf, process::Command};

use crate::{commands::sound, senses::EAR_RATE};

/// Folder of spoken sentences, made when they are first wanted.
pub(super) struct Spoken {
    folder: PathBuf,
}

impl Spoken {
    /// Keeps its files in `folder`.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub(super) fn new(folder: PathBuf) -> Result<Self, String> {
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self { folder })
    }

    /// The file of sentence `number`.
    pub(super) fn path(&self, number: usize) -> PathBuf {
        self.folder.join(format!("{number:04}.wav"))
    }

    /// What `command`, which lacks only the name of the file to write, says: mono 16 kHz. `number` names the file.
    ///
    /// # Errors
    /// A sentence that says which program is missing or failed.
    pub(super) fn say(&self, number: usize, command: &[String]) -> Result<Vec<f32>, String> {
        let (program, arguments) = command.split_first().ok_or("an empty command")?;
        let path = self.path(number);
        let output = Command::new(program).args(arguments).arg(&path).output();
        let output = output.map_err(|error| {
            format!("{program}: {error}\nOn Debian: apt-get install flite espeak-ng festival festvox-kallpc16k")
        })?;
        if !output.status.success() {
            return Err(format!("{program} failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
        }
        sound::load(&path, EAR_RATE)
    }
}
