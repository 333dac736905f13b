"""Whose a release is when its lab, or the source that shows it, goes by another id: pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.model import Name, Verdict


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
        return replace(
            name,
            lab=self.new if name.lab == self.old else name.lab,
            release_key=self.renamed(name.release_key),
            family_key=self.renamed(name.family_key),
        )


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
