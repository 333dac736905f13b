"""Whatever an address shows, and whatever a lab is called, Slack takes what is said of it."""

from typing import Any

import pytest

from bot.model import DateOrigin, Kind, Lab, Published, Sighting, SourceKind, Verdict
from bot.records import AddedLab, Content
from bot.releases.naming.names import parse
from bot.releases.news.decision import Judged
from bot.views import answers
from bot.views.notes import render_wrong_settings
from tests.support.builders import NOW
from tests.support.slack import HOSTILE, complaints


def judged(text: str) -> Judged:
    published = Published(NOW, DateOrigin.POSTED)
    sighting = Sighting("feed:x", SourceKind.FEED, "acme", text, text, "https://x.example/", published)
    return Judged(sighting, Verdict(Kind.RELEASE, text, parse(text or "Acme 2", "acme")))


def everything(text: str) -> list[Content]:
    lab = Lab("acme", text)
    tried = answers.Tried(f"feed:{text}", "a feed", text, [judged(text)] * 500, [text or "x"] * 5)
    written = {"name": text, "sources": [{"page": text}] * 9}
    added = [AddedLab(f"lab{number}", written, text, NOW) for number in range(99)]
    return [
        answers.proposal_answer(tried, lab, f"add {text}", is_new=True),
        answers.proposal_answer(tried, lab, "add x", is_new=False),
        answers.added_answer(lab, f"page:{text}"),
        answers.only_admins_answer(text, f"add {text}", are_there=True),
        answers.only_admins_answer(text, "add x", are_there=False),
        answers.wish_line("<@U1>", text, f"add {text}"),
        answers.added_labs_answer(added, NOW),
        answers.added_labs_answer([], NOW),
        answers.said(answers.reading_words(text)),
        render_wrong_settings(text * 9),
    ]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_everything_at_its_most_hostile(validate: Any, text: str) -> None:
    assert [found for answer in everything(text) for found in complaints(validate, answer)] == []


def test_a_proposal_reads_as_a_sentence_and_a_list() -> None:
    tried = answers.Tried("feed:acme.example/rss", "a feed", "acme", [judged("Acme 2 is here")] * 12)
    shown = answers.proposal_answer(tried, Lab("acme", "Acme"), "add acme.example", is_new=True)
    assert shown.text == (
        "feed:acme.example/rss is a feed: 12 items, judged as acme's: 12 release. Watch it as the lab Acme "
        "(`acme`)? `/releases add acme.example yes` adds it."
    )
    assert "and 2 more" in str(shown.blocks)
