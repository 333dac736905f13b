"""Print how the expected window, "quiet" and "burst" would have done on real dates.

Exit 1 when a lab had more than one false "quiet" in a year. Run by `make backtest`, or
`python -m tests.cadence.backtest`. docs/cadence.md says what counts as false.
"""

import csv
import math
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.cadence.bursts import FORTNIGHT, Burst, bursts
from bot.cadence.gaps import ENOUGH, Hits, back_test
from bot.cadence.habits import days_of, habits_of
from bot.cadence.news import Silence, silences
from bot.cadence.shipped import Shipped, Unit, by_lab, counted
from bot.model import DateOrigin, Published
from bot.releases.naming.names import parse
from bot.settings.feeds import LabSpec
from bot.sources.build import load_config

HISTORY = Path(__file__).parent / "data" / "history.tsv"
FEEDS = Path(__file__).parents[2] / "feeds.yaml"
END = date(2026, 9, 20)  # of the history
_HALF_A_YEAR = timedelta(days=182)
PACES = (4, 7, 14, 30, 60)  # days between releases of the made-up labs
_MADE_UP = 50  # labs of each pace
_YEARS = 4
MADE_UP_END = date(2023, 12, 31)


@cache
def history() -> tuple[Shipped, ...]:
    """Return the releases of history.tsv: all but the ways in which closed models are served."""
    labs = {lab.id: lab for lab in load_config(FEEDS).labs}
    with HISTORY.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return tuple(
        _shipped(row, labs.get(row["lab"]))
        for row in rows
        if row["kind"] == "release" or row["weights"] == "open"
    )


def _shipped(row: dict[str, str], lab: LabSpec | None) -> Shipped:
    name = parse(row["name"], row["lab"])
    return Shipped(
        lab=row["lab"],
        name=row["name"],
        family_key=name.family_key,
        published=_published(row["date"], row["source"]),
        series=f"{name.family} {name.line}".strip().lower(),
        open=row["weights"] == "open",
        country=lab.country if lab else "",
        lab_name=lab.name if lab else "",
    )


def _published(text: str, source: str) -> Published:
    monthly = len(text) == len("2025-07")
    at = datetime.fromisoformat(f"{text}-01" if monthly else text).replace(tzinfo=UTC)
    origin = DateOrigin.CREATED if source.startswith("Hub createdAt") else DateOrigin.POSTED
    return Published(at, origin, "month" if monthly else "day")


def is_false(silence: Silence) -> bool:
    """Whether a lab shipped within its usual gap after it was called quiet: it was only late."""
    back = silence.ended_by
    return back is not None and (back.day - silence.alarm).days <= silence.usual


def stood_out(burst: Burst, days: list[date]) -> bool:
    """Whether no fortnight of the half year after was as busy."""
    later = [day for day in days if burst.day < day <= burst.day + _HALF_A_YEAR]
    first = burst.day + FORTNIGHT + timedelta(days=1)
    ends = {first, *(day for day in later if day > first)}
    return all(sum(end - FORTNIGHT < day <= end for day in later) < burst.launches for end in ends)


@dataclass(frozen=True)
class Quiet:
    """The quiet alarms and the false ones by lab and year."""

    alarms: Counter[tuple[str, int]]
    false: Counter[tuple[str, int]]

    @property
    def worst(self) -> int:
        """Return the most false alarms of one lab in one year."""
        return max(self.false.values(), default=0)


def quiet(units: Iterable[Shipped], end: date) -> Quiet:
    """Return how the quiet alarm did until `end`."""
    found = silences(habits_of(units), end)
    return Quiet(
        Counter((it.last.lab, it.alarm.year) for it in found),
        Counter((it.last.lab, it.alarm.year) for it in found if is_false(it)),
    )


def window_hits(units: Iterable[Shipped]) -> dict[str, Hits]:
    """Return how the expected window did, by lab."""
    return {
        lab: back_test([it.day for it in days_of(mine) if it.is_exact]) for lab, mine in by_lab(units).items()
    }


