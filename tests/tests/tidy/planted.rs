//! Each rule finds the breach that is planted for it, and not its harmless neighbour.

use crate::{Rule, borders, order, rust::Source, tree::Tree, words};

/// The rule finds this many breaches in this one file.
fn finds(breaches: usize, rule: Rule, path: &str, text: &str) {
    finds_in(breaches, rule, &[(path, text)]);
}

fn finds_in(breaches: usize, rule: Rule, files: &[(&str, &str)]) {
    let found = rule(&Tree::planted(files));
    let list: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), breaches, "{list:#?} in {files:#?}");
}

fn manifest(name: &str, rest: &str) -> String {
    format!("[package]\nname = \"{name}\"\n[lints]\nworkspace = true\n{rest}")
}

#[test]
fn who_may_use_whom() {
    let rule = borders::who_may_use_whom;
    let uses = |name: &str, used: &str| manifest(name, &format!("[dependencies]\n{used}.workspace = true\n"));
    finds(0, rule, "codecs/Cargo.toml", &uses("hearth-codecs", "hearth-audio"));
    finds(1, rule, "audio/Cargo.toml", &uses("hearth-audio", "hearth-codecs"));
    finds(1, rule, "models/Cargo.toml", &uses("hearth-models", "hearth-session"));
    finds(0, rule, "server/Cargo.toml", &uses("hearth", "hearth-session"));
    finds(1, rule, "models/runtime/Cargo.toml", &uses("hearth-runtime", "hearth-models"));
    finds(0, rule, "codecs/fuzz/Cargo.toml", &uses("hearth-codecs-fuzz", "hearth"));
    finds(
        0,
        rule,
        "audio/Cargo.toml",
        &manifest("hearth-audio", "[dev-dependencies]\nhearth-codecs.workspace = true\n"),
    );
    finds(
        1,
        rule,
        "audio/Cargo.toml",
        &manifest("hearth-audio", "[target.'cfg(unix)'.dependencies]\nhearth.workspace = true\n"),
    );
    finds(1, rule, "audio/Cargo.toml", &manifest("hearth-sound", ""));
    finds(1, rule, "common/Cargo.toml", &manifest("hearth-common", ""));
    finds(1, rule, "server/session/Cargo.toml", &uses("hearth-session", "thiserror"));
}

#[test]
fn the_table_is_told() {
    let rows = [
        "| `audio/` | `hearth-audio` | sound | nothing of ours |",
        "| `vision/` | `hearth-vision` | pictures | nothing of ours |",
        "| `codecs/` | `hearth-codecs` | bytes | audio, vision |",
        "| `models/` | `hearth-models` | models | audio, vision, runtime |",
        "| `models/runtime/` | `hearth-runtime` | runtime | nothing of ours |",
        "| `server/session/` | `hearth-session` | pure | nothing at all |",
    ];
    finds(0, borders::the_table_is_told, "ARCHITECTURE.md", &rows.join("\n"));
    finds(1, borders::the_table_is_told, "ARCHITECTURE.md", &rows[1..].join("\n"));
    finds(1, borders::the_table_is_told, "ARCHITECTURE.md", &rows.join("\n").replace("vision, runtime", "vision"));
    finds(
        1,
        borders::the_table_is_told,
        "ARCHITECTURE.md",
        &rows.join("\n").replace("| audio, vision |", "| nothing |"),
    );
}

#[test]
fn foreign_crates_stay_home() {
    let rule = borders::foreign_crates_stay_home;
    let uses = |used: &str| manifest("x", &format!("[dependencies]\n{used}.workspace = true\n"));
    finds(0, rule, "server/Cargo.toml", &uses("tokio"));
    finds(1, rule, "models/Cargo.toml", &uses("tokio"));
    finds(1, rule, "codecs/Cargo.toml", &uses("tokio-util"));
    finds(1, rule, "audio/Cargo.toml", &uses("axum"));
    finds(0, rule, "models/runtime/Cargo.toml", &uses("ort"));
    finds(1, rule, "models/Cargo.toml", &uses("ort"));
    finds(1, rule, "server/Cargo.toml", &uses("ort-sys"));
    finds(1, rule, "server/Cargo.toml", &uses("symphonia"));
    finds(0, rule, "audio/Cargo.toml", &uses("rubato"));
}

