"""The Hub's answers: whole listings, single repositories and model cards (docs/reference/hub.md)."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from bot.errors import Failure, SourceError
from bot.fetch import Fetcher, Response
from bot.fetch.address import shown
from bot.model import DateOrigin, JsonObject, Published
from bot.sources.dates import plausible
from bot.sources.text import absolute

# Only fields that stay put, and an order that does: then the ETag stays as well. Downloads, likes and the
# default order change by the minute. `private` shows repositories that only the owner of the token can see.
_FIELDS = (
    "createdAt",
    "private",
    "gated",
    "pipeline_tag",
    "library_name",
    "tags",
    "cardData",
    "safetensors",
    "gguf",
)
_ROWS_A_PAGE = 1000
_MAX_PAGES = 50
_MOST_ROWS = 8_000  # on all pages together; a baseline takes 250 µs for each
_MOST_VALUES = 1_000_000
_FILE_BYTES = 512 * 1024
_NAME = re.compile(r"(?!.*\.\.)[\w.-]{1,96}(?:/[\w.-]{1,96})?", re.ASCII)
_NEXT = re.compile(r'<([^<>]{1,4000})>\s*;\s*rel="?next"?')


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository as an answer shows it; `hub_id` stays when `name` changes."""

    hub_id: str
    name: str  # "owner/name"
    item: JsonObject

    def published(self, now: datetime) -> Published | None:
        """Return when it was created, unless that cannot be.

        Listings before December 2023 tell it by the `_id` alone.
        """
        at = _moment(self.item.get("createdAt")) or _moment_of_id(self.hub_id)
        return Published(at, DateOrigin.CREATED) if at and plausible(at, now) else None


@dataclass(frozen=True, slots=True)
class Listing:
    """An organisation's public repositories by `_id`; with `not_modified` they are as last time.

    `fingerprint` is that of the body that the ETag stands for.
    """

    repositories: Mapping[str, Repository] = field(default_factory=dict)
    etag: str = ""
    fingerprint: str = ""
    not_modified: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing; `total` is the Hub's count of all of it, or None where it gives none."""

    repositories: Mapping[str, Repository]
    is_last: bool
    total: int | None


@dataclass(frozen=True, slots=True)
class HubApi:
    """Ask the Hub at `endpoint`."""

    endpoint: str
    fetch: Fetcher

    def listing(self, organisation: str, etag: str) -> Listing:
        """Return all public repositories of an organisation.

        Raises SourceError when an answer is an error, is no list, leads round in circles, or is one too many.
        """
        fields = [("expand[]", name) for name in _FIELDS]
        query = [("author", organisation), ("limit", str(_ROWS_A_PAGE)), ("sort", "createdAt"), *fields]
        url = f"{self.endpoint}/api/models?{urlencode(query)}"
        first = self.fetch.get(url, etag=etag, deadline=60)
        if first.not_modified:
            return Listing(etag=etag, not_modified=True)
        rows: list[Any] = []
        values, page = 0, first
        for page in self._pages(first, url):
            values += page.values
            if values <= _MOST_VALUES:
                rows += _rows(page)
            if values > _MOST_VALUES or len(rows) > _MOST_ROWS:
                raise SourceError(
                    Failure.TOO_LARGE, f"{shown(url)} lists more than {_MOST_ROWS:,} models: not read"
                )
        # A 304 speaks for one page: too little where there are several, or may be as the first one is full.
        whole = page is first and len(rows) < _ROWS_A_PAGE
        fingerprint = hashlib.sha256(first.body).hexdigest()[:32] if whole else ""
        return Listing(_public(rows, url), first.etag if whole else "", fingerprint)

    def pages(self, *query: tuple[str, str], expand: Sequence[str]) -> Iterator[Page]:
        """Yield the pages of public repositories that a query finds, each fetched when it is asked for.

        Raises SourceError as `listing` does.
        """
        fields = [("expand[]", name) for name in ("private", *expand)]
        wanted = [*query, ("limit", str(_ROWS_A_PAGE)), ("sort", "createdAt"), *fields]
        following, asked = f"{self.endpoint}/api/models?{urlencode(wanted)}", list[str]()
        while following:
            answer = self.fetch.get(following, deadline=60)
            asked.append(following)
            following = self._next_page(answer, asked)
            yield Page(_public(_rows(answer), asked[-1]), not following, _total(answer))

    def _pages(self, first: Response, url: str) -> Iterator[Response]:
        """Yield the first answer and those that it leads on to."""
        yield first
        answer, asked = first, [url]
        while following := self._next_page(answer, asked):
            answer = self.fetch.get(following, deadline=60)
            asked.append(following)
            yield answer

    def _next_page(self, answer: Response, asked: list[str]) -> str:
        match = _NEXT.search(answer.headers.get("link", ""))
        if not match:
            return ""
        following: str = absolute(match[1], answer.url)
        if urlsplit(following)[:2] != urlsplit(self.endpoint)[:2]:
            raise SourceError(
                Failure.BAD_ANSWER,
                f"{shown(asked[0])} continues elsewhere, at {match[1][:100]!r}; not followed",
            )
        if following in asked or len(asked) >= _MAX_PAGES:
            raise SourceError(
                Failure.BAD_ANSWER,
                f"{shown(asked[0])} does not end: page {len(asked) + 1} is {shown(following)}",
            )
        return following

    def detail(self, name: str) -> Repository:
        """Return one repository with its files and their sizes, its card and its configuration."""
        answer = self.fetch.get(f"{self.endpoint}/api/models/{quote(name)}?blobs=true")
        found = _repository(answer.json())
        if not found or found.item.get("private") is True:
            raise SourceError(Failure.BAD_ANSWER, f"{shown(answer.url)} answered no public repository")
        return found

    def readme(self, repository: Repository) -> str:
        """Return the model card's text, or ""."""
        return self._file(repository, "README.md")

    def with_configuration(self, repository: Repository) -> Repository:
        """Return the repository with what its config.json says, such as the context length.

        The `config` of an answer is a digest without it (docs/reference/hub.md#repositories).
        """
        try:
            stated = json.loads(self._file(repository, "config.json") or "{}")
        except (ValueError, RecursionError):
            return repository
        digest = repository.item.get("config")
        both = {
            **(digest if isinstance(digest, dict) else {}),
            **(stated if isinstance(stated, dict) else {}),
        }
        return replace(repository, item={**repository.item, "config": both})

    def _file(self, repository: Repository, name: str) -> str:
        """Return a text file, or "": a gated repository keeps it to itself, a new one may have none."""
        siblings = repository.item.get("siblings")
        listed = siblings if isinstance(siblings, list) else []
        if not any(isinstance(one, dict) and one.get("rfilename") == name for one in listed):
            return ""
        url = f"{self.endpoint}/{quote(repository.name)}/resolve/main/{name}"
        try:
            return self.fetch.get(url, max_bytes=_FILE_BYTES).body.decode("utf-8", "replace")
        except SourceError:
            return ""


