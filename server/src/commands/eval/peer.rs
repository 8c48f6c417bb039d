//! Another recogniser on the same sound: pocketsphinx, free dictation.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::Deserialize;

/// What it heard, and how long it took.
#[derive(Debug, Deserialize)]
pub(super) struct Peer {
    /// One text for each file.
    pub(super) heard: Vec<String>,
    /// Length of all sound.
    pub(super) seconds: f64,
    /// Processor time it took.
    pub(super) cpu_s: f64,
}

/// Lets the peer listen to `wavs`; `work` keeps the list of them.
///
/// # Errors
/// A sentence that says why it could not.
pub(super) fn listen(python: &Path, work: &Path, wavs: &[PathBuf]) -> Result<Peer, String> {
    let list = work.join("peer.txt");
    let names: Vec<String> = wavs.iter().map(|wav| wav.display().to_string()).collect();
    std::fs::write(&list, names.join("\n")).map_err(|error| format!("{}: {error}", list.display()))?;
    let mut command = Command::new(python);
    command.args(["models/recipe/run.py", "ears.peer", "--list"]).arg(&list).stderr(Stdio::inherit());
    let output = command.output().map_err(|error| format!("{}: {error}", python.display()))?;
    if !output.status.success() {
        return Err(format!("pocketsphinx could not listen with {}", python.display()));
    }
    let peer = parse(&String::from_utf8_lossy(&output.stdout))?;
    if peer.heard.len() == wavs.len() { Ok(peer) } else { Err("pocketsphinx did not hear all files".into()) }
}

/// Reads the last line of what it printed.
fn parse(printed: &str) -> Result<Peer, String> {
    let line = printed.lines().rev().find(|line| line.starts_with('{')).unwrap_or_default();
    serde_json::from_str(line).map_err(|error| format!("what pocketsphinx heard: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_object_counts() {
        let peer = parse("loading\n{\"heard\": [\"turn on\", \"\"], \"seconds\": 4.0, \"cpu_s\": 1.5}\n").unwrap();
        assert_eq!((peer.heard.len(), peer.heard[0].as_str()), (2, "turn on"));
        assert!((peer.cpu_s / peer.seconds - 0.375).abs() < 1e-9);
        assert!(parse("nothing").is_err());
    }
}
