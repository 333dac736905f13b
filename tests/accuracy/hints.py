"""Measure how many false hints a source gives a month: captured feeds and pages, replayed in order.

Each day on which a post appeared is a changed body. The first third of a source is its baseline. Known are
the dated releases of ../shared/data/releases.tsv and what the titles before announced. A hint counts as false
where no release, repository or title of the labelled data goes by its name: that is strict, for the data does
not list every model.

    python -m tests.accuracy.hints
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from pathlib import Path

from bot.fetch import Response
from bot.model import Kind, Name, Sighting, SourceKind
from bot.releases.naming.classify import judge
from bot.releases.naming.labs import Labs
from bot.releases.naming.names import parse
from bot.releases.news.hints import hints_among, identities, known_as, unseen_names
from bot.releases.news.names_in_text import Found, Passage, names_in
from bot.sources.build import load_config
from bot.sources.entries import Entry
from bot.sources.extract import extractor
from bot.sources.feed import parse_feed
from bot.sources.passages import page_passage, post_passage
from bot.sources.specs import PageSpec
from tests.support.shared import DATA

_NOW = datetime(2026, 11, 30, tzinfo=UTC)
_FEEDS_YAML = Path(__file__).parents[2] / "feeds.yaml"
_CONFIG = load_config(_FEEDS_YAML)
_LABS = Labs(spec.lab for spec in _CONFIG.labs)
_CALLED = {"Alibaba Qwen": "qwen", "Z.ai (Zhipu)": "zai", "InclusionAI (Ant)": "inclusionai"}
# Whose posts a captured feed has, by what its file is called; feeds of no lab of feeds.yaml are left out.
_OF_LAB = {
    "anthropic": "anthropic",
    "claude-code": "anthropic",
    "openai": "openai",
    "deepmind": "google",
    "google": "google",
    "meta": "meta",
    "mistral": "mistral",
    "xai": "xai",
    "cohere": "cohere",
    "huggingface": "huggingface",
    "microsoft": "microsoft",
    "qwenlm": "qwen",
    "inclusionai": "inclusionai",
    "bytedance": "bytedance",
    "deepseek": "deepseek",
    "minimax": "minimax",
    "moonshot": "moonshot",
    "z_ai": "zai",
}
_MONTH = 30.4  # days


@dataclass
class Replay:
    """One source as it was: for how many months it was watched, and the hints that it gave."""

    source: str
    lab: str
    months: float = 0
    hints: list[tuple[datetime, Found]] = field(default_factory=list)

    @property
    def false(self) -> list[tuple[datetime, Found]]:
        """Return the hints to names that the labelled data does not have."""
        ever = [name for _, name in _releases()[self.lab]]
        return [(day, one) for day, one in self.hints if not known_as(one.name, ever)]


@cache
def _releases() -> Mapping[str, Sequence[tuple[datetime, Name]]]:
    """Return the dated releases by lab, and without a date of ours the labelled repositories."""
    found: dict[str, list[tuple[datetime, Name]]] = defaultdict(list)
    for row in _rows("releases"):
        lab = _LABS.find(_CALLED.get(row["lab"], row["lab"]))
        if lab:
            found[lab.id].append((_day(row["date"]), parse(row["model"], lab.id)))
    for table in ("identity_dev", "identity2_dev"):
        for row in _rows(table):
            lab = _LABS.find(row["id"].split("/")[0])
            if lab:
                found[lab.id].append((_NOW, parse(row["id"], lab.id)))
    for table in ("titles_dev", "titles2_dev"):
        for row in _rows(table):
            lab = _LABS.find(row["lab"])
            for model in row["models"].split(";") if lab else ():
                found[lab.id if lab else ""].append((_NOW, parse(model.strip(), lab.id if lab else "")))
    return found


def _rows(table: str) -> list[dict[str, str]]:
    with (DATA / f"{table}.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def _day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}-01"[:10]).replace(tzinfo=UTC)


def _bodies() -> Iterator[tuple[str, str, Sequence[Entry]]]:
    """Yield what was captured: its name, whose it is, and its posts; what was captured twice, once."""
    seen = set()
    for path in sorted((DATA / "feeds").glob("*.xml")):
        owner = next((lab for word, lab in _OF_LAB.items() if word in path.name), "")
        entries = parse_feed(_response(path), _NOW)[0] if owner and "sitemap" not in path.name else ()
        titles = tuple(entry.title for entry in entries)
        if entries and titles not in seen:
            seen.add(titles)
            yield path.name, owner, entries
    page = DATA / "pages/raw_anthropic_news_2026-04.html"
    for lab in _CONFIG.labs:
        for spec in lab.sources:
            if isinstance(spec, PageSpec) and "anthropic.com/news" in spec.page and spec.format == "next":
                yield page.name, lab.id, extractor(spec)(_response(page), _NOW)


def _response(path: Path) -> Response:
    return Response(f"https://captured.example/{path.name}", 200, {}, path.read_bytes())


def measure() -> list[Replay]:
    """Return what each captured source gives."""
    return [_replayed(source, lab, entries) for source, lab, entries in _bodies()]


def _replayed(source: str, lab: str, entries: Sequence[Entry]) -> Replay:
    dated = [(entry.published.at, entry) for entry in entries if entry.published]
    dated.sort(key=lambda pair: pair[0])
    first, rest = dated[: len(dated) // 3 + 1], dated[len(dated) // 3 + 1 :]
    replay = Replay(source, lab)
    if not rest:
        return replay
    reader = _Reader(lab)
    reader.read([entry for _, entry in first], first[-1][0])
    for day, posts in groupby(rest, key=lambda pair: pair[0].date()):
        when = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
        replay.hints += [(when, one) for one in reader.read([entry for _, entry in posts], when)]
    replay.months = (rest[-1][0] - first[-1][0]).days / _MONTH
    return replay


class _Reader:
    """What the bot knows of a lab and of one of its sources, from reading to reading."""

    def __init__(self, lab: str) -> None:
        self.lab = lab
        self.before: dict[str, str] = {}
        self.announced: list[Name] = []
        self.hinted: list[Name] = []

    def read(self, entries: Iterable[Entry], now: datetime) -> list[Found]:
        """Return the hints among posts that are new; posts known before say what they said."""
        passages = [post_passage(entry.link or entry.title, entry, "", self.lab) for entry in entries]
        carried = [name for passage in passages for name in self._judged(passage)]
        releases = [*self.announced, *(name for day, name in _releases()[self.lab] if day <= now)]
        names = names_in(
            passages,
            _LABS.owners_of(self.lab),
            tuple(sorted({name.family for name in releases if name.version})),
        )
        asked = {
            one: self.before[one] for one in identities(names.found, names.families) if one in self.before
        }
        heard = unseen_names(names.found, names.families, asked, {passage.post for passage in passages})
        self.before.update(heard.remember)
        hints = hints_among(heard.new, releases, carried, self.hinted)
        self.hinted += [one.name for one in hints]
        return hints

    def _judged(self, passage: Passage) -> Iterator[Name]:
        sighting = Sighting("", SourceKind.FEED, self.lab, passage.post, passage.title, passage.url)
        verdict = judge(sighting, _LABS)
        if verdict.name and verdict.kind is Kind.RELEASE:
            self.announced += [verdict.name, *verdict.also]
        elif verdict.name:
            yield verdict.name


def pages() -> Iterator[tuple[str, int, int]]:
    """Yield for captured pages how long their text is, and how many names a first reading remembers."""
    for path in sorted((DATA / "pages").glob("*.html")):
        lab = next((lab for word, lab in _OF_LAB.items() if word in path.name), "")
        passage = page_passage(_response(path), lab)
        yield path.name, len(passage.text), len(names_in([passage], _LABS.owners_of(lab), ()).found)


def main() -> int:
    """Print the sources with their hints, and what a month of one comes to."""
    replays = measure()
    lines = [f"{'source':<48}{'months':>7}{'hints':>6}{'false':>6}"]
    for one in replays:
        lines.append(f"{one.source:<48}{one.months:>7.1f}{len(one.hints):>6}{len(one.false):>6}")
        lines += [f"    {day:%Y-%m-%d}  {hint.name.display}: {hint.words[:70]}" for day, hint in one.hints]
        lines += [f"    false: {hint.name.display}" for _, hint in one.false]
    months = sum(one.months for one in replays)
    hints, false = sum(len(one.hints) for one in replays), sum(len(one.false) for one in replays)
    lines.append(f"\n{len(replays)} sources, {months:.0f} months of one in all: {hints} hints, {false} false")
    lines += [f"{name}: {length} characters, {count} names" for name, length, count in pages()]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
