"""How our types are written into rows, and read back."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_type_hints

from pydantic import TypeAdapter

from bot.cadence.habits import Habit
from bot.model import DateOrigin, Facts, Follow, License, Name, Note, Published
from bot.records import Content, DigestPlan, MentionRule, QuietHours
from bot.releases.facts.filters import Filters

Row = Mapping[str, Any]
T = TypeVar("T")

# The types that a column holds as JSON.
_JSON: Mapping[Any, TypeAdapter[Any]] = {
    kind: TypeAdapter(kind)
    for kind in (Content, DigestPlan, Facts, Filters, Habit, License, MentionRule, Name, Note, QuietHours)
}
_AS_IT_IS = frozenset({type(None), str, int, bool, float})


# --- writing


def bound(value: object) -> Any:
    """Return a value as a column holds it.

    Times and days are text that sorts as it is, lists are JSON for json_each, our own types JSON without
    what is not stated.
    """
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, list | tuple | set | frozenset):
        return json.dumps(list(value))
    if type(value) in _JSON:
        return _JSON[type(value)].dump_json(value, exclude_defaults=True).decode()
    return str(value) if isinstance(value, date | Follow) else value


def bound_by_name(values: Mapping[str, object]) -> dict[str, Any]:
    """Return the values of a statement as columns hold them."""
    # Most stay as they are, and a call for each takes longer than what is left to do.
    return {name: it if type(it) in _AS_IT_IS else bound(it) for name, it in values.items()}


def columns(record: Any) -> dict[str, object]:
    """Return the fields of a record by name, for a statement that has them as parameters."""
    return {name: getattr(record, name) for name in _names(cast("Any", type(record)))}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def time_text(moment: datetime) -> str:
    """Return a moment as UTC text that sorts as it is."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def published_columns(published: Published | None) -> dict[str, object]:
    """Return the three columns that hold a date, its origin and how exact it is."""
    return {
        "published_at": published.at if published else None,
        "published_origin": published.origin if published else None,
        "published_precision": published.precision if published else None,
    }


# --- reading


def moment(text: str) -> datetime:
    """Return the moment that `time_text` wrote."""
    return datetime.fromisoformat(text)


def maybe_moment(text: str | None) -> datetime | None:
    """Return the moment that `time_text` wrote, or None where none is stored."""
    return datetime.fromisoformat(text) if text else None


def read(kind: type[T], text: str) -> T:
    """Return the value of one of our types that a column holds as JSON."""
    value: T = _JSON[kind].validate_json(text)
    return value


def record(kind: type[T], row: Row, **given: object) -> T:
    """Return the record that a row holds: each field that is not given from the column of its name.

    Where the column is NULL or missing, the field has its default, if it has one; a NULL is never true.
    """
    values, own_type = dict(given), cast("Any", kind)
    for name, convert, required in _readers(own_type):
        if name in given:
            continue
        value = row if convert is maybe_published else row.get(name)
        if value is not None:
            values[name] = convert(value) if convert else value
        elif convert is bool and name in row:
            values[name] = False
        elif required:
            values[name] = None
    return kind(**values)


def records(kind: type[T], rows: Iterable[Row]) -> list[T]:
    """Return the records that rows hold."""
    return [record(kind, row) for row in rows]


@cache
def _readers(kind: Any) -> list[tuple[str, Callable[[Any], Any] | None, bool]]:
    hints = get_type_hints(kind)
    return [
        (it.name, _reader(hints[it.name]), it.default is MISSING and it.default_factory is MISSING)
        for it in fields(kind)
    ]


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    """Return what makes a field of this type of a column's value; None is for "nothing"."""
    kind = next((it for it in get_args(hint) if it is not type(None)), hint)
    if kind is Published:
        return maybe_published
    if kind in _JSON:
        return _JSON[kind].validate_json
    if kind is datetime or kind is date:
        read_time: Callable[[str], date] = kind.fromisoformat
        return read_time
    is_own = isinstance(kind, type) and issubclass(kind, bool | str) and kind is not str
    return kind if is_own else None


def maybe_published(row: Row) -> Published | None:
    """Return the date that a row's three columns hold, or None where none is stored."""
    return published_of(row) if row["published_at"] else None


def published_of(row: Row) -> Published:
    """Return the date that a row's three columns hold."""
    origin, precision = DateOrigin(row["published_origin"]), row["published_precision"]
    return Published(moment(row["published_at"]), origin, precision)
