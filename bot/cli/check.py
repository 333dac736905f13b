"""`check`: prove feeds.yaml, and everything that it names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click
from rich.markup import escape

from bot.cli.output import as_json_option, print_json, progress_bar, say, screen
from bot.ops import logs
from bot.run.checks import SourceCheck, check_slack, check_sources, perhaps_blind, refuse_settings
from bot.run.renames import refuse_renamed_labs
from bot.run.webhooks import webhooks_of
from bot.run.wiring import App, open_app
from bot.slack.scopes import TokenCheck
from bot.sources.base import Source
from bot.sources.build import build_sources
from bot.views.phrases import counted


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found; the sources and the token are only `tried` online."""

    sources: int
    tried: Sequence[SourceCheck]
    token: TokenCheck
    webhooks: Sequence[str]
    perhaps_blind: Mapping[str, str]


@click.command()
@click.option("--online", is_flag=True, help="Also try every source, and the Slack token with its scopes.")
@as_json_option
def check(online: bool, as_json: bool) -> None:
    """Prove feeds.yaml, and with --online everything that it names."""
    logs.configure("error")
    with open_app(readonly=True, needs_state=False) as app:
        refuse_renamed_labs(app)
        refuse_settings(app)
        sources = build_sources(app.config, app.environment)
        found = _Found(
            len(sources),
            _try(app, sources) if online else (),
            check_slack(app) if online else TokenCheck(),
            [*webhooks_of(app)],
            perhaps_blind(app),
        )
        if as_json:
            print_json(_as_object(app, found))
        else:
            _tell(app, found)
    if found.token.problems or any(result.complaint for result in found.tried):
        raise click.exceptions.Exit(1)


def _try(app: App, sources: Sequence[Source]) -> list[SourceCheck]:
    with progress_bar() as progress:
        task = progress.add_task(f"Trying {counted(len(sources), 'source')}", total=len(sources))
        return check_sources(app, sources, lambda: progress.advance(task))


def _as_object(app: App, found: _Found) -> dict[str, object]:
    return {
        "file": str(app.environment.cadencebot_config),
        "labs": len(app.config.labs),
        "sources": found.sources,
        "subscriptions": len(app.config.subscriptions),
        "tried": [
            {"source": result.source_id, "items": result.count, "complaint": result.complaint or None}
            for result in found.tried
        ],
        "slack": {"problems": found.token.problems, "remarks": found.token.remarks},
        "moved_channels": dict(app.moved_channels),
        "proxy": app.environment.proxy_remark or None,
        "webhooks": found.webhooks,
        "perhaps_blind": found.perhaps_blind,
    }


def _tell(app: App, found: _Found) -> None:
    config = app.config
    say(
        f"{app.environment.cadencebot_config} is valid: {counted(len(config.labs), 'lab')}, "
        f"{counted(found.sources, 'source')}, "
        f"{counted(len(config.subscriptions), 'standing subscription')}."
    )
    for result in found.tried:
        state = (
            f"[red]failed[/]  {escape(result.complaint)}"
            if result.complaint
            else f"ok      {counted(result.count, 'item')}"
        )
        screen().print(f"{escape(result.source_id)}  {state}")
    for remark in (*found.token.problems, *found.token.remarks):
        say(f"Slack: {remark}")
    for former, now in app.moved_channels.items():
        say(f"Slack calls the channel {former} of feeds.yaml {now} now: write that there.")
    if app.environment.proxy_remark:
        say(app.environment.proxy_remark)
    if found.webhooks:
        say(f"{counted(len(found.webhooks), 'webhook')}: {', '.join(found.webhooks)}.")
    for line in (*app.remarks, *found.perhaps_blind.values()):
        say(line)


COMMANDS = (check,)
