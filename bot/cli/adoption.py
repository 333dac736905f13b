"""`adoption`: whose models are downloaded, and built upon."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import click

from bot.adoption.measure import adoption_of
from bot.cadence.adoption import Adoption, LabDerivatives, LabDownloads
from bot.cadence.measures import week_name
from bot.cli.output import as_json_option, margin, print_content, print_json, progress_bar
from bot.desk.arguments import split, understand
from bot.errors import UsageError
from bot.model import Lab
from bot.run.chores import measuring_of
from bot.run.engines import fetcher_of
from bot.run.wiring import App, open_app
from bot.views.answers import adoption_answer
from bot.views.answers.adoption import comparison
from bot.views.commands import Verb

_SINCE = timedelta(days=365)
_COUNTRY = "country"


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
        typed = understand(Verb.CADENCE, [word for word in asked if word.key != "by"], app.labs, ("since",))
        failed = _measure(app) if measure else 0
        now = app.clock.now()
        found = adoption_of(app.store, app.labs, typed.labs, now - (typed.since or _SINCE), now)
        if as_json:
            print_json(_as_object(found, typed.labs))
        else:
            print_content(adoption_answer(found, typed.labs, by_country=bool(by), whole=True))
    if failed:
        raise click.exceptions.Exit(1)


def _measure(app: App) -> int:
    """Measure behind a progress bar on a terminal; return how many tasks failed."""
    console = margin()
    with (
        app.alone(),
        fetcher_of(app) as fetcher,
        progress_bar() as bar,
    ):
        line = bar.add_task("Measuring", total=None)
        done = measuring_of(app).measure_all(fetcher, lambda _, of: bar.update(line, advance=1, total=of))
    failed = [measured for measured in done if measured.complaint]
    for measured in failed:
        console.print(f"failed {measured.task.of}: {measured.complaint}", markup=False)
    return len(failed)


def _as_object(found: Adoption, labs: Sequence[Lab]) -> dict[str, Any]:
    return {
        "weeks": [week_name(week) for week in found.weeks],
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
        "comparison": next(comparison(found, labs), None),
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
