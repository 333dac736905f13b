"""The listing of llm-stats.com, one source for all labs (docs/reference/llmstats.md).

With a key its API is read. Without one the public page is, after its robots.txt and at most once in twelve
hours: its owners do not want to be scraped in bulk. `/api/` of the site is closed to robots and never asked.
The listing confirms and enriches what labs say; every sighting links its entry there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import quote, urlencode, urljoin

from bot.errors import Failure, SourceError
from bot.fetch import Fetcher
from bot.fetch.manners import allowed
from bot.model import DateOrigin, Facts, LicenseStatement, Sighting, SourceKind
from bot.settings.environment import Environment
from bot.settings.feeds import Config
from bot.sources.base import Memory, Poll
from bot.sources.dates import read_date
from bot.sources.flight import flight_objects
from bot.sources.posts import body_text
from bot.sources.specs import LlmStatsSpec
from bot.sources.text import absolute, clean, refuse_many

_ROBOT = "cadencebot"
_SITE = "https://llm-stats.com/models"
_ROWS_A_PAGE = 200  # some 335 models make two pages
_MAX_PAGES = 20
_PAGE_BYTES = 5_000_000
_LARGEST = 10**16  # parameters or tokens; more is nonsense, and SQLite has no room for it
_DETAILS_A_POLL = 20  # an account has 250 requests a day
_API_DEADLINE = 45  # seconds: a bad key is answered after 24
_PAGE_REST = timedelta(hours=12)
_ROBOTS_REST = timedelta(days=1)
_ENOUGH = 0.8  # of the usual rows; fewer mean a broken answer, for models are hardly ever removed


class LlmStatsSource:
    """Watches the listing; `labs` maps its organisation ids to lab ids."""

    kind = SourceKind.LLM_STATS

    def __init__(
        self, labs: Mapping[str, str], *, every: timedelta, api_url: str, page_url: str, with_key: bool
    ) -> None:
        self.id = "llm_stats"
        self.url = api_url.rstrip("/") if with_key else page_url
        self.every = every
        self._labs = labs
        self._with_key = with_key

    @classmethod
    def of(cls, _spec: LlmStatsSpec, _lab: str, config: Config, environment: Environment) -> Self:
        """Return what polls the listing for all labs."""
        specs = [
            (spec, one.id) for one in config.labs for spec in one.sources if isinstance(spec, LlmStatsSpec)
        ]
        return cls(
            {spec.llm_stats: lab_id for spec, lab_id in specs},
            every=min((spec.every for spec, _ in specs if spec.every), default=config.llm_stats.every),
            api_url=environment.llm_stats_url,
            page_url=environment.llm_stats_page_url,
            with_key=bool(environment.llm_stats_api_key.get_secret_value()),
        )

    def poll(self, memory: Memory, fetch: Fetcher, now: datetime) -> Poll:
        """Return the models of our labs that were never listed before.

        Raises SourceError when the listing cannot be read, may not be, or has lost many of its rows.
        """
        if self._with_key:
            return self._poll_of(self._from_api(fetch, now), memory, fetch, now)
        cursor = self._ask_leave(memory.cursor, fetch, now)
        rest = _rest(cursor, "read_at", _PAGE_REST, now)
        if rest:
            return Poll(cursor=cursor, count=memory.usual_count, not_before=now + rest)
        try:
            page = body_text(fetch.get(self.url, max_bytes=_PAGE_BYTES))
            objects = flight_objects(page, self.url)
            rows = _rows((one for one in objects if {"license", "organization"} <= one.keys()), now)
            poll = self._poll_of(rows, memory, fetch, now)
        except SourceError as error:
            seconds = max(error.retry_after or 0, _PAGE_REST.total_seconds())
            raise SourceError(error.failure, str(error), retry_after=seconds) from error
        return replace(poll, cursor={**cursor, "read_at": now.isoformat()}, not_before=now + _PAGE_REST)

    def _poll_of(self, rows: Mapping[str, Sighting], memory: Memory, fetch: Fetcher, now: datetime) -> Poll:
        if not rows or len(rows) < _ENOUGH * memory.usual_count:
            raise SourceError(
                Failure.EMPTY,
                f"{self.url} lists {len(rows)} models where there were {memory.usual_count}: has it changed?",
            )
        known = memory.known(f"id:{model}" for model in rows)
        unseen = [row for model, row in rows.items() if f"id:{model}" not in known]
        ours = [row for row in unseen if row.lab in self._labs]
        if memory.baselined and self._with_key:
            ours = self._in_detail(ours, fetch, now)
        return Poll(
            sightings=tuple(replace(row, lab=self._labs[row.lab]) for row in ours),
            # Those of other organisations too: a lab that is added later brings no flood of old models.
            identities={f"id:{row.external_id}": row.lab for row in unseen},
            count=len(rows),
        )

    def _from_api(self, fetch: Fetcher, now: datetime) -> dict[str, Sighting]:
        rows: dict[str, Sighting] = {}
        cursors = [""]
        while len(cursors) <= _MAX_PAGES:
            query = {"limit": str(_ROWS_A_PAGE)} | ({"cursor": cursors[-1]} if cursors[-1] else {})
            page = self._ask(f"models?{urlencode(query)}", fetch, now)
            if not isinstance(page, dict) or not isinstance(page.get("models"), list):
                raise SourceError(Failure.BAD_ANSWER, f"{self.url}/models answered no list of models")
            refuse_many(len(rows) + len(page["models"]), self.url)
            rows |= _rows(page["models"], now)
            following = clean(page.get("next_cursor"), 1000)
            if not following:
                return rows
            if following in cursors:
                break
            cursors.append(following)
        raise SourceError(Failure.BAD_ANSWER, f"{self.url}/models does not end: cursor {cursors[-1]!r} again")

    def _in_detail(self, rows: list[Sighting], fetch: Fetcher, now: datetime) -> list[Sighting]:
        """Add what only a model's own answer tells, such as its weights; a failure costs that and no more."""
        detailed: list[Sighting] = []
        for row in rows[:_DETAILS_A_POLL]:
            try:
                answer = self._ask(f"models/{quote(row.external_id, safe='')}", fetch, now)
            except SourceError:
                break
            told = _row(answer, now) if isinstance(answer, dict) else None
            facts = row.facts.filled_from(told.facts) if told else row.facts
            detailed.append(replace(row, facts=facts, links=told.links if told else row.links))
        return [*detailed, *rows[len(detailed) :]]

    def _ask(self, path: str, fetch: Fetcher, now: datetime) -> Any:
        try:
            return fetch.get(f"{self.url}/{path}", deadline=_API_DEADLINE).json()
        except SourceError as error:
            if error.failure is Failure.DENIED and "LLM_STATS_API_KEY" not in str(error):
                raise SourceError(error.failure, f"{error}; check LLM_STATS_API_KEY") from error
            if error.failure is not Failure.RATE_LIMITED or error.retry_after is not None:
                raise
            # With no time named it may be the day's quota, which is given out anew at midnight UTC.
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
            raise SourceError(
                error.failure, str(error), retry_after=(midnight - now).total_seconds()
            ) from error

    def _ask_leave(self, cursor: Mapping[str, Any], fetch: Fetcher, now: datetime) -> Mapping[str, Any]:
        """Return the cursor with a robots.txt that was read within a day.

        Raises SourceError when it keeps us out.
        """
        if not _rest(cursor, "robots_at", _ROBOTS_REST, now):
            try:
                robots = fetch.get(urljoin(self.url, "/robots.txt")).body
            except SourceError as error:
                if error.failure is not Failure.GONE:
                    raise
                robots = b""  # none: nothing is forbidden
            open_to_us = allowed(robots, self.url, _ROBOT)
            cursor = {**cursor, "robots_at": now.isoformat(), "allowed": open_to_us}
        if not cursor["allowed"]:
            raise SourceError(
                Failure.DENIED,
                f"the robots.txt of {self.url} keeps us out; set LLM_STATS_API_KEY, or llm_stats: "
                "{enabled: false} in feeds.yaml",
                retry_after=_ROBOTS_REST.total_seconds(),
            )
        return cursor


