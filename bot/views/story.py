"""Why a sighting was announced, or was not: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.model import Mention, Name, SourceKind
from bot.records import Delivery, Remembered

_PARTS = ("family", "version", "line", "size", "stamp", "stage", "packaging")


@dataclass(frozen=True, slots=True)
class Story:
    """A sighting with who else speaks of its release, and what was owed for it."""

    item: Remembered
    mentions: Sequence[Mention] = ()
    deliveries: Sequence[Delivery] = ()
    wishes: Sequence[str] = ()  # of who got nothing of it (see outbox.audience)


def story_lines(story: Story) -> list[str]:
    """Return the story of one sighting, a line a step."""
    item = story.item
    when = item.seen_at.strftime("%Y-%m-%d %H:%M UTC")
    how = " again, renamed or changed" if item.amends else ""
    how += "" if item.live else _silence(item)
    lines = [
        f"{item.title}  {item.url}",
        f"  seen      {when} by {item.source_id}{how}",
        f"  judged    {item.kind}: {item.reason}",
    ]
    if item.name:
        lines.append(
            "  read as   " + ", ".join(f"{part} {value}" for part, value in _parts(item.name).items())
        )
    lines.append(f"  belongs   {_belongs(item)}")
    lines += [f"  with      {other.source}: {other.title}  {other.url}" for other in _others(story)]
    lines += [f"  {delivery.kind:<9} {_fate(delivery)}" for delivery in story.deliveries]
    return lines + [f"  wanted    {wish}" for wish in story.wishes]


def _others(story: Story) -> list[Mention]:
    return [other for other in story.mentions if other.url != story.item.url]


def _silence(item: Remembered) -> str:
    if item.source == SourceKind.IMPORT:
        return ", brought by a person, which is remembered and never announced"
    return " in its first poll, which is remembered and never announced"


def _parts(name: Name) -> dict[str, str]:
    return {part: getattr(name, part) for part in _PARTS if getattr(name, part)}


def story_object(story: Story) -> dict[str, Any]:
    """Return the story of one sighting as programs read it."""
    item = story.item
    return {
        "title": item.title,
        "url": item.url,
        "source": item.source_id,
        "seen": item.seen_at.isoformat(),
        "baseline": not item.live,
        "kind": item.kind,
        "reason": item.reason,
        "parts": _parts(item.name) if item.name else None,
        "release_key": item.release_key or None,
        "together_with": [other.url for other in _others(story)],
        "waits_until": item.wait_until.isoformat() if item.wait_until else None,
        "deliveries": [delivery_object(delivery) for delivery in story.deliveries],
        "wanted": list(story.wishes),
    }


def delivery_object(delivery: Delivery) -> dict[str, Any]:
    """Return a delivery as programs read it."""
    return {
        "id": delivery.id,
        "release": delivery.release,
        "destination": delivery.destination,
        "kind": delivery.kind,
        "state": delivery.state,
        "reason": delivery.reason or None,
        "attempts": delivery.attempts,
        "due": delivery.due_at.isoformat(),
        "settled": delivery.settled_at.isoformat() if delivery.settled_at else None,
        "ts": delivery.ts or None,
    }


def _belongs(item: Remembered) -> str:
    if item.release_key:
        return f"to {item.release_key}"
    if item.wait_until:
        until = item.wait_until.strftime("%Y-%m-%d %H:%M UTC")
        return f"to nothing yet: waits until {until} for the Hub or the lab to confirm it"
    return "to no release"


def _fate(delivery: Delivery) -> str:
    reason = f" ({delivery.reason})" if delivery.reason else ""
    return f"{delivery.state} in {delivery.destination}{reason}"
