//! Settings: from flags, then `HEARTH_*` of the environment, then a TOML file, then defaults. Parsed once, whole, here;
//! nobody else reads the environment.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, Parser, Subcommand};
use hearth_session::{Policy, Turns, VoiceTurns};
use serde::Deserialize;

use crate::commands;

const EXAMPLES: &str = "\
Examples:
  hearth serve                                    talk to ws://127.0.0.1:8080/v1/realtime
  hearth serve --listen 0.0.0.0:8080 --api-key s  for others, who must know the key
  hearth talk --in question.wav --out answer.wav  ask a running server by voice
  hearth say \"good morning\" -o morning.wav        only the voice
  hearth transcribe talk.mp3                      only the ears
  hearth doctor                                   what is missing, and how to mend it

Every setting may also be given as HEARTH_NAME in the environment (HEARTH_LISTEN, HEARTH_API_KEY, ...), or as a line
of hearth.toml (listen = \"127.0.0.1:8080\"). A flag wins over the environment, the environment over the file.";

/// A server that hears, thinks and speaks.
///
/// Clients of the OpenAI Realtime protocol talk to it by voice or text; models, ears and voice are inside.
#[derive(Debug, Parser)]
#[command(name = "hearth", version, after_help = EXAMPLES, max_term_width = 110)]
pub struct CommandLine {
    /// What is to be done.
    #[command(subcommand)]
    pub command: Command,
    /// What every command understands.
    #[command(flatten)]
    pub common: Common,
}

/// What every command understands.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// A file of settings [default: hearth.toml, if there is one].
    #[arg(long, global = true, value_name = "FILE", env = "HEARTH_CONFIG")]
    pub config: Option<PathBuf>,
    /// Folder of the models; looked for here, beside the program, and in its share folder [default: models/pocket].
    #[arg(long, global = true, value_name = "DIR", env = "HEARTH_MODELS")]
    pub models: Option<PathBuf>,
    /// The ONNX Runtime library [default: looked for in ORT_DYLIB_PATH, beside the program, in third_party/ort].
    #[arg(long, global = true, value_name = "FILE", env = "HEARTH_ORT_LIB")]
    pub ort_lib: Option<PathBuf>,
    /// How much is told: error, warn, info, debug, trace, or a filter like hearth=debug [default: info].
    #[arg(long, global = true, value_name = "LEVEL", env = "HEARTH_LOG")]
    pub log: Option<String>,
}

/// How a running server is reached.
#[derive(Debug, Clone, Args)]
pub struct Reach {
    /// The server, with or without ws:// and /v1/realtime
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", env = "HEARTH_SERVER")]
    pub server: String,
    /// The key of the server, when it wants one
    #[arg(long, value_name = "KEY", env = "HEARTH_API_KEY", hide_env_values = true)]
    pub api_key: Option<String>,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Listen for clients and talk with them.
    Serve(Serve),
    /// Everything else.
    #[command(flatten)]
    Other(commands::Other),
}

/// How to serve.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  hearth serve
  hearth serve --listen 127.0.0.1:9000 --models /srv/models/pocket
  HEARTH_API_KEY=secret hearth serve --listen 0.0.0.0:8080

Addresses: ws://.../v1/realtime (also /realtime), /v1/models, /healthz, /readyz, /metrics, and a page to try it at /.")]
pub struct Serve {
    /// Where to listen. Anything but this very machine needs --api-key [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS:PORT", env = "HEARTH_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// What clients must know: sent as `Authorization: Bearer KEY`.
    #[arg(long, value_name = "KEY", env = "HEARTH_API_KEY", hide_env_values = true)]
    pub api_key: Option<String>,
    /// Most sessions at once [default: 64].
    #[arg(long, value_name = "COUNT", env = "HEARTH_SESSIONS_MAX")]
    pub sessions_max: Option<usize>,
    /// Longest session in minutes [default: 60].
    #[arg(long, value_name = "MINUTES", env = "HEARTH_SESSION_MINUTES_MAX")]
    pub session_minutes_max: Option<u64>,
    /// Speech over an answer shorter than this many milliseconds is a back-channel and changes nothing [default: 200].
    #[arg(long, value_name = "MS", env = "HEARTH_BARGE_IN_MS_MIN")]
    pub barge_in_ms_min: Option<u64>,
    /// Play this script instead of thinking: for tests of clients, without any model.
    #[arg(long, value_name = "FILE", env = "HEARTH_SCRIPTED")]
    pub scripted: Option<PathBuf>,
}

/// The same settings in a TOML file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    models: Option<PathBuf>,
    ort_lib: Option<PathBuf>,
    log: Option<String>,
    listen: Option<SocketAddr>,
    api_key: Option<String>,
    sessions_max: Option<usize>,
    session_minutes_max: Option<u64>,
    barge_in_ms_min: Option<u64>,
    scripted: Option<PathBuf>,
}

/// Why Hearth does not start.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("the settings file {0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// The file is no settings file.
    #[error("the settings file {0} is wrong:\n{1}")]
    Wrong(PathBuf, Box<toml::de::Error>),
    /// Everybody could talk to it.
    #[error(
        "{0} can be reached from other machines, so everybody there could talk to this server. \
         Give it a key (--api-key KEY, or HEARTH_API_KEY), or listen on 127.0.0.1 only."
    )]
    OpenToAll(SocketAddr),
    /// The key is no key.
    #[error("the API key is empty; leave it out to serve without one, or give it at least one character")]
    EmptyKey,
}

/// Everything `serve` needs to know.
#[derive(Debug, Clone)]
pub struct ServeSettings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// What clients must know.
    pub api_key: Option<String>,
    /// Most sessions at once.
    pub sessions_max: usize,
    /// The numbers a session begins with.
    pub policy: Policy,
    /// A script instead of models.
    pub scripted: Option<PathBuf>,
}

