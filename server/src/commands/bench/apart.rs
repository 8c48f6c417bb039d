//! Measuring in a process of its own, on chosen cores.

use std::{
    ffi::OsString,
    process::{Command, Stdio},
};

use serde::de::DeserializeOwned;

use crate::settings::CommonSettings;

/// Runs `hearth bench ARGUMENTS --here` so that it, and every child of it, may use only the first `cores` cores, and reads
/// what it printed.
///
/// # Errors
/// A sentence that says why there are no figures.
pub(super) fn measure<T: DeserializeOwned>(
    settings: &CommonSettings,
    cores: usize,
    arguments: &[OsString],
) -> Result<T, String> {
    let program = std::env::current_exe().map_err(|error| format!("this program cannot find itself: {error}"))?;
    let mut command = Command::new("taskset");
    command.arg("-c").arg(format!("0-{}", cores.max(1) - 1)).arg(program);
    command.arg("--models").arg(&settings.models).args(["--log", "warn"]);
    if let Some(library) = &settings.ort_lib {
        command.arg("--ort-lib").arg(library);
    }
    command.arg("bench").args(arguments).arg("--here").stderr(Stdio::inherit());
    let output = command.output().map_err(|error| format!("taskset (of util-linux): {error}"))?;
    if !output.status.success() {
        return Err(format!("the measurement on {cores} cores broke off"));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("the figures cannot be read: {error}"))
}

/// `--name value`.
pub(super) fn flag(name: &str, value: impl Into<OsString>) -> [OsString; 2] {
    [format!("--{name}").into(), value.into()]
}
