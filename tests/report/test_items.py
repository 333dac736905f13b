"""What is listed as one, with which sources, and what may leave the house."""

from dataclasses import replace

import pytest

from bot.cadence.shipped import Shipment, own_words
from bot.model import DateOrigin, Mention, SourceKind
from bot.report.item import Item, items, license_text
from tests.cadence.releasing import shipped
from tests.report.shipments import HOSTILE, NOW, listed_alone, listed_too, shipment


def only(*shipments: Shipment) -> Item:
    (item,) = items(shipments)
    return item


def test_what_is_one_alert_is_one_item_told_by_its_lead() -> None:
    item = only(
        shipment("2026-04-16", "Gemma 4", open=False, parameters=None),
        shipment("2026-04-16", "Gemma 4 4B", lead="Gemma 4", parameters=4 * 10**9),
        shipment("2026-04-17", "Gemma 4 31B", lead="Gemma 4", parameters=31 * 10**9),
    )
    assert (item.name, item.day.isoformat(), item.is_open) == ("Gemma 4 +1", "2026-04-16", True)
    assert [it.shipped.name for it in item.models] == ["Gemma 4 31B", "Gemma 4 4B"]
    assert item.sentence == "Kimi released Gemma 4 +1: MIT, permissive; 31B, 4B parameters; open weights."


def test_the_newest_come_first() -> None:
    found = items([shipment("2026-04-01", "A"), shipment("2026-04-03", "B"), shipment("2026-04-02", "C")])
    assert [it.name for it in found] == ["B", "C", "A"]


def test_the_labs_own_word_is_linked_first_and_each_address_once() -> None:
    item = only(shipment("2026-04-01", "A"))
    assert [(it.label, it.url) for it in item.sources] == [
        ("Announcement", "https://blog.example/A"),
        ("Hugging Face", "https://hub.example/A"),
    ]
    twice = replace(item.lead, mentions=item.mentions * 2)
    assert only(twice).sources == item.sources


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//x.example", "http://a@b.example/"]
)
def test_what_is_no_plain_web_address_is_not_linked(url: str) -> None:
    it = replace(shipment("2026-04-01", "A"), mentions=(Mention(SourceKind.FEED, "A", url, NOW),))
    assert only(it).sources == ()


def test_what_llm_stats_alone_says_is_marked_and_not_exported() -> None:
    it = listed_too("2026-04-01", "A", parameters=None)
    assert it.listed_facts == {"parameters"}
    (own,) = own_words([it])
    assert own.shipped.parameters is None
    assert SourceKind.LLM_STATS not in {one.source for one in own.mentions}


def test_what_llm_stats_alone_knows_is_not_exported() -> None:
    it = listed_alone("2026-04-01", "A")
    assert it.listed_facts == {"date", "license", "parameters", "task"}
    assert own_words([it]) == []


def test_a_date_of_llm_stats_is_none_of_our_own() -> None:
    assert not only(shipment("2026-04-01", "A", origin=DateOrigin.LISTED)).has_own_day
    assert not only(shipment("2026-04", "A")).has_own_day
    assert only(shipment("2026-04-01", "A", origin=DateOrigin.CREATED)).has_own_day


def test_hostile_texts_are_short_lines() -> None:
    item = only(shipment("2026-04-01", HOSTILE, license=HOSTILE, lab_name=HOSTILE))
    for text in (item.name, item.lab, item.title, item.sentence, *(it.title for it in item.sources)):
        assert text.isprintable()
        assert len(text) < 400


@pytest.mark.parametrize(
    ("license", "verdict", "words"),
    [
        pytest.param("MIT", "permissive", "MIT, permissive", id="a permissive one"),
        pytest.param("Kimi", "conditions", "Kimi, with conditions", id="one with conditions"),
        pytest.param("Odd", "unknown", "Odd, terms not assessed", id="one that nobody assessed"),
        pytest.param("", "not stated", "not stated", id="none"),
    ],
)
def test_licences_in_words(license: str, verdict: str, words: str) -> None:
    assert license_text(shipped("2026-04-01", license=license, verdict=verdict)) == words


@pytest.mark.parametrize("source", list(SourceKind), ids=lambda source: source.value)
def test_every_kind_of_source_has_a_name_on_its_link(source: SourceKind) -> None:
    one = shipment("2026-04-01", "A")
    mention = Mention(source, "A", "https://somewhere.example/A", NOW)
    (linked,) = only(replace(one, mentions=(mention,))).sources
    assert linked.label
