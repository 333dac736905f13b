"""What a robots.txt forbids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fetch.manners import allowed

AGENT = "cadencebot/0.1 (+https://github.com/example/cadencebot)"
PAGE = "https://listing.example/models"


@pytest.mark.parametrize(
    ("robots_txt", "may"),
    [
        pytest.param(b"", True, id="an empty one forbids nothing"),
        pytest.param(b"User-agent: *\nAllow: /\nDisallow: /api/\n", True, id="other paths do not matter"),
        pytest.param(b"User-agent: *\nDisallow: /models\n", False, id="ours does"),
        pytest.param(b"User-agent: *\nDisallow: /\n", False, id="everything is forbidden to all"),
        pytest.param(
            b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /\r\n", False, id="a byte order mark hides nothing"
        ),
        pytest.param(b"User-agent: GPTBot\nDisallow: /\n", True, id="others are meant"),
        pytest.param(
            b"User-agent: CadenceBot\nDisallow: /\n\nUser-agent: *\nAllow: /\n", False, id="we are meant"
        ),
        pytest.param(
            b"User-agent: *\nDisallow: /\n\nUser-agent: cadencebot\nAllow: /\n", True, id="we are let in"
        ),
        pytest.param(
            b"<!doctype html><title>Not found</title>", True, id="a page in its place forbids nothing"
        ),
        pytest.param(b"\xff\xfe\x00" * 50, True, id="noise forbids nothing"),
        pytest.param(b"User-agent: *\nDisallow: //[\n", False, id="a rule of nonsense is taken as a no"),
        pytest.param(
            b"# x\n" * 200_000 + b"User-agent: *\nDisallow: /\n", True, id="500 KB are read, no more"
        ),
    ],
)
def test_what_a_robots_txt_says_of_us(robots_txt: bytes, may: bool) -> None:
    assert allowed(robots_txt, PAGE, AGENT) is may


RULES = st.sampled_from(
    [
        "User-agent:",
        "*",
        "Disallow:",
        "Crawl-delay:",
        "Request-rate:",
        "1/\xb2",
        "/",
        "//[",
        "\n",
        "%",
        "\xb2",
        "9" * 5000,
    ]
)


@given(st.binary() | st.lists(RULES, max_size=20).map(" ".join).map(str.encode))
def test_no_robots_txt_makes_us_stumble(robots_txt: bytes) -> None:
    assert allowed(robots_txt, PAGE, AGENT) in (True, False)
