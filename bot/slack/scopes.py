"""What the bot's tokens allow: the scopes that it needs, and what each that is not granted costs."""

from dataclasses import dataclass

from bot.settings.proxies import DIRECT, Proxies
from bot.slack.api import Answer, call
from bot.slack.client import web_client
from bot.views.answers import lacking_words
from bot.views.answers.common import COMMAND

NEEDED_SCOPES = {"chat:write": "posting at all"}
USEFUL_SCOPES = {
    "commands": f"the command {COMMAND}",
    "app_mentions:read": "answering when it is mentioned",
    "im:history": "answering direct messages, and looking up whether one of its own was posted there",
    "channels:read": "showing on the Home tab what public channels follow, and saying where it cannot post",
    "groups:read": "the same for private channels",
    "channels:history": "looking up, in public channels, whether an unanswered message was posted",
    "groups:history": "the same in private channels",
    "users:read": "setting a digest or quiet hours by the time zone of whoever asks",
    "im:write": "writing to people directly, and looking up there what became of a message",
}

# To post in public channels without being in them: the manifest has it commented out.
UNINVITED_SCOPE = "chat:write.public"
LOOK_UP_SCOPES = ("channels:history", "groups:history", "im:history")
# How Slack calls a token that is none, or none any more: https://docs.slack.dev/reference/methods/auth.test#errors
_NO_TOKENS = {
    "invalid_auth",
    "not_authed",
    "not_allowed_token_type",
    "account_inactive",
    "token_revoked",
    "token_expired",
}
_TIMEOUT = 5  # seconds; the bot begins all the same
OPTIONAL_SCOPES = (*LOOK_UP_SCOPES, "users:read")  # whoever installs the app may leave them out


@dataclass(frozen=True, slots=True)
class TokenCheck:
    """What is wrong with the Slack token, and what it could do with one scope more.

    `lacking` are the scopes that it lacks for looking messages up, None where Slack does not say;
    `reached` tells whether it said anything.
    """

    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    lacking: tuple[str, ...] | None = None
    reached: bool = True


def token_check(answer: Answer) -> TokenCheck:
    """Return what auth.test says of a token, and what its scopes are missing for, as far as Slack says."""
    if answer.failed:
        return TokenCheck(problems=(answer.reason,), reached=not answer.silence)
    given = {*NEEDED_SCOPES, *USEFUL_SCOPES} if answer.scopes is None else answer.scopes
    lacking = tuple(scope for scope in LOOK_UP_SCOPES if scope not in given)
    missing = [(scope, use) for scope, use in NEEDED_SCOPES.items() if scope not in given]
    wanting = [(scope, use) for scope, use in USEFUL_SCOPES.items() if scope not in given]
    return TokenCheck(
        tuple(f"scope {scope} is missing: it is needed for {use}" for scope, use in missing),
        (
            f"posts as {answer.body.get('user', '')} in {answer.body.get('team', '')}",
            *(f"scope {scope} would allow {use}" for scope, use in wanting),
            *([lacking_words(lacking)] if lacking else []),
        ),
        None if answer.scopes is None else lacking,
    )


def refused_tokens(bot_token: str, app_token: str, api_url: str, proxies: Proxies = DIRECT) -> dict[str, str]:
    """Return Slack's word on each of these that is no token (any more), by its kind.

    One that is "" is not asked about; where Slack says nothing, nothing is wrong.
    """
    client = web_client(bot_token, api_url, _TIMEOUT, proxies)
    asked = {
        "bot": bot_token and call(client.auth_test),
        "app": app_token and call(client.apps_connections_open, app_token=app_token),
    }
    return {kind: it.error for kind, it in asked.items() if isinstance(it, Answer) and it.error in _NO_TOKENS}


def app_token_problem(app_token: str, api_url: str, proxies: Proxies = DIRECT) -> str:
    """Return why Socket Mode cannot connect with this app-level token, "" when it can. It opens nothing."""
    client = web_client("", api_url, proxies=proxies)
    answer = call(client.apps_connections_open, app_token=app_token)
    return answer.reason if answer.failed else ""