/// Where the models and their library are, and how much is told.
#[derive(Debug, Clone)]
pub struct CommonSettings {
    /// Folder of the models.
    pub models: PathBuf,
    /// The ONNX Runtime library, when it was named.
    pub ort_lib: Option<PathBuf>,
    /// What ONNX Runtime's own variable names.
    pub ort_named: Option<PathBuf>,
    /// A filter for the log.
    pub log: String,
}

impl CommandLine {
    /// Fills in from the settings file what flags and environment left open.
    ///
    /// # Errors
    /// [`SettingsError`] when the file cannot be read or says something unknown.
    pub fn complete(mut self) -> Result<(CommonSettings, Command), SettingsError> {
        let file = read_file(self.common.config.as_deref())?;
        let common = CommonSettings {
            models: find_models(&self.common.models.or(file.models).unwrap_or_else(|| "models/pocket".into())),
            ort_lib: self.common.ort_lib.or(file.ort_lib),
            ort_named: std::env::var_os("ORT_DYLIB_PATH").map(PathBuf::from),
            log: self.common.log.or(file.log).unwrap_or_else(|| "info".into()),
        };
        if let Command::Serve(serve) = &mut self.command {
            serve.listen = serve.listen.or(file.listen);
            serve.api_key = serve.api_key.take().or(file.api_key);
            serve.sessions_max = serve.sessions_max.or(file.sessions_max);
            serve.session_minutes_max = serve.session_minutes_max.or(file.session_minutes_max);
            serve.barge_in_ms_min = serve.barge_in_ms_min.or(file.barge_in_ms_min);
            serve.scripted = serve.scripted.take().or(file.scripted);
        }
        Ok((common, self.command))
    }
}

impl Serve {
    /// The settings as they hold.
    ///
    /// # Errors
    /// [`SettingsError::OpenToAll`] and [`SettingsError::EmptyKey`].
    pub fn settings(self) -> Result<ServeSettings, SettingsError> {
        let listen = self.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        if self.api_key.as_ref().is_some_and(String::is_empty) {
            return Err(SettingsError::EmptyKey);
        }
        if !listen.ip().is_loopback() && self.api_key.is_none() {
            return Err(SettingsError::OpenToAll(listen));
        }
        let mut voice = VoiceTurns::default();
        if let Some(millis) = self.barge_in_ms_min {
            voice.barge_in_min = Duration::from_millis(millis);
        }
        let default = Policy::default();
        let session_max =
            self.session_minutes_max.map_or(default.session_max, |minutes| Duration::from_secs(minutes * 60));
        Ok(ServeSettings {
            listen,
            api_key: self.api_key,
            sessions_max: self.sessions_max.unwrap_or(64),
            policy: Policy { turns: Turns::Voice(voice), session_max, ..default },
            scripted: self.scripted,
        })
    }
}

/// Whether to write to `stream` in colours: it is a terminal, and nobody said `NO_COLOR`.
#[must_use]
pub fn paints(stream: &impl std::io::IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

fn read_file(named: Option<&Path>) -> Result<File, SettingsError> {
    let path = named.unwrap_or(Path::new("hearth.toml"));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(_) if named.is_none() => return Ok(File::default()),
        Err(error) => return Err(SettingsError::Unreadable(path.to_owned(), error)),
    };
    toml::from_str(&text).map_err(|error| SettingsError::Wrong(path.to_owned(), Box::new(error)))
}

/// The folder called `name`: here, beside the program, or in the share folder of its installation. A folder that is
/// nowhere keeps its name, so that the error says what was looked for.
fn find_models(name: &Path) -> PathBuf {
    let program = std::env::current_exe().ok();
    let beside = program.as_deref().and_then(Path::parent);
    let share = beside.and_then(Path::parent).map(|prefix| prefix.join("share/hearth"));
    let places = [Some(Path::new("")), beside, share.as_deref()];
    let found = places.into_iter().flatten().map(|place| place.join(name)).find(|folder| folder.is_dir());
    found.unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serve(arguments: &[&str], file: &str) -> Result<ServeSettings, SettingsError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hearth.toml");
        std::fs::write(&path, file).unwrap();
        let line = ["hearth", "serve", "--config", path.to_str().unwrap()];
        let (_, command) = CommandLine::parse_from(line.iter().chain(arguments)).complete()?;
        match command {
            Command::Serve(serve) => serve.settings(),
            Command::Other(_) => panic!("it is serve"),
        }
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let settings = serve(&["--sessions-max", "3"], "sessions_max = 5\nlisten = \"127.0.0.1:9\"").unwrap();
        assert_eq!((settings.sessions_max, settings.listen.port()), (3, 9));
        assert_eq!(serve(&[], "barge_in_ms_min = 50").unwrap().policy.voice().unwrap().barge_in_min.as_millis(), 50);
    }

    #[test]
    fn nobody_else_comes_in_without_a_key() {
        assert!(matches!(serve(&["--listen", "0.0.0.0:1"], ""), Err(SettingsError::OpenToAll(_))));
        assert!(serve(&["--listen", "0.0.0.0:1", "--api-key", "s"], "").is_ok());
        assert!(serve(&["--listen", "[::1]:1"], "").is_ok());
        assert!(matches!(serve(&["--api-key", ""], ""), Err(SettingsError::EmptyKey)));
    }

    #[test]
    fn a_wrong_file_is_named() {
        let error = serve(&[], "lissten = 5").unwrap_err().to_string();
        assert!(error.contains("hearth.toml") && error.contains("lissten"), "{error}");
    }

    #[test]
    fn the_command_line_is_whole() {
        use clap::CommandFactory as _;
        CommandLine::command().debug_assert();
    }
}
