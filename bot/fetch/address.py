"""Web addresses: read, shown without secrets, and which may be asked: public ones, and the operator's own."""

import queue
import re
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_address

import httpx

from bot.errors import Failure, SourceError
from bot.fetch.networks import is_public

MAX_REDIRECTS = 5

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?")  # httpx has made it ASCII, in lower case
_LONGEST_HOST = 254  # with a dot at its end
_LAST_PORT = 65_535
# These name a secret in a query. A long value is hidden whatever it is called: it is a token or a cursor, and
# neither helps a reader.
_SECRET = re.compile(r"key|token|secret|sig|pass|auth(?!or)|code|cred|session", re.IGNORECASE)
_LONGEST_VALUE = 24
_REMEMBERED = 10_000  # addresses that were read before: feeds.yaml has the same ones at every poll
_LONGEST_QUERY = 60  # a longer one hides what matters in a line for people


def parsed(text: str) -> httpx.URL:
    """Return the address that `text` writes.

    Raises SourceError when it is none, not of http or https, or holds a user name.
    """
    try:
        url = _read(text)
    except (httpx.InvalidURL, ValueError) as error:  # ValueError: from the stdlib and from idna
        raise SourceError(
            Failure.BAD_ANSWER, f"{_before_secrets(text)!r} is no web address; correct it in feeds.yaml"
        ) from error
    _check_kind(url)
    return url


@lru_cache(maxsize=_REMEMBERED)
def _read(text: str) -> httpx.URL:
    return _well_formed(httpx.URL(text))


