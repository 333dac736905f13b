"""By which proxy an address is asked, and that none is used without the switch."""

import pytest

from bot.errors import ConfigError
from bot.settings.environment import read_environment
from bot.settings.proxies import DIRECT, Proxies

ONE, OTHER = "http://one.example:3128", "http://other.example:3129"
GIVEN = {"HTTP_PROXY": ONE, "HTTPS_PROXY": OTHER}


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        pytest.param("https://blog.example/feed", OTHER, id="https by the one for https"),
        pytest.param("wss://wss-primary.slack.com/link", OTHER, id="a secure socket as well"),
        pytest.param("http://blog.example/feed", ONE, id="http by the one for http"),
        pytest.param("https://mirror.lan/", "", id="not a host of NO_PROXY"),
        pytest.param("https://deep.mirror.lan/", "", id="nor what is below it"),
        pytest.param("https://MIRROR.lan:8443/", "", id="on any port and however it is written"),
        pytest.param("https://notmirror.lan/", OTHER, id="but what only ends like it"),
        pytest.param("https://dotted.example/", "", id="a domain with a dot before it counts as well"),
        pytest.param("https://a.starred.example/", "", id="and with a star"),
        pytest.param("https://ported.example:8443/", "", id="a host with its port"),
        pytest.param("https://ported.example/", OTHER, id="but no other port"),
        pytest.param("https://10.1.2.3/", "", id="an address"),
        pytest.param("http://127.0.0.1:8000/", "", id="never this machine"),
        pytest.param("http://localhost:8000/", "", id="by any name"),
        pytest.param("http://[::1]:8000/", "", id="or version"),
    ],
)
def test_an_address_is_asked_by_its_proxy_or_directly(url: str, proxy: str) -> None:
    listed = "mirror.lan, .dotted.example,*.starred.example,ported.example:8443,10.1.2.3,"
    assert Proxies(ONE, OTHER, listed).of(url) == proxy


def test_a_star_excepts_everything() -> None:
    assert Proxies(ONE, OTHER, "*").of("https://blog.example/") == ""


def test_without_a_proxy_for_http_it_is_asked_directly() -> None:
    assert Proxies(https=OTHER).of("http://blog.example/") == ""


@pytest.mark.parametrize("switch", [{}, {"CADENCEBOT_PROXY": "off"}])
def test_without_the_switch_the_environments_proxies_are_not_used_and_that_is_said(
    switch: dict[str, str],
) -> None:
    environment = read_environment({**GIVEN, "NO_PROXY": "x", **switch})
    assert environment.proxies == DIRECT
    assert environment.proxy_remark == (
        "HTTP_PROXY and HTTPS_PROXY are set, and not used: CADENCEBOT_PROXY=on is the switch."
    )
    assert read_environment({}).proxy_remark == ""


def test_a_proxy_that_is_not_used_may_be_anything() -> None:
    assert read_environment({"HTTPS_PROXY": "socks5://[:x"}).proxies == DIRECT


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({**GIVEN, "NO_PROXY": "a, b"}, id="in capitals"),
        pytest.param({"http_proxy": ONE, "https_proxy": OTHER, "no_proxy": "a, b"}, id="in small letters"),
        pytest.param(
            {"HTTP_PROXY": "one.example:3128", "HTTPS_PROXY": "other.example:3129", "NO_PROXY": "a, b"},
            id="without their http://",
        ),
    ],
)
def test_with_the_switch_they_are_used_and_it_is_said_what_that_means(given: dict[str, str]) -> None:
    environment = read_environment({**given, "CADENCEBOT_PROXY": "on"})
    assert environment.proxies == Proxies(ONE, OTHER, "a, b")
    assert environment.proxy_remark == (
        "CADENCEBOT_PROXY is on: what is asked through other.example:3129 and one.example:3128 stays away "
        "from private addresses only if that proxy sees to it."
    )


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        pytest.param({}, "is on, and neither HTTPS_PROXY nor HTTP_PROXY is set", id="no proxy"),
        pytest.param({"NO_PROXY": "a"}, "is on, and neither", id="exceptions alone"),
        pytest.param({"HTTPS_PROXY": "socks5://h:1"}, "are written as http://host:port", id="SOCKS"),
        pytest.param(
            {"HTTPS_PROXY": "https://h:1"}, "are written as http://host:port", id="TLS to the proxy"
        ),
        pytest.param({"HTTPS_PROXY": "http://h"}, "are written as http://host:port", id="no port"),
        pytest.param({"HTTPS_PROXY": "http://h:0"}, "are written as http://host:port", id="port 0"),
        pytest.param({"HTTPS_PROXY": "http://h:70000"}, "Port out of range", id="a port out of range"),
        pytest.param({"HTTPS_PROXY": "http://u:s3cret@[:1"}, "are written as", id="nonsense"),
    ],
)
def test_a_switch_without_a_proxy_that_can_be_used_is_refused(given: dict[str, str], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint) as caught:
        read_environment({**given, "CADENCEBOT_PROXY": "on"})
    assert str(caught.value).startswith("environment variable CADENCEBOT_PROXY: ")
    assert "s3cret" not in str(caught.value)


def test_a_switch_is_on_or_off() -> None:
    with pytest.raises(ConfigError, match=r"CADENCEBOT_PROXY: write on or off"):
        read_environment({**GIVEN, "CADENCEBOT_PROXY": "yes"})


def test_the_password_of_a_proxy_is_a_secret() -> None:
    given = {"HTTPS_PROXY": "http://me:s3cret@proxy.example:3128", "CADENCEBOT_PROXY": "on"}
    environment = read_environment(given)
    assert "s3cret" in environment.secrets
    assert "s3cret" not in f"{environment!r}{environment.proxies!r}{environment.proxy_remark}"
