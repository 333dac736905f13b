"""Whatever a launch looks like, and whatever comes out beside it, it makes one alert."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.model import Sighting, SourceKind
from tests.support.house import LABS, House, ScriptedSource, amended
from tests.support.shm import MEMORY
from tests.support.stories import Shown, Story, stories

_OVER = 3  # days after which nothing waits any more


class Labs:
    """A house whose labs each tell a story at the same time."""

    def __init__(self, directory: Path, told: Sequence[Story]) -> None:
        self.house = House(directory)
        self.page = ScriptedSource("page:news", SourceKind.PAGE, "https://news.example/", others=1)
        self.house.poller.poll([self.page])
        self.announced: list[str] = []
        self.ids: dict[str, str] = {}
        for day, lab, shown in sorted(
            (
                (shown.day, lab.id, shown)
                for lab, story in zip(LABS, told, strict=True)
                for shown in story.shown
            ),
            key=lambda event: event[:2],
        ):
            self._wait_until(day)
            self._show(shown, lab)
        self._wait_until(self._today + _OVER)
        self.house.courier.deliver_all()

    _today = 0.0

    def _wait_until(self, day: float) -> None:
        """Let time pass, and what waits be decided at least once a day."""
        while self._today < day:
            step = min(1.0, day - self._today)
            self.house.later(days=step)
            self._today += step
            self._poll(self.house.listing)

    def _poll(self, source: ScriptedSource) -> None:
        polled = self.house.poller.poll([source])
        assert polled.failed == ()
        assert all(report.held == 0 for report in polled.reports)
        self.announced += polled.announced

    def _show(self, shown: Shown, lab: str) -> None:
        sources = {
            "hub": self.house.hub,
            "blog": self.house.blog,
            "page": self.page,
            "listing": self.house.listing,
        }
        source, sighting = sources[shown.kind], self._sighting(shown, lab)
        source.shown = [one for one in source.shown if one.external_id != sighting.external_id]
        source.shown.append(sighting)
        self._poll(source)
        source.shown[-1] = replace(sighting, amends=False)

    def _sighting(self, shown: Shown, lab: str) -> Sighting:
        if shown.kind == "hub":
            return self._repository(shown, lab)
        if shown.kind == "listing":
            row = self.house.row(shown.text, lab)
            return replace(row, external_id=f"{lab}/{row.external_id}")
        links = (f"https://huggingface.co/{shown.link}",) if shown.link else ()
        post = replace(self.house.post(shown.text, lab), links=links, external_id=f"{lab}: {shown.text}")
        if shown.kind == "blog":
            return post
        url = f"{self.page.url}{len(self.page.shown)}"
        return replace(post, source=SourceKind.PAGE, source_id=self.page.id, external_id=url, url=url)

    def _repository(self, shown: Shown, lab: str) -> Sighting:
        hub_id = self.ids.get(shown.was) or f"{'again' if shown.again else 'first'}:{shown.text}"
        self.ids[shown.text] = hub_id
        sighting = self.house.repository(shown.text, hub_id, lab)
        return amended(sighting) if shown.was or shown.again else sighting


# A failure names the stories that went wrong; to find shorter ones would take minutes.
@settings(phases=set(Phase) - {Phase.shrink})
@given(st.tuples(*(stories(lab.id, lab.owners[0]) for lab in LABS)))
def test_each_launch_makes_one_alert(told: tuple[Story, ...]) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as directory:
        labs = Labs(Path(directory), told)
    made = {lab.id: [key for key in labs.announced if key.startswith(f"{lab.id}/")] for lab in LABS}
    wrong = {
        lab.id: (made[lab.id], story)
        for lab, story in zip(LABS, told, strict=True)
        if len(made[lab.id]) != story.launches
    }
    assert not wrong, wrong
    assert len(labs.house.channel.alerts) == len(labs.announced)
