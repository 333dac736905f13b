"""Whatever is released, Slack takes the message: its limits are checked here, and by ../shared/slackcheck."""

import json
import operator
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cadence.news import Limit, News, NewsKind, Silence
from bot.cadence.shipped import Shipped
from bot.model import (
    Artifact,
    DateOrigin,
    Destination,
    Facts,
    Lab,
    License,
    LicenseStatement,
    Mention,
    Name,
    Note,
    NoteKind,
    Published,
    Release,
    SourceKind,
    Wave,
)
from bot.records import Content, Flood, Hint, Triage, Watch
from bot.releases.facts.filters import Filters
from bot.views.alert import LicenseChange, render_alert
from bot.views.answers.following import watch_lines
from bot.views.digest import Digest, render_digest
from bot.views.group import MOST, render_group
from bot.views.notes import (
    COLLECTED,
    render_flood,
    render_hint,
    render_note,
    render_notes,
    render_pause,
    render_strange,
    render_update,
)
from bot.views.terminal import rich_text
from bot.views.triage import STATES, with_triage
from bot.views.watches import render_watch
from tests.support.builders import NOW
from tests.support.waves import DATES, FACTS, LICENSES, OUTSIDE, URLS, waves

_NOTES = st.builds(
    Note, st.sampled_from(NoteKind), OUTSIDE, URLS, st.sampled_from(SourceKind), OUTSIDE, FACTS,
    st.none() | LICENSES,
)  # fmt: skip


_CHANGES = st.none() | st.builds(LicenseChange, LICENSES, DATES)


def silence(lab: str, name: str = "a model") -> Silence:
    last = Shipped("lab", name, "family", Published(NOW, DateOrigin.SEEN), lab_name=lab)
    return Silence(last, NOW.date(), Limit(14, "a reason"), 0.5, None)


def news(sentence: str) -> News:
    return News(NewsKind.QUIET, "lab", NOW.date(), sentence, "family")


_DIGESTS = st.builds(
    Digest,
    st.builds(operator.mul, st.lists(waves(), min_size=1, max_size=2), st.sampled_from([1, 20])),
    st.lists(waves(), max_size=2),
    st.lists(st.builds(silence, OUTSIDE, OUTSIDE), max_size=12),
    st.lists(st.builds(news, OUTSIDE), max_size=12),
    st.dates(),
    st.dates(),
    OUTSIDE,
)


