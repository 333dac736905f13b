"""Every kind of source, watched, and a network that answers whatever is asked with one body."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.errors import Failure, SourceError
from bot.fetch import Response
from bot.sources.base import Source
from bot.sources.feed import FeedSource
from bot.sources.hub import HubSource
from bot.sources.llmstats import LlmStatsSource
from bot.sources.page import PageSource
from bot.sources.specs import FeedSpec, HubSpec, PageSpec

SITE = "https://lab.example"
_EVERY = timedelta(minutes=10)


def _page(site: str, **spec: str) -> Source:
    return PageSource(PageSpec.model_validate({"page": f"{site}/news", **spec}), "moonshot", _EVERY)


def _data_page(site: str, shape: str, item: str, link: str) -> Source:
    return _page(site, format=shape, item=item, title="title", link=link, date="date", summary="summary")


def _hub(site: str) -> Source:
    spec = HubSpec(hub="moonshotai")
    return HubSource(spec, "moonshot", endpoint=site, every=_EVERY, hold=timedelta(hours=6))


def _stats(site: str, *, with_key: bool) -> Source:
    labs, page = {"moonshotai": "moonshot"}, f"{site}/models"
    return LlmStatsSource(labs, every=_EVERY, api_url=f"{site}/v1", page_url=page, with_key=with_key)


KINDS: Mapping[str, Callable[[str], Source]] = {
    "feed": lambda site: FeedSource(FeedSpec(feed=f"{site}/rss.xml"), "moonshot", _EVERY),
    "html": lambda site: _page(site, item="article", title="h2", date="time", summary="p"),
    "next": lambda site: _data_page(site, "next", "[?_type=='post']", "slug.current"),
    "json": lambda site: _data_page(site, "json", "items", "url"),
    "markdown": lambda site: _page(site, format="markdown"),
    "hub": _hub,
    "stats page": lambda site: _stats(site, with_key=False),
    "stats api": lambda site: _stats(site, with_key=True),
}


class Everywhere:
    """Answer every address but robots.txt with one body, within the caps that a fetcher keeps."""

    def __init__(self, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.body = body
        self.headers = headers or {}

    def get(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        headers: Mapping[str, str] | None = None,
        deadline: float = 30.0,
        max_bytes: int | None = None,
    ) -> Response:
        if url.endswith("/robots.txt"):
            return Response(url, 200)
        if len(self.body) > (max_bytes or 20_000_000):
            raise SourceError(Failure.TOO_LARGE, f"{url} is too large")
        return Response(url, 200, self.headers, self.body)
