"""A new kind of source takes a file of its own, which this one is, and a row of SourceKind."""

from datetime import datetime, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Self

import pytest

from bot.errors import ConfigError
from bot.fetch import Fetcher, Response
from bot.model import SourceKind, SourceTraits
from bot.releases.naming.labs import Labs
from bot.settings.environment import Environment, read_environment
from bot.settings.feeds import Address, Config, OwnSpec
from bot.settings.file import as_yaml
from bot.sources.base import Memory, Poll
from bot.sources.build import build_sources, load_config
from bot.sources.entries import Entry
from bot.sources.posts import Reader, body_text, poll_of, unchanged
from bot.store.store import Store
from tests.support.fetching import FakeFetcher
from tests.support.house import House

LIST = "https://lab.example/releases.txt"
FEEDS = f"""
    labs:
      - id: moonshot
        name: Moonshot AI
        sources:
          - {{lines: "{LIST}", include: [Kimi], every: 5m}}
"""


# --- the kind: plain text, a title and an address in each line


class LinesSpec(OwnSpec):
    """A list in plain text, as feeds.yaml describes it."""

    lines: Address

    @property
    def id(self) -> str:
        """The name of this source in `status` and `poll --source`."""
        return "lines:" + self.lines.split("://", 1)[1]


class LinesSource:
    """Watches a list in plain text."""

    def __init__(self, spec: LinesSpec, lab: str, every: timedelta) -> None:
        self.id, self.url, self.every, self.kind = spec.id, spec.lines, every, SourceKind("lines")
        self.reader = Reader(spec.id, self.kind, lab, spec.include)

    @classmethod
    def of(cls, spec: LinesSpec, lab: str, config: Config, _environment: Environment) -> Self:
        return cls(spec, lab, spec.every or config.defaults.every)

    def poll(self, memory: Memory, fetch: Fetcher, now: datetime) -> Poll:
        answer = fetch.get(self.url, etag=memory.etag)
        lines = [line.rpartition(" ") for line in body_text(answer).splitlines()]
        entries = [Entry(title=title, link=link) for title, _, link in lines]
        return unchanged(answer, memory) or poll_of(answer, entries, (self.url,), self.reader, memory, now)


# --- its row


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> SourceKind:
    """Write the row: `LINES = ("lines", SourceTraits(...))` in the body of the enumeration."""
    row = str.__new__(SourceKind, "lines")
    row._name_, row._value_ = "LINES", "lines"
    row.traits = SourceTraits(
        rank=1,
        name="the lab's list",
        place="in the lab's list",
        link="List",
        confirms="The lab lists it",
        is_of_lab=True,
        spec=f"{__name__}:LinesSpec",
        source=f"{__name__}:LinesSource.of",
    )
    monkeypatch.setattr(SourceKind, "_member_names_", [*SourceKind._member_names_, row.name])
    monkeypatch.setitem(SourceKind._member_map_, row.name, row)
    monkeypatch.setitem(SourceKind._value2member_map_, row.value, row)
    return row


def written(folder: Path, text: str) -> Path:
    path = folder / "feeds.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return path


def serving(*lines: str) -> FakeFetcher:
    return FakeFetcher({LIST: Response(LIST, 200, {}, "\n".join(lines).encode())})


def test_it_is_read_from_feeds_yaml_and_announced_like_any_other(tmp_path: Path, kind: SourceKind) -> None:
    config = load_config(written(tmp_path, FEEDS))
    (source,) = build_sources(config, read_environment({}))
    assert (source.id, source.kind, source.every) == (
        "lines:lab.example/releases.txt",
        kind,
        timedelta(minutes=5),
    )
    house, labs = House(tmp_path), [lab.lab for lab in config.labs]
    house.store = house.poller.store = Store(tmp_path, labs)
    house.restart()
    house.poller.labs = Labs(labs)

    old = "Introducing Kimi K2 https://lab.example/k2"
    new = "Introducing Kimi K3 https://lab.example/k3"
    house.poller.fetch = serving(old)
    assert house.poller.poll([source]).announced == ()  # the baseline
    house.poller.fetch = serving(new, "We are hiring https://lab.example/jobs", old)
    assert len(house.poller.poll([source]).announced) == 1
    house.courier.deliver_all()

    (alert,) = house.channel.messages
    assert alert.content.text.startswith("Moonshot AI announced Kimi K3")
    shown = str(alert.content.blocks)
    assert "Seen in the lab's list" in shown
    assert "https://lab.example/k3" in shown


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("{lines: lab.example}", "(moonshot).sources[0].lines: write a whole address"),
        (f"{{lines: '{LIST}', item: li}}", "(moonshot).sources[0].item: there is no such key"),
        (f"{{line: '{LIST}'}}", "a source is a mapping with one of hub, feed, page, llm_stats, lines"),
    ],
    ids=["a wrong value", "a key of another kind", "a kind that nobody knows"],
)
def test_what_feeds_yaml_says_wrong_of_it_is_named_when_it_is_read(
    tmp_path: Path, source: str, complaint: str
) -> None:
    path = written(tmp_path, f"labs: [{{id: moonshot, name: Moonshot AI, sources: [{source}]}}]")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert str(caught.value).startswith(f"{path}: labs[0] (moonshot)")
    assert complaint in str(caught.value)


def test_its_lines_for_feeds_yaml_begin_with_its_key() -> None:
    assert as_yaml(LinesSpec(include=("Kimi",), lines=LIST)) == f"- lines: {LIST}\n  include:\n  - Kimi"
