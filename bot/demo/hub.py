"""A stand-in for the Hugging Face Hub's API, as docs/reference/hub.md describes it, with faults on demand."""

import base64
import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import yaml

from bot.demo.server import Answer, Loopback, Request, as_json, validated

_WINDOW_SECONDS = 300
# What a listing refuses to expand, though a single repository's page has it.
_DETAIL_ONLY = frozenset({"baseModels", "childrenModelCount", "usedStorage"})
_UNASKED = (
    "likes", "trendingScore", "private", "downloads", "tags", "pipeline_tag", "library_name", "createdAt",
    "modelId",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository; `files` maps names to sizes in bytes, `texts` those that can be read.

    `parameters` counts them by dtype, as `safetensors` does; `card` is the head of the README.
    """

    name: str  # "owner/name"
    created_at: datetime
    private: bool = False
    gated: str = ""  # "", "auto" or "manual"
    pipeline_tag: str = ""
    library: str = ""
    tags: tuple[str, ...] = ()
    card: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    updated_at: datetime | None = None
    hub_id: str = ""  # made of the date and the name unless given

    def __post_init__(self) -> None:
        if not self.hub_id:
            # Real ids begin with the moment of creation: the same name created anew has a new one.
            moment = int(self.created_at.timestamp())
            rest = hashlib.sha256(self.name.encode()).hexdigest()[:16]
            object.__setattr__(self, "hub_id", f"{moment:08x}{rest}")

    @property
    def owner(self) -> str:
        """Return the organisation."""
        return self.name.split("/", 1)[0]

    def readable(self, file: str) -> str | None:
        """Return a text file's content, the README with its head, or None."""
        text = self.texts.get(file)
        if text is None or file != "README.md" or not self.card:
            return text
        return f"---\n{yaml.safe_dump(dict(self.card), sort_keys=False)}---\n{text}"

    def all_files(self) -> dict[str, int]:
        """Return every file with its size in bytes."""
        texts = {file: len((self.readable(file) or "").encode()) for file in self.texts}
        return {".gitattributes": 1519, **texts, **self.files}

    def fields(self) -> dict[str, Any]:
        """Return all that the API can tell of the repository; what is not set is left out."""
        updated, total = _stamp(self.updated_at or self.created_at), sum(self.parameters.values())
        told = {
            "author": self.owner,
            "cardData": dict(self.card),
            "config": dict(self.config),
            "createdAt": _stamp(self.created_at),
            "disabled": False,
            "downloads": 0,
            "gated": self.gated or False,
            "lastModified": updated,
            "library_name": self.library,
            "likes": 0,
            "modelId": self.name,
            "pipeline_tag": self.pipeline_tag,
            "private": False,
            "safetensors": {"parameters": dict(self.parameters), "total": total} if total else {},
            "sha": hashlib.sha256(f"{self.hub_id}{updated}".encode()).hexdigest()[:40],
            "tags": self._tags(),
            "trendingScore": 0,
        }
        optional = {"cardData", "config", "library_name", "pipeline_tag", "safetensors"}
        return {key: value for key, value in told.items() if value or key not in optional}

    def _tags(self) -> list[str]:
        licenses = self.card.get("license") or []
        licenses = [licenses] if isinstance(licenses, str) else licenses
        head = [word for word in (self.library, *self.tags, self.pipeline_tag) if word]
        return [*head, *(f"license:{key}" for key in licenses), "region:us"]


def rate_limited(seconds: int) -> Answer:
    """Return the Hub's 429."""
    headers = {"Retry-After": str(seconds), "RateLimit": f'"api";r=0;t={seconds}'}
    return as_json({"error": "Too many requests"}, 429, headers)


def internal_error(status: int = 500) -> Answer:
    """Return the object that was really seen in place of a list (docs/reference/hub.md#errors)."""
    text = "Internal Error - We're working hard to fix this as soon as possible!"
    return as_json({"error": text}, status)


class Hub(Loopback):
    """The repositories, in pages of a thousand as the Hub has them; `quota` requests in five minutes."""

    def __init__(self, now: Callable[[], datetime], *, quota: int = 500) -> None:
        super().__init__(self._handle)
        self.repositories: dict[str, Repository] = {}  # by _id, in order of arrival
        self.quota = quota  # 500 is what the Hub grants without a token
        self.faults: deque[Answer] = deque()  # the next answers of the API, before any true one
        self._now = now
        self._moved: dict[str, str] = {}
        self._window, self._spent = 0, 0
        self._lock = threading.Lock()

    def put(self, *repositories: Repository) -> None:
        """Add repositories, or replace those with the same `_id`."""
        added = {repository.hub_id: repository for repository in repositories}
        self.repositories = {**self.repositories, **added}

    def change(self, name: str, /, **changes: Any) -> None:
        """Change some fields of a repository, such as `private=False`."""
        self.put(replace(self.find(name), **changes))

    def rename(self, name: str, new: str) -> None:
        """Rename a repository: it keeps its `_id`, and the old address leads to the new one."""
        self.change(name, name=new)
        self._moved[name] = new

    def delete(self, name: str) -> None:
        """Remove a repository."""
        gone = self.find(name).hub_id
        self.repositories = {key: value for key, value in self.repositories.items() if key != gone}

    def find(self, name: str) -> Repository:
        """Return the repository of this name, private or not; raises KeyError when there is none."""
        by_name = {repository.name: repository for repository in self.repositories.values()}
        return by_name[name]

    def _handle(self, request: Request) -> Answer:
        with self._lock:
            if self.faults:
                return self.faults.popleft()
            limits = self._limits()
            if self._spent > self.quota:
                return rate_limited(_WINDOW_SECONDS - int(self._now().timestamp()) % _WINDOW_SECONDS)
        answer = self._route(request)
        return replace(answer, headers={**answer.headers, **limits})

    def _route(self, request: Request) -> Answer:
        if request.path == "/api/models":
            return self._listing(request)
        if request.path.startswith("/api/models/"):
            return self._detail(request, request.path.removeprefix("/api/models/"))
        name, _, file = request.path.strip("/").partition("/resolve/main/")
        return self._file(name, file) if file else _error(404, "Not Found")

    def _limits(self) -> dict[str, str]:
        """Return the rate limit's headers, counting this request in its window of five minutes."""
        moment = int(self._now().timestamp())
        if self._window != moment // _WINDOW_SECONDS:
            self._window, self._spent = moment // _WINDOW_SECONDS, 0
        self._spent += 1
        left, seconds = max(0, self.quota - self._spent), _WINDOW_SECONDS - moment % _WINDOW_SECONDS
        return {
            "RateLimit": f'"api";r={left};t={seconds}',
            "RateLimit-Policy": f'"fixed window";"api";q={self.quota};w={_WINDOW_SECONDS}',
        }

    def _listing(self, request: Request) -> Answer:
        fields = _expanded(request)
        if refused := sorted(_DETAIL_ONLY.intersection(fields)):
            return _error(400, f"Invalid value for expand: {refused[0]}")
        author = request.query.get("author", [""])[0].lower()
        public = (repository for repository in self.repositories.values() if not repository.private)
        theirs = {each.hub_id: each for each in public if each.owner.lower() == author}
        # An _id begins with the moment of creation: its order is that of `createdAt`.
        order = sorted(theirs, reverse=request.query.get("sort") == ["createdAt"])
        after = _cursor(request)
        order = order[order.index(after) + 1 :] if after in theirs else order
        limit = min(int(request.query.get("limit", ["1000"])[0]), 1000)
        rows = [_row(theirs[hub_id], fields or _UNASKED) for hub_id in order[:limit]]
        link = {"Link": _next_link(request, order[limit - 1])} if len(order) > limit else {}
        return _validated(request, rows, link)

    def _detail(self, request: Request, name: str) -> Answer:
        if name in self._moved:
            address = f"/api/models/{self._moved[name]}"
            return Answer(
                307, f"Temporary Redirect. Redirecting to {address}".encode(), {"Location": address}
            )
        repository = self._public(name)
        if repository is None:
            return _error(401, "Invalid username or password.")
        if fields := _expanded(request):
            return _validated(request, _row(repository, fields), {})
        sizes = request.query.get("blobs") == ["true"]
        siblings = [_sibling(file, size, sizes=sizes) for file, size in repository.all_files().items()]
        body = {"_id": repository.hub_id, "id": repository.name, **repository.fields(), "siblings": siblings}
        return _validated(request, body, {})

    def _file(self, name: str, file: str) -> Answer:
        repository = self._public(self._moved.get(name, name))
        if repository is None:
            return _error(401, "Invalid username or password.")
        if repository.gated:
            return _error(401, f"Access to model {name} is restricted.", "GatedRepo")
        text = repository.readable(file)
        if text is None:
            return _error(404, "Entry not found", "EntryNotFound")
        return Answer(200, text.encode(), {"Content-Type": "text/plain; charset=utf-8"})

    def _public(self, name: str) -> Repository | None:
        found = (repository for repository in self.repositories.values() if repository.name == name)
        return next((repository for repository in found if not repository.private), None)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _expanded(request: Request) -> tuple[str, ...]:
    return (*request.query.get("expand[]", ()), *request.query.get("expand", ()))


def _row(repository: Repository, fields: Iterable[str]) -> dict[str, Any]:
    told = repository.fields()
    asked = {key: told[key] for key in fields if key in told}
    return {"_id": repository.hub_id, "id": repository.name, **asked}


def _sibling(file: str, size: int, *, sizes: bool) -> dict[str, Any]:
    """Return a file as a detail answer lists it: with sizes only when asked, large files with `lfs`."""
    if not sizes:
        return {"rfilename": file}
    digest = hashlib.sha256(file.encode()).hexdigest()
    large = {"lfs": {"sha256": digest, "size": size, "pointerSize": 135}} if size > 10_000_000 else {}
    return {"rfilename": file, "size": size, "blobId": digest[:40], **large}


def _cursor(request: Request) -> str:
    cursor = request.query.get("cursor", [""])[0]
    return base64.b64decode(cursor).decode() if cursor else ""


def _next_link(request: Request, last: str) -> str:
    cursor = base64.b64encode(last.encode()).decode()
    query = urlencode({**request.query, "cursor": [cursor]}, doseq=True)
    return f'<http://{request.headers["host"]}{request.path}?{query}>; rel="next"'


def _validated(request: Request, value: Any, headers: Mapping[str, str]) -> Answer:
    """Return JSON under a weak ETag made of its length and digest."""
    answer = as_json(value, headers=headers)
    digest = base64.b64encode(hashlib.sha256(answer.body).digest()).decode()[:27]
    return validated(request, answer, f'W/"{len(answer.body):x}-{digest}"')


def _error(status: int, message: str, code: str = "") -> Answer:
    known = {"X-Error-Code": code} if code else {}
    return as_json({"error": message}, status, {"X-Error-Message": message, **known})