#[test]
fn pure_crates_are_pure() {
    let rule = borders::pure_crates_are_pure;
    finds(1, rule, "audio/src/gate.rs", "fn now() { let _ = std::time::Instant::now(); }");
    finds(1, rule, "codecs/src/wav.rs", "use std::thread;");
    finds(1, rule, "vision/src/frame.rs", "fn f() { std::env::var(\"X\"); }");
    finds(1, rule, "audio/src/noise.rs", "fn f() { fastrand::Rng::new(); }");
    finds(0, rule, "audio/src/noise.rs", "fn f() { fastrand::Rng::with_seed(1); }");
    finds(0, rule, "audio/src/gate.rs", "// Not Instant::now: time is an argument.\nfn f() { \"SystemTime\"; }");
    finds(0, rule, "audio/src/gate.rs", "#[cfg(test)]\nmod tests { fn f() { Instant::now(); } }");
    finds(0, rule, "server/src/playout.rs", "fn f() { Instant::now(); }");
    finds(1, rule, "server/session/src/state.rs", "use std::fs;");
    finds(0, rule, "codecs/src/file.rs", "use std::io;");
}

#[test]
fn unsafe_is_justified() {
    let rule = borders::unsafe_is_justified;
    finds(1, rule, "models/src/core.rs", "// SAFETY: no.\nfn f() { unsafe { g() } }");
    finds(1, rule, "models/runtime/src/op.rs", "fn f() { unsafe { g() } }");
    finds(0, rule, "models/runtime/src/op.rs", "fn f() {\n    // SAFETY: g asks for nothing.\n    unsafe { g() }\n}");
    finds(0, rule, "models/runtime/src/op.rs", "#![deny(unsafe_code)]\n// unsafe");
    let far = format!("// SAFETY: too far.\n{}fn f() {{ unsafe {{ g() }} }}", "\n".repeat(12));
    finds(1, rule, "models/runtime/src/op.rs", &far);
}

#[test]
fn only_settings_reads_the_environment() {
    let rule = borders::only_settings_reads_the_environment;
    finds(1, rule, "models/src/package.rs", "fn f() { std::env::var(\"HEARTH_MODELS\"); }");
    finds(1, rule, "server/src/commands/say.rs", "fn f() { env::var_os(\"X\"); }");
    finds(1, rule, "server/src/commands/say.rs", "#[arg(long, env = \"HEARTH_X\")]\nx: u8,");
    finds(0, rule, "server/src/settings.rs", "#[arg(long, env = \"HEARTH_X\")]\nx: u8,");
    finds(0, rule, "server/src/main.rs", "fn f() { env!(\"CARGO_PKG_VERSION\"); }");
}

#[test]
fn only_metrics_names_metrics() {
    let rule = borders::only_metrics_names_metrics;
    finds(1, rule, "server/src/playout.rs", "use prometheus_client::metrics::counter::Counter;");
    finds(0, rule, "server/src/metrics.rs", "use prometheus_client::metrics::counter::Counter;");
}

#[test]
fn only_protocols_hold_wire_names() {
    let rule = borders::only_protocols_hold_wire_names;
    let protocol = ("server/src/protocol/realtime.rs", "const DONE: &str = \"response.done\";");
    finds_in(1, rule, &[protocol, ("server/src/playout.rs", "fn f() { send(\"response.done\") }")]);
    finds_in(0, rule, &[protocol, ("server/src/playout.rs", "fn f() { refuse(\"response.input\") }")]);
    finds_in(0, rule, &[protocol, ("server/tests/wire.rs", "fn f() { send(\"response.done\") }")]);
    finds_in(0, rule, &[protocol, ("server/src/playout.rs", "// \"response.done\"")]);
}

#[test]
fn no_channel_is_unbounded() {
    let rule = order::no_channel_is_unbounded;
    finds(1, rule, "server/src/inbox.rs", "fn f() { async_channel::unbounded(); }");
    finds(1, rule, "server/src/inbox.rs", "fn f() { mpsc::unbounded_channel(); }");
    finds(1, rule, "models/src/core.rs", "fn f() { std::sync::mpsc::channel(); }");
    finds(0, rule, "server/src/inbox.rs", "fn f() { async_channel::bounded(64); mpsc::channel(8); }");
}

#[test]
fn bounds_have_names() {
    let rule = order::bounds_have_names;
    finds(1, rule, "server/src/inbox.rs", "fn f() { let (a, b) = mpsc::channel(64); }");
    finds(1, rule, "models/src/core.rs", "fn f() { async_channel::bounded(depth) }");
    finds(0, rule, "models/src/core.rs", "fn f() { async_channel::bounded(self.pieces_max) }");
    finds(0, rule, "server/src/inbox.rs", "fn f() { mpsc::channel(FACTS_MAX); async_channel::bounded(1); }");
    finds(0, rule, "models/src/scripted.rs", "fn f() { async_channel::bounded(pieces.len().max(1)) }");
}

