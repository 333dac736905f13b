"""`list`, `settings`, `digest`: what a destination follows and how it is told."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.model import ALL, Destination, Follow, Lab
from bot.records import (
    EMBEDDED,
    FROM_FILE,
    FROM_SLACK,
    Content,
    DigestPlan,
    MentionRule,
    Mute,
    Pause,
    Preferences,
    Subscription,
    Watch,
)
from bot.releases.facts.words import moment
from bot.views import blocks
from bot.views.answers.common import LINES_LIMIT, fitting, text_of, turn, typed
from bot.views.blocks import Element, dotted, literal
from bot.views.commands import HERE, Spot
from bot.views.names import LAB_LIMIT, lab_name, mention, person, place
from bot.views.phrases import ago, coming, length, listed

_FILTERS_LIMIT = 150
_REASON_LIMIT = 200
_MUTES_LIMIT = 600  # characters
_WATCH_LIMIT = 120
_WATCHES_LIMIT = 1_500  # characters
_SPOKEN_LIMIT = 800  # characters of names in the text
_ORIGINS = 3  # of one lab; more are counted
_VARIANTS = {
    "thread": "in the thread of their release",
    "post": "as messages of their own",
    "off": "not told",
}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EVERY = {
    "15m": "at most one in 15 minutes",
    "1h": "at most one in an hour",
    "0m": "each at once",
}
_UPDATES = {"edit": "the message is edited", "thread": "told in the thread", "off": "not told"}


@dataclass(frozen=True, slots=True)
class Following:
    """What a destination follows, how it wants to be told, and when it last heard of each lab.

    `names` gives labs by id the names that people read.
    """

    destination: Destination
    subscriptions: Sequence[Subscription] = ()
    mutes: Sequence[Mute] = ()
    pause: Pause | None = None
    preferences: Preferences = field(default_factory=Preferences)
    last_deliveries: Mapping[str, datetime] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    watches: Sequence[Watch] = ()


def list_answer(following: Following, now: datetime, spot: Spot = HERE, *, whole: bool = False) -> Content:
    """Return what a destination follows, a line a lab: filters, where from, by whom, when it last heard."""
    lines = followed_lines(following, now, whole=whole)
    if not lines:
        text = f"{place(following.destination)} follows nothing yet."
        row = blocks.actions([turn(0, "Follow all labs", "subscribe all"), turn(1, "Show all labs", "labs")])
        one = typed(spot.about("subscribe qwen"))
        hint = f"For one lab type {one}, with filters as in {typed('help subscribe')}."
        state = [*_pause(following.pause, now), *watch_lines(following.watches), hint]
        return Content(text_of([text, *state]), (blocks.section("\n".join([text, *state])), *row))
    title = f"What {place(following.destination)} follows"
    followed = [_name(follow, following.names) for follow in _by_follow(following.subscriptions)]
    names = ", ".join(fitting(followed, limit=_SPOKEN_LIMIT))
    ways = [*watch_lines(following.watches), *preference_lines(following.preferences)]
    state = [*_pause(following.pause, now), *_silences(following, now, whole=whole), *ways]
    verbs = ("subscribe", "unsubscribe", "mute", "settings")
    changing = ", ".join(typed(spot.about(verb)) for verb in verbs)
    return Content(
        text_of([f"{title}: {names}.", *state, *(f"{line.removeprefix('• ')}." for line in lines)]),
        (
            *blocks.sections([f"*{title}*", *lines]),
            *blocks.sections(state),
            blocks.context([f"Change it with {changing}"]),
        ),
    )


# --- a line a lab


def followed_lines(
    following: Following, now: datetime, limit: int = LINES_LIMIT, *, whole: bool = False
) -> list[str]:
    """Return a line for each lab that is followed, every one of its subscriptions merged into it."""
    muted = _muted(following.mutes, now)
    lines = []
    for follow, subscriptions in _by_follow(following.subscriptions).items():
        last = _last(follow, following.last_deliveries)
        parts = (
            f"• *{_name(follow, following.names)}*: {_wanted(subscriptions)}",
            listed(list(dict.fromkeys(map(_origin, subscriptions))), _ORIGINS),
            f"last message {ago(last, now)}" if last else "no message yet",
            _mute_words(muted[follow]) if follow in muted else "",
        )
        lines.append(dotted(parts))
    return fitting(lines, "and {} more labs", limit, whole=whole)


def followed_briefly(following: Following, limit: int) -> list[str]:
    """Return a line for each lab that is followed: its name and what is wanted of it."""
    found = _by_follow(following.subscriptions)
    lines = [f"• *{_name(follow, following.names)}*: {_wanted(them)}" for follow, them in found.items()]
    return fitting(lines, "and {} more labs", limit)


def _name(follow: Follow, names: Mapping[str, str]) -> str:
    """Return what people call what is followed, escaped; the lab's id where no name is known."""
    of = "The cadence of " if follow.cadence else ""
    if follow.lab == ALL:
        return f"{of}All labs"
    return f"{of}{lab_name(Lab(follow.lab, names.get(follow.lab, '')))}"


def _by_follow(subscriptions: Sequence[Subscription]) -> dict[Follow, list[Subscription]]:
    found: dict[Follow, list[Subscription]] = defaultdict(list)
    for subscription in sorted(subscriptions, key=lambda it: (it.follow != Follow(ALL), str(it.follow))):
        found[subscription.follow].append(subscription)
    return found


def _wanted(subscriptions: Sequence[Subscription]) -> str:
    """Return the filters of which one must match; without any, all others say nothing."""
    words = dict.fromkeys(str(subscription.filters) for subscription in subscriptions)
    if "" in words:
        return "every release"
    return literal(" or ".join(words), _FILTERS_LIMIT)


