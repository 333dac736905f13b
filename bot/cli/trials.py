"""`try`: what a source would give; `identify`, `license`: how a name or a licence is understood."""

import gc
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import click

from bot.cli.output import as_json_option, print_content, print_json, say
from bot.clock import SystemClock
from bot.desk.trial import Selectors, Trial, Trier
from bot.records import Content
from bot.releases.facts.licenses import license_line
from bot.releases.naming.identify import TOGETHER, identify_lines
from bot.releases.naming.labs import Labs
from bot.run.engines import fetcher_for
from bot.settings.environment import read_environment
from bot.settings.file import as_yaml, fields_of
from bot.sources.build import load_config
from bot.sources.discovery import FORMATS
from bot.views.answers import tried_lines, tried_summary
from bot.views.blocks import sections

_SHOWN = 20  # items; --json lists them all


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
    labs = Labs(lab.lab for lab in config.labs) if config else Labs(())
    with fetcher_for(environment, clock) as fetcher:
        trier = Trier(environment, config, labs, clock, fetcher)
        trial = trier.attempt(_whole(url), Selectors(format_, item, title, link, date))
    if as_json:
        print_json(_as_object(trial))
    else:
        _tell(trial)


def _whole(url: str) -> str:
    """Return an address as a browser's bar would complete it."""
    return url if "://" in url else f"https://{url}"


def _tell(trial: Trial) -> None:
    show_trial(trial)
    if trial.stands:
        say(f"It stands in feeds.yaml already, under {trial.stands}.")
    say("\nUnder `sources` of a lab in feeds.yaml:\n")
    say(as_yaml(trial.spec))


def show_trial(trial: Trial) -> None:
    """Print what an address shows, a line each of the first things, and what there is to say of it."""
    shown = trial.items[:_SHOWN]
    print_content(Content("", tuple(sections([tried_summary(trial.tried), *tried_lines(shown)]))))
    if len(trial.items) > _SHOWN:
        say(f"and {len(trial.items) - _SHOWN} more; `cadencebot try --json` lists them all.")
    for remark in trial.remarks:
        say(remark)


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


@click.command(
    help=f"""Tell how each raw name or title is understood: JSON lines in, JSON lines out.

    \b
    {{"source": "hub", "text": "Qwen/Qwen3.6-35B-A3B-FP8"}}
    {{"source": "feed", "lab": "moonshot", "text": "Introducing Kimi K2.6"}}

    source is hub, feed, page or llm_stats; lab, tags, pipeline_tag and url may be left out.

    Some names mean something only beside others: Foo-7B-S1 is a training stage where there is a Foo-7B.
    All repositories of one owner in the input are each other's siblings, and a line may list more of them
    as "siblings". So nothing is answered before the input ends, or {TOGETHER:,} lines of it are read; only
    what is read together stands together.
    """
)
def identify() -> None:
    config = load_config(read_environment().cadencebot_config)
    labs = Labs(spec.lab for spec in config.labs)
    _translate(partial(identify_lines, labs=labs))


@click.command(name="license")
def license_command() -> None:
    """Tell what each licence statement means: JSON lines in, JSON lines out.

    \b
    {"license": "apache-2.0"}
    {"license": "other", "license_name": "modified-mit", "license_link": "LICENSE"}
    """
    _translate(partial(map, license_line))


def _translate(answers: Callable[[Iterable[str]], Iterable[Mapping[str, object]]]) -> None:
    """Write the answer to each line, in order; exit with 1 when a line could not be read."""
    failed = False
    encode = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would make an encoder for each line
    with _no_collector():
        for answer in answers(_lines()):
            failed = failed or "error" in answer
            sys.stdout.write(encode(answer) + "\n")
        sys.stdout.flush()
    if failed:
        raise click.exceptions.Exit(1)


def _lines() -> Iterator[str]:
    """Yield the lines of standard input that are not empty."""
    for raw in sys.stdin.buffer:
        line = raw.decode("utf-8", "replace")
        if line.strip():
            yield line


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep the collector from walking the caches again and again: a fifth of the time, and no cycle found."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


COMMANDS = (try_command, identify, license_command)
