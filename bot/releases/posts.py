"""Judge a post by its title, its address and the repositories that it links."""

from bot.model import Kind, Sighting, Verdict
from bot.releases.names import parse
from bot.releases.tokens import clean

LONGEST_TITLE = 300


def judge_post(sighting: Sighting, owners: frozenset[str]) -> Verdict:
    """Return what a post of a lab announces; `owners` are the lab's id, name and Hub owners."""
    title = clean(sighting.title, LONGEST_TITLE)
    head = title.partition(":")[0].removeprefix("Introducing ").strip()
    name = parse(head, sighting.lab)
    if name.version and len(head) < 60:
        return Verdict(Kind.RELEASE, "the title announces a model by name", name)
    return Verdict(Kind.OTHER, "the title names no model")
