"""What feeds.yaml may say, as frozen settings; of a source each kind of source says it (bot/sources/)."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetPydanticSchema,
    ValidationInfo,
    model_validator,
)
from pydantic_core import core_schema

from bot.model import Destination, Lab, SourceKind

# What commands read as something else than a lab's name.
_NO_NAMES = frozenset({"all", "cadence"})
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(value: object) -> timedelta:
    """Return a length of time written as `90s`, `10m`, `6h` or `7d`.

    Raises ValueError for anything else.
    """
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"(\d{1,6})\s*([smhd])", str(value).strip().lower())
    if not match or not int(match[1]):
        raise ValueError("write a length of time as 90s, 10m, 6h or 7d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _web_address(value: str) -> str:
    if not re.match(r"https?://[^/\s]+", value):
        raise ValueError("write a whole address, starting with https:// (or http://)")
    if re.search(r"\s", value):
        raise ValueError("an address has no blanks; write one as %20")
    urlsplit(value).port  # noqa: B018 - raises ValueError where it is none
    return value


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """Return a question after what is most like the given word, to stand behind a complaint; or ""."""
    near = get_close_matches(given, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Address = Annotated[str, AfterValidator(_web_address)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Changers = Literal["anyone", "members", "admins"]
ModelSize = Annotated[str, Field(pattern=r"^([0-9]{1,6}(\.[0-9]{1,3})?[MBTmbt])?$")]
GpuMemory = Annotated[str, Field(pattern=r"^(([0-9]{1,4}x)?[0-9]{1,6}(\.[0-9]{1,3})?[GTgt][Bb])?$")]


class Part(BaseModel):
    """A part of the settings: frozen, and nothing in it unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class SourceSpec(Part):
    """A source of a lab, as feeds.yaml describes it; each kind adds its own fields."""

    every: Duration | None = None

    @property
    def id(self) -> str:
        """The name of this source in `status` and `poll --source`."""
        raise NotImplementedError

    @property
    def address(self) -> str:
        """What no two sources of the file may share."""
        return self.id

    @property
    def owner(self) -> str:
        """The organisation on the Hub that it watches, or ""."""
        return ""


class OwnSpec(SourceSpec):
    """A source that shows one lab's models alone."""

    include: tuple[str, ...] = ()  # words of the names to keep; everything when empty


def _source_spec(value: object, info: ValidationInfo) -> SourceSpec:
    """Return a source as its kind describes it, so that an error names that kind's fields and no others."""
    if isinstance(value, SourceSpec):
        return value
    known: Mapping[str, type[SourceSpec]] = info.context or {}
    kinds = [kind for kind in known if isinstance(value, Mapping) and kind in value]
    if len(kinds) != 1:
        wrong = next(iter(value), "") if isinstance(value, Mapping) and not kinds else ""
        raise ValueError(
            f"a source is a mapping with one of {', '.join(known)}{did_you_mean(str(wrong), known)}"
        )
    return known[kinds[0]].model_validate(value)


class LabSpec(Part):
    """A lab, and where it shows its models."""

    id: Identifier
    name: Annotated[str, Field(min_length=1, max_length=80)]
    aliases: tuple[str, ...] = ()
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    names: Mapping[str, str] = Field(default_factory=dict)  # what a title says -> the model that it means
    sources: tuple[Annotated[SourceSpec, BeforeValidator(_source_spec)], ...] = ()

    @property
    def lab(self) -> Lab:
        """Return what the rest of the house needs to know of the lab."""
        learned = tuple(self.names.items())
        return Lab(self.id, self.name, self.aliases, self.country, self._owners, learned)

    @property
    def called(self) -> frozenset[str]:
        """Return everything that people may call the lab, in lower case."""
        return frozenset(name.casefold() for name in (self.id, self.name, *self.aliases, *self._owners))

    @property
    def _owners(self) -> tuple[str, ...]:
        return tuple(source.owner for source in self.sources if source.owner)


def _a_person(text: str) -> Destination:
    person = Destination.read(text)
    if not person.is_person:
        raise ValueError("write the person's id, as U0123456789 (in the profile, behind ⋮)")
    return person


def _destination(read: Callable[[str], Destination]) -> GetPydanticSchema:
    """Return how pydantic is to read a text as a destination."""
    text = core_schema.str_schema()
    return GetPydanticSchema(lambda *_: core_schema.no_info_after_validator_function(read, text))


Place = Annotated[Destination, _destination(Destination.read)]
Person = Annotated[Destination, _destination(_a_person)]


