"""Other people's hostile input, where it is beside the project: see corpora.py for where it is looked for."""

from contextlib import suppress

import pytest

from bot.errors import SourceError
from tests.support.memory import Watch
from tests.torture.alerts import alert_of, faults_of
from tests.torture.corpora import feeds, json_bodies, naughty_strings
from tests.torture.kinds import KINDS, SITE, Everywhere
from tests.torture.tally import Tally
from tests.torture.texts import SAYING


def check(kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
    with suppress(SourceError):
        for sighting in Watch(KINDS[kind](SITE)).poll(Everywhere(body, headers)).sightings:
            assert faults_of(alert_of(sighting)) == []


@pytest.mark.skipif(not feeds(), reason="feedparser's tests are not here (CADENCEBOT_CORPORA)")
def test_the_feeds_that_feedparser_is_tested_with(tally: Tally) -> None:
    for path in feeds():
        for kind in ("feed", "html", "json"):
            check(kind, path.read_bytes(), {"content-type": "application/xml"})
    tally.count("bad inputs", "feedparser's own feeds", len(feeds()))


@pytest.mark.skipif(not json_bodies(), reason="JSONTestSuite is not here (CADENCEBOT_CORPORA)")
def test_the_bodies_of_json_test_suite(tally: Tally) -> None:
    for path in json_bodies():
        body = path.read_bytes()
        for kind in KINDS:
            check(kind, body)
        check("hub", b'[{"_id": "a", "id": "b", "tags": ' + body + b"}]")
        check("feed", b'{"version": "jsonfeed.org", "items": [{"title": ' + body + b"}]}")
    tally.count("bad inputs", "JSONTestSuite", len(json_bodies()))


@pytest.mark.skipif(
    not naughty_strings(), reason="the big list of naughty strings is not here (CADENCEBOT_CORPORA)"
)
@pytest.mark.parametrize("shape", SAYING)
def test_the_big_list_of_naughty_strings(shape: str, tally: Tally) -> None:
    kind, body = SAYING[shape]
    for text in naughty_strings():
        check(kind, body(text, "2026-04-20"))
    tally.count("bad inputs", f"the big list: {shape}", len(naughty_strings()))
