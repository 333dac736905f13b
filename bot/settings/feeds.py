"""feeds.yaml, read once into frozen settings; every error names file, path and value."""

import re
import reprlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from bot.errors import ConfigError
from bot.model import Lab, SourceKind

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_MOST_BYTES = 300_000  # 20 times the shipped file, read within seconds; 10 MB of YAML would take minutes
_MOST_COMPLAINTS = 10
_WORDS = {  # where pydantic's own speak of Python
    "extra_forbidden": "there is no such key",
    "missing": "is missing",
    "model_type": "should be a mapping",
    "tuple_type": "should be a list",
    "string_type": "should be text; put it in quotes",
}


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
    return value


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Address = Annotated[str, AfterValidator(_web_address)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
ModelSize = Annotated[str, Field(pattern=r"^([0-9]{1,6}(\.[0-9]{1,3})?[MBTmbt])?$")]
GpuMemory = Annotated[str, Field(pattern=r"^(([0-9]{1,4}x)?[0-9]{1,6}(\.[0-9]{1,3})?[GTgt][Bb])?$")]


class Part(BaseModel):
    """A part of the settings: frozen, and nothing in it unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class HubSpec(Part):
    """Describe an organisation on the Hugging Face Hub."""

    hub: Annotated[str, Field(pattern=r"^[\w.-]{1,96}$")]
    include: tuple[str, ...] = ()  # words of the names to keep; everything when empty
    every: Duration | None = None
    hold: Duration | None = None  # how long a repository without weights is waited for

    @property
    def id(self) -> str:
        """Return the name of this source in `status` and `poll --source`."""
        return f"hub:{self.hub}"


class FeedSpec(Part):
    """Describe an RSS, Atom, RDF or JSON feed."""

    feed: Address
    include: tuple[str, ...] = ()
    every: Duration | None = None

    @property
    def id(self) -> str:
        """Return the name of this source in `status` and `poll --source`."""
        return "feed:" + self.feed.split("://", 1)[1]


class PageSpec(Part):
    """Describe a page that lists posts.

    `format: html` takes CSS selectors; `next` and `json` take jmespath expressions, `next` over the list of
    all objects in the page's flight data; `markdown` takes none and reads headings, cards and links.
    """

    page: Address
    format: Literal["html", "next", "json", "markdown"] = "html"
    item: str = ""
    title: str = ""
    link: str = ""
    date: str = ""
    summary: str = ""
    link_prefix: str = ""  # what to put before a link that is only a slug
    headers: Mapping[str, str] = Field(default_factory=dict)
    include: tuple[str, ...] = ()
    every: Duration | None = None

    @property
    def id(self) -> str:
        """Return the name of this source in `status` and `poll --source`."""
        return "page:" + self.page.split("://", 1)[1]

    @model_validator(mode="after")
    def _selects(self) -> Self:
        if self.format != "markdown" and not self.item:
            raise ValueError(f"a page of format {self.format} needs `item`: what selects one post")
        return self


class LlmStatsSpec(Part):
    """Name the lab's organisation in the llm-stats listing."""

    llm_stats: Identifier
    every: Duration | None = None

    @property
    def id(self) -> str:
        """Return the name of the one listing that all labs share."""
        return "llm_stats"


SourceSpec = HubSpec | FeedSpec | PageSpec | LlmStatsSpec
_SPECS: Mapping[str, type[SourceSpec]] = {
    SourceKind.HUB: HubSpec,
    SourceKind.FEED: FeedSpec,
    SourceKind.PAGE: PageSpec,
    SourceKind.LLM_STATS: LlmStatsSpec,
}


def _source_spec(value: object) -> SourceSpec:
    """Pick the kind of source by its key, so that an error names that kind's fields and no others."""
    if isinstance(value, SourceSpec):
        return value
    kinds = [kind for kind in _SPECS if isinstance(value, Mapping) and kind in value]
    if not isinstance(value, Mapping) or len(kinds) != 1:
        raise ValueError("a source is a mapping with one of hub, feed, page, llm_stats")
    return _SPECS[kinds[0]].model_validate(value)


class LabSpec(Part):
    """Describe a lab and where it shows its models."""

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
        return tuple(source.hub for source in self.sources if isinstance(source, HubSpec))


def _an_id(channel: str) -> str:
    if channel.startswith(("#", "@")):
        raise ValueError("write the channel's id, as C0123456789, not its name: names change")
    return channel


Person = Annotated[str, Field(pattern=r"^([A-Z0-9]+/)?[UW][A-Z0-9]{2,20}$")]  # a user id, or TEAM/USER


class SubscriptionSpec(Part):
    """Describe a standing subscription of feeds.yaml."""

    channel: Annotated[str, Field(min_length=1), AfterValidator(_an_id)]
    labs: tuple[str, ...] | Literal["all"]
    license: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$")] = "any"
    min: ModelSize = ""
    max: ModelSize = ""
    fits: GpuMemory = ""
    type: str = "any"
    kinds: Literal["all", "release", "variants"] = "all"
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

    @property
    def filters(self) -> dict[str, str]:
        """Return the filters as people type them, by their key."""
        typed = self.model_dump(exclude={"channel", "labs", "match"})
        return {**typed, "match": ",".join(self.match)}


class Defaults(Part):
    """What a source does unless it says otherwise."""

    every: Duration = timedelta(minutes=10)
    hold: Duration = timedelta(hours=6)
    group: Duration = timedelta(hours=24)  # models of one family this close together share an alert
    confirm: Duration = timedelta(hours=24)  # how long a listing waits for the lab to confirm


class LlmStatsSettings(Part):
    """Turn the llm-stats listing on or off."""

    enabled: bool = True
    every: Duration = timedelta(hours=6)


class Config(Part):
    """The whole of feeds.yaml."""

    defaults: Defaults = Defaults()
    llm_stats: LlmStatsSettings = LlmStatsSettings()
    labs: tuple[LabSpec, ...]
    subscriptions: tuple[SubscriptionSpec, ...] = ()
    admins: tuple[Person, ...] = ()  # who hears of trouble and of reports, and corrects releases

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
        return {_address(source): lab.id for lab in self.labs for source in lab.sources}

    @model_validator(mode="after")
    def _names_are_unique_and_known(self) -> Self:
        if not self.labs:
            raise ValueError("labs: names no lab, so there is nothing to watch")
        _refuse_shared("the lab id", ((lab.id, f"labs[{n}]") for n, lab in enumerate(self.labs)))
        _refuse_shared("the name", ((name, lab.id) for lab in self.labs for name in lab.called))
        addresses = ((_address(source), lab.id) for lab in self.labs for source in lab.sources)
        _refuse_shared("the source", addresses)
        known = {lab.id for lab in self.labs}
        for number, subscription in enumerate(self.subscriptions):
            for lab in subscription.labs if subscription.labs != "all" else ():
                if lab not in known:
                    raise ValueError(f"subscriptions[{number}].labs: no lab has the id {lab!r}")
        return self


def _address(source: SourceSpec) -> str:
    if isinstance(source, LlmStatsSpec):  # all labs share the one listing, but not an organisation in it
        return f"llm_stats:{source.llm_stats}"
    return source.id.casefold() if isinstance(source, HubSpec) else source.id  # as the Hub sees it


def _refuse_shared(what: str, claims: Iterable[tuple[str, str]]) -> None:
    """Raise ValueError when two of the (name, holder) pairs have the same name."""
    holders = defaultdict(list)
    for name, holder in claims:
        holders[name].append(holder)
    for name, those in holders.items():
        if len(those) > 1:
            raise ValueError(f"{what} {name!r} stands in {' and in '.join(those)}; it may stand once")


class _Loader(yaml.SafeLoader):
    """Refuse what YAML allows and what loses or multiplies entries: a key that stands twice, merge keys."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.tag == "tag:yaml.org,2002:merge":
                raise yaml.MarkedYAMLError(problem="write the keys out (no <<)", problem_mark=key.start_mark)
            if key.value in seen:
                problem = f"the key {key.value!r} stands twice"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            seen.add(key.value)


def load_config(path: Path) -> Config:
    """Read and check feeds.yaml.

    Raises ConfigError naming the file, the path inside it, the value and what is wrong.
    """
    content = _read_yaml(path)
    try:
        return Config.model_validate(content)
    except ValidationError as error:
        raise ConfigError("\n".join(f"{path}: {line}" for line in _complaints(error, content))) from error


def _read_yaml(path: Path) -> object:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(f"{path}: is larger than {_MOST_BYTES:,} bytes; is it the right file?")
        return _Loader(path.read_text(encoding="utf-8")).get_single_data()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); set CADENCEBOT_CONFIG") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise ConfigError(f"{path}: line {line}: is not valid YAML: {error.problem}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not valid YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: is nested too deeply; is it the right file?") from error


def _complaints(error: ValidationError, content: object) -> Iterator[str]:
    problems = error.errors(include_url=False)
    for problem in problems[:_MOST_COMPLAINTS]:
        message = _WORDS.get(problem["type"], problem["msg"].removeprefix("Value error, "))
        whole_file = not problem["loc"] and isinstance(problem["input"], Mapping)
        known = whole_file or problem["type"] == "missing"  # no value, or one that the message names
        value = "" if known else f" (got {_short(problem['input'])})"
        yield f"{_where(problem['loc'], content)}{message}{value}"
    if len(problems) > _MOST_COMPLAINTS:
        yield f"and {len(problems) - _MOST_COMPLAINTS} more"


def _where(location: tuple[int | str, ...], content: object) -> str:
    """Return the path as people write it, with the lab's id beside its number, and a colon."""
    text = ""
    for step in location:
        if isinstance(step, str) and text and not isinstance(content, Mapping):
            break  # from here on pydantic names the branches of a union
        content = _step_into(content, step)
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
        text += f" ({content['id']})" if isinstance(content, Mapping) and content.get("id") else ""
    return f"{text.lstrip('.')}: " if text else ""


def _step_into(content: object, step: int | str) -> object:
    if isinstance(content, Mapping):
        return content.get(step)
    if isinstance(content, list) and isinstance(step, int) and step < len(content):
        return content[step]
    return None


def _short(value: object) -> str:
    # reprlib bounds nested values: YAML's aliases can make a value that is small to hold and endless to print
    text = repr(value) if isinstance(value, str) else reprlib.repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
