"""Where messages go and what is followed: one place reads and writes how these are spelled."""

import json
import sqlite3

import pytest

from bot.model import ALL, Destination, Follow


@pytest.mark.parametrize(
    ("text", "team", "place", "kind"),
    [
        pytest.param("C0123", "", "C0123", "channel", id="a channel"),
        pytest.param("G0123", "", "G0123", "channel", id="an old private channel"),
        pytest.param("U0ANA", "", "U0ANA", "person", id="a person"),
        pytest.param("T9/W0BEN", "T9", "W0BEN", "person", id="a person of a workspace"),
        pytest.param("T9/C0123", "T9", "C0123", "channel", id="a channel of a workspace"),
        pytest.param("D0123", "", "D0123", "direct messages", id="direct messages by their own id"),
        pytest.param("console", "", "console", "", id="the terminal"),
        pytest.param("Updates", "", "Updates", "", id="a name that only begins like an id"),
        pytest.param("", "", "", "", id="none"),
    ],
)
def test_what_a_destination_is(text: str, team: str, place: str, kind: str) -> None:
    destination = Destination(text)
    assert (destination.team, destination.place) == (team, place)
    assert destination.is_channel is (kind == "channel")
    assert destination.is_person is (kind == "person")
    assert destination.is_slack_id is bool(kind)
    assert Destination.at(team, place) == destination


@pytest.mark.parametrize("text", ["C0123456789", "U0ANA", "D0123", "T9/C0123", "console"])
def test_an_id_is_a_place_to_write_to(text: str) -> None:
    assert Destination.read(text) == text


@pytest.mark.parametrize(
    "text", ["general", "#general", "@ana", "C-1", "c0123456789", "", "T9/general", "/C0123", "a/T9/C0123"]
)
def test_a_name_is_none_and_the_way_to_its_id_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="click its name: it stands at the bottom"):
        Destination.read(text)


def test_a_destination_is_plain_text_to_a_database_and_to_json() -> None:
    destination = Destination.at("T9", "C0123")
    found = sqlite3.connect(":memory:").execute("SELECT ?, typeof(?)", (destination, destination)).fetchone()
    assert found == ("T9/C0123", "text")
    assert json.dumps({destination: destination}) == '{"T9/C0123": "T9/C0123"}'


@pytest.mark.parametrize(
    ("follow", "text"),
    [
        pytest.param(Follow("qwen"), "qwen", id="the releases of a lab"),
        pytest.param(Follow(ALL), "all", id="all releases"),
        pytest.param(Follow("qwen", cadence=True), "cadence:qwen", id="the cadence of a lab"),
        pytest.param(Follow(ALL, cadence=True), "cadence:all", id="every cadence"),
    ],
)
def test_what_is_followed_reads_as_it_is_written(follow: Follow, text: str) -> None:
    assert str(follow) == text
    assert Follow.read(text) == follow


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    [
        pytest.param("all", "qwen", True, id="all labs cover each"),
        pytest.param("qwen", "qwen", True, id="a lab covers itself"),
        pytest.param("qwen", "all", False, id="a lab does not cover all"),
        pytest.param("all", "cadence:qwen", False, id="releases do not cover a cadence"),
        pytest.param("cadence:all", "cadence:qwen", True, id="every cadence covers each"),
    ],
)
def test_what_covers_what(wide: str, narrow: str, covers: bool) -> None:
    assert Follow.read(wide).covers(Follow.read(narrow)) is covers
