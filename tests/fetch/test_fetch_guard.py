"""Which addresses are public, and that nothing else is ever connected to."""

import ipaddress
import time
from collections.abc import Iterable

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Failure, SourceError
from bot.fetch.address import Resolver, checked_addresses, lookup
from bot.fetch.networks import is_public
from bot.fetch.wire import Attempt, GuardedBackend

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("93.184.215.14", id="an ordinary IPv4 address"),
        pytest.param("2606:2800:220:1:248:1893:25c8:1946", id="an ordinary IPv6 address"),
        pytest.param("::ffff:93.184.215.14", id="a public IPv4 address, mapped"),
        pytest.param("64:ff9b::5db8:d70e", id="a public IPv4 address behind NAT64"),
        pytest.param("2002:5db8:d70e::1", id="a public IPv4 address as 6to4"),
        pytest.param("192.0.1.1", id="the neighbour of IETF's assignments"),
        pytest.param("168.63.129.17", id="the neighbour of Azure's wire server"),
        pytest.param("2001:200::1", id="the neighbour of IETF's assignments on IPv6"),
        pytest.param("3fff:1000::1", id="the neighbour of documentation on IPv6"),
    ],
)
def test_a_public_address_may_be_asked(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("127.0.0.1", id="this machine"),
        pytest.param("127.8.8.8", id="this machine by another name"),
        pytest.param("0.0.0.0", id="any address"),
        pytest.param("0.1.2.3", id="this network"),
        pytest.param("10.0.0.1", id="private 10/8"),
        pytest.param("172.31.255.1", id="private 172.16/12"),
        pytest.param("192.168.1.1", id="private 192.168/16"),
        pytest.param("100.64.0.1", id="a carrier's NAT"),
        pytest.param("100.127.255.255", id="the end of a carrier's NAT"),
        pytest.param("169.254.169.254", id="a cloud's metadata"),
        pytest.param("192.0.2.1", id="documentation"),
        pytest.param("198.18.0.1", id="benchmarks"),
        pytest.param("224.0.0.1", id="multicast"),
        pytest.param("255.255.255.255", id="broadcast"),
        pytest.param("::1", id="this machine on IPv6"),
        pytest.param("::", id="any address on IPv6"),
        pytest.param("::ffff:127.0.0.1", id="this machine, mapped"),
        pytest.param("::ffff:a9fe:a9fe", id="a cloud's metadata, mapped"),
        pytest.param("::127.0.0.1", id="this machine, IPv4-compatible"),
        pytest.param("64:ff9b::7f00:1", id="this machine behind NAT64"),
        pytest.param("64:ff9b:1::a00:1", id="local NAT64"),
        pytest.param("2002:7f00:1::", id="this machine as 6to4"),
        pytest.param("2001:0:5ef5:79fb::1", id="Teredo"),
        pytest.param("fc00::1", id="unique local"),
        pytest.param("fd00:ec2::254", id="a cloud's metadata on IPv6"),
        pytest.param("fe80::1", id="link-local"),
        pytest.param("fe80::1%eth0", id="link-local with its interface"),
        pytest.param("fec0::1", id="site-local of old"),
        pytest.param("ff02::1", id="multicast on IPv6"),
        pytest.param("2001:db8::1", id="documentation on IPv6"),
    ],
)
def test_any_other_address_is_refused(address: str) -> None:
    assert not is_public(address)


