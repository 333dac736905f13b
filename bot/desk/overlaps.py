"""What decides beside a subscription what comes to a destination: its other ones, and mutes. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from bot.model import ALL, Follow
from bot.outbox.audience import mute_words
from bot.records import FROM_SLACK, Mute, Subscription
from bot.views.answers.common import sentence, typed
from bot.views.commands import Spot


def silences(
    wanted: Collection[Follow], mutes: Iterable[Mute], names: Mapping[str, str], spot: Spot
) -> Iterator[str]:
    """Yield a sentence for each mute of a destination that keeps away what is wanted; `names` as below."""
    for mute in mutes:
        if mute.lab == ALL or any(follow.lab in (ALL, mute.lab) for follow in wanted):
            whom = "all labs are" if mute.lab == ALL else f"{names.get(mute.lab, mute.lab)} is"
            ending = typed(spot.about(f"unmute {mute.lab}"))
            yield sentence(f"{spot.inside} {whom} {mute_words(mute)}: {ending} ends that")


def overlaps(
    wanted: Collection[Follow],
    origin: str,
    known: Iterable[Subscription],
    names: Mapping[str, str],
    whose: str,
) -> Iterator[str]:
    """Yield a sentence for each other subscription of a destination that covers what is wanted with a filter.

    `origin` is where the new one comes from, `names` are those of labs by id, and `whose` begins a sentence:
    "This channel also follows".
    """
    for one in known:
        is_itself = one.origin == origin and one.follow in wanted
        if is_itself or not any(one.follow.covers(follow) for follow in wanted):
            continue
        by = f" by {one.origin}" if one.origin != FROM_SLACK else ""
        labs = "all labs" if one.follow.lab == ALL else names.get(one.follow.lab, one.follow.lab)
        if str(one.filters):
            yield f"{whose} {labs}{by} ({one.filters}): what either lets through is told."
        else:
            remedy = "change it there" if by else "`unsubscribe all` first, then subscribe again"
            yield f"{whose} {labs}{by}, without a filter, so nothing is left out: {remedy}."
