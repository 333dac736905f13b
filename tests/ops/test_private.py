"""What the bot keeps is for its owner alone: whatever the umask, and whatever an older version left."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.demo.world import World
from bot.ops.lock import sole_user
from bot.ops.private import tighten
from bot.outbox.console import Transcript
from bot.releases.naming.labs import Labs
from bot.store.backup import back_up
from bot.store.restore import restore
from bot.store.store import FILE_NAME, Store
from tests.support.house import LABS

NOW = datetime(2026, 4, 20, tzinfo=UTC)


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=["umask 000", "umask 022", "umask 077"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_to_others(state: Path) -> list[str]:
    """Return what others may do anything with, by its name."""
    return sorted(str(path.relative_to(state.parent)) for path in _all(state) if mode(path) & 0o077)


def _all(state: Path) -> list[Path]:
    return [state, *state.rglob("*")]


@pytest.mark.usefixtures("umask")
def test_all_that_is_kept_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    state = tmp_path / "state"
    store = Store(state, Labs(LABS))
    with sole_user(state):
        Transcript(state / "console.jsonl").append({"ts": "1.000100"})
        with store.transaction():
            store.watch.beat(NOW)
        back_up(state / FILE_NAME, state / "backups" / "one.db")
        back_up(state / FILE_NAME, tmp_path / "elsewhere.db")
        assert {path.name for path in _all(state)} >= {"lock", "console.jsonl", "cadencebot.db-wal", "one.db"}
        assert open_to_others(state) == []
        store.close()
        restore(state / "backups" / "one.db", state / FILE_NAME, state / f"{FILE_NAME}.replaced-1", NOW)
    assert open_to_others(state) == []
    assert mode(state) == 0o700
    assert mode(state / FILE_NAME) == mode(tmp_path / "elsewhere.db") == 0o600


def test_what_is_open_to_others_is_closed_and_told_once(tmp_path: Path) -> None:
    state = tmp_path / "state"
    (state / "backups").mkdir(parents=True)
    Store(state, Labs(LABS)).close()
    (state / "backups" / "old.db").touch()
    (state / "console.jsonl").touch()
    for path in _all(state):
        path.chmod(0o775 if path.is_dir() else 0o664)
    assert tighten(state) == f"{state} was open to others, and is the bot's alone now (700, its files 600)."
    assert open_to_others(state) == []
    assert mode(state / FILE_NAME) == 0o600
    assert tighten(state) == ""


def test_what_is_not_the_bots_is_left_as_it_is(tmp_path: Path) -> None:
    report = tmp_path / "report"
    report.mkdir()
    (report / "index.html").touch()
    tmp_path.chmod(0o755)
    assert tighten(tmp_path)
    assert mode(report / "index.html") & 0o044


def test_a_directory_for_everybody_is_not_closed_to_them(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    said = f"{tmp_path} is a directory for everybody: set CADENCEBOT_STATE to one that is the bot's alone."
    assert tighten(tmp_path) == said
    assert mode(tmp_path) == 0o1777


def test_what_the_bot_may_not_change_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path, _mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    tmp_path.chmod(0o755)
    monkeypatch.setattr(Path, "chmod", refuse)
    assert "the bot may not change it (Operation not permitted)" in tighten(tmp_path)


def test_a_start_says_it_and_the_next_one_does_not(tmp_path: Path) -> None:
    with World(lambda: datetime.now(UTC)) as world:
        variables = world.environment(tmp_path)
        state = Path(variables["CADENCEBOT_STATE"])
        state.mkdir(exist_ok=True)
        state.chmod(0o755)
        outputs = [CliRunner().invoke(main, ["poll"], env=variables).output for _ in range(2)]
    first, second = (" ".join(output.split()) for output in outputs)  # a line breaks where its path ends
    assert "was open to others" in first
    assert "was open to others" not in second
    assert open_to_others(state) == []


@pytest.mark.usefixtures("umask")
def test_the_report_is_for_everybody(tmp_path: Path) -> None:
    with World(lambda: datetime.now(UTC)) as world:
        variables = world.environment(tmp_path)
        CliRunner().invoke(main, ["poll"], env=variables)
        CliRunner().invoke(main, ["report", "--out", str(tmp_path / "report")], env=variables)
    assert {mode(path) for path in (tmp_path / "report").iterdir()} == {0o644}
    assert mode(tmp_path / "report") == 0o755
