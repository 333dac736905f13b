"""By which proxy an address is asked, as HTTP_PROXY, HTTPS_PROXY and NO_PROXY have it. Pure."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

_PROXY = re.compile(r"http://([^@/\s]*@)?([a-z0-9._-]+|\[[0-9a-f:]+\]):\d{1,5}/?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxy for http:// and the one for https://, "" for none, and who is asked directly all the same.

    A proxy is an address, as `http://user:password@proxy.example:3128`. `exceptions` is a list as NO_PROXY
    has it: hosts, `host:port`, domains with all that is below them, or `*`.
    """

    http: str = field(default="", repr=False)
    https: str = field(default="", repr=False)
    exceptions: str = ""

    def of(self, url: str) -> str:
        """Return the proxy by which an address is asked, "" for none: never one for this machine itself."""
        parts = urlsplit(url)
        proxy = self.https if parts.scheme in ("https", "wss") else self.http
        host = parts.hostname or ""
        return "" if _is_this_machine(host) or self._is_excepted(host, _place(url).lower()) else proxy

    def _is_excepted(self, host: str, place: str) -> bool:
        entries = [entry.strip().lower() for entry in self.exceptions.split(",") if entry.strip()]
        domains = [entry.lstrip("*.") for entry in entries]
        below = tuple(f".{domain}" for domain in domains if domain)
        return "*" in entries or host in domains or place in domains or host.endswith(below)

    @property
    def shown(self) -> str:
        """Return the proxies without their passwords, "" where there are none."""
        known = dict.fromkeys(proxy for proxy in (self.https, self.http) if proxy)
        return " and ".join(_place(proxy) for proxy in known)


DIRECT = Proxies()


def read_proxy(text: str) -> str:
    """Return the address of a proxy, written with its http:// or without; "" stays "".

    Raises ValueError for any other, which does not show it: it may hold a password.
    """
    proxy = text if not text or "://" in text else f"http://{text}"
    if proxy and not (_PROXY.fullmatch(proxy) and urlsplit(proxy).port):
        raise ValueError("HTTP_PROXY and HTTPS_PROXY are written as http://host:port")
    return proxy


def _place(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
