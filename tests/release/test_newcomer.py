"""The first day of somebody who has only README: a fresh clone, a clean environment, what it says to type.

pip asks its registry, as for everybody. What each command took is printed (pytest -s).
"""

import re
import shlex
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from bot.demo.world import World
from tests.docs.reader import reading, unprinted
from tests.torture.long import long_form

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PATH = "/usr/local/bin:/usr/bin:/bin"
FEEDS = "labs: [{id: one, name: One, sources: [hub: one, hub: two, hub: three]}]"
pytestmark = [long_form, pytest.mark.logs]


class Newcomer:
    """A shell in a fresh clone, with nothing in the environment but a home and a path."""

    def __init__(self, home: Path, clone: Path) -> None:
        self.home = home
        self.clone = clone

    def type(
        self,
        line: str,
        at: Path | None = None,
        variables: Mapping[str, str] = MappingProxyType({}),
        code: int = 0,
    ) -> subprocess.CompletedProcess[str]:
        """Run a line, and return what became of it, which must end with this code."""
        began = time.monotonic()
        done = subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=at or self.clone,
            env=self.variables(variables),
            capture_output=True,
            text=True,
            check=False,
        )
        print(f"{time.monotonic() - began:6.1f} s  {line}\n{done.stdout}{done.stderr}")  # noqa: T201
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def variables(self, more: Mapping[str, str]) -> dict[str, str]:
        programs = self.clone / ".venv" / "bin"
        return {"HOME": str(self.home), "PATH": f"{programs}:{PATH}", "LANG": "C.UTF-8", **more}

    @contextmanager
    def left_running(
        self, line: str, at: Path, until: str, variables: Mapping[str, str]
    ) -> Iterator[re.Match[str]]:
        """Run a line until the block ends, which begins when it printed this; Ctrl-C ends it well."""
        with subprocess.Popen(
            shlex.split(line), cwd=at, env=self.variables(variables), stdout=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout
            said = ""
            while not (found := re.search(until, said)):
                line_of_it = running.stdout.readline()
                assert line_of_it, said
                said += line_of_it
            yield found
            running.send_signal(signal.SIGINT)
            running.stdout.read()
        assert running.returncode == 0, said


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Newcomer, str]:
    """Return a newcomer who has typed README's first command, and what that printed."""
    home = tmp_path_factory.mktemp("home")
    clone = home / "cadencebot"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    newcomer = Newcomer(home, clone)
    return newcomer, newcomer.type("make demo").stdout


@pytest.fixture
def newcomer(demo: tuple[Newcomer, str]) -> Newcomer:
    return demo[0]


def test_the_demo_prints_what_readme_shows(demo: tuple[Newcomer, str]) -> None:
    assert unprinted(README, demo[1]) == []


def test_the_demo_leaves_the_clone_as_it_was_and_its_questions_are_answered(
    demo: tuple[Newcomer, str],
) -> None:
    newcomer, said = demo
    assert newcomer.type("git status --short").stdout == ""
    asked = [line.strip() for line in said.splitlines() if " --state " in line]
    assert len(asked) == 3
    for line in asked:
        assert len(newcomer.type(line).stdout.splitlines()) > 5


def test_the_demo_can_be_pressed(newcomer: Newcomer, tmp_path: Path) -> None:
    with newcomer.left_running(
        "cadencebot demo --serve", tmp_path, r"http://127\.0\.0\.1:\d+$", {"PYTHONUNBUFFERED": "1"}
    ) as found:
        page = urllib.request.urlopen(found[0]).read().decode()
    assert "model-releases" in page


def test_the_tutorial_ends_with_an_alert(newcomer: Newcomer, tmp_path: Path) -> None:
    def run(words: Sequence[str], variables: Mapping[str, str]) -> tuple[int, str]:
        done = newcomer.type(shlex.join(["cadencebot", *words]), tmp_path, variables)
        return done.returncode, done.stdout

    with reading(tmp_path, run) as reader:
        reader.read((newcomer.clone / "docs" / "tutorial.md").read_text("utf-8"))


