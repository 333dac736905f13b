"""Questions in plain words: understood where it is safe, and never as anything that changes anything."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.desk.grammar import ALIASES, parse_command
from bot.desk.sentences import TALK
from bot.errors import UsageError
from bot.releases.naming.labs import Labs
from bot.sources.build import load_config
from bot.views.commands import Verb
from tests.support.house import LABS

KNOWN = Labs(LABS)
WEDNESDAY = date(2026, 4, 22)


def understood(text: str, day: date = WEDNESDAY) -> str:
    """Return the command that a question is taken for, "" for what is no question."""
    try:
        command = parse_command(text, KNOWN, day)
    except UsageError:
        return ""
    return command.text if command.is_question else ""


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("what came out this week?", "recent since:7d"),
        ("What’s new?", "recent"),
        ("whats new", "recent"),
        ("any news?", "recent"),
        ("is there anything from Qwen?", "recent qwen"),
        ("anything new from kimi since monday?", "recent moonshot since:3d"),
        ("Hi, what is new from Moonshot AI today?", "recent moonshot since:1d"),
        ("what did google release yesterday", "recent google since:2d"),
        ("has z.ai shipped anything lately?", "recent zai"),
        ("did qwen or moonshot release something in the last 3 days?", "recent qwen moonshot since:3d"),
        ("what happened in the past 24 hours", "recent since:1d"),
        ("what happened in the past 12 hours", "recent since:12h"),
        ("show me the latest models from qwen", "recent qwen"),
        ("new models from qwen last week", "recent qwen since:14d"),
        ("tell me what came out on sunday please", "recent since:4d"),
        ("what's new since wednesday?", "recent since:8d"),
        ("Qwen's newest models", "recent qwen"),
        ("qwen news", "recent qwen"),
        ("<@U0CADENCE> any new releases this month?", "recent since:30d"),
        ("qwen this year", "recent qwen since:365d"),
    ],
)
def test_a_question_is_the_command_that_answers_it(said: str, command: str) -> None:
    assert understood(said) == command
    assert parse_command(command, KNOWN).verb is Verb.RECENT


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("", id="nothing"),
        pytest.param("hello", id="a greeting"),
        pytest.param("recent qwen", id="a command"),
        pytest.param("qwen", id="a lab alone"),
        pytest.param("what is qwen?", id="a question about the lab itself"),
        pytest.param("stop the news from qwen", id="something to be done"),
        pytest.param("don't show me anything new", id="something not to be done"),
        pytest.param("mute qwen this week", id="a command with a slip"),
        pytest.param("follow qwen news", id="a change with a slip"),
        pytest.param("what came out this week or last week?", id="two times"),
        pytest.param("is there anything about Kimi K3?", id="a model, which is no lab"),
        pytest.param("any new models under 10b?", id="a word that narrows it down and is not known"),
        pytest.param("show Kimi K2.6", id="a release"),
        pytest.param("what's new qwen license:mit", id="half a command"),
        pytest.param("new " * 1_000, id="too long for any command"),
        pytest.param("what came out in the last 99999 years", id="before there were calendars"),
    ],
)
def test_what_may_mean_something_else_is_left_to_the_grammar(said: str) -> None:
    assert understood(said) == ""


def test_no_word_of_questions_is_a_lab_and_none_changes_anything() -> None:
    specs = load_config(Path(__file__).parents[2] / "feeds.yaml").labs
    labs = Labs(spec.lab for spec in specs)
    assert [word for word in TALK if labs.find(word)] == []
    changing = [
        word for word, verb in ALIASES.items() if verb in (Verb.SUBSCRIBE, Verb.MUTE, Verb.UNSUBSCRIBE)
    ]
    assert TALK.isdisjoint(changing)


WORDS = (*ALIASES, *sorted(TALK), *("qwen", "kimi", "Moonshot AI", "all", "yes", "monday", "week", "3 days"))
WORDS += ("7d", "off", "daily", "license:mit", "to:dm", "?", "“", "not", "don't", "K2.6", "<@U1>")
sentences = st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=9).map(" ".join)


@given(st.text(max_size=200) | sentences, st.dates())
@example("news all yes", WEDNESDAY)
def test_whatever_is_said_is_never_understood_as_anything_that_changes_anything(said: str, day: date) -> None:
    command = understood(said, day)
    if not command:
        return
    parsed = parse_command(command, KNOWN)
    assert (parsed.verb, parsed.changes, parsed.text) == (Verb.RECENT, False, command)
    assert understood(command, day) == "", "it is a command now"


@given(sentences, st.dates())
def test_what_the_grammar_understands_is_never_taken_for_anything_else(said: str, day: date) -> None:
    try:
        verb = parse_command(said, KNOWN).verb
    except UsageError:
        return
    if verb not in (Verb.SHOW, Verb.HELLO):
        assert understood(said, day) == ""
