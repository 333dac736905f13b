"""What people type is understood, or answered with the nearest thing they may have meant."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.grammar import Words, parse_window, parse_words
from bot.errors import UsageError
from bot.releases.filters import Filters
from bot.releases.labs import Directory
from tests.support.house import LABS

DIRECTORY = Directory(LABS)
MOONSHOT, ZAI = LABS[0], LABS[1]
KEYS = ("since", "n", "license", "min", "max")


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        pytest.param("", Words(), id="nothing means everything"),
        pytest.param("moonshot", Words((MOONSHOT,)), id="a lab's id"),
        pytest.param("KIMI", Words((MOONSHOT,)), id="an alias, whatever the case"),
        pytest.param("zai-org", Words((ZAI,)), id="an owner on the Hub"),
        pytest.param("kimi, glm", Words((MOONSHOT, ZAI)), id="commas separate too"),
        pytest.param("kimi moonshot", Words((MOONSHOT,)), id="one lab named twice counts once"),
        pytest.param("all", Words(everything=True), id="all"),
        pytest.param("since:30d", Words(since=timedelta(days=30)), id="days"),
        pytest.param("since:12H", Words(since=timedelta(hours=12)), id="hours, in capitals"),
        pytest.param("since:8w", Words(since=timedelta(weeks=8)), id="weeks"),
        pytest.param("since:1y", Words(since=timedelta(days=365)), id="a year"),
        pytest.param("n:10", Words(number=10), id="how many"),
        pytest.param("licence:mit", Words(filters=Filters("mit")), id="a licence, as the British write it"),
        pytest.param("license:MIT", Words(filters=Filters("mit")), id="a licence"),
        pytest.param("max:70b", Words(filters=Filters(max=70 * 10**9)), id="at most so many parameters"),
        pytest.param("min:1.5t", Words(filters=Filters(min=1500 * 10**9)), id="a fraction"),
        pytest.param(
            "Kimi SINCE:90d license:permissive",
            Words((MOONSHOT,), since=timedelta(days=90), filters=Filters("permissive")),
            id="all of it together",
        ),
    ],
)
def test_words_are_understood(typed: str, understood: Words) -> None:
    assert parse_words([typed], DIRECTORY, KEYS) == understood


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        pytest.param("moonshoot", "did you mean moonshot?", id="a lab misspelt"),
        pytest.param("xyzzy", "`labs` shows them all", id="nothing like it"),
        pytest.param("sinc:30d", "did you mean since:?", id="a key misspelt"),
        pytest.param("colour:red", "this command takes since:, n:", id="an unknown key"),
        pytest.param("since:soon", "write it as 12h, 30d", id="no length of time"),
        pytest.param("since:0d", "write it as 12h, 30d", id="no time at all"),
        pytest.param("n:0", "number from 1 to", id="none"),
        pytest.param("n:many", "number from 1 to", id="no number"),
        pytest.param("max:big", "write it as 7b", id="no size"),
        pytest.param("min:70b max:7b", "nothing could ever match", id="a window that is empty"),
    ],
)
def test_what_is_not_understood_is_answered_with_what_would_be(typed: str, answer: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_words([typed], DIRECTORY, KEYS)
    assert answer in str(raised.value)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_understood_or_refused_in_one_line(typed: str) -> None:
    assert len(answer_to(typed)) < 500


def answer_to(typed: str) -> str:
    try:
        parse_words([typed], DIRECTORY, KEYS)
    except UsageError as error:
        return str(error)
    return ""


@given(st.integers(1, 999), st.sampled_from("smhd"))
def test_a_window_is_read_back(number: int, unit: str) -> None:
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit] * number
    assert parse_window(f"{number}{unit}") == timedelta(seconds=seconds)
