"""A server of our own and a fetcher that may ask it."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.fetch.client import HttpFetcher
from tests.support.clock import FakeClock
from tests.support.loopback import Loopback


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a key and a certificate for hub.test."""
    folder = tmp_path_factory.mktemp("tls")
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    made += ["-subj", "/CN=hub.test", "-addext", "subjectAltName=DNS:hub.test", "-days", "2"]
    made += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(made, check=True, capture_output=True, timeout=30)
    both = folder / "both.pem"
    both.write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return both


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


@pytest.fixture
def other() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def fetcher(server: Loopback, other: Loopback, clock: FakeClock) -> Iterator[HttpFetcher]:
    allowed = frozenset({server.endpoint, other.endpoint})
    tokens = {server.endpoint: "hf_server_token"}
    with HttpFetcher(
        clock=clock, user_agent="cadencebot/0 (+test)", allowed_hosts=allowed, tokens=tokens
    ) as it:
        yield it
