"""Sources through a proxy on loopback: it looks names up, and what is private is kept from it."""

import shutil
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from bot.errors import Failure, SourceError
from bot.fetch.client import HttpFetcher
from bot.settings.proxies import Proxies
from tests.support.clock import FakeClock
from tests.support.loopback import Answer, Loopback, RawHandler


def only_itself(host: str, port: int, seconds: float) -> Sequence[str]:
    assert host == "127.0.0.1", "behind a proxy nobody but the proxy looks names up"
    return [host]


@pytest.fixture
def proxy() -> Iterator[Loopback]:
    with Loopback() as server:
        server.everywhere(lambda asked: Answer(f"you asked for {asked.target}".encode()))
        yield server


def fetcher_through(proxy: Loopback, *, login: str = "", exceptions: str = "") -> HttpFetcher:
    address = f"http://{login}{proxy.endpoint}"
    proxies = Proxies(address, address, exceptions)
    return HttpFetcher(clock=FakeClock(), user_agent="x", resolve=only_itself, proxies=proxies)


def tunnel_to(port: int) -> RawHandler:
    """Return what joins a connection with the server of a port, as a proxy does after CONNECT."""

    def relay(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def join(connection: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as upstream:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=relay, args=(upstream, connection))
            back.start()
            relay(connection, upstream)
            back.join()

    return join


def test_a_site_is_asked_through_the_proxy_which_looks_its_name_up(proxy: Loopback) -> None:
    with fetcher_through(proxy) as fetcher:
        assert fetcher.get("http://blog.example/feed").body == b"you asked for http://blog.example/feed"


def test_the_proxy_hears_its_login_and_no_site_does(proxy: Loopback) -> None:
    with fetcher_through(proxy, login="me:s3cret@") as fetcher:
        fetcher.get("http://blog.example/feed")
    assert proxy.asked[0].headers["proxy-authorization"] == "Basic bWU6czNjcmV0"


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_an_encrypted_site_is_asked_through_a_tunnel_and_its_certificate_is_checked(
    proxy: Loopback, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Loopback(tls=context) as site, fetcher_through(proxy) as fetcher:
        site.on("/feed", b"encrypted")
        for name in ("hub.test:443", "other.test:443"):
            proxy.raw(name, tunnel_to(site.port))
        assert fetcher.get("https://hub.test/feed").body == b"encrypted"
        with pytest.raises(SourceError, match="certificate"):
            fetcher.get("https://other.test/feed")
    assert [asked.target for asked in proxy.asked] == ["hub.test:443", "other.test:443"]


def test_what_no_proxy_lists_is_asked_directly_and_guarded_as_ever(proxy: Loopback) -> None:
    with Loopback() as site:
        proxies = Proxies(f"http://{proxy.endpoint}", exceptions="mirror.lan")
        own = f"mirror.lan:{site.port}"
        with HttpFetcher(
            clock=FakeClock(),
            user_agent="x",
            allowed_hosts=frozenset({own}),
            resolve=lambda host, port, seconds: ["127.0.0.1"],
            proxies=proxies,
        ) as fetcher:
            site.on("/", b"direct")
            assert fetcher.get(f"http://{own}/").body == b"direct"
            with pytest.raises(SourceError) as caught:
                fetcher.get(f"http://other.mirror.lan:{site.port}/")
    assert caught.value.failure is Failure.FORBIDDEN_ADDRESS
    assert proxy.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://10.0.0.1/", id="a private address"),
        pytest.param("http://169.254.169.254/latest/", id="a cloud's metadata"),
        pytest.param("http://[::ffff:10.0.0.1]/", id="a private address, mapped"),
        pytest.param("http://167772161/", id="a private address as one number"),
        pytest.param("http://0x0a.1/", id="a private address in hexadecimal"),
        pytest.param("http://127.0.0.1:9/", id="this machine"),
    ],
)
@pytest.mark.parametrize("how", ["asked for", "redirected to"])
def test_a_private_address_is_kept_from_the_proxy(proxy: Loopback, url: str, how: str) -> None:
    proxy.on("http://blog.example/", status=302, headers={"Location": url})
    with fetcher_through(proxy) as fetcher, pytest.raises(SourceError) as caught:
        fetcher.get(url if how == "asked for" else "http://blog.example/")
    assert caught.value.failure is Failure.FORBIDDEN_ADDRESS
    assert proxy.connections == (how == "redirected to")


@pytest.mark.parametrize(
    ("url", "answer", "failure", "said"),
    [
        pytest.param(
            "http://blog.example/", 407, Failure.DENIED, "the proxy wants a login", id="a login is wanted"
        ),
        pytest.param(
            "https://blog.example/", 407, Failure.UNREACHABLE, "through the proxy (407", id="for a tunnel"
        ),
        pytest.param(
            "https://blog.example/", 403, Failure.UNREACHABLE, "through the proxy (403", id="it says no"
        ),
        pytest.param(
            "https://blog.example/", 502, Failure.UNREACHABLE, "through the proxy (502", id="it has no way"
        ),
    ],
)
def test_a_proxy_that_refuses_is_a_typed_failure(
    proxy: Loopback, url: str, answer: int, failure: Failure, said: str
) -> None:
    proxy.everywhere(lambda _: Answer(status=answer))
    with fetcher_through(proxy, login="me:s3cret@") as fetcher, pytest.raises(SourceError) as caught:
        fetcher.get(url)
    assert caught.value.failure is failure
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_deadline_holds_for_a_proxy_that_says_nothing(proxy: Loopback, scheme: str) -> None:
    def say_nothing(_: socket.socket) -> None:
        proxy.wait(10.0)

    proxy.raw_everywhere(say_nothing)
    with fetcher_through(proxy) as fetcher, pytest.raises(SourceError) as caught:
        fetcher.get(f"{scheme}://blog.example/", deadline=0.3)
    assert caught.value.failure is Failure.TIMEOUT


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there_is_a_typed_failure(scheme: str) -> None:
    proxies = Proxies("http://127.0.0.1:9", "http://127.0.0.1:9")
    fetcher = HttpFetcher(clock=FakeClock(), user_agent="x", proxies=proxies)
    with fetcher, pytest.raises(SourceError) as caught:
        fetcher.get(f"{scheme}://blog.example/")
    assert caught.value.failure is Failure.UNREACHABLE
