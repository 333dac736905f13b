"""Web addresses: read, named by their host, shown without secrets, and checked as a redirect's target."""

import re
from collections.abc import Sequence

import httpx

from bot.errors import Failure, SourceError

MAX_REDIRECTS = 5

_DEFAULT_PORTS = {"http": 80, "https": 443}

# The words that name a secret in a query. A long value is hidden whatever it is called: it is a token or a
# cursor, and neither helps a reader.
_SECRET = re.compile(r"key|token|secret|sig|pass|auth(?!or)|code|cred|session", re.IGNORECASE)
_LONGEST_VALUE = 24
_LONGEST_QUERY = 60  # a longer one hides what matters in a line for people


def parsed(text: str) -> httpx.URL:
    """Return the address that `text` writes.

    Raises SourceError when it is none, not of http or https, or holds a user name.
    """
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:  # ValueError: from the stdlib and from idna
        raise SourceError(
            Failure.BAD_ANSWER, f"{_before_secrets(text)!r} is no web address; correct it in feeds.yaml"
        ) from error
    _check_kind(url)
    return url


def redirect_target(url: httpx.URL, location: str) -> httpx.URL:
    """Return the address that a Location header of `url` means; raises SourceError when it means none."""
    try:
        return url.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        raise SourceError(
            Failure.BAD_ANSWER,
            f"{shown(url)} redirects to {_before_secrets(location)!r}, which is no address; "
            "see in a browser where it leads",
        ) from error


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
    start, last = shown(visited[0]), visited[-1]
    if target in visited:
        raise SourceError(
            Failure.TOO_MANY_REDIRECTS,
            f"{start} redirects in a circle, back to {shown(target)}; open it in a browser to see why",
        )
    if len(visited) > MAX_REDIRECTS:
        raise SourceError(
            Failure.TOO_MANY_REDIRECTS,
            f"{start} redirects more than {MAX_REDIRECTS} times; put the final address into feeds.yaml",
        )
    if last.scheme == "https" and target.scheme == "http":
        raise SourceError(
            Failure.FORBIDDEN_ADDRESS,
            f"{start} redirects from https to {shown(target)}, which anybody could forge; not followed",
        )
    if endpoint_of(target) in allowed and endpoint_of(last) not in allowed:
        raise SourceError(
            Failure.FORBIDDEN_ADDRESS,
            f"{start} redirects to our own {shown(target)}; a stranger may not send us there: not followed",
        )
