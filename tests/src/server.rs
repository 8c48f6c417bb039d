//! A Hearth server of its own for a test: on a free port, stopped by its process id, bounded in time.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};

use crate::fetch;

const READY_MAX: Duration = Duration::from_secs(60);
const STOP_MAX: Duration = Duration::from_secs(15);

/// Where the pocket models are: `HEARTH_TEST_MODELS`, or in the repository.
#[must_use]
pub fn models() -> PathBuf {
    std::env::var_os("HEARTH_TEST_MODELS").map_or_else(|| root().join("models/pocket"), PathBuf::from)
}

/// A running server. Dropping it kills the process; [`Server::stop`] ends it in the orderly way and checks that.
pub struct Server {
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    /// From the start of the process to the first good answer of `/readyz`.
    pub ready_after: Duration,
    process: Child,
    log: tempfile::NamedTempFile,
}

impl Server {
    /// Starts a server with the pocket models and waits until it is ready.
    pub async fn start(flags: &[&str]) -> Self {
        let port = free_port();
        let log = tempfile::NamedTempFile::new().unwrap();
        let began = Instant::now();
        let process = command(port, &models(), flags, &log).spawn().expect("the hearth binary starts");
        let mut server = Self { port, ready_after: Duration::ZERO, process, log };
        while fetch(port, "/readyz").await.is_none_or(|answer| answer.status != 200) {
            assert!(began.elapsed() < READY_MAX, "not ready within {READY_MAX:?}\n{}", server.log());
            if let Some(status) = server.process.try_wait().unwrap() {
                panic!("the server ended with {status}\n{}", server.log());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server.ready_after = began.elapsed();
        server
    }

    /// SIGTERM, and what becomes of it: the process ends by itself, in good order, without a panic on its way.
    pub async fn stop(mut self) {
        self.terminate();
        let ended = tokio::time::timeout(STOP_MAX, self.process.wait()).await;
        let status = ended.unwrap_or_else(|_| panic!("still running after SIGTERM\n{}", self.log())).unwrap();
        assert!(status.success(), "stopped with {status}\n{}", self.log());
        assert!(!self.log().contains("panicked"), "{}", self.log());
    }

    /// Sends SIGTERM and returns at once.
    pub fn terminate(&self) {
        let id = self.process.id().expect("the server still runs").to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Everything it wrote so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log.path()).unwrap_or_default()
    }

    /// Memory that is resident now, in bytes.
    pub fn resident_bytes(&self) -> u64 {
        let id = self.process.id().expect("the server still runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }

    /// Processor time it took so far, of all its threads.
    pub fn processor_time(&self) -> Duration {
        let id = self.process.id().expect("the server still runs");
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        // User and system time, in hundredths of a second.
        Duration::from_millis(fields[11..13].iter().map(|ticks| 10 * ticks.parse::<u64>().unwrap()).sum())
    }

    /// The value of a metric without labels; panics when there is none.
    pub async fn metric(&self, name: &str) -> f64 {
        let page = fetch(self.port, "/metrics").await.expect("metrics are served").body;
        let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no metric {name} in\n{page}")).trim().parse().unwrap()
    }

    /// Waits until the metric `name` has `value`, at most 15 s.
    pub async fn wait_for_metric(&self, name: &str, value: f64) {
        let began = Instant::now();
        while (self.metric(name).await - value).abs() > f64::EPSILON {
            assert!(began.elapsed() < STOP_MAX, "{name} is {}, not {value}", self.metric(name).await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Starts a server on `port` that must refuse to start: its exit status and what it said. `models` is the model directory.
pub async fn start_and_fail(port: u16, models: &Path, flags: &[&str]) -> (ExitStatus, String) {
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut process = command(port, models, flags, &log).spawn().unwrap();
    let ended = tokio::time::timeout(STOP_MAX, process.wait()).await;
    let said = std::fs::read_to_string(log.path()).unwrap();
    (ended.unwrap_or_else(|_| panic!("it did not refuse to start:\n{said}")).unwrap(), said)
}

fn command(port: u16, models: &Path, flags: &[&str], log: &tempfile::NamedTempFile) -> Command {
    let mut command = Command::new(binary());
    command
        .current_dir(root())
        .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--models"])
        .arg(models)
        .args(flags)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(log.reopen().unwrap())
        .stderr(log.reopen().unwrap())
        .kill_on_drop(true);
    command
}

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The binary of the profile these tests were built in: target/PROFILE/deps/test -> target/PROFILE/hearth.
fn binary() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().and_then(Path::parent).unwrap().join("hearth");
    assert!(path.exists(), "{} is missing: build it first, with cargo build -p hearth", path.display());
    path
}

/// A port that nobody listens on at this moment.
#[must_use]
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
