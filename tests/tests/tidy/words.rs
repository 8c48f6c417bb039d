//! Names: of things, and of places that are not ours to name.

use crate::{
    rust::is_name,
    tree::{Breach, Tree},
};

/// Endings that say nothing of what a thing is.
const EMPTY_ENDINGS: &[&str] = &["Manager", "Handler", "Helper", "Impl", "Util", "Utils", "Data", "Info"];

/// Module names that say nothing of what is inside.
const EMPTY_FILES: &[&str] =
    &["utils.rs", "util.rs", "helpers.rs", "helper.rs", "common.rs", "misc.rs", "types.rs", "manager.rs"];

/// Files that are made by tools and name where things come from.
const MADE_BY_TOOLS: &[&str] = &["Cargo.lock"];

pub(crate) fn names_are_plain(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (file, source) in tree.product() {
        if EMPTY_FILES.iter().any(|name| file.path.rsplit('/').next() == Some(name)) {
            breaches.push(file.breach(1, "the name of this file says nothing"));
        }
        breaches.extend(file.breaches(&source.code, empty_name));
    }
    breaches
}

fn empty_name(line: &str) -> Option<String> {
    if line.contains("fn get_") {
        return Some("a name needs no get_".into());
    }
    let named = ["struct ", "enum ", "trait ", "type "].into_iter().find_map(|kind| {
        let at = line.find(kind).filter(|at| !is_name(line[..*at].chars().next_back()))?;
        Some(line[at + kind.len()..].chars().take_while(|letter| is_name(Some(*letter))).collect::<String>())
    })?;
    let empty = EMPTY_ENDINGS.iter().find(|end| named.ends_with(**end))?;
    Some(format!("{empty} says nothing in {named}"))
}

/// Registries and folders of one machine, put together here so that this file does not name them itself.
fn places() -> Vec<String> {
    let registries =
        [["crates", "io"], ["pypi", "org"], [concat!("python", "hosted"), "org"], ["npmjs", "org"], ["npmjs", "com"]];
    let folders = ["work", "root", "home", "opt", "var/tmp", "Users"];
    registries.iter().map(|host| host.join(".")).chain(folders.iter().map(|folder| format!("/{folder}/"))).collect()
}

pub(crate) fn no_place_is_named(tree: &Tree) -> Vec<Breach> {
    let places = places();
    let check = |line: &str| places.iter().find(|place| names(line, place)).map(|place| format!("names {place}"));
    let files = tree.files().filter(|file| !MADE_BY_TOOLS.contains(&file.path.as_str()));
    files.flat_map(|file| file.breaches(&file.text, check)).collect()
}

/// A folder counts where a path begins, not within a longer one.
fn names(line: &str, place: &str) -> bool {
    let within = |before: char| is_name(Some(before)) || matches!(before, '.' | '-' | '}' | ')');
    let is_path = place.starts_with('/');
    line.match_indices(place).any(|(at, _)| !is_path || !line[..at].chars().next_back().is_some_and(within))
}
