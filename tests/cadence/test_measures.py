"""What is asked in a week, and what became of the repositories that were counted."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from bot.cadence.measures import (
    ChangeKind,
    Counted,
    Subject,
    changes_between,
    plan,
    week_name,
    week_of,
)

MONDAY = date(2026, 4, 20)
NOW = datetime(2026, 4, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "monday"),
    [
        pytest.param(NOW, MONDAY, id="a Monday is its own week"),
        pytest.param(datetime(2026, 4, 26, 23, 59, tzinfo=UTC), MONDAY, id="Sunday ends it"),
        pytest.param(
            datetime(2026, 4, 27, 1, tzinfo=timezone(timedelta(hours=2))), MONDAY, id="weeks are in UTC"
        ),
        pytest.param(datetime(2027, 1, 1, tzinfo=UTC), date(2026, 12, 28), id="across a year's end"),
    ],
)
def test_the_week_of_a_moment(moment: datetime, monday: date) -> None:
    assert week_of(moment) == monday


def test_weeks_are_called_as_calendars_call_them() -> None:
    assert (week_name(MONDAY), week_name(date(2026, 12, 28))) == ("2026-W17", "2026-W53")


def test_every_lab_gets_its_first_repository_before_any_gets_its_second() -> None:
    bases = {"qwen": ["Qwen/A", "Qwen/B", "Qwen/C"], "zai": ["zai-org/A"], "google": ["google/A", "google/B"]}
    tasks = plan(MONDAY, NOW, {"qwen": ["Qwen"], "zai": ["zai-org"]}, bases, 5)
    assert [task.of for task in tasks if task.subject is Subject.DERIVATIVES] == [
        "Qwen/A",
        "zai-org/A",
        "google/A",
        "Qwen/B",
        "google/B",
    ]


def test_tasks_are_spread_and_downloads_come_first() -> None:
    tasks = plan(MONDAY, NOW, {"qwen": ["Qwen", "Wan-AI"]}, {"qwen": ["Qwen/A", "Qwen/B"]}, 600)
    assert [(task.due_at - NOW) // timedelta(minutes=1) for task in tasks] == [0, 2, 4, 14]


def test_a_week_of_forty_labs_fits_into_three_days() -> None:
    labs = [f"lab{number}" for number in range(40)]
    tasks = plan(
        MONDAY, NOW, {lab: [lab, f"{lab}-2"] for lab in labs}, {lab: [lab] * 10 for lab in labs}, 600
    )
    assert len(tasks) == 480
    assert tasks[-1].due_at - NOW < timedelta(days=3)


K2 = Counted("moonshotai/Kimi-K2", 90)
KNOWN = Counted("moonshotai/Kimi-K2", 80, listed=True)


@pytest.mark.parametrize(
    ("before", "now", "kinds"),
    [
        pytest.param({}, {"1": K2}, [], id="the first sight of an organisation is no change"),
        pytest.param({"1": KNOWN}, {"1": K2}, [], id="other downloads are no change"),
        pytest.param({"1": KNOWN}, {"1": K2, "2": K2}, [ChangeKind.NEW], id="a new repository"),
        pytest.param(
            {"1": KNOWN},
            {"1": Counted("moonshotai/K2", 9)},
            [ChangeKind.RENAMED],
            id="a rename keeps the _id",
        ),
        pytest.param(
            {"1": KNOWN},
            {"2": K2},
            [ChangeKind.NEW, ChangeKind.VANISHED],
            id="deleted and made again is another repository",
        ),
        pytest.param(
            {"1": KNOWN, "2": Counted("x/y", 5, listed=False)}, {"1": K2}, [], id="it vanishes only once"
        ),
        pytest.param(
            {"1": Counted("moonshotai/Kimi-K2", 80, listed=False)},
            {"1": K2},
            [ChangeKind.RETURNED],
            id="what comes back is not new",
        ),
    ],
)
def test_changes_of_what_is_counted(
    before: dict[str, Counted], now: dict[str, Counted], kinds: list[ChangeKind]
) -> None:
    assert [change.kind for change in changes_between(before, now)] == kinds


def test_a_change_says_what_it_was_called_and_how_much_it_weighs() -> None:
    (change,) = changes_between({"1": KNOWN}, {"1": Counted("moonshotai/K2", 9)})
    assert (change.name, change.former, change.downloads) == ("moonshotai/K2", "moonshotai/Kimi-K2", 9)
    (gone,) = changes_between({"1": KNOWN, "2": KNOWN}, {"1": K2})
    assert gone.downloads == 80
