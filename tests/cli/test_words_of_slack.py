"""What a terminal is told is about a terminal: it is no channel, and nothing there is seen by others."""

import pytest

from tests.cli.conftest import Shell

PLACE = ("--to", "C0MODELS")


def without_slack(shell: Shell, *words: str) -> str:
    shell.variables["SLACK_BOT_TOKEN"] = ""
    return shell.run(*words).stdout


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("subscribe", "moonshot", "to:dm"), id="subscribe"),
        pytest.param(("subscribe", "moonshot", "to:dm", *PLACE), id="beside a channel"),
        pytest.param(("unsubscribe", "moonshot", "to:dm"), id="unsubscribe"),
        pytest.param(("mute", "moonshot", "dm"), id="without its key"),
        pytest.param(("digest", "to:dm"), id="a question"),
        pytest.param(("settings", "variants:off", "to:me"), id="settings"),
    ],
)
def test_to_dm_is_refused_in_a_line(begun: Shell, words: tuple[str, ...]) -> None:
    result = begun.run(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == (
        "cadencebot: to:dm is a word of Slack: name whom it is for, as in --to U0123456789\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("digest", "now"), "nothing came out that is followed in console.", id="a preview"),
        pytest.param(("digest",), "No digest is sent to console.", id="no digest"),
        pytest.param(
            ("digest", "daily"), "A digest is sent to console every day at 09:00 UTC.", id="a digest"
        ),
        pytest.param(("list", *PLACE), "#C0MODELS follows nothing yet.", id="a list"),
    ],
)
def test_a_place_is_called_by_its_name(begun: Shell, words: tuple[str, ...], said: str) -> None:
    printed = without_slack(begun, *words)
    assert said in printed
    assert " here" not in printed
    assert "only you" not in printed


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        pytest.param(("digest", "now"), "`cadencebot digest weekly mon 09:00`", id="the console"),
        pytest.param(("digest", "off"), "`cadencebot digest weekly mon 09:00 Europe/Berlin`", id="off there"),
        pytest.param(
            ("digest", *PLACE),
            "`cadencebot digest weekly mon 09:00 Europe/Berlin --to C0MODELS`",
            id="a digest",
        ),
        pytest.param(("list", *PLACE), "`cadencebot subscribe qwen --to C0MODELS`", id="a list"),
    ],
)
def test_what_can_be_typed_is_about_the_same_place(begun: Shell, words: tuple[str, ...], typed: str) -> None:
    assert typed in without_slack(begun, *words)


def test_a_mute_beside_a_subscription_is_told_as_it_is_ended_there(begun: Shell) -> None:
    begun.run("mute", "moonshot", *PLACE)
    printed = begun.run("subscribe", "moonshot", *PLACE).stdout
    assert "In C0MODELS Moonshot AI is muted until somebody unmutes it" in printed
    assert "`cadencebot unmute moonshot --to C0MODELS` ends that." in printed


def test_whom_alerts_call_is_named_by_its_id(begun: Shell) -> None:
    result = begun.run("settings", "notify:@ml-team", *PLACE)
    assert result.exit_code == 2
    assert "on a terminal write the id, as S0123456789" in result.stderr


def test_a_group_is_no_link(begun: Shell) -> None:
    assert "Mentions: @S0123456 in every alert." in without_slack(begun, "settings", "notify:S0123456")
