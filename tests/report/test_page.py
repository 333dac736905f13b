"""The page: whole without its script, safe whatever stands in it, and in a real browser."""

import base64
import hashlib
import json
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from bot.cadence.shipped import Shipment
from bot.model import DateOrigin
from bot.report.exports import PAGE, report_files
from bot.report.overview import overview
from bot.report.page import render_page
from tests.report.shipments import HOSTILE, NOW, listed_alone, listed_too, many, shipment

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
NOBODY = "not an origin"
in_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed in /usr/bin")
WEEK = [
    shipment("2026-04-24", "Kimi K2.6", license="Modified MIT", verdict="conditions", lab_name="Moonshot AI"),
    shipment("2026-04-22", "Hub only", "zai", origin=DateOrigin.CREATED),
    listed_too("2026-04-23", "Half known", license="", verdict="not stated"),
    listed_alone("2026-04-21", "Listed alone", lab="xai"),
    *many(400),
]


def page_of(*shipments: Shipment) -> str:
    return render_page(overview(shipments, NOW), "Releases")


def only(within: Tag, selector: str) -> Tag:
    """Return the first element that is selected, which has to be there."""
    found = within.select_one(selector)
    assert found is not None, f"nothing on the page is {selector}"
    return found


def said(element: Tag, attribute: str) -> str:
    """Return what an attribute says, which has to be there and to be no list."""
    value = element[attribute]
    assert isinstance(value, str)
    return value


@pytest.fixture(scope="module")
def page() -> str:
    return page_of(*WEEK)


@pytest.fixture(scope="module")
def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "lxml")


def test_the_fastest_labs_stand_beside_their_month_before() -> None:
    history = [
        shipment("2026-04-26", "B", "qwen"),
        shipment("2026-04-27", "too late", "deepseek"),
        shipment("2026-04-20", "A", "qwen"),
        shipment("2026-04-01", "A", "zai"),
        shipment("2026-03-20", "0", "qwen"),
        shipment("2025-03-20", "0", "mistral"),
    ]
    month = overview(history, NOW).month
    assert month.fastest == [("Qwen", 2, 1), ("Zai", 1, 0)]
    assert (len(month.items), len(month.before)) == (3, 1)


def test_new_is_what_was_announced_or_had_its_weights_opened() -> None:
    opened = datetime(2026, 4, 23, tzinfo=UTC)
    history = [
        replace(shipment("2026-03-18", "Late weights"), news_at=opened),
        shipment("2026-04-22", "Of the week"),
        shipment("2026-04-22", "Of the week 4B", lead="Of the week"),
        shipment("2026-04-10", "Of the month"),
    ]
    found = overview(history, NOW)
    assert [it.name for it in found.week.items] == ["Late weights", "Of the week +1"]
    assert [len(new.items) for new in (found.week, found.month, found.year)] == [2, 3, 3]
    row = only(BeautifulSoup(page_of(*history), "lxml"), "#week tbody tr")
    assert only(row, "td").text == "2026-04-23announced 2026-03-18"


def test_the_line_of_news_and_the_table_write_one_size_alike() -> None:
    history = [shipment(f"2026-03-0{day}", f"Small {day}", parameters=day * 10**9) for day in range(1, 7)]
    largest = shipment("2026-04-24", "Qwen9-35B", parameters=35_951 * 10**6)
    week = only(BeautifulSoup(page_of(*history, largest), "lxml"), "#week")
    assert "35B parameters, after Small 6 with 6.0B" in only(week, "ul").text
    assert only(week, "td:nth-child(5)").text == "35B"


def test_the_week_lists_its_releases_with_their_sources(soup: BeautifulSoup) -> None:
    rows = soup.select("#week tbody tr")
    cells = next(row.select("td") for row in rows if "Kimi K2.6" in row.text)
    assert [cell.text for cell in cells] == [
        "2026-04-24",
        "Moonshot AI",
        "Kimi K2.6",
        "Modified MIT, with conditions",
        "1.0T",
        "Announcement · Hugging Face",
    ]
    assert [link["href"] for link in cells[-1].select("a")] == [
        "https://blog.example/Kimi%20K2.6",
        "https://hub.example/Kimi%20K2.6",
    ]


def test_what_llm_stats_alone_says_names_it(soup: BeautifulSoup) -> None:
    rows = {only(row, ".name").text: row for row in soup.select("#week tbody tr")}
    assert len(rows["Half known"].select("sup")) == 1
    assert len(rows["Listed alone"].select("sup")) == 3
    assert rows["Kimi K2.6"].select("sup") == []
    assert "created on the Hub" in rows["Hub only"].text
    assert said(only(soup, "#listed a"), "href") == "https://llm-stats.com"


def test_the_timeline_has_a_dot_a_release_by_licence_and_size(soup: BeautifulSoup) -> None:
    dots = soup.select(".timeline use")
    assert len(dots) == 404
    kimi = next(dot for dot in dots if "Kimi K2.6" in dot.text)
    assert kimi["href"] == "#conditions-5"
    assert said(only(soup, "#conditions-5"), "transform") == "scale(6.8)"
    marks = {said(dot, "href") for dot in dots}
    assert {mark[1:-2] for mark in marks} == {"permissive", "conditions", "non-commercial", "other"}
    assert all(soup.select(mark) for mark in marks)
    assert len(soup.select(".labs .faint")) == len(soup.select(".dots g"))


def test_the_cadence_table_has_every_lab_and_what_it_sorts_by(soup: BeautifulSoup) -> None:
    rows = soup.select("table.sortable tbody tr")
    assert len(rows) == 12
    assert "too few to say" in next(row.text for row in rows if "Xai" in row.text)
    busy = rows[0].select("td")
    assert float(said(busy[3], "data-value")) > 0
    assert re.search(r"right \d+ of \d+ times", busy[5].text)


