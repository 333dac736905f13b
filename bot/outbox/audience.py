"""Whether a destination wants this, and if not, why: the one verdict of owing, composing and `why`. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial

from bot.model import ALL, Destination, Follow, Note, NoteKind, Wave
from bot.records import FROM_FILE, UNDECIDED, WITHDRAWN, MentionRule, Mute, Preferences, Subscription
from bot.releases.facts.filters import Filters, Match, check, objection

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reception:
    """Whether a destination wants the alert of a wave, and why, in words.

    `final`: no fact that arrives later changes that, as with a lab that is muted.
    """

    destination: Destination
    wanted: bool
    why: str
    final: bool = False


def receptions(
    wave: Wave, subscriptions: Iterable[Subscription], mutes: Iterable[Mute], now: datetime
) -> list[Reception]:
    """Return what each destination makes of a wave, by the one of its subscriptions that wants it most.

    `subscriptions` and `mutes`, which are not over, may be those of all labs and destinations.
    """
    muted: dict[Destination, list[Mute]] = defaultdict(list)
    for mute in mutes:
        muted[mute.destination].append(mute)
    against_filters = cache(partial(_against_filters, wave, now))  # thousands have the same few filters
    lab, opened_at = Follow(wave.lab.id), wave.lead.opened_at
    found: dict[Destination, Reception] = {}
    for one in subscriptions:
        where = one.destination
        if not one.follow.covers(lab) or (where in found and found[where].wanted):
            continue
        silenced = mute_words(longest_mute(muted.get(where, ()), wave.lab.id))
        # What was asked for in the future was asked for by a clock that was wrong.
        if silenced:
            against = silenced
        elif min(one.created_at, now) > opened_at:
            against = f"follows it since {_moment(one.created_at)}, which is after the release"
        else:
            against = against_filters(one.filters)
        found[where] = Reception(where, not against, against or "wants it", final=bool(silenced))
    return list(found.values())


def objection_to(wave: Wave, filters: Filters) -> tuple[Match, str]:
    """Return what filters make of the model that comes closest to them, and what they object, or ""."""
    if filters.kinds == "variants":
        return Match.NO, "wants its variants only"
    found = {check(filters, model): model for model in reversed(wave.sizes)}
    if Match.YES in found:
        return Match.YES, ""
    closest = Match.UNKNOWN if Match.UNKNOWN in found else Match.NO
    return closest, objection(filters, found[closest])


def _against_filters(wave: Wave, now: datetime, filters: Filters) -> str:
    match, why = objection_to(wave, filters)
    if match is not Match.UNKNOWN:
        return why
    until = wave.lead.opened_at + UNDECIDED
    if now <= until:
        return f"waits until {_moment(until)}, as {why}"
    return f"{why}, which counts as not matching since {_moment(until)}"


def as_old_as_before(wanted: Iterable[Subscription], before: Sequence[Subscription]) -> list[Subscription]:
    """Return these as old as what covered them in their destination: so long was each lab followed there."""
    return [
        replace(
            one, created_at=min([one.created_at, *(old.created_at for old in before if _covers(old, one))])
        )
        for one in wanted
    ]


def still_followed(wanted: Sequence[Subscription], before: Iterable[Subscription]) -> list[Subscription]:
    """Return what feeds.yaml followed by name and follows with all labs now: it keeps the age of its own."""
    named = {(one.destination, one.follow) for one in wanted}
    return [
        replace(old, filters=one.filters)
        for old in before
        if old.origin == FROM_FILE and (old.destination, old.follow) not in named
        for one in wanted
        if _covers(one, old)
    ]


def _covers(wide: Subscription, narrow: Subscription) -> bool:
    return wide.destination == narrow.destination and wide.follow.covers(narrow.follow)


def longest_mute(mutes: Iterable[Mute], lab: str) -> Mute | None:
    """Return the mute that keeps a lab silent in a destination, the longest of its mutes, or None."""
    found = (mute for mute in mutes if mute.lab in (lab, ALL))
    return max(found, key=lambda mute: mute.until or _NEVER, default=None)


def wanting_variants(wave: Wave, subscriptions: Iterable[Subscription]) -> list[Destination]:
    """Return the destinations that want a wave's variants as messages of their own, each once."""
    found = (
        one.destination
        for one in subscriptions
        if one.filters.kinds == "variants"
        and any(check(one.filters, model) is Match.YES for model in wave.sizes)
    )
    return list(dict.fromkeys(found))


def called_by(rule: MentionRule | None, waves: Iterable[Wave]) -> str:
    """Return whom the alert of these waves mentions, "" where the rule matches none of their models.

    What is not stated matches nothing, and an alert that stands calls nobody any more.
    """
    if rule and any(check(rule.filters, model) is Match.YES for wave in waves for model in wave.sizes):
        return rule.who
    return ""


def against_sending(
    wave: Wave,
    note: Note | None,
    subscriptions: Sequence[Subscription],
    preferences: Preferences,
    mute: Mute | None,
) -> str:
    """Return why a destination does not want any more what it is owed of a wave, or "".

    That is its alert where there is no note. `subscriptions` are the destination's own, of whatever lab.
    """
    tells_of_it = note is not None and note.kind is NoteKind.UPDATE
    if wave.lead.withdrawn and not tells_of_it:
        return WITHDRAWN
    kinds = {one.filters.kinds for one in subscriptions if one.follow.covers(Follow(wave.lab.id))}
    if not kinds:
        return "nobody there follows the lab any more"
    if note is None and kinds == {"variants"}:
        return "only variants are wanted there"
    return mute_words(mute) or (_against_note(note, kinds, preferences) if note else "")


def _against_note(note: Note, kinds: set[str], preferences: Preferences) -> str:
    if note.kind is NoteKind.VARIANT and kinds == {"release"}:
        return "variants are not wanted there"
    if note.kind is NoteKind.VARIANT and preferences.variants == "off":
        return "variants are off there"
    if note.kind is NoteKind.CONFIRMATION and preferences.updates == "off":
        return "updates are off there"
    return ""


def mute_words(mute: Mute | None) -> str:
    """Return that a lab is muted, and until when; "" for no mute."""
    if mute is None:
        return ""
    return f"muted until {_moment(mute.until)}" if mute.until else "muted until somebody unmutes it"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