# Every block of IANA's two registries, but for those that stand for an IPv4 address (::ffff:0:0/96,
# 64:ff9b::/96 and 2002::/16); then what else is no site, though it looks like one.
SPECIAL = [
    *("0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("172.16.0.0/12", "192.0.0.0/24", "192.0.0.0/29", "192.0.0.8/32", "192.0.0.9/32", "192.0.0.10/32"),
    *("192.0.0.170/32", "192.0.0.171/32", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24"),
    *("192.88.99.0/24", "192.88.99.2/32", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15"),
    *("198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "255.255.255.255/32"),
    *("::1/128", "::/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001::/32"),
    *("2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:2::/48", "2001:3::/32", "2001:4:112::/48"),
    *("2001:10::/28", "2001:20::/28", "2001:30::/28", "2001:db8::/32", "2620:4f:8000::/48"),
    *("3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10"),
    *("224.0.0.0/4", "ff00::/8", "::/96", "fec0::/10", "::ffff:0:0:0/96"),
    *("168.63.129.16/32", "161.26.0.0/16", "166.8.0.0/14"),
]


@pytest.mark.parametrize("block", SPECIAL)
def test_no_address_of_a_special_block_is_public_in_any_disguise(block: str) -> None:
    network = ipaddress.ip_network(block)
    size = network.num_addresses
    for address in {network[0], network[size // 2], network[size - 1]}:
        assert not any(is_public(text) for text in (str(address), *disguises(address)))


@given(st.sampled_from(SPECIAL).flatmap(lambda block: st.ip_addresses(network=block)))
def test_whatever_lies_in_a_special_block_is_not_public(address: Address) -> None:
    assert not any(is_public(text) for text in (str(address), *disguises(address)))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_public_unless_it_lies_in_a_special_block(address: ipaddress.IPv4Address) -> None:
    special = any(address in ipaddress.ip_network(block) for block in SPECIAL)
    assert is_public(str(address)) is not special


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_the_same_in_every_disguise(address: ipaddress.IPv4Address) -> None:
    mapped, nat64, as_6to4, compatible, teredo = disguises(address)
    judged = {is_public(disguise) for disguise in (mapped, nat64, as_6to4)}
    assert judged == {is_public(str(address))}
    assert not is_public(compatible), "nobody is reached so, whatever stands in it"
    assert not is_public(teredo)


def disguises(address: Address) -> tuple[str, ...]:
    """Return the IPv6 addresses that stand for an IPv4 one: mapped, NAT64, 6to4, compatible, Teredo."""
    if isinstance(address, ipaddress.IPv6Address):
        return ()
    number = int(address)
    values = (
        (0xFFFF << 32) | number,
        (0x64FF9B << 96) | number,
        (0x2002 << 112) | (number << 80),
        number,
        (0x20010000 << 96) | (number << 64) | (number ^ 0xFFFFFFFF),  # its server, and its client in disguise
    )
    return tuple(str(ipaddress.IPv6Address(value)) for value in values)


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public(address: Address) -> None:
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return  # judged by the IPv4 address, of which one version of Python knows more than another
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not is_public(str(address))


def answers(*rounds: list[str]) -> Resolver:
    remaining = iter(rounds)
    return lambda host, port, seconds: next(remaining)


def test_one_private_address_among_public_ones_is_refused() -> None:
    with pytest.raises(SourceError) as caught:
        checked_addresses(
            "evil.example",
            443,
            1.0,
            allowed=frozenset(),
            resolve=answers(["93.184.215.14", "127.0.0.1"]),
        )
    assert caught.value.failure is Failure.FORBIDDEN_ADDRESS
    assert "evil.example:443" in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


@pytest.mark.parametrize(
    ("host", "port", "allowed"),
    [
        pytest.param("mirror.lan", 8080, {"mirror.lan:8080"}, id="a host and its port"),
        pytest.param("::1", 8080, {"[::1]:8080"}, id="an IPv6 address in brackets"),
    ],
)
def test_a_private_host_may_be_asked_where_its_port_is_allowed(
    host: str, port: int, allowed: set[str]
) -> None:
    found = checked_addresses(host, port, 1.0, allowed=frozenset(allowed), resolve=answers(["10.0.0.1"]))
    assert found == ["10.0.0.1"]


@pytest.mark.parametrize(
    "allowed",
    [
        pytest.param({"mirror.lan:8081"}, id="another port"),
        pytest.param({"mirror.lan"}, id="no port"),
        pytest.param({"10.0.0.1:8080"}, id="its address, reached by a name that anybody may point there"),
    ],
)
def test_a_private_host_is_refused_where_only_something_like_it_is_allowed(allowed: set[str]) -> None:
    with pytest.raises(SourceError):
        checked_addresses("mirror.lan", 8080, 1.0, allowed=frozenset(allowed), resolve=answers(["10.0.0.1"]))


class RecordingSockets(httpcore.SyncBackend):
    """Connect nowhere, and remember where to."""

    def __init__(self, *dead: str) -> None:
        self.dead = dead
        self.asked: list[tuple[str, int]] = []
        self.timeouts: list[float] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        assert timeout is not None, "nothing is connected to without a deadline"
        self.asked.append((host, port))
        self.timeouts.append(timeout)
        if host in self.dead:
            raise httpcore.ConnectTimeout("no route")
        return httpcore.NetworkStream()


def backend_with(sockets: RecordingSockets, resolve: Resolver) -> GuardedBackend:
    backend = GuardedBackend(frozenset(), resolve)
    backend._sockets = sockets
    return backend


def attempt(seconds: float = 10.0) -> Attempt:
    return Attempt(time.monotonic() + seconds)


def test_the_checked_address_is_the_one_connected_to_so_that_rebinding_gains_nothing() -> None:
    sockets = RecordingSockets()
    backend = backend_with(sockets, answers(["93.184.215.14"], ["127.0.0.1"]))
    backend.connect_tcp("rebind.example", 443, attempt())
    with pytest.raises(SourceError):
        backend.connect_tcp("rebind.example", 443, attempt())
    assert sockets.asked == [("93.184.215.14", 443)]


def test_a_dead_address_gets_a_share_of_the_time_and_the_next_is_tried() -> None:
    sockets = RecordingSockets("2606:4700::1")
    backend = backend_with(sockets, answers(["2606:4700::1", "93.184.215.14"]))
    backend.connect_tcp("half.example", 443, attempt(10.0))
    assert [host for host, _ in sockets.asked] == ["2606:4700::1", "93.184.215.14"]
    assert 4.0 < sockets.timeouts[0] <= 5.0 < sockets.timeouts[1] <= 10.0


def test_when_all_addresses_are_dead_the_last_refusal_is_told() -> None:
    backend = backend_with(RecordingSockets("93.184.215.14"), answers(["93.184.215.14"]))
    with pytest.raises(httpcore.ConnectTimeout):
        backend.connect_tcp("dead.example", 443, attempt())


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "93.184.215.14"])
def test_an_address_needs_no_lookup(host: str) -> None:
    assert lookup(host, 80, 0.0) == [host]


def test_localhost_is_looked_up() -> None:
    assert set(lookup("localhost", 80, 5.0)) <= {"127.0.0.1", "::1"}


def test_a_name_that_no_name_server_would_take_has_no_address() -> None:
    with pytest.raises(httpx.ConnectError):
        lookup("a" * 64 + ".example", 80, 5.0)