def test_the_shares_say_in_words_what_the_bars_show(soup: BeautifulSoup) -> None:
    text = only(soup, ".shares").get_text(" ", strip=True)
    assert "All, last 365 days" in text
    assert "with conditions" in text
    assert "Open weights, CN" in text


def test_the_page_asks_nobody_for_anything(page: str, soup: BeautifulSoup) -> None:
    fetched = [
        *soup.select("[src]"),
        *soup.select("link[rel=stylesheet]"),
        *soup.select("iframe, object, img"),
    ]
    assert fetched == []
    assert "@import" not in page
    assert "url(" not in page


def test_only_our_own_style_and_script_are_allowed(soup: BeautifulSoup) -> None:
    policy = said(only(soup, "meta[http-equiv=Content-Security-Policy]"), "content")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (element,) = soup.select(tag)
        assert element.string
        digest = base64.b64encode(hashlib.sha256(element.string.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert soup.select("[style]") == []
    assert [tag for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")] == []


def test_hostile_texts_stay_texts() -> None:
    worst = shipment(
        "2026-04-24", HOSTILE, license=HOSTILE, lab_name=HOSTILE, country="<b>", verdict="unknown"
    )
    html = page_of(worst, *many(5))
    soup = BeautifulSoup(html, "lxml")
    assert len(soup.select("script")) == 1
    assert "\u202e" not in html
    assert "\x00" not in html
    assert "x" * 100 not in html
    assert "</title><script>alert(1)" in only(soup, "#week").text


@pytest.mark.parametrize("count", [0, 1, 6])
def test_a_page_of_little_is_a_page(count: int) -> None:
    soup = BeautifulSoup(page_of(*many(count)), "lxml")
    assert only(soup, "h1").text == "Releases"
    assert ("Nothing came out" in only(soup, "#week").text) == (count == 0)


def test_older_releases_are_counted_and_not_listed() -> None:
    soup = BeautifulSoup(page_of(*many(1000)), "lxml")
    assert len(soup.select("#releases tbody tr")) == 300
    assert "700 older ones are not listed" in only(soup, "#releases").text


def test_the_page_is_well_formed(page: str) -> None:
    open_tags: list[str] = []

    class Checker(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in ("meta", "link", "br", "input"):
                open_tags.append(tag)

        def handle_startendtag(self, tag: str, attrs: object) -> None:
            pass

        def handle_endtag(self, tag: str) -> None:
            assert open_tags.pop() == tag

    Checker().feed(page)
    assert open_tags == []


def browse(page: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Show a page in a browser that finds no host, and log what it complains of and asks for."""
    return subprocess.run(
        [
            CHROMIUM, *FLAGS, f"--user-data-dir={page.parent / 'profile'}", "--enable-logging=stderr",
            f"--log-net-log={page.parent / 'net.json'}", *flags, page.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip


def asked_for(page: Path) -> list[str]:
    """Return the addresses that the page asked for; the browser's own requests have no initiator."""
    log = json.loads((page.parent / "net.json").read_text())
    told = [event.get("params", {}) for event in log["events"]]
    return [it["url"] for it in told if "url" in it and it.get("initiator", NOBODY) != NOBODY]


def complaints(browsed: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in browsed.stderr.splitlines() if "CONSOLE" in line]


@in_chromium
@pytest.mark.parametrize("flags", [[], ["--force-dark-mode"]], ids=["light", "dark"])
def test_a_browser_shows_it_without_a_complaint_or_a_request(tmp_path: Path, flags: list[str]) -> None:
    for name, data in report_files(WEEK, NOW).items():
        (tmp_path / name).write_bytes(data)
    picture = tmp_path / "page.png"
    browsed = browse(tmp_path / PAGE, f"--screenshot={picture}", "--window-size=1200,2400", *flags)
    assert picture.stat().st_size > 50_000
    assert complaints(browsed) == []
    assert asked_for(tmp_path / PAGE) == []


@in_chromium
def test_a_complaint_and_a_request_would_be_noticed(tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text('<script>console.error("no")</script><img src="http://logo.example/">', encoding="utf-8")
    browsed = browse(page, f"--screenshot={tmp_path / 'page.png'}")
    assert "no" in complaints(browsed)[0]
    assert "http://logo.example/" in asked_for(page)


ACTS = """<script>
document.querySelectorAll(".sortable th button")[1].click();
const { text, lab, license, size } = document.querySelector("#find").elements;
[text.value, lab.value, license.value, size.value] = ["model MIT", "Lab4", "conditions", "1"];
text.dispatchEvent(new Event("input", { bubbles: true }));
</script></body>"""


@in_chromium
def test_the_script_sorts_the_table_and_finds_releases(tmp_path: Path) -> None:
    path = tmp_path / PAGE
    # the policy allows our script alone: the test's own acts stand in a page without it
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page_of(*WEEK))
    path.write_text(page.replace("</body>", ACTS), encoding="utf-8")
    dom = BeautifulSoup(browse(path, "--dump-dom").stdout, "lxml")
    found = dom.select("#releases tbody tr:not([hidden])")
    assert found
    for row in found:
        assert (row["data-license"], row["data-size"]) == ("conditions", "1")
        assert [cell.text for cell in row.select("td")][1] == "Lab4"
    assert len(dom.select("#releases tbody tr")) == 300
    table = only(dom, ".sortable")
    assert [head.get("aria-sort") for head in table.select("th")][:3] == [None, "descending", None]
    counts = [int(row.select("td")[1].text) for row in table.select("tbody tr")]
    assert counts == sorted(counts, reverse=True)