class WantedSpec(Part):
    """Which releases are wanted: of which labs, and with which facts."""

    labs: tuple[str, ...] | Literal["all"]
    license: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$")] = "any"
    min: ModelSize = ""
    max: ModelSize = ""
    fits: GpuMemory = ""
    type: str = "any"
    weights: Literal["any", "open"] = "any"
    match: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        alone = {
            key: (value[key],)
            for key in ("labs", "match")
            if isinstance(value, dict) and isinstance(value.get(key), str) and value[key] != "all"
        }
        return {**value, **alone} if alone else value

    @model_validator(mode="after")
    def _wants_something(self) -> Self:
        if not self.labs:
            raise ValueError("its `labs` names none: write `labs: all`, or a list of ids")
        return self

    @property
    def filters(self) -> dict[str, str]:
        """Return the filters as people type them, by their key."""
        typed = self.model_dump(include={"license", "min", "max", "fits", "type", "weights", "kinds"})
        return {**typed, "match": ",".join(self.match)}


class SubscriptionSpec(WantedSpec):
    """A standing subscription."""

    channel: Place
    kinds: Literal["all", "release", "variants"] = "all"

    @property
    def destination(self) -> Destination:
        """Return where its messages go."""
        return self.channel


class WebhookSpec(WantedSpec):
    """An address that is posted what is wanted, as JSON; its secret is in the environment, by its id."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    url: Address | None = None  # where it is a secret itself, it is in the environment as well

    @property
    def destination(self) -> Destination:
        """Return where its messages go."""
        return Destination.webhook(self.id)


class Defaults(Part):
    """What a source does unless it says otherwise."""

    every: Duration = timedelta(minutes=10)
    hold: Duration = timedelta(hours=6)
    group: Duration = timedelta(hours=24)  # models of one family this close together share an alert
    confirm: Duration = timedelta(hours=24)  # how long a listing waits for the lab to confirm


class LlmStatsSettings(Part):
    """Whether the llm-stats listing is read, and how often."""

    enabled: bool = True
    every: Duration = timedelta(hours=6)


class Config(Part):
    """The whole of feeds.yaml.

    It is validated with the kinds of source for context: what each may say, by its key.
    """

    defaults: Defaults = Defaults()
    llm_stats: LlmStatsSettings = LlmStatsSettings()
    labs: tuple[LabSpec, ...]
    subscriptions: tuple[SubscriptionSpec, ...] = ()
    webhooks: tuple[WebhookSpec, ...] = ()
    admins: tuple[Person, ...] = ()  # who hears of trouble and of reports, and corrects releases
    changes: Changers = "members"  # who may change what a channel follows that they are in

    @property
    def wanted(self) -> tuple[tuple[str, SubscriptionSpec | WebhookSpec], ...]:
        """Return what the file wants to be told, each with its place in it."""
        subscriptions = ((f"subscriptions[{n}]", one) for n, one in enumerate(self.subscriptions))
        return (*subscriptions, *((f"webhooks[{n}]", one) for n, one in enumerate(self.webhooks)))

    @property
    def source_ids(self) -> tuple[str, ...]:
        """Return the ids of all sources that are polled, each once."""
        ids = (source.id for lab in self.labs for source in lab.sources)
        return tuple(
            dict.fromkeys(one for one in ids if one != SourceKind.LLM_STATS or self.llm_stats.enabled)
        )

    @property
    def addresses(self) -> dict[str, str]:
        """Return the lab of each address: that of a source, or of an organisation in the listing."""
        return {source.address: lab.id for lab in self.labs for source in lab.sources}

    @model_validator(mode="after")
    def _names_are_unique_and_known(self) -> Self:
        if not self.labs:
            raise ValueError("labs: names no lab, so there is nothing to watch")
        _refuse_shared("the lab id", ((lab.id, f"labs[{n}]") for n, lab in enumerate(self.labs)))
        _refuse_shared("the name", ((name, lab.id) for lab in self.labs for name in lab.called))
        for n, spec in enumerate(self.labs):
            for name in spec.called & _NO_NAMES:
                raise ValueError(f"labs[{n}]: {name!r} means something else in commands: choose another name")
            if not spec.sources:
                raise ValueError(f"labs[{n}] ({spec.id}): has no sources; one could be `- hub: {spec.id}`")
        addresses = ((source.address, lab.id) for lab in self.labs for source in lab.sources)
        _refuse_shared("the source", addresses)
        _refuse_shared("the webhook", ((one.id, f"webhooks[{n}]") for n, one in enumerate(self.webhooks)))
        if self.changes == "admins" and not self.admins:
            raise ValueError(
                "changes: admins, and nobody is named under admins: nobody could change anything"
            )
        known = {lab.id for lab in self.labs}
        for place, wanted in self.wanted:
            for lab in wanted.labs if wanted.labs != "all" else ():
                if lab not in known:
                    raise ValueError(f"{place}.labs: no lab has the id {lab!r}{did_you_mean(lab, known)}")
        return self


def _refuse_shared(what: str, claims: Iterable[tuple[str, str]]) -> None:
    """Raise ValueError when two of the (name, holder) pairs have the same name."""
    holders = defaultdict(list)
    for name, holder in claims:
        holders[name].append(holder)
    for name, those in holders.items():
        if len(those) > 1:
            raise ValueError(f"{what} {name!r} stands in {' and in '.join(those)}; it may stand once")
