"""What `settings` sets: how variants and updates are told, whom alerts call, and when it is quiet."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from bot.desk.arguments import PREFERENCES, MisreadError, understand
from bot.desk.digest_plan import clock_time, parse_zone
from bot.desk.tokens import Token
from bot.errors import UsageError
from bot.records import MentionRule, QuietHours
from bot.releases.facts.filters import FILTER_KEYS, Filters
from bot.views.commands import Command, Verb

_FILTERS = tuple(key for key in FILTER_KEYS if key != "kinds")  # an alert is a release, whatever its variants
SETTINGS_KEYS = (*PREFERENCES, "notify", "quiet", *_FILTERS, "to")
_OFF = ("off", "none", "never", "no")
# As Slack sends a user group or a person that were chosen from its list, less the signs around the id.
_WHO = re.compile(r"[@!]*(?:subteam\^)?(?=[A-Z]*\d)([SUW][A-Z0-9]{5,30})", re.ASCII)
_HOURS = re.compile(r"([^\s-]+)\s*-\s*([^\s-]+)(?:\s+(\S.*))?")
# Cadence news looks every six hours whom it may tell.
_LONGEST_NIGHT = timedelta(hours=16)
_TOOK = "as `quiet:22:00-07:00 Europe/Berlin`, or `quiet:off`"


def parse_settings(words: Sequence[Token]) -> Command:
    """Return what `settings` and its words mean. Raises MisreadError, and UsageError for what is twice."""
    quiet, notify = _only(words, "quiet"), _only(words, "notify")
    rest = [word for word in words if word.key not in ("quiet", "notify") and (word.key or not quiet)]
    keys = (*PREFERENCES, "notify", "quiet", *(_FILTERS if notify else ()), "to")
    command = understand(Verb.SETTINGS, rest, None, keys)
    said: dict[str, Any] = dict(command.preferences)
    if notify:
        said["notify"] = _rule(notify, command.filters)
    names_zone = False
    if quiet:
        text = " ".join([quiet.value, *(word.value for word in words if not word.key)])
        said["quiet"], names_zone = _hours(text)
    return replace(command, filters=Filters(), preferences=said, asks=not said, names_zone=names_zone)


def settings_words(preferences: Mapping[str, Any], *, with_zone: bool = True) -> str:
    """Return settings as they are typed; not `with_zone` the quiet hours name none."""
    typed = {key: "off" if value is None else str(value) for key, value in preferences.items()}
    quiet = preferences.get("quiet")
    if quiet and not with_zone:
        typed["quiet"] = typed["quiet"].removesuffix(f" {quiet.zone}")
    return " ".join(f"{key}:{value}" for key, value in typed.items())


def _only(words: Sequence[Token], key: str) -> Token | None:
    found = list(dict.fromkeys(word for word in words if word.key == key))
    if len(found) > 1:
        raise UsageError(f"{key}: stands twice, with {found[0].value[:60]} and another: one at a time")
    return found[0] if found else None


def _rule(word: Token, filters: Filters) -> MentionRule | None:
    """Return whom alerts shall call. Raises MisreadError for a name that Slack did not make a mention of."""
    if word.value.lower() in _OFF:
        if filters != Filters():
            raise UsageError("`notify:off` calls nobody: leave out the filters behind it")
        return None
    found = _WHO.fullmatch(word.value)
    if found is None:
        raise MisreadError(
            f"Slack did not make a mention of “{word.value[:60]}”, so I do not know whom it means: choose "
            "the group or person from the list that opens behind @, or write it in a message to me "
            "instead of a command; on a terminal write the id, as S0123456789",
            str(word),
        )
    return MentionRule(found[1], filters)


def _hours(text: str) -> tuple[QuietHours | None, bool]:
    """Return hours, None for `off`, and whether the text says by which zone they are."""
    if text.lower() in _OFF:
        return None, False
    found = _HOURS.fullmatch(text.strip())
    begin, end = (clock_time(found[number].lower()) for number in (1, 2)) if found else (None, None)
    if not found or begin is None or end is None:
        raise MisreadError(f"“{text[:60]}” are no hours: write them {_TOOK}", f"quiet:{text}")
    if not timedelta() < _length(begin, end) <= _LONGEST_NIGHT:
        hours = round(_LONGEST_NIGHT.total_seconds() / 3600)
        raise UsageError(f"quiet hours last at most {hours} hours: write them {_TOOK}")
    return QuietHours(begin, end, parse_zone(found[3] or "UTC")), bool(found[3])


def _length(begin: time, end: time) -> timedelta:
    """Return how long it is by the clock on the wall, over midnight where that is between."""
    minutes = (end.hour - begin.hour) * 60 + end.minute - begin.minute
    return timedelta(minutes=minutes % (24 * 60))
