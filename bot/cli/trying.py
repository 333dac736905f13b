"""`try`: what a source would give, before it stands in feeds.yaml."""

from collections import Counter
from typing import Any

import click

from bot.cli.output import as_json_option, counted, print_json, print_table, say
from bot.clock import SystemClock
from bot.model import Kind
from bot.releases.naming.labs import Directory
from bot.run.engines import fetcher_for
from bot.run.trying import Trial, Tried, Trier, Wishes
from bot.settings.environment import read_environment
from bot.settings.feeds import FeedSpec, HubSpec, load_config
from bot.settings.written import as_yaml, fields_of
from bot.sources.discovery import FORMATS
from bot.views.phrases import dated

_SHOWN = 20  # items in the table; --json lists them all


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
    labs = Directory(lab.lab for lab in config.labs) if config else Directory(())
    with fetcher_for(environment, clock) as fetcher:
        trier = Trier(environment, config, labs, clock, fetcher)
        trial = trier.attempt(_whole(url), Wishes(format_, item, title, link, date))
    if as_json:
        print_json(_as_object(trial))
    else:
        _tell(trial)


def _whole(url: str) -> str:
    """Return an address as a browser's bar would complete it."""
    return url if "://" in url else f"https://{url}"


def _tell(trial: Trial) -> None:
    kinds = Counter(one.verdict.kind for one in trial.items)
    counts = ", ".join(f"{kinds[kind]} {kind}" for kind in Kind if kinds[kind])
    items = counted(len(trial.items), "item")
    say(f"{trial.spec.id} is {_kind(trial)}: {items}, judged as {trial.lab}'s: {counts}.")
    print_table(("Date", "Verdict", "Model", "Title"), [_row(one) for one in trial.items[:_SHOWN]])
    if len(trial.items) > _SHOWN:
        say(f"and {len(trial.items) - _SHOWN} more; --json lists them all.")
    for remark in trial.remarks:
        say(remark)
    if trial.stands:
        say(f"It stands in feeds.yaml already, under {trial.stands}.")
    say("\nUnder `sources` of a lab in feeds.yaml:\n")
    say(as_yaml(trial.spec))


def _kind(trial: Trial) -> str:
    match trial.spec:
        case HubSpec():
            return "an organisation on the Hub"
        case FeedSpec():
            return "a feed"
        case page:
            return f"a page, read as {page.format}"


def _row(one: Tried) -> tuple[str, str, str, str]:
    published, name = one.sighting.published, one.verdict.name
    return (
        dated(published) if published else "none",
        one.verdict.kind,
        name.display if name else "",
        one.sighting.title,
    )


def _as_object(trial: Trial) -> dict[str, Any]:
    return {
        "source": trial.spec.id,
        "lab": trial.lab,
        "stands_under": trial.stands or None,
        "remarks": list(trial.remarks),
        "feeds_yaml": fields_of(trial.spec),
        "items": [
            {
                "title": one.sighting.title,
                "url": one.sighting.url,
                "published": one.sighting.published.at.isoformat() if one.sighting.published else None,
                "verdict": one.verdict.kind,
                "reason": one.verdict.reason,
                "name": one.verdict.name.display if one.verdict.name else None,
                "also": [name.display for name in one.verdict.also],
            }
            for one in trial.items
        ],
    }


COMMANDS = (try_command,)
