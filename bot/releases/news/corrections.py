"""What people know better than the sources, and whose a release is when its lab goes by another id. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from bot.model import Kind, Name, Sighting, Verdict
from bot.releases.naming.names import folded, parse, respelt, split_owner

NO_RELEASE = (Kind.OTHER, Kind.PRODUCT)


@dataclass(frozen=True, slots=True)
class Errata:
    """All corrections that are in force.

    `rules` are by subject and field, as records.Correction has them; `names` are the names of the releases
    that merges and splits lead to, by key.
    """

    rules: Mapping[tuple[str, str], str] = field(default_factory=dict)
    names: Mapping[str, Name] = field(default_factory=dict)

    @classmethod
    def respelt(cls, rules: Mapping[tuple[str, str], str], names: Mapping[str, Name]) -> Self:
        """Return these corrections, with those of a key of old under today's spelling of it as well."""
        keys = {(respelt(subject), kind): to for (subject, kind), to in rules.items() if kind != "split"}
        return cls({**keys, **rules}, names)

    def of(self, subject: str, field: str) -> str:
        """Return what a field was corrected to, or ""."""
        return self.rules.get((subject, field), "")

    def final(self, key: str) -> str:
        """Return the key of the release that this one was merged into, through all merges; else its own."""
        passed = {key}
        while (merged := self.of(key, "merge")) and merged not in passed:
            passed.add(merged)
            key = merged
        return key


def corrected(verdict: Verdict, sighting: Sighting, errata: Errata) -> Verdict:
    """Return the verdict on a sighting as people corrected it: which release it is, whose, and what kind.

    Of the other models that a title announces, those that were merged into another are that one.
    """
    if verdict.also:
        also = (errata.names.get(errata.final(name.release_key), name) for name in verdict.also)
        verdict = replace(verdict, also=tuple(also))
    apart = errata.of(sighting.title.lower(), "split")
    said = verdict.name.release_key if verdict.name else ""
    key = errata.final(apart or said)
    name = verdict.name if key == said else errata.names.get(key)
    if name is None:
        return verdict
    if key != said and not apart and verdict.name:
        name = replace(name, stage=verdict.name.stage, packaging=verdict.name.packaging)
    name = replace(name, lab=errata.of(key, "lab") or name.lab)
    kind = Kind.RELEASE if apart else verdict.kind
    if (corrected_kind := errata.of(key, "kind")) in NO_RELEASE:  # a variant is no word on what comes later
        kind = Kind(corrected_kind)
    if name == verdict.name and kind is verdict.kind:
        return verdict
    meaning = "it is no release" if kind in NO_RELEASE else f"it is {name.display}, a {kind}"
    return replace(verdict, kind=kind, reason=f"a person corrected this: {meaning}", name=name)


def name_apart(repository: str, lab: str, key: str) -> Name:
    """Return the name of a repository that is a release of its own and not, as it seemed, the one with `key`.

    Where its name reads like that release's, the whole of it is the new one's name.
    """
    name = replace(parse(repository, lab), stage="", packaging="")
    if name.release_key != key:
        return name
    whole = split_owner(repository)[1]
    own = f"{lab.lower()}/{folded(whole)}"
    return replace(name, display=whole, release_key=own, family_key=own)


@dataclass(frozen=True, slots=True)
class Move:
    """A lab's change of id, from `old` to `new`; `places` are the keys of releases that no rule gives."""

    old: str
    new: str
    places: Mapping[str, str] = field(default_factory=dict)

    def renamed(self, key: str) -> str:
        """Return a key, of a release or a family, under the lab's new id; that of another lab as it is."""
        return self.new + key[len(self.old) :] if key.startswith(f"{self.old}/") else key

    def placed(self, key: str) -> str:
        """Return the key that the release with this one has from now on."""
        return self.places.get(key) or self.renamed(key)

    def name(self, name: Name) -> Name:
        """Return a name under the lab's new id."""
        lab = self.new if name.lab == self.old else name.lab
        keys = self.renamed(name.release_key), self.renamed(name.family_key)
        return replace(name, lab=lab, release_key=keys[0], family_key=keys[1])


def kept_at_home(verdict: Verdict, former: Iterable[str], known: Collection[str]) -> Verdict:
    """Return a verdict whose names, where no release has them, are those of the source's former labs.

    What a source showed while it stood under another lab stays that lab's, and a packaging that comes later
    joins it. `known` are the keys of releases.
    """
    former = tuple(former)

    def home(name: Name) -> Name:
        ways = (name, *(Move(name.lab, lab).name(name) for lab in former))
        return next((way for way in ways if way.release_key in known), name)

    own = home(verdict.name) if verdict.name else None
    return replace(verdict, name=own, also=tuple(map(home, verdict.also)))
