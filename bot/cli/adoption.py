"""`adoption`: whose models are downloaded, and built upon."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import click
from rich.progress import Progress

from bot.adoption.asking import Adoption, adoption_of
from bot.cadence.adoption import LabDerivatives, LabDownloads, outnumbers
from bot.cadence.measuring import ChangeKind, Measure, Task, week_name
from bot.cli.output import as_json_option, counted, margin, print_json, print_table, say
from bot.desk.words import split, understand
from bot.errors import UsageError
from bot.model import Lab
from bot.ops.lock import sole_user
from bot.run.engines import fetcher_of
from bot.run.wiring import App, open_app

_SINCE = timedelta(days=365)
_SHOWN = 10  # of what was not measured, and of each kind of change
_COUNTRY = "country"
_KINDS = (Measure.FINETUNES, Measure.ADAPTERS, Measure.MERGES, Measure.QUANTISATIONS)
# MIT Technology Review, 21 April 2026, after "Economies of Open Intelligence" (MIT and Hugging Face, November
# 2025; see docs/reference/models.md#downloads): all downloads, with those of people who belong to no lab.
_CONTEXT = (
    "For comparison: of all downloads from the Hub in the year to August 2025, 17.1 % were of models from "
    "China and 15.86 % from the US (MIT Technology Review, 21 April 2026). The shares above are of the labs "
    "in feeds.yaml only."
)


@click.command(name="adoption")
@click.argument("words", nargs=-1, metavar="[LAB...] [since:1y] [by:country]")
@click.option("--measure", is_flag=True, help="Measure now what this week still lacks, as the Hub allows.")
@as_json_option
def adoption_command(words: tuple[str, ...], measure: bool, as_json: bool) -> None:
    """Show how much the labs' models are downloaded and built upon, as measured week by week.

    With several labs, the first is compared with the others together.
    """
    asked = split(" ".join(words), ("since", "by"))
    by = [word.value.lower() for word in asked if word.key == "by"]
    if set(by) - {_COUNTRY}:
        raise UsageError("by: takes country and nothing else")
    with open_app(readonly=not measure) as app:
        typed = understand([word for word in asked if word.key != "by"], app.labs, ("since",))
        failed = _measure(app) if measure else 0
        now = app.clock.now()
        found = adoption_of(app.store, app.labs, typed.labs, now - (typed.since or _SINCE), now)
        if as_json:
            print_json(_as_object(found, typed.labs))
        elif not found.downloads and not found.derivatives:
            say("Nothing was measured yet: `cadencebot run` does so weekly, `adoption --measure` at once.")
        else:
            _tell(found, typed.labs, by_country=bool(by))
    if failed:
        raise click.exceptions.Exit(1)


def _measure(app: App) -> int:
    """Measure behind a progress bar on a terminal; return how many tasks failed."""
    console = margin()
    with (
        sole_user(app.state),
        fetcher_of(app) as fetcher,
        Progress(console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        line = bar.add_task("Measuring", total=None)
        done = app.measuring.measure_all(fetcher, lambda _, of: bar.update(line, advance=1, total=of))
    failed = [measured for measured in done if measured.complaint]
    for measured in failed:
        console.print(f"failed {measured.task.of}: {measured.complaint}", markup=False)
    return len(failed)


# --- for people


def _tell(found: Adoption, labs: Sequence[Lab], *, by_country: bool) -> None:
    if by_country:
        _tell_countries(found)
    else:
        _tell_downloads(found)
        _tell_derivatives(found, labs)
    for line in (*_gaps(found), *_changes(found)):
        say(line)


def _tell_downloads(found: Adoption) -> None:
    first, last = week_name(found.window.weeks[0]), week_name(found.window.weeks[-1])
    print_table(
        ("Lab", "Country", "Downloads", "Week", "Change since", "Repositories", "Weeks measured"),
        [_downloads_row(row, len(found.window.weeks)) for row in found.downloads],
        f"Downloads in 30 days, as the Hub counts them; {first} to {last}",
    )


def _downloads_row(row: LabDownloads, weeks: int) -> tuple[str, ...]:
    if not row.weeks:
        return (row.lab.name, row.lab.country, "not measured", "", "", "", f"0 of {weeks}")
    change = "" if row.growth is None else f"{row.growth:+,} ({week_name(min(row.weeks))})"
    return (
        row.lab.name,
        row.lab.country,
        f"{row.last:,}",
        week_name(max(row.weeks)),
        change,
        f"{row.repositories:,}",
        f"{len(row.weeks)} of {weeks}",
    )


def _tell_countries(found: Adoption) -> None:
    countries = found.countries
    if not countries.rows:
        say("There is no week yet in which all of these labs were measured.")
        return
    print_table(
        ("Country", "Labs", "Downloads", "Share", f"Share over {counted(len(countries.weeks), 'week')}"),
        [
            (
                row.country,
                str(row.labs),
                f"{row.last:,}",
                f"{row.share:.1%}",
                f"{row.share_over_window:.1%}",
            )
            for row in countries.rows
        ],
        f"Downloads in 30 days by the lab's country, {week_name(countries.weeks[-1])}",
    )
    say("Weeks count in which each of these labs was measured.")
    if countries.left_out:
        say(f"Never measured, so left out: {', '.join(lab.name for lab in countries.left_out)}.")
    say(_CONTEXT)


def _tell_derivatives(found: Adoption, labs: Sequence[Lab]) -> None:
    if not found.derivatives:
        return
    print_table(
        ("Lab", "Derivatives", *(kind.capitalize() for kind in _KINDS), "Other", "Of repositories", "Week"),
        [
            (
                row.lab.name,
                _total(row),
                *(f"{row.counts.get(kind, 0):,}" for kind in _KINDS),
                f"{row.total - sum(row.counts.get(kind, 0) for kind in _KINDS):,}",
                str(row.bases) if row.bases == row.planned else f"{row.bases} of {row.planned}",
                week_name(row.week),
            )
            for row in found.derivatives
        ],
        "What others built upon each lab's newest repositories",
    )
    for sentence in _comparison(found, labs):
        say(sentence)


def _comparison(found: Adoption, labs: Sequence[Lab]) -> Iterator[str]:
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
        yield f"Not measured: {_task_words(task)}"
    if len(found.missing) > _SHOWN:
        yield f"and {len(found.missing) - _SHOWN} more that were not measured; --json lists them all"
    if found.to_come:
        yield f"Still to come this week: {counted(found.to_come, 'question')} to the Hub."


def _task_words(task: Task) -> str:
    why = task.complaint or "the week ended before its turn"
    return f"{week_name(task.week)} {task.subject} of {task.of}: {why}"


def _changes(found: Adoption) -> Iterator[str]:
    renamed = [f"{it.former} → {it.name}" for it in found.of(ChangeKind.RENAMED)]
    gone = [f"{it.name} ({it.downloads:,})" for it in found.of(ChangeKind.VANISHED)]
    new = [f"{it.name} ({it.downloads:,})" for it in found.of(ChangeKind.NEW, ChangeKind.RETURNED)]
    for what, names in (("New", new), ("Vanished", gone), ("Renamed", renamed)):
        if names:
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            yield f"{what} since the first of these weeks: {', '.join(names[-_SHOWN:])}{more}"


# --- for programs


def _as_object(found: Adoption, labs: Sequence[Lab]) -> dict[str, Any]:
    return {
        "weeks": [week_name(week) for week in found.window.weeks],
        "downloads": [_downloads_object(row) for row in found.downloads],
        "countries": {
            "weeks": [week_name(week) for week in found.countries.weeks],
            "left_out": [lab.id for lab in found.countries.left_out],
            "rows": [
                {
                    "country": row.country,
                    "labs": row.labs,
                    "downloads": row.last,
                    "share": round(row.share, 4),
                    "share_over_weeks": round(row.share_over_window, 4),
                }
                for row in found.countries.rows
            ],
        },
        "derivatives": [_derivatives_object(row) for row in found.derivatives],
        "comparison": next(_comparison(found, labs), None),
        "not_measured": [
            {"week": week_name(it.week), "lab": it.lab, "of": it.of, "why": it.complaint or None}
            for it in found.missing
        ],
        "to_come": found.to_come,
        "changes": [
            {
                "week": week_name(it.week),
                "lab": it.lab,
                "kind": it.kind,
                "repository": it.name,
                "former_name": it.former or None,
                "downloads": it.downloads,
            }
            for it in found.changes
        ],
    }


def _downloads_object(row: LabDownloads) -> dict[str, Any]:
    return {
        "lab": row.lab.id,
        "country": row.lab.country or None,
        "weeks": {week_name(week): value for week, value in row.weeks.items()},
        "repositories": row.repositories,
        "gaps": [week_name(week) for week in row.gaps],
    }


def _derivatives_object(row: LabDerivatives) -> dict[str, Any]:
    return {
        "lab": row.lab.id,
        "week": week_name(row.week),
        "total": row.total,
        "complete": row.complete,
        "relations": dict(row.counts),
        "repositories": row.bases,
        "repositories_planned": row.planned,
    }


COMMANDS = (adoption_command,)
