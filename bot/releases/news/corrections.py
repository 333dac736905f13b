"""What people know better than the sources, applied to what the sources show: pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.model import Facts, Kind, LicenseStatement, Name, Sighting, Verdict
from bot.releases.naming.names import folded, parse, split_owner
from bot.releases.news.decision import Known

NO_RELEASE = (Kind.OTHER, Kind.PRODUCT)


@dataclass(frozen=True, slots=True)
class Errata:
    """All corrections that are in force.

    `rules` are by subject and field, as records.Correction has them; `names` are the names of the releases
    that merges and splits lead to, by key.
    """

    rules: Mapping[tuple[str, str], str] = field(default_factory=dict)
    names: Mapping[str, Name] = field(default_factory=dict)

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
        verdict = replace(verdict, also=tuple(_final_name(name, errata) for name in verdict.also))
    apart = errata.of(sighting.title.lower(), "split")
    said = verdict.name.release_key if verdict.name else ""
    key = errata.final(apart or said)
    name = verdict.name if key == said else errata.names.get(key)
    if name is None:
        return verdict
    if key != said and not apart and verdict.name:
        name = replace(name, stage=verdict.name.stage, packaging=verdict.name.packaging)
    name = replace(name, lab=errata.of(key, "lab") or name.lab)
    kind = _kind(errata.of(key, "kind"), Kind.RELEASE if apart else verdict.kind)
    if name == verdict.name and kind is verdict.kind:
        return verdict
    return replace(verdict, kind=kind, reason=f"a person corrected this: {_meaning(name, kind)}", name=name)


def _final_name(name: Name, errata: Errata) -> Name:
    return errata.names.get(errata.final(name.release_key), name)


def _kind(said: str, judged: Kind) -> Kind:
    """Return the kind of a sighting: what is no release is none; a variant is no word on what comes later."""
    return Kind(said) if said in NO_RELEASE else judged


def _meaning(name: Name, kind: Kind) -> str:
    return "it is no release" if kind in NO_RELEASE else f"it is {name.display}, a {kind}"


def corrected_facts(facts: Facts, key: str, errata: Errata) -> Facts:
    """Return the facts of a release with what people corrected."""
    license, total, active = (errata.of(key, field) for field in ("license", "parameters", "active"))
    if license:
        facts = replace(facts, license=LicenseStatement(license))
    if total:
        facts = replace(facts, parameters=int(total), parameters_approximate=False)
    if active:
        facts = replace(facts, active_parameters=int(active))
    return facts


def corrected_known(known: Known, errata: Errata) -> Known:
    """Return what deciding needs of a release: no card is news on a licence that a person stated."""
    return replace(known, license=None) if errata.of(known.key, "license") else known


def name_apart(repository: str, lab: str, key: str) -> Name:
    """Return the name of a repository that is a release of its own and not, as it seemed, the one with `key`.

    Where its name reads like that release's, the whole of it is the new one's name.
    """
    name = parse(repository, lab)
    if name.release_key != key:
        return replace(name, stage="", packaging="")
    whole = split_owner(repository)[1]
    own = f"{lab.lower()}/{folded(whole)}"
    return replace(name, stage="", packaging="", display=whole, release_key=own, family_key=own)
