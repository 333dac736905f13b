"""The rows of the page: what they say, what the filters go by, and that no name becomes part of the page."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cadence.marks import lanes
from bot.cadence.shipped import Shipment
from bot.model import DateOrigin, Mention, SourceKind
from bot.report.item import short_license_text
from bot.report.overview import overview
from bot.report.page import render_page
from tests.cadence.releasing import shipped
from tests.report.shipments import NOW, mentions, shipment


def page_of(*shipments: Shipment) -> BeautifulSoup:
    return BeautifulSoup(render_page(overview(shipments, NOW), "Releases"), "lxml")


def cells(page: BeautifulSoup) -> list[str]:
    return [cell.text for cell in page.select("#releases tbody tr td")]


def test_a_place_is_named_once_however_many_addresses_it_has() -> None:
    more = (*mentions("A"), *mentions("A FP8")[:1], *mentions("A GGUF")[:1])
    page = page_of(replace(shipment("2026-04-24", "A"), mentions=more))
    assert cells(page)[-1] == "Announcement · Hugging Face 2 3"
    assert len(page.select("#releases td a")) == 4


def test_what_a_person_imported_says_nothing_of_weights() -> None:
    known = shipment("2026-04-24", "A", open=False)
    brought = replace(
        shipment("2026-04-24", "B", open=False, origin=DateOrigin.IMPORTED),
        mentions=(Mention(SourceKind.IMPORT, "B", "", NOW),),
    )
    names = [cell.text for cell in page_of(known, brought).select("#releases td:nth-child(3)")]
    assert names == ["B", "Ano open weights"]


def test_a_row_is_found_by_the_licence_of_its_largest_model_and_by_every_size() -> None:
    page = page_of(
        shipment("2026-04-24", "Gemma 4", verdict="conditions", parameters=31 * 10**9),
        shipment("2026-04-24", "Gemma 4 2B", lead="Gemma 4", parameters=2 * 10**9),
        shipment("2026-04-23", "Closed", verdict="unknown", parameters=None),
    )
    rows = page.select("#releases tbody tr")
    assert [(row["data-license"], row["data-size"]) for row in rows] == [
        ("conditions", "1 3"),
        ("other", "0"),
    ]
    offered = {option["value"] for option in page.select("#find option")}
    assert {"conditions", "other", "0", "1", "3"} <= offered


def test_without_the_script_nothing_is_offered_that_does_nothing() -> None:
    page = page_of(shipment("2026-04-24", "A"))
    assert [form["id"] for form in page.select("form[hidden]")] == ["find"]
    assert page.select("tr[hidden], section[hidden], table[hidden]") == []


@pytest.mark.parametrize(
    ("title", "verdict", "words"),
    [
        pytest.param("MIT", "permissive", "MIT, permissive", id="a short name stays"),
        pytest.param("Qwen License", "conditions", "Qwen License, with conditions", id="so does a product's"),
        pytest.param(
            "Llama 4 Community License", "conditions", "Llama 4 Community, with conditions",
            id="a long one does without the word licence",
        ),
        pytest.param(
            "Mistral AI Research License 0.1", "non-commercial", "Mistral AI Research 0.1, non-commercial",
            id="before a version too",
        ),
        pytest.param(
            "MiniMax M2.7 Non-Commercial License", "non-commercial", "MiniMax M2.7 Non-Commercial",
            id="what the name says is not said again",
        ),
        pytest.param("", "not stated", "not stated", id="none"),
    ],
)  # fmt: skip
def test_licences_in_a_column(title: str, verdict: str, words: str) -> None:
    assert short_license_text(shipped("2026-04-01", license=title, verdict=verdict)) == words


@pytest.mark.parametrize(
    ("days", "found"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([1, 4, 7], [0, 0, 0], id="far apart they stand on the line"),
        pytest.param([1, 1, 1], [0, 1, -1], id="those of one day stand around it"),
        pytest.param([1, 2, 3, 4], [0, 1, -1, 0], id="the line is taken again as soon as it is free"),
        pytest.param([1, 1, 1, 1, 2], [0, 1, -1, 0, 1], id="where none is free they take turns"),
    ],
)
def test_marks_that_would_hide_one_another_take_turns(days: list[int], found: list[int]) -> None:
    assert lanes((date(2026, 4, day) for day in days), timedelta(days=3)) == found


PIECES = (
    "<script>", "</script>", "</style>", "<!--", "]]>", '"', "'", " onload=x ", "&", "&lt;", "&#0;", "{{",
    "{%", "<svg/onload=x>", "javascript:x", "`", "=", ">", "a", "\u2028", "\u202e", "\x00", "\ud83d",
)  # fmt: skip
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)


def said_of(number: int, name: str, lab: str, license: str, title: str) -> Shipment:
    one = shipment("2026-04-24", f"{number}{name}", "lab", lab_name=f"x{lab}", license=f"x{license}")
    return replace(one, mentions=(Mention(SourceKind.FEED, title, "https://blog.example/", NOW),))


def shape(told: list[tuple[str, str, str, str]]) -> list[tuple[str, list[str]]]:
    """Return the elements of a page about these releases, with the names of their attributes."""
    page = page_of(*(said_of(number, *texts) for number, texts in enumerate(told)))
    return [(tag.name, sorted(tag.attrs)) for tag in page.find_all(True)]


PLAIN = ("", "", "", "")


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE, HOSTILE), min_size=1, max_size=6))
def test_no_name_becomes_part_of_the_page(told: list[tuple[str, str, str, str]]) -> None:
    assert shape(told) == shape([PLAIN] * len(told))
