"""The labs that are known, found by whatever people or sources call them."""

from collections.abc import Iterable, Iterator

from bot.model import Lab


class Labs:
    """The labs, found by id, name, alias or Hub owner, whatever the case."""

    def __init__(self, labs: Iterable[Lab]) -> None:
        self._labs = tuple(labs)
        # What a lab is called outranks what it is nicknamed, and the first to claim a nickname keeps it.
        called = [
            *((lab.id, lab) for lab in self._labs),
            *((lab.name, lab) for lab in self._labs),
            *((owner, lab) for lab in self._labs for owner in lab.owners),
            *((alias, lab) for lab in self._labs for alias in lab.aliases),
        ]
        self._by_text = {text.casefold(): lab for text, lab in reversed(called)}
        self._owners = {
            lab.id: frozenset(text.lower() for text in (lab.id, lab.name, *lab.owners)) for lab in self._labs
        }

    def __iter__(self) -> Iterator[Lab]:
        return iter(self._labs)

    def find(self, text: str) -> Lab | None:
        """Return the lab with this id, name, alias or Hub owner, or None."""
        return self._by_text.get(text.strip().casefold())

    def owners_of(self, lab: str) -> frozenset[str]:
        """Return the names under which a lab publishes: its id, name and Hub owners, lower-case."""
        found = self.find(lab)
        return self._owners[found.id] if found else frozenset((lab.lower(),))
