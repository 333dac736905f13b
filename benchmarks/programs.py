"""The bot, its peers and the floors below them: how each is installed, started, and told to watch N feeds.

Each has a virtual environment of its own under .bench/, as pip makes it; what pip cannot make is left out.
"""
# It is no package.
# ruff: noqa: INP001

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENVS = ROOT / ".bench"


@dataclass(frozen=True, slots=True)
class Command:
    """A command that polls all feeds once, with what it has in its environment."""

    words: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)


# Of (its bin/, a fresh directory, the server's host, how many feeds): writes files, returns the command.
Prepare = Callable[[Path, Path, str, int], Command]


@dataclass(frozen=True, slots=True)
class Program:
    """A program by the name that the figures have it under."""

    name: str
    packages: tuple[str, ...]
    prepare: Prepare
    version: tuple[str, ...] = ()  # the command of a peer that prints its version

    @property
    def bin(self) -> Path:
        """Return where its commands are."""
        return VENVS / self.name / "bin"

    def install(self) -> str:
        """Make its virtual environment, if it is not there; return why it cannot be, or ""."""
        made = VENVS / self.name / ".made"
        if made.exists():
            return ""
        for command in (
            [sys.executable, "-m", "venv", str(VENVS / self.name)],
            [str(self.bin / "pip"), "install", "--quiet", "--disable-pip-version-check", *self.packages],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
            if done.returncode:
                return f"{self.name} is left out, pip has it not: {done.stderr.strip().splitlines()[-1]}"
        made.touch()
        return ""


def _urls(host: str, count: int) -> list[str]:
    return [f"http://{host}/feed/{number}.xml" for number in range(count)]


def _cadencebot(folder: Path, home: Path, host: str, count: int) -> Command:
    labs = [
        f'- {{id: lab{n}, name: Lab {n}, sources: [{{feed: "{url}"}}]}}'
        for n, url in enumerate(_urls(host, count))
    ]
    config = home / "feeds.yaml"
    config.write_text("labs:\n" + "\n".join(labs), encoding="utf-8")
    variables = {
        "CADENCEBOT_CONFIG": str(config),
        "CADENCEBOT_STATE": str(home / "state"),
        "CADENCEBOT_ALLOW_HOSTS": host,  # ours, so that nothing waits for the sake of politeness
        "PYTHONPATH": str(ROOT),
    }
    return Command((str(folder / "python"), "-m", "bot", "poll", "--all", "--json"), variables)


def _floor(client: str) -> Prepare:
    def prepare(folder: Path, home: Path, host: str, count: int) -> Command:
        script, state = Path(__file__).with_name("floors.py"), home / "state.db"
        words = (str(folder / "python"), str(script), client, f"http://{host}", str(count), str(state))
        return Command(words)

    return prepare


def _urlwatch(folder: Path, home: Path, host: str, count: int) -> Command:
    jobs = "---\n".join(f"name: lab {n}\nurl: {url}\n" for n, url in enumerate(_urls(host, count)))
    files = {name: home / name for name in ("urls.yaml", "config.yaml", "cache.db", "hooks.py")}
    files["urls.yaml"].write_text(jobs, encoding="utf-8")
    files["config.yaml"].write_text("report: {stdout: {enabled: true, color: false}}\n", encoding="utf-8")
    options = (
        ("--urls", "urls.yaml"),
        ("--config", "config.yaml"),
        ("--cache", "cache.db"),
        ("--hooks", "hooks.py"),
    )
    return Command(
        (str(folder / "urlwatch"), *(word for key, name in options for word in (key, str(files[name]))))
    )


def _rss2email(folder: Path, home: Path, host: str, count: int) -> Command:
    feeds = "".join(f"[feed.lab{n}]\nurl = {url}\n" for n, url in enumerate(_urls(host, count)))
    config = home / "rss2email.cfg"
    common = "[DEFAULT]\nfrom = bot@bench.invalid\nto = user@bench.invalid\nsame-server-fetch-interval = 0\n"
    config.write_text(common + feeds, encoding="utf-8")
    state = str(home / "rss2email.json")
    return Command((str(folder / "r2e"), "-c", str(config), "-d", state, "run", "--no-send"))


def _nvchecker(folder: Path, home: Path, host: str, count: int) -> Command:
    entries = "".join(
        f'[lab{n}]\nsource = "regex"\nurl = "{url}"\nencoding = "utf-8"\nregex = \'Introducing ([^<(]+) \'\n'
        for n, url in enumerate(_urls(host, count))
    )
    common = (
        '[__config__]\noldver = "old.json"\nnewver = "new.json"\nhttplib = "aiohttp"\nmax_concurrency = 64\n'
    )
    config = home / "nvchecker.toml"
    config.write_text(common + entries, encoding="utf-8")
    return Command((str(folder / "nvchecker"), "-c", str(config), "-l", "error"))


_NEEDS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
PROGRAMS = (
    Program("cadencebot", tuple(_NEEDS), _cadencebot),
    Program("floor-httpx", ("httpx", "feedparser"), _floor("httpx")),
    Program("floor-aiohttp", ("aiohttp",), _floor("aiohttp")),
    Program("urlwatch", ("urlwatch",), _urlwatch, ("urlwatch", "--version")),
    Program("nvchecker", ("nvchecker", "aiohttp"), _nvchecker, ("nvchecker", "--version")),
    Program("rss2email", ("rss2email",), _rss2email, ("r2e", "--version")),
)


def installed() -> list[Program]:
    """Return the programs that can be run here; of each other one a line says why it is left out."""
    VENVS.mkdir(exist_ok=True)
    complaints = {program.name: program.install() for program in PROGRAMS}
    for complaint in filter(None, complaints.values()):
        sys.stderr.write(f"{complaint}\n")
    return [program for program in PROGRAMS if not complaints[program.name]]


def cpu_of(command: Command, home: Path, said: bytes = b"") -> float:
    """Return the CPU seconds of a command as a process with its children, its start included.

    `said` is its standard input. Raises SystemExit with what it complained of where it failed.
    """
    unproxied = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    given = home / "stdin"
    given.write_bytes(said)
    with given.open() as stdin, (home / "stderr").open("w+") as stderr:
        process = subprocess.Popen(  # noqa: S603 - one of the above
            command.words, env={**unproxied, **command.variables, "PYTHONDONTWRITEBYTECODE": ""},
            stdin=stdin, stdout=subprocess.DEVNULL, stderr=stderr, cwd=home,
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        stderr.seek(0)
        if process.returncode:
            sys.exit(f"{' '.join(command.words)[:200]} failed: {stderr.read()[-500:]}")
    return used.ru_utime + used.ru_stime
