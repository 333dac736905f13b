"""What `check --online` says of a source by reading it once."""

from pathlib import Path

import pytest
import yaml

from bot.errors import Failure, SourceError
from bot.model import SourceKind
from bot.run.checks import SourceCheck, check_sources
from bot.run.wiring import open_app
from tests.support.clock import FakeClock
from tests.support.house import ScriptedSource

FEED = "https://z.example/rss"
CONFIG = {"labs": [{"id": "zai", "name": "Z.ai", "sources": [{"feed": FEED}]}]}


@pytest.mark.parametrize(
    ("items", "error", "complaint"),
    [
        pytest.param(3, None, "", id="one that shows something is fine"),
        pytest.param(
            0, None, "it answers and shows nothing", id="one that shows nothing may be the wrong one"
        ),
        pytest.param(0, SourceError(Failure.GONE, "it is gone"), "it is gone", id="one that fails says why"),
    ],
)
def test_a_source_is_fine_if_it_shows_something(
    tmp_path: Path, items: int, error: SourceError | None, complaint: str
) -> None:
    (tmp_path / "feeds.yaml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    variables = {
        "CADENCEBOT_CONFIG": str(tmp_path / "feeds.yaml"),
        "CADENCEBOT_STATE": str(tmp_path / "state"),
    }
    source = ScriptedSource("feed:z.example/rss", SourceKind.FEED, FEED, others=items, error=error)
    with open_app(variables, FakeClock()) as app:
        [checked] = check_sources(app, [source], lambda: None)
    assert checked == SourceCheck(source.id, items, checked.complaint)
    assert checked.complaint.startswith(complaint)
    assert bool(checked.complaint) == bool(complaint)
