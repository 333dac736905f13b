"""Change what a destination follows and how it is told: a transaction each, and a line for the channel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from bot.desk.asker import Asker
from bot.desk.questions import Questions
from bot.errors import UsageError
from bot.outbox.schedule import next_digest, plan_words
from bot.records import ALL, CADENCE, FROM_FILE, FROM_SLACK, Content, Mute, Preferences, Subscription
from bot.store.store import Store
from bot.views import answers
from bot.views.commands import Command, MisunderstoodError, Suggestion, Verb
from bot.views.escape import literal

_LINE_LIMIT = 400
_RHYTHM = (
    "Told once each: a lab that goes quiet or comes back, a burst, a first open-weight release, "
    "another class of licence, a record size."
)
_REMOVED = "the workspace removed the bot; installing it again resumes"
_UNTIL_BACK = timedelta(hours=1)  # as after any refusal
_preferences: TypeAdapter[Preferences] = TypeAdapter(Preferences)


@dataclass(frozen=True, slots=True)
class Changes:
    """Make the changes that commands ask for. A command that comes twice changes nothing twice."""

    store: Store
    questions: Questions
    origin: str = FROM_SLACK

    def make(self, asker: Asker, destination: str, command: Command) -> Content:
        """Do what a command says and return the confirmation. Raises UsageError where it cannot be done."""
        match command.verb:
            case Verb.SUBSCRIBE:
                return self._subscribe(asker, destination, command)
            case Verb.UNSUBSCRIBE:
                return self._unsubscribe(asker, destination, command)
            case Verb.MUTE:
                return self._mute(asker, destination, command)
            case Verb.UNMUTE:
                return self._unmute(asker, destination, command)
            case Verb.DIGEST:
                return self._digest(asker, destination, command)
            case _:
                return self._set(asker, destination, command)

    def test(self, asker: Asker, destination: str) -> None:
        """Owe a destination a message that shows that the bot can post there."""
        line = f"cadencebot can post here; <@{asker.user}> asked."
        with self.store.transaction():
            self.store.deliveries.owe_line(
                asker.request, destination, Content(line), self._now(), known_until=None
            )

    def pause_team(self, team: str) -> None:
        """Pause the destinations of a workspace that removed the bot, "" being the only one."""
        now = self._now()
        with self.store.transaction():
            for destination in {one.destination for one in self.store.subscriptions.all()}:
                if destination.rpartition("/")[0] == team:
                    self.store.subscriptions.pause(destination, _REMOVED, now, now + _UNTIL_BACK)

    def resume(self, destinations: Callable[[str], bool]) -> None:
        """Let what is paused in these destinations go on at once."""
        now = self._now()
        with self.store.transaction():
            for destination in filter(destinations, self.store.subscriptions.pauses()):
                self.store.subscriptions.resume(destination)
                self.store.deliveries.hasten_to(destination, now)

    # --- following

    def _subscribe(self, asker: Asker, destination: str, command: Command) -> Content:
        now = self._now()
        before = {
            one.lab: one.filters
            for one in self.store.subscriptions.of_destination(destination)
            if one.origin == self.origin
        }
        with self.store.transaction():
            changed = [
                self.store.subscriptions.add(
                    Subscription(destination, lab, command.filters, self.origin, now, asker.user)
                )
                for lab in _wanted(command)
            ]
            if any(changed):
                self._tell(
                    asker, destination, f"made {_place(asker, destination)} follow {_followed(command)}"
                )
        so_far = "now" if any(changed) else "already"
        if command.rhythm:
            return answers.said(f"{_follows(asker, destination, so_far)} {_followed(command)}.", [_RHYTHM])
        newest = self.questions.newest([lab.id for lab in command.labs])
        told = f"{_follows(asker, destination, so_far)} {_followed(command)}"
        former = {str(before[lab]) or "no filter" for lab in _wanted(command) if lab in before}
        instead = f", instead of {' and '.join(sorted(former))}" if former and any(changed) else ""
        return answers.subscribed_answer(f"{told}{instead}.", newest, now)

    def _unsubscribe(self, asker: Asker, destination: str, command: Command) -> Content:
        if command.everything and not command.rhythm and not command.confirmed:
            return answers.confirm_answer(
                f"Unsubscribe {_place(asker, destination)} from everything?", command.text
            )
        wanted = _wanted(command)
        with self.store.transaction():
            gone = self.store.subscriptions.remove(destination, wanted)
            if gone:
                self._tell(
                    asker, destination, f"made {_place(asker, destination)} unfollow {_named(command)}"
                )
        rest = [one for one in self.store.subscriptions.of_destination(destination) if _covers(one, wanted)]
        if rest and not gone:
            raise _still_followed(_follows(asker, destination, "still"), command, rest)
        if not gone:
            place = _place(asker, destination)
            raise UsageError(f"{_named(command)} is not followed in {place}: `list` shows what is")
        told = f"{_follows(asker, destination, 'no longer')} {_named(command)}"
        if not rest:
            return answers.said(f"{told}.")
        if any(one.origin == FROM_FILE for one in rest):
            return answers.said(f"{told} by itself: what feeds.yaml says still stands, and is changed there.")
        return answers.said(f"{told} by name: it still comes with all labs; mute it to hear nothing of it.")

    # --- muting

    def _mute(self, asker: Asker, destination: str, command: Command) -> Content:
        until = self._now() + command.span if command.span else None
        with self.store.transaction():
            mutes = [Mute(destination, lab, until, asker.user) for lab in _wanted(command)]
            changed = [self.store.preferences.mute(mute) for mute in mutes]
            how_long = f"until {until:%Y-%m-%d %H:%M} UTC" if until else "until it is unmuted"
            if any(changed):
                self._tell(
                    asker, destination, f"muted {_named(command)} in {_place(asker, destination)} {how_long}"
                )
        return answers.said(
            f"{_named(command)}: nothing is posted in {_place(asker, destination)} {how_long}."
        )

    def _unmute(self, asker: Asker, destination: str, command: Command) -> Content:
        with self.store.transaction():
            gone = self.store.preferences.unmute(destination, _wanted(command))
            if gone:
                self._tell(asker, destination, f"unmuted {_named(command)} in {_place(asker, destination)}")
        if not gone:
            raise UsageError(f"{_named(command)} is not muted in {_place(asker, destination)}")
        return answers.said(f"{_named(command)} is heard again in {_place(asker, destination)}.")

    # --- how it is told

    def _digest(self, asker: Asker, destination: str, command: Command) -> Content:
        wanted = replace(self.store.preferences.of(destination), digest=command.digest)
        plan = plan_words(wanted.digest) if wanted.digest else "off"
        self._prefer(asker, destination, wanted, f"set the digest of {_place(asker, destination)}: {plan}")
        return answers.digest_answer(wanted, self._due(wanted))

    def _set(self, asker: Asker, destination: str, command: Command) -> Content:
        wanted = self._with_settings(destination, command)
        said = " ".join(f"{name}:{value}" for name, value in command.preferences.items())
        self._prefer(asker, destination, wanted, f"set {said} in {_place(asker, destination)}")
        return answers.settings_answer(wanted)

    def _prefer(self, asker: Asker, destination: str, wanted: Preferences, told: str) -> None:
        with self.store.transaction():
            if wanted != self.store.preferences.of(destination):
                self.store.preferences.set(destination, wanted, self._due(wanted))
                self._tell(asker, destination, told)

    def _due(self, wanted: Preferences) -> datetime | None:
        return next_digest(wanted.digest, self._now()) if wanted.digest else None

    def _with_settings(self, destination: str, command: Command) -> Preferences:
        known = self.store.preferences.of(destination)
        parts = {"variants": known.variants, "updates": known.updates, "digest": known.digest}
        return _preferences.validate_python({**parts, **command.preferences})

    # --- telling

    def _tell(self, asker: Asker, destination: str, deed: str) -> None:
        """Owe a channel the one line of a change, so that nobody is surprised.

        A person's own messages need none, and who changes things on the command line is nobody in Slack.
        """
        if destination != asker.person and self.origin == FROM_SLACK:
            line = f"<@{asker.user}> {literal(deed, _LINE_LIMIT)}."
            self.store.deliveries.owe_line(
                asker.request, destination, Content(line), self._now(), known_until=None
            )

    def _now(self) -> datetime:
        return self.questions.clock.now()


def _wanted(command: Command) -> list[str]:
    if not command.everything and not command.labs:
        raise UsageError("name a lab, or all: `labs` lists them")
    labs = [ALL] if command.everything else [lab.id for lab in command.labs]
    return [f"{CADENCE}{lab}" for lab in labs] if command.rhythm else labs


def _named(command: Command) -> str:
    labs = "all labs" if command.everything else ", ".join(lab.name for lab in command.labs)
    return f"the cadence of {labs}" if command.rhythm else labs


def _followed(command: Command) -> str:
    filters = f" ({command.filters})" if str(command.filters) else ""
    return f"{_named(command)}{filters}"


def _place(asker: Asker, destination: str) -> str:
    """Return what people call a destination: themselves, where they are, or its id."""
    if destination == asker.person:
        return "your messages"
    return "this channel" if destination == asker.destination else destination


def _follows(asker: Asker, destination: str, how: str) -> str:
    """Begin a sentence: "You now follow", "This channel no longer follows"."""
    if destination == asker.person:
        return f"You {how} follow"
    place = "This channel" if destination == asker.destination else destination
    return f"{place} {how} follows"


def _still_followed(follows: str, command: Command, rest: Sequence[Subscription]) -> MisunderstoodError:
    """Say what a command cannot end: a subscription of feeds.yaml, or one to all labs."""
    labs = " ".join(lab.id for lab in command.labs) or ALL
    mute = (Suggestion(f"Mute {_named(command)}", f"mute {labs}"),)
    if any(one.origin == FROM_FILE for one in rest):
        return MisunderstoodError(
            f"{follows} {_named(command)} by feeds.yaml, where it is changed: "
            "mute it here, or ask who runs the bot",
            mute,
        )
    return MisunderstoodError(
        f"{follows} all labs: mute {_named(command)}, or name the labs it shall follow",
        mute,
    )


def _covers(subscription: Subscription, labs: Sequence[str]) -> bool:
    everything = CADENCE + ALL if labs[0].startswith(CADENCE) else ALL
    return subscription.lab in (everything, *labs) or ALL in labs
