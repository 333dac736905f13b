"""The line in which a channel reads of changes: one for all that were made and not told yet. Pure."""

import hashlib

from bot.records import Content
from bot.views.blocks import section

_MOST_SENTENCES = 20  # of one line
_EARLIER = "More was changed before: `list` shows what holds now."


def told_with(before: Content | None, topic: str, sentence: str) -> Content:
    """Return a line that says what one before it says, and a sentence instead of what it says on this topic.

    A topic is the id of its block.
    """
    mark = hashlib.sha256(topic.encode()).hexdigest()[:16]
    kept = [block for block in (before.blocks if before else ()) if block.get("block_id") != mark]
    rows = [*kept, {**section(sentence), "block_id": mark}]
    if len(rows) > _MOST_SENTENCES:
        rows = [{**section(_EARLIER), "block_id": "earlier"}, *rows[1 - _MOST_SENTENCES :]]
    return Content("\n".join(row["text"]["text"] for row in rows), rows)
