"""Put together which releases each source of feeds.yaml showed of those that it should have."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.releases.news.coverage import Record, Watched, records
from bot.settings.feeds import Config, HubSpec, LlmStatsSpec
from bot.store.store import Store

PERIOD = timedelta(days=365)


def watched(config: Config) -> list[Watched]:
    """Return what each source of feeds.yaml can be expected to show."""
    return [*_own_sources(config), *_listing(config)]


def _own_sources(config: Config) -> Iterator[Watched]:
    for lab in config.labs:
        for spec in lab.sources:
            if isinstance(spec, HubSpec):
                yield Watched(spec.id, frozenset((lab.id,)), spec.include, spec.hub.lower())
            elif not isinstance(spec, LlmStatsSpec):
                yield Watched(spec.id, frozenset((lab.id,)), spec.include)


def _listing(config: Config) -> Iterator[Watched]:
    """Yield the listing, which all labs that name it share."""
    labs = defaultdict(set)
    for lab in config.labs:
        for spec in lab.sources:
            if isinstance(spec, LlmStatsSpec) and config.llm_stats.enabled:
                labs[spec.id].add(lab.id)
    for source_id, those in labs.items():
        yield Watched(source_id, frozenset(those))


def coverage(store: Store, sources: Sequence[Watched], now: datetime) -> Mapping[str, Record]:
    """Return the records of the sources by id, of what was announced within a year."""
    states = store.sources.states()
    baselines = {source_id: state.baseline_at for source_id, state in states.items() if state.baseline_at}
    return records(sources, baselines, store.coverage.shown(now - PERIOD), now)
