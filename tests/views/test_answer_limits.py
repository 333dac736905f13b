"""Whatever comes in, Slack takes the answers: nothing too long, nothing refused, nothing that acts."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cadence.period import lab_rows, month_rows, window_back
from bot.errors import UsageError
from bot.model import (
    Artifact,
    Destination,
    Facts,
    Follow,
    Kind,
    Lab,
    License,
    LicenseStatement,
    Mention,
    Name,
    SourceKind,
    Wave,
)
from bot.records import (
    Content,
    Delivery,
    DigestPlan,
    ErrorReport,
    Mute,
    Pause,
    Preferences,
    Remembered,
    SourceState,
    Subscription,
)
from bot.releases.facts.filters import Filters
from bot.releases.news.coverage import Outcome, Record, Shown
from bot.views import answers
from bot.views.answers import BotStatus, Following
from bot.views.answers.why import Story
from bot.views.commands import Command, MisunderstoodError, Suggestion, Verb
from bot.views.forms import details_modal
from tests.cadence.releasing import shipped
from tests.support.builders import KIMI, NOW
from tests.support.places import C0123
from tests.support.slack import HOSTILE, complaints
from tests.support.waves import waves


def recent(text: str = "recent", **fields: Any) -> Command:
    return Command(Verb.RECENT, text, **fields)


def story(text: str = "moonshotai/Kimi-K2.6") -> Story:
    item = Remembered(
        "hub:moonshotai", "hub", "moonshot", text, text, "https://x.y/z", NOW, True, False,
        Kind.RELEASE, text, None, text, None,
    )  # fmt: skip
    sent = Delivery(1, "1", 1, text, C0123, "alert", "sent", 1, NOW, NOW, reason=text)
    return Story(item, KIMI.mentions, [sent])


NO_CADENCE = answers.CadenceTable(window_back(date(2026, 4, 30), 365))


@given(wave=waves(), count=st.integers(1, 20))
def test_whatever_is_released_slack_takes_the_answers(validate: Any, wave: Wave, count: int) -> None:
    others = [member.name.display for member in wave.members]
    page = answers.recent_answer(recent(labs=(wave.lab,), number=count), 99, [wave] * count, NOW, NOW)
    assert complaints(validate, page) == []
    assert complaints(validate, answers.show_answer(wave, others)) == []
    assert complaints(validate, answers.subscribed_answer(wave.lab.name, wave, NOW)) == []


@given(
    names=st.lists(st.sampled_from(HOSTILE) | st.text(max_size=9), min_size=1, max_size=30),
    days=st.lists(st.dates(date(2020, 1, 1), date(2027, 1, 1)), max_size=40),
    several=st.booleans(),
)
def test_whatever_the_cadence_slack_takes_the_chart(
    validate: Any, names: list[str], days: list[date], several: bool
) -> None:
    history = [
        shipped(str(day), names[number % len(names)] or "x", f"lab{number}", lab_name=name)
        for number, name in enumerate(names if several else names[:1])
        for day in days
    ]
    window = window_back(date(2026, 4, 30), 365)
    for table in (
        answers.CadenceTable(window, labs=lab_rows(history, window)),
        answers.CadenceTable(window, months=month_rows(history, window)),
    ):
        answer = answers.cadence_answer(Command(Verb.CADENCE, "cadence"), table)
        assert complaints(validate, answer) == []
        assert complaints(validate, answers.without_charts(answer)) == []


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_forty_sizes_with_sixty_variants_fit(validate: Any, text: str) -> None:
    mention = Mention(SourceKind.FEED, text, "https://x.y/?" + "&" * 75, NOW)
    facts = Facts(
        license=LicenseStatement(link=mention.url),
        parameters=10**15,
        active_parameters=10**15,
        parameters_counted=10**9,
        precision=text,
        download_bytes=10**15,
        task=text,
        gated="manual",
        summary=text,
    )
    model = replace(
        KIMI,
        name=Name("lab", text, display=text, release_key=text),
        license=License(text, text, "conditions", condition=text, duty=text),
        facts=facts,
        artifacts=tuple(Artifact(f"{n}{text}", f"{n}{text}", n == 0, text, NOW, facts) for n in range(61)),
        mentions=tuple(replace(mention, url=f"{mention.url}{n}") for n in range(9)),
    )
    lab = Lab("lab", text)
    for wave, times in ((Wave(lab, model, (model,), model), 20), (Wave(lab, model, (model,) * 40, model), 3)):
        page = answers.recent_answer(recent(labs=(lab,), number=20), 99, [wave] * times, NOW, NOW)
        assert complaints(validate, page) == []
        assert complaints(validate, answers.show_answer(wave, [text] * 9)) == []
        assert complaints(validate, details_modal(wave)) == []


def _coverage(text: str, at: datetime) -> dict[str, Record]:
    missed = Outcome(Shown("key", "lab", text, {"hub:x": at}), showed=False)
    return {f"feed:{n}{text}": Record(f"feed:{n}{text}", (missed,) * 9) for n in range(200)}


def everything(text: str, at: datetime = NOW) -> list[Content]:
    """Return every answer with as much of a text in it as there can be."""
    labs = [Lab(f"lab{number}", f"{number}{text}", (text,) * 9) for number in range(60)]
    subscriptions = [
        Subscription(C0123, Follow(f"lab{n % 60}"), Filters(text or "any", n), f"{n}{text}", at, text)
        for n in range(200)
    ]
    mutes = [Mute(C0123, f"{number}{text}", None) for number in range(60)]
    pauses = [Pause(Destination(text), at, text, at)] * 30
    following = Following(
        Destination(text),
        subscriptions,
        mutes,
        pauses[0],
        last_deliveries={},
        names={lab.id: lab.name for lab in labs},
    )
    states = [
        SourceState(f"feed:{n}{text}", polled_at=at, failing_since=at, failure=text or "x", complaint=text)
        for n in range(200)
    ]
    reports = [
        ErrorReport(number, 1, text, Destination(text), Destination(text), text, at) for number in range(40)
    ]
    suggestions = tuple(Suggestion(text, text) for _ in range(5))
    command = recent(text, labs=tuple(labs), filters=Filters(text))
    return [
        answers.recent_answer(command, 0, [], at),
        answers.cadence_answer(Command(Verb.CADENCE, text, labs=tuple(labs)), NO_CADENCE),
        answers.labs_answer(labs, text),
        answers.labs_answer(labs[:3], text),
        answers.labs_answer([], text),
        answers.list_answer(following, at),
        answers.list_answer(Following(Destination(text), pause=pauses[0]), at),
        answers.digest_answer(Preferences(digest=DigestPlan("weekly", zone=text)), at),
        answers.status_answer(
            BotStatus(text, states, {}, pauses, reports, corrects=True, coverage=_coverage(text, at)), at
        ),
        answers.help_answer(text),
        answers.said(text + "It is done", [*["x" * 100] * 30]),
        answers.error_answer(MisunderstoodError(text or "What?", suggestions), text),
        answers.error_answer(UsageError(text + "What?"), text),
        answers.confirm_answer(text + "Really?", text),
        answers.cannot_post_answer(text, Destination(text)),
        answers.cannot_post_answer(text, Destination(text), is_elsewhere=True, archived=True),
        answers.uninvited_answer(answers.said(text + "It is done", [*["x" * 100] * 30])),
        answers.undoable(answers.said(text + "It is done", ["and told"]), f"1776700012 C1 {text}"),
        answers.undone_answer(answers.undoable(answers.said(text + "It is done"), text)),
        answers.understood_answer(text, answers.said(text + "It is done")),
        answers.after(answers.said(text + "One"), answers.said(text + "Two", [*["x" * 100] * 30])),
        answers.subscribed_answer(text + "Done", None, at, left_out=text, notes=[text] * 50),
        answers.preview_answer(answers.said(text + "A digest"), DigestPlan("weekly", zone=text)),
        answers.preview_answer(None, None),
        answers.welcome_answer(Destination(text)),
        answers.why_answer([story(text)] * 20, [text or "waits"] * 50),
        answers.why_answer([]),
    ]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_everything_at_its_most_hostile_at_once(validate: Any, text: str) -> None:
    assert [found for answer in everything(text) for found in complaints(validate, answer)] == []
