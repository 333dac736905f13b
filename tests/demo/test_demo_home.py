"""The demo's state lies in a directory of its own, and never in anybody else's."""

from pathlib import Path

import pytest

from bot.demo.home import HOME, fresh_home
from bot.errors import UsageError
from bot.ops.lock import sole_user


def test_each_demo_begins_anew(tmp_path: Path) -> None:
    home = fresh_home(tmp_path / "page.html")
    (home / "cadencebot.db").write_text("old")
    assert fresh_home(tmp_path / "page.html") == home == tmp_path / HOME
    assert [path.name for path in home.iterdir()] == ["README"]


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(None, id="without the demo's note"),
        pytest.param("something else", id="with another note"),
    ],
)
def test_what_is_not_the_demos_is_left_alone(tmp_path: Path, note: str | None) -> None:
    home = tmp_path / HOME
    home.mkdir()
    (home / "cadencebot.db").write_text("somebody's")
    if note:
        (home / "README").write_text(note)
    with pytest.raises(UsageError, match="is not the demo's; move it away"):
        fresh_home(tmp_path / "page.html")
    assert (home / "cadencebot.db").read_text() == "somebody's"


def test_a_link_to_elsewhere_is_not_followed(tmp_path: Path) -> None:
    other = fresh_home(tmp_path / "page.html").rename(tmp_path / "other")
    (tmp_path / HOME).symlink_to(other)
    with pytest.raises(UsageError, match="is not the demo's"):
        fresh_home(tmp_path / "page.html")


def test_a_demo_that_is_at_work_is_left_alone(tmp_path: Path) -> None:
    with sole_user(fresh_home(tmp_path / "page.html")), pytest.raises(UsageError, match="another demo works"):
        fresh_home(tmp_path / "page.html")