#[test]
fn files_are_short() {
    finds(0, order::files_are_short, "audio/src/a.rs", &"\n".repeat(600));
    finds(1, order::files_are_short, "audio/src/a.rs", &"\n".repeat(601));
    finds(1, order::files_are_short, "models/recipe/a.py", &"\n".repeat(601));
    finds(0, order::files_are_short, "models/recipe/words.txt", &"\n".repeat(601));
}

#[test]
fn functions_are_short() {
    let function =
        |lines: usize| format!("fn g() {{}}\n\nfn long(x: [u8; 2]) {{\n{}}}\nfn h() {{}}", "    f();\n".repeat(lines));
    finds(0, order::functions_are_short, "audio/src/a.rs", &function(68));
    finds(1, order::functions_are_short, "audio/src/a.rs", &function(69));
    finds(1, order::functions_are_short, "audio/tests/a.rs", &function(69));
    let told = format!("fn f() {{\n{}}}", "    // Why.\n    \"{\";\n".repeat(60));
    finds(0, order::functions_are_short, "audio/src/a.rs", &told);
}

#[test]
fn nothing_panics() {
    let rule = order::nothing_panics;
    finds(1, rule, "audio/src/a.rs", "fn f() { x.unwrap() }");
    finds(1, rule, "audio/src/a.rs", "fn f() { x.expect(\"it is there\") }");
    finds(1, rule, "server/src/a.rs", "fn f() { panic!(\"no\") }");
    finds(0, rule, "audio/src/a.rs", "/// let x = f().unwrap();\nfn f() { x.unwrap_or(1) }");
    finds(0, rule, "audio/src/a.rs", "fn f() {}\n#[cfg(test)]\nmod tests { fn g() { x.unwrap() } }");
    finds(1, rule, "audio/src/a.rs", "#[cfg(test)]\nmod tests { fn g() { x.unwrap() } }\nfn f() { y.unwrap() }");
    finds(0, rule, "audio/tests/a.rs", "fn f() { x.unwrap() }");
}

#[test]
fn crates_share_lints_and_versions() {
    let rule = order::crates_share_lints_and_versions;
    finds(0, rule, "audio/Cargo.toml", &manifest("hearth-audio", "[dependencies]\nrubato.workspace = true\n"));
    finds(1, rule, "audio/Cargo.toml", &manifest("hearth-audio", "[dependencies]\nrubato = \"5\"\n"));
    finds(
        1,
        rule,
        "audio/Cargo.toml",
        &manifest("hearth-audio", "[dev-dependencies]\nproptest = { version = \"1\" }\n"),
    );
    finds(1, rule, "audio/Cargo.toml", "[package]\nname = \"hearth-audio\"\n");
}

#[test]
fn names_are_plain() {
    let rule = words::names_are_plain;
    finds(1, rule, "server/src/a.rs", "pub struct SessionManager;");
    finds(1, rule, "server/src/a.rs", "enum EventHandler {}");
    finds(1, rule, "server/src/a.rs", "fn get_turn() {}");
    finds(1, rule, "server/src/utils.rs", "");
    finds(0, rule, "server/src/a.rs", "struct Managers; struct Playout; fn getter() {}");
}

#[test]
fn no_place_is_named() {
    let rule = words::no_place_is_named;
    let host = ["static", "crates", "io"].join(".");
    finds(1, rule, "scripts/setup.sh", &format!("curl https://{host}/x"));
    finds(1, rule, "docs/a.md", &["see ", "/work", "/main"].concat());
    finds(1, rule, "models/recipe/a.py", &["open('/home", "/somebody/x')"].concat());
    finds(0, rule, "docs/a.md", &["see framework/main and at/home/now and ${root}", "/work", "/x"].concat());
    finds(0, rule, "Cargo.lock", &format!("registry+https://{host}/x"));
}

#[test]
fn rust_is_taken_apart() {
    let text = "let a = \"x // y\"; // b \"c\"\n/* d /* e */ f */ let g = r#\"h \" i\"#; let j = '\"'; let k: &'a str = \"\\\"l\";";
    let source = Source::new(text);
    let strings: Vec<_> = source.strings.iter().map(|(line, inside)| (*line, inside.as_str())).collect();
    assert_eq!(strings, [(1, "x // y"), (2, "h \" i"), (2, "\\\"l")]);
    assert!(source.comments.contains("// b \"c\"") && source.comments.contains("/* d /* e */ f */"));
    assert!(!source.code.contains('x') && source.code.contains("let k: &'a str"));
    assert_eq!(source.code.lines().count(), 2);
}
