"""`cadence`: how often labs ship, in figures, in a chart and in sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.cadence.period import Cadence, Period, Window
from bot.cadence.period import share as share_of
from bot.cadence.phrases import EXPECTING, TOO_FEW, days_ago, gap_text, next_text
from bot.cadence.shipped import Unit
from bot.records import Block, Content
from bot.views import blocks
from bot.views.answers.common import fitting, run, share, text_of, window_words
from bot.views.blocks import dotted, literal
from bot.views.commands import YEAR, Command
from bot.views.names import lab_name
from bot.views.phrases import counted

_NAME_LIMIT = 60
_LAB_LIMIT = 40
_SPOKEN_LIMIT = 25  # so that twenty gaps stay within the text of a message
_LISTED = 20  # gaps, labs and months: as many as a chart takes
_MOST_LABS = 3  # of a month
_COUNTING = {
    Unit.WAVE: "Sizes of one family that came together count once; variants do not count.",
    Unit.RELEASE: "Every size counts; variants do not count.",
    Unit.LAUNCH: "What a lab ships within a week counts once; variants do not count.",
}


@dataclass(frozen=True, slots=True)
class CadenceTable:
    """What was asked for: rows by lab, or by month, in a window of so many days up to today."""

    window: Window
    unit: Unit = Unit.WAVE
    labs: Sequence[Cadence] = ()
    months: Sequence[Period] = ()


def cadence_answer(command: Command, table: CadenceTable, *, whole: bool = False) -> Content:
    """Return the cadence of one lab with its gaps, of several side by side, or of the months."""
    window = f"in the last {window_words(command.since or YEAR)}"
    if not (table.labs or any(row.releases for row in table.months)):
        return _nothing(command, window)
    if table.months:
        answer = _of_months(table, window, whole=whole)
    else:
        answer = _of_one(table, window) if len(table.labs) == 1 else _of_several(table, window, whole=whole)
    return replace(answer, blocks=(*answer.blocks, *blocks.actions([share(0, command.text)])))


def _nothing(command: Command, window: str) -> Content:
    names = ", ".join(lab_name(lab) for lab in command.labs[:3])
    text = f"Nothing came out {window}{names and f' from {names}'}, as far as I know."
    return Content(text, (blocks.section(text), *blocks.actions([run(0, "Recent releases", "recent")])))


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


def _of_one(table: CadenceTable, window: str) -> Content:
    (row,) = table.labs
    gaps = row.named_gaps
    chart = [blocks.bar_chart("Days since the release before", "Days", gaps)] if gaps else []
    title = f"{_lab(row)}: how often it ships"
    counting = _COUNTING[table.unit]
    return Content(
        text_of([_sentence(row, window), *_gap_words(gaps), counting]),
        (
            blocks.section(f"*{title}* · {window}"),
            blocks.fields(*_pairs(row, window)),
            *chart,
            blocks.context([counting, *([EXPECTING] if row.expected else [])]),
        ),
    )


def _pairs(row: Cadence, window: str) -> Iterator[tuple[str, str]]:
    yield "Releases", f"{row.releases} {window}\n{_recent_counts(row)}"
    yield "Median gap", gap_text(row)
    yield "Last release", _last(row)
    yield "Next expected", next_text(row)
    if row.gaps:
        yield "Longest gap", counted(max(row.gaps), "day")


def _gap_words(gaps: Sequence[tuple[str, int]]) -> Iterator[str]:
    if gaps:
        told = (f"{literal(name, _SPOKEN_LIMIT) or 'unnamed'} {gap}" for name, gap in gaps[-_LISTED:])
        yield f"Days since the release before: {', '.join(told)}."


# --- several labs


def _of_several(table: CadenceTable, window: str, *, whole: bool) -> Content:
    points = [(row.last.who, row.releases) for row in table.labs[:_LISTED]]
    title = f"How often {len(table.labs)} labs ship"
    rows = [(_lab(row), _line(row)) for row in table.labs]
    return Content(
        text_of([f"{title}, {window}.", *(_sentence(row, window) for row in table.labs)]),
        (
            *_listing(title, window, rows, "labs", whole=whole),
            blocks.bar_chart(f"Releases {window}", "Releases", points),
            blocks.context([_COUNTING[table.unit], EXPECTING]),
        ),
    )


def _line(row: Cadence) -> str:
    ahead = f" · next {next_text(row)}" if row.expected else ""
    releases = counted(row.releases, "release")
    return f"{releases} · median gap {gap_text(row)} · last {_last(row)}{ahead}"


# --- months


def _of_months(table: CadenceTable, window: str, *, whole: bool) -> Content:
    rows = [(f"{row.window.first:%Y-%m}", _month(row)) for row in table.months]
    points = [(f"{row.window.first:%Y-%m}", row.releases) for row in table.months[-_LISTED:]]
    title = "Releases by month"
    return Content(
        text_of([f"{title}, {window}.", *(f"{month}: {told}." for month, told in rows)]),
        (
            *_listing(title, window, rows, "months", whole=whole),
            blocks.bar_chart(f"{title}, {window}", "Releases", points),
            blocks.context([_COUNTING[table.unit]]),
        ),
    )


def _month(row: Period) -> str:
    permissive = share_of(row.licenses, "permissive")
    labs = (f"{literal(name, _LAB_LIMIT)} {count}" for name, count in list(row.labs.items())[:_MOST_LABS])
    facts = (
        counted(row.releases, "release"),
        f"{row.weights.get('open', 0)} with open weights" if row.releases else "",
        f"{permissive:.0%} permissive" if permissive is not None else "",
        ", ".join(labs),
    )
    return dotted(facts)


# --- for all


def _listing(
    title: str, window: str, rows: Sequence[tuple[str, str]], things: str, *, whole: bool
) -> Iterator[Block]:
    lines = fitting([f"• *{name}* · {told}" for name, told in rows], f"and {{}} more {things}", whole=whole)
    yield from blocks.sections([f"*{title}* · {window}", *lines])


def _sentence(row: Cadence, window: str) -> str:
    told = (
        f"{_lab(row)}: {counted(row.releases, 'release')} {window}, {_recent_counts(row)}; "
        f"median gap {gap_text(row)}; last {_last(row)}."
    )
    return f"{told} Next expected {next_text(row)}." if row.expected else told


def _recent_counts(row: Cadence) -> str:
    return f"{row.recent(30)} in 30 days, {row.recent(90)} in 90"


def _lab(row: Cadence) -> str:
    return literal(row.last.who, _LAB_LIMIT) or "an unnamed lab"


def _last(row: Cadence) -> str:
    name = literal(row.last.name, _NAME_LIMIT)
    when = days_ago(row.since_last) if row.since_last is not None else TOO_FEW
    return f"{name}, {when}" if name else when
