"""The commands, in the offline world, as a person and as a program use them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.model import Destination
from bot.records import NO_WEIGHTS, NOTHING_YET, Content
from bot.store.sqlite import SqliteDatabase
from bot.store.store import FILE_NAME, Store
from tests.cli.conftest import Shell
from tests.support.faults import refused

KIMI = "moonshotai/Kimi-K2.6"


def test_the_first_poll_is_a_silent_baseline_and_the_second_announces_nothing(shell: Shell) -> None:
    first = shell.json("poll", "--all")
    assert first["baselines"] == first["sources"] > 10
    assert (first["releases"], first["delivered"]) == ([], 0)
    second = shell.json("poll", "--all")
    assert (second["baselines"], second["new"], second["releases"], second["delivered"]) == (0, 0, [], 0)


def test_a_poll_prints_one_object_with_the_releases_it_found(shell: Shell) -> None:
    shell.json("poll", "--all")
    shell.play("publish", [KIMI])
    found = shell.json("poll", "--all")
    assert [release["name"] for release in found["releases"]] == ["Kimi-K2.6"]
    assert found["releases"][0]["license"]["verdict"] == "conditions"
    assert found["delivered"] == 1


def test_the_second_poll_within_its_time_polls_nothing(shell: Shell) -> None:
    shell.json("poll", "--all")
    assert shell.json("poll")["sources"] == 0


def test_recent_show_and_why_tell_of_a_release(polled: Shell) -> None:
    assert "Kimi-K2.6" in polled.run("recent", "kimi", "since:30d").stdout
    shown = polled.run("show", "kimi-k2.6").stdout
    assert "Modified MIT" in shown
    assert "1.1T" in shown or "1.0T" in shown
    for asked in (KIMI, "kimi k2.6"):
        story = polled.run("why", asked).stdout
        assert "judged release" in story
        assert "alert sent in C0RELEASES" in story


def test_why_also_tells_what_was_not_announced(polled: Shell) -> None:
    story = polled.run("why", "moonshotai/Kimi-K2.5").stdout
    assert "first poll, which is remembered and never announced" in story


def test_history_answers_after_the_baseline(shell: Shell) -> None:
    shell.run("poll", "--all")
    names = {release["lab"] for release in shell.json("recent", "since:20y")}
    assert {"moonshot", "zai", "qwen", "google"} <= names
    assert {row["lab"] for row in shell.json("cadence", "since:20y")} == names


def test_filters_choose_what_recent_shows(polled: Shell) -> None:
    assert polled.json("recent", "kimi", "license:non-commercial") == []
    assert len(polled.json("recent", "kimi", "license:conditions")) == 1
    assert polled.json("recent", "kimi", "max:70b") == []


def test_subscriptions_are_made_listed_and_ended(shell: Shell) -> None:
    assert "now follows Moonshot AI" in shell.run("subscribe", "--to", "C0OPEN", "kimi", "max:70b").stdout
    rows = [row for row in shell.json("list") if row["from"] == "command line"]
    assert [(row["destination"], row["lab"], row["filters"]) for row in rows] == [
        ("C0OPEN", "moonshot", "max:70b")
    ]
    assert "now follows nothing any more" in shell.run("unsubscribe", "--to", "C0OPEN", "all").stdout
    assert [row for row in shell.json("list") if row["from"] == "command line"] == []


def test_a_failing_source_shows_since_when_and_why_and_stops_no_other(shell: Shell) -> None:
    shell.play("hub_fails", "error_object")
    result = shell.run("poll", "--all")
    assert result.exit_code == 1
    rows = shell.json("status")["sources"]
    failing = [row for row in rows if row["failure"]]
    assert len(failing) == 1
    assert failing[0]["failing_since"]
    assert failing[0]["complaint"]
    assert all(row["last_success"] for row in rows if not row["failure"])


def test_a_source_that_answers_and_is_odd_is_not_simply_fine(shell: Shell, tmp_path: Path) -> None:
    shell.run("poll", "--all")
    raw = sqlite3.connect(tmp_path / "state" / FILE_NAME, isolation_level=None)
    raw.execute("UPDATE source SET baseline_at = NULL WHERE id = 'hub:moonshotai'")
    raw.execute("UPDATE source SET distrusted_at = polled_at WHERE id = 'hub:Qwen'")
    raw.close()
    told = " ".join(shell.run("status").stdout.split())
    assert "13 fine, 1 with nothing yet." in told
    assert "what it shows first is remembered" in told
    assert "says “not modified” of what has changed" in told
    rows = {row["id"]: row for row in shell.json("status")["sources"]}
    assert [it for it, row in rows.items() if row["shown_nothing"]] == ["hub:moonshotai"]
    assert [it for it, row in rows.items() if row["validators_distrusted_since"]] == ["hub:Qwen"]


def test_what_is_unclear_is_listed_and_settled(polled: Shell) -> None:
    assert "Nothing is unclear" in polled.run("unclear").stdout
    assert polled.json("unclear") == []
    refused = polled.run("unclear", "there")
    assert (refused.exit_code, "cadencebot unclear there ID" in refused.stderr) == (2, True)
    assert "no message has the id" in polled.run("unclear", "again", "00000000").stderr


def test_deliveries_list_what_was_sent(polled: Shell) -> None:
    rows = polled.json("deliveries")
    assert [(row["kind"], row["state"], row["destination"]) for row in rows] == [
        ("alert", "sent", "C0RELEASES")
    ]
    refused = polled.run("retry", rows[0]["id"])
    assert refused.exit_code == 2
    assert "only one of" in refused.stderr


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        pytest.param("change", "The change for C0RELEASES will be sent again.", id="about no release"),
        pytest.param("alert", "The alert of Kimi-K2.6 for C0RELEASES will be sent again.", id="about one"),
    ],
)
def test_what_is_retried_is_called_by_what_it_is(polled: Shell, kind: str, said: str) -> None:
    with closing(Store(Path(polled.variables["CADENCEBOT_STATE"]))) as store, store.transaction():
        now, where = SystemClock().now(), Destination("C0RELEASES")
        store.deliveries.owe_line("one", where, Content("muted"), now, known_until=None, kind="change")
        for one in store.deliveries.recent(9):
            store.deliveries.settle(one.sequence, "skipped", "a test", now)
            if one.kind == kind:
                identity = one.id
    assert polled.run("retry", identity).stdout == f"{said}\n"


def test_without_slack_the_console_is_the_channel(shell: Shell, tmp_path: Path) -> None:
    config = Path(shell.variables["CADENCEBOT_CONFIG"])
    config.write_text(config.read_text(encoding="utf-8").split("subscriptions:")[0], encoding="utf-8")
    shell.variables["SLACK_BOT_TOKEN"] = ""
    shell.run("poll", "--all")
    shell.play("publish", [KIMI])
    printed = shell.run("poll", "--all").stdout
    assert "Moonshot AI released Kimi-K2.6" in printed
    assert "Kimi-K2.6" in (tmp_path / "state" / "console.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        pytest.param(("recent", "moonshoot"), "did you mean moonshot", id="an unknown lab"),
        pytest.param(("show", "Kimi K9"), "no release is called", id="an unknown release"),
        pytest.param(("why", "nothing of the kind"), "no source ever showed", id="an unknown sighting"),
        pytest.param(
            ("poll", "--source", "hub:nobody"), "no source is called hub:nobody", id="an unknown source"
        ),
        pytest.param(("retry", "ffff"), "no delivery has the id", id="an unknown delivery"),
        pytest.param(("subscribe", "kimi"), "name the channel", id="a subscription to nowhere"),
    ],
)
def test_wrong_usage_is_one_line_that_says_what_to_do(
    begun: Shell, words: tuple[str, ...], complaint: str
) -> None:
    result = begun.run(*words)
    assert result.exit_code == 2
    assert result.stderr.startswith("cadencebot: ")
    assert complaint in result.stderr
    assert result.stdout == ""


def test_a_wrong_feeds_yaml_names_file_path_and_value(shell: Shell) -> None:
    Path(shell.variables["CADENCEBOT_CONFIG"]).write_text("labs: [{id: Qwen!, name: Qwen}]", encoding="utf-8")
    result = shell.run("check")
    assert result.exit_code == 2
    assert "feeds.yaml: labs[0]" in result.stderr
    assert "Qwen!" in result.stderr


def test_check_proves_the_file_and_online_the_sources_and_the_token(shell: Shell) -> None:
    assert "is valid: 7 labs" in shell.run("check").stdout
    online = shell.json("check", "--online")
    assert all(row["complaint"] is None and row["items"] > 0 for row in online["tried"])
    assert online["slack"]["problems"] == []


def test_a_misspelt_organisation_fails_the_check_and_shows_in_status(shell: Shell) -> None:
    config = Path(shell.variables["CADENCEBOT_CONFIG"])
    config.write_text(
        config.read_text(encoding="utf-8").replace("hub: moonshotai", "hub: moonshotia"), "utf-8"
    )
    checked = shell.run("check", "--online", "--json")
    assert checked.exit_code == 1
    complaint = next(
        it["complaint"] for it in json.loads(checked.stdout)["tried"] if "moonshotia" in it["source"]
    )
    assert "'moonshotia' does not exist or has none yet; correct its name in feeds.yaml" in complaint
    shell.run("poll", "--all")
    state = next(row for row in shell.json("status")["sources"] if "moonshotia" in row["id"])
    assert (state["complaint"], state["last_success"]) == (complaint, None)


def test_status_lists_the_repositories_that_hold_nothing(shell: Shell, tmp_path: Path) -> None:
    shell.run("poll", "--all")
    note = {"id": "moonshotai/Kimi-K9", "since": "2026-04-01T00:00:00+00:00", "why": NOTHING_YET}
    waiting = {"65": note, "66": {**note, "id": "moonshotai/Kimi-K8", "why": NO_WEIGHTS}}
    with closing(sqlite3.connect(tmp_path / "state" / "cadencebot.db")) as database, database:
        database.execute(
            "UPDATE source SET cursor = ? WHERE id = 'hub:moonshotai'", [json.dumps({"waiting": waiting})]
        )
    said = shell.run("status").stdout
    assert "moonshotai/Kimi-K9 was first seen" in said
    assert "is held: it has no weights and no card yet." in said
    assert "Kimi-K8" not in said
    rows = {row["id"]: row["waiting"] for row in shell.json("status")["sources"]}
    assert rows["hub:moonshotai"] == list(waiting.values())


def test_identify_answers_line_by_line_and_goes_on_after_a_bad_one(shell: Shell) -> None:
    lines = ['{"source": "hub", "text": "Qwen/Qwen3.6-35B-A3B-FP8"}', "no json", '{"source": "hub"}']
    result = shell.run("identify", stdin="\n".join(lines))
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert answers[0]["packaging"] == "FP8"
    assert ["error" in answer for answer in answers] == [False, True, True]


def test_license_answers_line_by_line(shell: Shell) -> None:
    result = shell.run("license", stdin='{"license": "apache-2.0"}\n')
    assert result.exit_code == 0
    assert json.loads(result.stdout)["spdx"] == "Apache-2.0"


@pytest.mark.parametrize(
    "command", ["poll", "recent", "show", "why", "list", "check", "demo", "run", "status"]
)
def test_every_command_explains_itself(shell: Shell, command: str) -> None:
    assert "Usage:" in shell.run(command, "--help").stdout


@pytest.mark.parametrize(
    ("subscription", "complaint"),
    [
        pytest.param("{channel: C1, labs: all, license: permisive}", "subscriptions[0] (C1)", id="a licence"),
        pytest.param("{channel: C1, labs: all, min: 70b, max: 7b}", "nothing could ever match", id="sizes"),
        pytest.param("{channel: '#general', labs: all}", "write the channel's id", id="a channel's name"),
        pytest.param("{channel: general, labs: all}", "write the channel's id", id="the same without its #"),
    ],
)
def test_a_subscription_that_could_never_match_is_refused(
    shell: Shell, subscription: str, complaint: str
) -> None:
    config = Path(shell.variables["CADENCEBOT_CONFIG"])
    text = config.read_text(encoding="utf-8").split("subscriptions:")[0]
    config.write_text(f"{text}subscriptions:\n- {subscription}\n", encoding="utf-8")
    result = shell.run("check")
    assert result.exit_code == 2
    assert complaint in result.stderr


@pytest.mark.parametrize(
    "words", [("list",), ("subscribe", "all"), ("mute", "all"), ("digest", "off"), ("settings",)]
)
def test_a_place_by_its_name_is_refused_wherever_one_is_named(shell: Shell, words: tuple[str, ...]) -> None:
    result = shell.run(*words, "--to", "general")
    assert result.exit_code == 2
    assert "write the channel's id, as C0123456789" in result.stderr


def test_a_failure_is_told_in_json_to_who_asked_for_json(begun: Shell) -> None:
    result = begun.run("recent", "moonshoot", "--json")
    assert result.exit_code == 2
    assert "did you mean" in json.loads(result.stdout)["error"]


def test_a_repaired_token_sends_what_was_owed_with_the_next_poll(shell: Shell) -> None:
    shell.run("poll", "--all")
    shell.play("publish", [KIMI])
    shell.world.slack.fail("chat.postMessage", refused("invalid_auth"))
    refused_poll = shell.run("poll", "--all")
    assert refused_poll.exit_code == 1
    assert "invalid_auth" in refused_poll.stderr
    assert "invalid_auth" in shell.run("status").stdout
    assert shell.json("poll", "--all")["delivered"] == 1


def test_why_tells_of_a_repository_that_is_waited_for(shell: Shell) -> None:
    shell.run("poll", "--all")
    shell.play("publish_without_weights", ["Qwen/Qwen3.6-27B"])
    shell.run("poll", "--all")
    assert "is waited for: it has no weights yet" in shell.run("why", "qwen3.6-27b").stdout
    assert "1 new, waited for" in shell.run("status").stdout


def test_a_full_disk_is_one_line_and_loses_nothing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.run("poll", "--all")
    hidden = [name for name in shell.world._facts.repositories if shell.world.hub.find(name).private]
    shell.play("publish", hidden[:9])
    connect = SqliteDatabase._connect

    def full(database: SqliteDatabase) -> object:
        connection = connect(database)
        pages = connection.conn.execute("PRAGMA page_count").fetchone()[0]
        connection.conn.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    with monkeypatch.context() as patch:
        patch.setattr(SqliteDatabase, "_connect", full)
        result = shell.run("poll", "--all")
        assert result.exit_code == 1
        assert "disk is full" in result.stderr
    after = shell.json("poll", "--all")
    assert after["delivered"] > len(after["releases"]) > 0
    assert after["owed"] == 0


@pytest.mark.parametrize(
    "question",
    [
        *("recent", "show GLM-5.1", "why GLM-5.1", "cadence", "adoption", "report", "list"),
        *("status", "deliveries", "unclear", "held"),
    ],
)
def test_a_question_refuses_a_state_that_is_not_there_says_which_and_makes_none(
    shell: Shell, question: str
) -> None:
    state = Path(shell.variables["CADENCEBOT_STATE"])
    refused = shell.run(*question.split())
    assert refused.exit_code == 2
    assert refused.stderr.startswith(f"cadencebot: {state}: holds no cadencebot.db")
    assert not state.exists()


def test_status_says_which_state_it_tells_of(begun: Shell) -> None:
    state = begun.variables["CADENCEBOT_STATE"]
    assert f"State: {state}\n" in begun.run("status").stderr
    assert begun.json("status")["state"] == state


@pytest.mark.parametrize("command", ["labs", "check"])
def test_what_feeds_yaml_alone_tells_needs_no_state_and_makes_none(shell: Shell, command: str) -> None:
    assert shell.run(command).exit_code == 0
    assert not Path(shell.variables["CADENCEBOT_STATE"]).exists()


def test_list_tells_a_mute_of_one_lab_the_digest_and_the_settings(shell: Shell) -> None:
    for words in (
        ("subscribe", "all"),
        ("mute", "kimi"),
        ("digest", "weekly"),
        ("settings", "updates:thread"),
    ):
        shell.run(words[0], "--to", "C0OPEN", *words[1:])
    told = shell.run("list", "--to", "C0OPEN").stdout
    assert "Moonshot AI" in told
    assert "muted" in told
    assert "Monday at 09:00" in told
    assert "told in the thread" in told


def test_status_check_tells_whether_something_needs_a_person(polled: Shell) -> None:
    assert polled.run("status", "--check").exit_code == 0
    with closing(sqlite3.connect(Path(polled.variables["CADENCEBOT_STATE"]) / "cadencebot.db")) as raw, raw:
        raw.execute("UPDATE delivery SET state = 'unclear'")
    result = polled.run("status", "--check")
    assert result.exit_code == 1
    assert "Needs a person: 1 message unclear or impossible." in result.stderr
    assert polled.run("status").exit_code == 0


def test_check_asks_for_what_a_webhook_lacks_and_names_those_that_there_are(shell: Shell) -> None:
    config = Path(shell.variables["CADENCEBOT_CONFIG"])
    hook = "webhooks: [{id: teams, url: 'https://relay.example/models', labs: all}]"
    config.write_text(f"{config.read_text(encoding='utf-8')}\n{hook}\n", encoding="utf-8")
    assert "CADENCEBOT_WEBHOOK_TEAMS_SECRET is not set" in shell.run("check").stderr
    shell.variables["CADENCEBOT_WEBHOOK_TEAMS_SECRET"] = "0123456789abcdef"
    assert "1 webhook: webhook:teams." in shell.run("check").stdout
    assert shell.json("check")["webhooks"] == ["webhook:teams"]
