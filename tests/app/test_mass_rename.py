"""Four consecutive listings of one organisation across a mass rename announce nothing."""

import gzip
import json
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.errors import Failure, SourceError
from bot.fetch import Response
from bot.model import Lab
from bot.releases.naming.labs import Labs
from bot.sources.hub import HubSource
from bot.sources.specs import HubSpec
from bot.store.store import Store
from tests.support.house import House
from tests.support.shared import DATA, needs_shared

BODIES = sorted((DATA / "hub" / "rename_replay").glob("*.json.gz"))


class Replay:
    """Serve the captured listings, one after the other; the details of a repository from its row."""

    def __init__(self) -> None:
        self.body = b"[]"

    def get(self, url: str, **_: object) -> Response:
        if "/api/models?" in url:
            return Response(url, 200, {}, self.body)
        for row in json.loads(self.body):
            if url.partition("?")[0].endswith(f"/api/models/{row['id']}"):
                files = [{"rfilename": "model.safetensors", "size": 4_000_000_000}]
                return Response(url, 200, {}, json.dumps({**row, "siblings": files}).encode())
        raise SourceError(Failure.GONE, f"{url} is not there")


@needs_shared
def test_a_mass_rename_announces_nothing(tmp_path: Path) -> None:
    house = House(tmp_path)
    labs = (Lab("thebloke", "TheBloke", owners=("TheBloke",)),)
    house.store = Store(tmp_path, labs)
    fetch = Replay()
    source = HubSource(
        HubSpec(hub="TheBloke"),
        "thebloke",
        endpoint="https://huggingface.co",
        every=timedelta(minutes=30),
        hold=timedelta(hours=6),
    )
    poller = house.poller
    poller.store, poller.labs, poller.fetch, poller.sources = house.store, Labs(labs), fetch, [source]
    rows = []
    for body in BODIES:
        fetch.body = gzip.decompress(body.read_bytes())
        rows.append({row["_id"]: row["id"] for row in json.loads(fetch.body)})
        polled = poller.poll([source])
        assert polled.failed == ()
        assert polled.announced == ()
        house.later(minutes=30)
    renamed = {
        hub_id
        for before, after in pairwise(rows)
        for hub_id in before
        if after.get(hub_id, before[hub_id]) != before[hub_id]
    }
    assert len(renamed) >= 10, "the captured listings do show a mass rename"
    assert pytest.approx(len(rows[0]), rel=0.1) == house.store.sources.state(source.id).usual_count
