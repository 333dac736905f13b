"""From feeds.yaml to sources: the kinds that there are, what each may say, and what polls it.

Whoever only asks what feeds.yaml says imports no parser: what polls a source is looked up when it is built.
"""

from collections.abc import Mapping
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from pydantic import ValidationError

from bot.errors import ConfigError
from bot.model import SourceKind
from bot.settings.environment import Environment
from bot.settings.feeds import Config, LabSpec, OwnSpec, SourceSpec
from bot.settings.file import read_config

if TYPE_CHECKING:
    from bot.sources.base import Source


def kinds() -> Mapping[str, type[SourceSpec]]:
    """Return what feeds.yaml may say of each kind of source, by its key."""
    return {kind.value: resolve_name(kind.traits.spec) for kind in SourceKind if kind.traits.spec}


def load_config(path: Path) -> Config:
    """Return what feeds.yaml says.

    Raises ConfigError naming the file, the path inside it, the value and what is wrong.
    """
    return read_config(path, kinds())


def written_lab(lab_id: str, written: Mapping[str, object]) -> LabSpec:
    """Return a lab of which this is written, as under `labs` of feeds.yaml. Raises ConfigError."""
    try:
        return LabSpec.model_validate({**written, "id": lab_id}, context=kinds())
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        raise ConfigError(f"the lab {lab_id}: {problem['msg'].removeprefix('Value error, ')}") from error


def build_sources(config: Config, environment: Environment) -> "tuple[Source, ...]":
    """Return the sources of all labs, each once, those that labs share after the others.

    Raises ConfigError for a selector or expression that is none.
    """
    polls = {spec: resolve_name(SourceKind(key).traits.source) for key, spec in kinds().items()}
    polled = frozenset(config.source_ids)
    specs = [(spec, lab.id) for lab in config.labs for spec in lab.sources if spec.id in polled]
    own_first = sorted(specs, key=lambda pair: not isinstance(pair[0], OwnSpec))
    try:
        made = {spec.id: polls[type(spec)](spec, lab, config, environment) for spec, lab in own_first}
    except ConfigError as error:
        raise ConfigError(f"{environment.cadencebot_config}: {error}") from error
    return tuple(made.values())
