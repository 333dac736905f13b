"""Show channels of the stand-in for Slack as one HTML page that needs nothing from outside: pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import resources
from itertools import groupby
from string import Template
from typing import Any

from bot.demo.mrkdwn import anchor, as_html, plain_html
from bot.demo.slack import Posted

Href = Callable[[str], str]

_FACE = (
    '<div class="face" aria-hidden="true"><svg viewBox="0 0 36 36"><g fill="#fff">'
    '<rect x="8" y="19" width="4" height="9" rx="2"/><rect x="16" y="13" width="4" height="15" rx="2"/>'
    '<rect x="24" y="8" width="4" height="20" rx="2"/></g></svg></div>'
)


def channel_page(
    channels: Mapping[str, Sequence[Posted]],
    *,
    summary: str = "",
    topics: Mapping[str, str] | None = None,
    addresses: Mapping[str, str] | None = None,
) -> str:
    """Return the page; `channels` are messages by the channel's name, `summary` is plain text above them.

    `topics` say below a channel's name what it is for; `addresses` are what links to loopback stand for.
    """
    href = _links(channels, addresses or {})
    sections = [
        _channel(number, name, posts, (topics or {}).get(name, ""), summary, href)
        for number, (name, posts) in enumerate(channels.items())
    ]
    template = resources.files("bot.demo").joinpath("channel.html").read_text(encoding="utf-8")
    return Template(template).substitute(
        title=f"#{plain_html(next(iter(channels), ''))} · cadencebot demo",
        tabs="\n".join(_tab_style(number) for number in range(len(channels))),
        radios="\n".join(_radio(number, name) for number, name in enumerate(channels)),
        labels="\n".join(
            _label(number, name, posts) for number, (name, posts) in enumerate(channels.items())
        ),
        channels="\n".join(sections),
    )


def _links(channels: Mapping[str, Sequence[Posted]], addresses: Mapping[str, str]) -> Href:
    """Return what leads permalinks to their message on this page, and loopback to what it stands for."""
    anchors = {
        f"/archives/{post.channel}/p{post.ts.replace('.', '')}": f"#{_anchor(post)}"
        for posts in channels.values()
        for post in posts
    }

    def href(url: str) -> str:
        path = url.partition("?")[0].partition("://")[2]
        here = anchors.get(path[path.find("/") :]) if "/archives/" in path else None
        standing = next((start for start in addresses if url.startswith(start)), "")
        return here or addresses.get(standing, "") + url.removeprefix(standing)

    return href


def _anchor(post: Posted) -> str:
    return f"m-{post.channel}-{post.ts.replace('.', '-')}"


# The tabs work without a script: a radio button before the page tells which channel shows.


def _tab_style(number: int) -> str:
    checked = f"#tab-{number}:checked ~ .shell"
    return (
        f"{checked} #channel-{number} {{ display: block; }}\n"
        f"{checked} label[for=tab-{number}] {{ background: var(--side-on); color: var(--side-bright); }}\n"
        f"#tab-{number}:focus-visible ~ .shell label[for=tab-{number}] {{ outline: 2px solid currentColor; }}"
    )


def _radio(number: int, name: str) -> str:
    checked = " checked" if number == 0 else ""
    tab = f'id="tab-{number}" aria-label="#{plain_html(name)}"{checked}'
    return f'<input class="tab" type="radio" name="tab" {tab}>'


def _label(number: int, name: str, posts: Sequence[Posted]) -> str:
    count = sum(not post.thread_ts for post in posts)
    return f'<label for="tab-{number}"># {plain_html(name)}<span class="count">{count}</span></label>'


def _channel(number: int, name: str, posts: Sequence[Posted], topic: str, summary: str, href: Href) -> str:
    top = sorted((post for post in posts if not post.thread_ts), key=_seconds)
    days = groupby(top, key=lambda post: _at(post).date())
    log = "\n".join(_day(at, list(messages), posts, href) for at, messages in days)
    banner = f'<div class="summary">{plain_html(summary)}</div>' if summary else ""
    return (
        f'<section class="channel" id="channel-{number}" aria-label="#{plain_html(name)}">'
        f'<header class="top"><h2># {plain_html(name)}</h2><p>{plain_html(topic)}</p></header>'
        f'<div class="log">{banner}{log or _EMPTY}</div></section>'
    )


_EMPTY = '<p class="empty">Nothing was posted here.</p>'


def _day(at: Any, messages: Sequence[Posted], posts: Sequence[Posted], href: Href) -> str:
    shown = "\n".join(_message(post, href, _thread(post, posts, href)) for post in messages)
    return f'<div class="day"><span>{at:%A}, {at.day} {at:%B %Y}</span></div>\n{shown}'


def _thread(parent: Posted, posts: Sequence[Posted], href: Href) -> str:
    replies = sorted((post for post in posts if post.thread_ts == parent.ts), key=_seconds)
    if not replies:
        return ""
    last = _at(replies[-1])
    count = f"{len(replies)} repl{'y' if len(replies) == 1 else 'ies'}"
    shown = "\n".join(_message(reply, href) for reply in replies)
    return (
        f"<details open><summary>{count} <span>last on {last.day} {last:%B}</span></summary>"
        f'<div class="thread">{shown}</div></details>'
    )


def _message(post: Posted, href: Href, thread: str = "") -> str:
    at = _at(post)
    # In a thread the day may be another one than the divider's above.
    time = f"{at.day} {at:%b}, {at:%H:%M}" if post.thread_ts else f"{at:%H:%M}"
    stamp = f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}" title="{at:%Y-%m-%d %H:%M} UTC">{time}</time>'
    edited = f'<span class="edited" title="{post.edits} times">(edited)</span>' if post.edits else ""
    blocks = [_block(block, href) for block in post.blocks] or [
        f'<div class="block">{as_html(post.text, href)}</div>'
    ]
    return (
        f'<article class="message" id="{_anchor(post)}">{_FACE}<div>'
        f'<div class="who"><b>cadencebot</b><span class="app">APP</span>{stamp}{edited}</div>'
        f"{''.join(blocks)}{thread}</div></article>"
    )


def _block(block: Mapping[str, Any], href: Href) -> str:
    match block.get("type"):
        case "header":
            return f'<h3 class="headline">{_text(block.get("text"), href)}</h3>'
        case "section":
            return _section(block, href)
        case "context":
            parts = (f"<span>{_text(element, href)}</span>" for element in block.get("elements", ()))
            return f'<div class="small">{"".join(parts)}</div>'
        case "actions":
            return (
                f'<div class="buttons">{"".join(_button(it, href) for it in block.get("elements", ()))}</div>'
            )
        case "divider":
            return "<hr>"
        case kind:
            return f'<div class="small">[{plain_html(str(kind))} block]</div>'


def _section(block: Mapping[str, Any], href: Href) -> str:
    text = f'<div class="block">{_text(block["text"], href)}</div>' if "text" in block else ""
    fields = "".join(f'<div class="block">{_text(field, href)}</div>' for field in block.get("fields", ()))
    accessory = _button(block["accessory"], href) if "accessory" in block else ""
    return f'{text}<div class="fields">{fields}</div>{accessory}' if fields else text + accessory


def _text(text: Any, href: Href) -> str:
    """Return a text object, or the alternative text of an image, as HTML."""
    if text.get("type") == "mrkdwn":
        return as_html(text.get("text", ""), href)
    return plain_html(text.get("text") or text.get("alt_text", ""))


def _button(element: Mapping[str, Any], href: Href) -> str:
    if element.get("type") != "button":
        return '<span class="button">⋯</span>'
    label, url = _text(element.get("text", {}), href), str(element.get("url", ""))
    style = "button primary" if element.get("style") == "primary" else "button"
    if not url.startswith(("http://", "https://")):
        return f'<span class="{style}">{label}</span>'
    return anchor(href(url), label, style)


def _at(post: Posted) -> datetime:
    return datetime.fromtimestamp(_seconds(post), UTC)


def _seconds(post: Posted) -> float:
    return float(post.ts)
