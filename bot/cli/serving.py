"""`run`: the service."""

import signal
from contextlib import ExitStack

import click

from bot.cli.output import counted, say, screen
from bot.cli.working import poll_with_progress, tell
from bot.ops import logs
from bot.ops.pulse import Pulse
from bot.outbox.courier import Delivered
from bot.run.answering import answering
from bot.run.engines import Engines, at_work
from bot.run.poller import Report
from bot.run.service import Service
from bot.run.watching import tell_admins, watching
from bot.run.wiring import App, open_app


@click.command()
@click.option("--http", "listen", metavar="[HOST]:PORT", help="Take Slack's requests over signed HTTP.")
def run(listen: str | None) -> None:
    """Poll, deliver, answer in Slack, and go on until stopped."""
    logs.configure("info")
    with ExitStack() as stack:
        app = stack.enter_context(open_app())
        logs.configure("info", secrets=app.environment.secrets)
        hears = bool(listen or app.environment.slack_app_token.get_secret_value())
        engines = stack.enter_context(at_work(app, screen(), interactive=hears))
        stack.enter_context(answering(app, listen or ""))
        pulse = stack.enter_context(watching(app, engines))
        service = Service(engines, pulse, lambda: tell_admins(app, pulse))

        signal.signal(signal.SIGTERM, lambda *_: service.stop())
        signal.signal(signal.SIGINT, lambda *_: service.stop())
        say(
            f"cadencebot watches {counted(len(app.config.labs), 'lab')} through "
            f"{counted(len(engines.poller.sources), 'source')}; stop it with Ctrl+C."
        )
        pulse.systemd.ready()
        _first_sight(app, engines, pulse)
        service.run()


def _first_sight(app: App, engines: Engines, pulse: Pulse) -> None:
    """Take the baseline of a new installation with progress, so that a newcomer sees what happens."""
    if not app.store.sources.states():

        def progress(report: Report) -> None:
            pulse.metrics.polled(report)
            pulse.tick()  # the main loop has not begun yet, and a first sight takes minutes

        tell(app, poll_with_progress(engines, engines.poller.due(), progress), Delivered())


COMMANDS = (run,)
