"""When is a post new? Sites change everything about their posts; see docs/reference/blogs.md#changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import DateOrigin, Published
from bot.sources.entries import Entry, canonical_link, canonical_title, identities, new_entries

DAY = datetime(2026, 4, 20, tzinfo=UTC)


class Reader:
    """Reads a feed again and again and tells what it took for new."""

    def __init__(self, home: str = "https://lab.example/blog") -> None:
        self.home = home
        self.remembered: dict[str, str] = {}

    def read(self, entries: Sequence[Entry]) -> list[Entry]:
        news = new_entries(entries, self._known, (self.home,))
        self.remembered.update(news.identities)
        return [entry for _, entry in news.posts]

    def _known(self, keys: Iterable[str]) -> Mapping[str, str]:
        return {key: self.remembered[key] for key in keys if key in self.remembered}


def post(number: int, **changes: object) -> Entry:
    when = Published(DAY - timedelta(days=number), DateOrigin.POSTED)
    entry = Entry(
        f"guid-{number}", f"https://lab.example/blog/{number}", f"Model number {number}", when, "text"
    )
    return replace(entry, **changes)  # type: ignore[arg-type]  # the fields of Entry


POSTS = [post(number) for number in range(1, 8)]


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(list(reversed(POSTS)), id="another order is no news"),
        pytest.param([replace(entry, published=None) for entry in POSTS], id="lost dates are no news"),
        pytest.param(
            [replace(entry, published=Published(DAY, DateOrigin.POSTED)) for entry in POSTS],
            id="a crawl date on every post is no news",
        ),
        pytest.param(
            [replace(entry, guid=f"new-{entry.guid}", link=f"{entry.link}/moved") for entry in POSTS],
            id="a migration to new guids and links is no news",
        ),
        pytest.param(
            [replace(entry, guid="", title=f"{entry.title} for 2026") for entry in POSTS],
            id="lost guids and new titles are no news",
        ),
        pytest.param(
            [replace(entry, link="https://lab.example/all", title=entry.title + "!?") for entry in POSTS],
            id="one link for all of them is no news",
        ),
        pytest.param(
            [replace(entry, guid="", link=entry.link.replace("https://", "http://www.")) for entry in POSTS],
            id="another scheme and host name are no news",
        ),
        pytest.param(POSTS[2:4], id="a feed that shrinks is no news"),
        pytest.param([entry for entry in POSTS for _ in range(2)], id="entries shown twice are no news"),
    ],
)
def test_old_posts_stay_old(again: list[Entry]) -> None:
    reader = Reader()
    assert reader.read(POSTS) == POSTS
    assert reader.read(again) == []
    assert reader.read(POSTS) == []


def test_a_post_that_changes_all_of_its_identities_one_after_the_other_stays_the_same_post() -> None:
    reader = Reader()
    reader.read([post(1), post(2)])
    assert reader.read([post(1, guid="b"), post(2)]) == []
    assert reader.read([post(1, guid="b", link="https://lab.example/b"), post(2)]) == []
    assert reader.read([post(1, guid="b", link="https://lab.example/b", title="B"), post(2)]) == []
    assert set(reader.remembered.values()) == {"guid:guid-1", "guid:guid-2"}


@pytest.mark.parametrize(
    ("before", "newcomer"),
    [
        pytest.param(POSTS, post(99), id="a post that shares nothing with the known ones"),
        pytest.param(
            [replace(entry, link="https://lab.example/changelog") for entry in POSTS],
            post(99, link="https://lab.example/changelog"),
            id="an entry of a changelog whose entries share one link",
        ),
        pytest.param(
            [post(1, link="https://www.lab.example/blog/")],
            post(99, link="https://lab.example/blog"),
            id="an entry that links the site's own page, as the only one before did",
        ),
        pytest.param(
            [post(1, guid="", link="", title="Bug fixes")],
            post(2, guid="", link="", title="Bug fixes", body="other text"),
            id="an entry with nothing but a title that an older one has too",
        ),
        pytest.param(
            [post(1, title="April 2026")],
            post(2, title="April 2026"),
            id="an entry whose title is a date that another one shares",
        ),
        pytest.param([post(1)], post(2, guid="guid-1"), id="an entry with the guid of another one"),
        pytest.param(
            [post(1, link="https://lab.example/a"), post(3, link="https://lab.example/a")],
            post(2, link="https://lab.example/b"),
            id="an entry with a link of its own where the others share one",
        ),
    ],
)
def test_a_new_post_is_found_and_the_old_ones_stay_old(before: list[Entry], newcomer: Entry) -> None:
    reader = Reader()
    reader.read(before)
    assert reader.read([newcomer, *before]) == [newcomer]


@pytest.mark.parametrize(
    ("after", "is_new"),
    [
        pytest.param(post(9, guid="guid-1"), True, id="another link and another title"),
        pytest.param(post(1, title="Model number 1, retitled"), False, id="another title alone"),
        pytest.param(post(1, link="https://lab.example/news/1"), False, id="another link alone"),
        pytest.param(
            post(9, guid="guid-1", link="https://lab.example/blog"), False, id="only the site's link"
        ),
        pytest.param(post(9, guid="guid-1", link=""), False, id="no link"),
    ],
)
def test_a_guid_is_used_again_only_with_another_link_and_another_title(after: Entry, is_new: bool) -> None:
    reader = Reader()
    reader.read([post(1), post(2)])
    assert reader.read([after, post(2)]) == ([after] if is_new else [])
    assert reader.read([after, post(2)]) == []
    assert reader.read([post(1), post(2)]) == []


def test_a_changelog_that_keeps_one_guid_has_a_new_post_every_month() -> None:
    reader = Reader()
    months = [
        Entry("log", f"https://lab.example/log/{month.lower()}", f"What is new in {month}")
        for month in ("August", "September", "October")
    ]
    assert [reader.read([month]) for month in months] == [[month] for month in months]
    assert [reader.read([month]) for month in months] == [[], [], []]


class TestDivided:
    """Entries titled by a date, taken apart into the posts of their text."""

    def whole(self, *names: str, title: str = "2026-11-27", **parts: str) -> list[Entry]:
        entry = Entry("g", "https://lab.example/log#a", title, body="\n".join(names))
        entry = replace(entry, **parts)  # type: ignore[arg-type]  # the fields of Entry
        return [replace(entry, title=name, whole=entry) for name in names] or [entry]

    def test_each_post_is_new_once(self) -> None:
        reader = Reader()
        posts = self.whole("GLM-9", "GLM-9-Flash")
        assert reader.read(posts) == posts
        assert reader.read(posts) == []
        assert reader.read(list(reversed(posts))) == []

    def test_a_post_that_is_added_later_is_new(self) -> None:
        reader = Reader()
        reader.read(self.whole("GLM-9"))
        assert [entry.title for entry in reader.read(self.whole("GLM-9", "GLM-9-Flash"))] == ["GLM-9-Flash"]
        assert reader.read(self.whole("GLM-9-Flash")) == []

    def test_another_guid_link_and_spelling_of_the_date_are_no_news(self) -> None:
        reader = Reader()
        reader.read(self.whole("GLM-9"))
        assert reader.read(self.whole("GLM-9", guid="other")) == []
        assert reader.read(self.whole("GLM-9", guid="other", link="https://lab.example/b")) == []
        assert reader.read(self.whole("GLM-9", guid="other", title="27 Nov 2026")) == []

    def test_what_was_known_before_it_was_taken_apart_is_no_news(self) -> None:
        reader = Reader()
        reader.read(self.whole())
        assert reader.read(self.whole("GLM-9", "GLM-9-Flash")) == []
        assert [entry.title for entry in reader.read(self.whole("GLM-9", "GLM-9.1"))] == ["GLM-9.1"]

    def test_a_changelog_that_keeps_guid_and_link_has_its_new_posts(self) -> None:
        reader = Reader()
        reader.read(self.whole("GLM-9", title="October 2026"))
        november = self.whole("GLM-9.1", title="November 2026")
        assert reader.read(november) == november

    def test_two_entries_of_one_day_without_a_guid_lose_nothing(self) -> None:
        reader = Reader()
        posts = [*self.whole("GLM-9", guid=""), *self.whole("CogView-9", guid="")]
        assert reader.read(posts) == posts
        assert reader.read(posts) == []

    def test_one_title_under_two_dates_is_two_posts(self) -> None:
        reader = Reader()
        one, other = (
            self.whole("GLM-9", guid=day, link=f"https://lab.example/{day}", title=day)
            for day in ("2026-11-27", "2026-11-20")
        )
        assert reader.read([*one, *other]) == [*one, *other]


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        pytest.param({}, {"link": "https://lab.example/news/k2"}, 1, id="in two lists of a page"),
        pytest.param(
            {}, {"link": "https://lab.example/news/k2", "published": None}, 2, id="a date is missing"
        ),
        pytest.param({}, {"link": "https://lab.example/2", "title": "Kimi K3"}, 2, id="another title"),
        pytest.param(
            {},
            {
                "link": "https://lab.example/2",
                "published": Published(DAY - timedelta(days=9), DateOrigin.POSTED),
            },
            2,
            id="another day",
        ),
        pytest.param(
            {"guid": "a"}, {"guid": "b", "link": "https://lab.example/2"}, 2, id="guids tell them apart"
        ),
        pytest.param({"title": ""}, {"title": "", "link": "https://lab.example/2"}, 2, id="no title"),
    ],
)
def test_a_post_that_a_page_shows_by_two_addresses(
    one: dict[str, object], other: dict[str, object], count: int
) -> None:
    entry = Entry("", "https://lab.example/k2", "Kimi K2", Published(DAY, DateOrigin.POSTED, "day"))
    reader = Reader()
    page = [replace(entry, **parts) for parts in (one, other)]  # type: ignore[arg-type]  # fields of Entry
    assert len(reader.read(page)) == count
    assert [reader.read([shown]) for shown in page] == [[], []]


def test_an_entry_with_nothing_but_text_is_known_by_its_text() -> None:
    reader = Reader()
    bare = Entry(body="<p>We released something.</p>")
    assert reader.read([bare]) == [bare]
    assert reader.read([bare]) == []
    assert reader.read([replace(bare, body="<p>And again.</p>")]) != []


def test_a_post_that_stands_in_the_hero_and_in_the_list_is_one_post() -> None:
    hero = Entry(link="https://lab.example/blog/k2", title="Kimi K2.6", body="long")
    assert [entry for entry, _ in identities([hero, replace(hero, body="", published=None)])] == [hero]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.lab.example/blog/k2/", "http://lab.example/blog/k2"),
        ("https://lab.example/k2?utm_source=rss&utm_medium=x", "https://lab.example/k2"),
        ("https://LAB.example/k2?ref=home&seq=5", "https://lab.example/k2?seq=5"),
        ("https://lab.example/%E6%A8%A1", "https://lab.example/模"),
    ],
)
def test_spellings_of_one_address(one: str, other: str) -> None:
    assert canonical_link(one) == canonical_link(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://lab.example/view?seq=5", "https://lab.example/view?seq=6"),
        ("https://lab.example/log#2026-04-20", "https://lab.example/log#2026-04-21"),
        ("https://lab.example/K2", "https://lab.example/k2"),
    ],
)
def test_addresses_that_only_look_alike(one: str, other: str) -> None:
    assert canonical_link(one) != canonical_link(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GPT‑5 is here", "GPT-5 Is Here!"),
        ("  Claude’s  new\u00a0home ", "Claude's new home"),
        ("Claudeâ\x80\x99s new home", "Claude’s new home"),
        ("Claudeâ€™s new home", "Claude's new home"),
        ("Ｋｉｍｉ Ｋ２", "Kimi K2"),
        ("Kimi\u200b K2\u202e", "Kimi K2"),
    ],
)
def test_spellings_of_one_title(one: str, other: str) -> None:
    assert canonical_title(one) == canonical_title(other)


def test_versions_are_not_spellings_of_one_another() -> None:
    titles = ["GLM-5", "GLM-5.1", "GLM-51", "GLM-4.5V", "Château K2"]
    assert len({canonical_title(title) for title in titles}) == len(titles)


words = st.text(max_size=40)
entries = st.builds(Entry, guid=words, link=words, title=words, body=words)


@given(st.lists(entries, max_size=8))
def test_whatever_a_feed_holds_is_new_once(feed: list[Entry]) -> None:
    reader = Reader()
    first = reader.read(feed)
    assert {id(entry) for entry in first} <= {id(entry) for entry in feed}
    assert bool(first) == bool(feed)
    assert reader.read(list(reversed(feed))) == []
    assert all(len(key) <= 400 for key in reader.remembered)


@pytest.mark.parametrize("bodies", [("", "0"), ("0", "")], ids=["in the order seen", "turned round"])
def test_repetitions_of_one_guid_are_one_post_whatever_their_bodies_and_order(
    bodies: tuple[str, ...],
) -> None:
    reader = Reader()
    assert reader.read([*(Entry("0", body=body) for body in ("", "0")), Entry("0", "0")])
    assert reader.read([Entry("0", "0"), *(Entry("0", body=body) for body in bodies)]) == []


HOME = "https://lab.example/blog/"
NEW_PARTS = {
    "guid": st.sampled_from(["", "fresh"]),
    "link": st.sampled_from(["", HOME, "fresh"]),
    "title": st.just("fresh"),
}


@given(st.data())
def test_a_history_of_changes_of_up_to_two_parts_at_a_time_announces_nothing(data: st.DataObject) -> None:
    reader, feed = Reader(HOME), list(POSTS)
    reader.read(feed)
    for poll in range(data.draw(st.integers(1, 4), label="polls")):
        feed = [_changed(entry, f"{poll}-{number}", data) for number, entry in enumerate(feed)]
        some = data.draw(st.lists(st.sampled_from(feed), unique_by=id))
        assert reader.read(some) == []
        assert reader.read(data.draw(st.permutations(feed))) == []


def _changed(entry: Entry, fresh: str, data: st.DataObject) -> Entry:
    """Change up to two parts of a post, and its date; one part that tells it from others stays.

    Another link and another title are another post.
    """
    parts = data.draw(st.sets(st.sampled_from(sorted(NEW_PARTS)), max_size=2).filter(_same_post))
    new = {
        part: data.draw(NEW_PARTS[part]).replace("fresh", f"https://new.example/{part}/{fresh}")
        for part in parts
    }
    stays = [part for part in NEW_PARTS.keys() - parts if getattr(entry, part) not in {"", HOME}]
    return replace(entry, published=None, **new) if stays else entry


def _same_post(parts: set[str]) -> bool:
    return parts != {"link", "title"}
