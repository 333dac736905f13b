"""Which addresses may be asked at all: public ones, and private ones that the operator named."""

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from bot.errors import Failure, SourceError
from bot.fetch.address import endpoint

Resolver = Callable[[str, int, float], Sequence[str]]

_UNICAST = IPv6Network("2000::/3")  # all that IANA has given out; the rest is local, reserved or multicast
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


def is_public(text: str) -> bool:
    """Whether an IP address belongs to the public internet.

    An IPv6 address that stands for an IPv4 one (mapped, 6to4, NAT64) is judged by the IPv4 address.
    """
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        address = _embedded(address) or address
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return address.is_global and not address.is_multicast


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def checked_addresses(
    host: str, port: int, seconds: float, *, allowed: frozenset[str], resolve: Resolver
) -> Sequence[str]:
    """Return the IP addresses of `host` that may be connected to.

    The caller must connect to these and not to the name, whose next answer may differ (DNS rebinding).
    Raises SourceError when one of them is private and `host:port` is not in `allowed`.
    """
    addresses = resolve(host, port, seconds)
    place = endpoint(host, port)
    if place in allowed:
        return addresses
    for address in addresses:
        if not is_public(address):
            raise SourceError(
                Failure.FORBIDDEN_ADDRESS,
                f"{place} is at the private address {address} and was not asked; "
                f"if it is yours, add {place} to CADENCEBOT_ALLOW_HOSTS",
            )
    return addresses


def lookup(host: str, port: int, seconds: float) -> Sequence[str]:
    """Return the IP addresses of `host` within `seconds`.

    Raises httpx.ConnectError when it has none and httpx.ConnectTimeout when nobody answers in time.
    """
    with suppress(ValueError):
        return [str(ip_address(host))]
    answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()
    # getaddrinfo takes no timeout, so it gets a thread; one that hangs ends with the system's own timeout.
    asking = threading.Thread(target=lambda: answers.put(_asked(host, port)), daemon=True)
    asking.start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise httpx.ConnectTimeout(f"no name server answered for {host}") from None
    if isinstance(answer, Exception):
        raise httpx.ConnectError(f"no address is known for {host}") from answer
    return answer


def _asked(host: str, port: int) -> Sequence[str] | Exception:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # UnicodeError: a label that no name server would take
        return error
    return [str(entry[4][0]) for entry in found]
