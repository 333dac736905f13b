"""What is listed: one item for what is one alert, with its models and with who says so. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import NAMESPACE_URL, uuid5

from bot.cadence.shipped import NAME_LIMIT, NOT_STATED, Shipment, Shipped, is_listed, lab_words, name_words
from bot.model import Mention, SourceKind
from bot.releases.facts.text import clean, web_address

_LICENSE_LIMIT = 60
_VERDICTS = {"conditions": "with conditions", "unknown": "terms not assessed"}
_MOST_SOURCES = 6
_SHORT_LICENSE = 20  # characters; a longer name does without the word
_SAYS_LICENSE = re.compile(r" License( Agreement)?(?= v?\d| \(|$)")
_NON_COMMERCIAL = re.compile(r"\bnon-?commercial\b", re.IGNORECASE)


def _own_word_first(mention: Mention) -> tuple[bool, int]:
    return mention.source.counts_as is not SourceKind.FEED, mention.source.traits.rank


@dataclass(frozen=True, slots=True)
class Source:
    """Where something is said: a title, and an address that can be linked."""

    label: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    """A wave: what its lab released under one family key, and announced together."""

    lead: Shipment
    models: tuple[Shipment, ...]  # the largest first
    mentions: tuple[Mention, ...]  # of all of them, and of a lead that only names the family

    @property
    def id(self) -> str:
        """Return what names it for good, whichever file it stands in."""
        return uuid5(NAMESPACE_URL, f"cadencebot:{self.lead.key}").urn

    @property
    def main(self) -> Shipped:
        """Return the largest of its models."""
        return self.models[0].shipped

    @property
    def name(self) -> str:
        """Return its name, and how many other models came with it."""
        others = len(self.models) - 1
        return name_words(self.lead.shipped) + (f" +{others}" if others else "")

    @property
    def lab(self) -> str:
        """Return its lab, as people call it."""
        return lab_words(self.lead.shipped)

    @property
    def day(self) -> date:
        """Return the day in UTC; where only the month is known, its first."""
        return self.lead.shipped.day

    @property
    def news_day(self) -> date:
        """Return the day in UTC on which it was last news: announced, or its weights opened."""
        return self.lead.news_day

    @property
    def sources(self) -> tuple[Source, ...]:
        """Return each address that can be linked once, the lab's own word first."""
        found: dict[str, Source] = {}
        for one in sorted(self.mentions, key=_own_word_first):
            address = web_address(one.url)
            if address and address not in found:
                label = one.source.traits.link
                found[address] = Source(label, clean(one.title, NAME_LIMIT) or label, address)
        return tuple(found.values())[:_MOST_SOURCES]

    @property
    def links(self) -> Mapping[str, Sequence[Source]]:
        """Return its sources by what a link to them is called, so that this has to be said only once."""
        found: dict[str, list[Source]] = defaultdict(list)
        for one in self.sources:
            found[one.label].append(one)
        return found

    @property
    def has_own_day(self) -> bool:
        """Whether the day is known, and not from LLM Stats alone: what a feed or a calendar needs."""
        return self.lead.shipped.is_exact and not is_listed(self.lead.shipped)

    @property
    def is_open(self) -> bool:
        """Whether the weights of one of its models can be had."""
        return any(it.shipped.open for it in self.models)

    @property
    def lacks_weights(self) -> bool:
        """Whether none can be had, as far as it was looked: a history that people brought does not say."""
        return not self.is_open and any(one.source is not SourceKind.IMPORT for one in self.mentions)

    @property
    def listed_facts(self) -> frozenset[str]:
        """Return what is shown of it from LLM Stats alone; see Shipment.listed_facts."""
        return (self.lead.listed_facts & {"date"}) | (self.models[0].listed_facts - {"date"})

    @property
    def title(self) -> str:
        """Return it with its lab, as a feed or a calendar lists it."""
        return f"{self.lab}: {self.name}"

    @property
    def sentence(self) -> str:
        """Return what it is: "Moonshot AI released Kimi K2.6: MIT, permissive; 1.0T parameters."."""
        facts = [license_text(self.main)] if license_text(self.main) != NOT_STATED else []
        facts += [f"{sizes_text(self.models)} parameters"] if sizes_text(self.models) else []
        facts += ["open weights"] if self.is_open else []
        return f"{self.lab} released {self.name}" + (f": {'; '.join(facts)}." if facts else ".")


def items(shipments: Iterable[Shipment]) -> list[Item]:
    """Return the waves of these releases, the newest first."""
    waves: dict[str, list[Shipment]] = defaultdict(list)
    for it in shipments:
        waves[it.lead_key].append(it)
    return sorted(map(_item, waves.values()), key=lambda it: (it.news_day, it.lead.key), reverse=True)


def _item(wave: list[Shipment]) -> Item:
    lead = next((it for it in wave if it.key == it.lead_key), wave[0])
    # a lead that only names the family ("Gemma 4") is no model beside those that it announced
    models = [it for it in wave if it.shipped.open] or wave
    models = sorted(models, key=lambda it: (-(it.shipped.parameters or 0), it.shipped.name))
    mentions = [one for it in (lead, *(it for it in wave if it is not lead)) for one in it.mentions]
    return Item(lead, tuple(models), tuple(mentions))


# --- in words


def day_text(it: Shipped) -> str:
    """Return a date as it is written: "2026-04-20", or "2026-04"."""
    return it.day.isoformat() if it.is_exact else f"{it.day:%Y-%m}"


def news_text(item: Item) -> str:
    """Return the day on which it was last news, as it is written."""
    return day_text(item.lead.shipped) if item.news_day == item.day else item.news_day.isoformat()


def license_text(it: Shipped) -> str:
    """Return the licence and its verdict, or "not stated"."""
    title = clean(it.license, _LICENSE_LIMIT)
    if it.verdict == NOT_STATED or not title:
        return NOT_STATED
    return f"{title}, {_VERDICTS.get(it.verdict, it.verdict)}"


def short_license_text(it: Shipped) -> str:
    """Return the same where the column says that it is one: "Llama 4 Community, with conditions".

    A name that says the verdict says it once: "MiniMax M2.7 Non-Commercial".
    """
    title = clean(it.license, _LICENSE_LIMIT)
    name = _SAYS_LICENSE.sub("", title) if len(title) > _SHORT_LICENSE else title
    says_it = it.verdict == "non-commercial" and _NON_COMMERCIAL.search(name)
    return name if says_it else license_text(replace(it, license=name))


def sizes_text(models: Iterable[Shipment]) -> str:
    """Return the parameters of models, each size once: "397B, 35B", or ""."""
    return ", ".join(dict.fromkeys(it.shipped.size for it in models if it.shipped.size))
