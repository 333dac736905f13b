"""`try`, `add`, `remove`: what an address would bring as a source, and watching it beside feeds.yaml."""

import getpass
from typing import Any

import click

from bot.cli.output import as_json_option, print_content, print_json, say
from bot.clock import SystemClock
from bot.desk import labs
from bot.desk.grammar import parse_command
from bot.desk.trial import Selectors, Trial, Trier
from bot.errors import SourceError, UsageError
from bot.fetch.address import parsed
from bot.records import Content
from bot.releases.naming.labs import Labs
from bot.run.engines import fetcher_for, fetcher_of
from bot.run.wiring import open_app
from bot.settings.environment import read_environment
from bot.settings.file import as_yaml, fields_of
from bot.sources.build import load_config
from bot.sources.discovery import FORMATS
from bot.views.answers import added_labs_answer, tried_line, tried_summary
from bot.views.blocks import sections
from bot.views.commands import Verb

_SHOWN = 20  # items; --json lists them all
_yes = click.option("--yes", is_flag=True, help="Do it without asking.")
_UNCHANGED = "Nothing was changed."


@click.command(name="try")
@click.argument("url")
@click.option(
    "--format", "format_", default="", type=click.Choice(("", *FORMATS)), help="How to read a page."
)
@click.option(
    "--item", default="", help="What selects one post: a CSS selector, or jmespath for next and json."
)
@click.option("--title", default="", help="What selects its title, in the item.")
@click.option("--link", default="", help="What selects its link.")
@click.option("--date", default="", help="What selects its date.")
@as_json_option
def try_command(url: str, format_: str, item: str, title: str, link: str, date: str, as_json: bool) -> None:
    """Show what an address would bring as a source, and the lines for feeds.yaml; nothing is stored."""
    environment, clock = read_environment(), SystemClock()
    file = environment.cadencebot_config
    config = load_config(file) if file.exists() else None
    known = Labs(lab.lab for lab in config.labs) if config else Labs(())
    with fetcher_for(environment, clock) as fetcher:
        trier = Trier(environment, config, known, clock, fetcher)
        trial = trier.attempt(_whole(url), Selectors(format_, item, title, link, date))
    if as_json:
        print_json(_as_object(trial))
        return
    _show(trial)
    if trial.stands:
        say(f"It stands in feeds.yaml already, under {trial.stands}.")
    say("\nUnder `sources` of a lab in feeds.yaml:\n")
    say(as_yaml(trial.spec))


def _whole(url: str) -> str:
    """Return an address as a browser's bar would complete it. Raises UsageError for what can be none."""
    whole = url.strip() if "://" in url else f"https://{url.strip()}"
    try:
        parsed(whole)
    except SourceError as error:
        raise UsageError(f"{url[:60]!r} is no web address: write http://host/path or https://") from error
    return whole


def _show(trial: Trial) -> None:
    """Print what an address shows, a line each of the first things, and what there is to say of it."""
    shown = trial.items[:_SHOWN]
    print_content(Content("", tuple(sections([tried_summary(trial.tried), *map(tried_line, shown)]))))
    if len(trial.items) > _SHOWN:
        say(f"and {len(trial.items) - _SHOWN} more; `cadencebot try --json` lists them all.")
    for remark in trial.remarks:
        say(remark)


def _as_object(trial: Trial) -> dict[str, Any]:
    return {
        "source": trial.spec.id,
        "lab": trial.lab,
        "stands_under": trial.stands or None,
        "remarks": trial.remarks,
        "feeds_yaml": fields_of(trial.spec),
        "items": [
            {
                "title": one.sighting.title,
                "url": one.sighting.url,
                "published": one.sighting.published.at if one.sighting.published else None,
                "verdict": one.verdict.kind,
                "reason": one.verdict.reason,
                "name": one.verdict.name.display if one.verdict.name else None,
                "also": [name.display for name in one.verdict.also],
            }
            for one in trial.items
        ],
    }


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="ORGANISATION|URL [as NAME]")
@_yes
def add(words: tuple[str, ...], yes: bool) -> None:
    """Show what an organisation or address would bring, and have it watched beside feeds.yaml.

    The organisation is one on the Hub. What it shows now is remembered in silence. A bot that runs takes it
    up within seconds.
    """
    with open_app() as app, fetcher_of(app) as fetcher:
        asked = parse_command(" ".join((Verb.ADD, *words)), app.labs)
        trier = Trier(app.environment, app.config, app.labs, app.clock, fetcher)
        proposal = labs.propose(trier, app.store, app.config, asked.subject, asked.named)
        _show(proposal.trial)
        lab, source = proposal.lab, proposal.trial.spec.id
        as_what = "the lab" if proposal.is_new else "one more source of"
        if not (yes or asked.confirmed or click.confirm(f"Watch it as {as_what} {lab.name} ({lab.id})?")):
            say(_UNCHANGED)
            return
        with app.store.transaction():
            labs.add(app.store, proposal, getpass.getuser(), app.clock.now())
    say(f"Added: {lab.name} is watched through {source}; what it shows first is remembered in silence.")
    say(f"`cadencebot remove {lab.id}` is the way back, `cadencebot labs export` prints it for feeds.yaml.")


@click.command()
@click.argument("name", nargs=-1)
@_yes
def remove(name: tuple[str, ...], yes: bool) -> None:
    """Watch a lab no more that was added beside feeds.yaml; what is known of it stays.

    Without NAME, those that were added are listed.
    """
    with open_app(readonly=not name) as app:
        if not name:
            print_content(added_labs_answer(app.store.added.all(), app.clock.now()))
            return
        asked = parse_command(" ".join((Verb.REMOVE, *name)), app.labs)
        lab = labs.find(app.store, app.labs, asked.subject)
        if not (yes or asked.confirmed or click.confirm(f"Watch {lab.name} no more?")):
            say(_UNCHANGED)
            return
        with app.store.transaction():
            labs.remove(app.store, app.settled, lab)
    say(f"{lab.name} is watched no more. What is known of it stays, and so does who follows it.")


COMMANDS = (try_command, add, remove)
