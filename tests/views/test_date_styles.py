"""What is posted has its days in words, an answer has its dates in numbers, and neither mixes the two."""

import json
import re
from datetime import UTC, date, datetime

import pytest

from bot.model import Follow, Note, NoteKind, SourceKind
from bot.records import Content, DigestPlan, Mute, Preferences, Subscription, Triage
from bot.releases.facts.filters import Filters
from bot.views import answers
from bot.views.alert import LicenseChange, render_alert
from bot.views.answers import Following
from bot.views.commands import Command, Verb
from bot.views.digest import Digest, render_digest
from bot.views.group import render_group
from bot.views.notes import render_note, render_notes, render_update
from bot.views.triage import with_triage
from tests.support.builders import APACHE, KIMI, KIMI_K25, NOW, alone, listing, named, release
from tests.support.places import C0123

IN_NUMBERS = re.compile(r"\d{4}-\d\d|<!date")
IN_WORDS = re.compile(
    r"\b(January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
EARLIER = datetime(2025, 12, 30, tzinfo=UTC)
WAVE = alone(KIMI, previous=KIMI_K25)
LISTED = alone(release(named("Kimi K3"), mentions=[listing("K3", EARLIER)]))
CHANGE = LicenseChange(APACHE, EARLIER)
NOTE = Note(NoteKind.VARIANT, "m/k-FP8", "https://x.y/k", SourceKind.HUB, packaging="FP8")
ADOPTED = Triage(C0123, WAVE.lead.id, "adopted", "U1", "ana", NOW)
WEEK = Digest([WAVE], [WAVE], [], [], date(2026, 3, 30), date(2026, 4, 5), "weekly mon 9:00")
FOLLOWING = Following(
    C0123,
    (Subscription(C0123, Follow("moonshot"), Filters(), "slack", EARLIER, "U1"),),
    (Mute(C0123, "zai", NOW),),
)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(render_alert(WAVE, NOW, change=CHANGE), id="an alert"),
        pytest.param(render_alert(LISTED, NOW), id="the alert of a listing"),
        pytest.param(
            with_triage(render_alert(WAVE, NOW), [WAVE], {WAVE.lead.id: ADOPTED}), id="a marked alert"
        ),
        pytest.param(render_group([WAVE, LISTED], NOW), id="a message of several"),
        pytest.param(render_update(WAVE, NOW, CHANGE), id="an update"),
        pytest.param(render_note(WAVE, NOTE), id="a reply"),
        pytest.param(render_notes(WAVE, [NOTE, NOTE]), id="a reply for several"),
        pytest.param(render_digest(WEEK), id="a digest"),
    ],
)
def test_what_is_posted_has_days_in_words(content: Content) -> None:
    assert not IN_NUMBERS.search(said(content))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(answers.recent_answer(Command(Verb.RECENT, "recent"), 1, [WAVE], NOW), id="recent"),
        pytest.param(answers.show_answer(WAVE, []), id="show"),
        pytest.param(answers.list_answer(FOLLOWING, NOW), id="list"),
        pytest.param(answers.digest_answer(Preferences(digest=DigestPlan("daily")), NOW), id="digest"),
    ],
)
def test_an_answer_has_dates_in_numbers(content: Content) -> None:
    assert IN_NUMBERS.search(said(content))
    assert not IN_WORDS.search(said(content))


def said(content: Content) -> str:
    return f"{content.text} {json.dumps(content.blocks)}"
