"""The data in Next.js pages: chunks, rows, and objects in them."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Failure, SourceError
from bot.sources.flight import flight_objects
from tests.support.effort import is_done_within

URL = "https://lab.example/news"


def page(*chunks: str) -> str:
    scripts = (f"<script>self.__next_f.push([1,{json.dumps(chunk)}])</script>" for chunk in chunks)
    return f"<html><script>(self.__next_f=self.__next_f||[]).push([0])</script>{''.join(scripts)}</html>"


@pytest.mark.parametrize(
    ("chunks", "objects"),
    [
        pytest.param(['5:{"a":1}\n'], [{"a": 1}], id="a row"),
        pytest.param(['{"a":1} {"b":2}'], [{"a": 1}, {"b": 2}], id="objects without rows"),
        pytest.param(['5:{"a":', "1}\n"], [{"a": 1}], id="an object in two chunks"),
        pytest.param(['5:["$",{"a":[{"b":2}]}]\n'], [{"a": [{"b": 2}]}, {"b": 2}], id="objects in objects"),
        pytest.param(
            ['5:{"t":"模型 ✓ \\"{"}\n'], [{"t": '模型 ✓ "{'}], id="any letters, quotes and brackets"
        ),
        pytest.param(['4:I[5,["x.js"],"default"]\n:HL["x",{"n":1}]\n'], [{"n": 1}], id="imports and hints"),
        pytest.param(['1:T5,"{[\\"\n6:{"a":1}\n'], [{"a": 1}], id="a text row, next row at once"),
        pytest.param(["1:T6,模型6:" + '{"a":1}\n'], [{"a": 1}], id="a text row counts bytes"),
        pytest.param(["1:Tffffff,cut off"], [], id="a text row that is cut off"),
        pytest.param(['5:{"a":}\n6:{"b":2}\n'], [{"b": 2}], id="a broken row"),
        pytest.param(["no data"], [], id="no data"),
    ],
)
def test_objects(chunks: list[str], objects: list[object]) -> None:
    assert flight_objects(page(*chunks), URL) == objects


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), values, min_size=1), st.integers(0, 400))
def test_whatever_is_in_an_object_is_found_however_it_is_cut(value: object, cut: int) -> None:
    rows = f"7:{json.dumps(value, ensure_ascii=False)}\n"
    assert flight_objects(page(rows[:cut], rows[cut:]), URL)[0] == value


@given(st.text(alphabet='self.__next_f.push([1,"])\\{}:T0a\n', max_size=200))
def test_no_page_breaks_it(text: str) -> None:
    flight_objects(text, URL)
    flight_objects(page(text), URL)


@pytest.mark.parametrize("piece", ["[", '{"a":', "[1,", '"\\"', '["', "1:T1,x", "\n1:T0,"])
def test_hostile_data_is_read_in_no_time(piece: str) -> None:
    def read() -> None:
        with suppress(SourceError):
            flight_objects(page(piece * (1_000_000 // len(piece))), URL)
        flight_objects('self.__next_f.push([1,"' * 40_000, URL)

    assert is_done_within(3, read)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("[]" * 300_001, id="lists"),
        pytest.param("{}" * 300_001, id="objects"),
        pytest.param("a:T0," * 150_001, id="rows of text"),
    ],
)
def test_data_of_too_many_values_is_refused(data: str) -> None:
    with pytest.raises(SourceError, match="values; choose a shorter listing") as caught:
        flight_objects(page(data), URL)
    assert caught.value.failure is Failure.TOO_LARGE


def test_false_starts_cost_no_more_than_a_look_at_the_page() -> None:
    hostile = page("[" * 190 + '"' + "x" * 4_000_000)
    assert flight_objects(hostile, URL) == []
    assert is_done_within(2, lambda: flight_objects(hostile, URL))
