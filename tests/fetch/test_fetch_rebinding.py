"""Names that lead home: whatever a name server says, nothing but a public address is ever connected to."""

from collections.abc import Iterator, Sequence

import pytest

from bot.errors import Failure, SourceError
from bot.fetch.address import Resolver
from bot.fetch.client import HttpFetcher
from tests.support.clock import FakeClock
from tests.support.loopback import Loopback

HOME = (
    "127.0.0.1",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "0.0.0.0",
    "::",
    "fe80::1%lo",
)


class Names:
    """A name server that changes its mind: one list of addresses for each time that it is asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, seconds: float) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def home() -> Iterator[Loopback]:
    with Loopback() as server:
        server.on("/", b"secrets")
        yield server


def fetcher_with(names: Resolver, *allowed: str) -> HttpFetcher:
    return HttpFetcher(clock=FakeClock(), user_agent="x", allowed_hosts=frozenset(allowed), resolve=names)


def refused(fetcher: HttpFetcher, url: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        fetcher.get(url, deadline=1.0)
    assert caught.value.failure is Failure.FORBIDDEN_ADDRESS
    return caught.value


@pytest.mark.parametrize("address", HOME)
def test_a_name_that_leads_home_is_not_asked(home: Loopback, address: str) -> None:
    with fetcher_with(Names([address])) as fetcher:
        refused(fetcher, f"http://rebind.example:{home.port}/")
    assert home.connections == 0


@pytest.mark.parametrize("address", HOME)
def test_one_way_home_among_public_addresses_is_enough_to_refuse(home: Loopback, address: str) -> None:
    with fetcher_with(Names(["93.184.215.14", address])) as fetcher:
        refused(fetcher, f"http://rebind.example:{home.port}/")
    assert home.connections == 0


@pytest.mark.parametrize("address", HOME)
def test_a_redirect_to_a_name_that_leads_home_is_not_followed(home: Loopback, address: str) -> None:
    def names(host: str, port: int, seconds: float) -> Sequence[str]:
        return [host] if host == "127.0.0.1" else [address]

    with Loopback() as site, fetcher_with(names, site.endpoint) as fetcher:
        site.on("/", status=302, headers={"Location": f"http://rebind.example:{home.port}/"})
        refused(fetcher, site.url("/"))
    assert home.connections == 0


def test_a_name_that_is_bound_anew_is_checked_anew(home: Loopback) -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    with fetcher_with(names, f"mirror.example:{home.port}") as fetcher:
        assert fetcher.get(f"http://mirror.example:{home.port}/").body == b"secrets", "ours, and allowed"
        refused(fetcher, "http://mirror.example:1/")
    assert names.asked == ["mirror.example", "mirror.example"]


def test_a_connection_that_is_kept_stays_where_it_was_checked_to_go(home: Loopback) -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    with fetcher_with(names, f"mirror.example:{home.port}") as fetcher:
        for _ in range(2):
            assert fetcher.get(f"http://mirror.example:{home.port}/").body == b"secrets"
    assert (names.asked, home.connections) == (["mirror.example"], 1)
