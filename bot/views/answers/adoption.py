"""`adoption`: whose models are downloaded, and built upon."""

from collections.abc import Iterator, Sequence

from bot.cadence.adoption import Adoption, Countries, LabDerivatives, LabDownloads, outnumbers
from bot.cadence.measures import ChangeKind, Measure, week_name
from bot.model import Lab
from bot.records import Content
from bot.views import blocks
from bot.views.answers.common import fitting, said, sentence, text_of
from bot.views.blocks import dotted, literal
from bot.views.names import FACT_LIMIT, lab_name
from bot.views.phrases import counted

_NOTHING = (
    "Nothing was measured yet: `cadencebot run` does so weekly, `cadencebot adoption --measure` at once."
)
_NOTE_LIMIT = 800
_SHOWN = 10  # of what was not measured, and of each kind of change
_KINDS = (Measure.FINETUNES, Measure.ADAPTERS, Measure.MERGES, Measure.QUANTISATIONS)
# MIT Technology Review, 21 April 2026, after "Economies of Open Intelligence" (MIT and Hugging Face, November
# 2025; see docs/reference/models.md#downloads): all downloads, with those of people who belong to no lab.
_CONTEXT = (
    "For comparison: of all downloads from the Hub in the year to August 2025, 17.1 % were of models from "
    "China and 15.86 % from the US (MIT Technology Review, 21 April 2026). The shares above are of the labs "
    "in feeds.yaml only."
)


def adoption_answer(
    found: Adoption, labs: Sequence[Lab], *, by_country: bool = False, whole: bool = False
) -> Content:
    """Return downloads and derivatives, a line a lab, or downloads by country, and what is not known.

    With several `labs`, the first is compared with the others together.
    """
    if not found.downloads and not found.derivatives:
        return said(_NOTHING)
    parts = [_countries(found.countries)] if by_country else [_downloads(found), _derivatives(found)]
    on_these = _on_countries(found.countries) if by_country else comparison(found, labs)
    notes = [literal(note, _NOTE_LIMIT) for note in (*on_these, *_gaps(found), *_changes(found))]
    told = [fitting(part, whole=whole) for part in (*parts, notes) if part]
    return Content(
        text_of(sentence(line.removeprefix("• ")) for part in told for line in part),
        tuple(block for part in told for block in blocks.sections(part)),
    )


def _downloads(found: Adoption) -> list[str]:
    weeks = found.weeks
    span = f"{week_name(weeks[0])} to {week_name(weeks[-1])}"
    title = f"*Downloads in 30 days, as the Hub counts them* · {span}"
    return [title, *(_of_lab(row, len(weeks)) for row in found.downloads)]


def _of_lab(row: LabDownloads, weeks: int) -> str:
    name, country = f"• *{lab_name(row.lab)}*", literal(row.lab.country, FACT_LIMIT)
    if row.last is None:
        facts = [name, country, "not measured"]
    else:
        since = f"{row.growth:+,} since {week_name(min(row.weeks))}" if row.growth is not None else ""
        last = f"{row.last:,} in {week_name(max(row.weeks))}"
        facts = [name, country, last, since, f"repositories counted: {row.repositories:,}"]
    return dotted([*facts, f"{len(row.weeks)} of {weeks} weeks measured"])


def _countries(countries: Countries) -> list[str]:
    if not countries.rows:
        return ["There is no week yet in which all of these labs were measured."]
    lines = [f"*Downloads in 30 days by the lab's country* · {week_name(countries.weeks[-1])}"]
    for row in countries.rows:
        share = f"{row.share:.1%}, over {counted(len(countries.weeks), 'week')} {row.share_over_window:.1%}"
        country = literal(row.country, FACT_LIMIT) or "not stated"
        lines.append(f"• *{country}* · {counted(row.labs, 'lab')} · {row.last:,} · {share}")
    return lines


def _on_countries(countries: Countries) -> Iterator[str]:
    if not countries.rows:
        return
    yield "Weeks count in which each of these labs was measured."
    if countries.left_out:
        yield f"Never measured, so left out: {', '.join(lab.name for lab in countries.left_out)}."
    yield _CONTEXT


def _derivatives(found: Adoption) -> list[str]:
    title = "*What others built upon each lab's newest repositories*"
    return [title, *map(_built_upon, found.derivatives)] if found.derivatives else []


def _built_upon(row: LabDerivatives) -> str:
    counts = {kind: row.counts.get(kind, 0) for kind in _KINDS}
    counts_words = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
    others = f"{row.total - sum(counts.values()):,} other"
    of = str(row.bases) if row.bases == row.planned else f"{row.bases} of {row.planned}"
    facts = (_total(row), f"{counts_words}, {others}", f"repositories: {of}", week_name(row.week))
    return dotted([f"• *{lab_name(row.lab)}*", *facts])


def comparison(found: Adoption, labs: Sequence[Lab]) -> Iterator[str]:
    """Yield whether the first lab's derivatives outnumber the others'; of all labs, the top three."""
    by_lab = {row.lab.id: row for row in found.derivatives}
    chosen = [by_lab[lab.id] for lab in labs if lab.id in by_lab] if labs else list(by_lab.values())[:3]
    unmeasured = [lab.name for lab in labs if lab.id not in by_lab]
    if unmeasured and len(labs) > 1:
        yield f"Nothing to compare: the derivatives of {', '.join(unmeasured)} were not measured."
    if len(chosen) < 2 or unmeasured:
        return
    one, others = chosen[0], chosen[1:]
    mine, theirs = _total(one), sum(other.total for other in others)
    least = "" if all(other.complete for other in others) else "at least "
    names = " and ".join(other.lab.name for other in others) + (" together" if len(others) > 1 else "")
    answer = outnumbers(one, others)
    verb = "outnumber" if answer else "do not outnumber"
    if answer is None:
        verb = "may or may not outnumber, as not all were counted,"
    yield f"{one.lab.name}'s derivatives ({mine}) {verb} those of {names} ({least}{theirs:,})."


def _total(row: LabDerivatives) -> str:
    return ("" if row.complete else "at least ") + f"{row.total:,}"


def _gaps(found: Adoption) -> Iterator[str]:
    for task in found.missing[-_SHOWN:]:
        why = task.complaint or "the week ended before its turn"
        yield f"Not measured: {week_name(task.week)} {task.subject} of {task.of}: {why}"
    if len(found.missing) > _SHOWN:
        yield f"and {len(found.missing) - _SHOWN} more that were not measured; --json lists them all"
    if found.to_come:
        yield f"Still to come this week: {counted(found.to_come, 'question')} to the Hub"


def _changes(found: Adoption) -> Iterator[str]:
    renamed = [f"{it.former} → {it.name}" for it in found.of(ChangeKind.RENAMED)]
    gone = [f"{it.name} ({it.downloads:,})" for it in found.of(ChangeKind.VANISHED)]
    new = [f"{it.name} ({it.downloads:,})" for it in found.of(ChangeKind.NEW, ChangeKind.RETURNED)]
    for what, names in (("New", new), ("Vanished", gone), ("Renamed", renamed)):
        if names:
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            yield f"{what} since the first of these weeks: {', '.join(names[-_SHOWN:])}{more}"
