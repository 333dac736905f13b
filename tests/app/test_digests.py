"""The digest: on time in its channel's own zone, of one period each, silent when nothing came out."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cadence.habits import Habit
from bot.cadence.news import News, Silence, quiet_and_news
from bot.cadence.period import Window
from bot.model import ALL, Follow
from bot.outbox import digests
from bot.outbox.digests import next_digest, owe_due_digests
from bot.outbox.message import Refused
from bot.records import DigestPlan, Mute, Preferences
from bot.releases.facts.filters import Filters
from tests.support.house import House, at, licensed
from tests.support.places import C0, C1, C5, C7

BERLIN = DigestPlan("weekly", weekday=0, hour=9, zone="Europe/Berlin")
DAILY = DigestPlan("daily", hour=9)


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    plan(house, BERLIN)
    return house


def plan(house: House, digest: DigestPlan | None) -> None:
    due = next_digest(digest, house.clock.now()) if digest else None
    with house.store.transaction():
        house.store.preferences.set(C1, Preferences(digest=digest), due)


def tick(house: House) -> list[str]:
    """Owe and deliver what is due now; return the digests among it."""
    before = len(house.channel.messages)
    owe_due_digests(house.store, house.clock.now())
    house.courier.deliver_all()
    return [message.content.text for message in house.channel.messages[before:]]


def wait_until(house: House, moment: str) -> None:
    house.clock.advance(at(moment) - house.clock.now())


def release(house: House, name: str = "moonshotai/Kimi-K2.6") -> None:
    house.show(house.hub, house.repository(name, license=licensed("mit")))


def test_a_week_is_told_on_monday_morning_in_berlin_and_once(house: House) -> None:
    release(house)
    release(house, "zai-org/GLM-5.1")
    wait_until(house, "2026-04-06T06:59")
    assert tick(house) == []
    wait_until(house, "2026-04-06T07:00")
    [text] = tick(house)
    assert text.startswith("Model releases, 30 March – 5 April: 2 releases from 2 labs.")
    assert tick(house) == []


def test_nothing_is_sent_when_nothing_came_out_and_the_next_week_is_told(house: House) -> None:
    wait_until(house, "2026-04-06T08:00")
    assert tick(house) == []
    release(house)
    wait_until(house, "2026-04-13T08:00")
    assert len(tick(house)) == 1


def test_after_a_month_of_standing_still_only_the_newest_week_is_told(house: House) -> None:
    release(house)
    wait_until(house, "2026-05-01T12:00")
    release(house, "zai-org/GLM-5.1")
    wait_until(house, "2026-05-05T12:00")
    [text] = tick(house)
    assert "GLM-5.1" in text
    assert "Kimi" not in text
    wait_until(house, "2026-05-10T12:00")
    assert tick(house) == []


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        pytest.param(Filters(), True, id="everything"),
        pytest.param(Filters(license="permissive"), True, id="a licence that fits"),
        pytest.param(Filters(license="non-commercial"), False, id="a licence that does not"),
        pytest.param(Filters(min=10**9), False, id="a size that nobody stated"),
        pytest.param(Filters(kinds="variants"), False, id="only variants"),
    ],
)
def test_a_digest_tells_what_its_subscriptions_want(tmp_path: Path, filters: Filters, told: bool) -> None:
    house = House(tmp_path, subscribed=False)
    house.subscribe("C1", filters=filters)
    plan(house, BERLIN)
    release(house)
    wait_until(house, "2026-04-06T08:00")
    assert bool(tick(house)) == told


def test_a_muted_lab_is_left_out(house: House) -> None:
    release(house)
    with house.store.transaction():
        house.store.preferences.mute(Mute(C1, "moonshot", None))
    wait_until(house, "2026-04-06T08:00")
    assert tick(house) == []


def test_what_is_known_from_a_first_poll_is_told_by_its_own_date(tmp_path: Path) -> None:
    house = House(tmp_path, baselined=False)
    house.blog.shown += [house.post("Introducing Kimi K2.6", "moonshot", days_ago=0.1)]
    house.blog.shown += [house.post("Introducing Kimi K2.5", "moonshot", days_ago=90)]
    house.poller.poll(house.sources)
    plan(house, BERLIN)
    wait_until(house, "2026-04-06T08:00")
    [text] = tick(house)
    assert "1 release from 1 lab" in text


def test_labs_are_quiet_by_the_rule_of_the_cadence_page(tmp_path: Path) -> None:
    house = House(tmp_path, subscribed=False, baselined=False)
    house.blog.shown += [
        *(house.post(f"Introducing GLM-{n}", "zai", days_ago=70 - 6 * n) for n in range(2, 8)),
        *(house.post(f"Introducing Qwen{n}", "qwen", days_ago=500 - 6 * n) for n in range(2, 8)),
        house.post("Introducing Gemini 2", "google", days_ago=90),
    ]
    house.hub.others = 1
    house.poller.poll(house.sources)
    for lab in ("qwen", "google"):
        house.subscribe("C1", lab)
    house.subscribe("C1", "moonshot")
    house.subscribe("C1", "zai")
    plan(house, BERLIN)
    release(house)
    wait_until(house, "2026-04-06T08:00")
    tick(house)
    told = str(house.channel.messages[-1].content.blocks)
    assert "Z.ai: 32 days since GLM-7 (median gap 6)" in told
    assert "Qwen:" not in told  # for more than a year: nobody waits
    assert "Google:" not in told  # too few to say
    assert "Z.ai has gone quiet" not in told  # that was news in another week


def test_the_news_of_the_period_are_told(house: House) -> None:
    for number in range(3, 11):
        release(house, f"Qwen/Qwen{number}-8B")
        house.later(days=4)
    wait_until(house, "2026-05-11T08:00")
    tick(house)
    wait_until(house, "2026-05-13T08:00")
    release(house, "zai-org/GLM-9")
    wait_until(house, "2026-05-18T08:00")
    tick(house)
    news = [text for text in sections(house) if text.startswith("*News*")]
    assert "Qwen has gone quiet" in news[0]


def sections(house: House) -> list[str]:
    blocks = house.channel.messages[-1].content.blocks
    return [block["text"]["text"] for block in blocks if block["type"] == "section"]


def test_a_period_stands_beside_the_one_before_counted_alike(house: House) -> None:
    release(house)
    release(house, "zai-org/GLM-5.1")
    wait_until(house, "2026-04-06T08:00")
    tick(house)
    release(house, "zai-org/GLM-6")
    wait_until(house, "2026-04-13T08:00")
    tick(house)
    assert "1 release: 1 fewer than in the period before" in str(house.channel.messages[-1].content.blocks)


@pytest.mark.parametrize(
    ("hour", "days"),
    [
        pytest.param(9, "1 April", id="in the morning it is about the day before"),
        pytest.param(17, "2 April", id="in the afternoon about the day itself"),
    ],
)
def test_a_digest_bears_the_day_that_most_of_its_period_lies_in(house: House, hour: int, days: str) -> None:
    plan(house, DigestPlan("daily", hour=hour))
    house.clock.advance(at(f"2026-04-01T{hour:02}:30") - house.clock.now())
    tick(house)
    release(house)
    wait_until(house, f"2026-04-02T{hour:02}:00")
    assert tick(house)[-1].startswith(f"Model releases, {days}:")


@pytest.mark.logs("delivery_not_sent")
def test_a_digest_that_could_not_go_out_in_time_gives_way_to_the_next(house: House) -> None:
    plan(house, DAILY)
    release(house)
    wait_until(house, "2026-04-01T09:00")
    house.channel.outcomes = [Refused("Slack says is_archived")]
    assert tick(house) == []
    house.later(hours=2)
    release(house, "zai-org/GLM-5.1")
    house.channel.outcomes = [Refused("Slack says is_archived")]
    wait_until(house, "2026-04-02T10:00")
    tick(house)
    house.later(hours=2)
    digests = [text for text in tick(house) if text.startswith("Model releases")]
    assert len(digests) == 1
    assert "GLM-5.1" in digests[0]


def test_a_digest_that_is_turned_off_before_it_goes_stays_away(house: House) -> None:
    release(house)
    wait_until(house, "2026-04-06T08:00")
    owe_due_digests(house.store, house.clock.now())
    plan(house, None)
    house.courier.deliver_all()
    assert [text for text in house.channel.alerts if text.startswith("Model releases")] == []


def test_a_clock_that_runs_ahead_owes_no_digest_twice(house: House) -> None:
    release(house)
    wait_until(house, "2026-04-06T08:00")
    assert len(tick(house)) == 1
    with house.store.transaction():
        house.store.preferences.advance(C1, house.clock.now() - timedelta(hours=1))
    assert tick(house) == []


def test_a_changed_plan_loses_no_release(house: House) -> None:
    release(house)
    wait_until(house, "2026-04-06T07:30")
    assert len(tick(house)) == 1
    plan(house, DigestPlan("weekly", weekday=4, hour=16, zone="Europe/Berlin"))
    release(house, "moonshotai/Kimi-K3")
    wait_until(house, "2026-04-10T15:00")
    assert ["Kimi-K3" in text for text in tick(house)] == [True]


def test_an_empty_digest_comes_where_it_was_asked_for(house: House) -> None:
    plan(house, DigestPlan("daily", hour=9, always=True))
    wait_until(house, "2026-04-03T09:30")
    assert ["0 releases" in text for text in tick(house)] == [True]


@pytest.mark.logs("digest_failed")
def test_a_zone_that_this_machine_does_not_know_stops_no_other_digest(house: House) -> None:
    with house.store.transaction():
        broken = Preferences(digest=DigestPlan("daily", zone="Mars/Olympus"))
        house.store.preferences.set(C0, broken, house.clock.now())
    release(house)
    wait_until(house, "2026-04-06T07:30")
    assert len(tick(house)) == 1


def test_what_is_quiet_and_what_is_news_is_counted_once_for_all_digests_of_a_round(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[Window] = []

    def count(habits: Iterable[Habit], window: Window) -> tuple[list[Silence], list[News]]:
        counted.append(window)
        return quiet_and_news(habits, window)

    monkeypatch.setattr(digests, "quiet_and_news", count)
    release(house)
    always, followed = replace(BERLIN, always=True), {C0: "zai", C5: "moonshot", C7: "all"}
    with house.store.transaction():
        for place in followed:
            due = next_digest(BERLIN, house.clock.now())
            house.store.preferences.set(place, Preferences(digest=always), due)
    for place, lab in followed.items():
        house.subscribe(place, lab)
    wait_until(house, "2026-04-06T07:00")
    assert len(tick(house)) == 4
    assert len(counted) == 1


def test_a_record_of_a_lab_is_everybodys_only_where_nobody_has_a_larger_one(house: House) -> None:
    for number in range(1, 7):
        large, small = 900 + 100 * number, 7 + 4 * number
        house.show(house.hub, house.repository(f"zai-org/GLM-{number}", parameters=large * 10**9))
        house.later(days=1)
        house.show(house.hub, house.repository(f"moonshotai/Kimi-K{number}", parameters=small * 10**9))
    with house.store.transaction():
        house.store.subscriptions.remove(C1, [Follow(ALL)])
    house.subscribe("C1", "moonshot")
    wait_until(house, "2026-04-13T07:00")
    tick(house)
    told = str(house.channel.messages[-1].content.blocks)
    assert "Moonshot AI's largest open model" in told
    assert "any lab's" not in told
