"""Labs that are known under one id, and whose sources stand under another: to the bot these would be two."""

from collections import defaultdict
from collections.abc import Iterator

from bot.settings.feeds import Config
from bot.store.store import Store

_SHOWN = 3  # addresses of one


def renamed_labs(store: Store, config: Config) -> Iterator[tuple[str, str, str]]:
    """Yield the labs that are gone, with the lab that most of their addresses stand under now, and these."""
    gone = store.addresses.known_labs() - {lab.id for lab in config.labs}
    stands = config.addresses
    taken: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for address, lab in store.addresses.all():
        if lab in gone and address in stands:
            taken[lab][stands[address]].append(address)
    for old, heirs in sorted(taken.items()):
        new = max(sorted(heirs), key=lambda heir: len(heirs[heir]))
        more = len(heirs[new]) - _SHOWN
        yield old, new, ", ".join([*heirs[new][:_SHOWN], *([f"{more} more"] if more > 0 else [])])
