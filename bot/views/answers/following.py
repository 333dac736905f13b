"""`list`, `settings`, `digest`: what a destination follows and how it is told."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.records import (
    ALL,
    CADENCE,
    EMBEDDED,
    FROM_FILE,
    FROM_SLACK,
    Content,
    DigestPlan,
    Mute,
    Pause,
    Preferences,
    Subscription,
)
from bot.releases.facts.words import moment
from bot.views import blocks
from bot.views.answers.pieces import LAB_LIMIT, LINES_LIMIT, fitting, person, place, run, text_of, typed
from bot.views.blocks import Element
from bot.views.escape import literal
from bot.views.phrases import ago, length

_FILTERS_LIMIT = 150
_REASON_LIMIT = 200
_MUTES_LIMIT = 600  # characters
_SPOKEN_LIMIT = 800  # characters of names in the text
_ORIGINS = 3  # of one lab; more are counted
_VARIANTS = {
    "thread": "in the thread of their release",
    "post": "as messages of their own",
    "off": "not told",
}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UPDATES = {"edit": "the message is edited", "thread": "told in the thread", "off": "not told"}


@dataclass(frozen=True, slots=True)
class Following:
    """What a destination follows, how it wants to be told, and when it last heard of each lab.

    `names` gives labs by id the names that people read.
    """

    destination: str
    subscriptions: Sequence[Subscription] = ()
    mutes: Sequence[Mute] = ()
    pause: Pause | None = None
    preferences: Preferences = field(default_factory=Preferences)
    last_deliveries: Mapping[str, datetime] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def list_answer(following: Following, now: datetime) -> Content:
    """Return what a destination follows, a line a lab: filters, where from, by whom, when it last heard."""
    lines = followed_lines(following, now)
    if not lines:
        text = f"{place(following.destination)} follows nothing yet."
        row = blocks.actions([run(0, "Follow all labs", "subscribe all"), run(1, "Show all labs", "labs")])
        hint = f"For one lab type {typed('subscribe qwen')}, with filters as in {typed('help subscribe')}."
        state = [*_pause(following.pause, now), hint]
        return Content(text_of([text, *state]), (blocks.section("\n".join([text, *state])), *row))
    title = f"What {place(following.destination)} follows"
    followed = [_lab_name(lab, following.names) for lab in _by_lab(following.subscriptions)]
    names = ", ".join(fitting(followed, limit=_SPOKEN_LIMIT))
    ways = preference_lines(following.preferences)
    state = [*_pause(following.pause, now), *_silences(following, now), *ways]
    changing = ", ".join(typed(verb) for verb in ("subscribe", "unsubscribe", "mute", "settings"))
    return Content(
        text_of([f"{title}: {names}.", *state, *(f"{line.removeprefix('• ')}." for line in lines)]),
        (
            *blocks.sections([f"*{title}*", *lines]),
            *blocks.sections(state),
            blocks.context([f"Change it with {changing}"]),
        ),
    )


# --- a line a lab


def followed_lines(following: Following, now: datetime, limit: int = LINES_LIMIT) -> list[str]:
    """Return a line for each lab that is followed, every one of its subscriptions merged into it."""
    muted = _muted(following.mutes, now)
    lines = []
    for lab, subscriptions in _by_lab(following.subscriptions).items():
        last = _last(lab, following.last_deliveries)
        parts = [
            f"*{_lab_name(lab, following.names)}*: {_wanted(subscriptions)}",
            _origins(subscriptions),
            f"last message {ago(last, now)}" if last else "no message yet",
        ]
        lines.append("• " + " · ".join([*parts, *([_mute_words(muted[lab])] if lab in muted else [])]))
    return fitting(lines, "and {} more labs".format, limit)


def followed_briefly(following: Following, limit: int) -> list[str]:
    """Return a line for each lab that is followed: its name and what is wanted of it."""
    by_lab = _by_lab(following.subscriptions)
    lines = [f"• *{_lab_name(lab, following.names)}*: {_wanted(them)}" for lab, them in by_lab.items()]
    return fitting(lines, "and {} more labs".format, limit)


def _lab_name(lab: str, names: Mapping[str, str]) -> str:
    """Return the name of a lab id, escaped; the id itself where no name is known."""
    if lab.startswith(CADENCE):
        return f"The cadence of {_lab_name(lab.removeprefix(CADENCE), names)}"
    if lab == ALL:
        return "All labs"
    return literal(names.get(lab, ""), LAB_LIMIT) or literal(lab, LAB_LIMIT) or "an unnamed lab"


def _by_lab(subscriptions: Sequence[Subscription]) -> dict[str, list[Subscription]]:
    found: dict[str, list[Subscription]] = defaultdict(list)
    for subscription in sorted(subscriptions, key=lambda it: (it.lab != ALL, it.lab)):
        found[subscription.lab].append(subscription)
    return found


def _wanted(subscriptions: Sequence[Subscription]) -> str:
    """Return the filters of which one must match; without any, all others say nothing."""
    words = dict.fromkeys(str(subscription.filters) for subscription in subscriptions)
    if "" in words:
        return "every release"
    return literal(" or ".join(words), _FILTERS_LIMIT)


def _origins(subscriptions: Sequence[Subscription]) -> str:
    told = list(dict.fromkeys(_origin(subscription) for subscription in subscriptions))
    more = f" and {len(told) - _ORIGINS} more" if len(told) > _ORIGINS else ""
    return ", ".join(told[:_ORIGINS]) + more


def _origin(subscription: Subscription) -> str:
    if subscription.origin in (FROM_FILE, EMBEDDED):
        return f"from {literal(subscription.origin, LAB_LIMIT)}"
    where = "" if subscription.origin == FROM_SLACK else f", {literal(subscription.origin, LAB_LIMIT)}"
    return f"by {person(subscription.created_by)} on {subscription.created_at:%Y-%m-%d}{where}"


def _last(lab: str, deliveries: Mapping[str, datetime]) -> datetime | None:
    return max(deliveries.values(), default=None) if lab == ALL else deliveries.get(lab)


# --- silences


def _muted(mutes: Sequence[Mute], now: datetime) -> dict[str, Mute]:
    return {mute.lab: mute for mute in mutes if mute.until is None or mute.until > now}


def _mute_words(mute: Mute) -> str:
    return f"🔕 muted until {moment(mute.until)}" if mute.until else "🔕 muted until somebody unmutes it"


def _silences(following: Following, now: datetime) -> Iterator[str]:
    """Yield the mutes of labs that have no line of their own."""
    shown = _by_lab(following.subscriptions)
    others = [mute for lab, mute in _muted(following.mutes, now).items() if lab not in shown]
    lines = [f"{_lab_name(it.lab, following.names)}: {_mute_words(it)}" for it in others]
    yield from fitting(lines, limit=_MUTES_LIMIT)


def _pause(pause: Pause | None, now: datetime) -> Iterator[str]:
    if pause:
        again = "now" if pause.retry_at <= now else f"in {length(pause.retry_at - now)}"
        reason = literal(pause.reason, _REASON_LIMIT) or "no reason given"
        paused = f"⏸️ Paused for {length(now - pause.since)}: {reason.removesuffix('.')}."
        yield f"{paused} Nothing is unsubscribed; it is tried again {again}."


# --- how it is told


def preference_lines(preferences: Preferences) -> list[str]:
    """Return how a destination is told of variants and of changes, and when its digest comes."""
    digest = _when(preferences.digest) if preferences.digest else "none"
    return [
        f"*Variants*: {_VARIANTS[preferences.variants]}.",
        f"*Updates*: {_UPDATES[preferences.updates]}.",
        f"*Digest*: {digest}.",
    ]


def _when(plan: DigestPlan) -> str:
    weekday = f"every {_DAYS[plan.weekday]}"
    every = {"daily": "every day", "weekly": weekday, "monthly": "on the first of every month"}[plan.every]
    return f"{every} at {plan.hour:02}:{plan.minute:02} {literal(plan.zone, LAB_LIMIT)}"


def settings_answer(preferences: Preferences) -> Content:
    """Return how this place is told, with a button for every other way."""
    lines = preference_lines(preferences)
    return Content(
        text_of(["This is how I tell you.", *lines]),
        (blocks.section("\n".join(lines)), *blocks.actions(_other_ways(preferences))),
    )


def _other_ways(preferences: Preferences) -> Iterator[Element | None]:
    ways = [("variants", way) for way in _VARIANTS if way != preferences.variants]
    ways += [("updates", way) for way in _UPDATES if way != preferences.updates]
    for number, (name, way) in enumerate(ways):
        yield run(number, f"{name.capitalize()}: {way}", f"settings {name}:{way}")


def digest_answer(preferences: Preferences, next_at: datetime | None = None) -> Content:
    """Return when the digest comes; `next_at` is the next time, None where it is not known."""
    if preferences.digest is None:
        text = "No digest is sent here."
        choices = [run(0, "Every Monday at 9:00", "digest weekly mon 09:00")]
        choices += [run(1, "Every day at 9:00", "digest daily 09:00")]
        hint = f"In another time zone: {typed('digest weekly mon 09:00 Europe/Berlin')}"
    else:
        coming = f" The next one: {moment(next_at)}." if next_at else ""
        text = f"A digest is sent here {_when(preferences.digest)}.{coming}"
        choices = [run(0, "Stop the digest", "digest off")]
        hint = "A time without any release has no digest"
    row = blocks.actions(choices)
    return Content(f"{text} {hint}.", (blocks.section(text), *row, blocks.context([hint])))
