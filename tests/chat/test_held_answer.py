"""What was held back, shown with what to do; within Slack's limits, whatever a source calls things."""

from datetime import timedelta
from typing import Any

import pytest

from bot.app.holding import LASTS
from bot.chat import answers
from bot.delivery.notice import render_flood
from bot.records import Flood
from tests.support.clock import START
from tests.support.slack import HOSTILE, complaints, pressed, shown

NOW = START + timedelta(hours=3)


def flood(number: int = 3, name: str = "Gemma 4", count: int = 20, source: str = "hub:google") -> Flood:
    return Flood(number, source, START, tuple(map(str, range(count))), (name,) * count)


def test_each_flood_has_its_releases_and_its_two_buttons() -> None:
    answer = answers.held_answer([flood()], NOW)
    assert "#3 *hub:google* showed 20 releases 3 h ago." in shown(answer)
    assert "• Gemma 4" in shown(answer)
    assert pressed(answer) == {
        "Announce": ("run:0", "held announce 3"),
        "Ignore": ("run:1", "held ignore 3"),
    }


def test_many_floods_are_shown_a_few_at_a_time() -> None:
    answer = answers.held_answer([flood(number) for number in range(1, 10)], NOW)
    assert "9 floods held back" in answer.text
    assert "4 more come after these" in shown(answer)


def test_no_flood_is_said() -> None:
    assert "Nothing is held back" in answers.held_answer([], NOW).text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_whatever_a_source_calls_things_slack_takes_it(validate: Any, hostile: str) -> None:
    many = [flood(number, hostile, 500, hostile) for number in range(1, 10)]
    assert complaints(validate, answers.held_answer(many, NOW)) == []
    assert complaints(validate, render_flood(many[0], LASTS)) == []
