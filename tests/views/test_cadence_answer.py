"""How often labs ship, in figures, in a chart and in sentences that say the same."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from bot.cadence.period import lab_rows, month_rows, window_back
from bot.cadence.shipped import Shipped
from bot.records import Content
from bot.views import answers
from bot.views.commands import Command, Verb
from tests.cadence.releasing import shipped
from tests.support.builders import GOOGLE
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


def kimi(
    days: Sequence[tuple[str, date]] = KIMI_DAYS, lab: str = "moonshot", name: str = "Moonshot AI"
) -> list[Shipped]:
    """Return what a lab shipped, each name a family of its own."""
    return [shipped(str(day), title, lab, lab_name=name, family_key=f"{title} {day}") for title, day in days]


OTHERS = kimi(KIMI_DAYS[:2], "google", "Google")


def of_cadence(*labs: list[Shipped], today: date = TODAY, by: str = "lab") -> Content:
    history = [it for lab in labs for it in lab]
    window = window_back(today, 365)
    table = (
        answers.CadenceTable(window, months=month_rows(history, window))
        if by == "month"
        else answers.CadenceTable(window, labs=lab_rows(history, window))
    )
    return answers.cadence_answer(Command(Verb.CADENCE, "cadence"), table)


def points(answer: Content) -> dict[str, float]:
    (chart,) = [block for block in answer.blocks if block["type"] == "data_visualization"]
    return {point["label"]: point["value"] for point in chart["chart"]["series"][0]["data"]}


def test_the_cadence_of_one_lab_is_figures_chart_and_sentences() -> None:
    answer = of_cadence(kimi())
    assert points(answer) == {"Kimi K2-0905": 56, "Kimi K2 Thinking": 62, "Kimi K2.5": 82, "Kimi K2.6": 83}
    assert answer.text.startswith(
        "Moonshot AI: 5 releases in the last 365 days, 1 in 30 days, 1 in 90; median gap 72 days; "
        "last Kimi K2.6, 10 days ago. Next expected 2026-06-19 to 07-12; never tried yet. "
        "Days since the release before: Kimi K2-0905 56, Kimi K2 Thinking 62, Kimi K2.5 82, Kimi K2.6 83."
    )


def test_four_releases_are_too_few_to_say() -> None:
    answer = of_cadence(kimi(days=KIMI_DAYS[:4]))
    assert "*Median gap*\ntoo few to say" in shown(answer)
    assert "*Next expected*\ntoo few to say" in shown(answer)


def test_a_lab_that_is_overdue_is_later_than_usual() -> None:
    answer = of_cadence(kimi(), today=date(2026, 7, 15))
    assert "2026-06-19 to 07-12, 3 days ago: later than usual" in shown(answer)


def test_one_release_has_no_gaps_and_no_chart() -> None:
    answer = of_cadence(kimi(days=KIMI_DAYS[-1:]))
    assert not [block for block in answer.blocks if block["type"] == "data_visualization"]


def test_what_is_dated_ahead_is_not_the_last_release() -> None:
    ahead = (*KIMI_DAYS, ("Kimi K3", TODAY + 9 * DAY))
    assert "*Last release*\nKimi K2.6, 10 days ago" in shown(of_cadence(kimi(days=ahead)))


def test_two_on_one_day_are_one_bar() -> None:
    twins = (("A 1", TODAY - 9 * DAY), ("B 1", TODAY), ("C 1", TODAY))
    assert points(of_cadence(kimi(days=twins))) == {"B 1 +1": 9}


def test_several_labs_stand_side_by_side_the_busiest_first() -> None:
    answer = of_cadence(OTHERS, kimi())
    assert list(points(answer).items()) == [("Moonshot AI", 5), ("Google", 2)]
    assert "*Google* · 2 releases · median gap too few to say" in shown(answer)


def test_months_stand_one_below_the_other_with_all_labs() -> None:
    answer = of_cadence(OTHERS, kimi(), by="month")
    assert points(answer)["2025-09"] == 2
    assert "*2025-09* · 2 releases · 0 with open weights · Google 1, Moonshot AI 1" in shown(answer)


def test_what_is_dated_to_the_month_counts_and_makes_no_gap() -> None:
    history = [
        *kimi(KIMI_DAYS[-2:]),
        shipped("2026-03", "Kimi K2.5 Turbo", "moonshot", lab_name="Moonshot AI"),
    ]
    answer = of_cadence(history)
    assert "3 releases in the last 365 days" in answer.text
    assert points(answer) == {"Kimi K2.6": 83}


@pytest.mark.parametrize("labs", [[kimi()], [kimi(), OTHERS]], ids=["one lab", "two labs"])
def test_where_slack_refuses_charts_their_numbers_are_told(labs: list[list[Shipped]]) -> None:
    answer = of_cadence(*labs)
    plain = answers.without_charts(answer)
    assert not [block for block in plain.blocks if block["type"] == "data_visualization"]
    assert all(f"{label} {value}" in shown(plain) for label, value in points(answer).items())
    assert plain.text == answer.text


def test_a_message_without_charts_stays_as_it_is() -> None:
    answer = answers.help_answer()
    assert answers.without_charts(answer) == answer


def test_a_lab_that_never_shipped() -> None:
    command = Command(Verb.CADENCE, "cadence google", labs=(GOOGLE,))
    assert answers.cadence_answer(command, answers.CadenceTable(window_back(TODAY, 365))).text == (
        "Nothing came out in the last 365 days from Google, as far as I know."
    )
