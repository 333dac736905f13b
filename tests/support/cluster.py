"""A PostgreSQL server of one's own, to be stopped and started at will."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_WELL_KNOWN = Path("/usr/lib/postgresql")  # where Debian keeps the programs of each version
_SETTINGS = "listen_addresses=''\nfsync=off\nmax_connections=200\nlog_min_messages=fatal\n"


def programs() -> Path | None:
    """Return where initdb and pg_ctl are, None where they are not installed."""
    found = shutil.which("initdb")
    known = sorted(_WELL_KNOWN.glob("*/bin/initdb"), key=lambda one: int(one.parts[-3]))
    return Path(found).parent if found else known[-1].parent if known else None


class Cluster:
    """A server in a directory of its own, reached by a socket in it."""

    def __init__(self, directory: Path) -> None:
        found = programs()
        if found is None:
            pytest.skip("initdb is not installed")
        self._programs = found
        self._directory = directory
        self._data = directory / "data"
        self._run("initdb", "--pgdata", str(self._data), "--auth=trust", "--username=bot", "--encoding=UTF8")
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(f"{_SETTINGS}unix_socket_directories='{directory}'\n")

    @property
    def url(self) -> str:
        return f"postgresql://bot@/postgres?host={self._directory}"

    def start(self) -> None:
        self._control("start")

    def stop(self) -> None:
        """Stop it as a power cut would."""
        self._control("stop", "--mode=immediate")

    def _control(self, what: str, *options: str) -> None:
        log = str(self._directory / "log")
        self._run("pg_ctl", what, "--wait", "--silent", "--pgdata", str(self._data), "--log", log, *options)

    def _run(self, program: str, *arguments: str) -> None:
        user = pwd.getpwnam("postgres").pw_name if os.getuid() == 0 else None  # it refuses to run as root
        subprocess.run(
            [str(self._programs / program), *arguments],
            check=True,
            user=user,
            cwd=self._directory,
            stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """Yield a server that runs; skip where its programs are not installed."""
    directory = Path(tempfile.mkdtemp(prefix="pg-"))  # a socket's path is short
    try:
        if os.getuid() == 0:
            shutil.chown(directory, "postgres")
        directory.chmod(0o755)
        cluster = Cluster(directory)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(directory)
