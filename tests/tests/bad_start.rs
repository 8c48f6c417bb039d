//! A server that cannot start says so at once, and says what to do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

use std::path::{Path, PathBuf};
use std::process::Command;

use hearth_tests::{Server, free_port, models, start_and_fail};

/// A model package of links, so that one file can be another.
fn package_without(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    link(&models(), folder.path());
    std::fs::remove_file(folder.path().join(name)).unwrap();
    folder
}

fn link(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place: PathBuf = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&place).unwrap();
            link(&entry.path(), &place);
        } else {
            std::os::unix::fs::symlink(entry.path(), place).unwrap();
        }
    }
}

async fn refuses(models: &Path, flags: &[&str], says: &[&str]) {
    refuses_on(free_port(), models, flags, says).await;
}

async fn refuses_on(port: u16, models: &Path, flags: &[&str], says: &[&str]) {
    let (status, said) = start_and_fail(port, models, flags).await;
    assert!(!status.success() && status.code().is_some(), "{status}: {said}");
    assert!(!said.contains("panicked"), "{said}");
    for words in says {
        assert!(said.contains(words), "{words:?} is not in:\n{said}");
    }
}

#[tokio::test]
async fn a_missing_model_directory_is_named() {
    refuses(Path::new("/nowhere/at/all"), &[], &["/nowhere/at/all"]).await;
}

#[tokio::test]
async fn a_missing_model_file_is_named() {
    for file in ["mind/core.onnx", "ears/encoder.onnx", "mind/tokenizer.json", "package.toml"] {
        refuses(package_without(file).path(), &[], &[file.rsplit('/').next().unwrap()]).await;
    }
}

#[tokio::test]
async fn a_damaged_model_file_is_named() {
    for file in ["mind/core.onnx", "ears/encoder.onnx"] {
        let package = package_without(file);
        let good = std::fs::read(models().join(file)).unwrap();
        for damaged in [good[..good.len() / 2].to_vec(), vec![0xa5; good.len()]] {
            std::fs::write(package.path().join(file), damaged).unwrap();
            refuses(package.path(), &[], &[file.rsplit('/').next().unwrap()]).await;
        }
    }
}

#[tokio::test]
async fn a_library_that_is_not_onnx_runtime_is_named() {
    let library = another_library();
    refuses(&models(), &["--ort-lib", &library], &[&library]).await;
    refuses(&models(), &["--ort-lib", "/nowhere/libonnxruntime.so"], &["/nowhere/libonnxruntime.so"]).await;
}

#[tokio::test]
async fn an_onnx_runtime_of_another_version_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let library = old_onnx_runtime(folder.path());
    refuses(&models(), &["--ort-lib", library.to_str().unwrap()], &["1.10.0"]).await;
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let server = Server::start(&[]).await;
    refuses_on(server.port, &models(), &[], &[&format!("127.0.0.1:{}", server.port)]).await;
    server.stop().await;
}

/// Some shared library that is there on every system, and is not ours: what this very test is linked with.
fn another_library() -> String {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let path = maps.lines().filter_map(|line| line.split_whitespace().last()).find(|path| path.contains("/libc.so"));
    path.expect("a dynamically linked test").to_owned()
}

/// A library that answers like ONNX Runtime 1.10: it has no API as new as ours.
fn old_onnx_runtime(folder: &Path) -> PathBuf {
    let (source, library) = (folder.join("old.c"), folder.join("libonnxruntime.so"));
    std::fs::write(&source, OLD_ONNX_RUNTIME).unwrap();
    let made = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).status();
    assert!(made.expect("a C compiler is installed").success());
    library
}

const OLD_ONNX_RUNTIME: &str = r#"
    static const void *api(unsigned version) { return 0; }
    static const char *version(void) { return "1.10.0"; }
    static const struct { const void *(*api)(unsigned); const char *(*version)(void); } base = { api, version };
    const void *OrtGetApiBase(void) { return &base; }
"#;
