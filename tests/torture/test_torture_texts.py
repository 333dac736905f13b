"""Whatever a source says, it says it as text: no exception leaves it, and nothing unescaped reaches Slack."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.model import Sighting
from tests.support.memory import START, Watch
from tests.torture.alerts import alert_of, faults_of
from tests.torture.kinds import KINDS, SITE, Everywhere
from tests.torture.tally import Tally
from tests.torture.texts import DATES, NAUGHTY, SAYING


def sightings(shape: str, text: str, date: str = "2026-04-20") -> tuple[Sighting, ...]:
    """Return what a source shows of a body with one entry; () where it refuses it in words."""
    kind, body = SAYING[shape]
    with suppress(SourceError):
        return Watch(KINDS[kind](SITE)).poll(Everywhere(body(text, date))).sightings
    return ()


def check(sighting: Sighting) -> None:
    assert len(sighting.title) <= 300
    repr(sighting).encode()
    assert sighting.published is None or 2015 <= sighting.published.at.year <= START.year
    assert faults_of(alert_of(sighting)) == []


@pytest.mark.parametrize("shape", SAYING)
def test_naughty_texts_come_out_as_text(shape: str, tally: Tally) -> None:
    shown = [sighting for text in NAUGHTY for sighting in sightings(shape, text)]
    assert len(shown) > len(NAUGHTY) // 2, "most are odd, and yet the name of something"
    for sighting in shown:
        check(sighting)
    tally.count("bad inputs", f"naughty texts: {shape}", len(NAUGHTY))


@pytest.mark.parametrize("shape", SAYING)
def test_impossible_dates_are_none(shape: str, tally: Tally) -> None:
    for date in DATES:
        for sighting in sightings(shape, "Kimi K3", date):
            check(sighting)
    tally.count("bad inputs", f"impossible dates: {shape}", len(DATES))


@pytest.mark.parametrize("shape", SAYING)
def test_any_text_comes_out_as_text(shape: str, tally: Tally) -> None:
    @settings(suppress_health_check=list(HealthCheck))
    @given(
        st.lists(st.sampled_from(NAUGHTY) | st.text(max_size=20), max_size=4).map("".join),
        st.text(max_size=30),
    )
    def try_it(text: str, date: str) -> None:
        for sighting in sightings(shape, text, date):
            check(sighting)
        tally.count("bad inputs", f"random texts: {shape}")

    try_it()
