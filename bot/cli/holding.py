"""`held`: announce or ignore what a source showed too much of at once, or what it only named."""

import getpass
from typing import Any

import click

from bot.cli.output import as_json_option, counted, print_json, print_table, say
from bot.errors import UsageError
from bot.outbox.holding import Holding, left
from bot.records import Flood
from bot.run.wiring import open_app
from bot.views.phrases import ago, length

_NAMED = 6  # releases that the table names


@click.command()
@click.argument("deed", required=False, type=click.Choice(["announce", "ignore"]))
@click.argument("number", required=False, type=click.IntRange(min=1), metavar="[ID]")
@as_json_option
def held(deed: str | None, number: int | None, as_json: bool) -> None:
    """List what was held back as a flood, and names that no item carried; announce or ignore one."""
    if deed and number is None:
        raise UsageError(f"say which one: cadencebot held {deed} ID; `cadencebot held` lists them")
    with open_app(readonly=deed is None) as app:
        if deed and number:
            say(_settled(Holding(app.store, app.clock, app.settings), deed, number))
            return
        waiting, now = app.store.held.waiting(), app.clock.now()
        if as_json:
            print_json([_as_object(flood) for flood in waiting])
            return
        if not waiting:
            say("Nothing is held back.")
            return
        print_table(
            ("Id", "Source", "Held", "Ignored in", "Releases"),
            [
                (
                    str(flood.id),
                    flood.source_id,
                    ago(flood.held_at, now),
                    length(left(flood, now)),
                    _named(flood),
                )
                for flood in waiting
            ],
        )
        for flood in waiting:
            if flood.hint:
                say(f"{flood.id}: {flood.source_id} only names it: “{flood.hint.words}” {flood.hint.url}")
        say("`cadencebot held announce ID` posts them, `cadencebot held ignore ID` keeps them silent.")


def _settled(holding: Holding, deed: str, number: int) -> str:
    by = getpass.getuser()
    if deed == "announce":
        leads = holding.announce(number, by)
        return f"Announced: {counted(len(leads), 'release')}, in the order of publication."
    flood = holding.ignore(number, by)
    if flood.hint:
        return f"Ignored: {flood.hint.name.display}, which {flood.source_id} names, for ever."
    return f"Ignored: {counted(len(flood.leads), 'release')} of {flood.source_id}, for ever."


def _named(flood: Flood) -> str:
    more = len(flood.names) - _NAMED
    return ", ".join([*flood.names[:_NAMED], *([f"{more} more"] if more > 0 else [])])


def _as_object(flood: Flood) -> dict[str, Any]:
    return {
        "id": flood.id,
        "source": flood.source_id,
        "held_at": flood.held_at.isoformat(),
        "releases": list(flood.names),
        "words": flood.hint.words if flood.hint else None,
        "url": flood.hint.url if flood.hint else None,
    }


COMMANDS = (held,)
