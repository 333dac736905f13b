"""What several sources state becomes one set of facts, and one date."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict, Unpack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import DateOrigin, Evidence, Facts, LicenseStatement, Published, SourceKind
from bot.releases.facts.evidence import better_name, first_published, merge_facts
from bot.releases.naming.names import parse

NOON = datetime(2026, 4, 20, 12, tzinfo=UTC)
KIMI = parse("moonshotai/Kimi-K2.6", "moonshot")
MIT, APACHE = LicenseStatement("mit"), LicenseStatement("apache-2.0")


class Stated(TypedDict, total=False):
    """Name the facts that the tables below state."""

    license: LicenseStatement
    parameters: int
    parameters_approximate: bool
    context_tokens: int
    task: str
    summary: str


def said(
    source: SourceKind,
    seen: float = 0,
    published: Published | None = None,
    *,
    live: bool = True,
    head: bool = True,
    **facts: Unpack[Stated],
) -> Evidence:
    seen_at = NOON + timedelta(days=seen)
    return Evidence(source, seen_at, Facts(**facts), published, live=live, head=head)


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


def test_a_post_that_is_all_there_is_states_the_size_in_its_summary() -> None:
    post = said(SourceKind.FEED, summary="Kimi K3 is a MoE of 2.8T total parameters with 50B active.")
    facts = merge_facts(parse("Kimi K3", "moonshot"), [post])
    assert (facts.parameters, facts.active_parameters) == (2800 * 10**9, 50 * 10**9)


def test_a_summary_adds_nothing_to_a_size_that_is_known() -> None:
    card = said(
        SourceKind.HUB, parameters=7 * 10**9, summary="It learned of 671B total, 37B active parameters."
    )
    facts = merge_facts(parse("Rocket-Distill", "lab"), [card])
    assert (facts.parameters, facts.active_parameters) == (7 * 10**9, None)


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


POST, HUB, LISTING, IMPORT = SourceKind.FEED, SourceKind.HUB, SourceKind.LLM_STATS, SourceKind.IMPORT


@pytest.mark.parametrize(
    ("known", "told_by", "heard", "source", "shown"),
    [
        pytest.param("gemma-4", {HUB}, "Gemma 4", POST, "Gemma 4", id="the post after the repository"),
        pytest.param("Gemma 4", {POST}, "gemma-4", HUB, "Gemma 4", id="the repository after the post"),
        pytest.param("Kimi-K2.6", {HUB}, "Kimi K2.6", POST, "Kimi K2.6", id="a post's space"),
        pytest.param("Kimi-K2.6", {HUB}, "Kimi K2.6", SourceKind.PAGE, "Kimi K2.6", id="a page is a post"),
        pytest.param("Gemma-4", {HUB}, "GEMMA 4", POST, "Gemma-4", id="a title in capitals"),
        pytest.param("GEMMA 4", {POST}, "Gemma-4", HUB, "Gemma-4", id="a title in capitals came first"),
        pytest.param("Granite-4.2", {HUB}, "granite 4.2", POST, "Granite-4.2", id="a title in small letters"),
        pytest.param("Kimi-K2-Coder", {HUB}, "Kimi K2 coder", POST, "Kimi-K2-Coder", id="one word small"),
        pytest.param("granite-4.2", {HUB}, "Granite 4.2", LISTING, "Granite 4.2", id="a listing's capitals"),
        pytest.param("DeepSeek-V4", {HUB}, "DeepSeek V4", LISTING, "DeepSeek-V4", id="a listing's space"),
        pytest.param(
            "deepseek v4", {LISTING}, "DeepSeek-V4", HUB, "DeepSeek-V4", id="the lab after a listing"
        ),
        pytest.param("gpt-oss-20b", {HUB}, "GPT-OSS 20B", LISTING, "gpt-oss-20b", id="small on purpose"),
        pytest.param("GLM-5.1", {HUB}, "GLM-5.1", POST, "GLM-5.1", id="capitals on purpose"),
        pytest.param("Zorba-3", {HUB}, "ZORBA 3", POST, "Zorba-3", id="capitals of an unknown family"),
        pytest.param("zorba-3", {HUB}, "Zorba 3", POST, "Zorba 3", id="a family that no table has"),
        pytest.param(
            "granite-4.2", {HUB}, "Granite 4.2", IMPORT, "granite-4.2", id="an import renames nothing"
        ),
        pytest.param("Gemma 4", {POST}, "Gemma 5", POST, "Gemma 4", id="another release is no spelling"),
        pytest.param("Kimi K2.6", {POST, HUB}, "Kimi-K2.6", POST, "Kimi K2.6", id="of equals the first"),
        pytest.param(
            "Kimi K2.6", {SourceKind.PAGE}, "Kimi-K2.6", POST, "Kimi K2.6", id="a feed after a page"
        ),
    ],
)
def test_the_name_that_people_read(
    known: str, told_by: set[SourceKind], heard: str, source: SourceKind, shown: str
) -> None:
    assert better_name(parse(known, "lab"), told_by, parse(heard, "lab"), source).display == shown


spellings = st.sampled_from(["Gemma 4", "gemma-4", "GEMMA 4", "Gemma-4", "gemma 4"])


@given(st.dictionaries(st.sampled_from([POST, HUB, LISTING]), spellings, min_size=1), st.randoms())
def test_the_order_in_which_sources_name_a_release_changes_little(
    said: dict[SourceKind, str], random: Any
) -> None:
    """Whatever comes first, a proper spelling is shown where anybody has one."""
    order = list(said)
    random.shuffle(order)
    shown, told = parse(said[order[0]], "google"), {order[0]}
    for source in order[1:]:
        shown = better_name(shown, told, parse(said[source], "google"), source)
        told.add(source)
    assert ("Gemma" in shown.display) == any("Gemma" in text for text in said.values())
