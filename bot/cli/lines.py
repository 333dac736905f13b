"""`identify`, `license`: JSON lines in, JSON lines out, one each and in order."""

import gc
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import click

from bot.config import load_config
from bot.environment import read_environment
from bot.releases.identify import identify_line
from bot.releases.labs import Directory
from bot.releases.licenses import license_line


@click.command()
def identify() -> None:
    """Tell how each raw name or title is understood: JSON lines in, JSON lines out.

    \b
    {"source": "hub", "text": "Qwen/Qwen3.6-35B-A3B-FP8"}
    {"source": "feed", "lab": "moonshot", "text": "Introducing Kimi K2.6"}

    source is hub, feed, page or llm_stats; lab, tags, pipeline_tag and url may be left out.
    """
    config = load_config(read_environment().cadencebot_config)
    labs = Directory(spec.lab for spec in config.labs)
    _translate(partial(identify_line, labs=labs))


@click.command(name="license")
def license_command() -> None:
    """Tell what each licence statement means: JSON lines in, JSON lines out.

    \b
    {"license": "apache-2.0"}
    {"license": "other", "license_name": "modified-mit", "license_link": "LICENSE"}
    """
    _translate(license_line)


def _translate(answer: Callable[[str], Mapping[str, object]]) -> None:
    """Answer line by line; exit with 1 when a line could not be read."""
    failed = False
    encode = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would make an encoder for each line
    with _no_collector():
        for raw in sys.stdin.buffer:
            line = raw.decode("utf-8", "replace")
            if line.strip():
                result = answer(line)
                failed = failed or "error" in result
                sys.stdout.write(encode(result) + "\n")
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
