"""What the bot may not read in Slack, asked at the start and once a day, and told to the admins once."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from bot.errors import ConfigError
from bot.ops.sealing import seal_of
from bot.records import Content
from bot.run.wiring import App
from bot.slack.notifier import SlackNotifier
from bot.slack.scopes import TokenCheck
from bot.slack.workspaces import ManyWorkspaces, Workspace
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


def workspaces_of(app: App) -> Sequence[Workspace | ConfigError]:
    """Return the workspaces that installed the bot by themselves, or why a token of theirs cannot be read."""
    if not app.serves_many or not app.store.installations.workspaces():
        return ()
    try:
        return [*ManyWorkspaces(app.store, seal_of(app.environment), app.clock.now).all()]
    except ConfigError as error:  # there is no key
        return [error]


def check_token(app: App, token: str, timeout: int = 15) -> TokenCheck:
    """Return what a token is good for; `timeout` is in seconds."""
    environment = app.environment
    return SlackNotifier(token, environment.slack_api_url, timeout, proxies=environment.proxies).check()


def _tell_admins(app: App, team: str, lacking: tuple[str, ...]) -> None:
    text, identity = literal(_words(team, lacking), _LONGEST_LINE), f"lacking|{team}|{'|'.join(lacking)}"
    line, now = Content(text, (section(text),)), app.clock.now()
    app.store.deliveries.owe_lines(identity, app.config.admins, line, now, known_until=_EVER)


def _words(team: str, lacking: Sequence[str]) -> str:
    return f"{f'In the workspace {team}: ' if team else ''}{lacking_words(lacking)}"
