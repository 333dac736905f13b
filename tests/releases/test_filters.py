"""Sizes and licences as people filter by them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.releases.filters import Filters, make_filters, parse_size, size_text


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        pytest.param("7b", 7 * 10**9, id="billions"),
        pytest.param("1.5T", 1500 * 10**9, id="a fraction of trillions, in capitals"),
        pytest.param(" 600 m ", 600 * 10**6, id="millions, with room around"),
    ],
)
def test_a_size_is_read(text: str, parameters: int) -> None:
    assert parse_size(text) == parameters


@pytest.mark.parametrize("text", ["", "7", "b", "-7b", "7gb", "1e9b", "seven billion"])
def test_what_is_no_size_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(UsageError, match="write it as 7b"):
        parse_size(text)


@given(st.integers(1, 9999), st.sampled_from("mb"))
def test_a_size_is_written_as_it_is_read(number: int, unit: str) -> None:
    assert parse_size(size_text(parse_size(f"{number}{unit}"))) == parse_size(f"{number}{unit}")


def test_filters_read_as_they_were_typed() -> None:
    assert str(make_filters("MIT", "7b", "1t")) == "license:mit min:7b max:1t"
    assert str(Filters()) == ""


@pytest.mark.parametrize(
    "word", ["any", "", "Permissive", "non-commercial", "MIT", "apache-2.0", "modified-mit"]
)
def test_a_licence_that_exists_can_be_asked_for(word: str) -> None:
    assert make_filters(word).license == (word.lower() or "any")


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        pytest.param("permisive", "did you mean permissive?", id="misspelt"),
        pytest.param("xyzzy-1", "write permissive, conditions", id="no licence at all"),
    ],
)
def test_a_licence_that_could_never_match_is_refused(word: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        make_filters(word)
    assert hint in str(raised.value)
