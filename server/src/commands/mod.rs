//! What the program can do besides serving. Each command is a module with a type for its flags and an `async fn run`.

pub mod bench;
pub mod caller;
pub mod doctor;
pub mod eval;
pub mod say;
pub mod serve;
pub mod sound;
pub mod talk;
pub mod timeline;
pub mod transcribe;
pub mod turn;
pub mod wer;

use clap::Subcommand;

use crate::{Failure, settings::CommonSettings};

/// The commands besides `serve`.
#[derive(Debug, Subcommand)]
pub enum Other {
    /// Talk to a server over sound files, and see the time line of each turn.
    Talk(talk::Args),
    /// Speak text into a WAV file.
    Say(say::Args),
    /// Write down what is said in sound files.
    Transcribe(transcribe::Args),
    /// What is missing on this machine, and how to mend it.
    Doctor(doctor::Args),
    /// What a turn and the core cost on this machine.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// How well the models hear, think and speak.
    Eval(eval::Args),
}

impl Other {
    /// Does it.
    ///
    /// # Errors
    /// [`Failure`] with what to tell the person at the terminal.
    pub async fn run(self, settings: CommonSettings) -> Result<(), Failure> {
        match self {
            Self::Talk(args) => talk::run(args).await,
            Self::Say(args) => say::run(args, &settings).await,
            Self::Transcribe(args) => transcribe::run(args, &settings).await,
            Self::Doctor(args) => doctor::run(args, &settings).await,
            Self::Bench(bench) => bench.run(&settings).await,
            Self::Eval(args) => eval::run(args, &settings).await,
        }
    }
}
