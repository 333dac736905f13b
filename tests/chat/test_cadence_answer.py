"""How often labs ship, in figures, in a chart and in sentences that say the same."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from bot.cadence.stats import cadence
from bot.chat import answers
from bot.chat.answers import LabRhythm
from bot.chat.commands import Command, Verb
from bot.messages.content import Content
from bot.model import (
    Lab,
)
from tests.delivery.builders import (
    GOOGLE,
    MOONSHOT,
)
from tests.support.slack import shown

DAY = timedelta(days=1)
TODAY = date(2026, 4, 30)
KIMI_DAYS = (
    ("Kimi K2", date(2025, 7, 11)),
    ("Kimi K2-0905", date(2025, 9, 5)),
    ("Kimi K2 Thinking", date(2025, 11, 6)),
    ("Kimi K2.5", date(2026, 1, 27)),
    ("Kimi K2.6", date(2026, 4, 20)),
)


def rhythm(
    lab: Lab = MOONSHOT, days: Sequence[tuple[str, date]] = KIMI_DAYS, today: date = TODAY
) -> LabRhythm:
    return LabRhythm(lab, cadence((day for _, day in days), today), tuple(days))


def of_cadence(*rhythms: LabRhythm) -> Content:
    return answers.cadence_answer(Command(Verb.CADENCE, "cadence"), rhythms)


def points(answer: Content) -> dict[str, float]:
    (chart,) = [block for block in answer.blocks if block["type"] == "data_visualization"]
    return {point["label"]: point["value"] for point in chart["chart"]["series"][0]["data"]}


def test_the_rhythm_of_one_lab_is_figures_chart_and_sentences() -> None:
    answer = of_cadence(rhythm())
    assert points(answer) == {"Kimi K2-0905": 56, "Kimi K2 Thinking": 62, "Kimi K2.5": 82, "Kimi K2.6": 83}
    assert answer.text.startswith(
        "Moonshot AI: 1 in 30 days, 1 in 90, 5 in 365; median gap 72 days; last Kimi K2.6, 10 days ago. "
        "Next expected 2026-06-19 to 2026-07-12. "
        "Days since the release before: Kimi K2-0905 56, Kimi K2 Thinking 62, Kimi K2.5 82, Kimi K2.6 83."
    )


def test_four_releases_are_too_few_to_say() -> None:
    answer = of_cadence(rhythm(days=KIMI_DAYS[:4]))
    assert "*Median gap*\ntoo few to say" in shown(answer)
    assert "*Next expected*\ntoo few to say" in shown(answer)


def test_a_lab_that_is_overdue_is_later_than_usual() -> None:
    assert "2026-06-19 to 2026-07-12, 3 days ago: later than usual" in shown(
        of_cadence(rhythm(today=date(2026, 7, 15)))
    )


def test_one_release_has_no_gaps_and_no_chart() -> None:
    answer = of_cadence(rhythm(days=KIMI_DAYS[-1:]))
    assert not [block for block in answer.blocks if block["type"] == "data_visualization"]


def test_what_is_dated_ahead_is_not_the_last_release() -> None:
    ahead = (*KIMI_DAYS, ("Kimi K3", TODAY + 9 * DAY))
    assert "*Last release*\nKimi K2.6, 10 days ago" in shown(of_cadence(rhythm(days=ahead)))


def test_two_on_one_day_are_one_bar() -> None:
    twins = (("A 1", TODAY - 9 * DAY), ("B 1", TODAY), ("C 1", TODAY))
    assert points(of_cadence(rhythm(days=twins))) == {"B 1 +1": 9}


def test_a_name_that_comes_twice_has_two_bars() -> None:
    same = tuple(("Kimi", TODAY - days * DAY) for days in (30, 20, 5, 0))
    assert points(of_cadence(rhythm(days=same))) == {"Kimi": 10, "Kimi (2)": 15, "Kimi (3)": 5}


def test_several_labs_stand_side_by_side_the_busiest_first() -> None:
    answer = of_cadence(rhythm(GOOGLE, KIMI_DAYS[:2]), rhythm())
    assert list(points(answer).items()) == [("Moonshot AI", 5), ("Google", 2)]
    assert "*Google* · 0 in 30 days, 0 in 90, 2 in 365 · median gap too few to say" in shown(answer)


@pytest.mark.parametrize("rhythms", [[rhythm()], [rhythm(), rhythm(GOOGLE, KIMI_DAYS[:2])]])
def test_where_slack_refuses_charts_their_numbers_are_told(rhythms: list[LabRhythm]) -> None:
    answer = of_cadence(*rhythms)
    plain = answers.without_charts(answer)
    assert not [block for block in plain.blocks if block["type"] == "data_visualization"]
    assert all(f"{label} {value}" in shown(plain) for label, value in points(answer).items())
    assert plain.text == answer.text


def test_a_message_without_charts_stays_as_it_is() -> None:
    answer = answers.help_answer()
    assert answers.without_charts(answer) == answer


def test_a_lab_that_never_shipped() -> None:
    command = Command(Verb.CADENCE, "cadence google", labs=(GOOGLE,))
    assert answers.cadence_answer(command, []).text == (
        "Nothing came out in the last 365 days from Google, as far as I know."
    )
