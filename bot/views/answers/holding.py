"""`held`: what a source showed too much of at once, and what it only named, for a person to decide."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.records import Block, Content, Flood
from bot.views import blocks
from bot.views.answers.asking import said
from bot.views.answers.pieces import NAME_LIMIT, counted, fitting, run, text_of, typed
from bot.views.escape import link, literal
from bot.views.phrases import ago

_MOST = 5  # in one answer, the oldest first
_NAMES_LIMIT = 1_200  # characters of the names of one


def held_answer(floods: Sequence[Flood], now: datetime) -> Content:
    """Return what waits for somebody to announce or ignore it, each with its buttons."""
    if not floods:
        return said(
            "Nothing is held back: no source showed far more than usual, or named what none has shown."
        )
    shown = floods[:_MOST]
    summary = f"{_counts(floods)} held back. Announced, it is posted; ignored, it stays silent."
    more = f"{len(floods) - _MOST} more come after these" if len(floods) > _MOST else ""
    return Content(
        text_of([summary, *(_line(flood, now) for flood in shown)]),
        (
            blocks.section(f"*{summary}*"),
            *(block for flood in shown for block in _part(flood, now)),
            blocks.context(filter(None, [more, f"{typed('held ignore 3')} and the like say it as well"])),
        ),
    )


def ignored_answer(flood: Flood) -> Content:
    """Return what is said once a flood or a hint is ignored."""
    if flood.hint:
        return said(f"Ignored: {literal(flood.hint.name.display, NAME_LIMIT)} stays silent, for ever.")
    return said(f"Ignored: the {len(flood.leads)} releases of #{flood.id} stay silent.")


def _part(flood: Flood, now: datetime) -> Iterator[Block]:
    names = [f"“{literal(flood.hint.words, _NAMES_LIMIT)}”"] if flood.hint else _listed(flood)
    yield from blocks.sections([_line(flood, now), *fitting(names, limit=_NAMES_LIMIT)])
    yield from blocks.actions(
        [
            run(0, "Announce", f"held announce {flood.id}", "primary"),
            run(1, "Ignore", f"held ignore {flood.id}"),
        ]
    )


def _counts(floods: Sequence[Flood]) -> str:
    hints = sum(1 for flood in floods if flood.hint)
    parts = [counted(len(floods) - hints, "flood")] if hints < len(floods) else []
    return " and ".join([*parts, *([counted(hints, "name")] if hints else [])])


def _listed(flood: Flood) -> list[str]:
    return [f"• {literal(name, NAME_LIMIT)}" for name in flood.names]


def _line(flood: Flood, now: datetime) -> str:
    source = literal(flood.source_id, NAME_LIMIT) or "a source"
    if flood.hint:
        name = link(flood.hint.url, flood.hint.name.display, NAME_LIMIT)
        asked = f"asked about {ago(flood.held_at, now)}"
        return f"#{flood.id} *{source}* names {name}, which no source has shown; {asked}."
    return f"#{flood.id} *{source}* showed {counted(len(flood.leads), 'release')} {ago(flood.held_at, now)}."
