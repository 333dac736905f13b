"""Try every source and the way to Slack, storing nothing."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.desk.questions import coverage, watched
from bot.errors import ConfigError, SourceError
from bot.ops.health import explained
from bot.ops.sealing import seal_of
from bot.run.engines import fetcher_of
from bot.run.rights import check_token, workspaces_of
from bot.run.wiring import App
from bot.settings.environment import Environment
from bot.slack.scopes import TokenCheck, app_token_problem, refused_tokens
from bot.slack.workspaces import Workspace
from bot.sources.base import Memory, Source

_DEAF = (
    "no SLACK_APP_TOKEN (Socket Mode) and no SLACK_SIGNING_SECRET (`run --http`): "
    "alerts are posted, but commands and buttons reach nobody"
)
_SHOWS_NOTHING = "it answers and shows nothing: correct its address in feeds.yaml, or wait for its first post"


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """What one try of a source gave: how many items, or what is wrong."""

    source_id: str
    count: int = 0
    complaint: str = ""


def check_sources(app: App, sources: Sequence[Source], progress: Callable[[], None]) -> list[SourceCheck]:
    """Poll each source as if for the first time."""
    results = []
    with fetcher_of(app) as fetcher:
        for source in sources:
            try:
                count = source.poll(Memory(), fetcher, app.clock.now()).count
            except SourceError as error:
                results.append(SourceCheck(source.id, complaint=str(error)))
            else:
                results.append(SourceCheck(source.id, count, "" if count else _SHOWS_NOTHING))
            progress()
    return results


def perhaps_blind(app: App) -> dict[str, str]:
    """Return why sources are perhaps blind, in a sentence each, by their ids."""
    found = {}
    for source_id, record in coverage(app.store, watched(app.config), app.clock.now()).items():
        if record.is_perhaps_blind:
            names = [release.name for release in record.missed_last if release.named_by == source_id]
            in_text = f"; its text names {', '.join(names)}: what selects its items may be out of date"
            found[source_id] = f"{explained(record)}{in_text if names else ''}."
    return found


def check_slack(app: App) -> TokenCheck:
    """Return what the bot can do in Slack, in each workspace, and whether Slack can reach it."""
    checks = []
    if app.slack_token:
        own = check_token(app, app.slack_token)
        checks.append(replace(own, problems=tuple(f"SLACK_BOT_TOKEN: {one}" for one in own.problems)))
    if app.serves_many:
        checks += _check_workspaces(app)
    if not checks:
        return TokenCheck(remarks=("no SLACK_BOT_TOKEN is set: messages go to the console",))
    checks.append(check_connection(app.environment))
    return TokenCheck(
        tuple(problem for check in checks for problem in check.problems),
        tuple(remark for check in checks for remark in check.remarks),
    )


def _check_workspaces(app: App) -> list[TokenCheck]:
    """Return what the token of each workspace is good for that installed the bot by itself."""
    found = workspaces_of(app)
    if not found:
        return [TokenCheck(remarks=("no workspace has installed the bot yet: /slack/install is the way",))]
    refused = dict.fromkeys(str(one) for one in found if isinstance(one, ConfigError))
    works = [check_token(app, one.token) for one in found if isinstance(one, Workspace)]
    return [*works, TokenCheck(problems=tuple(refused))]


def refuse_tokens(app: App) -> None:
    """Raise ConfigError for a token of the environment which Slack says is none, or none any more."""
    environment = app.environment
    app_token = environment.slack_app_token.get_secret_value()
    refused = refused_tokens(app.slack_token, app_token, environment.slack_api_url, environment.proxies)
    for kind, word in refused.items():
        raise ConfigError(
            f"environment variable SLACK_{kind.upper()}_TOKEN: Slack says {word}; take a new one from "
            "https://api.slack.com/apps"
        )


def refuse_settings(app: App) -> None:
    """Raise ConfigError for tokens and keys that `run` refuses, as far as no network is needed to know."""
    if app.serves_many:
        seal_of(app.environment)
    if app.serves_many or app.environment.slack_app_token.get_secret_value():
        refuse_what_cannot_work(app, http=app.serves_many)


def refuse_what_cannot_work(app: App, *, http: bool) -> None:
    """Raise ConfigError for tokens that do not go together, where people are answered over `http` or not."""
    if app.serves_many and (app.slack_token or not http):
        raise ConfigError(
            "environment variable SLACK_CLIENT_ID is set: several workspaces are served with `run --http` "
            "alone, each installed through /slack/install; unset SLACK_BOT_TOKEN"
        )
    if app.serves_many and not app.environment.slack_client_secret.get_secret_value():
        raise ConfigError("environment variable SLACK_CLIENT_SECRET is not set: nobody could install the bot")
    if not http and not app.slack_token:
        raise ConfigError("environment variable SLACK_APP_TOKEN is set, and SLACK_BOT_TOKEN is not: set both")


def refuse_report(report: Path | None) -> None:
    """Make the directory of the report, where one is wanted. Raises ConfigError where that cannot be."""
    if report is None:
        return
    try:
        report.mkdir(parents=True, exist_ok=True)
        why = "" if os.access(report, os.W_OK) else "Permission denied"
    except OSError as error:
        why = str(error.strerror)
    if why:
        raise ConfigError(f"environment variable CADENCEBOT_REPORT: {report} cannot be written in ({why})")


def check_connection(environment: Environment) -> TokenCheck:
    """Whether Slack's commands and clicks can reach the bot, through Socket Mode or over signed HTTP."""
    app_token = environment.slack_app_token.get_secret_value()
    is_signed = bool(environment.slack_signing_secret.get_secret_value())
    if not app_token and not is_signed:
        return TokenCheck(remarks=(_DEAF,))
    way = environment.slack_api_url, environment.proxies
    problem = app_token_problem(app_token, *way) if app_token else ""
    connects = f"SLACK_APP_TOKEN: {problem}; it needs the scope connections:write" if problem else ""
    problems = tuple(one for one in (connects, _oauth_problem(environment, is_signed)) if one)
    ways = [("Socket Mode", app_token and not problem), ("signed HTTP", is_signed)]
    return TokenCheck(problems, tuple(f"commands can come through {way}" for way, works in ways if works))


def _oauth_problem(environment: Environment, is_signed: bool) -> str:
    """Return what an install of several workspaces lacks, "" where none is wanted."""
    given = {
        "SLACK_CLIENT_ID": environment.slack_client_id,
        "SLACK_CLIENT_SECRET": environment.slack_client_secret.get_secret_value(),
        "CADENCEBOT_SEAL_KEY": environment.cadencebot_seal_key.get_secret_value(),
    }
    if not any(given.values()):
        return ""
    missing = [name for name, value in {**given, "SLACK_SIGNING_SECRET": is_signed}.items() if not value]
    return f"/slack/install needs {', '.join(missing)} as well" if missing else ""
