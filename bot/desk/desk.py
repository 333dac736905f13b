"""The desk: answers what people ask and does what they want, whichever way it came."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.desk.adding import Adding
from bot.desk.changes import Changes
from bot.desk.channels import Channels, Presence, ending_words
from bot.desk.comings import Comings
from bot.desk.corrections import FaultReports
from bot.desk.digest_plan import known_zone
from bot.desk.failed import failed_answer, told_where_it_fails
from bot.desk.grammar import parse_command
from bot.desk.operating import Operating
from bot.desk.questions import Asker, Questions
from bot.desk.rights import SHARED, Need, Rights, need_of
from bot.desk.triage import mark, meant
from bot.desk.undo import BESIDE, read_back
from bot.desk.watches import unwatch, watch
from bot.desk.windows import Windows
from bot.errors import StoreError, UsageError
from bot.model import Destination
from bot.outbox.digests import preview
from bot.outbox.message import Sent
from bot.records import Begun, Content, QuietHours
from bot.releases.news.decision import Settings
from bot.settings.feeds import Changers
from bot.store.store import Store
from bot.views import answers
from bot.views.commands import Command, Spot, Verb

_NOT_SHARED = UsageError("only what is known of releases can be shared in a channel")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where words come in and answers go out. `questions` may ask a store that is open for reading only."""

    questions: Questions
    changes: Changes
    reports: FaultReports
    channels: Channels
    settings: Settings = field(default_factory=Settings)
    changers: Changers = "members"  # who may change what a channel follows
    adding: Adding | None = None  # None where labs stand in feeds.yaml alone

    def answer(self, asker: Asker, text: str) -> Content:
        """Return what comes of a command; what it does not understand is an answer as well."""
        place = asker.destination
        try:
            command = parse_command(text, self.questions.labs, self.questions.clock.now().date())
            place = asker.person if command.privately else place
            self.rights.require(need_of(command), asker, place)
            answer = self._done(asker, place, command)
            answer = answers.understood_answer(command.text, answer) if command.is_question else answer
        except (UsageError, StoreError) as error:
            answer = failed_answer(error, text)
        return _pressed_by(asker, place, answer)

    def answer_there(self, asker: Asker, place: Destination, text: str) -> tuple[Content, bool]:
        """Return what comes of commands, one or more changes, as if their asker stood at a place.

        With it comes whether they may have that done there: where not, it is an answer to where they are.
        """
        there, is_allowed = asker.at(place), False
        try:
            commands = [parse_command(one, self.questions.labs) for one in text.split(BESIDE)]
            for need in {need_of(command) for command in commands}:
                self.rights.require(need, asker, place)
            is_allowed = True
            answer = self._done(there, place, *commands)
        except (UsageError, StoreError) as error:
            answer = failed_answer(error, text)
        return _pressed_by(there, place, answer) if is_allowed else answer, is_allowed

    @told_where_it_fails
    def undo(self, asker: Asker, value: str) -> Content:
        """Take back the change that the value of an Undo button tells of."""
        back = read_back(value)
        place = back.place or asker.person
        self.rights.require(Need.CHANGE, asker, place)
        commands = back.commands(self.questions.labs, self.questions.clock.now())
        return answers.undone_answer(self.changes.make(asker.at(place), place, *commands))

    @told_where_it_fails
    def triage(self, asker: Asker, release_id: int, state: str) -> Content:
        """Mark what the menu of an alert says of its release."""
        self.rights.require(Need.MEMBER, asker, asker.destination)
        wave, now = self.questions.by_id(release_id), self.questions.clock.now()
        return mark(self.changes.store, asker, asker.destination, wave, state, now)

    def to_share(self, asker: Asker, text: str) -> tuple[Content, bool]:
        """Return the answer to a command and whether it is for a whole channel, as what failed is not."""
        try:
            command = parse_command(text, self.questions.labs)
            self.rights.require(Need.MEMBER, asker, asker.destination)
            if command.verb not in SHARED:
                raise _NOT_SHARED
            return self._done(asker, asker.destination, command), True
        except (UsageError, StoreError) as error:
            return failed_answer(error, text), False

    def _done(self, asker: Asker, place: Destination, *commands: Command) -> Content:
        """Do what is asked, or say that the bot is not there to post what would come of it.

        Raises UsageError where nothing comes of it.
        """
        needed = any(command.needs_presence for command in commands)
        presence = self.channels.presence(place) if needed else None
        if presence in (Presence.OUTSIDE, Presence.ARCHIVED):
            archived, away = presence is Presence.ARCHIVED, asker.is_elsewhere
            text = BESIDE.join(command.text for command in commands)
            return answers.cannot_post_answer(text, place, away, archived=archived)
        if all(command.changes for command in commands):
            timed = [self._by_own_zone(asker, command) for command in commands]
            answer = self.changes.make(asker, place, *timed)
        elif len(commands) > 1:
            raise UsageError("one question at a time")
        else:
            answer = _ANSWERS[commands[0].verb](_Asked(self, asker, place, commands[0]))
        return answers.uninvited_answer(answer) if presence is Presence.UNINVITED else answer

    def _by_own_zone(self, asker: Asker, command: Command) -> Command:
        """Return a command whose digest or quiet hours go by the asker's own zone, where it names none."""
        digest, quiet = command.digest, command.preferences.get("quiet")
        if command.names_zone or not (digest or quiet):
            return command
        zone = known_zone(self.channels.zone_of(asker.person) or "")
        if zone and digest:
            return replace(command, digest=replace(digest, zone=zone))
        if zone and isinstance(quiet, QuietHours):
            return replace(command, preferences={**command.preferences, "quiet": replace(quiet, zone=zone)})
        return command

    # --- what is no command

    @property
    def rights(self) -> Rights:
        """Who may do what, as feeds.yaml and Slack have it."""
        return Rights(self.channels, self.reports.admins, self.changers)

    @property
    def windows(self) -> Windows:
        """The Home tab, the windows, and the forms in them."""
        return Windows(self.questions, self.reports, self.rights)

    @property
    def comings(self) -> Comings:
        """What follows the bot's own comings and goings."""
        return Comings(self.changes.store, self.changes.clock, self.channels)

    def welcome(self, asker: Asker) -> Content | None:
        """Greet a channel that invited the bot, and let what was paused there go on."""
        self.comings.resume(lambda destination: destination == asker.destination)
        following = self.questions.following(asker.destination)
        return None if following.subscriptions else answers.welcome_answer(asker.destination)


