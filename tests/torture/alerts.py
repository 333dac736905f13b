"""From a sighting to the message that Slack would get of it, and what such a message may never hold."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.model import Artifact, DateOrigin, Lab, Mention, Name, Published, Release, Sighting, SourceKind, Wave
from bot.records import Content
from bot.releases.facts.licenses import identify
from bot.releases.naming.classify import judge
from bot.releases.naming.labs import Labs
from bot.views.alert import render_alert
from tests.support.memory import START

LAB = Lab("moonshot", "Moonshot AI", ("kimi",), "CN", ("moonshotai",))
_LABS = Labs([LAB])
_MARKUP = re.compile(r"<(?:https?://[^\s<>|\"]+\|[^<>|]*|!date\^\d+\^[^<>|^]*(?:\^[^<>|]*)?\|[^<>]*)>")
_BARE = re.compile(r"[<>]|&(?!amp;|lt;|gt;)")
_TURNING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def alert_of(sighting: Sighting) -> Content:
    """Return the alert of a release that is known from this sighting alone, whatever the bot thinks of it."""
    name = judge(sighting, _LABS).name or Name("moonshot", sighting.title, display=sighting.title)
    seen = sighting.published or Published(START, DateOrigin.SEEN)
    mention = Mention(sighting.source, sighting.title, sighting.url, START, sighting.published)
    head = Artifact(sighting.external_id, sighting.title, True, "", START, sighting.facts)
    release = Release(
        1, name, START, seen, identify(sighting.facts.license), sighting.facts, False,
        (head,) if sighting.source is SourceKind.HUB else (), (mention,),
    )  # fmt: skip
    return render_alert(Wave(LAB, release, (release,)), START, interactive=True)


def faults_of(content: Content) -> list[str]:
    """Return what Slack would take for markup that nobody of ours wrote, and marks that turn text around."""
    found = []
    for kind, text in [("mrkdwn", content.text), *_texts(list(content.blocks))]:
        if kind == "mrkdwn" and _BARE.search(_MARKUP.sub(_label, text)):
            found.append(f"unescaped: {text[:200]!r}")
        if _TURNING.search(text):
            found.append(f"control characters: {text[:200]!r}")
    return found


def _label(match: re.Match[str]) -> str:
    return match[0][1:-1].replace("|", " ")


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        if value.get("type") in ("mrkdwn", "plain_text"):
            yield value["type"], value["text"]
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
