"""The central types, in the words of the design. All are immutable."""

from bot.model.destinations import ALL, CONSOLE, Destination, Follow
from bot.model.kinds import DateOrigin, Kind, SourceKind, SourceTraits
from bot.model.releases import (
    Artifact,
    Evidence,
    Facts,
    Lab,
    License,
    LicenseStatement,
    Mention,
    Name,
    Note,
    NoteKind,
    Published,
    Release,
    Sighting,
    Verdict,
    Wave,
)

__all__ = [
    "ALL",
    "CONSOLE",
    "Artifact",
    "DateOrigin",
    "Destination",
    "Evidence",
    "Facts",
    "Follow",
    "Kind",
    "Lab",
    "License",
    "LicenseStatement",
    "Mention",
    "Name",
    "Note",
    "NoteKind",
    "Published",
    "Release",
    "Sighting",
    "SourceKind",
    "SourceTraits",
    "Verdict",
    "Wave",
]
