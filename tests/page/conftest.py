"""What the tests of the page share: the server and the voices of tests/python, and browsers, one at a time."""

import sys
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))

from server import Server  # noqa: E402


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The release binary with the pocket models, open to everybody."""
    with Server(log=tmp_path_factory.mktemp("server") / "log") as running:
        yield running


@pytest.fixture(scope="session")
def playwright():
    """What drives the browsers."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def quiet(playwright, tmp_path_factory):
    """A browser whose microphone is silent and whose camera shows a test picture."""
    import listener
    import sound

    silence = listener.save(sound.silence(200), tmp_path_factory.mktemp("sound") / "silence.wav")
    with listener.chromium(playwright, silence) as browser:
        yield browser
