"""What every command needs: the configuration, the labs, the store and a clock."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.adoption.measure import Measuring
from bot.clock import Clock, SystemClock
from bot.errors import ConfigError, UsageError
from bot.ops.sealing import Seal
from bot.records import ALL, EMBEDDED, FROM_FILE, Subscription
from bot.releases.facts.filters import Filters, make_filters
from bot.releases.naming.labs import Directory
from bot.releases.news.decision import Settings
from bot.settings.environment import Environment, read_environment
from bot.settings.feeds import Config, SubscriptionSpec, load_config
from bot.store.store import FILE_NAME, Store

CONSOLE = "console"


@dataclass(frozen=True)
class App:
    """What every command works with."""

    config: Config
    environment: Environment
    labs: Directory
    store: Store
    clock: Clock

    @property
    def state(self) -> Path:
        """Return the state directory."""
        return self.environment.cadencebot_state

    @property
    def settings(self) -> Settings:
        """Return the windows in which releases gather and wait."""
        return Settings(self.config.defaults.group, self.config.defaults.confirm)

    @property
    def slack_token(self) -> str:
        """Return the bot token, or "" when messages go to the console."""
        return self.environment.slack_bot_token.get_secret_value()

    @property
    def serves_many(self) -> bool:
        """Whether workspaces install the bot by themselves, each with a token of its own."""
        return bool(self.environment.slack_client_id)

    @property
    def seal(self) -> Seal:
        """Return what seals their tokens. Raises ConfigError without a key."""
        return Seal(self.environment.cadencebot_seal_key.get_secret_value())

    @property
    def measuring(self) -> Measuring:
        """Return what measures how much the labs' models are used."""
        return Measuring(self.store, self.config, self.labs, self.clock, self.environment.hf_endpoint)

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """Lend a store that can only be read, so that no question waits for a writer or becomes one."""
        store = Store(self.state, self.labs, readonly=True)
        try:
            yield store
        finally:
            store.close()

    def check_subscriptions(self) -> None:
        """Raise ConfigError where feeds.yaml asks for what could never match."""
        for _ in self._filtered():
            pass

    def subscriptions(self) -> list[Subscription]:
        """Return who follows what, with what feeds.yaml asks for now and the store does not know yet."""
        known = self.store.subscriptions.all()
        since = {(one.destination, one.lab): one.created_at for one in known if one.origin == FROM_FILE}
        standing = (
            replace(one, created_at=since.get((one.destination, one.lab), one.created_at))
            for one in self._standing()
        )
        return [*(one for one in known if one.origin != FROM_FILE), *standing]

    def sync_standing_subscriptions(self) -> None:
        """Bring the subscriptions of feeds.yaml into the store."""
        with self.store.transaction():
            self.store.subscriptions.sync(FROM_FILE, self._standing())

    def sync_embedded_default(self) -> None:
        """Make the console follow every lab as long as there is neither Slack nor any other subscription."""
        with self.store.transaction():
            others = [one for one in self.store.subscriptions.all() if one.origin != EMBEDDED]
            alone = not others and not self.slack_token
            default = self._subscription(CONSOLE, ALL, Filters(), EMBEDDED)
            self.store.subscriptions.sync(EMBEDDED, [default] if alone else [])

    def _standing(self) -> Iterator[Subscription]:
        for spec, filters in self._filtered():
            for lab in (ALL,) if spec.labs == ALL else spec.labs:
                yield self._subscription(spec.channel, lab, filters, FROM_FILE)

    def _filtered(self) -> Iterator[tuple[SubscriptionSpec, Filters]]:
        """Yield the standing subscriptions with their filters. Raises ConfigError naming the place."""
        for number, spec in enumerate(self.config.subscriptions):
            try:
                yield spec, make_filters(**spec.filters)
            except UsageError as error:
                file = self.environment.cadencebot_config
                raise ConfigError(f"{file}: subscriptions[{number}] ({spec.channel}): {error}") from error

    def _subscription(self, destination: str, lab: str, filters: Filters, origin: str) -> Subscription:
        return Subscription(destination, lab, filters, origin, self.clock.now())


@contextmanager
def open_app(
    variables: Mapping[str, str] | None = None, clock: Clock | None = None, *, readonly: bool = False
) -> Iterator[App]:
    """Read the configuration, open the store and yield the App.

    A question opens it for reading only: it makes no database, and migrates none. Raises ConfigError and
    StoreError.
    """
    environment = read_environment(variables)
    if not environment.cadencebot_config.exists():
        raise ConfigError(
            f"{environment.cadencebot_config}: is not there; set CADENCEBOT_CONFIG to your feeds.yaml"
        )
    config = load_config(environment.cadencebot_config)
    labs = Directory(spec.lab for spec in config.labs)
    with ExitStack() as stack:
        state = environment.cadencebot_state
        if readonly and not (state / FILE_NAME).exists():  # nothing is known yet: an empty store says so
            store = Store(Path(stack.enter_context(TemporaryDirectory(prefix="cadencebot-"))), labs)
        else:
            store = Store(state, labs, readonly=readonly)
        stack.callback(store.close)
        app = App(config, environment, labs, store, clock or SystemClock())
        app.check_subscriptions()
        yield app
