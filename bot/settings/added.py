"""feeds.yaml and the labs that were added beside it, as one; where both speak of something, the file wins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.settings.feeds import Config, LabSpec


@dataclass(frozen=True, slots=True)
class Combined:
    """What is watched, and why each lab is not that was added and is left aside, by its id."""

    config: Config
    aside: Mapping[str, str]


def combined(file: Config, added: Iterable[LabSpec]) -> Combined:
    """Return the settings of both: the file as it is, then of the labs added what it does not name.

    `added` are in the order in which they came. Pure.
    """
    config, aside = file, dict[str, str]()
    for lab in added:
        stands = config.addresses
        own = tuple(one for one in lab.sources if one.address not in stands)
        more = lab.model_copy(update={"sources": own})
        why = _against(more, lab, config)
        if why:
            aside[lab.id] = why
        else:
            config = config.model_copy(update={"labs": (*config.labs, more)})
    return Combined(config, aside)


def _against(own: LabSpec, lab: LabSpec, config: Config) -> str:
    """Return why a lab cannot be watched beside these, "" where it can; `own` has what is its alone."""
    if any(one.id == lab.id for one in config.labs):
        return "feeds.yaml names it as well, and counts"
    if not own.sources:
        holders = sorted({config.addresses[one.address] for one in lab.sources})
        return f"what it was watched through stands under {', '.join(holders)} in feeds.yaml, which counts"
    for other in config.labs:
        for name in sorted(own.called & other.called):
            return f"“{name}” is a name of {other.id}, which counts"
    return ""
