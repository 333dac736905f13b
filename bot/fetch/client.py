"""The one HTTP client: a GET with its redirects, within a deadline, caps, the guard and good manners."""

import ssl
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self

import httpx

from bot.clock import Clock
from bot.errors import Failure, SourceError
from bot.fetch import Posted, Response
from bot.fetch.address import (
    Resolver,
    check_redirect,
    endpoint_of,
    lookup,
    parsed,
    redirect_target,
    refuse_private,
    short,
    shown,
    written,
)
from bot.fetch.body import ACCEPT_ENCODING, read_body
from bot.fetch.hosts import Hosts
from bot.fetch.manners import Manners, asked_rest
from bot.fetch.wire import Attempt, ByThread, GuardedBackend, GuardedTransport, plain_headers
from bot.settings.proxies import DIRECT, Proxies

_VARIABLES = {"huggingface.co": "HF_TOKEN", "api.llm-stats.com": "LLM_STATS_API_KEY"}
_AGAIN = "it may pass by itself"  # said of what is polled, and of what is only tried


def of_status(
    url: httpx.URL, status: int, headers: Mapping[str, str], *, token_sent: bool, retry_after: float | None
) -> SourceError:
    """Return the error for an answer that cannot be used, with what its status asks people to do."""
    failure, advice = Failure.BAD_ANSWER, "only 200 can be read; see in a browser what it is"
    match status:
        case 304:
            advice = f"not modified since what? Nothing was said; {_AGAIN}"
        case 401 | 403:
            failure = Failure.DENIED
            advice = _denied(url.raw_host.decode("ascii"), headers, token_sent=token_sent)
        case 404 | 410:
            failure, advice = Failure.GONE, "nothing is there (any more); correct the address in feeds.yaml"
        case 407:
            failure, advice = (
                Failure.DENIED,
                "the proxy wants a login: HTTP_PROXY=http://user:password@host:port",
            )
        case 429:
            rest = "until the next poll" if retry_after is None else f"for {retry_after:.0f} s"
            failure, advice = Failure.RATE_LIMITED, f"too many requests; it is left alone {rest}"
        case _ if status >= 500:
            failure, advice = Failure.SERVER_ERROR, f"the fault is theirs; {_AGAIN}"
    return SourceError(failure, f"{shown(url)} answered {status}: {advice}", retry_after=retry_after)


def _denied(host: str, headers: Mapping[str, str], *, token_sent: bool) -> str:
    said = short(headers.get("x-error-message", ""), 100)  # the Hub's; docs/reference/hub.md#errors
    quoted = f"{said!r}; " if said else ""
    if token_sent:
        return f"{quoted}the token was not accepted, check {_VARIABLES.get(host, 'the one for this host')}"
    if host in _VARIABLES:
        return f"{quoted}private, gone, or in need of a token: check {_VARIABLES[host]}, which is not set"
    return f"{quoted}it wants a login or keeps robots out; choose another source for this lab"


def of_exception(url: httpx.URL, error: httpx.HTTPError, *, deadline: float, ended: bool) -> SourceError:
    """Return the error for a request that got no whole answer; `deadline` and `ended` as for `unanswered`."""
    failure, what = unanswered(error, deadline=deadline, ended=ended)
    return SourceError(failure, f"{shown(url)} {what}; {_AGAIN}")


def unanswered(error: httpx.HTTPError, *, deadline: float, ended: bool) -> tuple[Failure, str]:
    """Return why a request got no whole answer, as what a subject did or does.

    `deadline` is the number of seconds that it had, `ended` tells that the server closed the connection.
    """
    why, failure = short(str(error), 120), Failure.BAD_ANSWER
    match error:
        case httpx.TimeoutException():
            failure, what = Failure.TIMEOUT, f"took longer than {deadline:g} s ({why})"
        case httpx.NetworkError():
            failure, what = Failure.UNREACHABLE, f"cannot be reached ({why})"
        case httpx.ProxyError():
            failure, what = Failure.UNREACHABLE, f"cannot be reached through the proxy ({why})"
        case httpx.RemoteProtocolError() if ended:
            failure, what = Failure.UNREACHABLE, "closed the connection before the answer ended"
        case httpx.LocalProtocolError():  # its reason quotes the header, which may be a token
            what = (
                "takes no request with such headers: correct its token or `headers`, they hold odd characters"
            )
        case _:
            what = f"does not speak HTTP as it should ({why})"
    return failure, what


MAX_BYTES = 20_000_000
MAX_RAW_BYTES = 10_000_000

