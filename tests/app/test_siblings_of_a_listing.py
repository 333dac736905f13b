"""What an organisation lists decides what a name in it means, from the Hub's answer to the alert."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.fetch import Response
from bot.sources.hub import HubSource
from bot.sources.specs import HubSpec
from tests.support.fetching import FakeFetcher
from tests.support.house import House

HUB = "https://huggingface.co"
LISTING = f"{HUB}/api/models"


class Organisation:
    """A watched organisation on the Hub, whose listing changes and has an ETag."""

    def __init__(self, house: House) -> None:
        self.house, self.names, self.fetch = house, ["moonshotai/Kimi-K1"], FakeFetcher()
        every = timedelta(minutes=2)
        source = HubSource(
            HubSpec(hub="moonshotai"), "moonshot", endpoint=HUB, every=every, hold=timedelta(hours=6)
        )
        house.poller.fetch, house.poller.sources = self.fetch, [source]
        self.poll()

    def shows(self, *names: str, weights: bool = True) -> None:
        self.names += [f"moonshotai/{name}" for name in names]
        self.poll(weights=weights)

    def poll(self, *, weights: bool = True) -> None:
        rows = [{"_id": f"{number:024x}", "id": name} for number, name in enumerate(self.names, 1)]
        etag = {"etag": f'W/"{len(rows)}"'}
        self.fetch.answers = {LISTING: Response(LISTING, 200, etag, json.dumps(rows).encode())}
        files = [{"rfilename": "model.safetensors", "size": 5_000_000}] if weights else []
        for row in rows:
            url = f"{LISTING}/{row['id']}"
            self.fetch.answers[url] = Response(url, 200, {}, json.dumps({**row, "siblings": files}).encode())
        self.house.later(minutes=3)
        assert self.house.poller.poll(self.house.poller.sources).failed == ()
        self.house.courier.deliver_all()


@pytest.fixture
def organisation(tmp_path: Path) -> Organisation:
    return Organisation(House(tmp_path))


def test_a_series_of_checkpoints_makes_no_alert(organisation: Organisation) -> None:
    organisation.shows("Kimi-Lab-RL-600", "Kimi-Lab-RL-800", "Kimi-Lab-RL-1000")
    assert organisation.house.channel.alerts == []


def test_checkpoints_that_come_one_by_one_are_silent_once_three_make_a_series(
    organisation: Organisation,
) -> None:
    organisation.shows("Kimi-Lab-RL-600")
    organisation.shows("Kimi-Lab-RL-800")
    told = len(organisation.house.channel.messages)
    organisation.shows("Kimi-Lab-RL-1000")
    organisation.shows("Kimi-Lab-RL-1200")
    assert len(organisation.house.channel.messages) == told


def test_a_training_stage_beside_a_known_model_makes_none(organisation: Organisation) -> None:
    organisation.shows("Kimi-K9-7B")
    organisation.shows("Kimi-K9-7B-S1")
    assert len(organisation.house.channel.alerts) == 1


def test_nor_one_whose_weights_come_while_the_listing_stays_as_it_was(organisation: Organisation) -> None:
    organisation.shows("Kimi-K9-7B")
    organisation.shows("Kimi-K9-7B-S1", weights=False)
    organisation.poll()
    assert organisation.house.store.sources.state("hub:moonshotai").cursor in (None, {})
    assert len(organisation.house.channel.alerts) == 1
