"""The lock of a state directory: two bots would each take the other's claims for a dead process's."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import ConfigError, StoreError


@contextmanager
def sole_user(directory: Path) -> Iterator[None]:
    """Keep others from the state directory while the block runs; the lock falls with the process.

    Raises StoreError naming the process that holds it, and ConfigError where nothing can be written.
    """
    path = directory / "lock"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise ConfigError(
            f"{directory}: cannot be written in ({error.strerror}); set CADENCEBOT_STATE"
        ) from error
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise StoreError(
                f"{path}: another cadencebot (process {holder}) works with this state; stop it first, "
                "or set CADENCEBOT_STATE"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
