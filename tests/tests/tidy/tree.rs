//! The files of the repository, or of a made-up one.

use std::{fmt, fs, path::Path};

use crate::rust::Source;

/// Folders that hold nothing of ours.
const FOREIGN: &[&str] =
    &["target", "third_party", "node_modules", "dist", "__pycache__", "mutants.out", "mutants.out.old"];

/// Longer files are not text of ours: word lists, weights.
const TEXT_BYTES_MAX: u64 = 1 << 20;

/// All text files.
#[derive(Clone)]
pub(crate) struct Tree {
    files: Vec<File>,
}

/// One text file.
#[derive(Clone)]
pub(crate) struct File {
    /// From the root, with slashes.
    pub(crate) path: String,
    /// All of it.
    pub(crate) text: String,
    /// The product's part of it, if it is Rust and not a test.
    product: Option<Source>,
}

/// Something that is not as it should be.
#[derive(Debug)]
pub(crate) struct Breach {
    path: String,
    line: usize,
    what: String,
}

impl Tree {
    /// The repository this test was compiled in.
    pub(crate) fn of_the_repository() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut files = Vec::new();
        collect(root, root, &mut files);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self { files }
    }

    /// A made-up tree of paths and texts.
    pub(crate) fn planted(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| File::new((*path).into(), (*text).into())).collect() }
    }

    /// The same without a folder.
    pub(crate) fn without(&self, folder: &str) -> Self {
        Self { files: self.files().filter(|file| !file.path.starts_with(folder)).cloned().collect() }
    }

    /// Every file, by path.
    pub(crate) fn files(&self) -> impl Iterator<Item = &File> {
        self.files.iter()
    }

    /// One file.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files().find(|file| file.path == path)
    }

    /// Every Rust file that is part of a crate's product.
    pub(crate) fn product(&self) -> impl Iterator<Item = (&File, &Source)> {
        self.files().filter_map(|file| Some((file, file.product.as_ref()?)))
    }

    /// Every crate of the workspace: its folder, with a slash at its end, and its parsed Cargo.toml. Fuzz targets are
    /// workspaces of their own.
    pub(crate) fn crates(&self) -> impl Iterator<Item = (&str, &File, toml::Table)> {
        let manifests = self.files().filter_map(|file| Some((file.path.strip_suffix("Cargo.toml")?, file)));
        manifests
            .filter(|(folder, _)| !folder.is_empty() && !folder.ends_with("fuzz/"))
            .map(|(folder, file)| (folder, file, file.text.parse().unwrap()))
    }
}

impl File {
    fn new(path: String, text: String) -> Self {
        let mut file = Self { path, text, product: None };
        file.product = (file.is_rust() && !file.is_test()).then(|| Source::product(&file.text));
        file
    }

    /// Whether it is Rust.
    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether it is only compiled for tests, benches or examples.
    pub(crate) fn is_test(&self) -> bool {
        let folder =
            |name: &str| self.path.starts_with(&format!("{name}/")) || self.path.contains(&format!("/{name}/"));
        ["tests", "benches", "examples", "fuzz"].into_iter().any(folder) || self.path.ends_with("/tests.rs")
    }

    /// A breach in this file; the first line is 1.
    pub(crate) fn breach(&self, line: usize, what: impl Into<String>) -> Breach {
        Breach { path: self.path.clone(), line, what: what.into() }
    }

    /// Breaches for every line of `text` (as long as this file) in which `wrong` finds something.
    pub(crate) fn breaches(&self, text: &str, wrong: impl Fn(&str) -> Option<String>) -> Vec<Breach> {
        let lines = text.lines().enumerate();
        lines.filter_map(|(line, text)| Some(self.breach(line + 1, wrong(text)?))).collect()
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if is_ours(&path) {
            if path.is_dir() { collect(root, &path, files) } else { files.extend(read(root, &path)) }
        }
    }
}

fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let hidden = name.starts_with('.') && !matches!(name.as_ref(), ".ci" | ".cargo" | ".github" | ".gitignore");
    !hidden && !FOREIGN.contains(&name.as_ref()) && !path.is_symlink()
}

fn read(root: &Path, path: &Path) -> Option<File> {
    if fs::metadata(path).ok()?.len() > TEXT_BYTES_MAX {
        return None;
    }
    let text = fs::read_to_string(path).ok()?;
    let path = path.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
    Some(File::new(path, text))
}
