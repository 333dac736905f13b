"""However feeds.yaml is edited, between two runs or while the bot works, nothing is told twice or lost."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from bot.errors import ConfigError
from tests.machine.feeds import ORGANISATIONS, FeedsWorld
from tests.support.made_up import names
from tests.support.shm import MEMORY
from tests.torture.long import LONG
from tests.torture.tally import Tally

organisations = st.sampled_from(sorted(ORGANISATIONS))


class Edits(RuleBasedStateMachine):
    """Edit the file in all ways that are allowed, while models come out."""

    def __init__(self, tally: Tally, *, lives_on: bool) -> None:
        super().__init__()
        self.tally = tally
        self.directory = tempfile.TemporaryDirectory(dir=MEMORY)
        self.world = FeedsWorld(Path(self.directory.name), lives_on=lives_on).__enter__()
        self.names = names()
        self.labs = 0
        self.old = set[str]()  # what is no news
        self.due = set[str]()  # what the next run announces
        self.perhaps = set[str]()  # what came out while nobody watched
        self.told = set[str]()
        self.left = dict[str, str]()  # the labs of the organisations that were taken out
        self.gave = set[str]()  # labs that gave an organisation to another
        self.beside = dict[str, str]()  # the labs of the organisations that were added beside the file
        self.homes = dict[str, str]()  # the repository of each release
        for organisation in ORGANISATIONS:
            self.old.add(self._publish(organisation))
        self.world.run()

    def _publish(self, organisation: str) -> str:
        name = next(self.names)
        self.homes[name] = f"{organisation}/{name}"
        self.world.publish(self.homes[name])
        return name

    def _spelt(self, organisation: str) -> str:
        """Return how the file spells an organisation, "" where it does not stand there."""
        return next((it for it in self.world.written if it.lower() == organisation), "")

    def _alone(self, organisation: str) -> bool:
        """Whether its lab has no other."""
        lab = self.world.written[self._spelt(organisation)]
        return list(self.world.written.values()).count(lab) == 1

    # --- what comes out

    @rule(organisation=organisations)
    def publish(self, organisation: str) -> None:
        is_watched = self._spelt(organisation) or organisation in self.beside
        (self.due if is_watched else self.perhaps).add(self._publish(organisation))

    @precondition(lambda self: self.told)
    @rule(data=st.data(), organisation=organisations)
    def hand_over(self, data: st.DataObject, organisation: str) -> None:
        """Move a repository to another organisation, where it keeps its `_id`."""
        name = data.draw(st.sampled_from(sorted(self.told)))
        former, self.homes[name] = self.homes[name], f"{organisation}/{name}"
        if former != self.homes[name]:
            self.world.hub.rename(former, self.homes[name])

    # --- the file

    @rule(organisation=organisations)
    def spell(self, organisation: str) -> None:
        spelt = self._spelt(organisation)
        self.tally.count("faults", "feeds.yaml: respelt", bool(spelt))
        if spelt:
            lab = self.world.written.pop(spelt)
            self.world.written[organisation.title() if spelt == organisation else organisation] = lab

    @rule(organisation=organisations, data=st.data())
    def give_to_another_lab(self, organisation: str, data: st.DataObject) -> None:
        spelt = self._spelt(organisation)
        if spelt and not self._alone(organisation):
            self.tally.count("faults", "feeds.yaml: moved")
            self.gave.add(self.world.written[spelt])
            self.world.written[spelt] = data.draw(st.sampled_from(sorted(set(self.world.written.values()))))

    @rule(organisation=organisations)
    def remove(self, organisation: str) -> None:
        """Take an organisation out, but not the last one of a lab that gave one away: that is a move."""
        spelt = self._spelt(organisation)
        is_move = bool(spelt) and self._alone(organisation) and self.world.written[spelt] in self.gave
        if spelt and len(self.world.written) > 1 and not is_move:
            self.tally.count("faults", "feeds.yaml: removed")
            self.left[organisation] = self.world.written.pop(spelt)
            gone = self._of(organisation, self.due)
            self.due -= gone
            self.perhaps |= gone

    @rule(organisation=organisations)
    def add_again(self, organisation: str) -> None:
        is_free = not self._spelt(organisation) and organisation not in self.beside
        if is_free and self.left[organisation] not in self.beside.values():
            self.tally.count("faults", "feeds.yaml: added again")
            self.world.written[organisation] = self.left.pop(organisation)

    # --- beside the file

    @rule(organisation=organisations)
    def add_beside(self, organisation: str) -> None:
        """Add an organisation as people do in Slack: what it shows at first is no news."""
        if self._spelt(organisation) or organisation in self.beside:
            return
        lab = self.world.add(organisation)
        self.tally.count("faults", "feeds.yaml: added beside it", bool(lab))
        if not lab:
            return
        if lab != self.left[organisation]:
            self.gave.add(self.left[organisation])
        silent = self._of(organisation, self.perhaps) - self.told
        self.perhaps -= silent
        self.old |= silent
        self.beside[organisation] = lab
        self.run()

    @precondition(lambda self: self.beside)
    @rule(data=st.data())
    def remove_beside(self, data: st.DataObject) -> None:
        organisation = data.draw(st.sampled_from(sorted(self.beside)))
        if self.world.remove(self.beside[organisation]):
            self.tally.count("faults", "feeds.yaml: removed beside it")
            self.left[organisation] = self.beside.pop(organisation)
            gone = self._of(organisation, self.due)
            self.due -= gone
            self.perhaps |= gone

    @precondition(lambda self: self.beside)
    @rule(data=st.data())
    def take_into_the_file(self, data: st.DataObject) -> None:
        """Paste what `labs export` prints, and forget that it was added."""
        organisation = data.draw(st.sampled_from(sorted(self.beside)))
        self.tally.count("faults", "feeds.yaml: exported into it")
        self.world.written[organisation] = lab = self.beside.pop(organisation)
        self.run()
        assert self.world.remove(lab)

    def _of(self, organisation: str, names: set[str]) -> set[str]:
        return {name for name in names if self.homes[name].startswith(f"{organisation}/")}

    @rule(organisation=organisations)
    def rename_a_lab(self, organisation: str) -> None:
        """Give a lab another id: the bot does not start before what it knows has moved, too.

        Of one that shows only what was known of others before, nothing is known.
        """
        spelt = self._spelt(organisation)
        if not spelt:
            return
        self.run()  # so that the lab is one that it knows, if it has shown anything of its own
        if not self.world.knows(self.world.written[spelt]):
            return
        old, new = self.world.written[spelt], f"lab{self.labs}"
        self.labs += 1
        before = self.world.written
        self.world.written = {it: new if lab == old else lab for it, lab in self.world.written.items()}
        self.tally.count("faults", "feeds.yaml: a lab renamed")
        with pytest.raises(ConfigError, match=f"move-lab {old} ") as refused:
            self.world.run()
        if f"move-lab {old} {new}" not in str(refused.value):  # what it gave away speaks for another lab
            self.world.written = before
            return
        self.world.move_lab(old, new)
        self.left = {it: new if lab == old else lab for it, lab in self.left.items()}
        self.gave = {new if lab == old else lab for lab in self.gave}

    @rule()
    def run(self) -> None:
        self.world.run()
        announced = self.world.announced()
        twice = {name for name, times in announced.items() if times > 1}
        lost = self.due - set(announced)
        self.tally.count("doubled", "feeds.yaml: releases", len(twice))
        self.tally.count("lost", "feeds.yaml: releases", len(lost))
        assert not twice
        assert not lost
        assert not set(announced) & self.old
        self.told |= set(announced)
        self.due.clear()

    def teardown(self) -> None:
        try:
            self.run()
        finally:
            self.world.__exit__()
            self.directory.cleanup()


@pytest.mark.slow
@pytest.mark.logs(
    "validators_distrusted",  # of a listing that is again what it was two readings ago
    "feeds_yaml_wrong",  # of a lab whose id was changed in the file alone
)
@pytest.mark.parametrize("lives_on", [False, True], ids=["between its runs", "while the bot works"])
def test_nothing_is_announced_twice_or_lost_however_the_file_is_edited(tally: Tally, lives_on: bool) -> None:
    class Tallied(Edits):
        def __init__(self) -> None:
            super().__init__(tally, lives_on=lives_on)

    run_state_machine_as_test(
        Tallied,
        settings=settings(
            max_examples=150 if LONG else 5,
            stateful_step_count=30 if LONG else 12,
            suppress_health_check=list(HealthCheck),
            deadline=None,
        ),
    )


def test_an_organisation_that_is_spelt_otherwise_is_the_one_that_it_was(tmp_path: Path) -> None:
    """What came out since it was last read is news, and what it showed before is none."""
    with FeedsWorld(tmp_path) as world:
        world.written = {"amber-ai": "amber"}
        world.publish("amber-ai/Vavava-3")
        world.run()
        world.publish("amber-ai/Zuzuzu-3")
        world.written = {"Amber-AI": "amber"}
        world.run()
        world.run()
        assert world.announced() == {"Zuzuzu-3": 1}
