"""How raw names, titles and listings are understood: what `cadencebot identify` answers."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice

from bot.model import Facts, Name, Sighting, SourceKind
from bot.releases.facts.text import texts_in
from bot.releases.naming.classify import judge
from bot.releases.naming.families import known_at
from bot.releases.naming.labs import Labs
from bot.releases.naming.names import split_owner
from bot.releases.naming.repositories import Siblings
from bot.releases.naming.titles import LONGEST_TITLE
from bot.releases.naming.tokens import clean, tokenize

_SOURCES = {source.value: source for source in SourceKind}
_PARTS = ("family", "version", "line", "size", "stamp", "stage", "packaging")
TOGETHER = 20_000  # lines, fewer where they are long
_MOST_HELD = 20_000_000  # characters


def identify_lines(lines: Iterable[str], labs: Labs) -> Iterator[dict[str, object]]:
    """Yield the fields of each JSON line with what was understood of it, or {"error": ...} for a bad one.

    In: source and text, optional lab (id, name, alias or Hub owner), tags, pipeline_tag, url and siblings.
    Out: these, with lab as its id, the parts of the name, its keys, kind and reason; where a title announces
    several models, also the others' names and release keys. A line without a lab gets the owner's or the
    named family's, if `labs` has it.

    The repositories of one owner among TOGETHER lines stand beside each other, as they do in a listing of
    the Hub, and so do those that a line names as its siblings. That many are read before they are answered.
    """
    lines = iter(lines)
    while batch := [_read(line) for line in _next_lines(lines)]:
        siblings = Siblings(name for given in batch for name in _names_beside(given))
        for given in batch:
            yield given if "error" in given else _understood(given, labs, siblings)


def _next_lines(lines: Iterator[str]) -> Iterator[str]:
    """Yield the next lines, as many as are held at a time."""
    held = 0
    for line in islice(lines, TOGETHER):
        yield line
        held += len(line)
        if held > _MOST_HELD:
            return


def _read(line: str) -> dict[str, object]:
    """Return a line's object, or one with nothing but "error"."""
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"error": f"not a line of JSON: {error}"}
    complaint = _complaint(given)
    return {"error": complaint} if complaint else given


def _complaint(given: object) -> str:
    """Return what is wrong with a line's object, or ""."""
    if not isinstance(given, dict):
        return 'write an object: {"source": "hub", "text": "owner/name"}'
    source, text = given.get("source"), given.get("text")
    if not isinstance(source, str) or source not in _SOURCES:
        return f"source: write one of {', '.join(_SOURCES)}"
    if not isinstance(text, str) or not text.strip():
        return "text: write a repository, a title or a name"
    for field in ("lab", "pipeline_tag", "url"):
        if not isinstance(given.get(field) or "", str):
            return f"{field}: write a text"
    for field in ("tags", "siblings"):
        texts = given.get(field) or []
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            return f"{field}: write a list of texts"
    return ""


def _names_beside(given: dict[str, object]) -> Iterator[str]:
    """Yield the names of repositories that a line tells of, each with the line's owner where it has none."""
    if given.get("source") != SourceKind.HUB:
        return
    text = str(given["text"])
    yield text
    owner = split_owner(text)[0]
    for name in texts_in(given.get("siblings")):
        yield name if "/" in name or not owner else f"{owner}/{name}"


def _understood(given: dict[str, object], labs: Labs, siblings: Siblings) -> dict[str, object]:
    sighting = _sighting(given, labs)
    verdict = judge(sighting, labs, siblings)
    name = verdict.name or Name(sighting.lab, "")
    understood: dict[str, object] = {
        "lab": sighting.lab,
        **{part: getattr(name, part) for part in _PARTS},
        "name": name.display,
        "release_key": name.release_key,
        "family_key": name.family_key,
        "kind": verdict.kind.value,
        "reason": verdict.reason,
    }
    if verdict.also:
        understood["also"] = [other.display for other in verdict.also]
        understood["also_keys"] = [other.release_key for other in verdict.also]
    return given | understood


def _sighting(given: dict[str, object], labs: Labs) -> Sighting:
    text, source = str(given["text"]), _SOURCES[str(given["source"])]
    called = str(given.get("lab") or "") or (split_owner(text)[0] if source is SourceKind.HUB else "")
    lab = labs.find(called)
    return Sighting(
        source_id="identify",
        source=source,
        lab=lab.id if lab else "-".join(clean(called).lower().split()) or _lab_of_family(text, labs),
        external_id=text,
        title=text,
        url=str(given.get("url") or ""),
        tags=tuple(texts_in(given.get("tags"))),
        facts=Facts(task=str(given.get("pipeline_tag") or "")),
    )


def _lab_of_family(text: str, labs: Labs) -> str:
    """Return the id of the lab that makes the first known family in a text, or ""."""
    tokens = tokenize(clean(text, LONGEST_TITLE))
    for at in range(len(tokens)):
        known = known_at(tokens, at)
        if known and (maker := next(filter(None, map(labs.find, sorted(known[0].owners))), None)):
            return maker.id
    return ""
