"""Does a destination want this, and if not, why: the one verdict of owing, composing and `why`. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import Note, NoteKind, Wave
from bot.records import ALL, UNDECIDED, Mute, Preferences, Subscription
from bot.releases.facts.filters import Filters, Match, check, doubt


@dataclass(frozen=True, slots=True)
class Reception:
    """Whether a destination wants the alert of a wave, and why, in words.

    `final`: no fact that arrives later changes that, as with a lab that is muted.
    """

    destination: str
    wanted: bool
    why: str
    final: bool = False


def receptions(
    wave: Wave, subscriptions: Iterable[Subscription], mutes: Iterable[Mute], now: datetime
) -> list[Reception]:
    """Return what each destination makes of a wave, by the one of its subscriptions that wants it most.

    `subscriptions` and `mutes` may be those of all labs and destinations.
    """
    labs, judge = (wave.lab.id, ALL), _Judge(wave, now)
    muted = {mute.destination: mute for mute in mutes if mute.lab in labs and not _is_over(mute, now)}
    found: dict[str, Reception] = {}
    for one in subscriptions:
        if one.lab in labs and not (one.destination in found and found[one.destination].wanted):
            mute = mute_words(muted.get(one.destination))
            against = mute or judge.against(one)
            found[one.destination] = Reception(
                one.destination, not against, against or "wants it", final=bool(mute)
            )
    return list(found.values())


class _Judge:
    """What subscriptions make of one wave; thousands of them have the same few filters."""

    def __init__(self, wave: Wave, now: datetime) -> None:
        self._wave = wave
        self._now = now
        self._filtered: dict[Filters, str] = {}

    def against(self, one: Subscription) -> str:
        """Return what speaks against the alert for a subscription, or "".

        What was asked for in the future was asked for by a clock that was wrong.
        """
        if min(one.created_at, self._now) > self._wave.lead.opened_at:
            return f"follows it since {_moment(one.created_at)}, which is after the release"
        if one.filters.kinds == "variants":
            return "wants its variants only"
        if one.filters not in self._filtered:
            self._filtered[one.filters] = self._by_filters(one.filters)
        return self._filtered[one.filters]

    def _by_filters(self, filters: Filters) -> str:
        """Return what the filters have against the model that comes closest to them, or ""."""
        found = {check(filters, model): model for model in reversed(self._wave.sizes)}
        if Match.YES in found:
            return ""
        doubted = found.get(Match.UNKNOWN)
        if doubted is None:
            return doubt(filters, found[Match.NO])
        until = self._wave.lead.opened_at + UNDECIDED
        why = doubt(filters, doubted)
        if self._now <= until:
            return f"waits until {_moment(until)}, as {why}"
        return f"{why}, which counts as not matching since {_moment(until)}"


def wanting_variants(wave: Wave, subscriptions: Iterable[Subscription]) -> Iterator[str]:
    """Yield the destinations that want a wave's variants as messages of their own, each once."""
    asking = (one for one in subscriptions if one.filters.kinds == "variants")
    matching = (
        one.destination
        for one in asking
        if any(check(one.filters, model) is Match.YES for model in wave.sizes)
    )
    yield from dict.fromkeys(matching)


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
    if wave.lead.withdrawn:
        return "somebody said that it is no release"
    kinds = {one.filters.kinds for one in subscriptions if one.lab in (wave.lab.id, ALL)}
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


def _is_over(mute: Mute, now: datetime) -> bool:
    return mute.until is not None and mute.until <= now


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
