"""feeds.yaml is changed while the bot works: what is right takes effect, what is wrong changes nothing."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.errors import Failure, SourceError, StoreError
from bot.fetch import Response
from bot.fetch.client import HttpFetcher
from bot.model import Destination
from bot.records import AddedLab
from bot.run.monitor import monitoring
from bot.run.wiring import App
from tests.crash.world import repository
from tests.support.clock import FakeClock
from tests.support.life import ZAI, Life, living


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with living(tmp_path) as life:
        yield life


def test_a_lab_that_is_written_into_the_file_is_watched_from_then_on(life: Life) -> None:
    life.write(lambda file: file["labs"].append(ZAI))
    life.tick()
    life.poll()
    life.hub.put(repository("zai-org/GLM-5.1"))
    life.poll()
    assert life.sources == ["hub:moonshotai", "hub:zai-org"]
    assert ["GLM-5.1" in text for text in life.told("C0ONE")] == [True]


def test_a_lab_that_is_taken_out_is_watched_no_more(life: Life) -> None:
    life.write(lambda file: file["labs"].append(ZAI))
    life.tick()
    life.write(lambda file: file["labs"].pop(0))
    life.tick()
    life.hub.put(repository("moonshotai/Kimi-K2.6"))
    life.poll()
    assert life.told("C0ONE") == []


def test_everything_else_takes_effect_as_well(life: Life) -> None:
    def change(file: dict[str, Any]) -> None:
        file["labs"][0]["name"] = "Moonshot AI"
        file["subscriptions"] = [{"channel": "C0TWO", "labs": "all"}]
        file["admins"] = []
        file["defaults"] = {"group": "1h"}

    life.write(change)
    life.tick()
    assert [one.destination for one in life.app.store.subscriptions.all()] == ["C0TWO"]
    assert list(life.engines.poller.admins) == []
    assert life.engines.poller.settings == life.app.settings
    with life.app.reading() as reading:
        for store in (life.app.store, reading):
            assert {wave.lab.name for wave in store.history.recent()[1]} == {"Moonshot AI"}


def test_what_was_lent_for_reading_knows_the_labs_as_well(life: Life) -> None:
    with life.app.reading() as reading:
        life.write(lambda file: file["labs"][0].update(name="Moonshot AI"))
        life.tick()
        assert {wave.lab.name for wave in reading.history.recent()[1]} == {"Moonshot AI"}


def test_what_watches_the_bot_knows_of_the_new_sources(life: Life) -> None:
    with monitoring(life.app, life.engines) as monitor:
        life.write(lambda file: file["labs"].append(ZAI))
        life.tick()
        monitor.tick()
        assert sorted(monitor.vitals.every) == life.sources == ["hub:moonshotai", "hub:zai-org"]


def test_what_watches_the_bot_sees_a_failure_within_seconds_and_reads_who_was_polled(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, sources, seconds = life.app.clock, life.app.store.sources, timedelta(seconds=15)
    assert isinstance(clock, FakeClock)
    with monitoring(life.app, life.engines) as monitor:
        monitor.tick()
        monkeypatch.setattr(sources, "states", lambda: pytest.fail("all were read once in this minute"))
        for failures in (1, 2):
            clock.advance(seconds)
            with life.app.store.transaction():
                error, now = SourceError(Failure.TIMEOUT, "slow"), clock.now()
                sources.failed("hub:moonshotai", error, now, now + seconds)
            assert monitor.tick()
            assert monitor.vitals.state("hub:moonshotai").failures == failures


def test_what_watches_each_of_two_processes_sees_what_the_other_one_sees(life: Life) -> None:
    clock, store = life.app.clock, life.app.store
    assert isinstance(clock, FakeClock)
    with monitoring(life.app, life.engines) as one, monitoring(life.app, life.engines) as other:
        for second in range(0, 120, 5):
            (other if second % 10 else one).tick()
            if second == 60:  # the first has just looked, and the other is about to read everything anew
                with store.transaction():
                    error, now = SourceError(Failure.TIMEOUT, "slow"), clock.now()
                    store.sources.failed("hub:moonshotai", error, now, now + timedelta(hours=1))
            clock.advance(timedelta(seconds=5))
        assert [monitor.vitals.state("hub:moonshotai").failures for monitor in (one, other)] == [1, 1]


WRONG: list[Any] = [
    pytest.param(lambda file: file["labs"][0].update(colour="red"), "there is no such key", id="a wrong key"),
    pytest.param(lambda file: file.clear(), "labs: is missing", id="nothing in it"),
    pytest.param(
        lambda file: file["labs"][0].update(id="kimi"), "move-lab moonshot kimi", id="a lab's changed id"
    ),
    pytest.param(
        lambda file: file["labs"][0]["sources"].append({"page": "https://x.example", "item": "a["}),
        "no CSS selector",
        id="a selector that is none",
    ),
    pytest.param(
        lambda file: file["subscriptions"].append({"channel": "T9/C1", "labs": "all"}),
        "serves one workspace",
        id="a place that no token leads to",
    ),
    pytest.param(
        lambda file: file["admins"].append("T9/U1"), "serves one workspace", id="an admin who cannot be told"
    ),
    pytest.param(
        lambda file: file.update(webhooks=[{"id": "teams", "url": "https://x.example/", "labs": "all"}]),
        "CADENCEBOT_WEBHOOK_TEAMS_SECRET is not set",
        id="a webhook without its secret",
    ),
]


@pytest.mark.logs("feeds_yaml_wrong")
@pytest.mark.parametrize(("change", "complaint"), WRONG)
def test_a_wrong_file_changes_nothing_and_is_told_once(
    life: Life, change: Callable[[dict[str, Any]], object], complaint: str
) -> None:
    before = life.app.config, life.sources, life.app.store.subscriptions.all()
    life.write(change)
    life.tick(5)
    life.poll()
    assert (life.app.config, life.sources, life.app.store.subscriptions.all()) == before
    [remark] = life.app.remarks
    assert complaint in remark
    [line] = life.told("U0BOSS")
    assert complaint in line
    assert "I go on with what it said before" in line


@pytest.mark.logs("feeds_yaml_wrong")
def test_a_file_that_is_gone_is_a_wrong_one_and_right_again_when_it_is_back(life: Life) -> None:
    content = life.file.read_text(encoding="utf-8")
    life.file.unlink()
    life.tick(3)
    assert "is not there" in life.app.wrong
    life.file.write_text(content, encoding="utf-8")
    life.tick()
    assert life.app.remarks == ()


@pytest.mark.logs("feeds_yaml_wrong")
def test_each_mistake_is_told_and_after_them_what_is_right_counts(life: Life) -> None:
    for text in ("labs: [", "labs: []"):
        life.file.write_text(text, encoding="utf-8")
        life.tick()
        life.poll()
    life.file.write_text(yaml.safe_dump({"labs": [ZAI], "admins": ["U0BOSS"]}), encoding="utf-8")
    life.tick()
    assert len(life.told("U0BOSS")) == 2
    assert life.app.remarks == ()
    assert life.sources == ["hub:zai-org"]


def test_a_file_that_is_still_being_written_is_not_read(life: Life) -> None:
    whole = life.file.read_text(encoding="utf-8")
    for end in (3, 200, len(whole)):
        life.file.write_text(whole[:end], encoding="utf-8")
        life.tick(1)
    life.tick(1)
    assert life.app.remarks == ()


def test_a_file_that_says_the_same_changes_nothing(life: Life) -> None:
    poller = life.engines.poller
    before = poller.sources
    life.write(lambda file: file["labs"][0].update(country=""))
    life.tick()
    assert poller.sources is before


@pytest.mark.logs("source_failed")
def test_what_a_former_source_is_reading_is_dropped_and_read_again(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else an organisation that is respelt meanwhile would be two, and what came out between them lost."""
    reached, go_on, get = threading.Event(), threading.Event(), HttpFetcher.get

    def slow(self: HttpFetcher, url: str, **options: Any) -> Response:
        answer = get(self, url, **options)
        reached.set()
        go_on.wait(20)
        return answer

    life.hub.put(repository("moonshotai/Kimi-K2.6"))
    monkeypatch.setattr(HttpFetcher, "get", slow)
    reading = threading.Thread(target=life.poll)
    reading.start()
    assert reached.wait(20)
    life.write(lambda file: file["labs"][0].update(sources=[{"hub": "MoonshotAI"}]))
    life.tick()
    go_on.set()
    reading.join(20)
    assert life.told("C0ONE") == []
    life.poll()
    assert ["Kimi-K2.6" in text for text in life.told("C0ONE")] == [True]
    assert [*life.app.store.sources.states()] == ["hub:MoonshotAI"]


