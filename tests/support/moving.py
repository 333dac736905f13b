"""A memory that tests move to PostgreSQL and back."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.errors import StoreError
from bot.store.moving import Moved, to_file, to_postgres
from bot.store.store import Store
from tests.support.every_method import NOW, READS
from tests.support.house import LABS


def there(path: Path, url: str) -> Moved:
    return to_postgres(path, url, NOW, nobody_watches)


def back(path: Path, url: str) -> Moved:
    return to_file(path, url, path.with_name("kept.db"), NOW, nobody_watches)


def nobody_watches(_done: int, _total: int) -> None:
    """A progress bar that is not there."""


def answers(path: Path, url: str = "") -> Mapping[str, Any]:
    """Return what every question gets for an answer."""
    with closing(Store(path.parent, LABS, readonly=True, url=url)) as store:
        return {name: call(store) for name, call in READS.items()}


def starts(path: Path, url: str = "") -> bool:
    """Whether a bot starts there."""
    try:
        Store(path.parent, LABS, url=url).close()
    except StoreError:
        return False
    return True