def _pressed_by(asker: Asker, place: Destination, answer: Content) -> Content:
    """Return an answer about a place whose buttons do what they say where its asker reads it."""
    is_elsewhere = asker.is_elsewhere or place != asker.destination
    answer = answers.acting_at(place, answer) if is_elsewhere else answer
    return answers.unshared(answer) if asker.is_dm else answer


@dataclass(frozen=True, slots=True)
class _Asked:
    """What somebody asks of a desk that changes nothing of what a place follows."""

    desk: Desk
    asker: Asker
    place: Destination
    command: Command

    @property
    def questions(self) -> Questions:
        return self.desk.questions

    @property
    def store(self) -> Store:
        """Return the store that is open for writing."""
        return self.desk.changes.store

    @property
    def now(self) -> datetime:
        return self.questions.clock.now()

    @property
    def spot(self) -> Spot:
        return self.asker.spot(self.place)

    @property
    def operating(self) -> Operating:
        return Operating(self.questions, self.store, self.desk.settings)

    @property
    def adding(self) -> Adding:
        if self.desk.adding is None:
            raise UsageError("labs are added in feeds.yaml here")
        return self.desk.adding

    @property
    def is_admin(self) -> bool:
        return self.desk.rights.is_admin(self.asker)

    def recent(self) -> Content:
        total, waves = self.questions.recent(self.command, answers.page_size(self.command), self.place)
        return answers.recent_answer(self.command, total, waves, self.now, self.questions.checked_at())

    def digest(self) -> Content:
        """Return what is set, or what a digest would tell now; a weekly one where none is set."""
        store = self.questions.store
        preferences = store.preferences.of(self.place)
        if not self.command.subject:
            return answers.digest_answer(preferences, None, self.spot)
        told = preview(store, self.place, preferences.digest, self.now)
        return answers.preview_answer(told, preferences.digest, self.spot)

    def test(self) -> Content:
        """Post a test message, say what became of it, and let go on what was paused there for no reason."""
        message = self.desk.changes.test_message(self.asker)
        outcome = self.desk.channels.post(self.place, message)
        if isinstance(outcome, Sent):
            self.desk.comings.resume(lambda paused: paused == self.place)
        return answers.said(ending_words(outcome, self.spot))

    def why(self) -> Content:
        subject = self.command.subject
        stories = self.questions.stories(subject, self.asker.destination)
        waiting = self.questions.waiting(subject)
        if not stories and not waiting:
            raise UsageError(f"no source ever showed “{subject[:80]}”: `status` tells how they fare")
        return answers.why_answer(stories, waiting)

    def triage(self) -> Content:
        wave = meant(self.questions, self.command)
        return mark(self.store, self.asker, self.place, wave, self.command.triage, self.now)

    def add(self) -> Content:
        """Answer at once, or begin to read what is to be added."""
        answer = self.adding.at_once(self.asker, self.command, is_admin=self.is_admin)
        return answer or Begun(answers.reading_words(self.command.subject), rest=self._read)

    def _read(self) -> Content:
        try:
            return self.adding.read(self.asker, self.command)
        except (UsageError, StoreError) as error:
            return failed_answer(error, self.command.text)


_ANSWERS: Mapping[Verb, Callable[[_Asked], Content]] = {
    Verb.LIST: lambda it: answers.list_answer(it.questions.following(it.place), it.now, it.spot),
    Verb.RECENT: _Asked.recent,
    Verb.SHOW: lambda it: answers.show_answer(*it.questions.one(it.command.subject)),
    Verb.CADENCE: lambda it: answers.cadence_answer(it.command, it.questions.cadence(it.command)),
    Verb.LABS: lambda it: answers.labs_answer(it.questions.named(it.command.subject), it.command.subject),
    Verb.DIGEST: _Asked.digest,
    Verb.SETTINGS: lambda it: answers.settings_answer(it.questions.store.preferences.of(it.place)),
    Verb.STATUS: lambda it: it.operating.status(
        it.asker, corrects=it.is_admin, everywhere=it.command.everything
    ),
    Verb.TEST: _Asked.test,
    Verb.WHY: _Asked.why,
    Verb.HELD: lambda it: it.operating.held(it.asker.person, it.command),
    Verb.UNCLEAR: lambda it: it.operating.unclear(it.asker, it.command),
    Verb.TRIAGE: _Asked.triage,
    Verb.WATCH: lambda it: watch(it.store, it.asker, it.place, it.command, it.now),
    Verb.UNWATCH: lambda it: unwatch(it.store, it.asker, it.place, it.command, it.now),
    Verb.ADD: _Asked.add,
    Verb.REMOVE: lambda it: it.adding.remove(it.asker, it.command, is_admin=it.is_admin),
    Verb.HELP: lambda it: answers.help_answer(it.command.subject),
    Verb.HELLO: lambda it: answers.welcome_answer(it.place),
}
