"""What programs read with --json: releases, stories and messages; absent facts are null. Pure."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from bot.model import Artifact, Mention, Release, Wave
from bot.records import Content, Delivery, Push
from bot.releases.facts.memory import memory_to_serve
from bot.views.answers.why import Story, name_parts


def wave_object(wave: Wave) -> dict[str, Any]:
    """Return a wave with its models."""
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


def objects_content(wave: Wave) -> Content:
    """Return the message of a wave to who reads data: JSON of the objects that `--json` prints."""
    return Content(json.dumps({"releases": list(wave_objects([wave]))}, ensure_ascii=False))


def release_object(release: Release) -> dict[str, Any]:
    """Return a release with all its facts."""
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
    """Return a repository of a release."""
    return {
        "repository": artifact.repository,
        "variant": None if artifact.head else artifact.packaging or "variant",
        "download_bytes": artifact.facts.download_bytes,
    }


def mention_object(mention: Mention) -> dict[str, Any]:
    """Return one source's word."""
    return {
        "source": mention.source,
        "title": mention.title,
        "url": mention.url,
        "seen": mention.seen_at.isoformat(),
        "published": mention.published.at.isoformat() if mention.published else None,
    }


def story_object(story: Story) -> dict[str, Any]:
    """Return the story of one sighting."""
    item = story.item
    return {
        "title": item.title,
        "url": item.url,
        "source": item.source_id,
        "seen": item.seen_at.isoformat(),
        "baseline": not item.live,
        "kind": item.kind,
        "reason": item.reason,
        "parts": name_parts(item.name) if item.name else None,
        "release_key": item.release_key or None,
        "together_with": [other.url for other in story.others],
        "waits_until": item.wait_until.isoformat() if item.wait_until else None,
        "deliveries": [delivery_object(delivery) for delivery in story.deliveries],
        "wanted": list(story.wishes),
    }


def delivery_object(delivery: Delivery) -> dict[str, Any]:
    """Return a message that is or was owed."""
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


def push_object(push: Push | None, now: datetime) -> dict[str, Any] | None:
    """Return who was asked to push a source and whether they do, None where nobody was."""
    if push is None:
        return None
    return {
        "hub": push.hub,
        "topic": push.topic,
        "asked": push.asked_at.isoformat(),
        "holds": push.holds(now),
        "until": push.lease_until.isoformat() if push.lease_until else None,
        "refused": push.refused or None,
    }
