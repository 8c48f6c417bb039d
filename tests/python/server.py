"""A Hearth server of its own for a test: started on a free port, stopped by its pid, bounded in time."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("HEARTH_BINARY", ROOT / "target/release/hearth"))
MODELS = Path(os.environ.get("HEARTH_TEST_MODELS", ROOT / "models/pocket"))
READY_SECONDS_MAX = 60
STOP_SECONDS_MAX = 15


class Server:
    """`with Server() as server:` has it ready inside; `server.log()` is what it said."""

    def __init__(self, *flags, log):
        assert BINARY.exists(), f"{BINARY} is missing: cargo build --release -p hearth"
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}/v1"
        self._log = Path(log)
        self._command = [BINARY, "serve", "--listen", f"127.0.0.1:{self.port}", "--models", MODELS, *flags]
        self._process = None

    def __enter__(self):
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(self._command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self._wait_until_ready()
        except BaseException:
            self._process.kill()
            raise
        return self

    def __exit__(self, *_):
        """A graceful stop is part of what is tested."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            status = self._process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise AssertionError(f"still running {STOP_SECONDS_MAX} s after SIGTERM\n{self.log()}") from None
        assert status == 0, f"stopped with status {status}\n{self.log()}"
        assert "panicked" not in self.log(), self.log()

    def log(self):
        """The last lines the server wrote."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-60:])

    def _wait_until_ready(self):
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            assert self._process.poll() is None, f"the server ended with {self._process.returncode}\n{self.log()}"
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError(f"not ready within {READY_SECONDS_MAX} s\n{self.log()}")


def free_port():
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
