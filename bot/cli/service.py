"""`poll` and `run`: read the sources and deliver what is owed, once or until stopped."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack

import click
from rich.markup import escape

from bot.cli.output import as_json_option, margin, print_content, print_json, progress_bar, say, screen
from bot.cli.stopping import stopping
from bot.errors import UsageError
from bot.ops import logs
from bot.outbox.courier import Delivered
from bot.run.checks import refuse_report, refuse_tokens
from bot.run.engines import Engines, at_work
from bot.run.reports import Polled, Report
from bot.run.rights import look_at_rights
from bot.run.service import Service
from bot.run.serving import Role, serving
from bot.run.watcher import by_cause
from bot.run.wiring import App, open_app
from bot.sources.base import Source
from bot.views.answers import recent_answer
from bot.views.commands import RECENT, Command, Verb
from bot.views.objects import wave_objects
from bot.views.phrases import coming, counted

_BASELINE = 40  # releases that are shown after the first poll


@click.command()
@click.option("--all", "everything", is_flag=True, help="Poll every source now, due or not.")
@click.option("--source", "only", multiple=True, metavar="ID", help="Poll only this source (see `status`).")
@as_json_option
def poll(everything: bool, only: tuple[str, ...], as_json: bool) -> None:
    """Poll what is due, then deliver everything that is owed."""
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
            for line in by_cause(polled.reports):
                margin().print(f"[red]failed[/] {escape(line)}")
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
    with progress_bar() as progress:
        task = progress.add_task(f"Polling {counted(len(sources), 'source')}", total=len(sources))

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
    say(
        f"{_read(app, polled)}: "
        f"{counted(len(polled.announced), 'new release')}, {counted(delivered.sent, 'message')} sent."
    )
    if baselines:
        known = sum(report.new for report in baselines)
        seen = counted(len(baselines), "source")
        say(f"First sight of {seen}: {counted(known, 'thing')} remembered, none announced.")
    for report in polled.reports:
        if report.held:
            say(
                f"{report.source_id} showed {counted(report.held, 'release')} more than is usual in a day: "
                "held; `cadencebot held` announces or ignores them."
            )
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


def _read(app: App, polled: Polled) -> str:
    """Return how many sources were read; where none was due, when the next one is."""
    if polled.reports:
        good = len(polled.reports) - len(polled.failed)
        return f"Polled {counted(len(polled.reports), 'source')}, {good} of them well"
    dues = [state.next_poll_at for state in app.store.sources.states().values() if state.next_poll_at]
    return f"No source was due, the next is {coming(min(dues, default=None), app.clock.now())}"


@click.command()
@click.option(
    "--http", "listen", metavar="[HOST]:PORT", help="Take Slack's requests over signed HTTP, and pushes."
)
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.ALL.value,
    show_default=True,
    help="What this process does, beside others on one PostgreSQL: web answers, worker polls and delivers.",
)
def run(listen: str | None, role: str) -> None:
    """Poll, deliver, answer in Slack, and go on until stopped."""
    logs.configure("info")
    with ExitStack() as stack:
        app = stack.enter_context(open_app())
        logs.configure("info", secrets=app.environment.secrets)
        refuse_tokens(app)
        refuse_report(app.environment.cadencebot_report)
        running = stack.enter_context(serving(app, screen(), Role(role), listen or ""))
        engines, service = running.engines, running.service

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
        running.monitor.systemd.ready()
        if isinstance(service, Service):  # where there are workers, one of them does
            _first_sight(app, engines, service)
        service.run()


def _first_sight(app: App, engines: Engines, service: Service) -> None:
    """Take the baseline of a new installation with progress, so that a newcomer sees what happens."""
    if not app.store.sources.states():

        def progress(report: Report) -> None:
            service.polled(report)
            service.watch()  # the main loop has not begun yet, and a first sight takes minutes

        tell(app, poll_with_progress(engines, engines.poller.due(), progress), Delivered())


COMMANDS = (poll, run)
