"""`backup`, `restore` and `held`, as a person uses them."""

from pathlib import Path

import pytest

from bot.ops.lock import sole_user
from bot.store.backup import prove
from bot.store.store import FILE_NAME, Store
from tests.cli.conftest import Shell
from tests.support.clock import START

KIMI = "moonshotai/Kimi-K2.6"


@pytest.fixture
def state(shell: Shell) -> Path:
    return Path(shell.variables["CADENCEBOT_STATE"])


def alerts(shell: Shell) -> int:
    return len(shell.world.slack.posts("C0RELEASES"))


def test_a_backup_put_back_posts_nothing_twice(shell: Shell, state: Path) -> None:
    shell.run("poll", "--all")
    done = shell.run("backup")
    [backup] = (state / "backups").iterdir()
    assert f"Written and proven: {backup}" in done.stdout
    shell.play("publish", [KIMI])
    shell.run("poll", "--all")
    posted = alerts(shell)
    assert posted == 1
    said = shell.run("restore", str(backup)).stdout
    assert "not sent twice" in said
    assert len(list(state.glob(f"{FILE_NAME}.replaced-*"))) == 1
    assert shell.run("poll", "--all").exit_code == 0
    assert alerts(shell) == posted
    assert "alert sent in C0RELEASES" in shell.run("why", KIMI).stdout


def test_a_backup_is_made_while_the_bot_works(shell: Shell, state: Path, tmp_path: Path) -> None:
    shell.run("poll", "--all")
    with sole_user(state):
        assert shell.run("backup", str(tmp_path / "mine.db")).exit_code == 0
    prove(tmp_path / "mine.db")


def test_the_newest_copies_are_kept_and_a_named_file_is_not_counted(
    begun: Shell, state: Path, tmp_path: Path
) -> None:
    (state / "backups").mkdir()
    for day in range(1, 4):
        (state / "backups" / f"cadencebot-2026010{day}T000000Z.db").touch()
    assert begun.run("backup", "--keep", "2").exit_code == 0
    oldest, _newest = sorted((state / "backups").iterdir())
    assert oldest.name == "cadencebot-20260103T000000Z.db"
    refused = begun.run("backup", str(tmp_path / "mine.db"), "--keep", "2")
    assert refused.exit_code == 2
    assert "name no FILE" in refused.stderr


def test_nothing_is_put_back_while_the_bot_works(shell: Shell, state: Path, tmp_path: Path) -> None:
    shell.run("poll", "--all")
    shell.run("backup", str(tmp_path / "mine.db"))
    with sole_user(state):
        refused = shell.run("restore", str(tmp_path / "mine.db"))
    assert refused.exit_code == 1
    assert "stop it first" in refused.stderr


def test_before_the_first_poll_there_is_nothing_to_back_up(shell: Shell, state: Path) -> None:
    refused = shell.run("backup")
    assert refused.exit_code == 2
    assert "cadencebot poll" in refused.stderr
    assert not list(state.rglob("*.db"))


def test_a_flood_is_listed_and_settled_once(begun: Shell, state: Path) -> None:
    shell = begun
    assert "Nothing is held back" in shell.run("held").stdout
    store = Store(state)
    with store.transaction():
        store.held.add("hub:google", ["google/one", "google/two"], START)
    store.close()
    [flood] = shell.json("held")
    assert (flood["id"], flood["source"]) == (1, "hub:google")
    assert "held announce 1" in shell.run("held").stdout
    assert shell.json("status")["held"] == [{"id": 1, "source": "hub:google", "releases": 0}]
    assert "Ignored" in shell.run("held", "ignore", "1").stdout
    again = shell.run("held", "announce", "1")
    assert again.exit_code == 2
    assert "was ignored" in again.stderr


@pytest.mark.parametrize(
    "words", [("held", "announce"), ("held", "announce", "none"), ("held", "delete", "1")]
)
def test_half_a_command_is_wrong_usage(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell.run(*words).exit_code == 2
