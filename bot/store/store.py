"""The Store: everything that the bot remembers, in one SQLite file."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.model import Lab
from bot.store.adoption import Adoption
from bot.store.chores import Chores
from bot.store.corrections import Corrections
from bot.store.coverage import Coverage
from bot.store.database import Database
from bot.store.deliveries import Deliveries
from bot.store.held import Floods
from bot.store.hints import Hints
from bot.store.history import History
from bot.store.installations import Installations
from bot.store.moving import Moves
from bot.store.preferences import Wishes
from bot.store.releases import Releases
from bot.store.reports import Reports
from bot.store.shipped import Shipments
from bot.store.sources import Sources
from bot.store.standing import Standing
from bot.store.subscriptions import Subscriptions
from bot.store.watch import WatchBook

FILE_NAME = "cadencebot.db"


class Store:
    """Open the state directory's database, making or migrating it; a readonly store does neither.

    Raises StoreError, here and from every method, when SQLite refuses.
    """

    def __init__(self, directory: Path, labs: Iterable[Lab] = (), *, readonly: bool = False) -> None:
        self._database = Database(directory / FILE_NAME, readonly=readonly)
        self.sources = Sources(self._database)
        self.standing = Standing(self._database)
        self.moves = Moves(self._database)
        self.corrections = Corrections(self._database)
        self.releases = Releases(self._database, self.corrections)
        self.deliveries = Deliveries(self._database)
        self.hints = Hints(self._database)
        self.held = Floods(self._database, self.hints)
        self.subscriptions = Subscriptions(self._database)
        self.preferences = Wishes(self._database)
        self.reports = Reports(self._database)
        self.installations = Installations(self._database)
        self.adoption = Adoption(self._database)
        known = {lab.id: lab for lab in labs}
        self.watch = WatchBook(self._database)
        self.coverage = Coverage(self._database)
        self.chores = Chores(self._database)
        self.history = History(self._database, known)
        self.shipments = Shipments(self._database, self.corrections, known)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Store everything that happens inside together, or nothing of it."""
        with self._database.transaction():
            yield

    def close(self) -> None:
        """Close the file."""
        self._database.close()
