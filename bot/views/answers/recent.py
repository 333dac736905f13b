"""`recent`: what came out lately, a page at a time."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.model import Wave
from bot.records import Block, Content
from bot.releases.facts import words
from bot.views import blocks
from bot.views.answers.common import share, text_of, turn, typed, window_words
from bot.views.blocks import Element, details_button, dotted, literal
from bot.views.commands import RECENT, YEAR, Command
from bot.views.names import (
    FACT_LIMIT,
    lab_name,
    licence_in_words,
    licence_of,
    linked,
    size_of,
    sizes_of,
    subject_of,
)
from bot.views.phrases import ago, came_out, counted

_PAGE = 10
_LARGEST_PAGE = 20  # releases, at up to 400 characters each
_LABS_NAMED = 3
_ASKED_LIMIT = 200
_TRIAGED = {
    "open": ", told here and looked at by nobody",
    "looking": ", being looked at here",
    "adopted": ", adopted here",
    "no": ", not for us here",
}


def page_size(command: Command, *, whole: bool = False) -> int:
    """Return how many releases a page of this answer holds: what `n:` says, as far as it fits a message."""
    return command.number or _LARGEST_PAGE if whole else min(command.number or _PAGE, _LARGEST_PAGE)


def recent_answer(
    command: Command,
    total: int,
    waves: Sequence[Wave],
    now: datetime,
    checked_at: datetime | None = None,
    *,
    whole: bool = False,
) -> Content:
    """Return one page of the releases that were asked for; `total` counts those of all pages.

    `whole`: a page is as long as asked for, and its words say how to turn it.
    """
    size = page_size(command, whole=whole)
    shown = waves[:size]
    if not shown:
        return _nothing(command, now, checked_at)
    first = (command.page - 1) * size + 1
    last = first + len(shown) - 1
    title = f"{counted(total, 'release')} {_asked_for(command)}"
    part = f", {first} to {last} shown" if len(shown) < total else ""
    lines = list(enumerate(shown, first))
    more = [f"page:{command.page + 1} shows older ones, n:100 more at once"] if whole and last < total else []
    return Content(
        text_of([f"{title}{part}.", *(_sentence(number, wave) for number, wave in lines)]),
        (
            blocks.section(f"*{title}*{part}"),
            *(numbered(number, wave) for number, wave in lines),
            *blocks.actions(_turning(command, size, total, last)),
            blocks.context([*more, *_small_print(now, checked_at)]),
        ),
    )


def _nothing(command: Command, now: datetime, checked_at: datetime | None) -> Content:
    if command.page > 1:
        text = f"There is no page {command.page} of the releases {_asked_for(command)}."
        choices = [turn(0, "First page", _paged(command.text, 1))]
    else:
        text = f"Nothing came out {_asked_for(command)}, as far as I know."
        longer = [turn(0, "Look back a year", _without(command.text, "since", "page") + " since:1y")]
        wider = [turn(1, "Without filters", "recent")]
        is_narrow = str(command.filters) or command.labs or command.triage
        choices = [*(longer if (command.since or RECENT) < YEAR else ()), *(wider if is_narrow else ())]
    row = blocks.actions(choices)
    return Content(text, (blocks.section(text), *row, blocks.context(_small_print(now, checked_at))))


def _asked_for(command: Command) -> str:
    names = [lab_name(lab) for lab in command.labs]
    if len(names) > _LABS_NAMED:
        names = [*names[:_LABS_NAMED], f"{len(names) - _LABS_NAMED} more labs"]
    labs = f" from {', '.join(names)}" if names else ""
    filters = f" ({literal(str(command.filters), _ASKED_LIMIT)})" if str(command.filters) else ""
    made = _TRIAGED.get(command.triage, "")
    return f"in the last {window_words(command.since or RECENT)}{labs}{filters}{made}"


def numbered(number: int, wave: Wave) -> Block:
    """Return a release in a list, with a button for its details."""
    text = f"{number}. *{linked(wave)}* · {lab_name(wave.lab)} · {_date(wave)}\n{_facts(wave)}"
    return blocks.section(text, details_button(wave.lead, number))


def _facts(wave: Wave) -> str:
    facts = (
        licence_of(wave.sizes),
        sizes_of(wave),
        size_of(wave.sizes),
        literal(words.download_range(wave.sizes), FACT_LIMIT),
    )
    return dotted(facts)


def _date(wave: Wave) -> str:
    return literal(came_out(wave), 60)


def _sentence(number: int, wave: Wave) -> str:
    facts = f"{licence_in_words(wave.sizes)}; {size_of(wave.sizes)}"
    return f"{number}. {subject_of(wave)} by {lab_name(wave.lab)}, {_date(wave)}: {facts}."


def _turning(command: Command, size: int, total: int, last: int) -> Iterator[Element | None]:
    if command.page > 1:
        yield turn(0, "Newer", _paged(command.text, command.page - 1))
    if last < total:
        yield turn(1, f"Next {min(size, total - last)}", _paged(command.text, command.page + 1))
    yield share(2, command.text)


def _paged(text: str, page: int) -> str:
    return _without(text, "page") + (f" page:{page}" if page > 1 else "")


def _without(text: str, *keys: str) -> str:
    """Return a command without the words of these keys."""
    return " ".join(word for word in text.split() if word.partition(":")[0].lower() not in keys)


def _small_print(now: datetime, checked_at: datetime | None) -> Iterator[str]:
    if checked_at is not None:
        yield f"Sources were read {ago(checked_at, now)}"
    yield f"{typed('help recent')} lists the filters"
