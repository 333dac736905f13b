"""`held`: what a source showed too much of at once, and what it only named, for a person to decide."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from bot.records import Block, Content, Flood
from bot.views import blocks
from bot.views.answers.common import fitting, said, text_of, turn, typed
from bot.views.blocks import link, literal
from bot.views.names import NAME_LIMIT, source_name
from bot.views.phrases import ago, counted, length

_MOST = 5  # in one answer, the oldest first
_NAMES_LIMIT = 1_200  # characters of the names of one


def held_answer(
    floods: Sequence[Flood],
    now: datetime,
    left: Callable[[Flood, datetime], timedelta],
    *,
    whole: bool = False,
) -> Content:
    """Return what waits for somebody to announce or ignore it, each with its buttons.

    `left` tells how long one will wait at least.
    """
    if not floods:
        return said(
            "Nothing is held back: no source showed far more than usual, or named what none has shown."
        )
    shown = floods if whole else floods[:_MOST]
    lines = {
        flood.id: f"{_line(flood, now)} Ignored by itself in {length(left(flood, now))}." for flood in shown
    }
    summary = f"{_counts(floods)} held back. Announced, it is posted; ignored, it stays silent."
    first = shown[0].id
    settling = f"{typed(f'held announce {first}')} posts it, {typed(f'held ignore {first}')} keeps it silent"
    more = f"{len(floods) - len(shown)} more come after these" if len(floods) > len(shown) else ""
    return Content(
        text_of([summary, *lines.values()]),
        (
            blocks.section(f"*{summary}*"),
            *(block for flood in shown for block in _part(flood, lines[flood.id], whole=whole)),
            blocks.context(filter(None, [more, settling])),
        ),
    )


def ignored_answer(flood: Flood) -> Content:
    """Return what is said once a flood or a hint is ignored."""
    if flood.hint:
        return said(f"Ignored: {flood.hint.name.display} stays silent, for ever.")
    return said(f"Ignored: {counted(len(flood.leads), 'release')} of {flood.source_id}, for ever.")


def _part(flood: Flood, line: str, *, whole: bool) -> Iterator[Block]:
    if flood.hint:
        names = [f"“{literal(flood.hint.words, _NAMES_LIMIT)}”"]
    else:
        names = [f"• {literal(name, NAME_LIMIT)}" for name in flood.names]
    yield from blocks.sections([line, *fitting(names, limit=_NAMES_LIMIT, whole=whole)])
    yield from blocks.actions(
        [
            turn(0, "Announce", f"held announce {flood.id}", "primary"),
            turn(1, "Ignore", f"held ignore {flood.id}"),
        ]
    )


def _counts(floods: Sequence[Flood]) -> str:
    hints = sum(1 for flood in floods if flood.hint)
    parts = [counted(len(floods) - hints, "flood")] if hints < len(floods) else []
    return " and ".join([*parts, *([counted(hints, "name")] if hints else [])])


def _line(flood: Flood, now: datetime) -> str:
    source = source_name(flood.source_id)
    if flood.hint:
        name = link(flood.hint.url, flood.hint.name.display, NAME_LIMIT)
        asked = f"asked about {ago(flood.held_at, now)}"
        return f"#{flood.id} *{source}* names {name}, which no source has shown; {asked}."
    return f"#{flood.id} *{source}* showed {counted(len(flood.leads), 'release')} {ago(flood.held_at, now)}."
