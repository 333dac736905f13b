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
    "questions": ("100000", "2000"),
    "sweeps": ("300 3", "40 1"),
    "growth": ("10000", "1000"),
}
NUMBER = r"\D*?(-?\d+(?:\.\d+)?)"


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
    Row("recent since:30d", "questions", "recent since:30d", "ms", 10),
    Row("show, by name", "questions", "show, by name", "ms", 10),
    Row("show, by a part of the name", "questions", "show, by a part of the name", "ms", 50),
    Row("why, by repository", "questions", "why, by repository", "ms", 20),
    Row("why, by a part of the title", "questions", "why, by a part of the title", "ms", 100),
    Row("cadence of all labs", "questions", "cadence since:1y", "ms", 100),
    Row("the outbox's heads", "questions", "the outbox's heads", "ms", 0.1),
    Row("growth with unchanged sources, each", "growth", "growth: unchanged sources.*exponent", "power", 0.1,
        binding=True),
    Row("growth with what is stored", "growth", "growth: one new entry.*exponent", "power", 0.1,
        binding=True),
    Row("growth with new entries, all", "growth", "growth: new entries.*exponent", "power", 1.1,
        binding=True),
)  # fmt: skip
