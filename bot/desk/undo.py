"""The way back from a change: commands that restore what a destination followed and how it was told. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.desk.arguments import window_text
from bot.desk.grammar import parse_command
from bot.desk.settings import settings_words
from bot.errors import UsageError
from bot.model import ALL, Destination, Follow
from bot.outbox.digests import plan_words
from bot.records import FROM_FILE, Mute, Preferences, Subscription
from bot.releases.facts.filters import Filters
from bot.releases.naming.labs import Labs
from bot.views.commands import Command, Verb

LASTS = timedelta(minutes=10)
BESIDE = "; "  # stands between commands that a button carries; it is in none of them
_TIME = re.compile(r"\d{1,11}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a destination follows but for feeds.yaml, what it mutes until when, and how it is told."""

    follows: Mapping[Follow, frozenset[Filters]]
    mutes: Mapping[str, datetime | None]
    preferences: Preferences

    @classmethod
    def of(
        cls, subscriptions: Iterable[Subscription], mutes: Iterable[Mute], preferences: Preferences
    ) -> "Standing":
        """Return it from what the store has of one destination."""
        follows: dict[Follow, frozenset[Filters]] = defaultdict(frozenset)
        for one in subscriptions:
            if one.origin != FROM_FILE:
                follows[one.follow] |= {one.filters}
        return cls(dict(follows), {mute.lab: mute.until for mute in mutes}, preferences)


@dataclass(frozen=True, slots=True)
class Back:
    """What an Undo button carries: when a change was made, where, and the commands that restore what was."""

    at: datetime
    place: Destination
    texts: Sequence[str]

    def __str__(self) -> str:
        """Return it as the value of the button."""
        return f"{self.at.timestamp():.0f} {self.place} {BESIDE.join(self.texts)}"

    def commands(self, labs: Labs, now: datetime) -> list[Command]:
        """Return the commands, of which a mute ends when it would have ended.

        Raises UsageError once it is too late.
        """
        elapsed = now - self.at
        if elapsed > LASTS:
            raise UsageError("that was more than ten minutes ago and stays as it is: `list` shows what holds")
        commands = [parse_command(text, labs) for text in self.texts]
        if not all(command.changes for command in commands):
            raise UsageError(_UNREADABLE)  # no button of ours is like that
        return [
            replace(one, span=one.span - elapsed) if one.span and one.span > elapsed else one
            for one in commands
        ]


_UNREADABLE = "that button belongs to another version of me, and nothing is undone: `list` shows what holds"


def read_back(value: str) -> Back:
    """Return what the value of a button says. Raises UsageError for what is none of ours."""
    at, _, rest = value.partition(" ")
    place, _, texts = rest.partition(" ")
    if not _TIME.fullmatch(at) or not texts:
        raise UsageError(_UNREADABLE)
    return Back(datetime.fromtimestamp(int(at), UTC), Destination(place), texts.split(BESIDE))


def restoring(before: Standing, after: Standing, now: datetime) -> list[str]:
    """Return the commands that make what stood before stand again, in their order; none for no change.

    There are none either for what no command makes: two filters of one lab, set by command line and in Slack.
    """
    if any(len(filters) > 1 for filters in before.follows.values()):
        return []
    return [
        *_following(before.follows, after.follows),
        *_muting(before.mutes, after.mutes, now),
        *_telling(before.preferences, after.preferences),
    ]


def _following(
    before: Mapping[Follow, frozenset[Filters]], after: Mapping[Follow, frozenset[Filters]]
) -> Iterator[str]:
    new = [follow for follow in after if follow not in before]
    if Follow(ALL) in new:  # with all labs everything else ends
        new, after = [], {}
        yield f"{Verb.UNSUBSCRIBE} {ALL} yes"
    elif Follow(ALL, cadence=True) in new:
        new = [follow for follow in new if not follow.cadence]
        after = {follow: filters for follow, filters in after.items() if not follow.cadence}
        yield f"{Verb.UNSUBSCRIBE} {Verb.CADENCE} {ALL}"
    for cadence in (False, True):
        labs = [follow.lab for follow in new if follow.cadence is cadence]
        if labs:
            yield _words(Verb.UNSUBSCRIBE, cadence, labs)
    changed = [(follow, str(*filters)) for follow, filters in before.items() if after.get(follow) != filters]
    for cadence, words in dict.fromkeys((follow.cadence, words) for follow, words in changed):
        labs = [follow.lab for follow, its in changed if (follow.cadence, its) == (cadence, words)]
        alone = [[lab] for lab in labs if lab == ALL]  # beside which no other lab counts
        for some in [*alone, [lab for lab in labs if lab != ALL]]:
            if some:
                yield _words(Verb.SUBSCRIBE, cadence, some, words)


def _words(verb: Verb, cadence: bool, labs: Sequence[str], filters: str = "") -> str:
    """Return a command about labs, or their cadence."""
    of = Verb.CADENCE if cadence else ""
    return " ".join(filter(None, [verb, of, *labs, filters]))


def _muting(
    before: Mapping[str, datetime | None], after: Mapping[str, datetime | None], now: datetime
) -> Iterator[str]:
    new = [lab for lab in after if lab not in before]
    if new:
        yield f"{Verb.UNMUTE} {ALL if ALL in new else ' '.join(new)}"
        after = {} if ALL in new else after  # which ends every mute
    for lab, until in before.items():
        if (lab not in after or after[lab] != until) and (until is None or until > now):
            yield f"{Verb.MUTE} {lab}" + (f" {window_text(until - now)}" if until else "")


def _telling(before: Preferences, after: Preferences) -> Iterator[str]:
    former = {name: getattr(before, name) for name in ("variants", "updates", "every", "notify", "quiet")}
    changed = {name: value for name, value in former.items() if value != getattr(after, name)}
    if changed:
        yield f"{Verb.SETTINGS} {settings_words(changed)}"
    if before.digest != after.digest:
        yield f"{Verb.DIGEST} {plan_words(before.digest) if before.digest else 'off'}"
