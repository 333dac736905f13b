"""What `run` is made of: the engines, who answers, who watches, and the loop that drives them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from rich.console import Console

from bot.errors import ConfigError
from bot.ops.monitor import Monitor
from bot.run.answering import answering
from bot.run.engines import Engines, at_work
from bot.run.monitor import monitoring, tell_admins
from bot.run.push.due import Pushes, pushes_for
from bot.run.push.routes import push_routes
from bot.run.rereading import Rereading
from bot.run.service import Service
from bot.run.watcher import Watcher
from bot.run.wiring import App
from bot.run.workers.worker import Process, Worker, pushed, waking
from bot.store.jobs import Jobs


class Role(StrEnum):
    """What one process does of the whole."""

    ALL = "all"
    WEB = "web"  # answers and takes pushes
    WORKER = "worker"  # polls, delivers and does chores


@dataclass(frozen=True, slots=True)
class Serving:
    """The parts of a bot that runs."""

    engines: Engines
    monitor: Monitor
    service: Service | Process


@contextmanager
def serving(app: App, console: Console, role: Role = Role.ALL, listen: str = "") -> Iterator[Serving]:
    """Yield a bot that is ready to run, its routes served at `listen`. Raises ConfigError and StoreError."""
    jobs = app.store.jobs()
    if jobs is None and role is not Role.ALL:
        raise ConfigError(f"--role {role} is a part of the work: set DATABASE_URL, as docs/scale.md says")
    environment, shared = app.environment, jobs is not None
    over_http = bool(listen) and not environment.takes_only_pushes
    hears = over_http or bool(environment.slack_app_token.get_secret_value())
    hears_elsewhere = shared and environment.hears_slack  # perhaps in another process
    with ExitStack() as stack:
        engines = stack.enter_context(
            at_work(app, console, interactive=hears or hears_elsewhere, beside=shared)
        )
        pushes = stack.enter_context(pushes_for(engines.poller))
        answers = answering(app, engines.poller.fetch, http=over_http)
        slack = {} if role is Role.WORKER else stack.enter_context(answers)
        routes = {**slack, **push_routes(app, partial(pushed, jobs) if jobs else pushes.hear)}
        monitor = stack.enter_context(monitoring(app, engines, listen, routes))
        parts = app, engines, monitor, pushes
        service = _beside_others(*parts, jobs, role) if jobs else _alone(*parts)
        pushes.polled = service.polled
        yield Serving(engines, monitor, service)


def _alone(app: App, engines: Engines, monitor: Monitor, pushes: Pushes) -> Service:
    tell, reread = partial(tell_admins, app, monitor), Rereading(app, engines).tick
    return Service(engines, monitor, tell, reread, pushes.take)


def _beside_others(
    app: App, engines: Engines, monitor: Monitor, pushes: Pushes, jobs: Jobs, role: Role
) -> Process:
    tell, reread = partial(tell_admins, app, monitor), Rereading(app, engines).tick
    app.store.when_owed(waking(app.store, jobs, app.clock))
    watcher = Watcher(monitor, app.clock, lambda: None)  # what is news is told with the chores
    works = role is not Role.WEB
    worker = Worker(app.store, jobs, engines, watcher, tell, pushes.hear) if works else None
    return Process(watcher, (app.renew_clock, reread, pushes.take), worker)
