"""Which sources answer and yet show nothing of what comes out, and what of that the admins hear: pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.ops.health import Line, Vitals, blind_sources
from bot.releases.news.coverage import Record

_NAMED = 3  # releases that a line names, the newest


@dataclass(frozen=True, slots=True)
class Turned:
    """The sources that are perhaps blind without being known to be, and those known to be that see again.

    `forgotten` sources left feeds.yaml.
    """

    blind: tuple[Record, ...] = ()
    back: tuple[Record, ...] = ()
    forgotten: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.blind or self.back or self.forgotten)

    def after(self, known: Mapping[str, datetime]) -> dict[str, datetime]:
        """Return which sources the admins know to be perhaps blind, since when, once they were told."""
        gone = {*(record.source_id for record in self.back), *self.forgotten}
        kept = {source_id: since for source_id, since in known.items() if source_id not in gone}
        return kept | {record.source_id: record.missed_last[0].at for record in self.blind}

    def lines(self) -> Iterator[Line]:
        """Yield what to tell, a line a source."""
        for record in self.blind:
            text = f"{explained(record)}; `check` tells more"
            first = record.missed_last[0]
            yield Line(f"perhaps blind|{record.source_id}@{first.key}", text, first.at)
        for record in self.back:
            shown = record.outcomes[-1].release
            text = f"{record.source_id} is back: it showed {shown.name}"
            yield Line(f"sees again|{record.source_id}@{shown.key}", text, shown.at)


def turned(vitals: Vitals, now: datetime) -> Turned:
    """Return what changed since the admins were told `vitals.known_to_miss`.

    A source is told of once, while it answers well, and is back with the next release that it shows in time.
    There is no news while the database cannot be read, or before it was.
    """
    records, known = vitals.coverage, vitals.known_to_miss
    if vitals.unreadable or not records:
        return Turned()
    failing = {source_id for source_id, state in vitals.states.items() if state.failure}
    failing |= {blind.source_id for blind in blind_sources(vitals, now)}
    return Turned(
        blind=tuple(
            record
            for source_id, record in records.items()
            if record.is_perhaps_blind and source_id not in failing and source_id not in known
        ),
        back=tuple(records[one] for one in known if one in records and _shows(records[one])),
        forgotten=tuple(one for one in known if one not in records),
    )


def _shows(record: Record) -> bool:
    return bool(record.outcomes) and record.outcomes[-1].showed


def explained(record: Record) -> str:
    """Return in one sentence why a source is perhaps blind."""
    missed = record.missed_last
    names = ", ".join(one.name for one in missed[-_NAMED:])
    return (
        f"{record.source_id} is perhaps blind: it answers, but missed the last {len(missed)} releases that "
        f"others brought ({names}); it showed {record.showed} of {record.expected}"
    )
