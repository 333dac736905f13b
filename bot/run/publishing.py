"""Write the report and the exports where a web server finds them."""

import os
from collections.abc import Mapping
from pathlib import Path

from bot.errors import UsageError
from bot.report.files import report_files
from bot.run.wiring import App


def publish(app: App, directory: Path) -> dict[str, int]:
    """Write the page and the exports into the directory; return their sizes in bytes, by name.

    Whoever reads meanwhile gets each file whole, the old one or the new one. Raises StoreError, and
    UsageError where nothing can be written.
    """
    with app.reading() as store:
        shipments = store.shipments.all()
    written = report_files(shipments, app.clock.now())
    try:
        _replace_all(directory, written)
    except OSError as error:
        raise UsageError(
            f"{directory}: cannot be written ({error.strerror}); choose another place"
        ) from error
    return {name: len(data) for name, data in written.items()}


def _replace_all(directory: Path, written: Mapping[str, bytes]) -> None:
    """Put all files under other names first, so that a full disk leaves the old ones."""
    directory.mkdir(parents=True, exist_ok=True)
    aside = {name: directory / f".{name}.{os.getpid()}" for name in written}
    try:
        for name, data in written.items():
            aside[name].write_bytes(data)
        for name, new in aside.items():
            new.replace(directory / name)
    finally:
        for new in aside.values():
            new.unlink(missing_ok=True)
