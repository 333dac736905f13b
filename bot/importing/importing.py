"""Remember a history that people bring: releases of before the bot, told to nobody."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.clock import Clock
from bot.importing.history_file import Line
from bot.model import Kind, Sighting, SourceKind, Verdict
from bot.releases.facts.plaintext import clean
from bot.releases.naming.classify import judge
from bot.releases.naming.labs import Directory
from bot.releases.news.corrections import NO_RELEASE, corrected
from bot.releases.news.decide import decide
from bot.releases.news.decision import Judged, Open, Settings
from bot.store.store import Store

_SAYS_NO_RELEASE = frozenset({"alias", *NO_RELEASE})  # the file's own word
_FILE_NAME_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import, in lines; two that say the same are one."""

    known: int = 0  # imported before, and not changed since
    opened: int = 0  # on releases that the bot did not know
    joined: int = 0  # on releases that it knows
    passed_over: int = 0  # on no release: an alias, a draft head

    @property
    def lines(self) -> int:
        """Return how many there were."""
        return self.known + self.opened + self.joined + self.passed_over


@dataclass(frozen=True, slots=True)
class Importer:
    """Import lines into the store; each call is one transaction."""

    store: Store
    labs: Directory
    clock: Clock

    def bring(self, path: Path, lines: Iterable[Line]) -> Imported:
        """Remember these lines of a file as "import:<its name>"; announce nothing, and count what came of it.

        A line that was imported before is left alone; one with another date or address than before counts as
        it is now.
        """
        source_id = f"import:{clean(path.name, _FILE_NAME_LIMIT)}"
        wanted = _identified(lines)
        with self.store.transaction():
            seen = self.store.sources.known(source_id, wanted)
            new = {key: line for key, line in wanted.items() if seen.get(key) != _digest(line)}
            judged = self._judged(new, source_id)
            opened = self._keep(judged)
            digests = {key: _digest(line) for key, line in new.items()}
            self.store.sources.remember(source_id, digests, self.clock.now())
        passed_over = sum(one.verdict.name is None or one.verdict.kind in NO_RELEASE for one in judged)
        return Imported(len(wanted) - len(new), opened, len(new) - opened - passed_over, passed_over)

    def _judged(self, lines: Mapping[str, Line], source_id: str) -> list[Judged]:
        errata = self.store.corrections.errata()
        sightings = ((line, _sighting(line, key, source_id)) for key, line in lines.items())
        return [
            Judged(seen, corrected(_verdict(line, judge(seen, self.labs)), seen, errata))
            for line, seen in sightings
        ]

    def _keep(self, judged: Sequence[Judged]) -> int:
        """Store what these lines mean; return how many releases they opened."""
        now = self.clock.now()
        catalogue = self.store.releases.catalogue({one.sighting.lab for one in judged})
        decision = decide(judged, catalogue, now=now, settings=Settings(), silent=True)
        self.store.releases.apply(decision, now, live=False)
        return sum(isinstance(step, Open) for step in decision.steps)


def _verdict(line: Line, judged: Verdict) -> Verdict:
    """Return the verdict on a line; its reason tells where the line is from, for `why`."""
    says_no = line.kind in _SAYS_NO_RELEASE
    doubt = f"the file says that it is {line.kind}" if says_no else judged.reason
    origin = f"imported from {line.place}" + (f", which cites {line.source}" if line.source else "")
    reason = origin if judged.kind is Kind.RELEASE and not says_no else f"{origin}: {doubt}"
    return Verdict(Kind.OTHER if says_no else judged.kind, reason, judged.name)


def _sighting(line: Line, identity: str, source_id: str) -> Sighting:
    return Sighting(
        source_id=source_id,
        source=SourceKind.IMPORT,
        lab=line.lab.id,
        external_id=identity,
        title=line.name,
        url=line.url,
        published=line.published,
        links=(line.url,) if line.url else (),
    )


def _identified(lines: Iterable[Line]) -> dict[str, Line]:
    """Return the lines by lab and name, which stay when a line is mended; a name told twice is numbered."""
    by_name: dict[str, dict[str, Line]] = {}
    for line in lines:
        by_name.setdefault(f"{line.lab.id}/{line.name.casefold()}", {}).setdefault(_digest(line), line)
    return {
        name if number == 1 else f"{name}#{number}": line
        for name, said in by_name.items()
        for number, line in enumerate(said.values(), 1)
    }


def _digest(line: Line) -> str:
    """Return what changes with what a line says, and not with its place in the file."""
    said = (line.published.at.isoformat(), line.published.precision, line.url, line.source, line.kind)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]
