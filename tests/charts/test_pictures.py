"""The pictures: small, complete, and the text beside them says the same."""

import struct
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest

from bot.cadence.marks import RADII
from bot.cadence.period import Window, window_back
from bot.cadence.shipped import Shipped
from tests.cadence.releasing import every, shipped

pytest.importorskip("matplotlib", reason="matplotlib is not installed (the extra charts)")

from PIL import Image

from bot.charts.pictures import Picture, Suffix, _month_names, pictures

YEAR = window_back(date(2026, 4, 26), 365)
HISTORY = [
    shipped("2026-04-20", "Kimi K2.6", verdict="conditions", parameters=10**12, open=True),
    shipped("2026-04-16", "Qwen3.6-35B", "qwen", verdict="permissive", parameters=35 * 10**9, open=True),
    shipped("2026-02-05", "Kimi K2.5", verdict="conditions", parameters=10**12, open=True),
    shipped("2026-01-05", "Closed", "openai"),
    shipped("2026-01-25", "Research", "openai", verdict="non-commercial"),
    shipped("2020-01-01", "Long ago"),
]
HOSTILE = "$\\frac{1}{0}$ <b>&amp; \u202e \x00 \ud83d 月之暗面 🦙" + "x" * 10_000


def drawn(history: Sequence[Shipped], suffix: Suffix = "png", window: Window = YEAR) -> dict[str, Picture]:
    return {it.name: it for it in pictures(history, window, suffix)}


@pytest.fixture(scope="module")
def pngs() -> dict[str, Picture]:
    return drawn(HISTORY)


@pytest.fixture(scope="module")
def svgs() -> dict[str, Picture]:
    return drawn(HISTORY, "svg")


def test_there_are_three_pictures_and_each_has_its_text(pngs: dict[str, Picture]) -> None:
    found = pngs
    assert found["timeline"].text == (
        "Model releases, 27 Apr 2025 to 26 Apr 2026: 5 in all. Kimi 2, Openai 2, Qwen 1. "
        "1 permissive, 2 with conditions, 1 non-commercial, 1 not stated or not assessed."
    )
    assert found["gaps"].text == (
        "Days between a lab's releases, 27 Apr 2025 to 26 Apr 2026: 2 gaps; "
        "half of them last 47 days or less. 1 of 15–30, 1 of 61–120."
    )
    assert "Apr 2026 2" in found["months"].text
    assert "Kimi most in Feb 2026 with 1" in found["months"].text


@pytest.mark.parametrize("count", [0, 1])
def test_little_is_drawn_too(count: int) -> None:
    for picture in drawn(HISTORY[:count]).values():
        assert picture.data.startswith(b"\x89PNG")


def test_a_png_has_the_size_of_a_preview_and_says_what_it_shows(pngs: dict[str, Picture]) -> None:
    for picture in pngs.values():
        assert struct.unpack(">II", picture.data[16:24]) == (1536, 864)
        assert b"Description\x00" in picture.data


@pytest.fixture(scope="module")
def large() -> dict[str, Picture]:
    """Draw twenty years, of which a single one is known: 5,000 releases of 40 labs with long names."""
    verdicts = ("permissive", "conditions", "non-commercial", "unknown")
    labs = [every([3] * 124, "2025-04-20", f"wwwwwwww mmmmmmmm {lab}") for lab in range(40)]
    history = [
        replace(it, verdict=verdicts[number % 4], parameters=10 ** (8 + number % 5))
        for mine in labs
        for number, it in enumerate(mine)
    ]
    assert len(history) == 5_000
    return drawn(history, window=window_back(date(2026, 4, 26), 20 * 365))


def test_pngs_of_a_large_history_are_small(large: dict[str, Picture]) -> None:
    assert {name: len(it.data) < 300_000 for name, it in large.items()} == dict.fromkeys(large, True)
    assert "the 12 busiest of 40 labs" in large["timeline"].text


def test_nothing_is_cut_at_an_edge_however_long_the_names(large: dict[str, Picture]) -> None:
    for picture in large.values():
        image = Image.open(BytesIO(picture.data)).convert("L")
        width, height = image.size
        for edge in ((0, 0, 8, height), (width - 8, 0, width, height), (0, 0, width, 8)):
            assert image.crop(edge).getextrema() == (255, 255), picture.name


def test_a_picture_begins_no_earlier_than_what_is_known(
    large: dict[str, Picture], pngs: dict[str, Picture]
) -> None:
    assert {"20 Apr 2025 to 26 Apr 2026" in picture.text for picture in large.values()} == {True}
    assert "27 Apr 2025 to" in pngs["timeline"].text


@pytest.mark.parametrize(
    ("first", "count", "labels"),
    [
        pytest.param("2026-03-01", 3, ["Mar", "Apr", "May"], id="a few have each its own"),
        pytest.param("2025-11-01", 3, ["Nov", "Dec", "Jan 2026"], id="the year stands where it begins"),
        pytest.param("2025-01-01", 3 * 12, ["Jan 2025", "Apr", "Jul"], id="of many every third"),
        pytest.param("2020-12-01", 10 * 12, ["Jan 2021", "Jan 2022"], id="of very many the years"),
    ],
)
def test_months_have_names_that_do_not_run_into_each_other(first: str, count: int, labels: list[str]) -> None:
    begin = date.fromisoformat(first)
    months = [
        date(begin.year + (begin.month - 1 + n) // 12, (begin.month - 1 + n) % 12 + 1, 1)
        for n in range(count)
    ]
    shown = [name.replace("\n", " ") for name in _month_names(months) if name]
    assert shown[: len(labels)] == labels
    assert len(shown) <= 14


def test_the_sizes_have_a_legend(svgs: dict[str, Picture]) -> None:
    svg = svgs["timeline"].data.decode()
    assert [name for name in RADII if name not in svg] == []


def test_an_svg_is_xml_whose_text_is_text(svgs: dict[str, Picture]) -> None:
    for picture in svgs.values():
        root = ET.fromstring(picture.data)
        words = " ".join(element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text"))
        assert "2026" in words


def test_the_same_history_makes_the_same_file(svgs: dict[str, Picture]) -> None:
    assert drawn(HISTORY, "svg")["timeline"].data == svgs["timeline"].data


def test_every_class_of_licence_is_in_the_legend_and_looks_its_own(svgs: dict[str, Picture]) -> None:
    svg = svgs["timeline"].data.decode()
    for words in ("permissive", "with conditions", "non-commercial", "not stated or not assessed"):
        assert words in svg


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_hostile_names_are_drawn_as_they_stand(suffix: Suffix) -> None:
    found = drawn([shipped("2026-04-20", HOSTILE, lab_name=HOSTILE)], suffix)
    assert len(found["timeline"].text) < 400
    if suffix == "svg":
        ET.fromstring(found["timeline"].data)


@pytest.mark.parametrize("days", [1, 2_000])
def test_any_window_can_be_drawn(days: int) -> None:
    assert len(drawn(HISTORY, "png", window_back(date(2026, 4, 26), days))) == 3
