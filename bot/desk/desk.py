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
from bot.desk.failed import failed_answer
from bot.desk.grammar import parse_command
from bot.desk.operating import Operating
from bot.desk.questions import Asker, Questions
from bot.desk.rights import SHARED, Need, Rights, need_of
from bot.desk.sentences import command_in
from bot.desk.triage import Triages, meant
from bot.desk.undo import BESIDE, read_back
from bot.desk.watches import Watches
from bot.desk.windows import Windows
from bot.errors import StoreError, UsageError
from bot.model import Destination, Wave
from bot.outbox.digests import preview
from bot.outbox.message import Sent
from bot.records import Begun, Content, Preferences, QuietHours
from bot.releases.news.decision import Settings
from bot.settings.feeds import Changers
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
            question = command_in(text, self.questions.labs, self._now().date())
            command = parse_command(question or text, self.questions.labs)
            place = asker.person if command.privately else place
            self.rights.require(need_of(command), asker, place)
            answer = self._done_where_it_can_be(asker, place, command)
            answer = answers.understood_answer(command.text, answer) if question else answer
        except (UsageError, StoreError) as error:
            answer = failed_answer(error, text)
        return _pressed_by(asker, place, answer)

    def answer_there(self, asker: Asker, place: Destination, text: str) -> Content:
        """Return what comes of commands, one or more changes, as if their asker stood at a place."""
        there = asker.at(place)
        try:
            commands = self._allowed(asker, place, text)
            answer = self._done_where_it_can_be(there, place, *commands)
        except (UsageError, StoreError) as error:
            answer = failed_answer(error, text)
        return _pressed_by(there, place, answer)

    def refusal_there(self, asker: Asker, place: Destination, text: str) -> Content | None:
        """Return why somebody may not have commands done at a place, None where they may."""
        try:
            self._allowed(asker, place, text)
        except UsageError as error:
            return failed_answer(error, text)
        return None

    def _allowed(self, asker: Asker, place: Destination, text: str) -> list[Command]:
        """Return the commands of a text which are for a place. Raises UsageError where somebody may not."""
        commands = [parse_command(one, self.questions.labs) for one in text.split(BESIDE)]
        for need in {need_of(command) for command in commands}:
            self.rights.require(need, asker, place)
        return commands

    def undo(self, asker: Asker, value: str) -> Content:
        """Take back the change that the value of an Undo button tells of."""
        try:
            back = read_back(value)
            place = back.place or asker.person
            self.rights.require(Need.CHANGE, asker, place)
            commands = back.commands(self.questions.labs, self._now())
            return answers.undone_answer(self.changes.make(asker.at(place), place, *commands))
        except (UsageError, StoreError) as error:
            return failed_answer(error)

    def _done_where_it_can_be(self, asker: Asker, destination: Destination, *commands: Command) -> Content:
        """Do what is asked, or say that the bot is not there to post what would come of it."""
        needed = any(command.needs_presence for command in commands)
        presence = self.channels.presence(destination) if needed else None
        if presence in (Presence.OUTSIDE, Presence.ARCHIVED):
            archived, away = presence is Presence.ARCHIVED, asker.is_elsewhere
            text = BESIDE.join(command.text for command in commands)
            return answers.cannot_post_answer(text, destination, away, archived=archived)
        answer = self._done(asker, destination, *commands)
        return answers.uninvited_answer(answer) if presence is Presence.UNINVITED else answer

    def _done(self, asker: Asker, destination: Destination, *commands: Command) -> Content:
        """Return what comes of what its asker may ask for. Raises UsageError where nothing does."""
        if all(command.changes for command in commands):
            timed = [self._by_own_zone(asker, command) for command in commands]
            return self.changes.make(asker, destination, *timed)
        if len(commands) > 1:
            raise UsageError("one question at a time")
        [command] = commands
        return self._answers(asker, destination, command)[command.verb]()

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

    def _answers(
        self, asker: Asker, destination: Destination, command: Command
    ) -> Mapping[Verb, Callable[[], Content]]:
        """Return what answers each verb that changes nothing."""
        asked, word, now, spot = self.questions, command.subject, self._now(), asker.spot(destination)

        def recent() -> Content:
            total, waves = asked.recent(command, answers.page_size(command), destination)
            return answers.recent_answer(command, total, waves, now, asked.checked_at())

        def preferences() -> Preferences:
            return asked.store.preferences.of(destination)

        return {
            Verb.LIST: lambda: answers.list_answer(asked.following(destination), now, spot),
            Verb.RECENT: recent,
            Verb.SHOW: lambda: answers.show_answer(*asked.one(word)),
            Verb.CADENCE: lambda: answers.cadence_answer(command, asked.cadence(command)),
            Verb.LABS: lambda: answers.labs_answer(asked.named(word), word),
            Verb.DIGEST: lambda: (
                self._preview(destination, spot) if word else answers.digest_answer(preferences(), None, spot)
            ),
            Verb.SETTINGS: lambda: answers.settings_answer(preferences()),
            Verb.STATUS: lambda: self._status(asker, command),
            Verb.TEST: lambda: self._test(asker, destination),
            Verb.WHY: lambda: self._why(asker, word),
            Verb.HELD: lambda: self._operating.held(asker.person, command),
            Verb.UNCLEAR: lambda: self._operating.unclear(asker, command),
            Verb.TRIAGE: lambda: self._triage(asker, destination, meant(asked, command), command.triage),
            Verb.WATCH: lambda: self._watches.watch(asker, destination, command),
            Verb.UNWATCH: lambda: self._watches.unwatch(asker, destination, command),
            Verb.ADD: lambda: self._add(asker, command),
            Verb.REMOVE: lambda: self._adding.remove(asker, command, is_admin=self.rights.is_admin(asker)),
            Verb.HELP: lambda: answers.help_answer(word),
            Verb.HELLO: lambda: answers.welcome_answer(destination),
        }

    def _preview(self, destination: Destination, spot: Spot) -> Content:
        """Return what a destination's digest would tell now; a weekly one where none is set."""
        store = self.questions.store
        plan = store.preferences.of(destination).digest
        return answers.preview_answer(preview(store, destination, plan, self._now()), plan, spot)

    def _status(self, asker: Asker, command: Command) -> Content:
        return self._operating.status(
            asker, corrects=self.rights.is_admin(asker), everywhere=command.everything
        )

    @property
    def _watches(self) -> Watches:
        return Watches(self.changes.store, self.questions.clock)

    @property
    def _operating(self) -> Operating:
        return Operating(self.questions, self.changes.store, self.settings)

    def _add(self, asker: Asker, command: Command) -> Content:
        """Answer at once, or begin to read what is to be added."""
        answer = self._adding.at_once(asker, command, is_admin=self.rights.is_admin(asker))
        if answer:
            return answer

        def rest() -> Content:
            try:
                return self._adding.read(asker, command)
            except (UsageError, StoreError) as error:
                return failed_answer(error, command.text)

        return Begun(answers.reading_words(command.subject), rest=rest)

    @property
    def _adding(self) -> Adding:
        if self.adding is None:
            raise UsageError("labs are added in feeds.yaml here")
        return self.adding

    def _test(self, asker: Asker, destination: Destination) -> Content:
        """Post a test message, say what became of it, and let go on what was paused there for no reason."""
        outcome = self.channels.post(destination, self.changes.test_message(asker))
        if isinstance(outcome, Sent):
            self.comings.resume(lambda paused: paused == destination)
        return answers.said(ending_words(outcome, asker.spot(destination)))

    def _why(self, asker: Asker, subject: str) -> Content:
        stories = self.questions.stories(subject, asker.destination)
        waiting = self.questions.waiting(subject)
        if not stories and not waiting:
            raise UsageError(f"no source ever showed “{subject[:80]}”: `status` tells how they fare")
        return answers.why_answer(stories, waiting)

    def triage(self, asker: Asker, release_id: int, state: str) -> Content:
        """Mark what the menu of an alert says of its release."""
        try:
            self.rights.require(Need.MEMBER, asker, asker.destination)
            return self._triage(asker, asker.destination, self.questions.by_id(release_id), state)
        except (UsageError, StoreError) as error:
            return failed_answer(error)

    def _triage(self, asker: Asker, destination: Destination, wave: Wave, state: str) -> Content:
        return Triages(self.changes.store, self.questions.clock).mark(asker, destination, wave, state)

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

    def _now(self) -> datetime:
        return self.questions.clock.now()


def _pressed_by(asker: Asker, place: Destination, answer: Content) -> Content:
    """Return an answer about a place whose buttons do what they say where its asker reads it."""
    is_elsewhere = asker.is_elsewhere or place != asker.destination
    answer = answers.acting_at(place, answer) if is_elsewhere else answer
    return answers.unshared(answer) if asker.is_dm else answer
