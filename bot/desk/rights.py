"""Who may do what: the one place that decides it, for commands, buttons, menus, windows and the Home tab.

What a button or a form brings along can be forged by whoever presses it; who presses it, and where, only
Slack says. What Slack does not say is refused, in words.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from bot.desk.channels import Channels
from bot.desk.questions import Asker
from bot.errors import UsageError
from bot.model import Destination
from bot.settings.feeds import Changers
from bot.views.answers.common import typed
from bot.views.commands import Command, Verb


class Need(Enum):
    """What something takes: to see the message, to be a member of the workspace, or an admin of the bot.

    To change what a channel follows takes what feeds.yaml says under `changes`.
    """

    NOTHING = "nothing"
    MEMBER = "member"
    CHANGE = "change"
    ADMIN = "admin"


# What sources published is for everybody; what people follow, and the bot's word, for members.
OF_VERBS: Mapping[Verb, Need] = {
    **dict.fromkeys(Verb, Need.MEMBER),
    **dict.fromkeys((Verb.RECENT, Verb.SHOW, Verb.CADENCE, Verb.LABS, Verb.HELP, Verb.HELLO), Need.NOTHING),
    **dict.fromkeys((Verb.HELD, Verb.UNCLEAR), Need.ADMIN),
}
_WAITS = frozenset({Verb.WATCH, Verb.UNWATCH})
SHARED = frozenset({Verb.RECENT, Verb.SHOW, Verb.CADENCE})  # the answers that a whole channel may see

_OUTSIDER = (
    "Slack says that you belong to another workspace than the one that installed me, and only its members "
    "can do that: please ask one of them"
)
_PERHAPS_OUTSIDER = (
    "Slack does not say whether you belong to the workspace that installed me, and only its members can do "
    f"that: please type it as a command, {typed('help')} lists them"
)
_ELSEWHERE = "you are not in that conversation, so I neither show nor change what it follows"
_NOT_SEEN = (
    "you are not in that conversation, or it is private and I am not in it: then invite me there first, with "
    "`/invite`. Nothing of it is shown or changed"
)
_PERHAPS_ELSEWHERE = (
    "Slack does not tell me whether you are in that conversation: please type "
    f"{typed('list')}, or {typed('subscribe')} with the labs, right there"
)
_NO_ADMIN = "only those whom feeds.yaml names under `admins` can do that"
_NO_CHANGER = (
    "only those whom feeds.yaml names under `admins` change what channels follow, so please ask one of them; "
    "for yourself alone there are `subscribe` and `watch` with `to:dm`"
)


@dataclass(frozen=True, slots=True)
class Rights:
    """Who may do what: as feeds.yaml says under `admins` and `changes`, and as Slack tells who is where."""

    channels: Channels
    admins: Collection[Destination]
    changers: Changers

    def require(self, need: Need, asker: Asker, about: Destination) -> None:
        """Raise UsageError where somebody may not do what needs this."""
        is_there = about in (asker.destination, asker.person)
        channels = None if is_there or need is Need.NOTHING else self.channels.channels_of(asker.person)
        refused = refusal(need, asker, about, channels, self.admins, self.changers)
        if refused:
            raise UsageError(refused)

    def is_admin(self, asker: Asker) -> bool:
        """Whether somebody corrects what the bot says, and settles what it is not sure of."""
        return not refusal(Need.ADMIN, asker, asker.destination, None, self.admins)


def need_of(command: Command) -> Need:
    """Return what a command takes; what a channel made of releases is its members' own.

    What a channel waits for is told there, like what it follows.
    """
    if command.triage:
        return Need.MEMBER
    return Need.CHANGE if command.changes or command.verb in _WAITS else OF_VERBS[command.verb]


def refusal(
    need: Need,
    asker: Asker,
    about: Destination,
    channels: Collection[Destination] | None,
    admins: Collection[Destination],
    changers: Changers = "members",
) -> str:
    """Return why somebody may not do what needs this, "" where they may.

    `about` is the conversation that it shows or changes, `channels` are those that the asker is in, None
    where Slack does not tell. `changers` are those who may change what a channel follows, each only of the
    channels that they are in; what a person follows is theirs.
    """
    changes_channel = need is Need.CHANGE and not about.is_person
    if need is Need.NOTHING or (changes_channel and changers == "anyone" and about == asker.destination):
        return ""
    if asker.is_member is not True:
        return _PERHAPS_OUTSIDER if asker.is_member is None else _OUTSIDER
    if need is Need.ADMIN:
        return "" if asker.person in admins else _NO_ADMIN
    if changes_channel and changers == "admins" and asker.person not in admins:
        return _NO_CHANGER
    return "" if about in (asker.destination, asker.person) else _from_elsewhere(asker, about, channels)


def _from_elsewhere(asker: Asker, about: Destination, channels: Collection[Destination] | None) -> str:
    if about.team != asker.team or not about.is_channel:
        return _ELSEWHERE
    if channels is None:
        return _PERHAPS_ELSEWHERE
    return "" if about in channels else _NOT_SEEN
