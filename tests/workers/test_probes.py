"""What each of the processes that share a database says of itself to whoever starts and stops them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest
from rich.console import Console

from bot.demo.hub import Hub
from bot.run.serving import Role, serving
from bot.run.wiring import open_app
from bot.run.workers.worker import Process
from bot.store.opening import migrate
from tests.crash.world import repository
from tests.support.cluster import own_cluster
from tests.support.postgres import migrated_schema
from tests.torture.long import long_form

FEEDS = "labs: [{id: zai, name: Z.ai, sources: [hub: zai-org]}]\n"
PATIENCE = 600  # looks, a tenth of a second each


class Running:
    """One process, in a thread."""

    def __init__(self, address: str, process: Process) -> None:
        self.address = address
        self._process = process
        self._thread = threading.Thread(target=process.run)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._process.stop()
        if self._thread.ident:
            self._thread.join()

    def says(self, path: str) -> tuple[int, str]:
        connection = HTTPConnection(self.address, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        found = answer.status, answer.read().decode()
        connection.close()
        return found

    def comes_to_say(self, path: str, status: int) -> str:
        for _ in range(PATIENCE):
            found, text = self.says(path)
            if found == status:
                return text
            self._thread.join(0.1)
            assert self._thread.is_alive()
        pytest.fail(f"{path} goes on saying {found}: {text}")


@contextmanager
def a_process(directory: Path, url: str, role: Role) -> Iterator[Running]:
    """Yield a process that may be started."""
    (directory / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with Hub(lambda: datetime.now(UTC)) as hub:
        hub.put(repository("zai-org/GLM-5.1"))
        variables = {
            "CADENCEBOT_CONFIG": str(directory / "feeds.yaml"),
            "CADENCEBOT_STATE": str(directory / "state"),
            "CADENCEBOT_HEALTH": address,
            "CADENCEBOT_ALLOW_HOSTS": hub.host,
            "HF_ENDPOINT": hub.url,
            "DATABASE_URL": url,
        }
        with open_app(variables) as app, serving(app, Console(quiet=True), role) as parts:
            assert isinstance(parts.service, Process)
            running = Running(address, parts.service)
            try:
                yield running
            finally:
                running.stop()


def test_a_web_process_is_ready_at_once_and_a_worker_once_it_does_jobs(tmp_path: Path) -> None:
    with migrated_schema() as url:
        with a_process(tmp_path, url, Role.WEB) as web:
            web.start()
            assert (web.says("/readyz"), web.says("/livez")) == ((200, "ok\n"), (200, "ok\n"))
        with a_process(tmp_path, url, Role.WORKER) as worker:
            assert worker.says("/livez") == (200, "ok\n")
            assert worker.says("/readyz") == (503, "not ok\nNo jobs are done here: none was looked for yet\n")
            worker.start()
            assert worker.comes_to_say("/readyz", 200) == "ok\n"


@long_form
@pytest.mark.logs("task_failed", "jobs_stand_still", "psycopg.pool", "job_not_ended")
@pytest.mark.parametrize("role", [Role.WEB, Role.WORKER])
def test_without_its_database_a_process_is_not_ready_and_is_not_restarted(role: Role, tmp_path: Path) -> None:
    with own_cluster() as cluster:
        migrate(cluster.url)
        with a_process(tmp_path, cluster.url, role) as running:
            running.start()
            running.comes_to_say("/readyz", 200)
            cluster.stop()
            why = running.comes_to_say("/readyz", 503)
            assert "The database cannot be read" in why or "No jobs are done here" in why
            assert running.says("/livez") == (200, "ok\n")
            cluster.start()
            running.comes_to_say("/readyz", 200)
