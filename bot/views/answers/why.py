"""`why`: what became of each thing that a source showed, and why it was announced or was not."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.model import Mention, Name, SourceKind
from bot.records import Content, Delivery, Remembered
from bot.views import blocks
from bot.views.answers.common import fitting, sentence, text_of
from bot.views.blocks import link, literal
from bot.views.phrases import counted

_PARTS = ("family", "version", "line", "size", "stamp", "stage", "packaging")
_TITLE_LIMIT = 120
_LINE_LIMIT = 300
_STORY_LIMIT = 1_600  # characters
_STORIES = 5


@dataclass(frozen=True, slots=True)
class Story:
    """A sighting with who else speaks of its release, and what was owed for it."""

    item: Remembered
    mentions: Sequence[Mention] = ()
    deliveries: Sequence[Delivery] = ()
    wishes: Sequence[str] = ()  # of who got nothing of it (see outbox.audience)

    @property
    def others(self) -> list[Mention]:
        """Return what else speaks of its release."""
        return [mention for mention in self.mentions if mention.url != self.item.url]


def why_answer(stories: Sequence[Story], waiting: Sequence[str] = (), *, whole: bool = False) -> Content:
    """Return each sighting's story; `waiting` tells of repositories that are not judged yet."""
    waits = fitting([literal(line, _LINE_LIMIT) for line in waiting], limit=_STORY_LIMIT, whole=whole)
    chosen = stories if whole else stories[:_STORIES]
    keys = [story.item.release_key for story in chosen]
    told = [
        list(_lines(story, repeats=bool(key) and key in keys[:place], whole=whole))
        for place, (story, key) in enumerate(zip(chosen, keys, strict=True))
    ]
    more = len(stories) - len(told)
    rest = [blocks.context([f"and {more} more: type a whole name or address"])] if more > 0 else []
    parts = [block for lines in told for block in (*blocks.sections(lines), blocks.divider())]
    sentences = [sentence(line.removeprefix("• ")) for lines in told for line in lines]
    return Content(
        text_of([*waits, *sentences]) or "No source ever showed that.",
        (*blocks.sections(waits), *parts[:-1], *rest),
    )


def _lines(story: Story, *, repeats: bool, whole: bool) -> Iterator[str]:
    yield f"*{link(story.item.url, story.item.title, _TITLE_LIMIT) or 'something without a title'}*"
    steps = [f"• {literal(step, _LINE_LIMIT)}" for step in _steps(story, repeats=repeats)]
    yield from fitting(steps, limit=_STORY_LIMIT, whole=whole)


def _steps(story: Story, *, repeats: bool) -> Iterator[str]:
    """Yield what became of a sighting; one that `repeats` belongs to a release that was told of before."""
    item = story.item
    how = (" again, renamed or changed" if item.amends else "") + ("" if item.live else _silence(item))
    yield f"seen {item.seen_at:%Y-%m-%d %H:%M UTC} by {item.source_id}{how}"
    yield f"judged {item.kind}: {item.reason}"
    if item.name:
        yield "read as " + ", ".join(f"{part} {value}" for part, value in name_parts(item.name).items())
    yield f"belongs {_belongs(item)}{', as above' if repeats else ''}"
    if repeats:
        return
    for other in story.others:
        yield f"with {other.source}: {other.title} {other.url}"
    owed = Counter((one.kind, one.state, str(one.destination), one.reason) for one in story.deliveries)
    for (kind, state, destination, reason), count in owed.items():
        several = counted(count, kind) if count > 1 else kind
        yield f"{several} {state} in {destination}{f' ({reason})' if reason else ''}"
    for wish in story.wishes:
        yield f"wanted {wish}"


def name_parts(name: Name) -> dict[str, str]:
    """Return the parts that a name was read as having."""
    return {part: getattr(name, part) for part in _PARTS if getattr(name, part)}


def _silence(item: Remembered) -> str:
    if item.source == SourceKind.IMPORT:
        return ", brought by a person, which is remembered and never announced"
    return " in its first poll, which is remembered and never announced"


def _belongs(item: Remembered) -> str:
    if item.release_key:
        return f"to {item.release_key}"
    if item.wait_until:
        return (
            f"to nothing yet: waits until {item.wait_until:%Y-%m-%d %H:%M UTC} for the Hub or the lab "
            "to confirm it"
        )
    return "to no release"
