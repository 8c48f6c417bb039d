//! The borders of the house, held by themselves: each rule reads the tree and names its breaches. That a rule would
//! find a breach is shown in `planted.rs`.

#![allow(clippy::unwrap_used, reason = "a tree that cannot be read fails loudly")]

mod borders;
mod order;
mod planted;
mod rust;
mod tree;
mod words;

use tree::{Breach, Tree};

/// A rule looks at the tree and says what is wrong with it.
type Rule = fn(&Tree) -> Vec<Breach>;

/// Every rule, in the words of ARCHITECTURE.md.
const RULES: &[(&str, Rule)] = &[
    ("who may use whom is one table", borders::who_may_use_whom),
    ("the table is told in ARCHITECTURE.md", borders::the_table_is_told),
    ("foreign crates stay where they belong", borders::foreign_crates_stay_home),
    ("sound, pictures, codecs and the session are pure", borders::pure_crates_are_pure),
    ("unsafe stays in the runtime, each with its reason", borders::unsafe_is_justified),
    ("only settings reads the environment", borders::only_settings_reads_the_environment),
    ("only metrics names metrics", borders::only_metrics_names_metrics),
    ("only the protocol modules hold names of the wire", borders::only_protocols_hold_wire_names),
    ("no channel is unbounded", order::no_channel_is_unbounded),
    ("every bound has its name", order::bounds_have_names),
    ("files have at most 600 lines", order::files_are_short),
    ("functions have at most 70 lines", order::functions_are_short),
    ("nothing panics outside tests", order::nothing_panics),
    ("every crate keeps the lints and versions of the workspace", order::crates_share_lints_and_versions),
    ("names say what a thing is", words::names_are_plain),
    ("the project names no machine and no registry", words::no_place_is_named),
];

#[test]
fn the_tree_is_tidy() {
    let tree = Tree::of_the_repository();
    let mut found = String::new();
    for (name, rule) in RULES {
        for breach in rule(&tree) {
            found += &format!("{name}: {breach}\n");
        }
    }
    assert!(found.is_empty(), "\n{found}");
}

#[test]
fn the_whole_tree_is_read() {
    let tree = Tree::of_the_repository();
    for path in
        ["Cargo.toml", "server/session/src/state.rs", "server/src/main.rs", "models/runtime/Cargo.toml", "Makefile"]
    {
        assert!(tree.file(path).is_some(), "{path} was not read");
    }
    assert!(tree.files().all(|file| !file.path.starts_with("target/") && !file.path.starts_with("third_party/")));
}
