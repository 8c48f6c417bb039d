//! A directory of models: what it must hold, whether it is whole, and how it becomes [`Models`].

use std::{
    collections::BTreeMap,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use hearth_runtime::{Library, Workers};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{
    Error, Models, VisionEncoder,
    core::{CoreFile, CoreSettings, PackedCore},
    sight::{self, PackageEyes},
    speech::{self, PackageEars, SileroVad},
    tts::{self, PackageVoice},
};

/// What `package.toml` says.
#[derive(Debug, Clone, Deserialize)]
struct PackageFile {
    name: String,
    version: String,
    files: BTreeMap<String, FileMark>,
}

/// How a file of the package is known.
#[derive(Debug, Clone, Deserialize)]
struct FileMark {
    bytes: u64,
    sha256: String,
}

/// How much the models take on.
#[derive(Debug, Clone)]
pub struct PackageSettings {
    /// Threads for ears, voice and voice activity, at least 1; the core has one more of its own.
    pub threads: usize,
    /// Most jobs that may wait for them.
    pub queue_jobs_max: usize,
    /// The core's share.
    pub core: CoreSettings,
    /// The voice activity model; found beside the library of ONNX Runtime when not named.
    pub vad: Option<PathBuf>,
}

impl Default for PackageSettings {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { threads, queue_jobs_max: 4096, core: CoreSettings::default(), vad: None }
    }
}

/// A package directory whose files are all there.
#[derive(Debug, Clone)]
pub struct Package {
    folder: PathBuf,
    file: PackageFile,
}

/// A package at work.
pub struct Loaded {
    /// What sessions use.
    pub models: Models,
    /// The core, for its numbers.
    pub core: Arc<PackedCore>,
    /// The workers, for their numbers.
    pub workers: Arc<Workers>,
}

/// What to do about a file that is not as it should be.
const REMEDY: &str = "restore it with `git checkout -- models/pocket`, or name another package with --models";

impl Package {
    /// Reads `package.toml` in `folder` and checks that every file it names is there in its full length. Fast: nothing
    /// is hashed, see [`Package::verify`].
    ///
    /// # Errors
    /// [`Error::Broken`] naming the file that is missing or damaged, and what to do.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        if !folder.is_dir() {
            return Err(Error::Broken(format!(
                "there is no models directory {}; name one with --models",
                folder.display()
            )));
        }
        let path = folder.join("package.toml");
        let text = std::fs::read_to_string(&path).map_err(|error| faulty(&path, &error))?;
        let file: PackageFile = toml::from_str(&text).map_err(|error| faulty(&path, &error.message()))?;
        for (name, mark) in &file.files {
            let path = folder.join(name);
            let bytes = std::fs::metadata(&path).map_err(|error| faulty(&path, &error))?.len();
            if bytes != mark.bytes {
                return Err(faulty(&path, &format!("it has {bytes} bytes, not {}", mark.bytes)));
            }
        }
        Ok(Self { folder: folder.to_path_buf(), file })
    }

    /// What clients call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// Which of its releases this is.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.file.version
    }

    /// Reads every file and compares its SHA-256.
    ///
    /// # Errors
    /// [`Error::Broken`] naming the first file that differs, and what to do.
    pub fn verify(&self) -> Result<(), Error> {
        for (name, mark) in &self.file.files {
            let path = self.folder.join(name);
            let found = sha256(&path).map_err(|error| faulty(&path, &error))?;
            if found != mark.sha256 {
                return Err(faulty(&path, &"its contents were changed (SHA-256 differs)"));
            }
        }
        Ok(())
    }

    /// Loads every model.
    ///
    /// # Errors
    /// [`Error::Broken`] naming the file that does not load, and what to do.
    pub fn load(&self, library: &Library, settings: &PackageSettings) -> Result<Loaded, Error> {
        let [ears, mind, voice] = ["ears", "mind", "voice"].map(|part| self.folder.join(part));
        let vad = settings.vad.clone().map_or_else(|| find_vad(library), Ok)?;
        let mut graphs = vec![speech::vad_graph(&vad)?, speech::ears_graph(&ears)];
        graphs.extend(tts::graphs(&voice));
        // Eyes are optional, and of no use to a core that cannot see.
        let sights = CoreFile::read(&mind.join("core.json"))?.image_embedding;
        let eyes = self.folder.join("eyes");
        let sights = sights.filter(|_| self.file.files.keys().any(|name| name.starts_with("eyes/")));
        graphs.extend(sights.map(|_| sight::graph(&eyes)));
        // Both take a while, and neither waits for the other.
        let (workers, core) = std::thread::scope(|scope| {
            let core = scope.spawn(|| PackedCore::open(library, &mind, settings.core));
            let workers = Workers::start(library, settings.threads, settings.queue_jobs_max, &graphs);
            (workers, core.join().unwrap_or_else(|_| Err(Error::Broken("loading the core broke off".into()))))
        });
        let (workers, core) = (Arc::new(workers?), Arc::new(core?));
        let ears = PackageEars::open(&ears, &workers)?;
        let width = CoreFile::read(&mind.join("core.json"))?.audio_embedding;
        if ears.embedding_width() != width {
            let reason = format!("reads embeddings of {width} numbers, the ears give {}", ears.embedding_width());
            return Err(faulty(&mind.join("core.json"), &reason));
        }
        let eyes = sights.map(|width| open_eyes(&eyes, &workers, width)).transpose()?;
        let models = Models {
            name: self.file.name.clone(),
            vad: Arc::new(SileroVad::open(&workers)?),
            ears: Arc::new(ears),
            eyes,
            mind: Arc::clone(&core) as Arc<dyn crate::Core>,
            voice: Arc::new(PackageVoice::open(&voice, &workers)?),
        };
        Ok(Loaded { models, core, workers })
    }
}

