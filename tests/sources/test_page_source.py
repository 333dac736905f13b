"""Pages: selectors find the posts, and a page that changed is a failure, not "no news"."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import ConfigError, Failure, SourceError
from bot.fetch import Response
from bot.model import SourceKind
from bot.sources.base import Poll
from bot.sources.page import PageSource
from bot.sources.specs import PageSpec
from tests.support.effort import is_done_within
from tests.support.fetching import FakeFetcher
from tests.support.memory import Watch

URL = "https://lab.example/blog"
CARDS = {"item": ".card", "title": "h3", "date": "time"}
NEXT = {
    "format": "next",
    "item": "[?_type=='post']",
    "title": "title",
    "link": "slug.current",
    "link_prefix": "https://lab.example/news/",
    "date": "publishedOn",
    "summary": "summary",
}
JSON = {
    "format": "json",
    "item": "data.list[?status==`2`]",
    "title": "en.title",
    "link": "id",
    "date": "at",
    "link_prefix": "https://lab.example/blog?id=",
}


def watch(**spec: Any) -> Watch:
    return Watch(PageSource(PageSpec(page=URL, **spec), "lab", timedelta(minutes=10)))


def poll(watch: Watch, body: str | bytes) -> Poll:
    content = body.encode() if isinstance(body, str) else body
    return watch.poll(FakeFetcher({URL: Response(URL, 200, {}, content)}))


def titles(poll: Poll) -> list[str]:
    return [sighting.title for sighting in poll.sightings]


def card(name: str, inside: str = "") -> str:
    return f'<a class="card" href="/blog/{name}"><h3>Model {name}</h3>{inside}</a>'


def flight(value: Any) -> str:
    """Return a page whose data is cut in the middle, as Next.js cuts it, after a row of mere text."""
    text = 'he said "{'
    data = json.dumps(["$", "div", None, value], ensure_ascii=False)
    rows = f'1:"$Sreact.fragment"\n2:T{len(text):x},{text}3:{data}\n'
    half = len(rows) // 2
    chunks = (
        f"<script>self.__next_f.push([1,{json.dumps(part)}])</script>" for part in (rows[:half], rows[half:])
    )
    return f"<!doctype html><html><body>{''.join(chunks)}</body></html>"


class TestHtml:
    """CSS selectors."""

    def test_new_posts_are_found_once(self) -> None:
        page = watch(**CARDS)
        assert titles(poll(page, card("a") + card("b"))) == ["Model a", "Model b"]
        again = poll(page, card("c") + card("a") + card("b"))
        assert titles(again) == ["Model c"]
        assert again.sightings[0].url == "https://lab.example/blog/c"
        assert again.sightings[0].source is SourceKind.PAGE
        assert titles(poll(page, card("b") + card("c"))) == []

    @pytest.mark.parametrize(
        ("spec", "markup"),
        [
            pytest.param({"item": "a.card", "title": "h3"}, card("k"), id="the item is the link"),
            pytest.param(
                {"item": "li", "title": "h3", "link": "a.more"},
                '<li><a href="/tag">tag</a><h3>Model k</h3><a class="more" href="/blog/k">read</a></li>',
                id="a link chosen among several",
            ),
            pytest.param(
                {"item": "li"}, '<li><a href="/blog/k">Model k</a></li>', id="the first link in the item"
            ),
            pytest.param(
                {"item": "article", "title": "h1, h2"},
                '<a href="/blog/k"><article><h2>Model k</h2></article></a>',
                id="the link around the item",
            ),
            pytest.param(
                {"item": ".menu-card", "title": ".card-title", "link": "a"},
                '<a class="menu-card" href="/blog/k"><div class="card-title">Model k</div></a>',
                id="a link selector that selects the item itself",
            ),
            pytest.param(
                {"item": "div", "title": "a@aria-label", "link": "a@data-to"},
                '<div><a aria-label="Model k" data-to="/blog/k" href="#">x</a></div>',
                id="values of attributes",
            ),
            pytest.param(
                {
                    "item": "div",
                    "title": "@data-title",
                    "link": "@data-slug",
                    "link_prefix": "https://lab.example/blog/",
                },
                '<div data-title="Model k" data-slug="k"></div>',
                id="attributes of the item, and a slug in need of a prefix",
            ),
        ],
    )
    def test_titles_and_links(self, spec: dict[str, str], markup: str) -> None:
        (sighting,) = poll(watch(**spec), markup).sightings
        assert (sighting.title, sighting.url) == ("Model k", "https://lab.example/blog/k")

    @pytest.mark.parametrize(
        ("date", "inside", "day"),
        [
            pytest.param(
                "time", '<time datetime="2026-04-20">yesterday</time>', "2026-04-20", id="a time element"
            ),
            pytest.param("time", "<time>Apr 20, 2026</time>", "2026-04-20", id="its text"),
            pytest.param(
                "span@title", '<span title="2026-04-20 10:00">x</span>', "2026-04-20", id="an attribute"
            ),
            pytest.param(
                "p", "<p>Research</p><p>APRIL 20, 2026 / AI</p>", "2026-04-20", id="the first that is one"
            ),
            pytest.param("p", "<p>Apr 20</p>", None, id="no year, no date"),
            pytest.param("", "<p>April 20, 2026</p>", None, id="not asked for"),
        ],
    )
    def test_dates(self, date: str, inside: str, day: str | None) -> None:
        published = poll(watch(item=".card", title="h3", date=date), card("k", inside)).sightings[0].published
        assert (published and f"{published.at:%Y-%m-%d}") == day

    def test_the_summary(self) -> None:
        page = watch(item=".card", title="h3", summary="p")
        assert poll(page, card("k", "<p>Small &amp; fast</p>")).sightings[0].facts.summary == "Small & fast"

    def test_a_post_shown_in_the_hero_and_in_the_list_is_one(self) -> None:
        found = poll(watch(**CARDS), card("a", "<time>2026-04-20</time>") + card("a") + card("b"))
        assert (titles(found), found.count) == (["Model a", "Model b"], 2)

    def test_items_without_a_title_are_no_posts(self) -> None:
        assert titles(poll(watch(**CARDS), card("a") + '<a class="card" href="/x"><img></a>')) == ["Model a"]

    def test_a_page_may_begin_like_xml(self) -> None:
        assert titles(poll(watch(**CARDS), '<?xml version="1.0"?><html>' + card("a"))) == ["Model a"]

    def test_of_items_in_items_the_innermost_count(self) -> None:
        nested = '<li><a href="/all">All</a><ul><li><a href="/k">Model k</a></li></ul></li>'
        assert titles(poll(watch(item="li"), nested)) == ["Model k"]

    @pytest.mark.parametrize("piece", ["<li><a>", "<li>", "<li><a></a></li>"])
    def test_hostile_pages_are_refused_or_read_in_no_time(self, piece: str) -> None:
        def read() -> None:
            for count in (190, 20_000, 1_000_000):
                with pytest.raises(SourceError):
                    poll(watch(item="a, li:has(a)", title="h2", date="time"), piece * count)

        assert is_done_within(15, read)

    @pytest.mark.parametrize("field", ["item", "title", "link", "date", "summary"])
    def test_a_selector_that_is_none_is_a_mistake_in_feeds_yaml(self, field: str) -> None:
        with pytest.raises(
            ConfigError, match=f"page:lab.example/blog: {field}: 'a\\[\\[' is no CSS selector"
        ):
            watch(**{**CARDS, field: "a[["})


class TestCollapse:
    """A page that yields nothing, or far less than it did, has changed."""

    def cards(self, count: int) -> str:
        return "".join(card(str(number)) for number in range(count))

    @pytest.mark.parametrize(
        ("before", "now", "says"),
        [
            pytest.param(10, "<p>Redesigned</p>", "selectors match nothing", id="nothing"),
            pytest.param(0, "<p>Redesigned</p>", "selectors match nothing", id="nothing from the first"),
            pytest.param(
                60, "cards 5", "found 5 items where there were 60: has the page changed", id="far fewer"
            ),
            pytest.param(1, "", "empty body", id="an empty body"),
        ],
    )
    def test_is_a_failure(self, before: int, now: str, says: str) -> None:
        page = watch(**CARDS)
        if before:
            poll(page, self.cards(before))
        with pytest.raises(SourceError, match=says) as caught:
            poll(page, self.cards(5) if now == "cards 5" else now)
        assert caught.value.failure is Failure.EMPTY
        if before:
            assert titles(poll(page, self.cards(before))) == []

    @pytest.mark.parametrize(("before", "now"), [(60, 20), (5, 1), (6, 2)])
    def test_some_loss_is_none(self, before: int, now: int) -> None:
        page = watch(**CARDS)
        poll(page, self.cards(before))
        assert poll(page, self.cards(now)).count == now


def test_headers_are_sent_and_an_unchanged_page_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    page = watch(**CARDS, headers={"x-tt-locale": "US"})
    fetch = FakeFetcher({URL: Response(URL, 200, {}, card("a").encode())})
    page.poll(fetch)
    assert fetch.requests[0].headers == {"x-tt-locale": "US"}
    monkeypatch.setattr("bot.sources.extract.parse_html", None)
    again = page.poll(fetch)
    assert (again.sightings, again.count) == ((), 1)


class TestNext:
    """Objects in the flight data of a Next.js page."""

    def test_posts_are_found_however_deep_and_cut(self) -> None:
        posts = [
            {
                "_type": "post",
                "title": f"Model “{name}”",
                "slug": {"current": name},
                "publishedOn": "2026-04-20T10:00:00-07:00",
            }
            for name in "abc"
        ]
        found = poll(watch(**NEXT), flight({"sections": [{"posts": posts}, {"_type": "tag", "title": "x"}]}))
        assert titles(found) == ["Model “a”", "Model “b”", "Model “c”"]
        assert found.sightings[0].url == "https://lab.example/news/a"
        published = found.sightings[0].published
        assert published
        assert published.at.hour == 17

    def test_whole_links_need_no_prefix(self) -> None:
        posts = [
            {"_type": "post", "title": link, "slug": {"current": link}}
            for link in ("https://other.example/x", "/glasswing", "k2")
        ]
        assert [sighting.url for sighting in poll(watch(**NEXT), flight(posts)).sightings] == [
            "https://other.example/x",
            "https://lab.example/glasswing",
            "https://lab.example/news/k2",
        ]

    @pytest.mark.parametrize(
        "page", ["<p>no data</p>", flight([]), '<script>self.__next_f.push([1,"\\x"])</script>']
    )
    def test_a_page_without_posts_is_a_failure(self, page: str) -> None:
        with pytest.raises(SourceError, match="match nothing"):
            poll(watch(**NEXT), page)


class TestJson:
    """Expressions over a JSON document."""

    def test_posts_are_found(self) -> None:
        rows = [{"status": 2, "en": {"title": "Seed 2"}, "id": 17, "at": 1776679200000}, {"status": 1}]
        (sighting,) = poll(watch(**JSON), json.dumps({"data": {"list": rows}})).sightings
        assert (sighting.title, sighting.url) == ("Seed 2", "https://lab.example/blog?id=17")
        assert sighting.published
        assert f"{sighting.published.at:%Y-%m-%d}" == "2026-04-20"

    @pytest.mark.parametrize(
        ("body", "says"),
        [
            pytest.param("<html>", "no JSON", id="a page"),
            pytest.param('{"error": "x"}', "match nothing", id="an error"),
            pytest.param('{"data": {"list": [{"status": 2}]}}', "match nothing", id="items without titles"),
            pytest.param('{"data": {"list": "x"}}', "match nothing", id="no list"),
        ],
    )
    def test_what_is_no_list_of_posts_is_a_failure(self, body: str, says: str) -> None:
        with pytest.raises(SourceError, match=says):
            poll(watch(**JSON), body)

    def test_a_function_that_gets_the_wrong_type_is_a_failure(self) -> None:
        with pytest.raises(SourceError, match="does not fit its expressions"):
            poll(watch(format="json", item="items", title="join(',', name)"), '{"items": [{"name": 5}]}')

    def test_an_expression_that_is_none_is_a_mistake_in_feeds_yaml(self) -> None:
        with pytest.raises(ConfigError, match=r"title: 'a\.\.b' is no jmespath expression"):
            watch(**{**JSON, "title": "a..b"})


def test_a_changelog_in_markdown_is_read_like_any_page() -> None:
    page = watch(format="markdown")
    old = "## March 18, 2026\n<Card title='MiniMax-M2.7' href='/docs/m27'></Card>\n"
    assert titles(poll(page, old)) == ["MiniMax-M2.7"]
    new = poll(page, "## April 22, 2026\n<Card title='MiniMax-M3' href='/docs/m3'></Card>\n" + old)
    assert titles(new) == ["MiniMax-M3"]
    assert new.sightings[0].url == "https://lab.example/docs/m3"
    with pytest.raises(SourceError, match="no dated heading"):
        poll(page, "# Moved\nto another place")


class TestChangedSelectors:
    """What a person changes in feeds.yaml takes effect at the next poll."""

    def test_a_page_that_did_not_change_is_read_again(self) -> None:
        page = (
            "".join(card(name) for name in "abc")
            + '<div class="news"><a href="/n/d"><h3>Model d</h3></a></div>'
        )
        blog = watch(**CARDS)
        assert titles(poll(blog, page)) == ["Model a", "Model b", "Model c"]
        blog.source = watch(item=".card, .news", title="h3", date="time").source
        assert titles(poll(blog, page)) == ["Model d"]

    def test_a_page_may_then_show_far_fewer_posts(self) -> None:
        blog = watch(**CARDS)
        poll(blog, "".join(card(name) for name in "abcdefghijkl"))
        shorter = card("a") + card("b")
        with pytest.raises(SourceError, match="found 2 items where there were 12"):
            poll(blog, shorter)
        blog.source = watch(item="a.card", title="h3", date="time").source
        assert titles(poll(blog, shorter)) == []


@pytest.mark.parametrize(
    ("base", "link"),
    [
        pytest.param(
            '<base href="https://lab.example/blog/">', "https://lab.example/blog/k2", id="a whole address"
        ),
        pytest.param('<base href="/news/">', "https://lab.example/news/k2", id="a path"),
        pytest.param('<base target="_blank">', "https://lab.example/k2", id="no address"),
        pytest.param('<base href="javascript:x">', "https://lab.example/k2", id="an address of another kind"),
        pytest.param("", "https://lab.example/k2", id="none"),
    ],
)
def test_relative_links_go_from_where_the_page_says(base: str, link: str) -> None:
    page = f'<html><head>{base}</head><a class="card" href="k2"><h3>Kimi K2</h3></a></html>'
    assert poll(watch(**CARDS), page).sightings[0].url == link


class TestMonths:
    """A changelog whose newest heading is a month."""

    def log(self, *posts: str, month: str = "## March") -> str:
        return "\n\n".join((month, *(f"### {post}" for post in posts), "## January", "### K1"))

    @pytest.mark.parametrize(
        ("month", "date"),
        [
            pytest.param("## April", "2026-04 month", id="the month that it is"),
            pytest.param("## March", "", id="a month that is over, which nothing of today can be of"),
            pytest.param("## March 2026", "", id="the same with its year"),
            pytest.param("## March 9", "2026-03 day", id="a day"),
        ],
    )
    def test_what_comes_up_under_it_is_of_today(self, month: str, date: str) -> None:
        page = watch(format="markdown")
        first = poll(page, self.log("K2", month=month)).sightings[0].published
        assert first
        assert first.precision in ("month", "day")
        published = poll(page, self.log("K3", "K2", month=month)).sightings[0].published
        assert (f"{published.at:%Y-%m} {published.precision}" if published else "") == date

    def test_what_comes_up_under_an_older_one_is_of_then(self) -> None:
        page = watch(format="markdown")
        poll(page, self.log("K2"))
        published = poll(page, self.log("K2") + "\n### K0").sightings[0].published
        assert published
        assert f"{published.at:%Y-%m}" == "2026-01"


def test_a_launch_in_the_grid_and_in_the_list_is_one_post() -> None:
    """The shape of anthropic.com/news since September 2026."""
    page = watch(
        format="next",
        item="[?_type=='post' && slug || _type=='featuredGridLink' && url]",
        title="title",
        link="url || slug",
        date="publishedOn || date",
    )
    story = {
        "_type": "post",
        "slug": "/news/story",
        "title": "A story",
        "publishedOn": "2026-04-01T15:00:00Z",
    }
    opus = {
        "_type": "featuredGridLink",
        "url": "/opus-9",
        "title": "Introducing Opus 9",
        "date": "2026-04-19",
    }
    post = {**story, "slug": "/news/opus-9", "title": opus["title"], "publishedOn": "2026-04-19T17:00:00Z"}
    assert titles(poll(page, flight([story]))) == ["A story"]
    assert titles(poll(page, flight([opus, {"_type": "featuredGridLink"}, story]))) == ["Introducing Opus 9"]
    assert [titles(poll(page, flight([opus, post, story]))), titles(poll(page, flight([post, story])))] == [
        [],
        [],
    ]
