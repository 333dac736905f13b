"""What the statistics and the report get from the store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import DateOrigin, Facts, Kind, Lab, LicenseStatement, Published, Sighting, SourceKind, Verdict
from bot.records import Correction
from bot.releases.naming.names import parse
from bot.releases.news.decision import Attach, Decision, Judged, Observe, Open, Step
from bot.releases.news.merge import merged
from bot.store.store import Store
from tests.support.clock import START

KIMI = "moonshotai/Kimi-K2.6"
POSTED = Published(START - timedelta(days=2), DateOrigin.POSTED)
LISTED = Published(START - timedelta(days=9), DateOrigin.LISTED, "day")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path, [Lab("moonshot", "Moonshot AI", country="CN", owners=("moonshotai",))])
    yield store
    store.close()


def head(facts: Facts) -> Sighting:
    created = Published(START - timedelta(days=5), DateOrigin.CREATED)
    return Sighting(
        "hub:moonshotai", SourceKind.HUB, "moonshot", "id1", KIMI, f"https://hub.example/{KIMI}", created,
        facts=facts,
    )  # fmt: skip


def post() -> Sighting:
    url = "https://blog.example/k2-6"
    return Sighting("feed:1", SourceKind.FEED, "moonshot", "post1", "Introducing Kimi K2.6", url, POSTED)


def listing(facts: Facts) -> Sighting:
    url = "https://llm-stats.com/models/kimi-k2.6"
    return Sighting(
        "llm_stats", SourceKind.LLM_STATS, "moonshot", "kimi-k2.6", "Kimi K2.6", url, LISTED, facts=facts
    )


def remember(store: Store, *sightings: Sighting, attach: bool = True) -> None:
    name = parse(KIMI, "moonshot")
    verdict = Verdict(Kind.RELEASE, "a test says so", name)
    steps: list[Step] = [Open(name, name.release_key, True)]
    steps += [Observe(Judged(sighting, verdict), name.release_key) for sighting in sightings]
    if attach:
        steps.append(Attach(name.release_key, sightings[0], True, False, ""))
    with store.transaction():
        store.releases.apply(Decision(tuple(steps)), START, merged, live=False)


def test_a_release_with_its_lab_facts_and_sources(store: Store) -> None:
    facts = Facts(license=LicenseStatement("apache-2.0"), parameters=10**12, task="text-generation")
    remember(store, head(facts), post())
    (it,) = store.shipments.all(merged)
    shipped = it.shipped
    assert [shipped] == store.shipments.history()
    assert (shipped.lab, shipped.lab_name, shipped.country) == ("moonshot", "Moonshot AI", "CN")
    assert (shipped.name, shipped.series) == ("Kimi-K2.6", "kimi")
    assert (shipped.license, shipped.verdict) == ("Apache 2.0", "permissive")
    assert (shipped.parameters, shipped.task, shipped.open) == (10**12, "text-generation", True)
    assert shipped.published == POSTED
    assert [mention.source for mention in it.mentions] == [SourceKind.HUB, SourceKind.FEED]
    assert it.key == it.lead_key
    assert it.own == shipped


def test_a_repository_without_weights_is_not_open(store: Store) -> None:
    remember(store, head(Facts(weights="none")))
    assert [it.open for it in store.shipments.history()] == [False]


def test_what_llm_stats_says_is_told_apart(store: Store) -> None:
    listed = Facts(license=LicenseStatement("mit"), parameters=10**12, task="text-generation")
    remember(store, head(Facts(parameters=9 * 10**11)), listing(listed))
    (it,) = store.shipments.all(merged)
    assert (it.shipped.license, it.shipped.parameters) == ("MIT", 9 * 10**11)
    assert it.own is not None
    assert it.own == replace(it.shipped, license=it.own.license, verdict="not stated", task="")
    assert it.listed_facts == {"license", "task"}


def test_what_llm_stats_alone_knows_has_nothing_of_its_own(store: Store) -> None:
    remember(store, listing(Facts(license=LicenseStatement("mit"))), attach=False)
    (it,) = store.shipments.all(merged)
    assert it.own is None
    assert it.shipped.published == LISTED


def test_a_listing_does_not_hide_the_word_of_a_person(store: Store) -> None:
    remember(store, head(Facts()), listing(Facts(license=LicenseStatement("mit"))))
    key = store.shipments.all(merged)[0].key
    with store.transaction():
        store.corrections.set(Correction(key, "license", "apache-2.0", "U1", START))
        store.releases.refresh([store.history.id_of(key)], merged)
    (it,) = store.shipments.all(merged)
    assert it.shipped.license == "Apache 2.0"
    assert it.listed_facts == frozenset()


def test_what_is_withdrawn_was_not_shipped(store: Store) -> None:
    remember(store, head(Facts()))
    key = store.shipments.all(merged)[0].key
    with store.transaction():
        store.arrangement.withdraw(key, START)
    assert store.shipments.all(merged) == []
    assert store.shipments.history() == []
