"""The labs that are known, found by whatever people or sources call them."""

from collections.abc import Iterable, Iterator

from bot.model import Lab


class Directory:
    """The labs, found by id, name, alias or Hub owner, whatever the case."""

    def __init__(self, labs: Iterable[Lab]) -> None:
        self._labs = tuple(labs)
        self._by_owner = {owner.casefold(): lab for lab in self._labs for owner in lab.owners}
        # What a lab is called outranks what it is nicknamed, and the first to claim a nickname keeps it.
        self._by_text: dict[str, Lab] = {}
        for names_of in (_ids, _names, _owners, _aliases):
            for lab in self._labs:
                for text in names_of(lab):
                    self._by_text.setdefault(text.casefold(), lab)

    def __iter__(self) -> Iterator[Lab]:
        return iter(self._labs)

    def find(self, text: str) -> Lab | None:
        """Return the lab with this id, name, alias or Hub owner, or None."""
        return self._by_text.get(text.strip().casefold())

    def by_owner(self, owner: str) -> Lab | None:
        """Return the lab that publishes under this Hub owner, or None."""
        return self._by_owner.get(owner.strip().casefold())


def _ids(lab: Lab) -> tuple[str, ...]:
    return (lab.id,)


def _names(lab: Lab) -> tuple[str, ...]:
    return (lab.name,)


def _owners(lab: Lab) -> tuple[str, ...]:
    return lab.owners


def _aliases(lab: Lab) -> tuple[str, ...]:
    return lab.aliases
