"""`poll`, `run`, `check`, `demo`: read the sources and deliver what is owed."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import click
from rich.markup import escape
from rich.progress import Progress

from bot.cli.output import as_json_option, margin, print_content, print_json, say, screen
from bot.cli.stopping import stopping
from bot.demo.home import HOME
from bot.demo.run import Stage, telling
from bot.demo.serve import served
from bot.desk.questions import RECENT
from bot.errors import UsageError
from bot.ops import logs
from bot.ops.monitor import Monitor
from bot.ops.web import LOOPBACK, Address, parse_address
from bot.outbox.courier import Delivered
from bot.run.answering import answering
from bot.run.checks import SourceCheck, check_slack, check_sources, perhaps_blind, refuse_tokens
from bot.run.engines import Engines, at_work
from bot.run.monitor import monitoring, tell_admins
from bot.run.push.due import pushes_for
from bot.run.push.routes import push_routes
from bot.run.renames import refuse_renamed_labs
from bot.run.reports import Polled, Report
from bot.run.rereading import Rereading
from bot.run.rights import look_at_rights
from bot.run.service import Service
from bot.run.webhooks import webhooks_of
from bot.run.wiring import App, open_app
from bot.slack.scopes import TokenCheck
from bot.sources.base import Source
from bot.sources.build import build_sources
from bot.views.answers import recent_answer
from bot.views.commands import Command, Verb
from bot.views.objects import wave_objects
from bot.views.phrases import counted

_BASELINE = 40  # releases that are shown after the first poll


@click.command()
@click.option("--all", "everything", is_flag=True, help="Poll every source now, due or not.")
@click.option("--source", "only", multiple=True, metavar="ID", help="Poll only this source (see `status`).")
@as_json_option
def poll(everything: bool, only: tuple[str, ...], as_json: bool) -> None:
    """Poll what is due, then deliver everything that is owed."""
    logs.configure("error")
    with (
        open_app() as app,
        at_work(app, margin() if as_json else screen()) as engines,
        stopping(engines.under_way),
    ):
        logs.configure("error", secrets=app.environment.secrets)
        sources = _chosen(engines, everything, only)
        polled = poll_with_progress(engines, sources)
        engines.chores.owe()
        engines.courier.hasten()
        delivered = engines.courier.deliver_all()
        if as_json:
            print_json(_as_object(app, polled, delivered))
        else:
            tell(app, polled, delivered)
    if polled.failed or delivered.closed or delivered.owed or delivered.failed:
        raise click.exceptions.Exit(1)


def _chosen(engines: Engines, everything: bool, only: Sequence[str]) -> list[Source]:
    unknown = set(only) - {source.id for source in engines.poller.sources}
    if unknown:
        raise UsageError(f"no source is called {', '.join(sorted(unknown))}; `cadencebot status` lists them")
    sources = engines.poller.rested() if everything or only else engines.poller.due()
    return [source for source in sources if not only or source.id in only]


def poll_with_progress(
    engines: Engines, sources: Sequence[Source], polled: Callable[[Report], None] = lambda _report: None
) -> Polled:
    """Poll these sources behind a progress bar on a terminal."""
    with Progress(console=margin(), transient=True, disable=not margin().is_terminal) as progress:
        task = progress.add_task(f"Polling {len(sources)} sources", total=len(sources))

        def advance(report: Report) -> None:
            polled(report)
            progress.advance(task)

        return engines.poller.poll(sources, advance)


def _as_object(app: App, polled: Polled, delivered: Delivered) -> dict[str, object]:
    leads = [app.store.history.id_of(key) for key in polled.announced]
    return {
        "sources": len(polled.reports),
        "failed": [
            {"source": report.source_id, "failure": report.failure, "complaint": report.complaint}
            for report in polled.failed
        ],
        "baselines": sum(report.baseline for report in polled.reports),
        "new": sum(report.new for report in polled.reports if not report.baseline),
        "held": sum(report.held for report in polled.reports),
        "releases": list(wave_objects(app.store.history.wave(lead) for lead in leads)),
        "delivered": delivered.sent,
        "owed": delivered.owed,
        "undeliverable": delivered.failed,
        "closed": delivered.closed or None,
    }


def tell(app: App, polled: Polled, delivered: Delivered) -> None:
    """Say what a round came to."""
    baselines = [report for report in polled.reports if report.baseline]
    good = len(polled.reports) - len(polled.failed)
    say(
        f"Polled {counted(len(polled.reports), 'source')}, {good} of them well: "
        f"{counted(len(polled.announced), 'new release')}, {counted(delivered.sent, 'message')} sent."
    )
    if baselines:
        known = sum(report.new for report in baselines)
        say(f"First sight of {counted(len(baselines), 'source')}: {known} things remembered, none announced.")
    for report in polled.reports:
        if report.held:
            say(
                f"{report.source_id} showed {counted(report.held, 'release')} more than is usual in a day: "
                "held; `cadencebot held` announces or ignores them."
            )
    _complain(polled.failed)
    if delivered.closed:
        margin().print(f"Nothing can be sent: {escape(delivered.closed)}")
    elif delivered.owed or delivered.failed:
        say(
            f"{counted(delivered.owed, 'message')} still owed, {delivered.failed} unclear or impossible: "
            "`cadencebot deliveries --open` says why."
        )
    if baselines and screen().is_terminal:
        asked, now = Command(Verb.RECENT, "recent", number=_BASELINE), app.clock.now()
        count, waves = app.store.history.recent(since=now - RECENT, limit=_BASELINE)
        print_content(recent_answer(asked, count, waves, now, whole=True))


def _complain(failed: Iterable[Report]) -> None:
    for report in failed:
        margin().print(f"[red]failed[/] {escape(report.source_id)}: {escape(report.complaint)}")


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
        task = progress.add_task(f"Trying {len(sources)} sources", total=len(sources))
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
            else f"ok      {result.count} items"
        )
        screen().print(f"{escape(result.source_id)}  {state}")
    for remark in (*token.problems, *token.remarks):
        say(f"Slack: {remark}")
    for former, now in app.moved_channels.items():
        say(f"Slack calls the channel {former} of feeds.yaml {now} now: write that there.")
    if app.environment.proxy_remark:
        say(app.environment.proxy_remark)


@click.command()
@click.option(
    "--http", "listen", metavar="[HOST]:PORT", help="Take Slack's requests over signed HTTP, and pushes."
)
def run(listen: str | None) -> None:
    """Poll, deliver, answer in Slack, and go on until stopped."""
    logs.configure("info")
    with ExitStack() as stack:
        app = stack.enter_context(open_app())
        logs.configure("info", secrets=app.environment.secrets)
        refuse_tokens(app)
        over_http = bool(listen) and not app.environment.takes_only_pushes
        hears = bool(over_http or app.environment.slack_app_token.get_secret_value())
        engines = stack.enter_context(at_work(app, screen(), interactive=hears))
        pushes = stack.enter_context(pushes_for(engines.poller))
        slack = stack.enter_context(answering(app, engines.poller.fetch, http=over_http))
        routes = {**slack, **push_routes(app, pushes.hear)}
        monitor = stack.enter_context(monitoring(app, engines, listen or "", routes))
        tell = partial(tell_admins, app, monitor)
        service = Service(engines, monitor, tell, Rereading(app, engines).tick, pushes.take)
        pushes.polled = service.polled

        def finish() -> str:
            service.stop()
            return engines.under_way()

        stack.enter_context(stopping(finish, interrupts=False))
        say(
            f"cadencebot watches {counted(len(app.config.labs), 'lab')} through "
            f"{counted(len(engines.poller.sources), 'source')}; stop it with Ctrl+C."
        )
        if app.environment.proxy_remark:
            say(app.environment.proxy_remark)
        for lost in look_at_rights(app):
            say(f"Slack: {lost}")
        monitor.systemd.ready()
        _first_sight(app, engines, monitor)
        service.run()


def _first_sight(app: App, engines: Engines, monitor: Monitor) -> None:
    """Take the baseline of a new installation with progress, so that a newcomer sees what happens."""
    if not app.store.sources.states():

        def progress(report: Report) -> None:
            monitor.metrics.polled(report)
            monitor.tick()  # the main loop has not begun yet, and a first sight takes minutes

        tell(app, poll_with_progress(engines, engines.poller.due(), progress), Delivered())


@click.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("cadencebot-demo.html"),
    show_default=True,
    help="Where to write the channels as one HTML page.",
)
@click.option(
    "--serve",
    "listen",
    is_flag=False,
    flag_value=":0",
    metavar="[:PORT]",
    help="Keep the world up and serve a page on which everything can be pressed.",
)
def demo(out: Path, listen: str | None) -> None:
    """Replay April 2026 offline, through real HTTP on loopback, into a stand-in for Slack."""
    logs.configure("critical")
    if not os.access(out.parent, os.W_OK):
        raise UsageError(f"{out}: cannot be written; choose another place with --out")
    address = _address_of(listen) if listen else None
    with telling(out, screen(), interactive=bool(address)) as stage:
        _tell_what_to_try(out)
        if address:
            _serve(stage, address)
        else:
            say(f"Press its buttons yourself:\n  {_own_name()} demo --serve")
    if not stage.as_expected:
        raise click.exceptions.Exit(1)


def _address_of(listen: str) -> Address:
    host, port = parse_address(listen)
    if host != LOOPBACK:
        raise UsageError("the demo is for this machine alone: write --serve, or --serve :8080")
    return host, port


def _tell_what_to_try(out: Path) -> None:
    """Name three commands that ask what the demo's bot knows, as they can be typed here."""
    asking = f"{_own_name()} --state {out.parent / HOME}"
    say(
        f"Ask what it knows:\n  {asking} recent since:5y\n  {asking} why GLM-5.1\n  {asking} cadence since:5y"
    )


def _own_name() -> str:
    """Return how this program was called."""
    name = Path(sys.argv[0])
    if name.name != "cadencebot":
        return "python -m bot"
    return "cadencebot" if shutil.which("cadencebot") == str(name) else str(name)


def _serve(stage: Stage, address: Address) -> None:
    with ExitStack() as stack:
        live = stack.enter_context(served(stage, address))
        stack.enter_context(stopping(live.stop, interrupts=False))
        say(f"Press everything yourself, Ctrl+C ends it:\n  {live.url}")
        live.run()


COMMANDS = (poll, check, run, demo)
