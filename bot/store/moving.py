"""A memory moves from the file in the state directory to PostgreSQL, or back.

The target is marked as not yet in use, and filled in one transaction, which counts and hashes what was read
and what stands there now. Then the source is marked as left, then the target as in use. Killed between two of
these, one of the sides starts, or none does and the same command brings the move to its end.
"""

import socket
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from bot.errors import StoreError, UsageError
from bot.store.backup import in_place_of
from bot.store.database import Database, Kinds
from bot.store.file_rows import DERIVED, tables_of
from bot.store.moved import FILLING, GONE, HERE, Mark, mark_of, put_mark, refuse_moved
from bot.store.opening import migrate, reached
from bot.store.restore import keep
from bot.store.sqlite import SqliteDatabase
from bot.store.tally import Tally

Shape = Mapping[str, Kinds]
# Is told how many rows were read or proven, and of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of a move: from where to where, and each table's rows; none where only marks were lacking."""

    source: str
    target: str
    tables: Mapping[str, Tally]


def to_postgres(path: Path, url: str, now: datetime, progress: Progress) -> Moved:
    """Move the memory in the file at `path` to the PostgreSQL database at `url`, which has none.

    The caller holds the state directory's lock. Raises ConfigError, UsageError, and StoreError: whatever
    failed, either side starts as before, or doing it once more ends it.
    """
    with closing(reached(path, "")) as source:
        migrate(url, _new_move(source, now))
        with closing(reached(path, url)) as target, target.alone():
            found: Mapping[str, Tally] = {}
            with source.transaction():
                if not _was_moved(source, target):
                    refuse_moved(source)
                    shape = _shape(source, target)
                    _refuse_memory(target, source, shape)
                    mark = _new_move(source, now)
                    with target.transaction():
                        put_mark(target.run, mark)
                    with target.transaction():
                        found = _filled(source, target, shape, progress)
                    put_mark(source.run, replace(mark, state=GONE, other=target.place))
            _begin(target)
            return Moved(source.place, target.place, found)


def to_file(path: Path, url: str, kept: Path, now: datetime, progress: Progress) -> Moved:
    """Move the memory in the PostgreSQL database at `url` to a file at `path`, as `to_postgres` does.

    What was there, being left by an earlier move, is kept as `kept`.
    """
    with closing(reached(path, url)) as source, source.alone():
        found: Mapping[str, Tally] = {}
        with source.transaction():
            if not _is_in(path, source):
                mark = _new_move(source, now)
                with in_place_of(path) as draft:
                    found = _written(source, draft, mark, progress)
                    if path.exists():
                        keep(path, kept)
                put_mark(source.run, replace(mark, state=GONE, other=str(path.absolute())))
        with closing(SqliteDatabase(path)) as target:
            target.note_claims(now)
            _begin(target)
            return Moved(source.place, target.place, found)


def _new_move(source: Database, now: datetime) -> Mark:
    return Mark(FILLING, uuid4().hex, source.place, socket.gethostname(), now)


def _begin(target: Database) -> None:
    """Have the target start from now on."""
    mark = mark_of(target)
    if mark and mark.state == FILLING:
        with target.transaction():
            put_mark(target.run, replace(mark, state=HERE))


def _was_moved(left: Database, other: Database) -> bool:
    """Whether all that a database had when it was left is in the other one."""
    here, there = mark_of(left), mark_of(other)
    return bool(here and there and here.state == GONE and here.move == there.move)


def _is_in(path: Path, source: Database) -> bool:
    """Whether a file has all that the source had. Raises UsageError for one with a memory of its own."""
    if not path.exists():
        refuse_moved(source)
        return False
    with closing(SqliteDatabase(path)) as target:
        if _was_moved(source, target):
            return True
        refuse_moved(source)
        if not _was_moved(target, source):
            _refuse_memory(target, source, _shape(target, source))
        return False


def _refuse_memory(target: Database, source: Database, shape: Shape) -> None:
    """Raise UsageError where the target holds anything that does not come of this move."""
    mark = mark_of(target)
    if mark and mark.state == FILLING:
        if mark.other != source.place:
            refuse_moved(target)
        return
    full = [table for table in shape if table != "claims" and target.column(f"SELECT 1 FROM {table} LIMIT 1")]
    if full:
        raise UsageError(
            f"{target.place}: has a memory of its own (in {full[0]} and {len(full) - 1} more tables), "
            "which a move never replaces: name an empty database"
        )


# --- rows

_KINDS = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema = current_schema()
"""


def _shape(file: Database, shared: Database) -> Shape:
    """Return the tables and columns that are moved, as PostgreSQL has them: those of the file."""
    known = {(table, column): kind for table, column, kind in shared.tuples(_KINDS)}
    return {
        table: {column: known[table, column] for column in columns}
        for table, columns in tables_of(file).items()
    }


def _filled(source: Database, target: Database, shape: Shape, progress: Progress) -> Mapping[str, Tally]:
    """Write all rows of the source to the target, and prove it; return what each table has.

    Raises StoreError where the target would have anything else than the source.
    """
    given, taken = source.rows(), target.rows()
    every = _steps(2 * sum(source.column(f"SELECT count(*) FROM {table}")[0] for table in shape), progress)
    taken.empty((*shape, *DERIVED))
    tallies = {table: Tally() for table in shape}
    for table, kinds in shape.items():
        taken.fill(table, kinds, tallies[table].counted(given.read(table, kinds), every))
    numbers = given.numbers()
    for table in shape:
        taken.go_on_from(table, numbers.get(table, 0))
    for table, kinds in shape.items():
        _prove(target.place, table, tallies[table], taken.read(table, kinds), every)
    target.index_titles()
    return tallies


def _steps(total: int, progress: Progress) -> Callable[[int], None]:
    done = 0

    def every(rows: int) -> None:
        nonlocal done
        done += rows
        progress(done, total)

    return every


def _prove(
    place: str, table: str, tally: Tally, rows: Iterable[tuple[Any, ...]], every: Callable[[int], None]
) -> None:
    found = Tally()
    for _ in found.counted(rows, every):
        pass
    if found != tally:
        raise StoreError(
            f"{place}: would have {found.rows:,} rows ({found.hash}) in {table} instead of {tally.rows:,} "
            f"({tally.hash}); nothing was moved. Please report it"
        )


def _written(source: Database, draft: Path, mark: Mark, progress: Progress) -> Mapping[str, Tally]:
    """Make a file with all rows of the source, which does not start yet."""
    with closing(SqliteDatabase(draft)) as target, target.transaction():
        put_mark(target.run, mark)
        return _filled(source, target, _shape(target, source), progress)
