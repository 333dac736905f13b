"""The messages of a channel as HTML: by days, with their threads, each as it read at every step. Pure.

What is `from-3` is there from step 3 of the story on, what is `until-9` until step 9; the page's style shows
what is there at the step that is chosen. What `was` there and is no more cannot be pressed: nobody hears it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import groupby

from bot.demo.blocks import blocks_html, paragraph
from bot.demo.course import Moment, Version, versions
from bot.demo.mrkdwn import Look, as_html, plain
from bot.demo.slack import Posted

_FACE = (
    '<div class="face" aria-hidden="true"><svg viewBox="0 0 36 36"><g fill="#fff">'
    '<rect x="8" y="19" width="4" height="9" rx="2"/><rect x="16" y="13" width="4" height="15" rx="2"/>'
    '<rect x="24" y="8" width="4" height="20" rx="2"/></g></svg></div>'
)
_EMPTY = '<p class="empty">Nothing was posted here.</p>'

Versions = Mapping[str, Sequence[Version]]


def log(posts: Sequence[Posted], course: Sequence[Moment], look: Look) -> str:
    """Return the messages of a channel, the oldest first."""
    in_order = sorted(posts, key=lambda post: float(post.ts))
    known = versions(course, in_order)
    top = [post for post in in_order if not post.thread_ts]
    days = groupby(top, key=lambda post: _at(post).date())
    return "\n".join(_day(day, list(messages), in_order, known, look) for day, messages in days) or _EMPTY


def anchor(post: Posted) -> str:
    """Return the id of a message on the page."""
    return f"m-{post.channel}-{post.ts.replace('.', '-')}"


def count_over_time(
    posts: Sequence[Posted],
    known: Versions,
    told: Callable[[int, Posted], str] = lambda number, _: f"{number}",
) -> str:
    """Return how many messages there are, at each step; `told` says it of a number and the latest of them."""
    in_order = sorted(posts, key=lambda post: _since(post, known))
    ends = [*(_since(post, known) for post in in_order[1:]), None][: len(in_order)]
    return "".join(
        f'<span class="{marks(_since(post, known), end)}">{told(number, post)}</span>'
        for number, (post, end) in enumerate(zip(in_order, ends, strict=True), 1)
        if _since(post, known) != end
    )


def marks(since: int, until: int | None = None) -> str:
    """Return the classes of what is there between two steps."""
    return f"from-{since}" + (f" until-{until} was" if until is not None else "")


def _since(post: Posted, known: Versions) -> int:
    return known[post.ts][0].since


def _day(day: date, top: Sequence[Posted], posts: Sequence[Posted], known: Versions, look: Look) -> str:
    first = min(_since(post, known) for post in top)
    shown = "\n".join(_message(post, known, look, _thread(post, posts, known, look)) for post in top)
    return (
        f'<div class="day {marks(first)}" id="day-{top[0].channel}-{day:%Y%m%d}">'
        f"<span>{day:%A}, {day.day} {day:%B %Y}</span></div>\n{shown}"
    )


def _thread(parent: Posted, posts: Sequence[Posted], known: Versions, look: Look) -> str:
    replies = [post for post in posts if post.thread_ts == parent.ts]
    if not replies:
        return ""
    first = min(_since(reply, known) for reply in replies)
    shown = "\n".join(_message(reply, known, look) for reply in replies)
    return (
        f'<details open class="replies {marks(first)}"><summary>{count_over_time(replies, known, _replies)}'
        f'</summary><div class="thread">{shown}</div></details>'
    )


def _replies(number: int, last: Posted) -> str:
    at, unit = _at(last), "reply" if number == 1 else "replies"
    return f'{number} {unit} <span class="soft">last on {at.day} {at:%B}</span>'


def _message(post: Posted, known: Versions, look: Look, thread: str = "") -> str:
    at = _at(post)
    # In a thread the day may be another one than the divider's above.
    time = f"{at.day} {at:%b}, {at:%H:%M}" if post.thread_ts else f"{at:%H:%M}"
    stamp = f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}" title="{at:%Y-%m-%d %H:%M} UTC">{time}</time>'
    bodies = "".join(_version(version, look) for version in known[post.ts])
    edited = "".join(map(_edited, known[post.ts]))
    alone = '<div class="alone">Only visible to you</div>' if post.seen_by else ""
    return (
        f'<article class="message {marks(_since(post, known))}" id="{anchor(post)}" '
        f'data-key="{plain(key_of(post))}">{_face(post, look)}<div>'
        f'{alone}<div class="who">{_who(post, look)}{stamp}{edited}</div>{bodies}{thread}</div></article>'
    )


def key_of(post: Posted) -> str:
    """Return the name of a message for whoever presses something in it."""
    return f"{post.channel}/{post.ts}"


def _version(version: Version, look: Look) -> str:
    post, is_now = version.posted, version.until is None
    here = replace(look, prefix=key_of(post), alive=look.alive and is_now)
    body = blocks_html(post.blocks, here) or paragraph(as_html(post.text, here))
    return f'<div class="version {marks(version.since, version.until)}">{body}</div>'


def _edited(version: Version) -> str:
    edits = version.posted.edits
    there = marks(version.since, version.until)
    return f'<span class="edited {there}" title="{edits} times">(edited)</span>' if edits else ""


def _face(post: Posted, look: Look) -> str:
    if not post.user:
        return _FACE
    return f'<div class="face person" aria-hidden="true">{plain(look.names.get(post.user, "?")[:1])}</div>'


def _who(post: Posted, look: Look) -> str:
    if post.user:
        return f"<b>{plain(look.names.get(post.user, post.user))}</b>"
    return '<b>cadencebot</b><span class="app">APP</span>'


def _at(post: Posted) -> datetime:
    return datetime.fromtimestamp(float(post.ts), UTC)
