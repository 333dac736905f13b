"""What people ask costs as much as its answer is long, not as much as is known: steps of SQLite."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.model import Lab, License
from bot.releases.facts.filters import Filters
from bot.run.chores import keep_habits
from bot.store.store import Store
from bot.store.titles import index_new
from tests.support.sqlite import sqlite_of
from tests.support.steps import steps

NOW = datetime(2026, 4, 20, tzinfo=UTC)
DAY, YEAR = NOW - timedelta(days=1), NOW - timedelta(days=365)
FEW, MANY = 200, 2_000
SIGHTINGS = 5
Question = Callable[[Store], object]

# Releases of labs in turn, one an hour and the newest first, each with its repository and posts.
NUMBERS = "WITH RECURSIVE n (n) AS (SELECT :first UNION ALL SELECT n + 1 FROM n WHERE n + 1 < :last)"
RELEASES = f"""
    {NUMBERS}
    INSERT INTO release (id, key, lab, family, family_key, lead_id, name, display, silent, opened_at,
        published_at, published_origin, published_precision, came_at, news_at,
        facts, license, license_id, license_verdict, parameters, memory, task)
    SELECT n + 1, lab || '/zephyr-' || n, lab, 'zephyr', lab || '/zephyr-' || n,
        n + 1, :name, 'Zephyr-' || n, 1, at, at, 'posted', 'second', at, at,
        '{{}}', :license, 'mit', 'permissive', 40000000000, 96000000000, 'text-generation'
    FROM (SELECT n, 'lab' || (n % 2) AS lab,
        strftime('%Y-%m-%dT%H:%M:00.000000Z', :now, '-' || n || ' hours') AS at FROM n)
"""
ARTIFACTS = f"""
    {NUMBERS}
    INSERT INTO artifact (hub_id, release_id, repository, head, provisional, packaging, seen_at, facts)
    SELECT 'id' || n, n + 1, 'owner/Zephyr-' || n, 1, 0, '', :now, '{{}}' FROM n
"""
OBSERVATIONS = f"""
    {NUMBERS}
    INSERT INTO observation (source_id, source, lab, external_id, title, url, seen_at, live, amends, facts,
        links, kind, reason, release_id)
    SELECT 'feed:x', 'feed', 'lab0', n || '-' || post, 'Zephyr-' || n || ', part ' || post,
        'https://blog.example/' || n || '/' || post, :now, 1, 0, '{{}}', '', 'release', '', n % :releases + 1
    FROM n, (SELECT value AS post FROM json_each(:posts))
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, [Lab("lab0", "Lab 0"), Lab("lab1", "Lab 1")])


def grow(store: Store, first: int, last: int) -> None:
    """Store the releases of these numbers, with what was seen of them."""
    license = License("mit", "MIT", "permissive", spdx="MIT")
    values = {"first": first, "last": last, "now": NOW, "license": license}
    name = '{"lab": "lab0", "family": "Zephyr", "display": "Zephyr"}'
    with store.transaction():
        store._database.run(RELEASES, {**values, "name": name})
        store._database.run(ARTIFACTS, values)
    watch(store, first, last, last)


def watch(store: Store, first: int, last: int, releases: int) -> None:
    """Store that sources showed posts on so many releases."""
    values = {"first": first, "last": last, "now": NOW, "releases": releases, "posts": list(range(SIGHTINGS))}
    with store.transaction():
        store._database.run(OBSERVATIONS, values)
        index_new(store._database.run)


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(lambda s: s.history.recent((), DAY, limit=5), id="what came out since yesterday"),
        pytest.param(lambda s: s.history.recent(["lab1"], DAY, limit=5), id="the same of a lab"),
        pytest.param(
            lambda s: s.history.recent((), DAY, Filters(fits=80 * 10**9, match=("zephyr",)), 5),
            id="the same, as filters say",
        ),
        pytest.param(lambda s: s.history.between(DAY, NOW), id="what a digest tells of a day"),
        pytest.param(lambda s: s.history.find("Zephyr-77"), id="a release by its name"),
        pytest.param(lambda s: s.history.find("owner/Zephyr-77"), id="a release by its repository"),
        pytest.param(lambda s: s.history.wave(78), id="a release with the one before it"),
        pytest.param(
            lambda s: s.history.observations("https://blog.example/7/3"), id="what an address showed"
        ),
        pytest.param(lambda s: s.history.observations("r-77, part"), id="what a part of a title showed"),
        pytest.param(lambda s: s.coverage.shown(YEAR), id="what sources showed of what was announced"),
    ],
)
def test_ten_times_as_much_history_costs_an_answer_nothing(store: Store, question: Question) -> None:
    grow(store, 0, FEW)
    before = steps(store, question)
    grow(store, FEW, MANY)
    assert steps(store, question) <= before + 500  # the index of titles has a few more parts to look into


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(lambda s: s.history.find("nothing like it"), id="no release by a part of its name"),
        pytest.param(lambda s: s.history.observations("nothing like it"), id="nothing by a part of a title"),
        pytest.param(lambda s: s.history.names(), id="names that were perhaps meant"),
    ],
)
def test_ten_times_as_many_sightings_cost_a_search_nothing(store: Store, question: Question) -> None:
    grow(store, 0, FEW)
    before = steps(store, question)
    watch(store, FEW, MANY, FEW)
    assert steps(store, question) <= before + 100