/// The eyes in `folder`, for a core that reads embeddings of `width` numbers.
fn open_eyes(folder: &Path, workers: &Workers, width: usize) -> Result<Arc<dyn VisionEncoder>, Error> {
    let eyes = PackageEyes::open(folder, workers)?;
    if eyes.embedding_width() != width {
        let reason = format!("gives embeddings of {} numbers, the core reads {width}", eyes.embedding_width());
        return Err(faulty(&folder.join("config.json"), &reason));
    }
    Ok(Arc::new(eyes))
}

/// The voice activity model that the set-up script puts beside the library.
fn find_vad(library: &Library) -> Result<PathBuf, Error> {
    let party = library.path().parent().and_then(Path::parent);
    let mut places: Vec<PathBuf> = party.map(|party| party.join("silero")).into_iter().collect();
    let working = std::env::current_dir().ok();
    let program = std::env::current_exe().ok();
    for start in [program, working].into_iter().flatten() {
        places.extend(start.ancestors().map(|parent| parent.join("third_party/silero")));
    }
    let file = places.iter().map(|place| place.join("silero_vad.onnx")).find(|file| file.is_file());
    file.ok_or_else(|| Error::Broken("silero_vad.onnx is not in third_party/silero; run `make setup`".into()))
}

fn faulty(path: &Path, reason: &dyn std::fmt::Display) -> Error {
    Error::Broken(format!("{}: {reason}; {REMEDY}", path.display()))
}

fn sha256(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        hash.update(&buffer[..count]);
    }
}

impl From<hearth_runtime::Error> for Error {
    fn from(error: hearth_runtime::Error) -> Self {
        use hearth_runtime::Error as Below;
        match error {
            Below::File { path, reason } => faulty(&path, &reason),
            Below::Malformed(reason) => Self::Malformed(reason),
            Below::LimitReached(reason) => Self::LimitReached(reason),
            other => Self::Broken(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(contents: &[u8]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("ears")).unwrap();
        std::fs::write(folder.path().join("ears/lm.bin"), contents).unwrap();
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let text =
            format!("name = \"p\"\nversion = \"1\"\n[files]\n\"ears/lm.bin\" = {{ bytes = 3, sha256 = \"{hash}\" }}\n");
        std::fs::write(folder.path().join("package.toml"), text).unwrap();
        folder
    }

    #[test]
    fn a_whole_package_is_whole() {
        let folder = package(b"abc");
        let package = Package::open(folder.path()).unwrap();
        assert_eq!((package.name(), package.version()), ("p", "1"));
        package.verify().unwrap();
    }

    #[test]
    fn what_is_wrong_is_named_with_what_to_do() {
        let told = |error: Error, words: &[&str]| {
            let text = error.to_string();
            assert!(words.iter().all(|word| text.contains(word)), "{text}");
        };
        told(Package::open(Path::new("/nowhere/at/all")).unwrap_err(), &["/nowhere/at/all", "--models"]);
        let folder = tempfile::tempdir().unwrap();
        told(Package::open(folder.path()).unwrap_err(), &["package.toml", "git checkout"]);
        let folder = package(b"abd");
        told(Package::open(folder.path()).unwrap().verify().unwrap_err(), &["lm.bin", "SHA-256"]);
        std::fs::write(folder.path().join("ears/lm.bin"), "abcd").unwrap();
        told(Package::open(folder.path()).unwrap_err(), &["lm.bin", "4 bytes, not 3", "git checkout"]);
        std::fs::remove_file(folder.path().join("ears/lm.bin")).unwrap();
        told(Package::open(folder.path()).unwrap_err(), &["lm.bin", "git checkout"]);
        std::fs::write(folder.path().join("package.toml"), "name = 3").unwrap();
        told(Package::open(folder.path()).unwrap_err(), &["package.toml"]);
    }
}
