"""Addresses as they are shown to people, and redirects as they may be followed."""

from collections.abc import Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Failure, SourceError
from bot.fetch.address import check_redirect, endpoint_of, host_in, parsed, redirect_target, shown

PIECES = [
    "http:",
    "https:",
    "//",
    "/",
    "[",
    "]",
    "::1",
    ":",
    "@",
    "%",
    "\u202e",
    "\xe9",
    "xn--",
    "xn--a",
    ".",
]
PIECES += [
    "a" * 70,
    "?",
    "#",
    "\\",
    " ",
    "\t",
    "\x00",
    "99999",
    "-",
    "%00",
    "\u017f",
    "\u2100",
    "\uff11",
    "_",
    "blog",
]
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=7).map("".join) | st.text(max_size=40)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        pytest.param(
            "https://Blog.Example:443/a?page=2", "https://blog.example/a?page=2", id="an ordinary one"
        ),
        pytest.param("http://[::1]:8000/", "http://[::1]:8000/", id="an IPv6 one"),
        pytest.param("https://me:pw@blog.example/", "https://blog.example/", id="no user and password"),
        pytest.param(
            "https://b.example/?access_token=s&n=1", "https://b.example/?access_token=...&n=1", id="no token"
        ),
        pytest.param("https://b.example/?ApiKey=s", "https://b.example/?ApiKey=...", id="no key"),
        pytest.param(
            "https://b.example/?X-Amz-Signature=s",
            "https://b.example/?X-Amz-Signature=...",
            id="no signature",
        ),
        pytest.param("https://b.example/?q=" + "s" * 30, "https://b.example/?q=...", id="nothing long"),
        pytest.param(
            "https://b.example/?" + "s" * 30, f"https://b.example/?{'s' * 24}=...", id="nothing long alone"
        ),
        pytest.param("https://b.example/" + "s" * 300, "https://b.example/" + "s" * 179 + "...", id="no end"),
        pytest.param(
            "https://b.example/\u202eevil", "https://b.example/%E2%80%AEevil", id="no marks that turn"
        ),
    ],
)
def test_an_address_is_shown_without_its_secrets(address: str, text: str) -> None:
    assert shown(httpx.URL(address)) == text


def outcome(act: Callable[[], httpx.URL]) -> httpx.URL | SourceError:
    try:
        return act()
    except SourceError as error:
        return error


@given(HOSTILE)
def test_any_text_is_an_address_or_a_typed_failure(text: str) -> None:
    result = outcome(lambda: parsed(text))
    if isinstance(result, SourceError):
        assert str(result).isprintable()
    else:
        assert result.scheme in ("http", "https")
        assert can_be_asked(result)
        assert shown(result).isascii()


@given(HOSTILE)
def test_any_location_is_followed_or_a_typed_failure(location: str) -> None:
    start = httpx.URL("https://blog.example/a/b?c")

    def follow() -> httpx.URL:
        target = redirect_target(start, location)
        check_redirect([start], target, frozenset())
        return target

    result = outcome(follow)
    if isinstance(result, SourceError):
        assert str(result).isprintable()
    else:
        assert result.scheme == "https"
        assert not result.userinfo
        assert can_be_asked(result)


def can_be_asked(url: httpx.URL) -> bool:
    """Whether name servers, sockets and TLS take the host and the port of an address."""
    host, port = endpoint_of(url).rsplit(":", 1)
    host.encode("idna")
    return host.isascii() and not host.startswith(".") and 0 < int(port) < 65_536


