"""Try every source and the way to Slack, storing nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.app.root import App
from bot.app.works import fetcher_of
from bot.delivery.message import Notifier
from bot.delivery.slack import SlackNotifier
from bot.errors import SourceError
from bot.fetch import Fetcher
from bot.sources.base import Memory, Source


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """Hold what one try of a source gave: how many items, or what is wrong."""

    source_id: str
    count: int = 0
    complaint: str = ""


def check_sources(app: App, sources: Sequence[Source], progress: Callable[[], None]) -> list[SourceCheck]:
    """Poll each source as if for the first time."""
    results = []
    with fetcher_of(app) as fetcher:
        for source in sources:
            results.append(_check(app, source, fetcher))
            progress()
    return results


def _check(app: App, source: Source, fetcher: Fetcher) -> SourceCheck:
    try:
        found = source.poll(Memory(), fetcher, app.clock.now())
    except SourceError as error:
        return SourceCheck(source.id, complaint=str(error))
    return SourceCheck(source.id, found.count)


@dataclass(frozen=True, slots=True)
class TokenCheck:
    """Hold what is wrong with the Slack token, and what it could do with one scope more."""

    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def check_token(notifier: Notifier) -> TokenCheck:
    """Ask Slack what the token is good for; without Slack there is nothing to ask."""
    if not isinstance(notifier, SlackNotifier):
        return TokenCheck(remarks=("no SLACK_BOT_TOKEN is set: messages go to the console",))
    report = notifier.check()
    if report.problem:
        return TokenCheck(problems=(report.problem,))
    missing = tuple(
        f"scope {scope} is missing: it is needed for {use}" for scope, use in report.missing.items()
    )
    wanting = tuple(f"scope {scope} would allow {use}" for scope, use in report.wanting.items())
    return TokenCheck(missing, (f"posts as {report.bot} in {report.team}", *wanting))
