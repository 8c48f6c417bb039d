//! Finding and loading the ONNX Runtime library, once per process.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use ort::{
    LoadDynamicError,
    environment::Environment,
    ep::{self, ExecutionProvider},
    logging::{LogLevel, LoggerFunction},
    session::{Session, builder::SessionBuilder},
};

use crate::Error;

/// The oldest library that works.
const VERSION_MIN: &str = "1.31";
/// Where the set-up script puts the library, below the program's or the working directory or a parent of it.
const PLACE: &str = "third_party/ort";

/// What the graphs run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// The processor.
    Cpu,
    /// An NVIDIA card.
    Cuda,
}

/// The loaded ONNX Runtime. Cheap to clone; there is one per process.
#[derive(Clone)]
pub struct Library {
    inner: Arc<Inner>,
}

struct Inner {
    environment: Environment,
    path: PathBuf,
    build: String,
    provider: Provider,
    provider_note: String,
}

static LOADED: Mutex<Option<Library>> = Mutex::new(None);

/// Finds the library: `flag`, then `named` (the value of `ORT_DYLIB_PATH`), then beside the program, then in
/// `third_party/ort` below the program's directory, the working directory and their parents. The path is absolute.
///
/// # Errors
/// [`Error::LibraryMissing`] with every place looked at. A file that was asked for by name is not replaced by another.
pub fn find_library(flag: Option<&Path>, named: Option<&Path>) -> Result<PathBuf, Error> {
    if let Some(path) = flag.or(named.filter(|path| !path.as_os_str().is_empty())) {
        return std::path::absolute(path)
            .ok()
            .filter(|path| path.is_file())
            .ok_or_else(|| Error::LibraryMissing { searched: vec![path.to_path_buf()] });
    }
    let places = places();
    let found = places.iter().find_map(|place| library_in(place));
    found.ok_or(Error::LibraryMissing { searched: places })
}

fn places() -> Vec<PathBuf> {
    let program = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_path_buf));
    let working = std::env::current_dir().ok();
    let mut places: Vec<PathBuf> = program.iter().cloned().collect();
    for start in [program, working].into_iter().flatten() {
        places.extend(start.ancestors().map(|parent| parent.join(PLACE)));
    }
    let mut seen = std::collections::HashSet::new();
    places.retain(|place| seen.insert(place.clone()));
    places
}

/// The newest `libonnxruntime.so*` in a directory.
fn library_in(place: &Path) -> Option<PathBuf> {
    let is_library = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("libonnxruntime.so") || name == "libonnxruntime.dylib" || name == "onnxruntime.dll"
    };
    let entries = std::fs::read_dir(place).ok()?;
    entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_library(path) && path.is_file()).max()
}

impl Library {
    /// Loads the library at `path`, or gives back the one loaded before.
    ///
    /// # Errors
    /// [`Error::LibraryMissing`], [`Error::LibraryUnusable`] (not a library, or another one is loaded already) or
    /// [`Error::LibraryVersion`].
    pub fn load(path: &Path) -> Result<Self, Error> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        if !path.is_file() {
            return Err(Error::LibraryMissing { searched: vec![path] });
        }
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(library) = loaded.as_ref() {
            return if library.inner.path == path {
                Ok(library.clone())
            } else {
                let reason = format!("{} is loaded already", library.inner.path.display());
                Err(Error::LibraryUnusable { path, reason })
            };
        }
        let library = Self { inner: Arc::new(Inner::load(path)?) };
        *loaded = Some(library.clone());
        Ok(library)
    }

    /// [`find_library`] and [`Library::load`] in one.
    ///
    /// # Errors
    /// As for both.
    pub fn open(flag: Option<&Path>, named: Option<&Path>) -> Result<Self, Error> {
        Self::load(&find_library(flag, named)?)
    }

    /// The file, absolute.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// What the library says of itself: version, commit, flags.
    #[must_use]
    pub fn build(&self) -> &str {
        &self.inner.build
    }

    /// What graphs run on.
    #[must_use]
    pub fn provider(&self) -> Provider {
        self.inner.provider
    }

    /// Why graphs run there, one line for the log.
    #[must_use]
    pub fn provider_note(&self) -> &str {
        &self.inner.provider_note
    }

    /// A session in the making: one thread, nothing that spins, quiet.
    pub(crate) fn session(&self) -> Result<SessionBuilder, Error> {
        let mut builder = quiet_session(&self.inner.environment)?;
        if self.inner.provider == Provider::Cuda {
            ep::CUDA::default().with_device_id(0).register(&mut builder).map_err(broken)?;
        }
        Ok(builder)
    }
}

impl Inner {
    fn load(path: PathBuf) -> Result<Self, Error> {
        let builder = ort::init_from(&path).map_err(|error| refused(&path, error))?;
        let unusable = |reason: ort::Error| Error::LibraryUnusable { path: path.clone(), reason: reason.to_string() };
        let environment =
            builder.with_name("hearth").with_telemetry(false).with_logger(logger()).build().map_err(unusable)?;
        // Without this the library formats log lines inside every run.
        environment.set_log_level(LogLevel::Warning);
        let (provider, provider_note) = choose_provider(&environment)?;
        Ok(Self { environment, path, build: ort::info().to_owned(), provider, provider_note })
    }
}

/// What the library says goes where all of the house's words go. Its errors also come back as errors of ours, which are
/// logged where they are handled, so here they are only for who looks closer.
fn logger() -> LoggerFunction {
    Arc::new(|level, category, _, _, message| match level {
        LogLevel::Warning => tracing::warn!(category, "ONNX Runtime: {message}"),
        _ => tracing::debug!(category, ?level, "ONNX Runtime: {message}"),
    })
}

/// Only a registration that succeeds tells that a card can be used; the library's own list does not.
fn choose_provider(environment: &Environment) -> Result<(Provider, String), Error> {
    let mut probe = quiet_session(environment)?;
    Ok(match ep::CUDA::default().with_device_id(0).register(&mut probe) {
        Ok(()) => (Provider::Cuda, "graphs run on CUDA device 0".to_owned()),
        Err(reason) => (Provider::Cpu, format!("graphs run on the CPU ({reason})")),
    })
}

#[allow(clippy::result_large_err, reason = "ort's builders carry themselves in their errors")]
fn quiet_session(environment: &Environment) -> Result<SessionBuilder, Error> {
    let builder = Session::builder(environment).map_err(broken)?;
    builder
        .with_independent_thread_pool()
        .and_then(|builder| builder.with_intra_threads(1))
        .and_then(|builder| builder.with_inter_threads(1))
        .and_then(|builder| builder.with_intra_op_spinning(false))
        .and_then(|builder| builder.with_inter_op_spinning(false))
        .and_then(|builder| builder.with_log_level(LogLevel::Warning))
        .map_err(|error| Error::Broken(error.to_string()))
}

fn refused(path: &Path, error: LoadDynamicError) -> Error {
    match error {
        LoadDynamicError::BadVersion { version_str, path } => {
            Error::LibraryVersion { path, found: version_str, wanted: VERSION_MIN }
        }
        other => Error::LibraryUnusable { path: path.to_path_buf(), reason: other.to_string() },
    }
}

pub(crate) fn broken(error: impl std::fmt::Display) -> Error {
    Error::Broken(error.to_string())
}