def test_where_the_database_refuses_it_is_tried_again(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    life.write(lambda file: file["labs"].append(ZAI))
    with monkeypatch.context() as patch:

        def refuse(*_: object) -> None:
            raise StoreError("the disk is full")

        patch.setattr(App, "sync_subscriptions", refuse)
        life.tick(1)
        with pytest.raises(StoreError):
            life.tick(1)
        assert life.sources == ["hub:moonshotai"]
    life.tick(1)
    assert life.sources == ["hub:moonshotai", "hub:zai-org"]
    assert Destination("C0ONE") in {one.destination for one in life.app.store.subscriptions.all()}


class TestAddedBesideTheFile:
    """A lab of the table `added_lab` is watched like one of the file, and the file wins."""

    @staticmethod
    def add(life: Life, lab: str = "zai", organisation: str = "zai-org") -> None:
        written = {"name": lab.title(), "sources": [{"hub": organisation}]}
        with life.app.store.transaction():
            life.app.store.added.set(AddedLab(lab, written, "ana", life.app.clock.now()))

    def test_it_is_watched_a_tick_later(self, life: Life) -> None:
        self.add(life)
        life.tick(1)
        assert life.sources == ["hub:moonshotai", "hub:zai-org"]
        assert life.app.labs.find("zai")

    def test_once_it_stands_in_the_file_nothing_of_it_is_forgotten(self, life: Life) -> None:
        self.add(life)
        life.tick()
        life.poll()
        life.hub.put(repository("zai-org/GLM-5.1"))
        life.write(lambda file: file["labs"].append(ZAI))
        life.tick()
        life.poll()
        assert ["GLM-5.1" in text for text in life.told("C0ONE")] == [True]
        [remark] = life.app.remarks
        assert "feeds.yaml names it as well" in remark

    def test_what_no_version_can_read_is_left_aside_and_said(self, life: Life) -> None:
        with life.app.store.transaction():
            life.app.store.added.set(AddedLab("odd", {"name": ""}, "ana", life.app.clock.now()))
        life.tick()
        [remark] = life.app.remarks
        assert "The lab odd, which was added beside feeds.yaml, is not watched" in remark

    @pytest.mark.logs("feeds_yaml_wrong")
    def test_a_wrong_file_keeps_it_waiting(self, life: Life) -> None:
        life.file.write_text("labs: [", encoding="utf-8")
        life.tick()
        self.add(life)
        life.tick()
        assert life.sources == ["hub:moonshotai"]
        life.file.write_text(yaml.safe_dump({"labs": [ZAI]}), encoding="utf-8")
        life.tick()
        assert life.sources == ["hub:zai-org"]
