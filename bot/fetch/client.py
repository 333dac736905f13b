"""The one HTTP client: a GET with its redirects, within a deadline, caps, the guard and good manners."""

import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from bot.clock import Clock
from bot.fetch import Response
from bot.fetch.address import check_redirect, endpoint_of, parsed, redirect_target
from bot.fetch.body import ACCEPT_ENCODING, read_body
from bot.fetch.failures import of_exception, of_status
from bot.fetch.guard import Resolver, lookup
from bot.fetch.manners import Manners
from bot.fetch.wire import Attempt, GuardedBackend, GuardedTransport

MAX_BYTES = 20_000_000
MAX_RAW_BYTES = 10_000_000

_LONGEST_VALIDATOR = 1_000  # characters; a longer ETag sent back would only earn "header too large"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# What a redirect to another host takes along; any other header may hold a secret of the first host.
_TRAVELS = frozenset({"accept", "accept-language", "if-none-match", "if-modified-since"})


@dataclass(slots=True)
class _Errand:
    """What one `get` asks and may use, over all its redirects."""

    headers: dict[str, str]  # names in lower case
    conditional: bool
    deadline: float  # in seconds, as given
    until: float  # on the monotonic clock
    cap: int
    raw_cap: int


class HttpFetcher:
    """The `Fetcher` over HTTP; one for all threads.

    `allowed_hosts` are `host:port` pairs of our own (mirrors, test servers): they may be private, and are
    asked without pause. `tokens` maps a host as it stands in an address (`huggingface.co`, `127.0.0.1:8000`)
    to its bearer token, which goes to exactly that host, and over http only where that host is allowed.
    `pause` is the least number of seconds between two requests to one host; `max_bytes` caps an unpacked body
    unless `get` says otherwise.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        user_agent: str,
        allowed_hosts: frozenset[str] = frozenset(),
        tokens: Mapping[str, str] | None = None,
        pause: float = 1.0,
        max_bytes: int = MAX_BYTES,
        resolve: Resolver = lookup,
    ) -> None:
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._tokens = {host.lower(): token for host, token in (tokens or {}).items() if token}
        self._max_bytes = max_bytes
        self._manners = Manners(clock, pause, self._allowed)
        self._headers = {"user-agent": user_agent, "accept": "*/*", "accept-encoding": ACCEPT_ENCODING}
        # The transport alone, without httpx.Client on top: that one logs addresses with the secrets of their
        # query, keeps cookies and raises IDNAError over a hostile Location; and it costs CPU (benchmarks/).
        self._transport = GuardedTransport(GuardedBackend(self._allowed, resolve))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def get(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        headers: Mapping[str, str] | None = None,
        deadline: float = 30.0,
        max_bytes: int | None = None,
    ) -> Response:
        """Return the answer, which is 200 or 304; a 304 only when `etag` or `last_modified` was given.

        `deadline` is in seconds, for connecting, redirects and the body; waiting for a host's turn comes on
        top. `max_bytes` caps the body, packed and unpacked. Raises SourceError for every other ending.
        """
        validators = _validators(etag, last_modified)
        errand = _Errand(
            headers={name.lower(): value for name, value in (headers or {}).items()} | validators,
            conditional=bool(validators),
            deadline=deadline,
            until=time.monotonic() + deadline,
            cap=self._max_bytes if max_bytes is None else max_bytes,
            raw_cap=MAX_RAW_BYTES if max_bytes is None else max_bytes,
        )
        return self._follow(parsed(url), errand)

    def _follow(self, url: httpx.URL, errand: _Errand) -> Response:
        visited = [url]
        while True:
            answer = self._visit(visited[-1], errand)
            if isinstance(answer, Response):
                return answer
            check_redirect(visited, answer, self._allowed)
            if answer.netloc != visited[-1].netloc:
                errand.headers = {name: errand.headers[name] for name in errand.headers.keys() & _TRAVELS}
            visited.append(answer)

    def _visit(self, url: httpx.URL, errand: _Errand) -> Response | httpx.URL:
        """Ask one address in its turn; return its answer, or the address that it redirects to."""
        began = time.monotonic()
        with self._manners.turn(endpoint_of(url)):
            errand.until += time.monotonic() - began
            attempt = Attempt(errand.until)
            try:
                with closing(self._send(self._request(url, errand), attempt)) as answer:
                    return self._read(url, answer, errand, attempt)
            except httpx.HTTPError as error:
                raise of_exception(url, error, deadline=errand.deadline, ended=attempt.ended) from error

    def _request(self, url: httpx.URL, errand: _Errand) -> httpx.Request:
        headers = self._headers | errand.headers
        if token := self._token_for(url):
            headers["authorization"] = f"Bearer {token}"
        try:
            encoded = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
        except UnicodeEncodeError as error:
            raise httpx.LocalProtocolError("a header is not Latin-1") from error
        return httpx.Request("GET", url, headers=encoded)

    def _send(self, request: httpx.Request, attempt: Attempt) -> httpx.Response:
        """Return the answer with its body unread."""
        request.extensions = attempt.extensions()
        try:
            return self._transport.handle_request(request)
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            if attempt.opened:
                raise
        # The server closed an idle connection just as it was used again, or left rubbish of its last answer
        # there. That says nothing about this answer, and a GET may be repeated.
        attempt.ended = False
        request.extensions = attempt.extensions()
        return self._transport.handle_request(request)

    def _read(
        self, url: httpx.URL, answer: httpx.Response, errand: _Errand, attempt: Attempt
    ) -> Response | httpx.URL:
        status, headers = answer.status_code, _plain(answer.headers)
        rest = self._manners.heed(endpoint_of(url), status, headers)
        if status in _REDIRECTS and "location" in headers:
            return redirect_target(url, headers["location"])
        if status != 200 and not (status == 304 and errand.conditional):
            sent = self._token_for(url) is not None
            raise of_status(url, status, headers, token_sent=sent, retry_after=rest)
        body = b""
        if status == 200:
            chunks, encoding = attempt.watched(answer.iter_raw()), headers.get("content-encoding", "")
            body = read_body(chunks, encoding, url=url, raw_cap=errand.raw_cap, cap=errand.cap)
        return Response(str(url), status, headers, body)

    def _token_for(self, url: httpx.URL) -> str | None:
        safe = url.scheme == "https" or endpoint_of(url) in self._allowed
        return self._tokens.get(url.netloc.decode("ascii")) if safe else None


def _validators(etag: str, last_modified: str) -> dict[str, str]:
    asked = {"if-none-match": etag, "if-modified-since": last_modified}
    return {name: value for name, value in asked.items() if 0 < len(value) <= _LONGEST_VALIDATOR}


def _plain(headers: httpx.Headers) -> dict[str, str]:
    """Return the headers by name in lower case; those that stand several times are joined by commas."""
    plain: dict[str, str] = {}
    for raw_name, raw_value in headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        plain[name] = f"{plain[name]}, {value}" if name in plain else value
    return plain
