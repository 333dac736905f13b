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
from bot.model import DateOrigin, Published
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
_MOVED = (Failure.GONE, Failure.BAD_ANSWER)  # what a cursor is answered that is not known any more
_NAME = re.compile(r"(?!.*\.\.)[\w.-]{1,96}(?:/[\w.-]{1,96})?", re.ASCII)
_TOO_MANY = re.compile(r"rate limit|too many requests", re.IGNORECASE)
_DENIED = re.compile(r"credentials|password|unauthorized|forbidden|access to", re.IGNORECASE)
_NEXT = re.compile(r'<([^<>]{1,4000})>\s*;\s*rel="?next"?')


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository as an answer shows it; `hub_id` stays when `name` changes."""

    hub_id: str
    name: str  # "owner/name"
    item: Mapping[str, object]

    def published(self, now: datetime) -> Published | None:
        """Return when it was created, unless that cannot be.

        Listings before December 2023 tell it by the `_id` alone.
        """
        at = _moment(self.item.get("createdAt"))
        if not at and re.fullmatch(r"[0-9a-f]{24}", self.hub_id):  # an ObjectId begins with the second
            at = datetime.fromtimestamp(int(self.hub_id[:8], 16), UTC)
        return Published(at, DateOrigin.CREATED) if at and plausible(at, now) else None


@dataclass(frozen=True, slots=True)
class Listing:
    """An organisation's public repositories by `_id`."""

    repositories: Mapping[str, Repository] = field(default_factory=dict)
    etag: str = ""
    fingerprint: str = ""  # of the body that the ETag stands for
    not_modified: bool = False  # they are as last time


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing; `total` is the Hub's count of all of it, or None where it gives none."""

    repositories: Mapping[str, Repository]
    is_last: bool
    total: int | None


@dataclass(frozen=True, slots=True)
class HubApi:
    """The Hub at `endpoint`, where repositories can be asked for."""

    endpoint: str
    fetch: Fetcher

    def listing(self, organisation: str, etag: str = "", fingerprint: str = "") -> Listing:
        """Return all public repositories of an organisation; none where all is as these two say that it was.

        `etag` and `fingerprint` are those of an earlier listing. Raises SourceError when an answer is an
        error, is no list, leads round in circles, or is one too many.
        """
        url = self._url(("author", organisation), expand=_FIELDS)
        pages = self._pages(url, etag)
        asked = list(self._until_changed(pages))
        if pages and sum(answer.not_modified for answer in asked) == len(pages):
            return Listing(etag=etag, not_modified=True)
        return self._whole(url, [answer for answer in asked[:1] if not answer.not_modified], fingerprint)

    def _pages(self, url: str, etag: str) -> list[tuple[str, str]]:
        """Return the pages of a listing with their ETags, as `_together` wrote them; none without an ETag.

        None either where they are of another endpoint than today's.
        """
        if not etag.startswith("["):
            return [(url, etag)] if etag else []
        (_, first), *others = json.loads(etag)
        return [] if any(map(self._is_elsewhere, dict(others))) else [(url, first), *map(tuple, others)]

    def _is_elsewhere(self, url: str) -> bool:
        return urlsplit(url)[:2] != urlsplit(self.endpoint)[:2]

    def _until_changed(self, pages: Iterable[tuple[str, str]]) -> Iterator[Response]:
        """Yield what the pages answer to their validators, up to the first that has changed or is gone."""
        for number, (page, etag) in enumerate(pages):
            try:
                answer = self.fetch.get(page, etag=etag, deadline=60)
            except SourceError as error:
                if number and error.failure in _MOVED:
                    return
                raise
            yield answer
            if not answer.not_modified:
                return

    def _whole(self, url: str, begun: Sequence[Response], fingerprint: str) -> Listing:
        """Read a listing to its end, of which the first page may be there already: it has `begun`."""
        rows: list[Any] = []
        values, on_page = 0, 0
        pages: list[tuple[str, str]] = []
        body = hashlib.sha256()
        for page, answer in self._answers(url, begun):
            values += answer.values
            if values <= _MOST_VALUES:
                shown_here = _rows(answer)
                rows += shown_here
                on_page = len(shown_here)
            if values > _MOST_VALUES or len(rows) > _MOST_ROWS:
                raise SourceError(
                    Failure.TOO_LARGE, f"{shown(url)} lists more than {_MOST_ROWS:,} models: not read"
                )
            body.update(answer.body)
            pages.append((page, answer.etag))
        # Where the last page is full, what comes behind it does not change it.
        etag = _together(pages) if on_page < _ROWS_A_PAGE else ""
        found = body.hexdigest()[:32]
        if found == fingerprint:
            return Listing(etag=etag, fingerprint=found, not_modified=True)
        return Listing(_public(rows, url), etag, found)

    def pages(self, *query: tuple[str, str], expand: Sequence[str]) -> Iterator[Page]:
        """Yield the pages of public repositories that a query finds, each fetched when it is asked for.

        Raises SourceError as `listing` does.
        """
        for _, answer in self._answers(self._url(*query, expand=("private", *expand))):
            written = answer.headers.get("x-total-count", "")  # seen on listings, nowhere documented
            total = int(written) if re.fullmatch(r"[0-9]{1,9}", written) else None
            is_last = not _NEXT.search(answer.headers.get("link", ""))
            yield Page(_public(_rows(answer), answer.url), is_last, total)

    def _url(self, *query: tuple[str, str], expand: Sequence[str]) -> str:
        fields = [("expand[]", name) for name in expand]
        wanted = [*query, ("limit", str(_ROWS_A_PAGE)), ("sort", "createdAt"), *fields]
        return f"{self.endpoint}/api/models?{urlencode(wanted)}"

    def _answers(self, url: str, begun: Sequence[Response] = ()) -> Iterator[tuple[str, Response]]:
        """Yield the pages of a listing with their addresses, the first of which may have `begun` it."""
        following, asked = url, list[str]()
        while following:
            answer = begun[0] if begun and not asked else self.fetch.get(following, deadline=60)
            asked.append(following)
            following = self._next_page(answer, asked)
            yield asked[-1], answer

    def _next_page(self, answer: Response, asked: list[str]) -> str:
        match = _NEXT.search(answer.headers.get("link", ""))
        if not match:
            return ""
        following: str = absolute(match[1], answer.url)
        if self._is_elsewhere(following):
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
        both: dict[str, object] = {}
        for part in (repository.item.get("config"), stated):
            both |= part if isinstance(part, dict) else {}
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


def _together(pages: Sequence[tuple[str, str]]) -> str:
    """Return one text for the ETags of all pages, "" where one has none: that of the only page as it is."""
    if not all(tag for _, tag in pages):
        return ""
    only = pages[0][1] if len(pages) == 1 else "["
    return json.dumps(pages) if only.startswith("[") else only


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
    failure, remedy = Failure.BAD_ANSWER, ""
    if _DENIED.search(text):  # such sentences come in place of a list, with a status of 200
        failure, remedy = Failure.DENIED, "; check HF_TOKEN"
    if _TOO_MANY.search(text):
        failure, remedy = Failure.RATE_LIMITED, ""
    raise SourceError(failure, f"{shown(answer.url)} answered {text!r} instead of a list{remedy}")


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
