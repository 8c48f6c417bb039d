//! What can go wrong below a model, cut by what the caller does about it.

use std::path::PathBuf;

/// Why a graph did not run.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// No ONNX Runtime library in any of the places looked at.
    #[error(
        "no ONNX Runtime library found; looked at {}; run `make setup`, or name the file with --ort-lib or ORT_DYLIB_PATH",
        list(searched)
    )]
    LibraryMissing {
        /// The places, in the order they were looked at.
        searched: Vec<PathBuf>,
    },
    /// The file is there, but is not a library that can be loaded.
    #[error("{} cannot be used as the ONNX Runtime library: {reason}", path.display())]
    LibraryUnusable {
        /// The file.
        path: PathBuf,
        /// What the loader said.
        reason: String,
    },
    /// The library speaks an older interface than this program.
    #[error("{} is ONNX Runtime {found}, but {wanted} or a later 1.x is needed; run `make setup`", path.display())]
    LibraryVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: String,
        /// The oldest version that works.
        wanted: &'static str,
    },
    /// The graph's file is missing, damaged, or not what it should be.
    #[error("model file {}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The input does not fit the graph: a mistake of the caller.
    #[error("malformed input: {0}")]
    Malformed(String),
    /// Too much work waits already.
    #[error("limit reached: {0}")]
    LimitReached(String),
    /// The graph failed while it ran, or its worker is gone.
    #[error("broken: {0}")]
    Broken(String),
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}
