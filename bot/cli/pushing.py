"""`push`: which sources tell at once what is new, and asking them to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from bot.cli.output import as_json_option, print_content, print_json, progress_bar, say
from bot.fetch import Web
from bot.records import Content, Push
from bot.run.engines import fetcher_of
from bot.run.push.subscribing import Subscriber, Way, subscriber_of, way_of
from bot.run.wiring import App, open_app
from bot.sources.build import build_sources
from bot.views.blocks import literal, sections
from bot.views.objects import push_object
from bot.views.phrases import counted, pushed

_LONGEST = 300  # characters of a source's id, and of what is said of it


@click.command()
@click.argument("deed", required=False, type=click.Choice(["subscribe"]))
@as_json_option
def push(deed: str | None, as_json: bool) -> None:
    """List which sources could push, and which do; or subscribe to all that can.

    The Hub's organisations push through one webhook of the account of HF_TOKEN, feeds through the WebSub hub
    that they name. `run --http` takes what they push, and renews what runs out.
    """
    with open_app(readonly=deed is None, needs_state=False) as app, fetcher_of(app) as web:
        subscriber = subscriber_of(app, web) if deed else None
        ways = _looked_at(app, web)
        refused = _asked(subscriber, ways) if subscriber else {}
        known, now = app.store.pushes.all(), app.clock.now()
        if as_json:
            print_json([_as_object(way, known.get(way.source_id), now) for way in ways])
        else:
            words = [(way.source_id, _words(way, known.get(way.source_id), refused, now)) for way in ways]
            lines = [f"• *{literal(one, _LONGEST)}* {literal(said, _LONGEST)}" for one, said in words]
            print_content(Content("", tuple(sections(lines))))
            say(_summary(ways, known, now, asked=bool(deed)))
    if refused:
        raise click.exceptions.Exit(1)


def _looked_at(app: App, web: Web) -> list[Way]:
    """Return how each source could push; feeds are asked for it, behind a progress bar on a terminal."""
    sources, endpoint = build_sources(app.config, app.environment), app.environment.hf_endpoint
    with progress_bar() as progress:
        return [way_of(source, endpoint, web) for source in progress.track(sources, description="Looking")]


def _asked(subscriber: Subscriber, ways: Sequence[Way]) -> Mapping[str, str]:
    with progress_bar() as progress:
        task = progress.add_task("Asking", total=len(ways))
        return subscriber.subscribe(ways, lambda: progress.advance(task))


def _words(way: Way, known: Push | None, refused: Mapping[str, str], now: datetime) -> str:
    if way.offer is None:
        return f"polled only: {way.why_not}"
    if not known:
        through = "the Hub's webhook" if way.is_webhook else way.offer.hub
        why = f", which refused: {refused[way.source_id]}" if way.source_id in refused else ""
        return f"could be pushed through {through}{why}"
    return pushed(known, now)


def _summary(ways: Sequence[Way], known: Mapping[str, Push], now: datetime, *, asked: bool) -> str:
    offered = [way.source_id for way in ways if way.offer]
    holds = [one for one in offered if one in known and known[one].holds(now)]
    counts = f"{counted(len(ways), 'source')}: {len(offered)} could push, {len(holds)} of them do."
    if asked:
        return f"{counts} WebSub hubs call back while `run --http` works; `cadencebot status` tells who did."
    return f"{counts} `cadencebot push subscribe` asks all that could."


def _as_object(way: Way, known: Push | None, now: datetime) -> dict[str, Any]:
    return {
        "source": way.source_id,
        "hub": way.offer.hub if way.offer else None,
        "topic": way.offer.topic if way.offer else None,
        "why_not": way.why_not or None,
        "pushed": push_object(known, now),
    }


COMMANDS = (push,)
