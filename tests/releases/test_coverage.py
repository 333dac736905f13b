"""Which releases a source should have shown, which it did, and when that makes it suspicious."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.releases.news.coverage import WITHIN, Record, Shown, Watched, records
from tests.support.clock import START

HUB, BLOG, LISTING = "hub:org", "feed:blog", "llm_stats"
LONG_AGO = START - timedelta(days=365)


def release(number: int, by: Sequence[str] = (HUB,), *, name: str = "", links: Sequence[str] = ()) -> Shown:
    """Return a release that came out `number` days ago and that these sources showed at once."""
    at = START - timedelta(days=number)
    addresses = tuple(f"https://huggingface.co/{owner}/{number}" for owner in links)
    return Shown(f"lab/{number}", "lab", name or f"GLM-{number}", dict.fromkeys(by, at), addresses)


def blog(include: tuple[str, ...] = ()) -> Watched:
    return Watched(BLOG, frozenset({"lab"}), include)


def record(watched: Watched, *releases: Shown, since: timedelta = timedelta(days=365)) -> Record:
    return records([watched], {watched.source_id: START - since}, releases, START)[watched.source_id]


class TestWhatIsExpected:
    def test_a_release_that_another_source_showed_is(self) -> None:
        found = record(blog(), release(10), release(9, (HUB, BLOG)))
        assert (found.showed, found.expected) == (1, 2)

    @pytest.mark.parametrize(
        ("watched", "missed"),
        [
            pytest.param(blog(("GLM",)), True, id="a name with a word of include"),
            pytest.param(blog(("Kimi",)), False, id="no name that include leaves out"),
            pytest.param(Watched(BLOG, frozenset({"other"})), False, id="no release of another lab"),
            pytest.param(
                Watched(BLOG, frozenset({"lab"}), (), "linked"), True, id="weights under it that a post links"
            ),
            pytest.param(
                Watched(BLOG, frozenset({"lab"}), (), "elsewhere"), False, id="no weights that are elsewhere"
            ),
        ],
    )
    def test_it_is(self, watched: Watched, missed: bool) -> None:
        found = record(watched, release(10, links=["linked"]))
        assert found.expected == int(missed)

    def test_what_it_named_before_others_brought_it_is_expected_of_it(self) -> None:
        named = replace(release(10), named_by=BLOG)
        assert record(blog(("Kimi",)), named).expected == 1

    def test_what_it_showed_counts_whatever_was_expected(self) -> None:
        assert record(blog(("Kimi",)), release(10, (BLOG,))).showed == 1

    def test_what_came_before_its_baseline_does_not_count(self) -> None:
        assert record(blog(), release(10), since=timedelta(days=9)).expected == 0

    def test_a_source_that_was_never_read_is_expected_nothing_of(self) -> None:
        assert records([blog()], {}, [release(10)], START)[BLOG].expected == 0

    def test_it_has_three_days(self) -> None:
        assert record(blog(), release(3)).expected == 0
        assert record(blog(), release(4)).expected == 1

    def test_what_it_shows_later_is_missed(self) -> None:
        late = Shown("lab/1", "lab", "GLM-1", {HUB: LONG_AGO, BLOG: LONG_AGO + WITHIN + timedelta(minutes=1)})
        found = record(blog(), late)
        assert (found.showed, found.expected) == (0, 1)

    def test_one_listing_is_expected_to_show_the_releases_of_all_labs_that_name_it(self) -> None:
        found = record(Watched(LISTING, frozenset({"lab", "other"})), release(10, (HUB, LISTING)))
        assert (found.showed, found.expected) == (1, 1)


def of(pattern: str) -> Record:
    """Return the record of a source that showed (+) and missed (-) releases, the oldest first."""
    releases = [release(100 - at, (HUB, BLOG) if mark == "+" else (HUB,)) for at, mark in enumerate(pattern)]
    return record(blog(), *releases)


class TestSuspicion:
    @pytest.mark.parametrize(
        ("pattern", "suspicious"),
        [
            pytest.param("", False, id="nothing came out"),
            pytest.param("+++--", False, id="two missed are not enough"),
            pytest.param("+++---", True, id="three missed are"),
            pytest.param("---", True, id="so they are from the start"),
            pytest.param("---+", False, id="one that it shows again ends it"),
            pytest.param("+-+-+-+-+---", True, id="who shows half is expected to go on"),
            pytest.param("+------+---", False, id="who shows a quarter may well miss three"),
            pytest.param("+------+" + 10 * "-", False, id="and ten, which one of eighteen does"),
            pytest.param("+------+" + 11 * "-", True, id="but not eleven"),
            pytest.param(30 * "-", True, id="who never showed anything has no record to go by"),
        ],
    )
    def test_a_source_is_perhaps_blind(self, pattern: str, suspicious: bool) -> None:
        assert of(pattern).is_perhaps_blind is suspicious

    def test_it_names_what_it_missed_last(self) -> None:
        assert [one.name for one in of("-+---").missed_last] == ["GLM-98", "GLM-97", "GLM-96"]

    @given(st.text("+-", max_size=40))
    def test_showing_one_more_never_makes_it_suspicious(self, pattern: str) -> None:
        assert not of(pattern + "+").is_perhaps_blind

    @given(st.text("+-", max_size=40))
    def test_once_suspicious_it_stays_so_while_it_misses(self, pattern: str) -> None:
        if of(pattern).is_perhaps_blind:
            assert of(pattern + "-").is_perhaps_blind

    @given(st.text("+-", max_size=40))
    def test_the_counts_are_those_of_the_pattern(self, pattern: str) -> None:
        found = of(pattern)
        assert (found.showed, found.expected) == (pattern.count("+"), len(pattern))
