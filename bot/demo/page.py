"""The stand-in for Slack as one HTML page that needs nothing from outside. Pure.

Without a script it shows channels and the course of things, chosen by radio buttons and the page's own style.
Where it is served, a script of its own tells what was pressed and puts what changed into its place.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from string import Template
from typing import Any

from bot.demo.blocks import blocks_html
from bot.demo.course import Moment, versions
from bot.demo.messages import anchor, count_over_time, log
from bot.demo.mrkdwn import Href, Look, plain
from bot.demo.slack import Posted
from bot.demo.window import Window, window_html

HOME = "home"
_HEARD = (
    '<div id="window">{window}</div><div class="unseen" role="status" id="news"></div>'
    '<div class="trouble" role="alert" id="trouble"></div>'
)
_UNOPENED = '<p class="empty">The bot draws this page when you open it.</p>'


@dataclass(frozen=True, slots=True)
class Room:
    """A channel, or the direct messages with the bot, as one person sees it."""

    id: str
    name: str
    topic: str = ""
    posts: Sequence[Posted] = ()

    @property
    def is_direct(self) -> bool:
        """Whether it is a conversation of one person with the bot."""
        return self.id.startswith("D")


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to see; `course` are the steps of the story, the last one as it is now unless it is live.

    `addresses` are what links to loopback stand for, `names` what people and channels are called.
    """

    rooms: Sequence[Room]
    course: Sequence[Moment] = ()
    summary: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Live:
    """What a served page has beside: who looks at it as whom, what is open, and the secret of its script."""

    token: str
    person: str
    people: Mapping[str, str]
    home: Mapping[str, Any] | None
    window: Window | None


def page(scene: Scene, live: Live | None = None) -> str:
    """Return the whole page."""
    shown = parts(scene, live)
    script = _file("page.js") if live else ""
    style = f"{_file('page.css')}\n{chr(10).join([*_tab_rules(scene, live), *_step_rules(scene, live)])}\n"
    tabs = _tabs(scene, live)
    template = Template(_file("page.html"))
    return template.substitute(
        policy=policy(style, script),
        title=f"#{plain(scene.rooms[0].name)} · cadencebot demo" if scene.rooms else "cadencebot demo",
        style=style,
        data=_data(live),
        radios="\n".join(_radio(number, name) for number, (_, name) in enumerate(tabs)),
        people=_people(live),
        tabs="\n".join(_label(number, tab, name, shown) for number, (tab, name) in enumerate(tabs)),
        course=_course(scene, live),
        rooms="\n".join(_room(number, room, shown, live) for number, room in enumerate(scene.rooms)),
        home=_home(len(scene.rooms), shown) if live else "",
        window=_HEARD.format(window=shown["window"]) if live else "",
        script=f"<script>{script}</script>" if script else "",
    )


def parts(scene: Scene, live: Live | None = None) -> dict[str, str]:
    """Return what may change on a served page, by the id of the element that it stands in."""
    look = Look(_links(scene), scene.names, alive=live is not None)
    found = {}
    for room in scene.rooms:
        known = versions(scene.course, room.posts)
        top = [post for post in room.posts if not post.thread_ts and not post.seen_by]
        found[f"count-{room.id}"] = count_over_time(top, known)
        found[f"topic-{room.id}"] = plain(room.topic)
        found[f"log-{room.id}"] = log(room.posts, scene.course, look)
    if live:
        blocks = live.home.get("blocks", ()) if live.home else ()
        found[HOME] = blocks_html(blocks, Look(look.href, scene.names, True, HOME)) or _UNOPENED
        found["window"] = window_html(live.window, look) if live.window else ""
    return found


def policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy of a page with just this style and this script.

    https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
    """
    rules = ["default-src 'none'", f"style-src '{_hash(style)}'", "base-uri 'none'", "form-action 'none'"]
    heard = [f"script-src '{_hash(script)}'", "connect-src 'self'"] if script else []
    return "; ".join([*rules, *heard])


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _file(name: str) -> str:
    return resources.files("bot.demo").joinpath(name).read_text(encoding="utf-8")


def _links(scene: Scene) -> Href:
    """Return what leads permalinks to their message on this page, and loopback to what it stands for."""
    anchors = {
        f"/archives/{post.channel}/p{post.ts.replace('.', '')}": f"#{anchor(post)}"
        for room in scene.rooms
        for post in room.posts
    }

    def href(url: str) -> str:
        path = url.partition("?")[0].partition("://")[2]
        here = anchors.get(path[path.find("/") :]) if "/archives/" in path else None
        standing = next((start for start in scene.addresses if url.startswith(start)), "")
        return here or scene.addresses.get(standing, "") + url.removeprefix(standing)

    return href


# --- the frame: what can be chosen at the side, and who looks


def _tabs(scene: Scene, live: Live | None) -> list[tuple[str, str]]:
    rooms = [(room.id, room.name if room.is_direct else f"#{room.name}") for room in scene.rooms]
    return [*rooms, *([(HOME, "cadencebot: Home")] if live else [])]


def _radio(number: int, name: str) -> str:
    checked = "" if number else " checked"
    label = plain(name)
    return f'<input class="tab" type="radio" name="tab" id="tab-{number}" aria-label="{label}"{checked}>'


def _label(number: int, tab: str, name: str, shown: Mapping[str, str]) -> str:
    count = f'<span class="count" id="count-{tab}">{shown.get(f"count-{tab}", "")}</span>'
    return f'<label for="tab-{number}">{plain(name)}{count}</label>'


def _people(live: Live | None) -> str:
    if live is None:
        return ""
    links = []
    for person, name in live.people.items():
        current = " aria-current=page" if person == live.person else ""
        links.append(f'<a href="/?as={plain(person)}"{current}>{plain(name)}</a>')
    return f'<p class="people">You are {" ".join(links)}</p>'


def _data(live: Live | None) -> str:
    if live is None:
        return ""
    return f' data-token="{live.token}" data-person="{plain(live.person)}"'


def _room(number: int, room: Room, shown: Mapping[str, str], live: Live | None) -> str:
    name = plain(room.name if room.is_direct else f"#{room.name}")
    return (
        f'<section class="channel" id="channel-{number}" aria-label="{name}">'
        f'<header class="top"><h2>{name}</h2><p id="topic-{room.id}">{plain(room.topic)}</p></header>'
        f'<div class="scroll" tabindex="0"><div class="log" id="log-{room.id}">'
        f"{shown[f'log-{room.id}']}</div></div>"
        f"{_line(room, name) if live else ''}</section>"
    )


def _line(room: Room, name: str) -> str:
    hint = "recent qwen" if room.is_direct else "/releases recent qwen"
    return (
        f'<form class="line" data-room="{room.id}"><label class="unseen" for="line-{room.id}">'
        f'Message {name}</label><input id="line-{room.id}" name="text" maxlength="4000" autocomplete="off" '
        f'placeholder="{hint}"><button class="button primary">Send</button></form>'
    )


def _home(number: int, shown: Mapping[str, str]) -> str:
    return (
        f'<section class="channel" id="channel-{number}" aria-label="cadencebot: Home">'
        '<header class="top"><h2>cadencebot: Home</h2><p>What you and your channels follow</p></header>'
        f'<div class="from-top" tabindex="0"><div class="log sheet" id="{HOME}" data-key="{HOME}">'
        f"{shown[HOME]}</div></div></section>"
    )


def _tab_rules(scene: Scene, live: Live | None) -> Iterator[str]:
    """Yield the style by which the tabs work without a script."""
    for number, _ in enumerate(_tabs(scene, live)):
        on = f"#tab-{number}:checked ~ .shell"
        yield f"{on} #channel-{number} {{ display: grid; }}"
        yield f"{on} .in-{number} {{ display: inline; }}"
        yield f"{on} label[for=tab-{number}] {{ background: var(--side-on); color: var(--side-bright); }}"
        focused = f"#tab-{number}:focus-visible ~ .shell label[for=tab-{number}]"
        yield f"{focused} {{ outline: 2px solid currentColor; }}"


# --- the course of things


def _steps(scene: Scene, live: Live | None) -> list[tuple[str, str]]:
    """Return when each step was, and what it is about; where it is live, now is one more."""
    told = [(f"{it.at.day} {it.at:%b}, {it.at:%H:%M}", it.tell) for it in scene.course]
    return [*told, ("Now", scene.summary)] if live and told else told


def _course(scene: Scene, live: Live | None) -> str:
    """Return the steps as radio buttons, which arrow keys walk along."""
    steps = _steps(scene, live)
    if not steps:
        return ""
    last = len(steps) - 1
    dots = "".join(
        f'<input type="radio" name="step" id="step-{number}" title="{plain(when)}" '
        f'aria-label="{plain(f"{when}: {tell}")}"{" checked" if number == last else ""}>'
        for number, (when, tell) in enumerate(steps)
    )
    tells = "".join(
        f'<div class="tell" id="tell-{number}">{_next(number + 1, last, "Later ›")}'
        f"{_next(number - 1, last, '‹ Earlier')}<p><b>{plain(when)}</b> {plain(tell)} "
        f"{_changed(scene, number)}</p></div>"
        for number, (when, tell) in enumerate(steps)
    )
    summary = "" if live else f'<div class="summary">{plain(scene.summary)}</div>'
    return (
        f'<details class="course" open><summary>The month, step by step</summary>'
        f'<fieldset><legend class="unseen">Steps</legend>{dots}</fieldset>{tells}{summary}</details>'
    )


def _changed(scene: Scene, step: int) -> str:
    """Return a link to what is new at a step, in each channel; the style shows that of the one in front."""
    links = []
    for number, room in enumerate(scene.rooms):
        known = versions(scene.course, room.posts)
        new = [post for post in room.posts if step and step in {one.since for one in known[post.ts]}]
        if new and step < len(scene.course):
            links.append(f'<a class="in-{number}" href="#{anchor(new[-1])}">Show what is new here</a>')
    return "".join(links)


def _next(number: int, last: int, label: str) -> str:
    if 0 <= number <= last:
        return f'<label class="button" for="step-{number}" aria-hidden="true">{label}</label>'
    return f'<span class="button dead" aria-hidden="true">{label}</span>'


def _step_rules(scene: Scene, live: Live | None) -> Iterator[str]:
    """Yield the style that shows the channels as they were after the chosen step."""
    last = len(_steps(scene, live)) - 1
    for number in range(last + 1):
        on = f"body:has(#step-{number}:checked)"
        yield f"{on} #tell-{number} {{ display: block; }}"
        if number == last:
            continue
        yield f"{on} .was {{ display: revert; }}"
        later = [f".from-{step}" for step in range(number + 1, last + 1)]
        over = [f".until-{step}" for step in range(number + 1)]
        yield f"{on} :is({', '.join([*later, *over])}) {{ display: none; }}"
        yield f"{on} :is(.message, .version).from-{number} {{ background: var(--new); }}"
