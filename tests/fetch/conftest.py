"""A server of our own and a fetcher that may ask it."""

from collections.abc import Iterator

import pytest

from bot.fetch.client import HttpFetcher
from tests.support.clock import FakeClock
from tests.support.loopback import Loopback


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
