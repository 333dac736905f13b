"""feeds.yaml as a file: read with every mistake named by its path and value, and written to be pasted."""

import reprlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from sysconfig import get_path
from textwrap import indent

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.errors import ConfigError
from bot.model import SourceKind
from bot.settings.feeds import (
    Config,
    Defaults,
    LabSpec,
    LlmStatsSettings,
    Part,
    SourceSpec,
    SubscriptionSpec,
    WebhookSpec,
    did_you_mean,
)

_MOST_BYTES = 600_000  # 7,000 sources, read within a second; nonsense of 10 MB would take minutes
_MOST_COMPLAINTS = 10
_WORDS = {  # where pydantic's own speak of Python
    "missing": "is missing",
    "model_type": "should be a mapping",
    "tuple_type": "should be a list",
    "string_type": "should be text; put it in quotes",
}
_PATTERNS = {  # what a key's value looks like, where its pattern alone would say so
    "id": "write small letters, digits, dots and dashes, as qwen or z.ai",
    "country": "write two capital letters, as CN",
    "hub": "write the organisation alone, as in huggingface.co/Qwen: Qwen",
    "min": "write a number of parameters, as 7b",
    "max": "write a number of parameters, as 70b",
    "fits": "write the memory of GPUs, as 80gb or 8x80gb",
    "license": "write any, permissive, or the id of a licence, as apache-2.0",
}
_PARTS: Mapping[str, type[Part]] = {
    "defaults": Defaults,
    "llm_stats": LlmStatsSettings,
    "labs": LabSpec,
    "subscriptions": SubscriptionSpec,
    "webhooks": WebhookSpec,
}


