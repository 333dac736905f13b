"""What every command needs: the configuration, the labs, the store and a clock."""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.clock import AgreedClock, Clock, SystemClock
from bot.errors import ConfigError, UsageError
from bot.model import ALL, CONSOLE, Destination, Follow
from bot.ops.lock import sole_user
from bot.outbox.audience import as_old_as_before, still_followed
from bot.records import EMBEDDED, FROM_FILE, Subscription
from bot.releases.facts.filters import Filters, make_filters
from bot.releases.naming.labs import Labs
from bot.releases.news.decision import Settings
from bot.settings.added import Combined, combined
from bot.settings.environment import Environment, read_environment
from bot.settings.feeds import Config, LabSpec
from bot.sources.build import load_config, written_lab
from bot.store.forgotten import refuse_lost
from bot.store.store import FILE_NAME, Store


@dataclass
class App:
    """What every command works with. While `run` works, `go_on_with` may change the settings.

    So whoever holds an App asks it for `config` and `labs` whenever these are needed, and keeps no copy.
    """

    config: Config
    environment: Environment
    labs: Labs
    store: Store
    clock: Clock
    aside: Mapping[str, str] = field(default_factory=dict)  # why labs that were added are not watched
    wrong: str = ""  # what is wrong with feeds.yaml as it stands now, while its former settings go on
    _lent: list[Store] = field(default_factory=list)

    @property
    def state(self) -> Path:
        """Return the state directory."""
        return self.environment.cadencebot_state

    @property
    def settings(self) -> Settings:
        """Return the windows in which releases gather and wait."""
        return Settings(self.config.defaults.group, self.config.defaults.confirm)

    @property
    def settled(self) -> Combined:
        """Return what feeds.yaml says, with the labs that were added beside it."""
        return Combined(self.config, self.aside)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return what `status` is to tell of the settings, a sentence each."""
        goes_on = "feeds.yaml was changed and cannot be used as it is; what it said before goes on"
        wrong = (f"{goes_on}: {self.wrong}",) if self.wrong else ()
        return (
            *wrong,
            *(
                f"The lab {lab}, which was added beside feeds.yaml, is not watched: {why}. "
                f"`remove {lab}` forgets that it was added."
                for lab, why in self.aside.items()
            ),
        )

    @property
    def slack_token(self) -> str:
        """Return the bot token, or "" when messages go to the console."""
        return self.environment.slack_bot_token.get_secret_value()

    @property
    def serves_many(self) -> bool:
        """Whether workspaces install the bot by themselves, each with a token of its own."""
        return bool(self.environment.slack_client_id)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """The state directory and the database for this bot alone. Raises StoreError."""
        with sole_user(self.state), self.store.alone():
            yield

    def renew_clock(self) -> None:
        """Ask the database for the time once a minute, where it tells the time. Raises StoreError."""
        if isinstance(self.clock, AgreedClock):
            self.clock.renew()

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """A store that can only be read, so that no question waits for a writer or becomes one."""
        url = self.environment.database_url.get_secret_value()
        store = Store(self.state, self.labs, readonly=True, url=url)
        self._lent.append(store)
        try:
            yield store
        finally:
            self._lent.remove(store)
            store.close()

    def go_on_with(self, settings: Combined) -> None:
        """Go on with these labs, admins and whatever else feeds.yaml says."""
        self.config, self.aside, self.labs = settings.config, settings.aside, labs_of(settings.config)
        for store in (self.store, *self._lent):
            store.name_labs(self.labs)

    def subscriptions(self) -> list[Subscription]:
        """Return who follows what, with what feeds.yaml asks for now and the store does not know yet."""
        known = self.store.subscriptions.all()
        others = [one for one in known if one.origin != FROM_FILE]
        return [*others, *as_old_as_before(self.standing_subscriptions(), known)]

    def standing_subscriptions(self) -> list[Subscription]:
        """Return what feeds.yaml asks for. Raises ConfigError naming the place of what could never match."""
        found, now, moved = list[Subscription](), self.clock.now(), self.store.places.now()
        for position, spec in self.config.wanted:
            try:
                filters = make_filters(**spec.filters)
                self.refuse_unreachable(spec.destination)
            except UsageError as error:
                file = self.environment.cadencebot_config
                raise ConfigError(f"{file}: {position} ({spec.destination}): {error}") from error
            labs = (ALL,) if spec.labs == ALL else spec.labs
            place = moved.get(spec.destination, spec.destination)
            found += [Subscription(place, Follow(lab), filters, FROM_FILE, now) for lab in labs]
        return found

    def refuse_unreachable_places(self) -> None:
        """Raise ConfigError or UsageError for a place in feeds.yaml that no message could ever get to."""
        self.standing_subscriptions()
        for admin in self.config.admins:
            self.refuse_unreachable(admin)

    @property
    def moved_channels(self) -> Mapping[Destination, Destination]:
        """Return the ids of today of the channels that feeds.yaml names by a former one."""
        named = {spec.channel for spec in self.config.subscriptions}
        return {former: now for former, now in self.store.places.now().items() if former in named}

    def refuse_unreachable(self, destination: Destination) -> None:
        """Raise UsageError for a place of Slack in a workspace that no token leads to."""
        place, is_slack = destination.place, destination != CONSOLE and not destination.is_webhook
        if self.serves_many and is_slack and not destination.team:
            raise UsageError(f"the bot serves several workspaces: name this one, as T0123456789/{place}")
        if self.slack_token and destination.team:
            raise UsageError(f"the bot serves one workspace: write {place} without it")

    def sync_subscriptions(self) -> None:
        """Bring the subscriptions of feeds.yaml into the store.

        The console follows every lab as long as there is neither Slack nor any other subscription.
        """
        with self.store.transaction():
            wanted, before = self.standing_subscriptions(), self.store.subscriptions.all()
            standing = [*as_old_as_before(wanted, before), *still_followed(wanted, before)]
            self.store.subscriptions.sync(FROM_FILE, standing)
            others = [one for one in self.store.subscriptions.all() if one.origin != EMBEDDED]
            alone = not others and not self.slack_token
            default = Subscription(CONSOLE, Follow(ALL), Filters(), EMBEDDED, self.clock.now())
            self.store.subscriptions.sync(EMBEDDED, [default] if alone else [])


def labs_of(config: Config) -> Labs:
    """Return the labs that are watched, found by whatever they are called."""
    return Labs(spec.lab for spec in config.labs)


def with_added(file: Config, store: Store) -> Combined:
    """Return what feeds.yaml says, with the labs that were added beside it. Raises StoreError."""
    added, unreadable = list[LabSpec](), dict[str, str]()
    for one in store.added.all():
        try:
            added.append(written_lab(one.id, one.written))
        except ConfigError as error:  # an older version wrote it
            unreadable[one.id] = str(error)
    found = combined(file, added)
    return Combined(found.config, {**unreadable, **found.aside})


def no_state(state: Path) -> ConfigError:
    return ConfigError(
        f"{state.absolute()}: holds no {FILE_NAME}, so nothing is known there; name the bot's state with "
        "`cadencebot --state DIR ...` or CADENCEBOT_STATE, or begin one with `cadencebot poll`"
    )


def holds_database(state: Path) -> bool:
    """Whether a database is in the state. Raises ConfigError for what is no directory of ours, or no file."""
    path = state / FILE_NAME
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ConfigError(f"{state}: cannot be read ({error.strerror}); set CADENCEBOT_STATE") from error
    if not is_file or not os.access(path, os.R_OK):
        why = "Permission denied" if is_file else "it is no file"
        raise ConfigError(f"{path}: cannot be read ({why}); mend that, or set CADENCEBOT_STATE")
    return True


def _clock_of(store: Store) -> Clock:
    """Return the clock of this machine, or of the database where several machines share one."""
    own = SystemClock()
    return AgreedClock(lambda: store.time() or own.now(), own) if store.time() else own


@contextmanager
def open_app(
    variables: Mapping[str, str] | None = None,
    clock: Clock | None = None,
    *,
    readonly: bool = False,
    needs_state: bool = True,
) -> Iterator[App]:
    """Read the configuration, open the store and yield the App.

    A question opens it for reading only: it makes no database, and migrates none. One that the configuration
    alone may answer does not need the state to be there. Raises ConfigError and StoreError.
    """
    environment = read_environment(variables)
    file = load_config(environment.cadencebot_config)
    with ExitStack() as stack:
        state, url = environment.cadencebot_state, environment.database_url.get_secret_value()
        is_there = not url and holds_database(state)
        if not url:
            refuse_lost(state / FILE_NAME)
        if url or not readonly or is_there:
            store = Store(state, readonly=readonly, url=url)
        elif needs_state:
            raise no_state(state)
        else:  # nothing is known yet: an empty store says so
            store = Store(Path(stack.enter_context(TemporaryDirectory(prefix="cadencebot-"))))
        stack.callback(store.close)
        app = App(file, environment, labs_of(file), store, clock or _clock_of(store))
        app.go_on_with(with_added(file, store))
        app.refuse_unreachable_places()
        yield app
