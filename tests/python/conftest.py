"""The servers that the tests talk to."""

import asyncio
import inspect

import pytest

from server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The release binary with the pocket models, open to everybody."""
    with Server(log=tmp_path_factory.mktemp("server") / "log") as running:
        yield running


@pytest.fixture(scope="session")
def locked_server(tmp_path_factory):
    """The same with a key."""
    with Server("--api-key", "open sesame", log=tmp_path_factory.mktemp("locked") / "log") as running:
        yield running


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Runs `async def` tests, each in a loop of its own and bounded in time."""
    if not inspect.iscoroutinefunction(pyfuncitem.function):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    asyncio.run(asyncio.wait_for(pyfuncitem.function(**arguments), 120))
    return True