_PAUSE = 1.0  # seconds, the least between two requests to one host
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
    Other processes read the same hosts where there are `hosts`. What goes through one of the `proxies` is
    looked up there, and guarded by nobody else.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        user_agent: str,
        allowed_hosts: frozenset[str] = frozenset(),
        tokens: Mapping[str, str] | None = None,
        resolve: Resolver = lookup,
        proxies: Proxies = DIRECT,
        hosts: Hosts | None = None,
    ) -> None:
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._tokens = {host.lower(): token for host, token in (tokens or {}).items() if token}
        self._clock = clock
        self._manners = Manners(clock, _PAUSE, self._allowed, hosts)
        self._headers = {"user-agent": user_agent, "accept": "*/*", "accept-encoding": ACCEPT_ENCODING}
        # The transport alone, without httpx.Client on top: that one logs addresses with the secrets of their
        # query, keeps cookies and raises IDNAError over a hostile Location; and it costs CPU (benchmarks/).
        context = httpx.create_ssl_context()  # of the environment it reads SSL_CERT_FILE only
        backend = GuardedBackend(self._allowed, resolve)
        self._transport = ByThread(partial(GuardedTransport, context, backend))
        self._proxies = proxies
        self._through = {
            proxy: _through(proxy, context, resolve) for proxy in (proxies.http, proxies.https) if proxy
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        for transport in (self._transport, *self._through.values()):
            transport.close()

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
        asked = {"if-none-match": etag, "if-modified-since": last_modified}
        validators = {name: value for name, value in asked.items() if 0 < len(value) <= _LONGEST_VALIDATOR}
        errand = _Errand(
            headers={name.lower(): value for name, value in (headers or {}).items()} | validators,
            conditional=bool(validators),
            deadline=deadline,
            until=time.monotonic() + deadline,
            cap=MAX_BYTES if max_bytes is None else max_bytes,
            raw_cap=MAX_RAW_BYTES if max_bytes is None else max_bytes,
        )
        visited = [parsed(url)]
        while True:
            answer = self._visit(visited[-1], errand)
            if isinstance(answer, Response):
                return answer
            check_redirect(visited, answer, self._allowed)
            if answer.netloc != visited[-1].netloc:
                errand.headers = {name: errand.headers[name] for name in errand.headers.keys() & _TRAVELS}
            visited.append(answer)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, deadline: float) -> Posted:
        """Return how a body was answered that is posted once: no redirect is followed, nothing repeated.

        `deadline` is in seconds, for all of it. Raises SourceError, without the address, for no answer.
        """
        address, attempt = parsed(url), Attempt(time.monotonic() + deadline)
        try:
            request = self._request("POST", address, {**headers, "connection": "close"}, body)
            with closing(self._send(request, attempt)) as answer:
                rest = asked_rest(answer.status_code, plain_headers(answer.headers), self._clock.now())
                return Posted(answer.status_code, rest)
        except httpx.HTTPError as error:
            raise SourceError(*unanswered(error, deadline=deadline, ended=attempt.ended)) from error

    def _visit(self, url: httpx.URL, errand: _Errand) -> Response | httpx.URL:
        """Ask one address in its turn; return its answer, or the address that it redirects to."""
        began = time.monotonic()
        with self._manners.turn(endpoint_of(url), errand.deadline):
            errand.until += time.monotonic() - began
            attempt = Attempt(errand.until)
            try:
                request = self._request("GET", url, errand.headers)
                with closing(self._send(request, attempt)) as answer:
                    return self._read(url, answer, errand, attempt)
            except httpx.HTTPError as error:
                raise of_exception(url, error, deadline=errand.deadline, ended=attempt.ended) from error

    def _request(
        self, method: str, url: httpx.URL, headers: Mapping[str, str], body: bytes | None = None
    ) -> httpx.Request:
        headers = {**self._headers, **headers, **self._authorization(url)}
        try:
            encoded = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
        except UnicodeEncodeError as error:
            raise httpx.LocalProtocolError("a header is not Latin-1") from error
        return httpx.Request(method, url, headers=encoded, content=body)

    def _send(self, request: httpx.Request, attempt: Attempt) -> httpx.Response:
        """Return the answer with its body unread. What is posted is sent once."""
        transport = self._way_to(request.url)
        request.extensions = attempt.extensions()
        try:
            return transport.handle_request(request)
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            if attempt.opened or request.method != "GET":
                raise
        # The server closed an idle connection just as it was used again, or left rubbish of its last answer
        # there. That says nothing about this answer, and a GET may be repeated.
        attempt.ended = False
        request.extensions = attempt.extensions()
        return transport.handle_request(request)

    def _way_to(self, url: httpx.URL) -> ByThread:
        """Return what carries a request there. A proxy looks names up; addresses are refused before."""
        if not self._through or not (proxy := self._proxies.of(str(url))):
            return self._transport
        refuse_private(endpoint_of(url), written(url.raw_host.decode("ascii")), self._allowed)
        return self._through[proxy]

    def _read(
        self, url: httpx.URL, answer: httpx.Response, errand: _Errand, attempt: Attempt
    ) -> Response | httpx.URL:
        status, headers = answer.status_code, plain_headers(answer.headers)
        rest = self._manners.heed(endpoint_of(url), status, headers)
        if status in _REDIRECTS and "location" in headers:
            return redirect_target(url, headers["location"])
        if status != 200 and not (status == 304 and errand.conditional):
            sent = self._token_for(url) is not None
            raise of_status(url, status, headers, token_sent=sent, retry_after=rest)
        # That a 304 has no body must be read as well: else its connection is closed, not kept.
        chunks = attempt.watched(answer.iter_raw())
        encoding = headers.get("content-encoding", "") if status == 200 else ""
        body = read_body(chunks, encoding, url=url, raw_cap=errand.raw_cap, cap=errand.cap)
        return Response(str(url), status, headers, body)

    def _authorization(self, url: httpx.URL) -> dict[str, str]:
        token = self._token_for(url)
        return {"authorization": f"Bearer {token}"} if token else {}

    def _token_for(self, url: httpx.URL) -> str | None:
        token = self._tokens.get(url.netloc.decode("ascii"))
        return token if token and (url.scheme == "https" or endpoint_of(url) in self._allowed) else None


def _through(proxy: str, context: ssl.SSLContext, resolve: Resolver) -> ByThread:
    """Return the way through a proxy, which may be private and is the only one that it connects to."""
    backend = GuardedBackend(frozenset({endpoint_of(httpx.URL(proxy))}), resolve)
    return ByThread(partial(GuardedTransport, context, backend, proxy))
