"""What several sources state becomes one set of facts, and one date."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import DateOrigin, Facts, LicenseStatement, Published, SourceKind
from bot.releases.merge import Evidence, first_published, merge_facts
from bot.releases.names import parse

NOON = datetime(2026, 4, 20, 12, tzinfo=UTC)
KIMI = parse("moonshotai/Kimi-K2.6", "moonshot")
MIT, APACHE = LicenseStatement("mit"), LicenseStatement("apache-2.0")


def said(source: SourceKind, seen: float = 0, published: Published | None = None, **more: object) -> Evidence:
    live, head = more.pop("live", True), more.pop("head", True)
    seen_at = NOON + timedelta(days=seen)
    return Evidence(source, seen_at, Facts(**more), published, live=bool(live), head=bool(head))  # type: ignore[arg-type]


def day(offset: float, origin: DateOrigin) -> Published:
    return Published(NOON + timedelta(days=offset), origin)


@pytest.mark.parametrize(
    ("evidence", "license"),
    [
        pytest.param([said(SourceKind.LLM_STATS, license=MIT)], MIT, id="a listing alone is believed"),
        pytest.param(
            [said(SourceKind.LLM_STATS, 9, license=MIT), said(SourceKind.HUB, license=APACHE)],
            APACHE,
            id="the Hub outweighs a listing, however late it comes",
        ),
        pytest.param(
            [said(SourceKind.HUB, license=MIT), said(SourceKind.HUB, 1, license=APACHE)],
            APACHE,
            id="of two words of the Hub the newest counts",
        ),
        pytest.param(
            [said(SourceKind.HUB, license=MIT), said(SourceKind.HUB, 1)], MIT, id="silence takes nothing back"
        ),
        pytest.param(
            [said(SourceKind.HUB, head=False, license=MIT)],
            None,
            id="a variant states nothing of the release",
        ),
        pytest.param([said(SourceKind.FEED)], None, id="nobody states it"),
    ],
)
def test_the_strongest_word_on_the_licence_counts(
    evidence: list[Evidence], license: LicenseStatement | None
) -> None:
    assert merge_facts(KIMI, evidence).license == license


def test_gaps_are_filled_from_weaker_sources() -> None:
    evidence = [
        said(SourceKind.HUB, parameters=10**12, parameters_approximate=True),
        said(SourceKind.LLM_STATS, parameters=5, context_tokens=262144),
    ]
    facts = merge_facts(KIMI, evidence)
    assert (facts.parameters, facts.parameters_approximate, facts.context_tokens) == (10**12, True, 262144)


def test_the_name_states_what_nobody_else_does() -> None:
    facts = merge_facts(parse("Qwen/Qwen3.6-35B-A3B", "qwen"), [said(SourceKind.FEED)])
    assert (facts.parameters, facts.active_parameters) == (35 * 10**9, 3 * 10**9)


@pytest.mark.parametrize(
    ("evidence", "origin", "offset"),
    [
        pytest.param(
            [said(SourceKind.HUB, 0, day(-44, DateOrigin.CREATED))],
            DateOrigin.SEEN,
            0,
            id="a repository flipped public today came out today, whenever it was created",
        ),
        pytest.param(
            [said(SourceKind.HUB, 0, day(-44, DateOrigin.CREATED), live=False)],
            DateOrigin.CREATED,
            -44,
            id="in a baseline its creation is all there is",
        ),
        pytest.param(
            [
                said(SourceKind.HUB, 0, day(-44, DateOrigin.CREATED)),
                said(SourceKind.FEED, 1, day(-1, DateOrigin.POSTED)),
            ],
            DateOrigin.POSTED,
            -1,
            id="the lab's own post is earlier than our sight of the repository",
        ),
        pytest.param(
            [
                said(SourceKind.LLM_STATS, 0, day(-9, DateOrigin.LISTED)),
                said(SourceKind.HUB, 1, day(-44, DateOrigin.CREATED)),
            ],
            DateOrigin.SEEN,
            1,
            id="a listing's date counts less than what we saw ourselves",
        ),
        pytest.param(
            [said(SourceKind.LLM_STATS, 0, day(-9, DateOrigin.LISTED))],
            DateOrigin.LISTED,
            -9,
            id="a listing's date is better than none",
        ),
        pytest.param([said(SourceKind.FEED, 2)], DateOrigin.SEEN, 2, id="a post without a date was seen"),
    ],
)
def test_the_earliest_first_party_date_counts(
    evidence: list[Evidence], origin: DateOrigin, offset: float
) -> None:
    assert first_published(evidence) == day(offset, origin)


@given(
    st.permutations(
        [
            said(SourceKind.HUB, 0, license=MIT),
            said(SourceKind.FEED, 1, task="x"),
            said(SourceKind.LLM_STATS, 2, license=APACHE, context_tokens=1),
        ]
    )
)
def test_the_order_of_arrival_does_not_matter(evidence: list[Evidence]) -> None:
    assert merge_facts(KIMI, evidence) == Facts(license=MIT, task="x", context_tokens=1)
