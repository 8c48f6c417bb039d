//! Hearth: one binary that hears, thinks and speaks.

use std::{
    io::{IsTerminal as _, Write as _},
    process::ExitCode,
};

use clap::Parser as _;
use hearth::{
    Failure, commands,
    settings::{Command, CommandLine},
};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to be told when the terminal is gone.
            let _ = writeln!(std::io::stderr(), "hearth: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let (common, command) = CommandLine::parse().complete().map_err(Failure::because)?;
    let filter =
        EnvFilter::try_new(&common.log).map_err(|error| Failure::new(format!("--log {}: {error}", common.log)))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::because)?;
    runtime.block_on(async {
        match command {
            Command::Serve(serve) => commands::serve::run(serve, common).await,
            Command::Other(other) => other.run(common).await,
        }
    })
}
