"""What `make bench` measures: a row for each figure, where it comes from, and the goal that it has.

A row names a script of this directory and finds its figure in a line that the script prints. So each script
is run once whatever number of rows it fills, can be run alone, and prints whatever else is of use to people.
"""
# It is no package.
# ruff: noqa: INP001

import re
from dataclasses import dataclass

# The scripts with their arguments: for the whole table, and with --quick. They run in this order.
SCRIPTS = {
    "starts": ("7", "3"),
    "understanding": ("20000", "5000"),
    "fetch": ("1000", "200"),
    "poll": ("1000", "100"),
    "hub": ("59 0.25", "59 0.05"),
    "run": ("10 60 90", "5 8 35"),
    "deliver": ("1000 100", "100 20"),
    "outbox": ("100000", "2000"),
    "idle": ("1000", "1000"),
    "memory": ("20000 100", "1000 50"),
    "questions": ("100000", "2000"),
    "digests": ("100000", "2000"),
    "sweeps": ("300 3", "40 1"),
    "growth": ("10000", "1000"),
    "moving": ("100000", "2000"),
    "workers": ("10000 200000 1000", "1000 20000 100"),
}
CLOCK = "s clock"  # the unit of what networks and other programs have a part in: never binding
NUMBER = r"[^\d\n]*?(-?\d+(?:\.\d+)?)"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: the first number behind `label` (a pattern) in what `script` prints, and its goal.

    With `beside`, the label of another figure of the same run, the figure is divided by that one. `goal` is
    the most that will do, or the least with `at_least`; None where there is nothing to reach. A row that is
    `binding` fails the bench when it misses its goal.
    """

    work: str
    script: str
    label: str
    unit: str
    goal: float | None = None
    beside: str = ""
    at_least: bool = False
    binding: bool = False

    def figure(self, printed: str) -> float | None:
        """Return the figure in what the script printed, None where it is not in it."""
        found = _number(self.label, printed)
        other = _number(self.beside, printed) if self.beside else 1
        return found / other if found is not None and other else None

    def reaches(self, figure: float) -> bool:
        """Whether a figure is as good as its goal."""
        return self.goal is None or (figure >= self.goal if self.at_least else figure <= self.goal)


def _number(label: str, printed: str) -> float | None:
    found = re.search(f"^{label}{NUMBER}", printed, re.MULTILINE)
    return float(found[1]) if found else None


_UNCHANGED, _FIRST = "unchanged sweep: {}", "first sweep: {}"
_BOT, _HTTPX = _UNCHANGED.format("cadencebot"), _UNCHANGED.format("floor-httpx")
_AT_ONCE = "one release, .*after +0 ms"
ROWS = (
    Row("start: --version", "starts", "start: --version", "s CPU", 0.25),
    Row("start: --help", "starts", "start: --help", "s CPU", 0.4),
    Row("start: recent, 1,000 releases", "starts", "start: recent", "s CPU", 0.6),
    Row("start: identify, one line", "starts", "start: identify", "s CPU", 0.5),
    Row("start: nvchecker --version", "starts", "start: nvchecker", "s CPU"),
    Row("start: urlwatch --version", "starts", "start: urlwatch", "s CPU"),
    Row("start: rss2email --version", "starts", "start: rss2email", "s CPU"),
    Row("feeds.yaml of 1,000 sources", "understanding", r"feeds.yaml: 1000 sources", "ms CPU", 150),
    Row("identify: repeated names", "understanding", "identify: repeated", "lines/s", 10_000, at_least=True),
    Row("identify: different names", "understanding", "identify: different names", "lines/s", 10_000,
        at_least=True),
    Row("identify: different titles", "understanding", "identify: different titles", "lines/s", 10_000,
        at_least=True),
    Row("a request", "fetch", r"HttpFetcher.get .*:", "ms CPU", 0.6),
    Row("first sweep, small feeds, a source", "poll", r"\d+ validated feeds, baseline .* s  ", "ms CPU", 9.5),
    Row("unchanged sweep, small feeds, a source", "poll", r"\d+ validated feeds, no news .* s  ", "ms CPU"),
    Row("memory of a first sweep", "poll", r"\d+ validated feeds, baseline .*feed", "MB", 90),
    Row("unchanged sweep, 33 kB feeds, a source", "sweeps", _BOT, "ms CPU"),
    Row("... beside the httpx floor", "sweeps", _BOT, "of it", 0.6, beside=_HTTPX),
    Row("... beside nvchecker", "sweeps", _BOT, "of it", 1, beside=_UNCHANGED.format("nvchecker")),
    Row("... beside the aiohttp floor", "sweeps", _BOT, "of it", beside=_UNCHANGED.format("floor-aiohttp")),
    Row("... beside urlwatch", "sweeps", _BOT, "of it", 1, beside=_UNCHANGED.format("urlwatch")),
    Row("... beside rss2email", "sweeps", _BOT, "of it", 1, beside=_UNCHANGED.format("rss2email")),
    Row("first sweep, 33 kB feeds, a source", "sweeps", _FIRST.format("cadencebot"), "ms CPU", 30),
    Row("... beside the httpx floor", "sweeps", _FIRST.format("cadencebot"), "of it",
        beside=_FIRST.format("floor-httpx")),
    Row("... beside rss2email", "sweeps", _FIRST.format("cadencebot"), "of it", 1,
        beside=_FIRST.format("rss2email")),
    Row("Hub, 670 unchanged, with ETags", "hub", "hub: 670 repositories, unchanged", "ms CPU", 3),
    Row("Hub, 670 unchanged, without", "hub", "hub: 670 repositories, the same", "ms CPU", 20),
    Row("Hub, 4,990 on five pages, unchanged", "hub", "hub: 4990 repositories on five pages", "ms CPU", 60),
    Row("59 Hub organisations, one polite host", "hub", "hub: organisations on one host", CLOCK, 45),
    Row("one new entry in a feed of 1,000", "growth", "long feed: one new entry in a new", "ms CPU", 150),
    Row("... where much is stored", "growth", "long feed: one new entry where", "ms CPU", 150),
    Row("detection to post, nothing else owed, p50", "run", r"run: detection .*owed p50", CLOCK, 1.2),
    Row("... p99", "run", r"run: detection .*owed .*p99", CLOCK, 3),
    Row("200 due at once after a stop: swept", "run", "run: after a stop .* asked:", CLOCK, 8),
    Row("... eight releases posted, p50", "run", "run: after a stop, posts p50", CLOCK, 5),
    Row("... p99", "run", "run: after a stop, posts .*p99", CLOCK, 15),
    Row("8 of 200 hosts hang, others late by, p50", "run", r"run: \d+ of \d+ hang.*p50", CLOCK),
    Row("... p99", "run", r"run: \d+ of \d+ hang.*p99", CLOCK, 2),
    Row("a message of one release to many channels", "deliver", f"{_AT_ONCE}:", "ms CPU", 2.5),
    Row("... a second, Slack answers at once", "deliver", f"{_AT_ONCE}: .*message,", "/s clock", 300,
        at_least=True),
    Row("... a second, Slack takes 100 ms", "deliver", r"one release, .*after 100 ms: .*message,", "/s clock",
        150, at_least=True),
    Row("channels x 5 messages", "deliver", r"\d+ channels x 5 messages:", CLOCK),
    Row("... beside a slow channel", "deliver", r" +beside C0SLOW:.* s,", "of it", 1.1),
    Row("... beside a hanging channel", "deliver", r" +beside C0HANGING:.* s,", "of it", 1.1),
    Row("idle tick, 1,000 sources: due", "idle", "tick: what is due", "ms CPU"),
    Row("... chores", "idle", "tick: chores", "ms CPU"),
    Row("... the monitor's look", "idle", r"tick: the monitor's look, each 10 s", "ms CPU"),
    Row("... all of it", "idle", "tick: all of it", "ms CPU", 2),
    Row("the outbox's heads, one channel owed all", "outbox", " +what is first in each", "ms CPU", 0.1),
    Row("memory after all polls", "memory", "memory: after all of the polls", "MB"),
    Row("... beside a tenth of them", "memory", "memory: after all of the polls", "of it", 1.05,
        beside="memory: after a tenth of the polls"),
    Row("recent", "questions", "recent  ", "ms CPU", 10),
    Row("recent fits:80gb since:1y", "questions", "recent fits:80gb since:1y ", "ms CPU", 50),
    Row("recent match:zephyr7 since:1y", "questions", "recent match:zephyr7 since:1y ", "ms CPU", 50),
    Row("show, by name", "questions", "show Zephyr77-2.5-40B ", "ms CPU", 10),
    Row("show, by a part of the name", "questions", "show zephyr77 ", "ms CPU", 50),
    Row("show, with a slip of the pen", "questions", "show Zephr77-2.5-4OB ", "ms CPU", 100),
    Row("why, by repository", "questions", "why owner27/Zephyr77-2.5-40B ", "ms CPU", 20),
    Row("why, by a part of the title", "questions", "why zephyr77- ", "ms CPU", 100),
    Row("cadence of all labs", "questions", "cadence  ", "ms CPU", 100),
    Row("digests, the first of a round", "digests", "digest, the first of a round", "ms CPU", 500),
    Row("... each further one at most", "digests", "digest, each further one at most", "ms CPU", 20),
    Row("a memory moves to PostgreSQL", "moving", "moving: to PostgreSQL", CLOCK),
    Row("... and back", "moving", "moving: and back", CLOCK),
    Row("one release owed to 10,000: a file", "workers", "owed to subscriptions, SQLite", CLOCK, 0.6),
    Row("... on PostgreSQL", "workers", "owed to subscriptions, PostgreSQL", CLOCK, 1.5),
    Row("a look at a shard, 200,000 owed", "workers", "a look at one shard", "ms clock", 50),
    Row("one worker, CPU a message", "workers", "1 worker, CPU a message", "ms CPU"),
    Row("... each of two, beside it", "workers", "2 workers, CPU a message", "of it", 1.1,
        beside="1 worker, CPU a message"),
    Row("... each of four, beside it", "workers", "4 workers, CPU a message", "of it", 1.1,
        beside="1 worker, CPU a message"),
    Row("one worker, messages a second", "workers", "1 worker, messages a second", "a second"),
    Row("... four workers", "workers", "4 workers, messages a second", "a second"),
    Row("taken over after a kill -9", "workers", "taken over after a kill -9", CLOCK, 10),
    Row("growth with unchanged sources, each", "growth", "growth: unchanged sources.*exponent", "power", 0.1,
        binding=True),
    Row("growth with what is stored", "growth", "growth: one new entry.*exponent", "power", 0.1,
        binding=True),
    Row("growth with new entries, all", "growth", "growth: new entries.*exponent", "power", 1.1,
        binding=True),
)  # fmt: skip
