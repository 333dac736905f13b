"""Logs: one line an event, no secret in it, and nothing from outside that passes for a line of its own."""

import io
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.ops import logs
from bot.settings.environment import read_environment

SLACK = "xoxb-" + "123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx"
HF = "hf_" + "AbCdEfGhIjKlMnOpQrStUvWxYz01234567"
VALUE = "correct horse/battery+staple="

log = structlog.get_logger("bot.test")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Full(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def written(event: Callable[[], object], *, stream: io.StringIO | None = None, level: str = "info") -> str:
    """Return what an event leaves on a stream."""
    stream = stream or io.StringIO()
    logs.configure(level, stream, secrets=[VALUE, "abc"])
    event()
    return stream.getvalue()


def fields(event: Callable[[], object]) -> dict[str, Any]:
    line = written(event)
    assert line.count("\n") == 1
    found: dict[str, Any] = json.loads(line)
    return found


def crash(message: str) -> None:
    try:
        raise ZeroDivisionError(message)  # noqa: TRY301 - the crash is all there is
    except ZeroDivisionError:
        log.exception("it_crashed")


def test_an_event_is_one_json_object_with_time_and_level() -> None:
    told = fields(
        lambda: log.info("source_polled", source="hub:zai", new=3, share=0.5, first=True, gone=None)
    )
    assert told.pop("timestamp").endswith("Z")
    assert told == {
        "event": "source_polled",
        "level": "info",
        "source": "hub:zai",
        "new": 3,
        "share": 0.5,
        "first": True,
        "gone": None,
    }


def test_what_is_below_the_level_is_not_written() -> None:
    assert written(lambda: log.info("chatter"), level="warning") == ""


@pytest.mark.logs("schedule")
def test_a_library_is_heard_from_warning_on_and_in_the_same_form() -> None:
    library = logging.getLogger("schedule")
    assert written(lambda: library.info("chatter")) == ""
    told = fields(lambda: library.warning("token %s is old", SLACK))
    assert (told["event"], told["level"]) == ("token [hidden] is old", "warning")


def test_configuring_twice_writes_once() -> None:
    logs.configure("info", io.StringIO())
    assert written(lambda: log.info("once")).count("\n") == 1


SECRETS = [
    pytest.param(SLACK, id="a bot token of Slack"),
    pytest.param("xapp-" + "1-A0123456789-1234567890123-abcdef0123456789", id="an app token of Slack"),
    pytest.param("xoxe.xoxp-" + "1-Mi0yLTEyMzQ1Njc4OTAxMjM", id="a rotating token of Slack"),
    pytest.param(HF, id="a token of the Hub"),
    pytest.param(VALUE, id="a value that the environment calls secret"),
    pytest.param("correct%20horse%2Fbattery%2Bstaple%3D", id="that value as it stands in an address"),
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["%s", "token=%s&a=1", "'%s'", "before%s", "https://x.example/%s/y"])
def test_a_secret_is_hidden_in_events_and_fields(secret: str, around: str) -> None:
    text = around % secret
    line = written(lambda: log.info(text, field=text, nested={"headers": [text]}))
    assert secret not in line
    assert line.count("[hidden]") == 3


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.logs("it_crashed")
def test_a_secret_is_hidden_in_tracebacks(secret: str, terminal: bool) -> None:
    line = written(lambda: crash(f"refused: {secret}"), stream=Terminal() if terminal else None)
    assert "ZeroDivisionError: refused: [hidden]" in line
    assert secret not in line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Authorization: Bearer abc.def-123", "Authorization: Bearer [hidden]", id="a header"),
        pytest.param(
            "{'authorization': 'bearer abcdef'}", "{'authorization': 'bearer [hidden]'}", id="headers"
        ),
        pytest.param(
            "https://hooks.slack.com/services/T0/B0/xyz",
            "https://hooks.slack.com/services/[hidden]",
            id="a webhook",
        ),
        pytest.param("https://me:pass@host/a", "https://[hidden]@host/a", id="a password in an address"),
        pytest.param("https://host/@me/a", "https://host/@me/a", id="an at sign in a path is no password"),
        pytest.param("hf_transfer and xoxo", "hf_transfer and xoxo", id="words that only begin like tokens"),
        pytest.param("abc", "abc", id="a secret of three letters would blank half of every line"),
    ],
)
def test_only_the_secret_part_is_hidden(text: str, shown: str) -> None:
    assert fields(lambda: log.info("seen", field=text))["field"] == shown


