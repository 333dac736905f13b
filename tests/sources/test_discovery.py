"""What an address turns out to be, and how it would be read."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.fetch import Response
from bot.settings.file import fields_of
from bot.sources.discovery import discover, kind_of, organisation_of
from bot.sources.extract import extractor
from bot.sources.specs import FeedSpec, PageSpec
from tests.support.shared import DATA, needs_shared

NOW = datetime(2026, 4, 20, tzinfo=UTC)
URL = "https://lab.example/news"
POSTS = [
    ("Introducing Aster 4", "/news/aster-4", "2026-04-16", "April 16, 2026"),
    ("Briar 2.5: small and fast", "/news/briar-2-5", "2026-03-02", "March 2, 2026"),
    ("A letter on safety", "/news/letter", "2026-02-11", "February 11, 2026"),
    ("Our new office in Oslo", "/news/oslo", "2026-01-08", "January 8, 2026"),
]


def answer(body: str, url: str = URL) -> Response:
    return Response(url, 200, {}, body.encode())


def page(shape: str, head: str = "") -> str:
    """Return a page whose posts look like `shape`, among a menu and a footer."""
    menu = "".join(
        f'<li><a href="/{word}">{word.title()} of ours</a></li>' for word in ("about", "jobs", "legal")
    )
    items = "".join(
        shape.format(title=title, link=link, iso=iso, date=date, n=n)
        for n, (title, link, iso, date) in enumerate(POSTS)
    )
    return (
        f"<!doctype html><html><head>{head}</head><body><nav><ul>{menu}</ul></nav><h1>News</h1>"
        f"<div class=list>{items}</div><footer><p>Example 2026</p></footer></body></html>"
    )


SHAPES = {
    "articles with a heading and a time": '<article class="post"><h2><a href="{link}">{title}</a></h2>'
    '<time datetime="{iso}">{date}</time><p>Words about it.</p></article>',
    "links around cards": '<a class="card" href="{link}"><div class="card-title">{title}</div>'
    '<div class="card-date">{iso}</div></a>',
    "list items with a date in front": '<li class="entry"><span class="when">{date}</span> '
    '<a href="{link}">{title}</a></li>',
    "table rows": "<tr><td>{date}</td><td><a href='{link}'>{title}</a></td></tr>",
    "names that a build has hashed": '<a class="List-module__KxYrHG9__item" href="{link}">'
    '<time class="List-module__KxYrHG9__date">{date}</time>'
    '<span class="List-module__KxYrHG9__title">{title}</span></a>',
    "classes that only say how it looks": '<div class="flex flex-col p-4"><h3 class="text-xl">'
    '<a class="underline" href="{link}">{title}</a></h3><div class="text-sm w-full">{date}</div></div>',
    "a link to the author before the title": '<div class="story"><a href="/team/ana">Ana of ours</a>'
    '<h2><a href="{link}">{title}</a></h2><span class="date">{date}</span></div>',
    "titles among the words of a link": '<p><a href="{link}"><b>{iso}</b> {title}</a></p>',
    "links around articles": '<a class="group" href="{link}"><article><h2>{title}</h2><p>Text.</p>'
    '<div class="text-sm">{date}</div></article></a>',
}


def read(spec: FeedSpec | PageSpec, given: Response) -> list[tuple[str, str, str]]:
    assert isinstance(spec, PageSpec)
    entries = extractor(spec)(given, NOW)
    return [
        (entry.title, entry.link, entry.published.at.date().isoformat() if entry.published else "")
        for entry in entries
    ]


EXPECTED = [(title, f"https://lab.example{link}", iso) for title, link, iso, _ in POSTS]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_selectors_are_proposed_that_read_every_post(shape: str) -> None:
    given = answer(page(f"<table>{shape}</table>" if shape.startswith("<tr") else shape))
    found = discover(given, NOW)
    assert found.kind == "html"
    titles = [title.removeprefix(iso).strip() for title, _, iso in read(found.specs[0], given)]
    assert (titles, [one[1:] for one in read(found.specs[0], given)]) == (
        [title for title, _, _ in EXPECTED],
        [one[1:] for one in EXPECTED],
    )


def rows(**names: str) -> list[dict[str, Any]]:
    """Return the posts as objects, their fields called as `names` say; a dot nests."""
    found = []
    for title, link, iso, _ in POSTS:
        row: dict[str, Any] = {"id": 7, "image": {"url": "https://lab.example/x.png"}}
        for field, value in {"title": title, "link": link, "date": f"{iso}T00:00:00Z"}.items():
            *outer, last = names.get(field, field).split(".")
            place = row
            for step in outer:
                place = place.setdefault(step, {})
            place[last] = value
        found.append(row)
    return found


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"data": {"articles": rows(date="extra.date", link="path")}}, id="the list lies deep"),
        pytest.param(rows(title="headline", date="publishedAt", link="url"), id="the document is the list"),
        pytest.param(
            {
                "tags": [{"name": "a"}, {"name": "b"}],
                "posts": rows(title="meta.Title", date="meta.PublishDate"),
            },
            id="another list has names and no dates",
        ),
        pytest.param({"sub-list": rows(title="post-title", date="created_at")}, id="keys that need quotes"),
    ],
)
def test_expressions_are_proposed_for_json(document: object) -> None:
    given = answer(json.dumps(document))
    found = discover(given, NOW)
    assert found.kind == "json"
    assert read(found.specs[0], given) == EXPECTED


def flight(*objects: object) -> str:
    data = json.dumps("6:" + json.dumps(["$", "div", None, {"grid": objects}]) + "\n")
    links = "".join(f'<a href="{link}">x</a>' for _, link, _, _ in POSTS)
    return f"<html><body>{links}<script>self.__next_f.push([1,{data}])</script></body></html>"


def post(n: int, **more: object) -> dict[str, object]:
    title, _, iso, _ = POSTS[n]
    return {"_type": "post", "title": title, "publishedOn": f"{iso}T09:00:00Z", **more}


def test_objects_of_every_type_that_has_posts_are_read_from_next_data() -> None:
    featured = {"_type": "featured", "title": POSTS[0][0], "date": POSTS[0][2], "url": POSTS[0][1]}
    listed = [post(n, slug={"current": POSTS[n][1].rpartition("/")[2]}) for n in (1, 2, 3)]
    given = answer(flight(featured, *listed, {"_type": "tag", "label": "News", "value": "news"}))
    found = discover(given, NOW)
    assert fields_of(found.specs[0])["format"] == "next"
    assert read(found.specs[0], given) == EXPECTED


def test_objects_without_a_type_are_known_by_their_keys() -> None:
    plain = [{"title": title, "date": iso, "slug": link.rpartition("/")[2]} for title, link, iso, _ in POSTS]
    given = answer(flight(*plain, {"title": "Careers", "href": "/jobs"}))
    assert read(discover(given, NOW).specs[0], given) == EXPECTED


@pytest.mark.parametrize(
    ("body", "url", "kind"),
    [
        pytest.param('<?xml version="1.0"?><rss version="2.0">', URL, "feed", id="RSS behind a declaration"),
        pytest.param('<feed xmlns="http://www.w3.org/2005/Atom">', URL, "feed", id="Atom without one"),
        pytest.param(
            "<rss><channel><![CDATA[<!doctype html><html>]]>", URL, "feed", id="RSS with a page in it"
        ),
        pytest.param("Write `<html>` first", URL, "markdown", id="text that speaks of tags"),
        pytest.param('{"version": "https://jsonfeed.org/version/1.1"}', URL, "feed", id="a JSON feed"),
        pytest.param('{"posts": []}', URL, "json", id="any other object"),
        pytest.param("[1, 2]", URL, "json", id="a list"),
        pytest.param('<?xml version="1.0"?><!DOCTYPE html><html>', URL, "html", id="XHTML is a page"),
        pytest.param("\ufeff<!doctype html>", URL, "html", id="a page behind a byte order mark"),
        pytest.param("# Changelog\n\n## 2026-04-16", URL, "markdown", id="text is a changelog"),
        pytest.param(
            '<Update label="x">', "https://a.example/notes.md", "markdown", id="a Markdown file with tags"
        ),
    ],
)
def test_a_document_is_known_by_how_it_begins(body: str, url: str, kind: str) -> None:
    assert kind_of(answer(body, url)) == kind


@pytest.mark.parametrize(
    ("url", "organisation"),
    [
        ("https://huggingface.co/Qwen", "Qwen"),
        ("https://huggingface.co/Qwen/Qwen3-8B", "Qwen"),
        ("https://hub.example/moonshotai/models", "moonshotai"),
        ("https://huggingface.co/blog", ""),
        ("https://huggingface.co/blog/feed.xml", ""),
        ("https://huggingface.co/", ""),
        ("https://qwen.ai/Qwen", ""),
    ],
)
def test_an_address_on_the_hub_is_of_an_organisation(url: str, organisation: str) -> None:
    assert organisation_of(url, "https://hub.example") == organisation


@pytest.mark.parametrize(
    ("head", "feeds"),
    [
        pytest.param('<link rel="alternate" type="application/rss+xml" href="/rss.xml">', 1, id="a feed"),
        pytest.param('<link rel=alternate type=application/atom+xml href="a.xml">', 1, id="without quotes"),
        pytest.param(
            '<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">',
            0,
            id="comments are no posts",
        ),
        pytest.param('<link rel="alternate" hreflang="zh" href="/zh/">', 0, id="another language is no feed"),
    ],
)
def test_a_page_names_its_feeds(head: str, feeds: int) -> None:
    assert len(discover(answer(page(SHAPES["table rows"], head)), NOW).feeds) == feeds


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param("<html><body><div id=root></div><script src=x></script>", "network panel", id="scripts"),
        pytest.param(f"<html><body><p>{'Words. ' * 300}</p>", "nothing in it repeats", id="one long text"),
        pytest.param('{"status": "ok"}', "no list of objects", id="JSON without a list"),
        pytest.param("Just a sentence.", "no dated heading", id="text without headings"),
        pytest.param('<?xml version="1.0"?><urlset><url/></urlset>', "it is a sitemap", id="a sitemap"),
    ],
)
def test_where_there_is_nothing_it_says_why_and_what_to_try(body: str, told: str) -> None:
    found = discover(answer(body), NOW)
    assert (found.specs, found.feeds) == ((), ())
    assert told in found.why


PIECES = (
    "<a href=/x/y>|</a>|<h2>|</h2>|<div class='a b-1 ü w-full X__a1b2C3__t'>|</div>|<x:y>"
    "|<time datetime=2026-04-01>|April 1, 2026|Some title here|<li>|<article>|<p class>"
)
MARKUP = st.lists(st.sampled_from(PIECES.split("|")), max_size=60).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.just("2026-04-01") | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["title", "date", "url", "_type", "a-b", "ü'\"", "items"]), inner, max_size=4
        )
    ),
    max_leaves=30,
)


@given(MARKUP)
def test_no_markup_breaks_it(markup: str) -> None:
    discover(answer(f"<html>{markup}"), NOW)


@given(VALUES)
def test_no_data_breaks_it(value: object) -> None:
    for body in (json.dumps(value), flight(value), flight(value, value)):
        try:
            discover(answer(body), NOW)
        except SourceError as error:
            assert str(error)  # noqa: PT017 - a body that no parser may look at is refused in words


@needs_shared
@pytest.mark.parametrize(
    ("name", "url", "wanted", "kind", "least"),
    [
        ("raw_anthropic_news_2026-04", "https://www.anthropic.com/news", "", "next", 209),
        ("raw_anthropic_news_2026-04", "https://www.anthropic.com/news", "html", "html", 10),
        ("raw_mistral_news_2026-03", "https://mistral.ai/news", "", "next", 60),
        ("raw_mistral_news_2026-03", "https://mistral.ai/news", "html", "html", 9),
        ("raw_qwenlm_blog_index", "https://qwenlm.github.io/blog/", "", "html", 5),
        ("raw_inclusionai_blog_index", "https://inclusionai.github.io/blog/", "", "html", 5),
        (
            "raw_deepmind_publications_2026-03",
            "https://deepmind.google/research/publications/",
            "",
            "html",
            30,
        ),
    ],
)
def test_a_captured_page_is_read_with_its_dates(
    name: str, url: str, wanted: str, kind: str, least: int
) -> None:
    given = Response(url, 200, {}, (DATA / "pages" / f"{name}.html").read_bytes())
    best = discover(given, NOW, wanted).specs[0]
    assert isinstance(best, PageSpec)
    posts = {one for one in read(best, given) if all(one)}
    assert (best.format, len(posts) >= least) == (kind, True)
