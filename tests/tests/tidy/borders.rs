//! Who may use whom, and what stays where it belongs.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    rust::has_word,
    tree::{Breach, File, Tree},
};

/// Each crate's folder and name, and what of ours its product may use.
const TABLE: &[(&str, &str, &[&str])] = &[
    ("audio/", "hearth-audio", &[]),
    ("vision/", "hearth-vision", &[]),
    ("codecs/", "hearth-codecs", &["hearth-audio", "hearth-vision"]),
    ("models/", "hearth-models", &["hearth-audio", "hearth-vision", "hearth-runtime"]),
    ("models/runtime/", "hearth-runtime", &[]),
    ("server/session/", "hearth-session", &[]),
    (
        "server/",
        "hearth",
        &["hearth-audio", "hearth-vision", "hearth-codecs", "hearth-models", "hearth-runtime", "hearth-session"],
    ),
    ("tests/", "hearth-tests", EVERYBODY),
];

const EVERYBODY: &[&str] =
    &["hearth-audio", "hearth-vision", "hearth-codecs", "hearth-models", "hearth-runtime", "hearth-session", "hearth"];

/// Crates that wait, connect or speak HTTP.
const NETWORK: &[&str] = &[
    "tokio",
    "tokio-util",
    "tokio-tungstenite",
    "axum",
    "hyper",
    "tower",
    "reqwest",
    "tungstenite",
    "async-std",
    "smol",
];

/// Foreign crates (by the beginning of the name) and the folders they may be used in.
const HOMES: &[(&[&str], &[&str])] = &[
    (NETWORK, &["server/", "tests/"]),
    (&["ort", "ort-sys", "onnxruntime", "cudarc", "libloading"], &["models/runtime/"]),
    (&["prometheus-client", "prometheus", "clap"], &["server/"]),
    (&["symphonia", "hound", "image", "gstreamer", "opus"], &["codecs/"]),
];

/// Folders that never see what is in [`IMPURE`].
const PURE: &[&str] = &["audio/src/", "vision/src/", "codecs/src/", "server/session/src/"];

/// What makes the same call give another answer the next time.
const IMPURE: &[&str] = &[
    "tokio::",
    "std::net",
    "std::thread",
    "thread::spawn",
    "Instant::now",
    "SystemTime",
    "std::env",
    "env::var",
    "std::process",
    "thread_rng",
    "rand::random",
    "Rng::new()",
    "fastrand::shuffle",
    "tracing::",
    "log::",
];

/// What the session, which is purer still, never sees.
const IMPURE_FOR_SESSION: &[&str] =
    &["std::fs", "std::io", "std::sync", "println!", "eprintln!", "static mut", "thread_local!"];

/// Folders in which `unsafe` may be written.
const UNSAFE: &[&str] = &["models/runtime/", "codecs/src/ffi/"];

/// A `SAFETY` comment stands at most this many lines above.
const SAFETY_LINES_MAX: usize = 8;

pub(crate) fn who_may_use_whom(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (folder, manifest, table) in tree.crates() {
        let Some((_, name, may_use)) = TABLE.iter().find(|row| row.0 == folder) else {
            breaches.push(manifest.breach(1, "this crate is not in the table"));
            continue;
        };
        if table["package"]["name"].as_str() != Some(*name) {
            breaches.push(manifest.breach(1, format!("the table calls this crate {name}")));
        }
        let ours = dependencies(&table, &["dependencies", "build-dependencies"]);
        for used in ours.iter().filter(|used| EVERYBODY.contains(&used.as_str()) && !may_use.contains(&used.as_str())) {
            breaches.push(manifest.breach(1, format!("{name} may not use {used}")));
        }
        if folder == "server/session/" && !ours.is_empty() {
            breaches.push(manifest.breach(1, format!("the session uses nothing, not even {ours:?}")));
        }
    }
    breaches
}

/// Every row of the table stands in ARCHITECTURE.md, with the same neighbours.
pub(crate) fn the_table_is_told(tree: &Tree) -> Vec<Breach> {
    let Some(file) = tree.file("ARCHITECTURE.md") else { return Vec::new() };
    let rows = TABLE.iter().filter(|row| !matches!(row.0, "server/" | "tests/"));
    let missing = rows.filter(|row| !file.text.lines().any(|line| tells(line, row)));
    missing
        .map(|(folder, name, may_use)| file.breach(1, format!("no row says `{folder}` `{name}` {may_use:?}")))
        .collect()
}

