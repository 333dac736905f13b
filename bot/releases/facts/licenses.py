"""What a licence statement means to somebody who wants to use the model."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from bot.model import License, LicenseStatement
from bot.releases.facts.license_terms import LONGEST, Place, Terms, fold, look_up, read, unknown
from bot.releases.facts.text import one_line

_NOTHING = {"", "absent", "na", "n-a", "nil", "none", "not-specified", "not-stated", "null", "unspecified"}
_POINTERS = {"other", "unknown"}  # keys that say: look at license_name
_FILE_NAME = re.compile(r"(the-)?(license|licence|copying)(-(md|txt|pdf|rst|file|model))?")
_REPOSITORY_LINK = re.compile(
    r"https?://(?:www\.)?(?:huggingface\.co|hf\.co|github\.com|raw\.githubusercontent\.com)"
    r"/(?:api/models/)?([\w.-]+)/([\w.-]+)"
)


@lru_cache(maxsize=4_000)  # most state the same few, or nothing
def identify(statement: LicenseStatement | None, owner: str = "", repository: str = "") -> License:
    """Return what `statement` means for somebody who wants to use the model.

    `owner` is a Hub owner or a lab id, `repository` a repository with or without its owner: the same
    license_name means other terms at other labs. What is not in the table keeps its own words and the
    verdict "unknown", unless the words themselves exclude commercial use; nothing is derived from a lab's
    other models.
    """
    terms = _terms(statement or LicenseStatement(), owner, repository)
    words = (terms.spdx, terms.condition, terms.duty, terms.url)
    return License(terms.key, terms.short, terms.verdict, terms.commercial, *words)


def license_line(line: str) -> dict[str, object]:
    """Return what one JSON line of `cadencebot license` means, with the table's whole title and its class.

    The line may have license (text or a list), license_name, license_link and tags; and lab (or owner)
    and repository, which tell licences of one name apart. A bad line gives {"error": ...}.
    """
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"error": f"not valid JSON: {one_line(str(error), 120)}"}
    problem = _problem(fields)
    if problem:
        return {"error": problem}
    statement = statement_of(fields, _strings(fields.get("tags"))) or LicenseStatement()
    terms = _terms(statement, fields.get("owner") or fields.get("lab") or "", fields.get("repository") or "")
    return {
        "id": terms.key,
        "spdx": terms.spdx,
        "title": terms.title,
        "class": terms.kind,
        "commercial": terms.commercial,
        "condition": terms.condition,
        "duty": terms.duty,
        "url": terms.url,
    }


def statement_of(card: Mapping[str, Any], tags: Iterable[str]) -> LicenseStatement | None:
    """Return what a card's metadata states of the licence, or else what the tags do, or None.

    The card wins over the tags, which never have a license_name (docs/reference/models.md#licences). Values
    of the wrong type count as absent.
    """
    tagged = [tag.removeprefix("license:") for tag in tags if tag.startswith("license:")]
    key = ", ".join(_strings(card.get("license")) or tagged)
    name, link = (", ".join(_strings(card.get(field))) for field in ("license_name", "license_link"))
    return LicenseStatement(key, name, link) if key or name or link else None


def _problem(fields: object) -> str:
    if not isinstance(fields, dict):
        return 'not an object: write {"license": "..."}'
    for field in ("license", "license_name", "license_link"):
        if not isinstance(fields.get(field), str | list | None):
            return f"{field} is neither text nor a list"
    for field in ("owner", "lab", "repository"):
        if not isinstance(fields.get(field), str | None):
            return f"{field} is no text"
    return "" if isinstance(fields.get("tags"), list | None) else "tags is no list"


def _strings(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text.strip()[:LONGEST] for text in values if isinstance(text, str) and text.strip()]


def _terms(statement: LicenseStatement, owner: str, repository: str) -> Terms:
    terms = _stated(statement, _place(owner, repository, statement.link))
    link = _address(statement.link, repository if "/" in repository else f"{owner}/{repository}")
    return replace(terms, url=link) if link else terms


def _stated(statement: LicenseStatement, place: Place) -> Terms:
    key, link = _bare(statement.license), statement.link[:LONGEST]
    name = "" if _says_nothing(statement.name) else _bare(statement.name)
    if fold(key) not in _NOTHING | _POINTERS:
        keyed = read(key, place) or unknown(key)
        return _with_name(keyed, name, place) if name else keyed
    if name:
        return look_up(f"other:{name}", place) or read(name, place) or look_up(link, place) or unknown(name)
    if linked := look_up(link, place):
        return linked
    if file := _named_by(link):
        return read(file, place) or unknown(file)
    # The table has lines of its own for a pointer to nothing and for no statement at all.
    pointer = fold(key) or ("other" if link else "")
    terms = look_up(pointer if pointer in _POINTERS else "(absent)", place)
    if terms is None:
        raise LookupError(f"tables/licenses.tsv has lost its line for {pointer or '(absent)'}")
    return terms


def _named_by(link: str) -> str:
    """Return the name that a licence's file has, "Acme License" of Acme%20License.pdf, or ""."""
    path = unquote(re.split(r"[?#]", link)[0])
    name = re.sub(r"\.[A-Za-z]{2,4}$", "", path.rpartition("/")[2])
    is_name = re.search(r"licen[cs]e|agreement|terms", name, re.IGNORECASE) and not _says_nothing(name)
    return name if is_name and fold(name).count("-") else ""


def _with_name(terms: Terms, name: str, place: Place) -> Terms:
    """Return what a key that is a licence by itself means with a license_name beside it."""
    listed, named = look_up(f"{terms.key} + {name}", place), read(name, place)
    if listed:
        return listed
    if named is None:
        repeats = f"-{fold(terms.key)}-" in f"-{fold(name)}-"
        return terms if repeats else _conflict(terms, unknown(name))
    if named.key == terms.key or (named.spdx and named.spdx == terms.spdx):
        return terms
    more_exact = fold(named.key).startswith(fold(terms.key) + "-")  # "gpl", and by name "gpl-3.0"
    return named if more_exact else _conflict(terms, named)


def _conflict(one: Terms, other: Terms) -> Terms:
    names = f"{one.short} or {other.short}"
    return Terms(
        key=f"{one.key} + {other.key}",
        title=f"license and license_name disagree: {names}",
        name=f"conflicting: {names}",
        kind="conflict",
        verdict=one.verdict if one.verdict == other.verdict else "unknown",
        commercial="conflict",
        condition="the card states both: read the licence before use",
        url=one.url,
    )


def _says_nothing(name: str) -> bool:
    folded = fold(name[:LONGEST])
    return folded in _NOTHING or bool(_FILE_NAME.fullmatch(folded))


def _bare(text: str) -> str:
    """Return a statement without the Hub's prefixes: "license:mit", and "other:kimi-k3" as people note it."""
    text = text.strip()[:LONGEST].removeprefix("license:")
    return text if look_up(text) else text.removeprefix("other:")


def _place(owner: str, repository: str, link: str) -> Place:
    owner, repository = owner.strip()[:LONGEST].lower(), repository.strip()[:LONGEST].lower()
    linked = _REPOSITORY_LINK.match(link[:LONGEST].strip().lower())
    if linked and not owner and not repository:
        owner, repository = linked[1], f"{linked[1]}/{linked[2]}"
    if "/" in repository:
        return Place(owner or repository.split("/")[0], repository)
    return Place(owner, f"{owner}/{repository}")


def _address(link: str, repository: str) -> str:
    """Return where the licence's text is: a whole address, or a file of the repository."""
    link = link.strip()
    if len(link) > LONGEST or not re.fullmatch(r"[\w./:?&=%#~+,@()-]+", link, re.ASCII):
        return ""
    if re.match(r"https?://[^/]", link):
        return link
    is_file = re.fullmatch(r"[\w-][\w./-]*", link, re.ASCII) and ".." not in link
    in_repository = re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII)
    return f"https://huggingface.co/{repository}/blob/main/{link}" if is_file and in_repository else ""
