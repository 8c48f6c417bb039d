//! Sizes, bounds, panics, manifests.

use crate::{
    rust::Source,
    tree::{Breach, File, Tree},
};

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;

/// What is written by hand and read by people.
const WRITTEN: &[&str] = &[".rs", ".py", ".js", ".ts", ".css", ".html", ".sh", ".toml"];

const UNBOUNDED: &[&str] = &[
    "unbounded(",
    "unbounded::<",
    "unbounded_channel",
    "mpsc::channel()",
    "mpsc::channel::<",
    "SegQueue",
    "LinkedList",
];

/// What makes a queue with a bound.
const QUEUES: &[&str] =
    &["async_channel::bounded(", "mpsc::channel(", "mpsc::sync_channel(", "broadcast::channel(", "flume::bounded("];

const PANICKING: &[&str] =
    &[".unwrap()", ".expect(\"", ".unwrap_err()", "panic!(", "todo!(", "unimplemented!(", "unreachable!(", "dbg!("];

pub(crate) fn files_are_short(tree: &Tree) -> Vec<Breach> {
    let written = tree.files().filter(|file| WRITTEN.iter().any(|end| file.path.ends_with(end)));
    let long = written.filter(|file| file.text.lines().count() > FILE_LINES_MAX);
    long.map(|file| file.breach(FILE_LINES_MAX + 1, format!("{} lines", file.text.lines().count()))).collect()
}

pub(crate) fn functions_are_short(tree: &Tree) -> Vec<Breach> {
    tree.files().filter(|file| file.is_rust()).flat_map(long_functions).collect()
}

fn long_functions(file: &File) -> Vec<Breach> {
    let functions = Source::new(&file.text).functions().into_iter();
    let long = functions.filter(|function| function.lines > FUNCTION_LINES_MAX);
    long.map(|function| file.breach(function.line, format!("{} has {} lines", function.name, function.lines))).collect()
}

pub(crate) fn no_channel_is_unbounded(tree: &Tree) -> Vec<Breach> {
    words(tree, UNBOUNDED, "has no bound")
}

/// A queue's bound is a name that ends in `_max`; or one, for a single reply; or the length of what goes through it.
pub(crate) fn bounds_have_names(tree: &Tree) -> Vec<Breach> {
    tree.product().flat_map(|(file, source)| file.breaches(&source.code, nameless_bound)).collect()
}

fn nameless_bound(line: &str) -> Option<String> {
    let bound = QUEUES.iter().find_map(|queue| line.split_once(queue))?.1.to_lowercase();
    let bound = bound.split_once(')').map_or(bound.as_str(), |(inside, _)| inside);
    let named = bound == "1" || bound.ends_with("_max");
    (!named && !bound.contains(".len(")).then(|| "the bound of a queue has a name that ends in _max".into())
}

pub(crate) fn nothing_panics(tree: &Tree) -> Vec<Breach> {
    words(&tree.without("tests/src/"), PANICKING, "panics")
}

fn words(tree: &Tree, words: &[&str], why: &str) -> Vec<Breach> {
    let check = |line: &str| words.iter().find(|word| line.contains(**word)).map(|word| format!("{word} {why}"));
    tree.product().flat_map(|(file, source)| file.breaches(&source.code, check)).collect()
}

pub(crate) fn crates_share_lints_and_versions(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (_, manifest, table) in tree.crates() {
        let inherits =
            |value: Option<&toml::Value>| value.and_then(|value| value.get("workspace")?.as_bool()) == Some(true);
        if !inherits(table.get("lints")) {
            breaches.push(manifest.breach(1, "the lints of the workspace are not in force"));
        }
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let used = table.get(section).and_then(toml::Value::as_table).into_iter().flatten();
            for (name, _) in used.filter(|(_, value)| !inherits(Some(value))) {
                breaches.push(manifest.breach(1, format!("the version of {name} is not the workspace's")));
            }
        }
    }
    breaches
}
