//! Finding the library, and refusing what is not one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that unwraps fails loudly")]

mod common;

use std::{path::Path, process::Command};

use hearth_runtime::{Error, Library, find_library};

/// Compiles a library that says of itself to be ONNX Runtime `version`.
fn pretender(folder: &Path, version: &str) -> std::path::PathBuf {
    let source = folder.join("pretender.c");
    let code = format!(
        "static const void *api(unsigned v) {{ return 0; }}\n\
         static const char *version(void) {{ return \"{version}\"; }}\n\
         static const struct {{ const void *(*a)(unsigned); const char *(*v)(void); }} base = {{ api, version }};\n\
         const void *OrtGetApiBase(void) {{ return &base; }}\n"
    );
    std::fs::write(&source, code).unwrap();
    let library = folder.join("libonnxruntime.so.1.20.0");
    let status = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).status().unwrap();
    assert!(status.success());
    library
}

/// One test, in this order: what is refused leaves room for the right one, and the right one stays.
#[test]
fn refuses_the_wrong_library_and_takes_the_right_one() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("libonnxruntime.so");
    let error = find_library(Some(&missing), None).unwrap_err();
    assert!(
        matches!(error, Error::LibraryMissing { .. }) && error.to_string().contains("libonnxruntime.so"),
        "{error}"
    );
    assert!(matches!(Library::load(&missing), Err(Error::LibraryMissing { .. })));

    let text = folder.path().join("libonnxruntime.so.9");
    std::fs::write(&text, "no library").unwrap();
    assert!(matches!(Library::load(&text), Err(Error::LibraryUnusable { .. })));

    let old = pretender(folder.path(), "1.20.0");
    let error = Library::load(&old).err().unwrap();
    assert!(matches!(&error, Error::LibraryVersion { found, .. } if found == "1.20.0"), "{error}");
    assert!(error.to_string().contains("1.31") && error.to_string().contains("make setup"), "{error}");

    let library = common::library();
    assert!(library.path().is_absolute());
    assert!(library.build().contains("git-commit-id"), "{}", library.build());
    assert!(!library.provider_note().is_empty());
    assert!(Library::load(library.path()).is_ok());
    assert!(matches!(Library::load(&old), Err(Error::LibraryUnusable { .. })), "one library per process");
}
