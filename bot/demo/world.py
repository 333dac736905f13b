"""The offline world: the Hub, the labs' sites, llm-stats and Slack on loopback, changed by the story."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from importlib import resources
from pathlib import Path
from string import Template
from types import TracebackType
from typing import Any, Self

from bot.demo import hub
from bot.demo.people import Person
from bot.demo.server import dropped
from bot.demo.sites import Listing, Sites
from bot.demo.story import Step, load_facts
from bot.demo.workspace import Workspace

CHANNELS = {"C0RELEASES": "model-releases", "C0OPEN": "open-models"}
OTHERS = {"C0LOUNGE": "lounge"}  # where the bot is not, until somebody invites it
PEOPLE = (Person("U0ANA", "Ana", "member"), Person("U0SAM", "Sam", "admin"))  # feeds.yaml names the admin
SHAPES = {  # in which each lab's blog is published
    "qwen": "articles",
    "moonshot": "cards",
    "zai": "rss",
    "minimax": "markdown",
    "deepseek": "atom",
    "google": "rss",
}


class World:
    """Every stand-in, running while the context lasts; it begins with what was public before the story.

    It has no clock of its own: `now` tells the time to all of them.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.hub = hub.Hub(now)
        self.sites = Sites(now, SHAPES)
        self.listing = Listing()
        self.slack = Workspace(now, CHANNELS | OTHERS, PEOPLE, outside=OTHERS)
        self._all = (self.hub, self.sites, self.listing, self.slack)
        self._now = now
        self._facts = load_facts()
        self._servers = ExitStack()
        self._verbs: Mapping[str, Callable[[Any], None]] = {
            "publish": self._publish,
            "publish_without_card": self._publish_without_card,
            "publish_without_weights": self._publish_without_weights,
            "complete": self._publish,
            "edit": self._edit,
            "rename": self._rename,
            "recreate": self._recreate,
            "post": self._post,
            "migrate": self._migrate,
            "list": self._list,
            "hub_fails": self._fail_hub,
            "slack_fails": self._fail_slack,
        }
        facts = self._facts
        self.hub.put(
            *(replace(each, private=name not in facts.known) for name, each in facts.repositories.items())
        )
        self._post(name for name in facts.posts if name in facts.known)
        self._list(name for name in facts.listing if name in facts.known)

    def __enter__(self) -> Self:
        for server in self._all:
            self._servers.enter_context(server)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._servers.__exit__(kind, error, trace)

    def environment(self, directory: Path) -> dict[str, str]:
        """Return the variables that lead a bot into this world and nowhere else; its files are there.

        Its feeds.yaml is written there: one channel follows every lab, one two labs with permissive licences.
        """
        template = resources.files("bot.demo").joinpath("feeds.yaml").read_text(encoding="utf-8")
        config = directory / "feeds.yaml"
        config.write_text(Template(template).substitute(sites=self.sites.url), encoding="utf-8")
        return {
            "CADENCEBOT_CONFIG": str(config),
            "CADENCEBOT_STATE": str(directory / "state"),
            "HF_ENDPOINT": self.hub.url,
            "LLM_STATS_PAGE_URL": self.listing.page_url,
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_BOT_TOKEN": self.slack.token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "CADENCEBOT_ALLOW_HOSTS": ",".join(server.host for server in self._all),
        }

    def public_addresses(self) -> dict[str, str]:
        """Return, for each address on loopback that messages may show, the one that it stands for."""
        return {self.hub.url: "https://huggingface.co", self.listing.url: "https://llm-stats.com"}

    def apply(self, step: Step) -> None:
        """Change the world as the step says."""
        for effect in step.do:
            self._verbs[effect.verb](effect.about)

    def _publish(self, names: Iterable[str]) -> None:
        """Flip repositories public as they are meant to be: the date of creation stays the old one."""
        for name in names:
            self.hub.put(replace(self._facts.repositories[name], private=False, updated_at=self._now()))

    def _publish_without_card(self, names: Iterable[str]) -> None:
        self._publish(names)
        for name in names:
            self.hub.change(name, card={}, texts={"config.json": self.hub.find(name).texts["config.json"]})

    def _publish_without_weights(self, names: Iterable[str]) -> None:
        self._publish(names)
        for name in names:
            self.hub.change(name, files={}, parameters={}, texts={})

    def _edit(self, names: Iterable[str]) -> None:
        for name in names:
            texts = self.hub.find(name).texts
            edited = {**texts, "README.md": texts["README.md"] + "\nNow with clearer instructions.\n"}
            self.hub.change(name, texts=edited, updated_at=self._now())

    def _rename(self, names: Mapping[str, str]) -> None:
        for old, new in names.items():
            self.hub.rename(old, new)

    def _recreate(self, names: Iterable[str]) -> None:
        for name in names:
            again = replace(self.hub.find(name), created_at=self._now(), updated_at=self._now(), hub_id="")
            self.hub.delete(name)
            self.hub.put(again)

    def _post(self, names: Iterable[str]) -> None:
        for site, post in map(self._facts.posts.__getitem__, names):
            self.sites.publish(site, post)

    def _migrate(self, sites: Iterable[str]) -> None:
        for site in sites:
            self.sites.migrate(site)

    def _list(self, names: Iterable[str]) -> None:
        self.listing.add(*map(self._facts.listing.__getitem__, names))

    def _fail_hub(self, kind: str) -> None:
        faults = {"rate_limited": hub.rate_limited(60), "error_object": hub.internal_error(200)}
        self.hub.faults.append(faults[kind])

    def _fail_slack(self, kind: str) -> None:
        faults = {"posted_then_dropped": dropped()}
        self.slack.fail("chat.postMessage", faults[kind], posted=True)
