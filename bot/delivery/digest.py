"""Render the digest: what came out in a day or a week, by lab, and who has gone quiet. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.delivery.alert import is_confirmed, main_url
from bot.messages import blocks
from bot.messages.content import Block, Content
from bot.messages.escape import clean, link, literal
from bot.model import Wave
from bot.releases import words

_LAB_LIMIT = 40
_NAME_LIMIT = 80
_FACT_LIMIT = 80
_TEXT_LIMIT = 590  # five characters each when all are escaped
_WAVES_LIMIT = 30
_QUIET_LIMIT = 8
_SENTENCES, _SENTENCE_LIMIT = 4, 200


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hold that a lab released nothing: for how many days, and its usual gap where that is known."""

    lab: str  # the name that people read
    days: int
    median_gap: float | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """Hold what a digest tells: waves in the order to tell them, the days that it is about, when it comes."""

    waves: Sequence[Wave]
    quiet: Sequence[Quiet]
    first: date
    last: date
    rhythm: Sequence[str]  # sentences on the period beside the one before
    schedule: str  # as people type it: "weekly mon 09:00 Europe/Berlin"


def render_digest(digest: Digest) -> Content:
    """Return the message of a digest; the waves of one lab stand together."""
    title = f"Model releases, {days_words(digest.first, digest.last)}"
    by_lab = _by_lab(digest.waves)
    counts = [_counted(len(digest.waves), "release"), _counted(len(by_lab), "lab")]
    permissive = sum(all(it.license.verdict == "permissive" for it in wave.sizes) for wave in digest.waves)
    schedule = literal(digest.schedule, _NAME_LIMIT)
    change = "change with `/releases digest weekly fri 16:00`, stop with `/releases digest off`"
    message: list[Block] = [
        blocks.header(title),
        blocks.context([" · ".join([*counts, f"{permissive} with a permissive licence"])]),
        blocks.divider(),
        *_releases(by_lab),
        *blocks.sections(_rhythm(digest.rhythm)),
        *blocks.sections(_quiet(digest.quiet)),
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
    found: dict[str, list[Wave]] = {}
    for wave in waves:
        found.setdefault(clean(wave.lab.name, _LAB_LIMIT) or wave.lab.id, []).append(wave)
    return found


def _releases(by_lab: dict[str, list[Wave]]) -> Iterator[Block]:
    room = _WAVES_LIMIT
    for lab, waves in by_lab.items():
        if room:
            yield from blocks.sections([f"*{literal(lab, _LAB_LIMIT)}*", *map(_line, waves[:room])])
        room = max(room - len(waves), 0)
    left_out = sum(map(len, by_lab.values())) - _WAVES_LIMIT
    if left_out > 0:
        yield blocks.section(f"and {left_out} more: `/releases recent`")


def _line(wave: Wave) -> str:
    name = link(main_url(wave), words.subject(wave), _NAME_LIMIT) or "a model without a name"
    licenses = list(dict.fromkeys(model.license for model in wave.sizes))
    facts = (
        f"{len(wave.sizes)} sizes" if len(wave.sizes) > 1 else "",
        f"{words.circle(licenses[0])} {words.license_words(licenses[0])}",
        "licence differs for some" if len(licenses) > 1 else "",
        words.size_range(wave.sizes) or "size not stated",
        "" if is_confirmed(wave) else "not confirmed by the lab",
    )
    return " · ".join([f"• {name}", *(literal(fact, _FACT_LIMIT) for fact in facts if fact)])


def _rhythm(sentences: Sequence[str]) -> Iterator[str]:
    if sentences:
        yield "*Rhythm*"
    for sentence in sentences[:_SENTENCES]:
        yield literal(sentence, _SENTENCE_LIMIT)


def _quiet(quiet: Sequence[Quiet]) -> Iterator[str]:
    if quiet:
        yield "*Quiet*"
    for lab in quiet[:_QUIET_LIMIT]:
        usual = f" (median gap {lab.median_gap:g})" if lab.median_gap is not None else ""
        yield f"{literal(lab.lab, _LAB_LIMIT)}: {_counted(lab.days, 'day')} since the last release{usual}"
    if len(quiet) > _QUIET_LIMIT:
        yield f"and {len(quiet) - _QUIET_LIMIT} more labs"


def _sentence(title: str, counts: Sequence[str], by_lab: dict[str, list[Wave]]) -> str:
    names = "; ".join(
        f"{lab}: {', '.join(clean(words.subject(wave), _NAME_LIMIT) for wave in waves)}"
        for lab, waves in by_lab.items()
    )
    return literal(f"{title}: {counts[0]} from {counts[1]}. {names}", _TEXT_LIMIT)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