# libyaml reads ten times faster than Python; PyYAML has it wherever it comes as a wheel.
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc, valid-type]  # one of two classes of the same interface
    """YAML without what loses or multiplies entries: keys that stand twice, merge keys."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.tag == "tag:yaml.org,2002:merge":
                raise yaml.MarkedYAMLError(problem="write the keys out (no <<)", problem_mark=key.start_mark)
            if key.value in seen:
                problem = f"the key {key.value!r} stands twice"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            seen.add(key.value)


def read_config(path: Path, kinds: Mapping[str, type[SourceSpec]]) -> Config:
    """Return what feeds.yaml says; `kinds` are what it may say of each kind of source, by its key.

    Raises ConfigError naming the file, the path inside it, the value and what is wrong.
    """
    content = _read_yaml(path)
    try:
        return Config.model_validate(content, context=kinds)
    except ValidationError as error:
        raise ConfigError(
            "\n".join(f"{path}: {line}" for line in _complaints(error, content, kinds))
        ) from error


def _read_yaml(path: Path) -> object:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(f"{path}: is larger than {_MOST_BYTES:,} bytes; is it the right file?")
        return _Loader(path.read_text(encoding="utf-8")).get_single_data()
    except FileNotFoundError as error:
        raise _no_feeds(path) from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); set CADENCEBOT_CONFIG") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        tab = "; indent with spaces, not tabs" if "cannot start any token" in str(error.problem) else ""
        raise ConfigError(f"{path}: line {line}: is not valid YAML: {error.problem}{tab}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: is not valid YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: is nested too deeply; is it the right file?") from error


def _complaints(
    error: ValidationError, content: object, kinds: Mapping[str, type[SourceSpec]]
) -> Iterator[str]:
    problems = _each_once(error.errors(include_url=False), kinds)
    for problem in problems[:_MOST_COMPLAINTS]:
        message = _message(problem, kinds)
        whole_file = not problem["loc"] and isinstance(problem["input"], Mapping)
        known = whole_file or problem["type"] == "missing"  # no value, or one that the message names
        value = "" if known else f" (got {_short(problem['input'])})"
        yield f"{_where(problem['loc'], content)}{message}{value}"
    if len(problems) > _MOST_COMPLAINTS:
        yield f"and {len(problems) - _MOST_COMPLAINTS} more"


def _no_feeds(path: Path) -> ConfigError:
    shipped = Path(get_path("data"), "share", "cadencebot", "feeds.yaml")
    begin = f", or begin with the one that came along: cp {shipped} ." if shipped.exists() else ""
    return ConfigError(f"{path}: is not there; set CADENCEBOT_CONFIG to your feeds.yaml{begin}")


def _each_once(problems: Sequence[ErrorDetails], kinds: Mapping[str, type[SourceSpec]]) -> list[ErrorDetails]:
    """Return the problems without the keys that are only missing since they are written with a slip."""
    slips = {
        (*problem["loc"][:-1], _message(problem, kinds).partition("did you mean ")[2].rstrip("?"))
        for problem in problems
        if problem["type"] == "extra_forbidden"
    }
    return [problem for problem in problems if problem["type"] != "missing" or problem["loc"] not in slips]


def _message(problem: ErrorDetails, kinds: Mapping[str, type[SourceSpec]]) -> str:
    said = problem["msg"].removeprefix("Value error, ")
    key = str(problem["loc"][-1]) if problem["loc"] else ""
    match problem["type"]:
        case "extra_forbidden":
            return f"there is no such key{did_you_mean(key, _keys_beside(problem['loc'], kinds))}"
        case "string_type" if problem["input"] is None:
            return "says nothing: write a value behind it"
        case "string_pattern_mismatch":
            return _PATTERNS.get(key, said)
        case kind:
            return _WORDS.get(kind, said)


def _keys_beside(location: tuple[int | str, ...], kinds: Mapping[str, type[SourceSpec]]) -> set[str]:
    """Return the keys that there are where an unknown one stands."""
    if "sources" in location:
        return {key for kind in kinds.values() for key in kind.model_fields}
    part = _PARTS.get(str(location[0]), Config) if len(location) > 1 else Config
    return set(part.model_fields)


def _where(location: tuple[int | str, ...], content: object) -> str:
    """Return the path as people write it, with the lab's id beside its number, and a colon."""
    text = ""
    for step in location:
        if isinstance(step, str) and text and not isinstance(content, Mapping):
            break  # from here on pydantic names the branches of a union
        if isinstance(content, Mapping):
            content = content.get(step)
        elif isinstance(content, list) and isinstance(step, int) and step < len(content):
            content = content[step]
        else:
            content = None
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
        text += f" ({content['id']})" if isinstance(content, Mapping) and content.get("id") else ""
    return f"{text.lstrip('.')}: " if text else ""


def _short(value: object) -> str:
    # reprlib bounds nested values: YAML's aliases can make a value that is small to hold and endless to print
    if value is None:
        return "nothing"
    text = repr(value) if isinstance(value, str) else reprlib.repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def fields_of(spec: SourceSpec) -> dict[str, object]:
    """Return a source as it is written in feeds.yaml, its key first; what goes without saying is left out."""
    said = spec.model_dump(exclude_defaults=True, mode="json")
    return {name: said[name] for name in sorted(said, key=lambda name: name not in tuple(SourceKind))}


def lab_fields(lab: LabSpec) -> dict[str, object]:
    """Return a lab as it is written in feeds.yaml, its id first; what goes without saying is left out."""
    said = lab.model_dump(exclude_defaults=True, exclude={"sources"}, mode="json")
    return {**said, "sources": [fields_of(source) for source in lab.sources]}


def labs_as_yaml(labs: Iterable[LabSpec]) -> str:
    """Return the lines that stand under `labs`, indented as the shipped file has them."""
    listed = [lab_fields(lab) for lab in labs]
    return indent(_as_list(listed), "  ") if listed else ""


def as_yaml(spec: SourceSpec) -> str:
    """Return the lines that stand under `sources` of a lab."""
    return _as_list([fields_of(spec)])


def _as_list(items: Sequence[Mapping[str, object]]) -> str:
    return yaml.safe_dump(items, sort_keys=False, allow_unicode=True, width=1_000).rstrip()
