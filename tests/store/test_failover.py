"""A real failover: a standby that lagged behind is promoted, and what was committed last is gone."""

import os
import pwd
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from bot.errors import StoreError
from bot.records import Content
from bot.store.opening import migrate
from bot.store.postgres.database import PostgresDatabase
from bot.store.store import Store
from tests.support.clock import START
from tests.support.places import C1, C5
from tests.torture.long import long_form

PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/nowhere"))
OWNER = "postgres"  # PostgreSQL refuses to run as root


def run(program: str, *arguments: str) -> None:
    user = OWNER if os.geteuid() == 0 else None
    command = [str(PROGRAMS / program), *arguments]
    subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


class Pair:
    """A server, and a standby that follows it."""

    def __init__(self, directory: Path) -> None:
        self.ports = {name: free_port() for name in ("primary", "standby")}
        self._directory = directory
        run("initdb", "-D", self._data("primary"), "-A", "trust", "-U", OWNER, "--no-sync")
        self.start("primary")
        run("pg_basebackup", "-D", self._data("standby"), "-R", "-X", "stream", "--no-sync", "-c", "fast",
            "-d", self.address("primary"))  # fmt: skip
        self.start("standby")

    def _data(self, name: str) -> str:
        return str(self._directory / name)

    def address(self, name: str) -> str:
        return f"postgresql://{OWNER}@127.0.0.1:{self.ports[name]}/postgres"

    @property
    def url(self) -> str:
        """Return the address of whichever of both takes writes."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports.values())
        return f"postgresql://{OWNER}@{hosts}/postgres?target_session_attrs=read-write"

    def start(self, name: str) -> None:
        options = f"-p {self.ports[name]} -c listen_addresses=127.0.0.1 -c fsync=off -k {self._directory}"
        run("pg_ctl", "start", "-w", "-D", self._data(name), "-o", options, "-l", f"{self._data(name)}.log")

    def stop(self, name: str) -> None:
        run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", self._data(name))

    def promote(self, name: str) -> None:
        run("pg_ctl", "promote", "-w", "-D", self._data(name))

    def wait_for_standby(self) -> None:
        """Wait until the standby has all that was committed."""
        with (
            psycopg.connect(self.url, autocommit=True) as primary,
            psycopg.connect(self.address("standby"), autocommit=True) as standby,
        ):
            goal = primary.execute("SELECT CAST(pg_current_wal_lsn() AS TEXT)").fetchone()
            there = "SELECT pg_last_wal_replay_lsn() >= CAST(%s AS pg_lsn)"
            while standby.execute(there, goal).fetchone() != (True,):
                pass


@pytest.fixture
def pair() -> Iterator[Pair]:
    if not (PROGRAMS / "pg_basebackup").exists():
        pytest.skip("no PostgreSQL is installed here")
    with TemporaryDirectory(prefix="cadencebot-") as name:
        if os.geteuid() == 0:
            os.chown(name, pwd.getpwnam(OWNER).pw_uid, -1)
        pair = Pair(Path(name))
        yield pair
        for one in pair.ports:
            with suppress(subprocess.CalledProcessError):  # it was stopped
                pair.stop(one)


@long_form
@pytest.mark.logs("psycopg.pool")
def test_what_was_committed_last_and_is_gone_is_looked_up(pair: Pair, tmp_path: Path) -> None:
    migrate(pair.url)
    with closing(Store(tmp_path, url=pair.url)) as store:
        with store.transaction():
            for words, place in (("r1", C1), ("r2", C5)):
                store.deliveries.owe_line(words, place, Content("hello"), START, known_until=None)
        pair.wait_for_standby()
        with (
            closing(Store(tmp_path, url=pair.address("standby"))) as standby,
            pytest.raises(StoreError, match="name the primary"),
            standby.transaction(),
        ):
            pass
        pair.stop("standby")
        first = store.deliveries.recent(9)[0]
        with store.transaction():  # which the standby never hears of
            store.deliveries.claim(first.sequence, START)
            store.deliveries.settle_sent(first.sequence, "C1", "1.1", "", START)
        pair.stop("primary")
        pair.start("standby")
        pair.promote("standby")
        states = began_again(store)
        assert states == {"doubtful"}, "neither is sent before it is looked up"


def began_again(store: Store) -> set[str]:
    """Return the states of what is owed in the first transaction that there is again."""
    assert isinstance(store._database, PostgresDatabase)
    while True:
        with suppress(StoreError):
            store._database.pool.check()
            with store.transaction():
                return {one.state for one in store.deliveries.recent(9)}
