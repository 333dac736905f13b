"""A world of canned answers in place of the network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.errors import Failure, SourceError
from bot.fetch import Response

Answer = Response | SourceError


@dataclass(frozen=True)
class Request:
    url: str
    etag: str = ""
    last_modified: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    deadline: float = 30.0


class FakeFetcher:
    """Answers from a table of addresses, with or without their query, and writes down who asked for what.

    A list of answers is given one after the other, the last one for ever; an unknown address is gone.
    """

    def __init__(self, answers: Mapping[str, Answer | Sequence[Answer]] | None = None) -> None:
        self.answers = dict(answers or {})
        self.requests: list[Request] = []

    @property
    def urls(self) -> list[str]:
        return [request.url for request in self.requests]

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
        self.requests.append(Request(url, etag, last_modified, headers or {}, deadline))
        answer = self._answer(url)
        if isinstance(answer, SourceError):
            raise answer
        if answer.etag and answer.etag == etag:
            return Response(url, 304, {"etag": etag})
        if max_bytes is not None and len(answer.body) > max_bytes:
            raise SourceError(Failure.TOO_LARGE, f"{url} is larger than {max_bytes} bytes")
        return answer

    def _answer(self, url: str) -> Answer:
        key = url if url in self.answers else url.partition("?")[0]
        answer = self.answers.get(key, SourceError(Failure.GONE, f"{url} answered 404"))
        if isinstance(answer, Response | SourceError):
            return answer
        self.answers[key] = answer[1:] or answer
        return answer[0]