def test_with_a_token_the_channel_hears_of_a_release_once(newcomer: Newcomer, tmp_path: Path) -> None:
    with World(lambda: datetime.now(UTC)) as world:
        variables = {**world.environment(tmp_path), "CADENCEBOT_HEALTH": "off", "PYTHONUNBUFFERED": "1"}
        assert "is valid" in newcomer.type("cadencebot check --online", tmp_path, variables).stdout
        newcomer.type("cadencebot poll", tmp_path, variables)
        world._verbs["publish"](["moonshotai/Kimi-K2.6"])
        assert world.slack.posts("C0RELEASES") == ()
        newcomer.type("cadencebot poll --all", tmp_path, variables)
        newcomer.type("cadencebot poll --all", tmp_path, variables)
        with newcomer.left_running("cadencebot run", tmp_path, "cadencebot watches 7 labs", variables):
            pass
        [alert] = world.slack.posts("C0RELEASES")
        assert "Kimi" in alert.text


def nobody() -> dict[str, str]:
    """Return the environment of a machine on which nothing can be reached."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        host = f"127.0.0.1:{free.getsockname()[1]}"
    return {"HF_ENDPOINT": f"http://{host}", "CADENCEBOT_ALLOW_HOSTS": host}


def test_without_a_network_one_line_says_so(newcomer: Newcomer, tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    told = newcomer.type("cadencebot poll", tmp_path, nobody(), 1)
    assert len((told.stdout + told.stderr).splitlines()) <= 3
    status = newcomer.type("cadencebot status", tmp_path).stdout
    assert status.count("is there a network?") == 1


BROKEN: Mapping[str, Mapping[str, str]] = {
    "the placeholder of README": {"SLACK_BOT_TOKEN": "xoxb-..."},
    "no token at all": {"SLACK_BOT_TOKEN": "foo"},
    "the two swapped": {"SLACK_BOT_TOKEN": "xapp-1-A-2-b", "SLACK_APP_TOKEN": "xoxb-1-2-b"},
    "the app's alone": {"SLACK_APP_TOKEN": "xapp-1-A-2-b"},
    "a file that is not there": {"SLACK_BOT_TOKEN_FILE": "nowhere"},
    "a state in a file": {"CADENCEBOT_STATE": "feeds.yaml/state"},
    "settings that are not there": {"CADENCEBOT_CONFIG": "nowhere.yaml"},
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_set_wrongly_ends_run_in_one_line(newcomer: Newcomer, tmp_path: Path, kind: str) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    told = newcomer.type("cadencebot run", tmp_path, {"CADENCEBOT_HEALTH": "off", **BROKEN[kind]}, 2)
    assert (told.stdout, len(told.stderr.splitlines())) == ("", 1)


def test_a_busy_port_ends_run_in_one_line(newcomer: Newcomer, tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    secrets = {"SLACK_BOT_TOKEN": "xoxb-1-2-b", "SLACK_SIGNING_SECRET": "0" * 32, "CADENCEBOT_HEALTH": "off"}
    with socket.create_server(("127.0.0.1", 0)) as busy:
        line = f"cadencebot run --http :{busy.getsockname()[1]}"
        told = newcomer.type(line, tmp_path, secrets, 2)
    assert (told.stdout, len(told.stderr.splitlines())) == ("", 1)


@pytest.mark.parametrize("words", ["recent since:5y", "cadence since:5y", "status", "list", "deliveries"])
def test_a_narrow_terminal_is_kept_to(newcomer: Newcomer, words: str) -> None:
    line = f"cadencebot --state cadencebot-demo {words}"
    said = newcomer.type(line, variables={"COLUMNS": "40"}).stdout.splitlines()
    assert [one for one in said if len(one) > 40] == []
