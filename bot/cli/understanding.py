"""`identify`, `license`: how a name or a licence is understood, JSON lines in and JSON lines out."""

import gc
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import click

from bot.releases.facts.licenses import license_line
from bot.releases.naming.identify import TOGETHER, identify_lines
from bot.releases.naming.labs import Labs
from bot.settings.environment import read_environment
from bot.sources.build import load_config


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
    lines = (raw.decode("utf-8", "replace") for raw in sys.stdin.buffer)
    encode = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would make an encoder for each line
    with _no_collector():
        for answer in answers(line for line in lines if line.strip()):
            failed = failed or "error" in answer
            sys.stdout.write(encode(answer) + "\n")
        sys.stdout.flush()
    if failed:
        raise click.exceptions.Exit(1)


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep the collector from walking the caches again and again: a fifth of the time, and no cycle found."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


COMMANDS = (identify, license_command)
