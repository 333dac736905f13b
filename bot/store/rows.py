"""How times and the central types are written into rows, and read back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from bot.model import (
    Artifact,
    DateOrigin,
    Facts,
    License,
    Mention,
    Name,
    Note,
    Published,
    Release,
    SourceKind,
)
from bot.records import Content

Row = Mapping[str, Any]

_content: TypeAdapter[Content] = TypeAdapter(Content)
_facts: TypeAdapter[Facts] = TypeAdapter(Facts)
_license: TypeAdapter[License] = TypeAdapter(License)
_name: TypeAdapter[Name] = TypeAdapter(Name)
_note: TypeAdapter[Note] = TypeAdapter(Note)


def time_text(moment: datetime) -> str:
    """Return a moment as UTC text that sorts as it is."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """Return the moment that `time_text` wrote."""
    return datetime.fromisoformat(text)


def facts_text(facts: Facts) -> str:
    """Return facts as JSON, without what is not stated."""
    return _facts.dump_json(facts, exclude_defaults=True).decode()


def facts_of(text: str) -> Facts:
    """Return the facts that `facts_text` wrote."""
    return _facts.validate_json(text)


def license_text(license: License) -> str:
    """Return a licence as JSON."""
    return _license.dump_json(license, exclude_defaults=True).decode()


def name_text(name: Name) -> str:
    """Return a name as JSON."""
    return _name.dump_json(name, exclude_defaults=True).decode()


def name_of(text: str) -> Name:
    """Return the name that `name_text` wrote."""
    return _name.validate_json(text)


def note_text(note: Note) -> str:
    """Return a note as JSON."""
    return _note.dump_json(note, exclude_defaults=True).decode()


def note_of(text: str) -> Note:
    """Return the note that `note_text` wrote."""
    return _note.validate_json(text)


def content_text(content: Content) -> str:
    """Return a rendered message as JSON."""
    return _content.dump_json(content).decode()


def content_of(text: str) -> Content:
    """Return the message that `content_text` wrote."""
    return _content.validate_json(text)


def published_columns(published: Published | None) -> dict[str, str | None]:
    """Return the three columns that hold a date, its origin and how exact it is."""
    return {
        "published_at": time_text(published.at) if published else None,
        "published_origin": published.origin if published else None,
        "published_precision": published.precision if published else None,
    }


def published_of(row: Row) -> Published | None:
    """Return the date that a row's three columns hold."""
    if row["published_at"] is None:
        return None
    return Published(
        moment(row["published_at"]), DateOrigin(row["published_origin"]), row["published_precision"]
    )


def artifact_of(row: Row) -> Artifact:
    """Return the artifact that a row holds."""
    return Artifact(
        hub_id=row["hub_id"],
        repository=row["repository"],
        head=bool(row["head"]),
        packaging=row["packaging"],
        seen_at=moment(row["seen_at"]),
        facts=facts_of(row["facts"]),
    )


def mention_of(row: Row) -> Mention:
    """Return the mention that an observation's row holds."""
    return Mention(
        SourceKind(row["source"]), row["title"], row["url"], moment(row["seen_at"]), published_of(row)
    )


def release_of(row: Row, artifacts: tuple[Artifact, ...] = (), mentions: tuple[Mention, ...] = ()) -> Release:
    """Return the release that a row holds."""
    return Release(
        id=row["id"],
        name=name_of(row["name"]),
        opened_at=moment(row["opened_at"]),
        published=Published(
            moment(row["published_at"]), DateOrigin(row["published_origin"]), row["published_precision"]
        ),
        license=_license.validate_json(row["license"]),
        facts=facts_of(row["facts"]),
        silent=bool(row["silent"]),
        lead_id=row["lead_id"],
        came_at=moment(row["came_at"]) if row["came_at"] else None,
        news_at=moment(row["news_at"]) if row["news_at"] else None,
        withdrawn=bool(row["withdrawn"]),
        artifacts=artifacts,
        mentions=mentions,
    )
