"""From feeds.yaml to sources."""

from collections.abc import Iterator
from datetime import timedelta

from bot.settings.environment import Environment
from bot.settings.feeds import Config, FeedSpec, HubSpec, LlmStatsSpec, PageSpec, SourceSpec
from bot.sources.base import Source
from bot.sources.feed import FeedSource
from bot.sources.hub import HubSource
from bot.sources.llmstats import LlmStatsSource
from bot.sources.page import PageSource

_HUB_EVERY = timedelta(minutes=2)  # 40 organisations make 100 requests in five minutes, of 500 granted


def build_sources(config: Config, environment: Environment) -> tuple[Source, ...]:
    """Return the sources of all labs, and the llm-stats listing once for all of them.

    Raises ConfigError for a selector or expression that is none.
    """
    sources = [
        source
        for lab in config.labs
        for spec in lab.sources
        for source in _source(spec, lab.id, config, environment)
    ]
    return (*sources, *_listing(config, environment))


def _source(spec: SourceSpec, lab: str, config: Config, environment: Environment) -> Iterator[Source]:
    every = spec.every or config.defaults.every
    match spec:
        case HubSpec():
            yield HubSource(
                spec,
                lab,
                endpoint=environment.hf_endpoint,
                every=spec.every or _HUB_EVERY,
                hold=spec.hold or config.defaults.hold,
            )
        case FeedSpec():
            yield FeedSource(spec, lab, every)
        case PageSpec():
            yield PageSource(spec, lab, every)
        case LlmStatsSpec():
            return  # all of them make one source


def _listing(config: Config, environment: Environment) -> Iterator[Source]:
    specs = [(spec, lab.id) for lab in config.labs for spec in lab.sources if isinstance(spec, LlmStatsSpec)]
    if not specs or not config.llm_stats.enabled:
        return
    stated = [spec.every for spec, _ in specs if spec.every]
    yield LlmStatsSource(
        {spec.llm_stats: lab for spec, lab in specs},
        every=min(stated, default=config.llm_stats.every),
        api_url=environment.llm_stats_url,
        page_url=environment.llm_stats_page_url,
        with_key=bool(environment.llm_stats_api_key.get_secret_value()),
    )
