"""What was held back, shown with what to do; within Slack's limits, whatever a source calls things."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.model import SourceKind
from bot.outbox.floods import left
from bot.records import LASTS, Flood, Hint
from bot.releases.naming.names import parse
from bot.views import answers
from bot.views.notes import render_flood, render_hint
from tests.support.clock import START
from tests.support.slack import HOSTILE, complaints, pressed, shown

NOW = START + timedelta(hours=3)


def flood(number: int = 3, name: str = "Gemma 4", count: int = 20, source: str = "hub:google") -> Flood:
    return Flood(number, source, START, tuple(map(str, range(count))), (name,) * count)


def asked(number: int = 4, said: str = "GLM-6", source: str = "page:z.ai/blog") -> Flood:
    """Return the question about a name that no item carried."""
    name = replace(parse("GLM-6", "zai"), display=said)
    hint = Hint(name, source, SourceKind.PAGE, f"{said} is here", "https://z.ai/6", START, START)
    return Flood(number, source, START, (), (said,), hint=hint)


def test_a_name_has_the_words_around_it_and_the_same_two_buttons() -> None:
    answer = answers.held_answer([asked()], NOW, left)
    assert "#4 *page:z.ai/blog* names <https://z.ai/6|GLM-6>, which no source has shown" in shown(answer)
    assert "“GLM-6 is here”" in shown(answer)
    assert pressed(answer)["Ignore"] == ("replace:1", "held ignore 4")
    assert "1 name held back" in answer.text
    assert "1 flood and 1 name held back" in answers.held_answer([flood(), asked()], NOW, left).text


def test_each_flood_has_its_releases_and_its_two_buttons() -> None:
    answer = answers.held_answer([flood()], NOW, left)
    assert "#3 *hub:google* showed 20 releases 3 h ago." in shown(answer)
    assert "• Gemma 4" in shown(answer)
    assert pressed(answer) == {
        "Announce": ("replace:0", "held announce 3"),
        "Ignore": ("replace:1", "held ignore 3"),
    }


def test_many_floods_are_shown_a_few_at_a_time() -> None:
    answer = answers.held_answer([flood(number) for number in range(1, 10)], NOW, left)
    assert "9 floods held back" in answer.text
    assert "4 more come after these" in shown(answer)


def test_no_flood_is_said() -> None:
    assert "Nothing is held back" in answers.held_answer([], NOW, left).text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_whatever_a_source_calls_things_slack_takes_it(validate: Any, hostile: str) -> None:
    many = [flood(number, hostile, 500, hostile) for number in range(1, 10)]
    assert complaints(validate, answers.held_answer(many, NOW, left)) == []
    assert complaints(validate, render_flood(many[0], LASTS)) == []
    names = [asked(number, hostile, hostile) for number in range(1, 10)]
    assert complaints(validate, answers.held_answer(names, NOW, left)) == []
    hints = [flood.hint for flood in names if flood.hint]
    assert [found for one in hints for found in complaints(validate, render_hint(4, one, LASTS))] == []
