"""The course of things: every message as it read after each step of the story, without a script."""

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from bot.demo.course import Moment, versions
from bot.demo.page import Room, Scene, page
from bot.demo.slack import Posted

AT = datetime(2026, 4, 7, 12, tzinfo=UTC)


def post(text: str, edits: int = 0) -> Posted:
    return Posted("C1", "1775574000.000001", text, edits=edits)


def moment(*posts: Posted) -> Moment:
    return Moment(AT, "Something happens.", {"C1": posts})


@pytest.mark.parametrize(
    ("course", "now", "runs"),
    [
        pytest.param([moment(), moment(post("a"))], post("a"), [("a", 1, None)], id="new at the second step"),
        pytest.param(
            [moment(post("a")), moment(post("a")), moment(post("b", 1))],
            post("b", 1),
            [("a", 0, 2), ("b", 2, None)],
            id="edited at the third",
        ),
        pytest.param([moment(post("a"))], post("b", 1), [("a", 0, 1), ("b", 1, None)], id="edited since"),
        pytest.param([moment()], post("a"), [("a", 1, None)], id="new since"),
        pytest.param([], post("a"), [("a", 0, None)], id="without a course"),
    ],
)
def test_a_message_has_a_version_for_each_time_that_it_read_otherwise(
    course: list[Moment], now: Posted, runs: list[tuple[str, int, int | None]]
) -> None:
    found = versions(course, [now])[now.ts]
    assert [(one.posted.text, one.since, one.until) for one in found] == runs


class Steps(HTMLParser):
    """Collect the radio buttons of the steps, and what is there from when until when."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.steps: list[dict[str, str | None]] = []
        self.classes: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("name") == "step":
            self.steps.append(given)
        self.classes += [one for one in [given.get("class") or ""] if "version" in one]


def test_the_page_has_a_step_for_each_moment_and_begins_at_the_end() -> None:
    course = [moment(post("a")), moment(post("b", 1))]
    scene = Scene([Room("C1", "models", posts=[post("b", 1)])], course)
    html = page(scene)
    read = Steps(html)
    assert ["checked" in step for step in read.steps] == [False, True]
    assert read.classes == ["version from-0 until-1 was", "version from-1"]
    assert "body:has(#step-0:checked) :is(.from-1, .until-0) { display: none; }" in html
    assert "<script" not in html


def test_each_step_is_told_to_those_who_do_not_see_it() -> None:
    read = Steps(page(Scene([Room("C1", "models")], [moment()])))
    assert [step["aria-label"] for step in read.steps] == ["7 Apr, 12:00: Something happens."]
