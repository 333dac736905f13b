"""`held`: what a source showed too much of at once, for a person to decide."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.chat.answers.asking import said
from bot.chat.answers.pieces import NAME_LIMIT, counted, fitting, run, text_of, typed
from bot.chat.phrases import ago
from bot.messages import blocks
from bot.messages.content import Block, Content
from bot.messages.escape import literal
from bot.records import Flood

_MOST = 5  # floods in one answer, the oldest first
_NAMES_LIMIT = 1_200  # characters of the names of one


def held_answer(floods: Sequence[Flood], now: datetime) -> Content:
    """Return what waits for somebody to announce or ignore it, each with its buttons."""
    if not floods:
        return said("Nothing is held back: no source showed far more than usual.")
    shown = floods[:_MOST]
    summary = f"{counted(len(floods), 'flood')} held back. Announced, it is posted; ignored, it stays silent."
    more = f"{len(floods) - _MOST} more come after these" if len(floods) > _MOST else ""
    return Content(
        text_of([summary, *(_line(flood, now) for flood in shown)]),
        (
            blocks.section(f"*{summary}*"),
            *(block for flood in shown for block in _part(flood, now)),
            blocks.context(filter(None, [more, f"{typed('held ignore 3')} and the like say it as well"])),
        ),
    )


def _part(flood: Flood, now: datetime) -> Iterator[Block]:
    names = [f"• {literal(name, NAME_LIMIT)}" for name in flood.names]
    yield from blocks.sections([_line(flood, now), *fitting(names, limit=_NAMES_LIMIT)])
    yield from blocks.actions(
        [
            run(0, "Announce", f"held announce {flood.id}", "primary"),
            run(1, "Ignore", f"held ignore {flood.id}"),
        ]
    )


def _line(flood: Flood, now: datetime) -> str:
    source = literal(flood.source_id, NAME_LIMIT) or "a source"
    return f"#{flood.id} *{source}* showed {counted(len(flood.leads), 'release')} {ago(flood.held_at, now)}."
