"""`cadence`: how often labs ship, in figures, in a chart and in sentences."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.cadence.phrases import hits_text
from bot.cadence.stats import ENOUGH, Cadence, back_test, expected_window
from bot.chat.answers.pieces import counted, fitting, lab_name, run, share, text_of, window_words
from bot.chat.commands import Command
from bot.messages import blocks
from bot.messages.content import Block, Content
from bot.messages.escape import literal
from bot.model import Lab

WINDOW = timedelta(days=365)
_NAME_LIMIT = 60
_SPOKEN_LIMIT = 25  # so that twenty gaps stay within the text of a message
_LISTED = 20  # gaps and labs: as many as a chart takes
_COUNTING = "Sizes of one family that came together count once; variants do not count."
_EXPECTING = "Expected: where the middle half of the gaps so far would end. A habit, no forecast."


@dataclass(frozen=True, slots=True)
class LabRhythm:
    """Hold how often a lab ships, and what it shipped when."""

    lab: Lab
    cadence: Cadence
    releases: Sequence[tuple[str, date]] = ()

    @property
    def days(self) -> Mapping[date, Sequence[str]]:
        """Return the days that count, oldest first, with the names of what came out on each."""
        named: dict[date, list[str]] = defaultdict(list)
        for name, day in self.releases:
            named[day].append(name)
        # the rhythm leaves out days that are still ahead
        past = len(self.cadence.gaps) + 1 if self.cadence.since_last is not None else 0
        return dict(sorted(named.items())[:past])

    @property
    def last(self) -> tuple[str, date] | None:
        """Return the newest release and its day, or None."""
        days = list(self.days.items())
        return (days[-1][1][-1], days[-1][0]) if days else None


def cadence_answer(command: Command, rhythms: Sequence[LabRhythm]) -> Content:
    """Return the rhythm of one lab with its gaps, or of several side by side."""
    window = f"in the last {window_words(command.since or WINDOW)}"
    shipped = [it for it in rhythms if it.cadence.since_last is not None]
    if not shipped:
        names = ", ".join(lab_name(lab) for lab in command.labs[:3])
        text = f"Nothing came out {window}{names and f' from {names}'}, as far as I know."
        row = blocks.actions([run(0, "Recent releases", "recent")])
        return Content(text, (blocks.section(text), *row))
    answer = _of_one(shipped[0], window) if len(shipped) == 1 else _of_several(shipped, window)
    return replace(answer, blocks=(*answer.blocks, *blocks.actions([share(0, command.text)])))


def without_charts(content: Content) -> Content:
    """Return a message with the numbers of its charts as text, for a Slack that refuses charts."""
    return replace(content, blocks=tuple(_without_chart(block) for block in content.blocks))


def _without_chart(block: Block) -> Block:
    if block["type"] != blocks.CHART:
        return block
    points = block["chart"]["series"][0]["data"]
    told = (f"{literal(point['label'], _NAME_LIMIT)} {point['value']:g}" for point in points)
    return blocks.section(f"*{literal(block['title'], _NAME_LIMIT)}*\n{' · '.join(told)}")


# --- one lab


def _of_one(rhythm: LabRhythm, window: str) -> Content:
    gaps = _gaps(rhythm)
    chart = [blocks.bar_chart("Days since the release before", "Days", gaps)] if gaps else []
    title = f"{lab_name(rhythm.lab)}: how often it ships"
    return Content(
        text_of([*_sentences(rhythm), *_gap_words(gaps), _COUNTING]),
        (
            blocks.section(f"*{title}* · {window}"),
            blocks.fields(*_pairs(rhythm)),
            *chart,
            blocks.context([_COUNTING, *([_EXPECTING] if expected_window(rhythm.cadence) else [])]),
        ),
    )


def _pairs(rhythm: LabRhythm) -> Iterator[tuple[str, str]]:
    cadence = rhythm.cadence
    yield "Releases", _counts(cadence)
    yield "Median gap", _median(cadence)
    yield "Last release", _last(rhythm)
    yield "Next expected", _expected(rhythm) + _hit_rate(rhythm)
    if cadence.gaps:
        yield "Longest gap", counted(max(cadence.gaps), "day")


def _gaps(rhythm: LabRhythm) -> list[tuple[str, int]]:
    """Return what came out on each day but the first, with the days since the one before."""
    days = list(rhythm.days.items())[1:]
    return [
        (names[0] + (f" +{len(names) - 1}" if len(names) > 1 else ""), gap)
        for (_, names), gap in zip(days, rhythm.cadence.gaps, strict=False)
    ]


def _gap_words(gaps: Sequence[tuple[str, int]]) -> Iterator[str]:
    if gaps:
        told = (f"{literal(name, _SPOKEN_LIMIT) or 'unnamed'} {gap}" for name, gap in gaps[-_LISTED:])
        yield f"Days since the release before: {', '.join(told)}."


# --- several labs


def _of_several(rhythms: Sequence[LabRhythm], window: str) -> Content:
    busiest = sorted(rhythms, key=lambda it: (-it.cadence.last_365, it.lab.name))
    points = [(it.lab.name, it.cadence.last_365) for it in busiest[:_LISTED]]
    title = f"How often {len(busiest)} labs ship"
    lines = [f"*{lab_name(it.lab)}* · {_line(it)}" for it in busiest]
    return Content(
        text_of([f"{title}, {window}.", *(" ".join(_sentences(it)) for it in busiest)]),
        (
            *blocks.sections([f"*{title}* · {window}", *fitting(lines, "and {} more labs".format)]),
            blocks.bar_chart("Releases in 365 days", "Releases", points),
            blocks.context([_COUNTING, _EXPECTING]),
        ),
    )


def _line(rhythm: LabRhythm) -> str:
    expected = "" if expected_window(rhythm.cadence) is None else f" · next {_expected(rhythm)}"
    cadence = rhythm.cadence
    return f"{_counts(cadence)} · median gap {_median(cadence)} · last {_last(rhythm)}{expected}"


# --- words for both


def _sentences(rhythm: LabRhythm) -> Iterator[str]:
    cadence = rhythm.cadence
    yield f"{lab_name(rhythm.lab)}: {_counts(cadence)}; median gap {_median(cadence)}; last {_last(rhythm)}."
    if expected_window(cadence) is not None:
        yield f"Next expected {_expected(rhythm)}{_hit_rate(rhythm)}."


def _hit_rate(rhythm: LabRhythm) -> str:
    """Return how often such a window was right so far: a habit is worth what it has foretold."""
    hits = back_test(rhythm.days)
    return f"; {hits_text(hits)}" if hits.tried else ""


def _counts(cadence: Cadence) -> str:
    return f"{cadence.last_30} in 30 days, {cadence.last_90} in 90, {cadence.last_365} in 365"


def _median(cadence: Cadence) -> str:
    if len(cadence.gaps) + 1 < ENOUGH or cadence.median_gap is None:
        return "too few to say"
    return f"{cadence.median_gap:g} days"


def _last(rhythm: LabRhythm) -> str:
    since = rhythm.cadence.since_last or 0
    when = "today" if since == 0 else f"{counted(since, 'day')} ago"
    name = literal(rhythm.last[0], _NAME_LIMIT) if rhythm.last else ""
    return f"{name}, {when}" if name else when


def _expected(rhythm: LabRhythm) -> str:
    """Return the window in which the lab's habits put the next release, and whether that has passed."""
    window = expected_window(rhythm.cadence)
    if window is None or rhythm.last is None:
        return "too few to say"
    first, final = (rhythm.last[1] + timedelta(days=days) for days in window)
    late = (rhythm.cadence.since_last or 0) - window[1]
    passed = f", {counted(late, 'day')} ago: later than usual" if late > 0 else ""
    return (f"{first}" if first == final else f"{first} to {final}") + passed
