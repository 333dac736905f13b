"""The layer under httpx: connects to checked addresses only, and lets no socket outwait the deadline."""

import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from weakref import WeakSet

import httpcore
import httpx

from bot.fetch.address import Resolver, checked_addresses

_KEPT_FOR = 5.0  # seconds that a connection may be idle


class Attempt:
    """When one request must be over, and what became of its connection.

    It travels as httpx's timeouts down to the socket, the only place that sees every wait: httpx has timeouts
    for one read, none for all of them, so that a server which drips a byte a second would never end.
    Sockets wait in real time, whatever `Clock` says: hence the monotonic clock.
    """

    __slots__ = ("ended", "opened", "until")

    def __init__(self, until: float) -> None:
        self.until = until  # on the monotonic clock
        self.opened = False  # a connection was made for it, none reused
        self.ended = False  # the server closed the connection

    def left(self) -> float:
        """Return the seconds that are left; raises httpx.ReadTimeout when there are none."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpx.ReadTimeout("the time is up")
        return left

    def watched(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield `chunks` until the time is up: one read may hold thousands of tiny ones."""
        for chunk in chunks:
            self.left()
            yield chunk

    def extensions(self) -> dict[str, Any]:
        """Return what makes httpx carry this attempt down to `GuardedBackend`."""
        return {"timeout": {"connect": self, "read": self, "write": self, "pool": self.left()}}


def _seconds(timeout: "Attempt | float | None") -> float | None:
    return timeout.left() if isinstance(timeout, Attempt) else timeout


class _Stream(httpcore.NetworkStream):
    """A stream that is waited for no longer than the attempt has left."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: Attempt | float | None = None) -> bytes:
        data = self._inner.read(max_bytes, _seconds(timeout))
        if not data and isinstance(timeout, Attempt):
            timeout.ended = True
        return data

    def write(self, buffer: bytes, timeout: Attempt | float | None = None) -> None:
        self._inner.write(buffer, _seconds(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: Attempt | float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _seconds(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class GuardedBackend(httpcore.NetworkBackend):
    """Opens connections to addresses that the guard has checked."""

    def __init__(self, allowed: frozenset[str], resolve: Resolver) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: Attempt | float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection to the first address of `host` that takes one; TLS and Host keep the name."""
        assert isinstance(timeout, Attempt)  # noqa: S101 - HttpFetcher gives no other
        timeout.opened = True
        addresses = checked_addresses(
            host, port, timeout.left(), allowed=self._allowed, resolve=self._resolve
        )
        refusal: Exception = httpcore.ConnectError(f"no address is known for {host}")
        for number, address in enumerate(addresses):
            # A share of the time for each, or one dead address (IPv6 without a route) would use it all up.
            share = timeout.left() / (len(addresses) - number)
            try:
                return _Stream(self._sockets.connect_tcp(address, port, share, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refusal = error
        raise refusal


class KeptConnection:
    """The connection that one thread keeps: all sources of a host are read in one, so it is found again.

    It stands in for httpcore's pool, which looks through its connections twice a request.
    """

    def __init__(self, context: ssl.SSLContext, backend: GuardedBackend) -> None:
        self._context = context
        self._backend = backend
        self._kept: httpcore.HTTPConnection | None = None

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Return the answer with its body unread; the one before it must have been closed.

        Only a GET goes through what was left open: the server may close it just then.
        """
        if not self._kept or request.method != b"GET" or not self._goes_on(self._kept, request.url.origin):
            self.close()
            self._kept = httpcore.HTTPConnection(
                request.url.origin, self._context, _KEPT_FOR, network_backend=self._backend
            )
        return self._kept.handle_request(request)

    def _goes_on(self, kept: httpcore.HTTPConnection, origin: httpcore.Origin) -> bool:
        return kept.can_handle_request(origin) and kept.is_available() and not kept.has_expired()

    def close(self) -> None:
        """Close the connection."""
        if self._kept:
            self._kept.close()


class GuardedTransport(httpx.HTTPTransport):
    """The transport of httpx, on guarded connections, or through a proxy, which looks names up itself."""

    def __init__(self, context: ssl.SSLContext, backend: GuardedBackend, proxy: str = "") -> None:
        super().__init__(verify=context)
        # httpx 0.28 has no argument for the network backend, so its pool is replaced by what has.
        if proxy:
            way = httpx.Proxy(proxy)
            self._pool = httpcore.HTTPProxy(
                str(way.url),
                proxy_auth=way.raw_auth,
                ssl_context=context,
                keepalive_expiry=_KEPT_FOR,
                network_backend=backend,
            )
        else:
            self._pool = KeptConnection(context, backend)  # type: ignore[assignment]  # all that is used of one


class _Own:
    """The transport of one thread, which is closed when the thread ends."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self.transport = transport

    def __del__(self) -> None:
        self.transport.close()


class ByThread(httpx.BaseTransport):
    """A transport, as `make` makes it, for each thread that asks; meant for threads that live long.

    A pool for all threads looks through all their connections for each request, and asks the socket of each.
    """

    def __init__(self, make: Callable[[], httpx.BaseTransport]) -> None:
        self._make = make
        self._own = threading.local()
        self._all: WeakSet[_Own] = WeakSet()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer with its body unread."""
        own: _Own | None = getattr(self._own, "own", None)
        if own is None:
            own = self._own.own = _Own(self._make())
            self._all.add(own)
        return own.transport.handle_request(request)

    def close(self) -> None:
        """Close the connections of all threads."""
        for own in list(self._all):
            own.transport.close()


def plain_headers(headers: httpx.Headers) -> dict[str, str]:
    """Return the headers by name in lower case; those that stand several times are joined by commas."""
    plain: dict[str, str] = {}
    for raw_name, raw_value in headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        plain[name] = f"{plain[name]}, {value}" if name in plain else value
    return plain