@pytest.mark.parametrize(
    ("asked", "each"),
    [
        pytest.param(Filters(), 15, id="nothing"),
        pytest.param(Filters(license="apache-2.0"), 40, id="a licence"),
        pytest.param(Filters(min=10**12), 40, id="a size"),
        pytest.param(Filters(fits=80 * 10**9), 40, id="memory"),
        pytest.param(Filters(type="vision"), 60, id="a task"),
        pytest.param(Filters(match=("coder",)), 40, id="a name"),
    ],
)
def test_a_question_to_all_of_history_looks_at_a_few_columns(store: Store, asked: Filters, each: int) -> None:
    grow(store, 0, MANY)
    assert steps(store, lambda s: s.history.recent((), None, asked, 5)) <= each * MANY + 1_000


def plans_of(store: Store, question: Question, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the lines in which SQLite says how it answers a question; it answers with nothing."""
    plans: list[str] = []
    connection = sqlite_of(store).connection.conn

    def explain(sql: str, values: dict[str, object]) -> sqlite3.Cursor:
        plans.extend(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values))
        return connection.execute("SELECT 1 WHERE FALSE")

    monkeypatch.setattr(sqlite_of(store).connection, "execute", explain)
    question(store)
    return plans


def test_a_part_of_a_name_is_looked_for_among_names_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = plans_of(store, lambda s: s.history.find("nothing like it"), monkeypatch)
    assert "SCAN release USING COVERING INDEX release_by_display" in plans


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(Filters(license="apache-2.0"), id="a licence"),
        pytest.param(Filters(min=10**12, max=10**13), id="a size"),
        pytest.param(Filters(fits=80 * 10**9), id="memory"),
        pytest.param(Filters(type="vision"), id="a task"),
        pytest.param(Filters(weights="open"), id="open weights"),
        pytest.param(Filters(match=("coder",)), id="a name"),
    ],
)
def test_a_question_reads_no_whole_releases(
    store: Store, asked: Filters, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = plans_of(store, lambda s: s.history.recent((), YEAR, asked, 5), monkeypatch)
    leads = [line for line in plans if " lead " in line]
    models = [line for line in plans if " model " in line]
    assert leads
    assert models
    assert all("USING INDEX release_shown" in line for line in leads)
    assert all("USING COVERING INDEX release_asked" in line for line in models)


def test_the_habits_that_are_kept_cost_no_more_than_there_are_labs(store: Store) -> None:
    grow(store, 0, MANY)
    keep_habits(store)
    assert steps(store, lambda s: s.shipments.habits()) <= 100
    grow(store, MANY, MANY + 1)
    assert store.shipments.unmade() == ["lab0"]


def test_the_history_of_a_lab_costs_as_much_as_it_shipped(store: Store) -> None:
    grow(store, 0, FEW)
    before = steps(store, lambda s: s.shipments.history(["lab0"]))
    with store.transaction():
        store._database.run("UPDATE release SET lab = 'lab2' WHERE lab = 'lab1'")
    grow(store, FEW, MANY)
    with store.transaction():
        store._database.run("UPDATE release SET lab = 'lab2' WHERE id > :few", {"few": FEW})
    assert steps(store, lambda s: s.shipments.history(["lab0"])) <= before + 100
