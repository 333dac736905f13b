"""The report on disk: whole or as it was."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import UsageError
from bot.run.chores import publish
from bot.run.wiring import App, open_app
from tests.support.clock import START, FakeClock
from tests.support.releases import open_release

FILES = {"index.html", "releases.atom", "releases.json", "releases.ics", "releases.csv"}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    config = tmp_path / "feeds.yaml"
    config.write_text(
        "labs: [{id: moonshot, name: Moonshot AI, sources: [{hub: moonshotai}]}]", encoding="utf-8"
    )
    variables = {"CADENCEBOT_CONFIG": str(config), "CADENCEBOT_STATE": str(tmp_path / "state")}
    with open_app(variables, FakeClock(START)) as app:
        open_release(app.store, "moonshotai/Kimi-K2.6", "moonshot", START)
        yield app


def test_the_page_and_the_exports_are_written(app: App, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    sizes = publish(app, out)
    assert {path.name for path in out.iterdir()} == set(sizes) == FILES
    assert "Kimi-K2.6" in (out / "index.html").read_text(encoding="utf-8")
    assert "Kimi-K2.6" in (out / "releases.csv").read_text(encoding="utf-8")


def test_a_web_server_of_another_user_can_read_them(app: App, tmp_path: Path) -> None:
    publish(app, tmp_path / "out")
    modes = {path.name: path.stat().st_mode & stat.S_IROTH for path in (tmp_path / "out").iterdir()}
    assert all(modes.values())


def test_publishing_again_replaces_and_leaves_nothing_else(app: App, tmp_path: Path) -> None:
    publish(app, tmp_path / "out")
    open_release(app.store, "moonshotai/Kimi-K3", "moonshot", START)
    publish(app, tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    assert "Kimi-K3" in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")


def test_a_disk_that_fills_up_leaves_the_old_files(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    publish(app, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    open_release(app.store, "moonshotai/Kimi-K3", "moonshot", START)
    write = Path.write_bytes

    def fill_up(path: Path, data: bytes) -> int:
        if "index" in path.name:
            raise OSError(28, "No space left on device")
        return write(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", fill_up)
        with pytest.raises(UsageError, match="No space left"):
            publish(app, out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_place_that_cannot_be_written_is_said_in_a_line(app: App, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="choose another place"):
        publish(app, tmp_path / "file" / "out")
