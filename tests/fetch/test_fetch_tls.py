"""TLS over a checked address: the name in the address is still the one that the certificate must bear."""

import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import Failure, SourceError
from bot.fetch.client import HttpFetcher
from tests.support.clock import FakeClock
from tests.support.loopback import Loopback

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")


@pytest.fixture
def names() -> list[str]:
    """Return the names that clients ask for (SNI)."""
    return []


@pytest.fixture
def server(certificate: Path, names: list[str]) -> Iterator[Loopback]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with Loopback(tls=context) as server:
        yield server


@pytest.fixture
def fetcher(server: Loopback, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpFetcher]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with HttpFetcher(
        clock=FakeClock(),
        user_agent="x",
        allowed_hosts=frozenset({f"hub.test:{server.port}", f"other.test:{server.port}"}),
        tokens={f"hub.test:{server.port}": "hf_x"},
        resolve=lambda host, port, seconds: ["127.0.0.1"],
    ) as it:
        yield it


def test_the_name_reaches_the_server_though_the_address_is_connected_to(
    server: Loopback, fetcher: HttpFetcher, names: list[str]
) -> None:
    server.on("/api", b"[]")
    assert fetcher.get(f"https://hub.test:{server.port}/api").body == b"[]"
    assert names == ["hub.test"]
    assert server.asked[0].headers["host"] == f"hub.test:{server.port}"
    assert server.asked[0].headers["authorization"] == "Bearer hf_x"


def test_a_certificate_for_another_name_is_refused(server: Loopback, fetcher: HttpFetcher) -> None:
    with pytest.raises(SourceError) as caught:
        fetcher.get(f"https://other.test:{server.port}/")
    assert caught.value.failure is Failure.UNREACHABLE
    assert "certificate" in str(caught.value)
    assert server.asked == []


def test_a_certificate_that_nobody_vouches_for_is_refused(server: Loopback, clock: FakeClock) -> None:
    allowed = frozenset({server.endpoint})
    with (
        HttpFetcher(clock=clock, user_agent="x", allowed_hosts=allowed) as fetcher,
        pytest.raises(SourceError) as caught,
    ):
        fetcher.get(server.url("/"))
    assert caught.value.failure is Failure.UNREACHABLE
    assert "certificate" in str(caught.value)


def test_a_redirect_away_from_https_is_not_followed(server: Loopback, fetcher: HttpFetcher) -> None:
    with Loopback() as plain:
        server.on("/", status=302, headers={"Location": plain.url("/")})
        with pytest.raises(SourceError) as caught:
            fetcher.get(f"https://hub.test:{server.port}/")
    assert caught.value.failure is Failure.FORBIDDEN_ADDRESS
    assert plain.connections == 0


def test_a_server_that_never_finishes_the_handshake_is_cut_at_the_deadline(clock: FakeClock) -> None:
    with Loopback() as mute:  # it takes the client's hello for a request head without an end
        url, allowed = f"https://{mute.endpoint}/", frozenset({mute.endpoint})
        with (
            HttpFetcher(clock=clock, user_agent="x", allowed_hosts=allowed) as fetcher,
            pytest.raises(SourceError) as caught,
        ):
            fetcher.get(url, deadline=0.3)
    assert caught.value.failure is Failure.TIMEOUT
