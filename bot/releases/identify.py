"""Tell how one raw name, title or listing is understood: the work of `cadencebot identify`."""

import json

from bot.model import Facts, Name, Sighting, SourceKind
from bot.releases.classify import judge
from bot.releases.labs import Directory
from bot.releases.names import split_owner

_NO_FACTS = Facts()
_SOURCES = {source.value: source for source in SourceKind}


def identify_line(line: str, labs: Directory) -> dict[str, object]:
    """Return the fields of a JSON line with what was understood of it, or {"error": ...} for a bad one.

    In: source and text, optional lab (id, name, alias or Hub owner), tags, pipeline_tag and url.
    Out: these, lab (its id) and the parts of the name, its keys, kind and reason.
    """
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"error": f"not a line of JSON: {error}"}
    complaint = _complaint(given)
    if complaint:
        return {"error": complaint}
    sighting = _sighting(given, labs)
    verdict = judge(sighting, labs)
    name = verdict.name or Name(sighting.lab, "")
    return {
        **given,
        "lab": sighting.lab,
        "family": name.family,
        "version": name.version,
        "line": name.line,
        "size": name.size,
        "stamp": name.stamp,
        "stage": name.stage,
        "packaging": name.packaging,
        "name": name.display,
        "release_key": name.release_key,
        "family_key": name.family_key,
        "kind": verdict.kind.value,
        "reason": verdict.reason,
    }


def _complaint(given: object) -> str:
    """Return what is wrong with a line's object, or ""."""
    if not isinstance(given, dict):
        return 'write an object: {"source": "hub", "text": "owner/name"}'
    if given.get("source") not in _SOURCES:
        return f"source: write one of {', '.join(_SOURCES)}"
    if not isinstance(given.get("text"), str) or not given["text"].strip():
        return "text: write a repository, a title or a name"
    for field in ("lab", "pipeline_tag", "url"):
        if not isinstance(given.get(field) or "", str):
            return f"{field}: write a text"
    tags = given.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        return "tags: write a list of texts"
    return ""


def _sighting(given: dict[str, object], labs: Directory) -> Sighting:
    text = str(given["text"])
    source = _SOURCES[str(given["source"])]
    owner = split_owner(text)[0] if source is SourceKind.HUB else ""
    called = str(given.get("lab") or owner)
    lab = labs.find(called)
    tags = given.get("tags") or []
    return Sighting(
        source_id="identify",
        source=source,
        lab=lab.id if lab else called.strip().lower(),
        external_id=text,
        title=text,
        url=str(given.get("url") or ""),
        tags=tuple(tags) if isinstance(tags, list) else (),
        facts=Facts(task=str(given["pipeline_tag"])) if given.get("pipeline_tag") else _NO_FACTS,
    )