def stable_digest(repository: Repository) -> str:
    """Return what changes with anything that a listing tells of a repository."""
    return digest_of([repository.name, [repository.item.get(name) for name in _FIELDS]])


def digest_of(told: object) -> str:
    """Return a short digest of what an answer said."""
    try:
        written = json.dumps(told, sort_keys=True)
    except RecursionError:  # lists in lists, as deep as they could just be read
        written = "nonsense"
    return hashlib.sha256(written.encode()).hexdigest()[:32]


def _rows(answer: Response) -> list[Any]:
    content = answer.json()
    if isinstance(content, list):
        return content
    said = content.get("error") if isinstance(content, dict) else None
    text = said[:200] if isinstance(said, str) and said else type(content).__name__
    failure = _failure(text.lower())
    remedy = "; check HF_TOKEN" if failure is Failure.DENIED else ""
    raise SourceError(failure, f"{shown(answer.url)} answered {text!r} instead of a list{remedy}")


def _total(answer: Response) -> int | None:
    written = answer.headers.get("x-total-count", "")  # seen on listings, nowhere documented
    return int(written) if re.fullmatch(r"[0-9]{1,9}", written) else None


def _failure(text: str) -> Failure:
    """Classify the sentence that the Hub puts in place of a list, with a status of 200."""
    if any(word in text for word in ("rate limit", "too many requests")):
        return Failure.RATE_LIMITED
    if any(word in text for word in ("credentials", "password", "unauthorized", "forbidden", "access to")):
        return Failure.DENIED
    return Failure.BAD_ANSWER


def _public(rows: Iterable[Any], url: str) -> dict[str, Repository]:
    rows = list(rows)
    usable = [repository for repository in map(_repository, rows) if repository]
    if len(usable) * 2 < len(rows):
        raise SourceError(
            Failure.BAD_ANSWER,
            f"{shown(url)}: {len(rows) - len(usable)} of {len(rows)} rows have no _id and id",
        )
    return {found.hub_id: found for found in usable if found.item.get("private") is not True}


def _repository(row: Any) -> Repository | None:
    if not isinstance(row, dict):
        return None
    hub_id, name = row.get("_id"), row.get("id") or row.get("modelId")
    if not (isinstance(hub_id, str) and re.fullmatch(r"\w{1,64}", hub_id, re.ASCII)):
        return None
    return Repository(hub_id, name, row) if isinstance(name, str) and _NAME.fullmatch(name) else None


def _moment(written: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(written) if isinstance(written, str) else None
        return at.astimezone(UTC) if at and at.tzinfo else None
    except (ValueError, OverflowError):  # the first day of year 1 is in no year to the east
        return None


def _moment_of_id(hub_id: str) -> datetime | None:
    """Return the time in the first four bytes of a Mongo ObjectId; it equals createdAt to the second."""
    if not re.fullmatch(r"[0-9a-f]{24}", hub_id):
        return None
    return datetime.fromtimestamp(int(hub_id[:8], 16), UTC)
