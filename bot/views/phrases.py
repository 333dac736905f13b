"""Times and releases in the words of an answer: pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.model import Artifact, DateOrigin, License, Mention, Published, Release, Wave
from bot.records import SourceState
from bot.releases.facts import words
from bot.releases.facts.serving import memory_to_serve
from bot.releases.facts.words import NOT_STATED

_STEPS = (
    (timedelta(days=1), "d"),
    (timedelta(hours=1), "h"),
    (timedelta(minutes=1), "min"),
    (timedelta(seconds=1), "s"),
)


def length(span: timedelta) -> str:
    """Return a length of time in its largest unit: `4 min`, `3 h`, `12 d`."""
    span = abs(span)
    for step, unit in _STEPS:
        if span >= step:
            return f"{span // step} {unit}"
    return "0 s"


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago something happened, or "never"."""
    return f"{length(now - moment)} ago" if moment else "never"


def remarks(state: SourceState, now: datetime) -> list[str]:
    """Return what is odd about a source although it answers."""
    odd = []
    if state.has_shown_nothing:
        odd.append("has shown nothing yet: what it shows first is remembered, not announced")
    if state.distrusted_at:
        found = ago(state.distrusted_at, now)
        odd.append(f"says “not modified” of what has changed (found {found}), so it is read whole every time")
    return odd


def dated(published: Published) -> str:
    """Return a date, marked where it is not a publication's."""
    text = published.at.strftime("%Y-%m" if published.precision == "month" else "%Y-%m-%d")
    return (
        text if published.origin in (DateOrigin.POSTED, DateOrigin.SEEN) else f"{text} ({published.origin})"
    )


def came_out(wave: Wave) -> str:
    """Return when a wave was announced, and when it was news again: "2026-03-27, weights 2026-04-07"."""
    announced, news = dated(wave.lead.published), wave.lead.news_at
    if news is None or news.date() <= wave.lead.published.at.date():
        return announced
    opened = any(member.artifacts and member.came_at == news for member in wave.members)
    return f"{announced}, {'weights' if opened else 'more'} {news:%Y-%m-%d}"


def licence(license: License) -> str:
    """Return a licence with its verdict in words."""
    return words.license_words(license)


def size(release: Release) -> str:
    """Return total and active parameters."""
    return words.size_words(release.facts, release.name.display) or NOT_STATED


def sizes(wave: Wave) -> str:
    """Return the sizes of a wave's models, for a column that says what they are."""
    short = (size(member).replace(" parameters", "") for member in wave.sizes)
    return " · ".join(dict.fromkeys(short))


def download(release: Release) -> str:
    """Return the bytes of one complete set of weights, with their precision."""
    return words.download_words(release.facts) or NOT_STATED


def context(release: Release) -> str:
    """Return the context length."""
    return words.context_range([release]) or NOT_STATED


def wave_object(wave: Wave) -> dict[str, Any]:
    """Return a wave as programs read it with --json; absent facts are null."""
    return {
        **release_object(wave.lead),
        "lab_name": wave.lab.name,
        "models": [release_object(member) for member in wave.sizes],
        "previous": wave.previous.name.display if wave.previous else None,
    }


def wave_objects(waves: Iterable[Wave]) -> Iterator[dict[str, Any]]:
    """Yield an object for each wave, and for each model that its post announced beside the lead."""
    for wave in waves:
        yield wave_object(wave)
        for other in wave.also:
            yield wave_object(Wave(wave.lab, other, (other,)))


def release_object(release: Release) -> dict[str, Any]:
    """Return a release as programs read it with --json."""
    facts = release.facts
    return {
        "name": release.name.display,
        "key": release.name.release_key,
        "family_key": release.name.family_key,
        "lab": release.name.lab,
        "published": release.published.at.isoformat(),
        "published_from": release.published.origin,
        "published_precision": release.published.precision,
        "announced": not release.silent,
        "license": {
            "id": release.license.id or None,
            "title": release.license.title,
            "verdict": release.license.verdict,
            "condition": release.license.condition or None,
        },
        "parameters": facts.parameters,
        "parameters_counted_by_the_hub": facts.parameters_counted,
        "active_parameters": facts.active_parameters,
        "precision": facts.precision or None,
        "download_bytes": facts.download_bytes,
        "context_tokens": facts.context_tokens,
        "task": facts.task or None,
        "gated": facts.gated or None,
        "to_serve": [
            {"precision": need.precision, "bytes": need.size, "gpus": need.gpus}
            for need in memory_to_serve(facts.parameters, facts.precision, facts.download_bytes)
        ],
        "summary": facts.summary or None,
        "repositories": [artifact_object(artifact) for artifact in release.artifacts],
        "sources": [mention_object(mention) for mention in release.mentions],
    }


def artifact_object(artifact: Artifact) -> dict[str, Any]:
    """Return a repository as programs read it with --json."""
    return {
        "repository": artifact.repository,
        "variant": None if artifact.head else artifact.packaging or "variant",
        "download_bytes": artifact.facts.download_bytes,
    }


def mention_object(mention: Mention) -> dict[str, Any]:
    """Return one source's word as programs read it with --json."""
    return {
        "source": mention.source,
        "title": mention.title,
        "url": mention.url,
        "seen": mention.seen_at.isoformat(),
        "published": mention.published.at.isoformat() if mention.published else None,
    }
