"""The offline world: the Hub, the labs' sites, llm-stats and Slack on loopback, changed by the story."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import yaml

from bot.demo import hub, slack
from bot.demo.facts import load_facts
from bot.demo.listing import Listing
from bot.demo.serving import dropped
from bot.demo.sites import Sites
from bot.demo.story import Step

CHANNELS = {"C0RELEASES": "model-releases", "C0OPEN": "open-models"}
_EVERYTHING, _OPEN = CHANNELS

# The labs of the demo: name, aliases, country, organisation on the Hub, and id at llm-stats.
_LABS = {
    "qwen": ("Alibaba Qwen", ["alibaba", "tongyi"], "CN", "Qwen", "qwen"),
    "moonshot": ("Moonshot AI", ["kimi", "moonshotai"], "CN", "moonshotai", "moonshotai"),
    "zai": ("Z.ai", ["zhipu", "glm", "zai-org"], "CN", "zai-org", "zai-org"),
    "minimax": ("MiniMax", [], "CN", "MiniMaxAI", "minimax"),
    "deepseek": ("DeepSeek", [], "CN", "deepseek-ai", "deepseek"),
    "google": ("Google", ["deepmind", "gemma"], "US", "google", "google"),
    "nvidia": ("NVIDIA", ["nemotron"], "US", "nvidia", "nvidia"),
}
_SHAPES = {
    "qwen": "articles",
    "moonshot": "cards",
    "zai": "rss",
    "minimax": "markdown",
    "deepseek": "atom",
    "google": "rss",
}
# How each shape is read: the keys of a source in feeds.yaml, beside its address.
_READ_AS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "rss": ("feed", {}),
    "atom": ("feed", {}),
    "cards": ("page", {"item": ".menu-card", "title": ".card-title", "link": "a", "date": ".card-date"}),
    "markdown": ("page", {"format": "markdown"}),
    "articles": (
        "page",
        {
            "format": "json",
            "item": "data.articles",
            "title": "title",
            "link": "path",
            "link_prefix": "https://qwen.ai/blog?id=",
            "date": "extra.date",
            "summary": "extra.introduction",
        },
    ),
}


class World:
    """Run every stand-in while the context lasts; it begins with what was public before the story.

    It has no clock of its own: `now` tells the time to all of them.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.hub = hub.Hub(now)
        self.sites = Sites(now, _SHAPES)
        self.listing = Listing()
        self.slack = slack.Slack(now, CHANNELS)
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
        self._begin()

    def __enter__(self) -> Self:
        for server in (self.hub, self.sites, self.listing, self.slack):
            self._servers.enter_context(server)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._servers.__exit__(kind, error, trace)

    def environment(self) -> dict[str, str]:
        """Return the variables that lead the bot into this world and nowhere else."""
        servers = (self.hub, self.sites, self.listing, self.slack)
        return {
            "HF_ENDPOINT": self.hub.url,
            "LLM_STATS_PAGE_URL": self.listing.page_url,
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_BOT_TOKEN": self.slack.token,
            "CADENCEBOT_ALLOW_HOSTS": ",".join(server.host for server in servers),
        }

    def config_text(self) -> str:
        """Return a feeds.yaml: one channel follows every lab, one two labs with permissive licences only."""
        config = {
            "labs": [self._lab(lab) for lab in _LABS],
            "subscriptions": [
                {"channel": _EVERYTHING, "labs": "all"},
                {"channel": _OPEN, "labs": ["moonshot", "zai"], "license": "permissive"},
            ],
        }
        return yaml.safe_dump(config, sort_keys=False, allow_unicode=True)

    def public_addresses(self) -> dict[str, str]:
        """Return, for each address on loopback that messages may show, the one that it stands for."""
        return {self.hub.url: "https://huggingface.co", self.listing.url: "https://llm-stats.com"}

    def apply(self, step: Step) -> None:
        """Change the world as the step says."""
        for effect in step.do:
            self._verbs[effect.verb](effect.about)

    def _lab(self, lab: str) -> dict[str, Any]:
        name, aliases, country, organisation, listed = _LABS[lab]
        sources: list[dict[str, str]] = [{"hub": organisation}]
        if lab in _SHAPES:
            kind, reading = _READ_AS[_SHAPES[lab]]
            sources.append({kind: self.sites.address(lab), **reading})
        sources.append({"llm_stats": listed})
        return {"id": lab, "name": name, "aliases": aliases, "country": country, "sources": sources}

    def _begin(self) -> None:
        facts = self._facts
        self.hub.put(
            *(replace(each, private=name not in facts.known) for name, each in facts.repositories.items())
        )
        self._post(name for name in facts.posts if name in facts.known)
        self._list(name for name in facts.listing if name in facts.known)

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