def _rest(cursor: Mapping[str, Any], name: str, length: timedelta, now: datetime) -> timedelta | None:
    """Return how much is left of `length` since the time noted under `name`, or None when it is over."""
    if name not in cursor:
        return None
    left = datetime.fromisoformat(cursor[name]) + length - now
    return left if timedelta() < left <= length else None


def _rows(items: Iterable[Any], now: datetime) -> dict[str, Sighting]:
    rows = (_row(item, now) for item in items if isinstance(item, dict))
    return {row.external_id: row for row in rows if row}


def _row(item: Mapping[str, Any], now: datetime) -> Sighting | None:
    """Return a model of the page (`model_id`, `organization_id`, a licence's slug) or of the API (objects).

    Its lab is still the listing's organisation. Its weights are told only of a model that is asked for alone.
    """
    model = clean(item.get("model_id") or item.get("id"), 200)
    name = clean(item.get("name") or item.get("model_name") or item.get("display_name"))
    if not model or not name:
        return None
    license_id, sources = _slug(item.get("license")), item.get("sources")
    dates = (read_date(item.get(key), now) for key in ("release_date", "announcement_date"))
    date = next(filter(None, dates), None)
    weights = sources.get("weights") if isinstance(sources, dict) else ""
    link = absolute(str(weights), _SITE) if weights else ""
    return Sighting(
        source_id=SourceKind.LLM_STATS.value,
        source=SourceKind.LLM_STATS,
        lab=_slug(item.get("organization_id") or item.get("organization")),
        external_id=model,
        title=name,
        url=f"{_SITE}/{quote(model, safe='')}",
        facts=Facts(
            license=LicenseStatement(license_id) if license_id else None,
            parameters=_positive(item.get("params") or item.get("param_count")),
            context_tokens=_positive(item.get("context") or item.get("context_window")),
        ),
        published=replace(date, origin=DateOrigin.LISTED) if date else None,
        links=(link,) if link else (),
    )


def _slug(value: object) -> str:
    """Return an id that is given as such, or as an object that has one."""
    return clean(value.get("id") if isinstance(value, dict) else value, 100).lower()


def _positive(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 < value <= _LARGEST else None
