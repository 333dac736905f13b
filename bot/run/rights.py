"""What the bot may not read in Slack, asked at the start and once a day, and told to the admins once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.errors import ConfigError
from bot.records import Content
from bot.run.checks import check_token, workspaces_of
from bot.run.wiring import App
from bot.slack.workspaces import Workspace
from bot.views.answers import lacking_words
from bot.views.blocks import literal, section

CHORE = "rights"
_EVERY, _SOON = timedelta(days=1), timedelta(hours=1)
_TIMEOUT = 5  # seconds; the bot works all the same
_EVER = datetime.min.replace(tzinfo=UTC)
_LONGEST_LINE = 1_000  # characters


def look_at_rights(app: App) -> list[str]:
    """Ask Slack what each workspace lets the bot read, keep that, and return what is lost, in words.

    What Slack does not say stays as it was. Raises StoreError.
    """
    asked = list(_asked(app))
    before = app.store.installations.lacking()
    with app.store.transaction():
        app.store.chores.done(CHORE, app.clock.now() + (_EVERY if asked else _SOON))
        for team, lacking in asked:
            app.store.installations.set_lacking(team, lacking)
            if lacking and not set(lacking) <= set(before.get(team, ())):
                _tell_admins(app, team, lacking)
    return [_words(team, lacking) for team, lacking in app.store.installations.lacking().items()]


def _asked(app: App) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the scopes that each workspace lacks for looking messages up, as far as Slack says."""
    own = [Workspace("", app.slack_token)] if app.slack_token else []
    for one in (*own, *workspaces_of(app)):
        if isinstance(one, ConfigError):  # told where it is used
            continue
        checked = check_token(app, one.token, _TIMEOUT)
        if not checked.reached:  # nor would it be for the others, one after the other
            return
        if checked.lacking is not None:
            yield one.team, checked.lacking


def _tell_admins(app: App, team: str, lacking: tuple[str, ...]) -> None:
    text, identity = literal(_words(team, lacking), _LONGEST_LINE), f"lacking|{team}|{'|'.join(lacking)}"
    for admin in app.config.admins:
        line = Content(text, (section(text),))
        app.store.deliveries.owe_line(identity, admin, line, app.clock.now(), known_until=_EVER)


def _words(team: str, lacking: tuple[str, ...] | list[str]) -> str:
    return f"{f'In the workspace {team}: ' if team else ''}{lacking_words(lacking)}"