def texts(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the kind and text of each text object."""
    if isinstance(value, Mapping):
        if value.get("type") in {"mrkdwn", "plain_text"}:
            yield value["type"], value["text"]
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(part)


def check(content: Content) -> None:
    """Check what Slack documents as its limits, and that nothing from outside became markup."""
    blocks = content.blocks
    assert 1 <= len(blocks) <= 50
    assert 10 < len(content.text) <= 4_000
    assert len(content.text.encode()) <= 4_000  # chat.update counts bytes
    for kind, text in [*texts(blocks), ("mrkdwn", content.text)]:
        assert text.strip()
        assert len(text) <= 3_000
        assert kind == "plain_text" or "<!channel" not in text
        assert "\u202e" not in text
    for block in blocks:
        assert len(block.get("fields", ())) <= 10
        assert all(len(field["text"]) <= 2_000 for field in block.get("fields", ()))
        assert len(block.get("elements", ())) <= 10
        assert all(len(one.get("accessibility_label", "")) <= 75 for one in block.get("elements", ()))
        assert block["type"] != "header" or len(block["text"]["text"]) <= 150
    assert sum(len(rich_text(text).plain) for _, text in texts(blocks)) < 10_000


def check_read(content: Content) -> None:
    """Check the same of a message whose addresses are known: none is read out, a notification shows none."""
    check(content)
    assert "https://" not in content.text


def complaints(validate: Any, content: Content) -> list[str]:
    """Return what the strict checker says, less its guess that markup from outside was ours."""
    payload = {
        "channel": "C0123ABC456",
        "text": content.text,
        "blocks": json.loads(json.dumps(content.blocks)),
    }
    shown_literally = {"double_escaped", "markup_in_plain_text"}
    return [str(issue) for issue in validate(payload) if issue.code not in shown_literally]


@given(waves())
def test_every_alert_is_within_the_limits(wave: Wave) -> None:
    check(render_alert(wave, NOW, interactive=True))


@given(waves(), _NOTES, _CHANGES)
def test_every_reply_is_within_the_limits(wave: Wave, note: Note, change: LicenseChange | None) -> None:
    check(render_note(wave, note))
    check(render_notes(wave, [note] * 40))
    check(render_update(wave, NOW, change))


@given(waves(), st.booleans())
def test_every_grouped_message_is_within_the_limits(wave: Wave, interactive: bool) -> None:
    check(render_group([wave] * MOST, NOW, interactive=interactive))


_MADE = st.builds(
    Triage,
    st.just(Destination("C1")),
    st.just(1),
    st.sampled_from([*STATES]),
    st.just("UANA"),
    OUTSIDE,
    DATES,
)


@given(waves(), _MADE)
def test_every_alert_that_says_what_a_channel_made_of_it_is_within_the_limits(
    wave: Wave, made: Triage
) -> None:
    alert = render_alert(wave, NOW, interactive=True)
    check(with_triage(alert, [wave], {wave.lead.id: made}, interactive=True))


@given(waves(), _MADE)
def test_every_grouped_message_that_does_is_within_the_limits(wave: Wave, made: Triage) -> None:
    several = [replace(wave, lead=replace(wave.lead, id=number)) for number in range(MOST)]
    group = render_group(several, NOW, interactive=True)
    check(with_triage(group, several, dict.fromkeys(range(MOST), made), interactive=True))


@given(waves(), OUTSIDE, OUTSIDE)
def test_every_message_that_something_is_so_is_within_the_limits(wave: Wave, name: str, person: str) -> None:
    watch = Watch(Destination("C1"), "lab", name, Filters(match=(name,)), name, "1.1", person, NOW)
    check(render_watch(watch, wave.lab, wave.lead, name))
    assert len(watch_lines([watch] * 50)[0]) <= 3_000


@given(_DIGESTS)
def test_every_digest_is_within_the_limits(digest: Digest) -> None:
    check(render_digest(digest))


@given(OUTSIDE, OUTSIDE)
def test_every_notice_is_within_the_limits(destination: str, reason: str) -> None:
    check(render_pause(Destination(destination), reason))


@given(wave=waves(), note=_NOTES, change=_CHANGES)
def test_the_strict_checker_has_no_complaint(
    validate: Any, wave: Wave, note: Note, change: LicenseChange | None
) -> None:
    assert complaints(validate, render_alert(wave, NOW, interactive=True, change=change)) == []
    assert complaints(validate, render_note(wave, note)) == []
    assert complaints(validate, render_update(wave, NOW, change)) == []
    assert complaints(validate, render_group([wave] * 4, NOW, interactive=True)) == []


@given(digest=_DIGESTS)
def test_the_strict_checker_has_no_complaint_of_a_digest(validate: Any, digest: Digest) -> None:
    assert complaints(validate, render_digest(digest)) == []


@pytest.mark.parametrize("hostile", ["&" * 10_000, "x" * 10_000, "<" * 10_000, "\u202e" * 10_000])
def test_everything_at_its_longest_at_once(hostile: str) -> None:
    license = License(hostile, hostile, "conditions", condition=hostile)
    facts = Facts(
        license=LicenseStatement(link="https://x.y/?" + "&" * 90),
        parameters=10**15,
        active_parameters=10**15,
        precision=hostile,
        download_bytes=10**15,
        task=hostile,
        gated="manual",
        summary=hostile,
    )
    url = "https://x.y/?" + "&" * 75
    mentions = tuple(Mention(kind, hostile, url, NOW) for kind in SourceKind)
    artifacts = tuple(Artifact(str(n), hostile, n == 0, f"{n}{hostile}", NOW) for n in range(61))
    name = Name("lab", hostile, display=hostile)
    lead = Release(1, name, NOW, Published(NOW, DateOrigin.SEEN), license, facts, False, artifacts, mentions)
    wave = Wave(Lab("lab", hostile), lead, (lead,) * 40, lead, url)
    check_read(render_alert(wave, NOW))
    alone = Wave(wave.lab, lead, (lead,), lead, url)
    check_read(
        render_alert(alone, NOW, interactive=True, change=LicenseChange(License("x", hostile, "x"), NOW))
    )
    check_read(render_group([alone] * MOST, NOW, interactive=True))
    check_read(
        render_digest(
            Digest(
                [alone] * 90,
                [alone],
                [silence(hostile, hostile)] * 20,
                [news(hostile)] * 20,
                NOW.date(),
                NOW.date(),
                hostile,
            )
        )
    )
    for kind in NoteKind:
        note = Note(kind, hostile, url, SourceKind.HUB, hostile, facts, license)
        check_read(render_note(wave, note))
        many = [Note(more, hostile, url, SourceKind.HUB) for more in COLLECTED] * 20
        check_read(render_notes(wave, [note, *many]))
    check_read(render_pause(Destination(hostile), hostile))
    check_read(render_strange(hostile, 2))
    hint = Hint(name, hostile, SourceKind.FEED, hostile, url, NOW, NOW)
    check_read(render_hint(1, hint, timedelta(days=3)))
    check_read(render_flood(Flood(1, hostile, NOW, ("a",) * 40, (hostile,) * 40), timedelta(days=3)))
