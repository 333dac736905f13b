"""`why`: what became of each thing that a source showed."""

from collections.abc import Iterator, Sequence

from bot.records import Content
from bot.views import blocks
from bot.views.answers.pieces import fitting, sentence, text_of
from bot.views.escape import link, literal
from bot.views.story import Story, story_lines

_TITLE_LIMIT = 120
_LINE_LIMIT = 300
_STORY_LIMIT = 1_600  # characters
_STORIES = 5


def why_answer(stories: Sequence[Story], waiting: Sequence[str] = ()) -> Content:
    """Return each sighting's story; `waiting` tells of repositories that are not judged yet."""
    waits = fitting([literal(line, _LINE_LIMIT) for line in waiting], limit=_STORY_LIMIT)
    told = [list(_lines(story)) for story in stories[:_STORIES]]
    more = len(stories) - len(told)
    rest = [blocks.context([f"and {more} more: type a whole name or address"])] if more > 0 else []
    parts = [block for lines in told for block in (*blocks.sections(lines), blocks.divider())]
    sentences = [sentence(line.removeprefix("• ")) for lines in told for line in lines]
    return Content(
        text_of([*waits, *sentences]) or "No source ever showed that.",
        (*blocks.sections(waits), *parts[:-1], *rest),
    )


def _lines(story: Story) -> Iterator[str]:
    item = story.item
    yield f"*{link(item.url, item.title, _TITLE_LIMIT) or 'something without a title'}*"
    _, *steps = story_lines(story)
    yield from fitting([f"• {literal(step, _LINE_LIMIT)}" for step in steps], limit=_STORY_LIMIT)
