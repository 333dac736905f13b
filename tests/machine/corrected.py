"""What people correct while the bot lives: a part of the state machine."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from bot.desk.corrections import Corrector
from bot.errors import UsageError
from bot.model import Release
from tests.machine.bot import Bot
from tests.support.made_up import named

CORRECTIONS = (
    {"license": "apache-2.0"},
    {"parameters": "35b"},
    {"kind": "product"},  # no release at all: it is withdrawn
    {"kind": "variant"},
    {"lab": "moonshot"},
    {"lab": "zai"},
)


class Corrected(RuleBasedStateMachine):
    """Correct what the bot knows, take corrections back, and split off repositories."""

    bot: Bot
    unlicensed: set[str]
    corrected: list[str]  # the keys of the releases that were, ever
    withdrawn: set[str]  # the names of those that were said to be none, ever
    apart: int

    def _known(self) -> list[Release]:
        """Return the releases that the bot knows by a name that no other one has."""
        rows = self.bot.query("SELECT key FROM release ORDER BY id")
        found = (self.bot.store.history.named(str(row["key"])) for row in rows)
        return [releases[0] for releases in found if len(releases) == 1]

    @property
    def _corrector(self) -> Corrector:
        return Corrector(self.bot.store, self.bot.labs, self.bot.clock)

    @rule(data=st.data(), wanted=st.sampled_from(CORRECTIONS))
    def correct(self, data: st.DataObject, wanted: dict[str, str]) -> None:
        release = data.draw(st.sampled_from(self._known()))
        self._corrector.correct(release, wanted, "ana")
        self.corrected.append(release.name.release_key)
        if wanted.get("kind") == "product":
            self.withdrawn |= named(release.name.display)
        if "license" in wanted:
            self.unlicensed -= named(release.name.display)

    @precondition(lambda self: self.corrected)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self.corrected))
        try:
            self._corrector.undo(self._corrector.find(key))
        except UsageError:  # a backup that was put back does not know of it, or it was taken back before
            return

    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        """Make a release of a variant, by a name that nothing else has."""
        several = [one for one in self._known() if len({it.repository for it in one.artifacts}) > 1]
        if not several:
            return
        release = data.draw(st.sampled_from(several))
        repository = release.artifacts[-1].repository
        self.apart += 1
        self._corrector.correct(release, {"split": repository, "named": f"Apart-{self.apart}"}, "ana")
        self.corrected.append(release.name.release_key)