MALFORMED = [
    pytest.param("https://a..example/", id="an empty label"),
    pytest.param("https://.example/", id="an empty label at the start"),
    pytest.param("https://example../", id="an empty label at the end"),
    pytest.param("https://" + "a" * 64 + ".example/", id="a label that is too long"),
    pytest.param("https://" + ".".join(["a" * 60] * 5) + "/", id="a name that is too long"),
    pytest.param("https://\ud800.example/", id="half a character in the host"),
    pytest.param("https://blog.example/\ud800", id="half a character in the path"),
    pytest.param("https://\u200d.example/", id="what IDNA forbids"),
    pytest.param("https://a\u0307\u0300\u0660b.example/", id="a mix of scripts that IDNA forbids"),
    pytest.param("https://a\uff0fb.example/", id="a slash in disguise"),
    pytest.param("https://\uff11\uff12\uff17.0.0.1/", id="an address in full-width digits"),
    pytest.param("https://exa mple/", id="a space"),
    pytest.param("https://a%00b.example/", id="a NUL in the host"),
    pytest.param("https://[", id="a bracket alone"),
    pytest.param("https://[::1", id="half a bracket"),
    pytest.param("https://[::g]/", id="no IPv6 address"),
    pytest.param("https://300.1.1.1/", id="no IPv4 address"),
    pytest.param("https://blog.example:0/", id="port 0"),
    pytest.param("https://blog.example:65536/", id="a port out of range"),
    pytest.param("https://blog.example:-1/", id="a negative port"),
    pytest.param("https://blog.example:x/", id="a port of letters"),
]


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_address_is_no_address_in_feeds_yaml_nor_in_a_redirect(text: str) -> None:
    for read in (parsed, lambda text: redirect_target(httpx.URL("https://blog.example/"), text)):
        with pytest.raises(SourceError, match=r"is no web address|which is no address") as caught:
            read(text)
        assert caught.value.failure is Failure.BAD_ANSWER
        assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://bücher.example/x", "xn--bcher-kva.example"),
        ("http://127.0.0.1:8000/", "127.0.0.1:8000"),
        ("https://a_b.example./", "a_b.example."),
        ("http://[::1]:80/", "[::1]"),
        ("http://[", ""),
        ("https://\u200d.example/", ""),
    ],
)
def test_the_host_in_an_address_is_as_it_is_asked_or_none(text: str, host: str) -> None:
    assert host_in(text) == host


@pytest.mark.parametrize(
    ("location", "target"),
    [
        pytest.param("/new", "https://blog.example/new", id="a path"),
        pytest.param("new", "https://blog.example/a/new", id="a name beside it"),
        pytest.param("?page=2", "https://blog.example/a/b?page=2", id="a query"),
        pytest.param("//www.blog.example/", "https://www.blog.example/", id="another host"),
        pytest.param("https://b.example/\xe9", "https://b.example/%C3%A9", id="letters beyond ASCII"),
    ],
)
def test_a_location_is_read_from_where_it_stands(location: str, target: str) -> None:
    assert str(redirect_target(httpx.URL("https://blog.example/a/b?c"), location)) == target


def urls(*texts: str) -> list[httpx.URL]:
    return [httpx.URL(text) for text in texts]


@pytest.mark.parametrize(
    ("visited", "target", "failure"),
    [
        pytest.param(
            ["https://a.example/"], "http://a.example/x", Failure.FORBIDDEN_ADDRESS, id="https to http"
        ),
        pytest.param(
            ["https://a.example/"], "ftp://a.example/", Failure.FORBIDDEN_ADDRESS, id="another protocol"
        ),
        pytest.param(
            ["https://a.example/"], "https://u@a.example/", Failure.FORBIDDEN_ADDRESS, id="a user name"
        ),
        pytest.param(["https://a.example/"], "https://a.example/", Failure.TOO_MANY_REDIRECTS, id="itself"),
        pytest.param(
            ["https://a.example/1", "https://b.example/", "https://a.example/3"],
            "https://b.example/",
            Failure.TOO_MANY_REDIRECTS,
            id="a circle",
        ),
        pytest.param(
            [f"https://a.example/{n}" for n in range(6)],
            "https://a.example/6",
            Failure.TOO_MANY_REDIRECTS,
            id="the sixth",
        ),
        pytest.param(
            ["https://stranger.example/"],
            "https://mirror.lan:8443/",
            Failure.FORBIDDEN_ADDRESS,
            id="a stranger's to our own mirror",
        ),
    ],
)
def test_a_redirect_is_not_followed(visited: list[str], target: str, failure: Failure) -> None:
    with pytest.raises(SourceError) as caught:
        check_redirect(urls(*visited), httpx.URL(target), frozenset({"mirror.lan:8443"}))
    assert caught.value.failure is failure


@pytest.mark.parametrize(
    ("start", "target"),
    [
        pytest.param("http://a.example/", "https://a.example/", id="http to https"),
        pytest.param("https://a.example/", "https://b.example/", id="another host"),
        pytest.param("https://mirror.lan:8443/a", "https://mirror.lan:8443/b", id="within our own mirror"),
        pytest.param("https://mirror.lan:8443/a", "https://a.example/", id="our own mirror's to the world"),
    ],
)
def test_a_redirect_is_followed(start: str, target: str) -> None:
    check_redirect(urls(start), httpx.URL(target), frozenset({"mirror.lan:8443"}))
