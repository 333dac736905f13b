"""What is followed and how the bot fares: nothing is silent, and nobody wonders who did it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.model import Destination, Follow, SourceKind
from bot.records import (
    FROM_FILE,
    FROM_SLACK,
    DigestPlan,
    ErrorReport,
    Flood,
    Hint,
    Mute,
    Pause,
    Preferences,
    Push,
    SourceState,
    Subscription,
)
from bot.releases.facts.filters import Filters
from bot.releases.naming.names import parse
from bot.releases.news.coverage import Outcome, Record, Shown
from bot.views import answers
from bot.views.answers import BotStatus, Following
from tests.support.builders import NOW
from tests.support.places import C0123, U0123
from tests.support.slack import pressed, shown

DAY = timedelta(days=1)

# --- status

FINE = SourceState(
    "hub:google", baseline_at=NOW - DAY, polled_at=NOW, succeeded_at=NOW - timedelta(minutes=1)
)
OLDER = replace(FINE, id="hub:moonshotai", succeeded_at=NOW - timedelta(minutes=9))
FAILING = SourceState(
    "feed:x.y/rss",
    baseline_at=NOW - 3 * DAY,
    polled_at=NOW,
    succeeded_at=NOW - 2 * DAY,
    failing_since=NOW - timedelta(hours=3),
    failures=3,
    failure="rate limited",
    complaint="429 from x.y",
)


def test_trouble_is_told_in_full_and_what_is_well_is_counted() -> None:
    status = BotStatus("1.0", [FINE, OLDER, FAILING, SourceState("page:new")], {"owed": 3, "sent": 120})
    answer = answers.status_answer(status, NOW)
    assert answer.text.startswith("cadencebot 1.0 reads 4 sources: 2 fine, 1 failing, 1 not read yet.")
    assert "• *feed:x.y/rss* asks for fewer requests for 3 h, last read 2 d ago: 429 from x.y" in shown(
        answer
    )
    assert "• 2 Hugging Face organisations, read between 1 min ago and 9 min ago" in shown(answer)
    assert "Messages: 3 waiting to be sent, 120 sent." in shown(answer)


def failing(*labs: str, **how: object) -> list[SourceState]:
    """Return organisations that fail since five minutes, for the reason that their host gives."""
    since = NOW - timedelta(minutes=5)
    down = SourceState("", failing_since=since, failures=1, failure="unreachable", complaint="no route")
    return [replace(down, **{"id": f"hub:{lab}", **how}) for lab in labs]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        pytest.param(
            failing("a", "b", "c"),
            ["No source can be reached, for 5 min: is there a network?"],
            id="no network",
        ),
        pytest.param(
            [*failing("a", "b", "c"), FINE],
            ["*hub:a*, *hub:b*, *hub:c*: their host cannot be reached for 5 min, never read: no route"],
            id="a host that is down, while others are read",
        ),
        pytest.param(
            failing("a", "b", "c", "d", failure="timeout"),
            [
                (
                    "*hub:a*, *hub:b*, *hub:c* and 1 more: their host "
                    "does not answer in time for 5 min, never read: no route"
                )
            ],
            id="many of a host",
        ),
        pytest.param(
            [*failing("a", failure="gone"), *failing("b", failure="gone", complaint="404")],
            [
                "*hub:a* is no longer there for 5 min, never read: no route",
                "*hub:b* is no longer there for 5 min, never read: 404",
            ],
            id="two that fail for reasons of their own",
        ),
    ],
)
def test_failures_are_told_by_cause(sources: Sequence[SourceState], said: Sequence[str]) -> None:
    told = shown(answers.status_answer(BotStatus("1.0", sources), NOW))
    assert [line for line in told.splitlines() if "5 min" in line] == [f"• {line}" for line in said]


@pytest.mark.parametrize(
    ("odd", "counted", "said"),
    [
        pytest.param(
            replace(FINE, baseline_at=None),
            "1 source: 0 fine, 1 with nothing yet.",
            "• *hub:google* has shown nothing yet: what it shows first is remembered, not announced",
            id="an organisation that lists nothing",
        ),
        pytest.param(
            replace(FINE, distrusted_at=NOW - 2 * DAY),
            "1 source: 1 fine.",
            "• *hub:google* says “not modified” of what has changed (found 2 d ago), "
            "so it is read whole every time",
            id="validators that lied",
        ),
    ],
)
def test_a_source_that_answers_and_is_odd_is_told(odd: SourceState, counted: str, said: str) -> None:
    answer = answers.status_answer(BotStatus("1.0", [odd]), NOW)
    assert counted in answer.text
    assert said in shown(answer)


def test_new_repositories_that_are_waited_for_are_named() -> None:
    notes = {f"{n}": {"id": f"moonshotai/K{n}", "since": NOW.isoformat(), "why": "x"} for n in range(7)}
    waiting = replace(OLDER, cursor={"waiting": {**notes, "9": {**notes["1"], "told": NOW.isoformat()}}})
    said = shown(answers.status_answer(BotStatus("1.0", [FINE, waiting]), NOW))
    assert "Waited for: 7 new on the Hub (`why` tells what for): moonshotai/K0, moonshotai/K1" in said
    assert "moonshotai/K4 and 2 more" in said


ASKED = Push("hub:google", "https://hub.example/", "https://x.y/rss", "5ecret", NOW - DAY)


@pytest.mark.parametrize(
    ("push", "words"),
    [
        pytest.param(replace(ASKED, token=""), "pushed", id="by the Hub's webhook"),
        pytest.param(
            replace(ASKED, lease_until=NOW + DAY),
            f"pushed until {NOW + DAY:%Y-%m-%d %H:%M} UTC",
            id="by a lease",
        ),
        pytest.param(
            replace(ASKED, lease_until=NOW + DAY, refused="its hub answered 500"),
            f"pushed until {NOW + DAY:%Y-%m-%d %H:%M} UTC; when asked again, its hub answered 500",
            id="by a lease that is not renewed",
        ),
        pytest.param(ASKED, "polled only until its hub confirms", id="asked, and not confirmed"),
        pytest.param(replace(ASKED, lease_until=NOW), "polled only: its lease has ended", id="no more"),
        pytest.param(
            replace(ASKED, refused="its hub denied it: <b>no"),
            "polled only: its hub denied it: &lt;b&gt;no",
            id="denied; the hub's words are escaped",
        ),
    ],
)
def test_a_source_says_whether_it_is_pushed_and_until_when(push: Push, words: str) -> None:
    status = BotStatus("1.0", [FINE, OLDER], pushes={"hub:google": push})
    whole = shown(answers.status_answer(status, NOW, whole=True))
    assert f" · {words}\n" in whole
    assert whole.count("pushed") + whole.count("polled only") == 1
    brief = shown(answers.status_answer(status, NOW))
    assert ("1 of 2 sources pushed as well as polled" in brief) == push.holds(NOW)


def test_a_service_that_stands_still_is_noticed() -> None:
    answer = answers.status_answer(BotStatus("1.0", [FINE]), NOW + timedelta(hours=5))
    assert "Nothing was read for 5 h: is `cadencebot run` still running?" in answer.text


def test_a_flood_that_waits_is_told_with_what_to_do() -> None:
    flood = Flood(3, "hub:google", NOW - DAY, tuple(map(str, range(12))), ())
    said = "*hub:google* showed 12 releases at once 1 d ago: held until somebody announces or ignores them"
    answer = answers.status_answer(BotStatus("1.0", [FINE], held=[flood]), NOW)
    assert said in shown(answer)
    assert "`/releases held`" in shown(answer)


def test_a_name_that_no_item_carried_is_told_with_what_to_do() -> None:
    name = parse("GLM-6", "zai")
    hint = Hint(name, "page:z.ai", SourceKind.PAGE, "GLM-6 is here", "https://z.ai/6", NOW - DAY, NOW)
    flood = Flood(3, "page:z.ai", NOW - DAY, (), ("GLM-6",), hint=hint)
    answer = answers.status_answer(BotStatus("1.0", [FINE], held=[flood]), NOW)
    assert "*page:z.ai* names GLM-6, which no source has shown: asked about 1 d ago" in shown(answer)
    waiting = answers.status_answer(BotStatus("1.0", [FINE], hints=[hint, hint]), NOW)
    assert "Waited for: 2 names that no item carries" in shown(waiting)


def test_what_each_source_showed_is_told_the_worst_first() -> None:
    outcomes = [
        Outcome(Shown(f"lab/{number}", "lab", f"GLM-{number}", {"hub:x": NOW}), showed=number < 5)
        for number in range(8)
    ]
    coverage = {
        "hub:x": Record("hub:x", tuple(outcomes[:5])),
        "feed:x": Record("feed:x", tuple(outcomes)),
        "page:x": Record("page:x"),
    }
    answer = answers.status_answer(BotStatus("1.0", [FINE], coverage=coverage), NOW)
    told = shown(answer)
    assert (
        "*feed:x* is perhaps blind: missed the last 3 releases that others brought (GLM-5, GLM-6, GLM-7)"
        in told
    )
    assert told.index("feed:x showed 5 of 8") < told.index("hub:x showed 5 of 5")
    assert "page:x" not in told


def test_pauses_and_reports_are_told_and_only_those_who_may_can_correct() -> None:
    pause = Pause(Destination("T1/C0123"), NOW - 2 * DAY, "not_in_channel", NOW + timedelta(minutes=12))
    report = ErrorReport(7, 1, "Kimi K2.6", C0123, U0123, "it is MIT", NOW - DAY)
    status = BotStatus("1.0", [FINE], {}, [pause], [report])
    answer = answers.status_answer(status, NOW)
    assert "• <#C0123> for 2 d: not_in_channel · tried again in 12 min" in shown(answer)
    assert "• #7 *Kimi K2.6*: “it is MIT” <@U0123>, 1 d ago" in shown(answer)
    assert pressed(answer) == {}
    assert pressed(answers.status_answer(replace(status, corrects=True), NOW)) == {
        "Correct #7": ("correct:7", "7")
    }


# --- list, settings, digest


def subscription(lab: str, origin: str = FROM_SLACK, by: str = "U0123", **filters: Any) -> Subscription:
    return Subscription(C0123, Follow(lab), Filters(**filters), origin, NOW, by)


def test_subscriptions_of_one_lab_are_one_line() -> None:
    following = Following(
        C0123,
        [subscription("qwen", license="permissive"), subscription("qwen", FROM_FILE, max=7 * 10**9)],
        last_deliveries={"qwen": NOW - 3 * DAY},
        names={"qwen": "Qwen"},
    )
    assert (
        "• *Qwen*: license:permissive or max:7b · by <@U0123> on 2026-04-20, from feeds.yaml "
        "· last message 3 d ago" in shown(answers.list_answer(following, NOW))
    )


def test_one_subscription_without_filters_wants_everything() -> None:
    following = Following(C0123, [subscription("qwen", max=7), subscription("qwen", FROM_FILE)])
    assert "• *qwen*: every release" in shown(answers.list_answer(following, NOW))


def test_all_labs_come_first_and_last_heard_of_any() -> None:
    following = Following(
        C0123, [subscription("a"), subscription("all")], last_deliveries={"b": NOW - 2 * DAY}
    )
    said = shown(answers.list_answer(following, NOW))
    assert said.index("*All labs*") < said.index("*a*")
    assert "on 2026-04-20 · last message 2 d ago\n• *a*" in said
    assert "*a*: every release · by <@U0123> on 2026-04-20 · no message yet" in said


def test_a_mute_is_shown_while_it_lasts() -> None:
    mutes = [
        Mute(C0123, "qwen", NOW + DAY),
        Mute(C0123, "zai", None),
        Mute(C0123, "old", NOW - DAY),
    ]
    said = shown(answers.list_answer(Following(C0123, [subscription("qwen")], mutes), NOW))
    assert "no message yet · 🔕 muted until <!date^" in said
    assert "zai: 🔕 muted until somebody unmutes it" in said
    assert "old" not in said


def test_a_pause_says_why_and_that_nothing_is_lost() -> None:
    pause = Pause(C0123, NOW - 2 * DAY, "not_in_channel", NOW)
    answer = answers.list_answer(Following(C0123, [subscription("qwen")], pause=pause), NOW)
    assert "⏸️ Paused for 2 d: not_in_channel. Nothing is unsubscribed; it is tried again now." in answer.text


def test_who_follows_nothing_learns_how() -> None:
    answer = answers.list_answer(Following(C0123), NOW)
    assert answer.text.startswith("<#C0123> follows nothing yet. For one lab type `/releases subscribe qwen`")
    assert pressed(answer)["Follow all labs"] == ("replace:0", "subscribe all")


def test_settings_have_a_button_for_every_other_way() -> None:
    answer = answers.settings_answer(Preferences(variants="post"))
    assert answer.text == (
        "This is how I tell you. Variants: as messages of their own. Updates: the message is edited. "
        "Replies to a message: at most one in 15 minutes. Digest: none."
    )
    assert {label: command for label, (_, command) in pressed(answer).items()} == {
        "Variants: in the thread of their release": "settings variants:thread",
        "Variants: not told": "settings variants:off",
        "Updates: told in the thread": "settings updates:thread",
        "Updates: not told": "settings updates:off",
        "Replies: at most one in an hour": "settings every:1h",
        "Replies: each at once": "settings every:0m",
    }


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        pytest.param(None, "No digest is sent here.", id="none"),
        pytest.param(
            DigestPlan("weekly", 4, 9, 5, "Europe/Berlin"),
            "A digest is sent here every Friday at 09:05 Europe/Berlin.",
            id="a week's",
        ),
        pytest.param(DigestPlan("daily"), "A digest is sent here every day at 09:00 UTC.", id="a day's"),
    ],
)
def test_the_digest(plan: DigestPlan | None, said: str) -> None:
    assert answers.digest_answer(Preferences(digest=plan), NOW).text.startswith(said)
