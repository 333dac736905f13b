"""Where the demo keeps its state: a directory of its own, which no other state ever lies in."""

import shutil
from pathlib import Path

from bot.errors import StoreError, UsageError
from bot.ops.lock import sole_user

HOME = "cadencebot-demo"
_NOTE = "README"
_ABOUT = "What `cadencebot demo` knows: April 2026, made up on this machine. The next demo begins it anew.\n"


def fresh_home(page: Path) -> Path:
    """Return an empty directory beside the page; what an earlier demo left in it is gone.

    Raises UsageError where something else lies there, or another demo works with it.
    """
    home = page.parent / HOME
    if home.is_symlink() or (home.exists() and not _is_ours(home)):
        raise UsageError(f"{home}: is not the demo's; move it away, or choose another place with --out")
    if home.exists():
        _clear(home)
    home.mkdir(mode=0o700)
    (home / _NOTE).write_text(_ABOUT, encoding="utf-8")
    return home


def _is_ours(home: Path) -> bool:
    note = home / _NOTE
    return note.is_file() and note.read_bytes() == _ABOUT.encode()


def _clear(home: Path) -> None:
    try:
        with sole_user(home):
            shutil.rmtree(home)
    except StoreError as error:
        raise UsageError(
            f"{home}: another demo works with it; stop that first, or choose another place with --out"
        ) from error
