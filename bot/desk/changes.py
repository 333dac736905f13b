"""Changes of what a destination follows and how it is told, each with a line that tells the channel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce

from bot.clock import Clock
from bot.desk.limits import CHANGE, admit, told_with
from bot.desk.overlaps import overlaps, silences
from bot.desk.questions import Asker
from bot.desk.settings import settings_words
from bot.desk.undo import Back, Standing, restoring
from bot.errors import UsageError
from bot.model import ALL, Destination, Follow
from bot.outbox.audience import longest_mute, objection_to
from bot.outbox.digests import next_digest, plan_words
from bot.records import FROM_FILE, FROM_SLACK, Content, Mute, Preferences, Subscription
from bot.store.store import Store
from bot.views import answers
from bot.views.blocks import literal
from bot.views.commands import Command, MisunderstoodError, Spot, Suggestion, Verb
from bot.views.names import by_name

_LINE_LIMIT = 400
_COUNTERPARTS = {Verb.UNSUBSCRIBE: Verb.SUBSCRIBE, Verb.UNMUTE: Verb.MUTE}
_CADENCE_NEWS = (
    "Told once each: a lab that goes quiet or comes back, a burst, a first open-weight release, "
    "another class of licence, a record size."
)


@dataclass(frozen=True, slots=True)
class Changes:
    """Makes the changes that commands ask for. A command that comes twice changes nothing twice."""

    store: Store
    clock: Clock
    origin: str = FROM_SLACK

    def make(self, asker: Asker, destination: Destination, *commands: Command) -> Content:
        """Do what commands say, all of it or nothing, and return the confirmation with a way back.

        Raises UsageError where it cannot be done.
        """
        now = self.clock.now()
        with self.store.transaction():
            before = self._standing(destination, now)
            said = [
                _DEEDS[command.verb](_Change(self.store, now, self.origin, asker, destination, command))
                for command in commands
            ]
            back = restoring(before, self._standing(destination, now), now)
        answer = reduce(answers.after, said)
        if not back or self.origin != FROM_SLACK:
            return answer
        return answers.undoable(answer, str(Back(now, destination, back)))

    def _standing(self, destination: Destination, now: datetime) -> Standing:
        return Standing.of(
            self.store.subscriptions.of_destination(destination),
            self.store.preferences.mutes(destination, now),
            self.store.preferences.of(destination),
        )

    def test_message(self, asker: Asker) -> Content:
        """Return the message of a test that is admitted, once. Raises UsageError."""
        with self.store.transaction():
            admit(self.store, asker, CHANGE, "test", self.clock.now())
        return Content(f"cadencebot can post here; {by_name(asker.name, asker.user)} asked.")


@dataclass(frozen=True, slots=True)
class _Change:
    """One change, inside a transaction: who wants it, where, and what; its texts speak to the asker."""

    store: Store
    now: datetime
    origin: str
    asker: Asker
    destination: Destination
    command: Command

    # --- following

    def subscribe(self) -> Content:
        wanted, filters, subscriptions = self._wanted, self.command.filters, self.store.subscriptions
        known = subscriptions.of_destination(self.destination)
        self._admit()
        changed = [
            subscriptions.add(
                Subscription(self.destination, one, filters, self.origin, self.now, self.asker.user)
            )
            for one in wanted
        ]
        is_new = any(changed)
        followed = f"{self._named} ({filters})" if str(filters) else self._named
        if is_new:
            self._tell(f"made {self._place} follow {followed}")
        said = f"{self._follows('now' if is_new else 'already')} {followed}"
        own = [one.filters for one in known if one.origin == self.origin and one.follow in wanted]
        former = sorted({str(one) or "no filter" for one in own}) if is_new else []
        instead = f", instead of {' and '.join(former)}" if former else ""
        return self._beside_the_newest(said, instead, wanted)

    def _beside_the_newest(self, said: str, instead: str, wanted: Sequence[Follow]) -> Content:
        """Return the confirmation with the newest release, and with what keeps away what is wanted."""
        filters, names = self.command.filters, {lab.id: lab.name for lab in self.command.labs}
        mutes = self.store.preferences.mutes(self.destination, self.now)
        notes = [*silences(wanted, mutes, names, self._spot)]
        if self.command.cadence:
            return answers.said(" ".join([f"{said}.", *notes]), [_CADENCE_NEWS])
        if str(filters):
            known = self.store.subscriptions.of_destination(self.destination)
            notes += overlaps(wanted, self.origin, known, names, self._follows("also"))
        _, waves = self.store.history.recent([*names], limit=1)
        newest = next(iter(waves), None)
        left_out = "its variants alone are wanted" if filters.kinds == "variants" else ""
        if newest and not left_out:
            left_out = objection_to(newest, filters)[1]
        return answers.subscribed_answer(
            f"{said}{instead}.", newest, self.now, left_out=left_out, notes=list(dict.fromkeys(notes))
        )

    def unsubscribe(self) -> Content:
        command, wanted, subscriptions = self.command, self._wanted, self.store.subscriptions
        if command.everything and not command.cadence and not command.confirmed:
            return answers.confirm_answer(f"Unsubscribe {self._place} from everything?", command.text)
        self._admit()
        gone = subscriptions.remove(self.destination, wanted)
        if gone:
            self._tell(f"made {self._place} unfollow {self._named}")
        rest = [
            one
            for one in subscriptions.of_destination(self.destination)
            if Follow(ALL) in wanted or any(one.follow.covers(other) for other in wanted)
        ]
        if not gone:
            missing = UsageError(f"{self._named} is not followed in {self._place}: `list` shows what is")
            raise self._still_followed(rest) if rest else missing
        said = f"{self._follows('no longer')} {self._named}"
        if not rest:
            ends_all = command.everything and not command.cadence
            return answers.said(f"{self._follows('now')} nothing any more." if ends_all else f"{said}.")
        if any(one.origin == FROM_FILE for one in rest):
            return answers.said(f"{said} by itself: what feeds.yaml says still stands, and is changed there.")
        return answers.said(f"{said} by name: it still comes with all labs; mute it to hear nothing of it.")

    def _still_followed(self, rest: Sequence[Subscription]) -> MisunderstoodError:
        """Return what a command cannot end: a subscription of feeds.yaml, or one to all labs."""
        if any(one.origin == FROM_FILE for one in rest):
            why = f"by feeds.yaml, where it is changed: mute it {self._spot.inside}, or ask who runs the bot"
            said = f"{self._follows('still')} {self._named} {why}"
        else:
            why = f"mute {self._named}, or name the labs it shall follow"
            said = f"{self._follows('still')} all labs: {why}"
        labs = " ".join(lab.id for lab in self.command.labs) or ALL
        mute = Suggestion(f"Mute {self._named}", self._spot.about(f"mute {labs}"))
        return MisunderstoodError(said, (mute,))

    # --- muting

    def mute(self) -> Content:
        until = self.now + self.command.span if self.command.span else None
        how_long = f"until {until:%Y-%m-%d %H:%M} UTC" if until else "until it is unmuted"
        self._admit()
        mutes = [Mute(self.destination, one.lab, until, self.asker.user) for one in self._wanted]
        changed = [self.store.preferences.mute(mute) for mute in mutes]
        if any(changed):
            self._tell(f"muted {self._named} in {self._place} {how_long}")
        return answers.said(f"{self._named}: nothing is posted in {self._place} {how_long}.")

    def unmute(self) -> Content:
        self._admit()
        gone = self.store.preferences.unmute(self.destination, [one.lab for one in self._wanted])
        if gone:
            self._tell(f"unmuted {self._named} in {self._place}")
        all_muted = longest_mute(self.store.preferences.mutes(self.destination, self.now), ALL)
        if all_muted:
            muted = f"all labs are muted in {self._place}"
            if not gone:
                everything = (Suggestion("Unmute all", self._spot.about(f"unmute {ALL}")),)
                raise MisunderstoodError(f"{muted}, and {self._named} with them", everything)
            return answers.said(f"{self._named} is no longer muted by itself, but {muted}.")
        if not gone:
            raise UsageError(f"{self._named} is not muted in {self._place}")
        return answers.said(f"{self._named} is heard again in {self._place}.")

    # --- how it is told

    def set_digest(self) -> Content:
        digest = self.command.digest
        plan = plan_words(digest) if digest else "off"
        wanted = replace(self.store.preferences.of(self.destination), digest=digest)
        due = self._prefer(wanted, f"set the digest of {self._place}: {plan}")
        return answers.digest_answer(wanted, due, self._spot)

    def set_preferences(self) -> Content:
        known, changed = self.store.preferences.of(self.destination), self.command.preferences
        if changed.get("notify") and self.destination.is_person:
            raise UsageError("in your own messages there is nobody else to call: set it in a channel")
        wanted = replace(known, **changed)
        self._prefer(wanted, f"set {settings_words(changed)} in {self._place}")
        return answers.settings_answer(wanted)

    def _prefer(self, wanted: Preferences, deed: str) -> datetime | None:
        """Store how the destination wants to be told; return when its next digest is due, if it wants one."""
        due = next_digest(wanted.digest, self.now) if wanted.digest else None
        self._admit()
        if wanted != self.store.preferences.of(self.destination):
            self.store.preferences.set(self.destination, wanted, due)
            self.store.deliveries.wake(self.destination, self.now)  # it may be quiet no longer
            self._tell(deed)
        return due

    # --- telling

    def _admit(self) -> None:
        """Note a change by somebody in Slack who may still make one. Raises UsageError."""
        if self.origin == FROM_SLACK:
            admit(self.store, self.asker, CHANGE, self.command.text, self.now)

    def _tell(self, deed: str) -> None:
        """Owe a channel the line of a change, so that nobody is surprised.

        One that is still to be sent says it along with what it says already, and no alert waits for more than
        one. A person's own messages need none, and who changes things on the command line is nobody in Slack.
        """
        if self.destination == self.asker.person or self.origin != FROM_SLACK:
            return
        deliveries, untold = self.store.deliveries, self.store.deliveries.untold_change(self.destination)
        sentence = f"{by_name(self.asker.name, self.asker.user)} {literal(deed, _LINE_LIMIT)}."
        line = told_with(untold.content if untold else None, self._topic, sentence)
        if untold:
            deliveries.settle(untold.sequence, "skipped", "a later line says it along", self.now)
        identity = f"{self.asker.request}|{self.command.text}"  # one request may make several changes
        deliveries.owe_line(identity, self.destination, line, self.now, known_until=None, kind="change")

    @property
    def _topic(self) -> str:
        """Return what a change is about: a later one about the same takes its place."""
        verb, about = self.command.verb, " ".join(self.command.preferences) or self._named
        return f"{_COUNTERPARTS.get(verb, verb)} {about}"

    @property
    def _wanted(self) -> list[Follow]:
        """What the command is about. Raises UsageError where it names nothing."""
        command = self.command
        if not command.everything and not command.labs:
            raise UsageError("name a lab, or all: `labs` lists them")
        labs = [ALL] if command.everything else [lab.id for lab in command.labs]
        return [Follow(lab, command.cadence) for lab in labs]

    @property
    def _named(self) -> str:
        """What people call what the command is about."""
        command = self.command
        labs = "all labs" if command.everything else ", ".join(lab.name for lab in command.labs)
        return f"the cadence of {labs}" if command.cadence else labs

    @property
    def _spot(self) -> Spot:
        return self.asker.spot(self.destination)

    @property
    def _place(self) -> str:
        """What people call the destination: themselves, where they are, or its id."""
        if self.destination == self.asker.person:
            return "your messages"
        return "this channel" if self.destination == self.asker.destination else self.destination

    def _follows(self, how: str) -> str:
        """Return the beginning of a sentence: "You now follow", "This channel no longer follows"."""
        if self.destination == self.asker.person:
            return f"You {how} follow"
        place = "This channel" if self.destination == self.asker.destination else self.destination
        return f"{place} {how} follows"


_DEEDS: Mapping[Verb, Callable[[_Change], Content]] = {
    Verb.SUBSCRIBE: _Change.subscribe,
    Verb.UNSUBSCRIBE: _Change.unsubscribe,
    Verb.MUTE: _Change.mute,
    Verb.UNMUTE: _Change.unmute,
    Verb.DIGEST: _Change.set_digest,
    Verb.SETTINGS: _Change.set_preferences,
}