def redirect_target(url: httpx.URL, location: str) -> httpx.URL:
    """Return the address that a Location header of `url` means; raises SourceError when it means none."""
    try:
        return _well_formed(url.join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise SourceError(
            Failure.BAD_ANSWER,
            f"{shown(url)} redirects to {_before_secrets(location)!r}, which is no address; "
            "see in a browser where it leads",
        ) from error


def _well_formed(url: httpx.URL) -> httpx.URL:
    """Return an address whose host and port a name server, a socket and TLS take (RFC 1035, section 2.3.4).

    Raises ValueError for what httpx lets pass: labels that are empty, too long or not of letters, wild ports.
    """
    host = url.raw_host.decode("ascii")
    if ":" in host:
        ip_address(host)
    elif host and not (len(host) <= _LONGEST_HOST and _HOST.fullmatch(host)):
        raise ValueError("its host is no name")
    if url.port is not None and not 0 < url.port <= _LAST_PORT:
        raise ValueError("its port is none")
    return url


@lru_cache(maxsize=_REMEMBERED)
def host_in(text: str) -> str:
    """Return the host of an address, with its port if it names one, or "" where the text is no address."""
    try:
        return _read(text).netloc.decode("ascii")
    except (httpx.InvalidURL, ValueError):
        return ""


def _check_kind(url: httpx.URL) -> None:
    if url.scheme not in _DEFAULT_PORTS or not url.raw_host:
        raise SourceError(
            Failure.FORBIDDEN_ADDRESS, f"{shown(url)} was not asked: only http:// and https:// addresses are"
        )
    if url.userinfo:
        raise SourceError(
            Failure.FORBIDDEN_ADDRESS,
            f"{shown(url)} was not asked: an address may hold no user name or password, take them out",
        )


def endpoint(host: str, port: int) -> str:
    """Return `host:port`, an IPv6 address in brackets, as people write it."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def endpoint_of(url: httpx.URL) -> str:
    """Return the `host:port` that the address is asked at."""
    return endpoint(url.raw_host.decode("ascii"), url.port or _DEFAULT_PORTS[url.scheme])


def shown(url: httpx.URL | str) -> str:
    """Return the address as it may be shown: no user, no password, no secret of the query, not too long."""
    url = httpx.URL(url)
    path, _, query = url.raw_path.decode("ascii", "replace").partition("?")
    query = "&".join(_shown_pair(pair) for pair in query.split("&"))
    query = query if len(query) <= _LONGEST_QUERY else "..."
    return short(f"{url.scheme}://{url.netloc.decode('ascii')}{path}{query and '?'}{query}", 200)


def _before_secrets(text: str) -> str:
    return re.sub(r"(?<=//)[^/]*@", "", text.partition("?")[0])[:60]


def _shown_pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    if _SECRET.search(name) or len(value) > _LONGEST_VALUE or (not equals and len(name) > _LONGEST_VALUE):
        return f"{name[:_LONGEST_VALUE]}=..."
    return pair


def short(text: str, length: int) -> str:
    """Return `text` on one line and at most `length` characters long."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 3] + "..."


def check_redirect(visited: Sequence[httpx.URL], target: httpx.URL, allowed: frozenset[str]) -> None:
    """Accept `target` as the next address after those `visited`.

    Raises SourceError for circles, too many steps, a loss of encryption, and for a stranger that points at
    one of our own (`allowed`) hosts.
    """
    _check_kind(target)
    last, failure, why = visited[-1], Failure.FORBIDDEN_ADDRESS, ""
    if target in visited:
        failure = Failure.TOO_MANY_REDIRECTS
        why = f"in a circle, back to {shown(target)}; open it in a browser to see why"
    elif len(visited) > MAX_REDIRECTS:
        failure = Failure.TOO_MANY_REDIRECTS
        why = f"more than {MAX_REDIRECTS} times; put the final address into feeds.yaml"
    elif last.scheme == "https" and target.scheme == "http":
        why = f"from https to {shown(target)}, which anybody could forge; not followed"
    elif endpoint_of(target) in allowed and endpoint_of(last) not in allowed:
        why = f"to our own {shown(target)}; a stranger may not send us there: not followed"
    if why:
        raise SourceError(failure, f"{shown(visited[0])} redirects {why}")


Resolver = Callable[[str, int, float], Sequence[str]]


def checked_addresses(
    host: str, port: int, seconds: float, *, allowed: frozenset[str], resolve: Resolver
) -> Sequence[str]:
    """Return the IP addresses of `host` that may be connected to.

    The caller must connect to these and not to the name, whose next answer may differ (DNS rebinding).
    Raises SourceError when one of them is private and `host:port` is not in `allowed`.
    """
    addresses = resolve(host, port, seconds)
    refuse_private(endpoint(host, port), addresses, allowed)
    return addresses


def refuse_private(place: str, addresses: Sequence[str], allowed: frozenset[str]) -> None:
    """Raise SourceError when one of the IP addresses of a `host:port` is private and it is not `allowed`."""
    for address in addresses:
        if place not in allowed and not is_public(address):
            raise SourceError(
                Failure.FORBIDDEN_ADDRESS,
                f"{place} is at the private address {address} and was not asked; "
                f"if it is yours, add {place} to CADENCEBOT_ALLOW_HOSTS",
            )


def written(host: str) -> Sequence[str]:
    """Return the IP address that a host itself is, in any of the forms that systems take (127.1), or none."""
    with suppress(ValueError):
        return [str(ip_address(host))]
    with suppress(OSError):
        return [socket.inet_ntoa(socket.inet_aton(host))]
    return []


def lookup(host: str, port: int, seconds: float) -> Sequence[str]:
    """Return the IP addresses of `host` within `seconds`.

    Raises httpx.ConnectError when it has none and httpx.ConnectTimeout when nobody answers in time.
    """
    if known := written(host):
        return known
    answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([str(entry[4][0]) for entry in found])
        except (OSError, UnicodeError) as error:  # UnicodeError: a label that no name server would take
            answers.put(error)

    # getaddrinfo takes no timeout, so it gets a thread; one that hangs ends with the system's own timeout.
    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise httpx.ConnectTimeout(f"no name server answered for {host}") from None
    if isinstance(answer, Exception):
        raise httpx.ConnectError(f"no address is known for {host}") from answer
    return answer
