"""The Store: everything that the bot remembers, in one database."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.model import Lab
from bot.store.adoption import Adoption
from bot.store.archive import Archive
from bot.store.arrangement import Arrangement
from bot.store.corrections import Corrections, Reports
from bot.store.deliveries import Deliveries
from bot.store.forgotten import newest, suspect
from bot.store.held import Floods, Hints
from bot.store.history import History
from bot.store.installations import Installations
from bot.store.jobs import Jobs
from bot.store.labs import AddedLabs, Addresses, Moves
from bot.store.opening import hosts_of, is_new_request, jobs_of, opened
from bot.store.places import Places
from bot.store.preferences import Settings
from bot.store.pushes import Pushes
from bot.store.releases import Releases
from bot.store.shards import Shards
from bot.store.shipped import Shipments
from bot.store.sources import Coverage, Sources
from bot.store.subscriptions import Subscriptions, Watches
from bot.store.together import Together
from bot.store.triage import Triages
from bot.store.watch import Chores, Deeds, Watch

if TYPE_CHECKING:
    from bot.fetch.hosts import Hosts  # which loads httpx: a question needs none

FILE_NAME = "cadencebot.db"


class _Labs(dict[str, Lab]):
    """Labs by their ids; one that feeds.yaml no longer names goes by its id."""

    def __missing__(self, lab_id: str) -> Lab:
        return Lab(lab_id, lab_id)


class Store:
    """Open the PostgreSQL database at `url`, or without one the state directory's file, as `opened` does.

    Raises StoreError, here and from every method, when the database refuses.
    """

    def __init__(
        self, directory: Path, labs: Iterable[Lab] = (), *, readonly: bool = False, url: str = ""
    ) -> None:
        self._database = opened(directory / FILE_NAME, url, readonly=readonly)
        self.sources = Sources(self._database)
        self.addresses = Addresses(self._database)
        self.moves = Moves(self._database)
        self.corrections = Corrections(self._database)
        self.arrangement = Arrangement(self._database)
        self.releases = Releases(self._database, self.corrections)
        self.deliveries = Deliveries(self._database)
        self.archive = Archive(self._database)
        self.hints = Hints(self._database)
        self.held = Floods(self._database, self.hints)
        self.subscriptions = Subscriptions(self._database)
        self.preferences = Settings(self._database)
        self.places = Places(self._database)
        self.shards = Shards(self._database)
        self.watches = Watches(self._database)
        self.triage = Triages(self._database)
        self.reports = Reports(self._database)
        self.deeds = Deeds(self._database)
        self.installations = Installations(self._database)
        self.adoption = Adoption(self._database)
        self.added = AddedLabs(self._database)
        self._labs = _Labs()
        self._namings = 0
        self.name_labs(labs)
        self.watch = Watch(self._database)
        self.coverage = Coverage(self._database)
        self.pushes = Pushes(self._database)
        self.chores = Chores(self._database)
        self.history = History(self._database, self._labs)
        self.shipments = Shipments(self._database, self.corrections, self._labs)

    def name_labs(self, labs: Iterable[Lab]) -> None:
        """Take these for the labs of all releases: what is stored of one has its id alone."""
        known = {lab.id: lab for lab in labs}
        self._labs.update(known)  # in place, for other threads read it
        for gone in self._labs.keys() - known.keys():
            del self._labs[gone]
        self._namings += 1

    def jobs(self) -> Jobs | None:
        """Return the jobs of the workers that share this database, None where there is one bot."""
        return jobs_of(self._database)

    def hosts(self) -> "Hosts | None":
        """Return what keeps all bots of this database polite to hosts, None where there is one bot."""
        return hosts_of(self._database)

    def is_new_request(self, key: str) -> bool:
        """Whether no other bot of this database has heard of a request: from now on they have."""
        return is_new_request(self._database, key)

    def of_shard(self, shard: int) -> "Store":
        """Take the turn to deliver a shard of the outbox; return this store for whoever has it.

        It sees the deliveries of that share alone, and raises LostTurnError once another has taken the turn.
        """
        mine = copy(self)
        mine._database = self._database.fenced(f"deliver:{shard}")  # noqa: SLF001  # its own, in a copy
        mine.deliveries = Deliveries(mine._database, shard)  # noqa: SLF001
        return mine

    def when_owed(self, act: Callable[[], object]) -> None:
        """Have `act` called at the end of each transaction that owes something, where there are workers."""
        self._database.when_owed = act

    def bots(self) -> int:
        """Return how many bots work with this database."""
        return self._database.bots()

    def time(self) -> datetime | None:
        """Return the time that counts for all bots, None where there is one bot."""
        return self._database.time()

    def beside(self) -> AbstractContextManager[object]:
        """Return what keeps away only who must be alone with this database: any number of bots share it."""
        return self._database.beside()

    def alone(self) -> AbstractContextManager[object]:
        """Return what keeps other bots from working with this database, beside the state directory's lock."""
        return self._database.alone()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Store everything that happens inside together, or nothing of it."""
        with self._database.transaction():
            yield

    def together(self, writer: Executor, stored: Callable[[], object]) -> Together:
        """Return what stores writes of several threads together, in the one thread of `writer`.

        It calls `stored` after each transaction.
        """
        return Together(self._database, writer, stored)

    @property
    def version(self) -> tuple[int, int]:
        """What changes whenever another thread or process stores something, or the labs are named anew."""
        return self._database.version, self._namings

    def note_claims(self, now: datetime) -> None:
        """Write down outside the database that messages were claimed: an older copy does not know of them."""
        self._database.note_claims(now)

    def newest(self) -> datetime | None:
        """Return the newest time that is stored, None in a new database."""
        return newest(self._database.query)

    def suspect(self, since: datetime, now: datetime) -> None:
        """Look up what may have been sent since then before it is sent; belongs inside a transaction."""
        suspect(self._database, since, now)

    def close(self) -> None:
        """Close the database."""
        self._database.close()
