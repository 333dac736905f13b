"""Which IP addresses belong to the public internet: our own list, whatever the Python. Pure."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

# All of IANA's registries of special-purpose addresses, as of 2026. What they mark as globally reachable is
# in here too: relays, anycast services and sinks, none of which is a site.
# https://www.iana.org/assignments/iana-ipv4-special-registry and .../iana-ipv6-special-registry
_REGISTERED = (
    "0.0.0.0/8",  # this network: RFC 791
    "0.0.0.0/32",  # this host: RFC 1122
    "10.0.0.0/8",  # private: RFC 1918
    "100.64.0.0/10",  # behind a carrier's NAT: RFC 6598
    "127.0.0.0/8",  # loopback: RFC 1122
    "169.254.0.0/16",  # link-local, where clouds keep their metadata: RFC 3927
    "172.16.0.0/12",  # private: RFC 1918
    "192.0.0.0/24",  # protocol assignments, Oracle Cloud's metadata among them: RFC 6890
    "192.0.0.0/29",  # DS-Lite: RFC 7335
    "192.0.0.8/32",  # dummy address: RFC 7600
    "192.0.0.9/32",  # PCP anycast: RFC 7723
    "192.0.0.10/32",  # TURN anycast: RFC 8155
    "192.0.0.170/32",  # NAT64 discovery: RFC 7050
    "192.0.0.171/32",  # NAT64 discovery: RFC 7050
    "192.0.2.0/24",  # documentation: RFC 5737
    "192.31.196.0/24",  # AS112: RFC 7535
    "192.52.193.0/24",  # AMT: RFC 7450
    "192.88.99.0/24",  # 6to4 relays of old: RFC 7526
    "192.88.99.2/32",  # 6a44 relays: RFC 6751
    "192.168.0.0/16",  # private: RFC 1918
    "192.175.48.0/24",  # AS112: RFC 7534
    "198.18.0.0/15",  # benchmarks: RFC 2544
    "198.51.100.0/24",  # documentation: RFC 5737
    "203.0.113.0/24",  # documentation: RFC 5737
    "240.0.0.0/4",  # reserved: RFC 1112
    "255.255.255.255/32",  # broadcast: RFC 919
    "::1/128",  # loopback: RFC 4291
    "::/128",  # unspecified: RFC 4291
    "64:ff9b:1::/48",  # local NAT64: RFC 8215
    "100::/64",  # discard: RFC 6666
    "100:0:0:1::/64",  # dummy prefix: RFC 9780
    "2001::/23",  # protocol assignments: RFC 2928
    "2001::/32",  # Teredo: RFC 4380
    "2001:1::1/128",  # PCP anycast: RFC 7723
    "2001:1::2/128",  # TURN anycast: RFC 8155
    "2001:1::3/128",  # DNS-SD anycast: RFC 9665
    "2001:2::/48",  # benchmarks: RFC 5180
    "2001:3::/32",  # AMT: RFC 7450
    "2001:4:112::/48",  # AS112: RFC 7535
    "2001:10::/28",  # ORCHID of old: RFC 4843
    "2001:20::/28",  # ORCHIDv2: RFC 7343
    "2001:30::/28",  # DRIP: RFC 9374
    "2001:db8::/32",  # documentation: RFC 3849
    "2620:4f:8000::/48",  # AS112: RFC 7534
    "3fff::/20",  # documentation: RFC 9637
    "5f00::/16",  # segment routing: RFC 9602
    "fc00::/7",  # unique local: RFC 4193
    "fe80::/10",  # link-local: RFC 4291
)
# Entries of the registry that stand for an IPv4 address, which is judged in their place.
_MAPPED = IPv6Network("::ffff:0:0/96")  # RFC 4291
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052
_6TO4 = IPv6Network("2002::/16")  # RFC 3056
_ELSEWHERE = (
    "224.0.0.0/4",  # multicast: RFC 5771
    "ff00::/8",  # multicast: RFC 4291
    "::/96",  # IPv4-compatible, of old: RFC 4291
    "fec0::/10",  # site-local, of old: RFC 3879
    "168.63.129.16/32",  # Azure's wire server, which hands out a machine's secrets
    "161.26.0.0/16",  # IBM Cloud's services, seen from inside of it: cloud.ibm.com/docs/vpc
    "166.8.0.0/14",  # the same
)
_SPECIAL = tuple(ip_network(block) for block in (*_REGISTERED, *_ELSEWHERE))
_UNICAST = IPv6Network("2000::/3")  # all that IANA has given out; the rest is local, reserved or multicast


def is_public(text: str) -> bool:
    """Whether an IP address belongs to the public internet.

    An IPv6 address that stands for an IPv4 one (mapped, 6to4, NAT64) is judged by the IPv4 address.
    """
    address = _meant(ip_address(text))
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return not any(address in network for network in _SPECIAL)


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if address in _MAPPED or address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return IPv4Address(int(address) >> 80 & 0xFFFFFFFF) if address in _6TO4 else address