def test_every_secret_setting_is_known_to_the_environment() -> None:
    variables = {"SLACK_BOT_TOKEN": "xoxb-secret", "HF_TOKEN": "hf_secret", "LLM_STATS_API_KEY": "secret"}
    variables["CADENCEBOT_PING_URL"] = "https://hc.example/uuid"
    variables["CADENCEBOT_WEBHOOK_TEAMS_SECRET"] = "0123456789abcdef"
    variables["CADENCEBOT_WEBHOOK_TEAMS_URL"] = "https://relay.example/0123456789"
    assert sorted(read_environment(variables).secrets) == sorted(variables.values())
    assert read_environment({"CADENCEBOT_SEAL_KEY": "new=, old="}).secrets == ("new=", "old=")
    database = "postgresql://bot:pass[1%40@db.example/bot"
    assert read_environment({"DATABASE_URL": database}).secrets == (database, "pass[1@")


FORGERY = "x\n2026-04-01T00:00:00Z [error    ] forged\r\x1b[2K\x85\u2028\u202e\x00\ud800"


@pytest.mark.parametrize("terminal", [False, True])
def test_control_characters_cannot_forge_a_second_line(terminal: bool) -> None:
    line = written(
        lambda: log.info(FORGERY, field=FORGERY, key=[FORGERY]), stream=Terminal() if terminal else None
    )
    assert len(line.splitlines()) == 1
    plain = line.replace("\x1b[", "") if terminal else line  # the console's own colours
    assert not any(character in plain for character in "\r\x1b\x00\x85\u2028\u202e\ud800")


@pytest.mark.logs("it_crashed")
def test_a_traceback_on_a_terminal_cannot_forge_an_event() -> None:
    lines = written(lambda: crash(FORGERY), stream=Terminal()).splitlines()
    assert "it_crashed" in lines[0]
    assert all(line.startswith("    ") for line in lines[1:])


@pytest.mark.logs("it_crashed")
def test_a_traceback_is_one_line_of_json() -> None:
    told = fields(lambda: crash("a bug"))
    assert told["exception"].startswith("Traceback")
    assert told["exception"].endswith("ZeroDivisionError: a bug")


def test_a_long_field_keeps_its_beginning_and_its_end() -> None:
    told = fields(lambda: log.info("seen", field="a" * 5_000_000 + "z"))["field"]
    assert len(told) < 2_100
    assert told.startswith("aaa")
    assert "[4998001 characters left out]" in told
    assert told.endswith("aaz")


def test_a_secret_at_the_cut_is_hidden_before_it_is_cut() -> None:
    told = fields(lambda: log.info("seen", field="a" * 990 + SLACK + "z" * 5_000))["field"]
    assert "xoxb" not in told


@pytest.mark.logs("lost")
def test_a_full_disk_loses_the_line_and_harms_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    written(lambda: log.error("lost", token=SLACK), stream=Full())
    assert SLACK not in "".join(capsys.readouterr())


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_whatever_comes_makes_one_line(text: str, nested: dict[str, str]) -> None:
    told = fields(lambda: log.info(text, field=nested))
    assert set(told) == {"event", "field", "level", "timestamp"}


def test_an_event_during_a_progress_bar_stands_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before, meanwhile = io.StringIO(), Terminal()
    monkeypatch.setattr("sys.stderr", before)
    logs.configure("info")
    monkeypatch.setattr("sys.stderr", meanwhile)
    log.info("hub:apple [bold]")
    assert "hub:apple [bold]" in meanwhile.getvalue()
    assert before.getvalue() == ""
