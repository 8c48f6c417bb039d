//! `hearth bench`: what a turn and the core cost on this machine.

mod apart;
pub mod core;
pub mod figures;
pub mod home;
mod stages;
pub mod turn;

pub use stages::tools;

use clap::Subcommand;

use crate::{Failure, settings::CommonSettings};

/// What is measured.
#[derive(Debug, Subcommand)]
pub enum Bench {
    /// How soon an answer is heard, and whether it ever stutters.
    Turn(turn::Args),
    /// Tokens per second of the core, alone and for many sessions at once.
    Core(core::Args),
}

impl Bench {
    /// Measures.
    ///
    /// # Errors
    /// [`Failure`] for the person.
    pub async fn run(self, settings: &CommonSettings) -> Result<(), Failure> {
        match self {
            Self::Turn(args) => turn::run(args, settings).await,
            Self::Core(args) => core::run(args, settings).await,
        }
    }
}
