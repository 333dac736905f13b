"""What sightings can mean is all that deciding needs: with all releases of a lab it decides the same."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import DateOrigin, Kind, Published, Sighting, SourceKind, Verdict
from bot.releases.naming.names import parse
from bot.releases.news.corrections import Errata
from bot.releases.news.decide import decide
from bot.releases.news.decision import Catalogue, Judged, Known, Meant, Outline, Settings, Waiting
from bot.releases.news.meant import meant_by

NOW = datetime(2026, 4, 20, 12, tzinfo=UTC)
LAB = "aeolus"
NAMES = [
    f"{family} {version}{line}"
    for family in ("Boreas", "Boreas-Large", "Zephyr", "Mistral Coder")
    for version in ("2", "2.0", "3-2604", "7b")
    for line in ("", " Flash", " Thinking")
]
REPOSITORIES = [f"{LAB}/{name.replace(' ', '-')}".lower() for name in NAMES]
DAYS = st.sampled_from([0, 0.5, 1, 3, 20, 44, 90, 700])
KINDS = st.sampled_from([SourceKind.HUB, SourceKind.FEED, SourceKind.LLM_STATS])


def outlined(releases: Iterable[Known], waiting: Sequence[Waiting] = ()) -> Outline:
    return Outline([LAB], {one.key: one.name.family for one in releases}, waiting, Errata(), {})


def narrowed(releases: Sequence[Known], meant: Meant, judged: Iterable[Judged]) -> list[Known]:
    """Return what the store reads of these: what may be meant, or was seen, and all of its waves."""
    seen = {one.sighting.external_id for one in judged}
    waves = {
        one.lead_key
        for one in releases
        if one.key in meant.keys
        or meant.repositories & {*one.repositories, *one.promised}
        or seen & {*one.repositories.values()}
    }
    return [one for one in releases if one.lead_key in waves]


@st.composite
def catalogues(draw: st.DrawFn) -> list[Known]:
    names = {parse(name, LAB).release_key: parse(name, LAB) for name in draw(st.sets(st.sampled_from(NAMES)))}
    releases = list[Known]()
    for name in names.values():
        lead = draw(
            st.sampled_from([name.release_key, *(one.key for one in releases if one.lead_key == one.key)])
        )
        own = draw(st.sets(st.sampled_from(REPOSITORIES), max_size=1))
        repositories = dict.fromkeys(own, f"id:{name.release_key}")
        opened = NOW - timedelta(days=draw(DAYS))
        releases.append(
            Known(
                name,
                lead,
                opened,
                opened - timedelta(days=draw(DAYS)),
                silent=draw(st.booleans()),
                told_by=draw(st.frozensets(KINDS)),
                named_by=draw(st.frozensets(KINDS, max_size=1)),
                promised=draw(st.frozensets(st.sampled_from(REPOSITORIES), max_size=1)),
                repositories=repositories,
                head=next(iter(repositories.values()), ""),
                weights_at=opened if repositories else None,
            )
        )
    return releases


@st.composite
def sightings(draw: st.DrawFn) -> Judged:
    kind, name, published = (
        draw(KINDS),
        parse(draw(st.sampled_from(NAMES)), LAB),
        NOW - timedelta(days=draw(DAYS)),
    )
    links = tuple(
        f"https://huggingface.co/{one}" for one in draw(st.sets(st.sampled_from(REPOSITORIES), max_size=2))
    )
    title = draw(st.sampled_from(REPOSITORIES)) if kind is SourceKind.HUB else name.display
    sighting = Sighting(
        "it",
        kind,
        LAB,
        f"id:{parse(draw(st.sampled_from(NAMES)), LAB).release_key}",
        title,
        "https://aeolus.example/",
        Published(published, DateOrigin.POSTED),
        links=links,
        amends=kind is SourceKind.HUB and draw(st.booleans()),
    )
    also = tuple(parse(one, LAB) for one in draw(st.sets(st.sampled_from(NAMES), max_size=1)))
    verdict = Verdict(
        draw(st.sampled_from([Kind.RELEASE, Kind.RELEASE, Kind.VARIANT, Kind.OTHER])), "", name, also
    )
    return Judged(sighting, replace(verdict, waits=draw(st.booleans())))


@given(
    releases=catalogues(),
    judged=st.lists(sightings(), min_size=1, max_size=3),
    waiting=st.lists(sightings(), max_size=2),
    silent=st.booleans(),
)
def test_what_may_be_meant_decides_as_all_that_is_known_does(
    releases: list[Known], judged: list[Judged], waiting: list[Judged], *, silent: bool
) -> None:
    listings = [
        Waiting(at, one, NOW) for at, one in enumerate(waiting) if one.sighting.source is SourceKind.LLM_STATS
    ]
    meant = meant_by(judged, outlined(releases, listings))
    decisions = [
        decide(judged, Catalogue(known, listings), now=NOW, settings=Settings(), silent=silent)
        for known in (releases, narrowed(releases, meant, judged))
    ]
    assert decisions[0] == decisions[1]


@pytest.mark.parametrize(
    ("name", "kind", "links", "keys"),
    [
        pytest.param(
            "Boreas 4", Kind.RELEASE, (), {"boreas-2", "boreas-2-large"}, id="the family, in all its sizes"
        ),
        pytest.param("Boreas 4", Kind.OTHER, (), set(), id="nothing by what is no release"),
        pytest.param("Notus 1", Kind.RELEASE, (), set(), id="nothing by a new family"),
        pytest.param("Notus 1", Kind.RELEASE, ("https://huggingface.co/Aeolus/Z",), set(), id="a repository"),
    ],
)
def test_what_a_name_can_mean(name: str, kind: Kind, links: tuple[str, ...], keys: set[str]) -> None:
    known = [parse(one, LAB) for one in ("Boreas 2", "Boreas-Large 2", "Zephyr 2")]
    releases = [Known(one, one.release_key, NOW, NOW, silent=False) for one in known]
    sighting = Sighting("it", SourceKind.FEED, LAB, "1", name, "https://aeolus.example/", links=links)
    meant = meant_by([Judged(sighting, Verdict(kind, "", parse(name, LAB)))], outlined(releases))
    assert {key.partition("/")[2] for key in meant.keys} == keys
    assert ("aeolus/z" in meant.repositories) == bool(links)
