"""`check`: prove feeds.yaml, and everything that it names."""

from collections.abc import Sequence

import click
from rich.markup import escape
from rich.progress import Progress

from bot.cli.output import as_json_option, margin, print_json, say, screen
from bot.ops import logs
from bot.run.checks import SourceCheck, check_slack, check_sources, perhaps_blind
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
    logs.configure("error")
    with open_app(readonly=True, needs_state=False) as app:
        refuse_renamed_labs(app)
        sources = build_sources(app.config, app.environment)
        webhooks = [*webhooks_of(app)]
        results: list[SourceCheck] = []
        token = TokenCheck()
        if online:
            results = _try_sources(app, sources)
            token = check_slack(app)
        missing = perhaps_blind(app)
        if as_json:
            print_json(
                {
                    **_check_object(app, sources, results, token),
                    "webhooks": webhooks,
                    "perhaps_blind": missing,
                }
            )
        else:
            _tell_check(app, sources, results, token)
            if webhooks:
                say(f"{counted(len(webhooks), 'webhook')}: {', '.join(webhooks)}.")
            for line in (*app.remarks, *missing.values()):
                say(line)
    if token.problems or any(result.complaint for result in results):
        raise click.exceptions.Exit(1)


def _try_sources(app: App, sources: Sequence[Source]) -> list[SourceCheck]:
    with Progress(console=margin(), transient=True, disable=not margin().is_terminal) as progress:
        task = progress.add_task(f"Trying {counted(len(sources), 'source')}", total=len(sources))
        return check_sources(app, sources, lambda: progress.advance(task))


def _check_object(
    app: App, sources: Sequence[Source], results: Sequence[SourceCheck], token: TokenCheck
) -> dict[str, object]:
    return {
        "file": str(app.environment.cadencebot_config),
        "labs": len(app.config.labs),
        "sources": len(sources),
        "subscriptions": len(app.config.subscriptions),
        "tried": [
            {"source": result.source_id, "items": result.count, "complaint": result.complaint or None}
            for result in results
        ],
        "slack": {"problems": token.problems, "remarks": token.remarks},
        "moved_channels": dict(app.moved_channels),
        "proxy": app.environment.proxy_remark or None,
    }


def _tell_check(
    app: App, sources: Sequence[Source], results: Sequence[SourceCheck], token: TokenCheck
) -> None:
    say(
        f"{app.environment.cadencebot_config} is valid: {counted(len(app.config.labs), 'lab')}, "
        f"{counted(len(sources), 'source')}, "
        f"{counted(len(app.config.subscriptions), 'standing subscription')}."
    )
    for result in results:
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


COMMANDS = (check,)
