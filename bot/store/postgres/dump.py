"""A copy of a PostgreSQL database, as its own programs write it.

https://www.postgresql.org/docs/current/app-pgdump.html
"""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from shutil import which

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bot.errors import StoreError, UsageError
from bot.store.backup import in_place_of, make_private
from bot.store.postgres.words import in_words, place_of

_SERVER = "SELECT CAST(current_setting('server_version_num') AS INTEGER) / 10000, current_schema()"
_INSTALL = "install the server's version of PostgreSQL's client programs here"


def dump(url: str, target: Path) -> int:
    """Write the bot's schema to a file that `pg_restore` reads, and prove it; return its bytes.

    Raises UsageError where pg_dump is not here or older than the server, StoreError for what it refuses.
    """
    place = place_of(url)
    if target.exists():
        raise StoreError(f"{target}: is there already; name a new file")
    writer, reader, schema = _fitting(place, url)
    with in_place_of(target) as draft:
        make_private(draft)
        _run(place, [writer, "--format=custom", f"--schema={schema}", f"--file={draft}"], url)
        _run(str(draft), [reader, f"--file={os.devnull}", str(draft)])
    return target.stat().st_size


def _fitting(place: str, url: str) -> tuple[str, str, str]:
    """Return where the programs are that write and read a dump, and the schema of the bot."""
    writer, reader = which("pg_dump"), which("pg_restore")
    if not (writer and reader):
        raise UsageError(f"{place}: pg_dump, which copies it, is not installed; {_INSTALL}")
    with in_words(place), psycopg.connect(url) as connection:
        server, schema = connection.execute(_SERVER).fetchone() or (0, "")
    ours = _version(writer)
    if ours < server:
        raise UsageError(
            f"{place}: is of version {server}, and pg_dump of {ours}, which refuses it; {_INSTALL}"
        )
    return writer, reader, schema


def _version(program: str) -> int:
    found = re.search(r"\d+", _run(program, [program, "--version"]))
    return int(found[0]) if found else 0


def _run(place: str, command: Sequence[str], url: str = "") -> str:
    """Return what one of PostgreSQL's programs says; a list of processes shows nobody the password."""
    parts = conninfo_to_dict(url)
    secret = {"PGPASSWORD": str(parts.pop("password"))} if parts.get("password") else {}
    address = [f"--dbname={make_conninfo('', **parts)}"] if url else []
    environment = {**os.environ, **secret}
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, by its path
        [*command, *address], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise StoreError(f"{place}: {(done.stderr.strip() or 'pg_dump failed').splitlines()[0]}")
    return done.stdout
