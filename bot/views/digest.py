"""The digest: what came out in a period, by lab, beside the period before it, and its news. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from bot.cadence.news import News, Silence
from bot.cadence.period import share
from bot.model import Wave
from bot.records import Block, Content
from bot.views import blocks
from bot.views.answers.common import typed
from bot.views.blocks import dotted, literal
from bot.views.names import (
    LAB_LIMIT,
    NAME_LIMIT,
    licence_of,
    linked,
    plain_lab,
    plain_subject,
    size_of,
    sizes_of,
)
from bot.views.phrases import counted
from bot.views.sentence import is_confirmed

_TEXT_LIMIT = 590  # five characters each when all are escaped
LISTED = 30  # waves, each in a line
_SENTENCES, _SENTENCE_LIMIT = 6, 200
_FASTEST = 5


@dataclass(frozen=True, slots=True)
class Digest:
    """What a digest tells: waves in the order to tell them, the days that it is about, when it comes."""

    waves: Sequence[Wave]
    before: Sequence[Wave]  # of the period before
    quiet: Sequence[Silence]
    news: Sequence[News]
    first: date
    last: date
    schedule: str  # as people type it: "weekly mon 09:00 Europe/Berlin"


def render_digest(digest: Digest) -> Content:
    """Return the message of a digest; the waves of one lab stand together."""
    title = f"Model releases, {days_words(digest.first, digest.last)}"
    by_lab = _by_lab(digest.waves)
    counts = [counted(len(digest.waves), "release"), counted(len(by_lab), "lab")]
    permissive = sum(all(it.license.verdict == "permissive" for it in wave.sizes) for wave in digest.waves)
    schedule = literal(digest.schedule, NAME_LIMIT)
    change = f"change with {typed('digest weekly fri 16:00')}, stop with {typed('digest off')}"
    message: list[Block] = [
        blocks.header(title),
        blocks.context([dotted([*counts, f"{permissive} with a permissive licence"])]),
        blocks.divider(),
        *_releases(by_lab),
        *blocks.sections(_titled("Beside the period before", _beside(digest.waves, digest.before))),
        *blocks.sections(_titled("News", [one.sentence for one in digest.news])),
        *blocks.sections(_titled("Quiet", _quiet(digest))),
        blocks.divider(),
        blocks.context([f"Comes {schedule} · {change}"]),
    ]
    return Content(_sentence(title, counts, by_lab), tuple(message))


def days_words(first: date, last: date) -> str:
    """Return the days from first to last: "19 April", "13–19 April", "27 April – 3 May"."""
    if first >= last:
        return f"{first.day} {first:%B}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {last:%B}"
    return f"{first.day} {first:%B} – {last.day} {last:%B}"


def _by_lab(waves: Sequence[Wave]) -> dict[str, list[Wave]]:
    found = defaultdict[str, list[Wave]](list)
    for wave in waves:
        found[plain_lab(wave.lab)].append(wave)
    return found


def _releases(by_lab: dict[str, list[Wave]]) -> Iterator[Block]:
    room = LISTED
    for lab, waves in by_lab.items():
        if room:
            yield from blocks.sections([f"*{literal(lab, LAB_LIMIT)}*", *map(_line, waves[:room])])
        room = max(room - len(waves), 0)
    left_out = sum(map(len, by_lab.values())) - LISTED
    if left_out > 0:
        yield blocks.section(f"and {left_out} more: {typed('recent')}")


def _line(wave: Wave) -> str:
    facts = (
        f"• {linked(wave)}",
        sizes_of(wave),
        licence_of(wave.sizes),
        size_of(wave.sizes),
        "" if is_confirmed(wave) else "not confirmed by the lab",
    )
    return dotted(facts)


def _titled(title: str, sentences: Iterable[str]) -> Iterator[str]:
    """Yield plain sentences below their title, as many as fit, and nothing where there are none."""
    told = list(sentences)
    if told:
        yield f"*{title}*"
    for sentence in told[:_SENTENCES]:
        yield literal(sentence, _SENTENCE_LIMIT)
    if len(told) > _SENTENCES:
        yield f"and {len(told) - _SENTENCES} more"


def _beside(waves: Sequence[Wave], before: Sequence[Wave]) -> Iterator[str]:
    if not before:
        return
    more = len(waves) - len(before)
    than = f"{abs(more)} {'more' if more > 0 else 'fewer'} than" if more else "as many as"
    yield f"{counted(len(waves), 'release')}: {than} in the period before."
    now, then = Counter(wave.lab.name for wave in waves), Counter(wave.lab.name for wave in before)
    fast = [f"{lab} {count} (before: {then[lab]})" for lab, count in now.most_common(_FASTEST) if count > 1]
    if fast:
        yield f"The fastest: {', '.join(fast)}."
    permissive, former = _permissive(waves), _permissive(before)
    if permissive is not None:
        was = "" if former is None else f" (before: {former:.0%})"
        yield f"Permissive licences: {permissive:.0%} of those stated{was}."


def _permissive(waves: Sequence[Wave]) -> float | None:
    return share(Counter(wave.sizes[0].license.verdict for wave in waves), "permissive")


def _quiet(digest: Digest) -> Iterator[str]:
    for silence in digest.quiet:
        days = counted((digest.last - silence.last.day).days, "day")
        yield f"{silence.last.who}: {days} since {silence.last.name} (median gap {silence.usual:g})"


def _sentence(title: str, counts: Sequence[str], by_lab: dict[str, list[Wave]]) -> str:
    names = "; ".join(
        f"{lab}: {', '.join(map(plain_subject, waves[:_TEXT_LIMIT]))}"
        for lab, waves in islice(by_lab.items(), _TEXT_LIMIT)
    )
    return literal(f"{title}: {counts[0]} from {counts[1]}. {names}", _TEXT_LIMIT)
