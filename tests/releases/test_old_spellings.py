"""A release whose key an older version of the bot stored is found under today's spelling."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.model import Kind, Name, Sighting, SourceKind, Verdict
from bot.releases.naming.names import parse
from bot.releases.news.decide import decide
from bot.releases.news.decision import Attach, Catalogue, Judged, Known, Observe, Open, Settings

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def stored(name: Name, key: str, family_key: str) -> Known:
    name = replace(name, release_key=key, family_key=family_key)
    return Known(name, key, NOW, NOW, silent=False, head="1", repositories={"aeolus/boreas-3.0-7b": "1"})


def repository(name: str) -> Judged:
    sighting = Sighting("hub:aeolus", SourceKind.HUB, "aeolus", "2", name, f"https://hub.example/{name}")
    return Judged(sighting, Verdict(Kind.VARIANT, "the same weights as FP8", parse(name, "aeolus")))


@pytest.mark.parametrize("name", ["aeolus/Boreas-3.0-7B-FP8", "aeolus/Boreas-3-7B-FP8"])
def test_a_variant_joins_it_under_the_key_that_is_stored(name: str) -> None:
    known = stored(parse("Boreas-3.0-7B", "aeolus"), "aeolus/boreas-3.0-7b", "aeolus/boreas-3.0")
    decision = decide([repository(name)], Catalogue([known]), now=NOW, settings=Settings())
    keys = {step.key for step in decision.steps if isinstance(step, Attach | Observe)}
    assert keys == {"aeolus/boreas-3.0-7b"}


def test_another_size_joins_its_wave() -> None:
    known = stored(parse("Boreas-3.0-7B", "aeolus"), "aeolus/boreas-3.0-7b", "aeolus/boreas-3.0")
    decision = decide([repository("aeolus/Boreas-3.0-70B")], Catalogue([known]), now=NOW, settings=Settings())
    assert [step.lead_key for step in decision.steps if isinstance(step, Open)] == ["aeolus/boreas-3.0-7b"]
