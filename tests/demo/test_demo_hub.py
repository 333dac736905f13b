"""The stand-in for the Hub answers as docs/reference/hub.md says the Hub does."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.demo.hub import Hub, Repository, internal_error, rate_limited
from bot.demo.server import Answer

NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)
CREATED = datetime(2026, 4, 3, 9, 28, 47, tzinfo=UTC)
GLM = Repository(
    "zai-org/GLM-5.1",
    CREATED,
    pipeline_tag="text-generation",
    library="transformers",
    card={"license": "mit"},
    parameters={"BF16": 753_864_139_008},
    files={"model-00001-of-00002.safetensors": 900_000_000_000, "config.json": 1200},
    texts={"README.md": "# GLM-5.1\n"},
)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub(lambda: NOON) as hub:
        hub.put(GLM)
        yield hub


def fetch(hub: Hub, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, Message, Any]:
    """Return status, headers and body; redirects are not followed."""
    request = urllib.request.Request(hub.url + path, headers=dict(headers or {}))
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=5) as answer:
            return answer.status, answer.headers, _decoded(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, _decoded(error.read())


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def ids(rows: Any) -> list[str]:
    return [row["id"] for row in rows]


def test_a_listing_holds_the_asked_fields_and_the_two_ids_only(hub: Hub) -> None:
    _, _, rows = fetch(hub, "/api/models?author=zai-org&expand[]=createdAt&expand[]=config")
    assert rows == [{"_id": GLM.hub_id, "id": "zai-org/GLM-5.1", "createdAt": "2026-04-03T09:28:47.000Z"}]


def test_an_id_begins_with_the_moment_of_creation() -> None:
    assert int(GLM.hub_id[:8], 16) == CREATED.timestamp()
    assert len(GLM.hub_id) == 24


def test_a_listing_without_expand_tells_neither_author_nor_modification_date(hub: Hub) -> None:
    _, _, (row,) = fetch(hub, "/api/models?author=zai-org")
    assert row["tags"] == ["transformers", "text-generation", "license:mit", "region:us"]
    assert not {"author", "lastModified", "sha", "gated"} & set(row)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("author=nobody", id="an unknown organisation is an empty list, no error"),
        pytest.param("author=zai-org", id="a private repository is not listed"),
    ],
)
def test_what_is_not_public_is_not_there(hub: Hub, query: str) -> None:
    hub.change(GLM.name, private=True)
    assert fetch(hub, f"/api/models?{query}")[::2] == (200, [])


@pytest.mark.parametrize("field", ["baseModels", "childrenModelCount", "usedStorage"])
def test_a_listing_refuses_what_only_a_detail_has(hub: Hub, field: str) -> None:
    assert fetch(hub, f"/api/models?author=zai-org&expand[]={field}")[0] == 400


def test_pages_follow_one_another_by_link_without_loss(hub: Hub) -> None:
    hub.put(*(Repository(f"zai-org/Old-{n}", CREATED.replace(day=1, minute=n)) for n in range(6)))
    path, seen = "/api/models?author=zai-org&limit=3&expand[]=sha", []
    while path:
        _, headers, rows = fetch(hub, path)
        seen += ids(rows)
        link = headers.get("Link", "")
        address = urlsplit(link.partition(">")[0].removeprefix("<"))
        path = f"{address.path}?{address.query}" if link else ""
    assert len(seen) == len(set(seen)) == 7


def test_the_same_body_is_not_sent_twice(hub: Hub) -> None:
    path = "/api/models?author=zai-org&expand[]=sha"
    etag = fetch(hub, path)[1]["ETag"]
    assert etag.startswith('W/"')
    assert fetch(hub, path, {"If-None-Match": etag})[0] == 304
    hub.put(Repository("zai-org/GLM-5.1-FP8", CREATED))
    assert fetch(hub, path, {"If-None-Match": etag})[0] == 200


def test_every_answer_tells_what_is_left_of_the_rate_limit(hub: Hub) -> None:
    fetch(hub, "/api/models?author=zai-org")
    _, headers, _ = fetch(hub, "/api/models?author=zai-org")
    assert headers["RateLimit"] == '"api";r=498;t=300'
    assert headers["RateLimit-Policy"] == '"fixed window";"api";q=500;w=300'


def test_a_spent_rate_limit_is_429_with_the_time_to_wait(hub: Hub) -> None:
    hub.quota = 1
    assert fetch(hub, "/api/models?author=zai-org")[0] == 200
    status, headers, _ = fetch(hub, "/api/models?author=zai-org")
    assert (status, headers["Retry-After"]) == (429, "300")


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        pytest.param(rate_limited(7), 429, id="too many requests"),
        pytest.param(internal_error(), 500, id="a server error"),
        pytest.param(internal_error(200), 200, id="an object where a list is expected"),
    ],
)
def test_a_queued_fault_is_answered_once(hub: Hub, fault: Answer, status: int) -> None:
    hub.faults.append(fault)
    answered = fetch(hub, "/api/models?author=zai-org")
    assert (answered[0], list(answered[2])) == (status, ["error"])
    assert ids(fetch(hub, "/api/models?author=zai-org")[2]) == [GLM.name]


def test_a_detail_holds_the_card_the_counts_and_the_files_with_sizes(hub: Hub) -> None:
    _, _, detail = fetch(hub, "/api/models/zai-org/GLM-5.1?blobs=true")
    weights = {file["rfilename"]: file for file in detail["siblings"]}["model-00001-of-00002.safetensors"]
    assert detail["cardData"] == {"license": "mit"}
    assert detail["safetensors"] == {"parameters": {"BF16": 753_864_139_008}, "total": 753_864_139_008}
    assert weights["size"] == weights["lfs"]["size"] == 900_000_000_000
    assert detail["gated"] is False
    assert detail["id"] == "zai-org/GLM-5.1"


def test_files_have_no_sizes_unless_asked(hub: Hub) -> None:
    _, _, detail = fetch(hub, "/api/models/zai-org/GLM-5.1")
    assert {"rfilename": "config.json"} in detail["siblings"]


def test_a_repository_without_card_has_no_such_key(hub: Hub) -> None:
    hub.put(Repository("zai-org/bare", CREATED))
    detail = fetch(hub, "/api/models/zai-org/bare")[2]
    assert not {"cardData", "config", "safetensors", "pipeline_tag", "library_name"} & set(detail)
    assert detail["tags"] == ["region:us"]


def test_401_means_a_missing_repository(hub: Hub) -> None:
    status, answered, _ = fetch(hub, "/api/models/zai-org/none")
    assert (status, answered["X-Error-Message"]) == (401, "Invalid username or password.")


def test_a_renamed_repository_keeps_its_id_and_redirects(hub: Hub) -> None:
    hub.rename("zai-org/GLM-5.1", "zai-org/GLM-5.1-BF16")
    status, headers, _ = fetch(hub, "/api/models/zai-org/GLM-5.1?blobs=true")
    _, _, (row,) = fetch(hub, "/api/models?author=zai-org")
    assert (status, headers["Location"]) == (307, "/api/models/zai-org/GLM-5.1-BF16")
    assert (row["_id"], row["id"]) == (GLM.hub_id, "zai-org/GLM-5.1-BF16")


def test_a_repository_that_is_deleted_and_created_anew_has_a_new_id(hub: Hub) -> None:
    hub.delete(GLM.name)
    hub.put(Repository(GLM.name, NOON))
    assert fetch(hub, f"/api/models/{GLM.name}")[2]["_id"] != GLM.hub_id


def test_the_readme_begins_with_the_card(hub: Hub) -> None:
    assert fetch(hub, "/zai-org/GLM-5.1/resolve/main/README.md")[2] == "---\nlicense: mit\n---\n# GLM-5.1\n"


@pytest.mark.parametrize(
    ("file", "gated", "status", "code"),
    [
        pytest.param("README.md", "manual", 401, "GatedRepo", id="a gated repository keeps its files"),
        pytest.param("LICENSE", "", 404, "EntryNotFound", id="a file that is not there"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(hub: Hub, file: str, gated: str, status: int, code: str) -> None:
    hub.change(GLM.name, gated=gated)
    answered, headers, _ = fetch(hub, f"/zai-org/GLM-5.1/resolve/main/{file}")
    assert (answered, headers["X-Error-Code"]) == (status, code)