def _origin(subscription: Subscription) -> str:
    if subscription.origin == EMBEDDED:
        return "by default, without Slack"
    if subscription.origin == FROM_FILE:
        return f"from {literal(subscription.origin, LAB_LIMIT)}"
    where = "" if subscription.origin == FROM_SLACK else f", {literal(subscription.origin, LAB_LIMIT)}"
    return f"by {person(subscription.created_by)} on {subscription.created_at:%Y-%m-%d}{where}"


def _last(follow: Follow, deliveries: Mapping[str, datetime]) -> datetime | None:
    if follow == Follow(ALL):
        return max(deliveries.values(), default=None)
    return None if follow.cadence else deliveries.get(follow.lab)


# --- silences


def _muted(mutes: Sequence[Mute], now: datetime) -> dict[Follow, Mute]:
    return {Follow(mute.lab): mute for mute in mutes if mute.until is None or mute.until > now}


def _mute_words(mute: Mute) -> str:
    return f"🔕 muted until {moment(mute.until)}" if mute.until else "🔕 muted until somebody unmutes it"


def _silences(following: Following, now: datetime, *, whole: bool) -> Iterator[str]:
    """Yield the mutes of labs that have no line of their own."""
    shown = _by_follow(following.subscriptions)
    others = [(follow, mute) for follow, mute in _muted(following.mutes, now).items() if follow not in shown]
    lines = [f"{_name(follow, following.names)}: {_mute_words(mute)}" for follow, mute in others]
    yield from fitting(lines, limit=_MUTES_LIMIT, whole=whole)


def _pause(pause: Pause | None, now: datetime) -> Iterator[str]:
    if pause:
        reason = literal(pause.reason, _REASON_LIMIT) or "no reason given"
        paused = f"⏸️ Paused for {length(now - pause.since)}: {reason.removesuffix('.')}."
        yield f"{paused} Nothing is unsubscribed; it is tried again {coming(pause.retry_at, now)}."


# --- how it is told


def preference_lines(preferences: Preferences) -> list[str]:
    """Return how a destination is told of variants and of changes, and when its digest comes."""
    digest = _when(preferences.digest) if preferences.digest else "none"
    return [
        f"*Variants*: {_VARIANTS[preferences.variants]}.",
        f"*Updates*: {_UPDATES[preferences.updates]}.",
        f"*Replies* to a message: {_EVERY[preferences.every]}.",
        f"*Digest*: {digest}.",
        *([f"*Mentions*: {_calls(preferences.notify)}."] if preferences.notify else []),
        *([f"*Quiet hours*: {literal(str(preferences.quiet), LAB_LIMIT)}."] if preferences.quiet else []),
    ]


def _calls(rule: MentionRule) -> str:
    filters = literal(str(rule.filters), _FILTERS_LIMIT)
    return f"{mention(rule.who)} in every alert" + (f" of {filters}" if filters else "")


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
    choices = (
        ("Variants", "variants", _VARIANTS, preferences.variants),
        ("Updates", "updates", _UPDATES, preferences.updates),
        ("Replies", "every", _EVERY, preferences.every),
    )
    ways = [
        (f"{title}: {ways[way]}", f"settings {name}:{way}")
        for title, name, ways, now in choices
        for way in ways
        if way != now
    ]
    for number, (label, command) in enumerate(ways):
        yield turn(number, label, command)


def preview_answer(preview: Content | None, plan: DigestPlan | None, spot: Spot = HERE) -> Content:
    """Return what a digest would tell now, by the plan that is set; a weekly one where none is."""
    choosing = typed(spot.about("digest weekly mon 09:00"))
    none = "" if plan else f" None is set: choose one with {choosing}."
    every = plan.every if plan else "weekly"
    if preview is None:
        what = f"nothing came out that is followed {literal(spot.inside, LAB_LIMIT)}"
        text = f"A {every} digest would tell nothing now: {what}.{none}"
        return Content(text, (blocks.section(text),))
    text = f"A {every} digest would tell this now.{none}"
    shown = preview.blocks if plan else preview.blocks[:-1]  # which says when it comes
    return Content(text_of([text, preview.text]), (blocks.section(text), *shown))


def digest_answer(preferences: Preferences, next_at: datetime | None = None, spot: Spot = HERE) -> Content:
    """Return when the digest comes; `next_at` is the next time, None where it is not known."""
    where = literal(spot.to, LAB_LIMIT)
    if preferences.digest is None:
        text = f"No digest is sent {where}."
        choices = [turn(0, "Every Monday at 9:00", "digest weekly mon 09:00")]
        choices += [turn(1, "Every day at 9:00", "digest daily 09:00")]
        setting = typed(spot.about("digest weekly mon 09:00 Europe/Berlin"))
        hint = f"{setting} sets one by the clock of a place"
    else:
        coming = f" The next one: {moment(next_at)}." if next_at else ""
        text = f"A digest is sent {where} {_when(preferences.digest)}.{coming}"
        choices = [turn(0, "Stop the digest", "digest off")]
        hint = "There is no digest of a time in which nothing came out"
    row = blocks.actions(choices)
    return Content(f"{text} {hint}.", (blocks.section(text), *row, blocks.context([hint])))


def watch_lines(watches: Sequence[Watch]) -> list[str]:
    """Return what is waited for in a place as it is typed, in one line with who asked for it."""
    if not watches:
        return []
    asked = [f"“{literal(str(watch), _WATCH_LIMIT)}” (by {person(watch.created_by)})" for watch in watches]
    return [f"*Waits for*: {', '.join(fitting(asked, limit=_WATCHES_LIMIT))}."]
