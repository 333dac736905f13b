"""What the code and the pages refer to is in the repository: pages with their sections, and files."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("deploy/*.md"), *ROOT.glob("docs/**/*.md")])
CITING = sorted(
    path
    for room in ("bot", "tests", "benchmarks")
    for kind in ("py", "md", "sql", "tsv", "yaml", "toml")
    for path in ROOT.glob(f"{room}/**/*.{kind}")
)
# docs/reference/hub.md#quotas; in an address or a relative path something stands before it
CITED = re.compile(r"(?<![\w./-])((?:docs|reference)/[\w/-]+\.md)(?:#([\w-]+))?")
LINK = re.compile(r"\]\((?!\w+:)([^\s)#]*)(?:#([\w-]+))?\)")
FILE = re.compile(r"`((?:bot|tests|benchmarks|deploy|docs)/[\w./-]*)")


def sections_of(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def missing(target: Path, section: str) -> str:
    """Return what is not there, or ""."""
    if not target.exists():
        return f"there is no {target.relative_to(ROOT)}"
    if section and section not in sections_of(target):
        return f"{target.relative_to(ROOT)} has no section #{section}"
    return ""


def problems(texts: list[Path], pattern: re.Pattern[str], *, beside: bool = False) -> Iterator[str]:
    """Yield what does not exist of all that `pattern` finds; `beside`: paths start at the page itself."""
    for path in texts:
        for found in pattern.finditer(path.read_text(encoding="utf-8")):
            file, section = found[1], found[2] if pattern.groups > 1 else ""
            target = (path.parent / file).resolve() if beside and file else path if beside else ROOT / file
            if problem := missing(target, section or ""):
                yield f"{path.relative_to(ROOT)}: {problem}"


@pytest.mark.parametrize("text", ["docs/reference/hub.md#quotas", "(reference/hub.md, section 2)"])
def test_a_citation_is_found_in_any_text(text: str) -> None:
    assert CITED.search(text)


@pytest.mark.parametrize(
    "text", ["https://docs.slack.dev/reference/views.md", "platform.kimi.ai/docs/log.md"]
)
def test_an_address_is_no_citation(text: str) -> None:
    assert not CITED.search(text)


def test_every_page_that_the_code_cites_is_there_with_its_section() -> None:
    assert list(problems([path for path in CITING if path != Path(__file__)], CITED)) == []


def test_every_link_between_pages_leads_somewhere() -> None:
    assert list(problems(PAGES, LINK, beside=True)) == []


def test_every_file_that_a_page_names_is_there() -> None:
    assert list(problems(PAGES, FILE)) == []


@pytest.mark.parametrize("folder", ["decisions", "reference"])
def test_the_index_lists_every_page(folder: str) -> None:
    pages = {path.name for path in (ROOT / "docs" / folder).glob("*.md")} - {"README.md"}
    index = (ROOT / "docs" / folder / "README.md").read_text(encoding="utf-8")
    assert {link[1] for link in LINK.finditer(index) if "/" not in link[1]} == pages


def test_no_page_points_beside_the_repository() -> None:
    assert [str(page.relative_to(ROOT)) for page in PAGES if "../shared" in page.read_text("utf-8")] == []
    links = [(page, link[1]) for page in PAGES for link in LINK.finditer(page.read_text("utf-8"))]
    led = {(page.parent / link).resolve() for page, link in links}
    assert [str(path) for path in led if not path.is_relative_to(ROOT)] == []
