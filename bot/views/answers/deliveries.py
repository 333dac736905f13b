"""`deliveries`: what became of messages."""

from collections.abc import Sequence
from datetime import datetime

from bot.records import Content, Delivery
from bot.views import blocks
from bot.views.answers.common import fitting, said, sentence, text_of
from bot.views.blocks import dotted, literal
from bot.views.names import NAME_LIMIT, place
from bot.views.phrases import ago, counted

_REASON_LIMIT = 200
_ID = 8  # characters of a delivery's id that are enough to name it


def deliveries_answer(
    deliveries: Sequence[Delivery], now: datetime, known: int, *, whole: bool = False
) -> Content:
    """Return what became of messages, a line each, the newest first; `known` is how many there are."""
    if not deliveries:
        return said("No messages.")
    title = counted(known, "message")
    if len(deliveries) < known:
        title += f", the newest {len(deliveries)}"
    lines = [f"• {literal(it.id[:_ID], _ID)} · {delivery_words(it, now)}" for it in deliveries]
    shown = fitting(lines, whole=whole)
    return Content(
        text_of([f"{title}.", *(sentence(line.removeprefix("• ")) for line in shown)]),
        tuple(blocks.sections([f"*{title}*", *shown])),
    )


def what_words(delivery: Delivery) -> str:
    """Return what one message is called, with the name of its release in bold."""
    name = literal(delivery.release, NAME_LIMIT)
    return f"{delivery.kind} of *{name}*" if name else delivery.kind


def delivery_words(delivery: Delivery, now: datetime) -> str:
    """Return what one message is about, for whom, and what became of it."""
    facts = (
        f"{what_words(delivery)} for {place(delivery.destination)}",
        f"{delivery.state} {ago(delivery.settled_at or delivery.created_at, now)}",
        literal(delivery.reason, _REASON_LIMIT),
    )
    return dotted(facts)
