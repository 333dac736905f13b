"""The sections of a digest: this period against the last, fast and quiet labs, permissive licences."""

from datetime import date

from bot.cadence.news import NewsKind
from bot.cadence.period import Window
from bot.cadence.sections import Fast, sections
from tests.cadence.releasing import every, shipped

WEEK = Window(date(2026, 4, 20), date(2026, 4, 26))
HISTORY = [
    shipped("2026-04-20", "Kimi K2.6", "moonshot", verdict="permissive"),
    shipped("2026-04-22", "Qwen3.6-27B", "qwen", verdict="permissive"),
    shipped("2026-04-26", "Qwen3.6-Max", "qwen", verdict="conditions"),
    shipped("2026-04-16", "Qwen3.6-35B", "qwen", verdict="permissive"),
    shipped("2026-04-27", "DeepSeek V4", "deepseek", verdict="permissive"),
    *every([30] * 5, first="2025-10-25", lab="mistral"),  # until 2026-03-24: quiet from 2026-04-24
]


def test_a_week_beside_the_one_before() -> None:
    found = sections(HISTORY, WEEK)
    assert (found.now.releases, found.before.releases) == (3, 1)
    assert found.fastest == (Fast("qwen", "Qwen", 2, 1), Fast("moonshot", "Moonshot", 1, 0))
    assert (found.permissive, found.permissive_before) == (2 / 3, 1)


def test_the_quiet_labs_and_their_news() -> None:
    found = sections(HISTORY, WEEK)
    assert [(it.last.lab, str(it.alarm)) for it in found.quiet] == [("mistral", "2026-04-24")]
    assert [it.kind for it in found.news] == [NewsKind.QUIET]


def test_a_lab_that_is_silent_for_a_year_is_forgotten() -> None:
    later = Window(date(2027, 4, 20), date(2027, 4, 26))
    assert sections(HISTORY, later).quiet == ()


def test_at_most_so_many_labs() -> None:
    assert len(sections(HISTORY, WEEK, most=1).fastest) == 1


def test_nothing_shipped() -> None:
    found = sections([], WEEK)
    assert (found.now.releases, found.fastest, found.quiet, found.permissive) == (0, (), (), None)
