"""The state directory is nobody else's: it holds who asked for what, who reported what, and sealed tokens."""

import stat
from contextlib import suppress
from pathlib import Path

# Not what else may stand there, such as a report for a web server.
_OURS = ("cadencebot.db*", "claims", "console.jsonl", "lock", "backups", "backups/*")


def tighten(state: Path) -> str:
    """Take from others what they may do with the state, as older versions and a wide umask left it.

    Return what was done in a sentence, or what a person must do, "" where all was well.
    """
    ours = (path for pattern in _OURS for path in state.glob(pattern))
    wide = [path for path in (state, *ours) if _mode(path) & 0o077]
    if state in wide and _mode(state) & stat.S_ISVTX:
        return f"{state} is a directory for everybody: set CADENCEBOT_STATE to one that is the bot's alone."
    try:
        for path in wide:
            with suppress(FileNotFoundError):  # SQLite's own files come and go
                path.chmod(_mode(path) & 0o700)
    except OSError as error:
        return (
            f"{state} is open to others, and the bot may not change it ({error.strerror}): chmod it to 700."
        )
    return f"{state} was open to others, and is the bot's alone now (700, its files 600)." if wide else ""


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return 0