fn tells(line: &str, (folder, name, may_use): &(&str, &str, &[&str])) -> bool {
    let cells: Vec<_> = line.split('|').map(str::trim).collect();
    let [_, first, second, .., last, _] = cells.as_slice() else { return false };
    let told: BTreeSet<_> = last.split(", ").collect();
    let mut truth: BTreeSet<_> = may_use.iter().map(|name| name.trim_start_matches("hearth-")).collect();
    let nothing = told.len() == 1 && last.starts_with("nothing");
    if nothing {
        truth.extend(told.iter().copied().filter(|_| may_use.is_empty()));
    }
    *first == format!("`{folder}`") && *second == format!("`{name}`") && told == truth
}

pub(crate) fn foreign_crates_stay_home(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (folder, manifest, table) in tree.crates() {
        for used in dependencies(&table, &["dependencies", "build-dependencies"]) {
            let away = HOMES.iter().any(|(names, homes)| {
                names.iter().any(|name| used == *name || used.starts_with(&format!("{name}-")))
                    && !homes.contains(&folder)
            });
            if away {
                breaches.push(manifest.breach(1, format!("{used} does not belong here")));
            }
        }
    }
    breaches
}

/// The names in these sections, of any target.
fn dependencies(manifest: &toml::Table, sections: &[&str]) -> BTreeSet<String> {
    let targets =
        manifest.get("target").and_then(toml::Value::as_table).into_iter().flat_map(|targets| targets.values());
    let tables = targets.filter_map(toml::Value::as_table).chain([manifest]);
    let all = tables.flat_map(|table| sections.iter().filter_map(|section| table.get(*section)?.as_table()));
    all.flat_map(|section| section.keys().cloned()).collect()
}

pub(crate) fn pure_crates_are_pure(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (file, source) in tree.product().filter(|(file, _)| is_in(file, PURE)) {
        let session: &[&str] = if is_in(file, &["server/session/"]) { IMPURE_FOR_SESSION } else { &[] };
        breaches.extend(file.breaches(&source.code, |line| {
            let found = IMPURE.iter().chain(session).find(|impure| line.contains(**impure))?;
            Some(format!("{} is not for pure code", found.trim()))
        }));
    }
    breaches
}

pub(crate) fn unsafe_is_justified(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (file, source) in tree.product() {
        let comments: Vec<_> = source.comments.lines().collect();
        for (line, _) in source.code.lines().enumerate().filter(|(_, line)| has_word(line, "unsafe")) {
            let above = &comments[line.saturating_sub(SAFETY_LINES_MAX)..=line.min(comments.len() - 1)];
            if !is_in(file, UNSAFE) {
                breaches.push(file.breach(line + 1, "unsafe is only for models/runtime and the codecs' ffi"));
            } else if !above.iter().any(|comment| comment.contains("SAFETY") || comment.contains("# Safety")) {
                breaches.push(file.breach(line + 1, "unsafe without a SAFETY comment"));
            }
        }
    }
    breaches
}

pub(crate) fn only_settings_reads_the_environment(tree: &Tree) -> Vec<Breach> {
    outside(
        tree,
        &["server/src/settings"],
        &["env::var", "env::set_var", "env::vars", "env = \""],
        "read the environment in settings",
    )
}

pub(crate) fn only_metrics_names_metrics(tree: &Tree) -> Vec<Breach> {
    outside(tree, &["server/src/metrics"], &["prometheus_client", "Registry::with_prefix"], "name metrics in metrics")
}

/// Breaches for every line of product code, not in one of `homes`, that has one of `words`.
fn outside(tree: &Tree, homes: &[&str], words: &[&str], rule: &str) -> Vec<Breach> {
    let away = tree.product().filter(|(file, _)| !is_in(file, homes));
    let check = |line: &str| words.iter().any(|word| line.contains(word)).then(|| rule.into());
    away.flat_map(|(file, source)| file.breaches(&source.code, check)).collect()
}

/// A name of the wire is whatever dotted name a protocol module writes down.
pub(crate) fn only_protocols_hold_wire_names(tree: &Tree) -> Vec<Breach> {
    let (mut wire, mut elsewhere) = (BTreeSet::new(), BTreeMap::<_, Vec<_>>::new());
    for (file, source) in tree.product().filter(|(file, _)| is_in(file, &["server/"])) {
        for (line, name) in source.strings.iter().filter(|(_, name)| is_dotted(name)) {
            if is_in(file, &["server/src/protocol/"]) {
                wire.insert(name.as_str());
            } else {
                elsewhere
                    .entry(name.as_str())
                    .or_default()
                    .push(file.breach(*line, "names of the wire belong to the protocol modules"));
            }
        }
    }
    elsewhere.into_iter().filter(|(name, _)| wire.contains(*name)).flat_map(|(_, breaches)| breaches).collect()
}

fn is_dotted(name: &str) -> bool {
    name.contains('.')
        && name.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
}

fn is_in(file: &File, folders: &[&str]) -> bool {
    folders.iter().any(|folder| file.path.starts_with(folder))
}
