"""`check`: prove feeds.yaml, and everything that it names."""

from collections.abc import Sequence

import click
from rich.markup import escape

from bot.cli.output import as_json_option, print_json, progress_bar, say, screen
from bot.run.checks import SourceCheck, check_slack, check_sources, perhaps_blind, refuse_settings
from bot.run.renames import refuse_renamed_labs
from bot.run.webhooks import webhooks_of
from bot.run.wiring import App, open_app
from bot.slack.scopes import TokenCheck
from bot.sources.base import Source
from bot.sources.build import build_sources
from bot.views.phrases import counted


@click.command()
@click.option("--online", is_flag=True, help="Also try every source, and the Slack token with its scopes.")
@as_json_option
def check(online: bool, as_json: bool) -> None:
    """Prove feeds.yaml, and with --online everything that it names."""
    with open_app(readonly=True, needs_state=False) as app:
        refuse_renamed_labs(app)
        refuse_settings(app)
        sources = build_sources(app.config, app.environment)
        tried = _try(app, sources) if online else []
        token = check_slack(app) if online else TokenCheck()
        if as_json:
            print_json(_as_object(app, len(sources), tried, token))
        else:
            _tell(app, len(sources), tried, token)
    if token.problems or any(result.complaint for result in tried):
        raise click.exceptions.Exit(1)


def _try(app: App, sources: Sequence[Source]) -> list[SourceCheck]:
    with progress_bar() as progress:
        task = progress.add_task(f"Trying {counted(len(sources), 'source')}", total=len(sources))
        return check_sources(app, sources, lambda: progress.advance(task))


def _as_object(app: App, sources: int, tried: Sequence[SourceCheck], token: TokenCheck) -> dict[str, object]:
    return {
        "file": str(app.environment.cadencebot_config),
        "labs": len(app.config.labs),
        "sources": sources,
        "subscriptions": len(app.config.subscriptions),
        "tried": [
            {"source": result.source_id, "items": result.count, "complaint": result.complaint or None}
            for result in tried
        ],
        "slack": {"problems": token.problems, "remarks": token.remarks},
        "moved_channels": dict(app.moved_channels),
        "proxy": app.environment.proxy_remark or None,
        "webhooks": [*webhooks_of(app)],
        "perhaps_blind": perhaps_blind(app),
    }


def _tell(app: App, sources: int, tried: Sequence[SourceCheck], token: TokenCheck) -> None:
    config, webhooks = app.config, [*webhooks_of(app)]
    say(
        f"{app.environment.cadencebot_config} is valid: {counted(len(config.labs), 'lab')}, "
        f"{counted(sources, 'source')}, "
        f"{counted(len(config.subscriptions), 'standing subscription')}."
    )
    for result in tried:
        state = (
            f"[red]failed[/]  {escape(result.complaint)}"
            if result.complaint
            else f"ok      {counted(result.count, 'item')}"
        )
        screen().print(f"{escape(result.source_id)}  {state}")
    for remark in (*token.problems, *token.remarks):
        say(f"Slack: {remark}")
    for former, now in app.moved_channels.items():
        say(f"Slack calls the channel {former} of feeds.yaml {now} now: write that there.")
    if app.environment.proxy_remark:
        say(app.environment.proxy_remark)
    if webhooks:
        say(f"{counted(len(webhooks), 'webhook')}: {', '.join(webhooks)}.")
    for line in (*app.remarks, *perhaps_blind(app).values()):
        say(line)


COMMANDS = (check,)