def judged_bursts(units: list[Shipped]) -> list[tuple[Burst, bool]]:
    """Return the bursts, each with whether it stood out."""
    days = {lab: sorted(it.day for it in mine if it.is_exact) for lab, mine in by_lab(units).items()}
    return [(it, stood_out(it, days[it.newest.lab])) for it in bursts(habits_of(units))]


def made_up_labs(pace: int) -> list[Shipped]:
    """Return labs that ship at random, on average every `pace` days.

    The hardest case: how long they have been silent says nothing of when they ship.
    """
    dice, shipped = random.Random(pace), []
    for lab in range(_MADE_UP):
        after = 0.0
        while after < 365 * _YEARS:
            at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=int(after))
            name = f"{lab} {after:.3f}"
            shipped.append(Shipped(str(lab), name, name, Published(at, DateOrigin.POSTED, "day")))
            after += -pace * math.log(1 - dice.random())
    return shipped


def made_up_quiet(pace: int) -> Quiet:
    """Return how the quiet alarm does with labs that ship at random."""
    return quiet(counted(made_up_labs(pace)), MADE_UP_END)


def _report() -> Iterator[str]:
    units = counted(history())
    yield f"{len(history())} releases of {len(by_lab(history()))} labs, to {END}"
    yield "\nExpected window (the middle half of the gaps so far): hits of tries"
    for unit in Unit:
        yield from _hit_lines(unit)
    yield "\nQuiet alarms, by wave"
    yield from map(_silence_line, silences(habits_of(units), END))
    yield f"  most false alarms of one lab in one year: {quiet(units, END).worst}"
    yield "\nQuiet alarms of made-up labs that ship at random, a lab and year"
    yield from map(_made_up_line, PACES)
    yield "\nBursts, by wave"
    judged = judged_bursts(units)
    yield from (_burst_line(burst, stood) for burst, stood in judged)
    yield f"  precision {_share(sum(stood for _, stood in judged), len(judged))}"


def _hit_lines(unit: Unit) -> Iterator[str]:
    hits = window_hits(counted(history(), unit))
    right, tried = sum(it.hits for it in hits.values()), sum(it.tried for it in hits.values())
    yield f"  by {unit:<8}{_share(right, tried)}"
    yield "    " + ", ".join(f"{lab} {it.hits}/{it.tried}" for lab, it in hits.items() if it.tried >= ENOUGH)


def _silence_line(silence: Silence) -> str:
    ended = f"until {silence.ended_by.day}" if silence.ended_by else "lasts"
    judgement = "FALSE" if is_false(silence) else "right" if silence.ended_by else "open"
    return (
        f"  {silence.last.lab:<12}{silence.alarm}  after {silence.last.day}, {ended:<17}"
        f"limit {silence.limit.days:>3} d  usual {silence.usual:>4g} d  {judgement}"
    )


def _made_up_line(pace: int) -> str:
    alarms, years = made_up_quiet(pace), _MADE_UP * _YEARS
    over = sum(count > 1 for count in alarms.false.values())
    return (
        f"  every {pace:>2} days: {alarms.alarms.total() / years:.2f} alarms, "
        f"{alarms.false.total() / years:.2f} false; more than one false in {over} of {years} lab-years"
    )


def _burst_line(burst: Burst, stood: bool) -> str:
    return (
        f"  {burst.newest.lab:<12}{burst.day}  {burst.launches} in 14 days, at most {burst.most_before} "
        f"before  {'stood out' if stood else 'became usual'}"
    )


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.0%})" if whole else "none"


def main() -> int:
    """Print the figures; return 1 when a lab had more than one false "quiet" in a year."""
    sys.stdout.write("\n".join(_report()) + "\n")
    return int(quiet(counted(history()), END).worst > 1)


if __name__ == "__main__":
    sys.exit(main())
