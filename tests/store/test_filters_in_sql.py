"""A question chooses with SQL what a subscription chooses with the pure filters."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import DateOrigin, Facts, Lab, License, Name, Published, Release
from bot.releases.facts.filters import CHOICES, Filters, matches
from bot.store.store import Store

NOW = datetime(2026, 4, 20, tzinfo=UTC)
LICENSES = (
    License("", "", "not stated"),
    License("apache-2.0", "Apache 2.0", "permissive", spdx="Apache-2.0"),
    License("llama3", "Llama 3", "conditions", spdx="LicenseRef-Llama-3"),
    License("cc-by-nc-4.0", "CC BY-NC 4.0", "non-commercial"),
    License("house-terms", "House terms", "unknown"),
)
# Letters that are the same without regard to case as an ASCII one, and others that have several cases.
LETTERS = "Hh-3 kKsSiI.VLvl\u212a\u017f\u0130\u0131\u00c9\u00e9\u4e2d_%"
# What people read, its licence and facts, and whether it has a repository, shares the alert of the one
# before, and was withdrawn by a person.
Made = tuple[str, License, Facts, bool, bool, bool]
amounts = st.sampled_from([None, 10**9, 8 * 10**9, 70 * 10**9, 10**12])
words = st.sampled_from(["h3", "hy", "k", "s", "i", "vl", "h-3", "\u00e9", "\u0131", "v_l", "\u4e2d"])
facts = st.builds(
    Facts,
    parameters=amounts,
    precision=st.sampled_from(["", "BF16", "FP8", "INT4", "Q5_K"]),
    download_bytes=amounts,
    task=st.sampled_from(["", "text-generation", "image-text-to-text", "text-to-image", "odd"]),
    weights=st.sampled_from(["", "there", "none"]),
)
models = st.tuples(
    st.text(LETTERS, min_size=1, max_size=12),
    st.sampled_from(LICENSES),
    facts,
    st.booleans(),
    st.booleans(),
    st.integers(0, 5).map(lambda chance: chance == 0),
)
filters = st.builds(
    Filters,
    license=st.sampled_from(["any", "permissive", "conditions", "non-commercial", "llama3", "apache-2.0",
                             "licenseref-llama-3"]),
    min=st.one_of(st.none(), amounts),
    max=st.one_of(st.none(), amounts),
    fits=st.sampled_from([None, 2 * 10**9, 80 * 10**9, 640 * 10**9]),
    type=st.sampled_from([*CHOICES["type"], "odd"]),
    weights=st.sampled_from(["any", "open"]),
    match=st.lists(words, max_size=3, unique=True).map(tuple),
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(tmp_path_factory.mktemp("store"), [Lab("lab", "Lab")])
    yield store
    store.close()


def remember(store: Store, made_up: list[Made]) -> None:
    """Store these models instead of what is there."""
    run, lead = store._database.run, 0
    for table in ("artifact", "release"):
        run(f"DELETE FROM {table}")
    for number, (display, license, stated, has_repository, shares, withdrawn) in enumerate(made_up, 1):
        lead = lead if shares and lead else number
        key = f"lab/{number}"
        name = Name("lab", "X", display=display, release_key=key, family_key=key)
        run(
            """
            INSERT INTO release (id, key, lab, family, family_key, lead_id, name, display, silent, opened_at,
                published_at, published_origin, published_precision, news_at,
                facts, license, license_id, license_verdict, task, withdrawn)
            VALUES (:id, :key, 'lab', 'x', :key, :lead, :name, :display, 0, :now,
                :now, 'posted', 'second', :now, '{}', '{}', '', '', '', :withdrawn)
            """,
            {"id": number, "key": key, "lead": lead, "name": name, "display": display, "now": NOW,
             "withdrawn": withdrawn},
        )  # fmt: skip
        published = Published(NOW, DateOrigin.POSTED)
        store.releases._write([Release(number, name, NOW, published, license, stated, False)])
        if has_repository:
            run(
                "INSERT INTO artifact (hub_id, release_id, repository, head, provisional, packaging, seen_at,"
                " facts) VALUES (:id, :number, :id, 1, 0, '', :now, :facts)",
                {"id": f"repository {number}", "number": number, "now": NOW, "facts": stated},
            )


@given(made_up=st.lists(models, max_size=6), asked=filters)
def test_the_same_waves_are_chosen(store: Store, made_up: list[Made], asked: Filters) -> None:
    with store.transaction():
        remember(store, made_up)
    _, everything = store.history.recent()
    wanted = [
        wave.lead.id
        for wave in everything
        if any(not model.withdrawn and matches(asked, model) for model in wave.members)
    ]
    counted, chosen = store.history.recent(filters=asked)
    assert [wave.lead.id for wave in chosen] == wanted
    assert counted == len(wanted)


def test_the_column_of_memory_is_written_with_the_facts(store: Store) -> None:
    stated = Facts(parameters=8 * 10**9, precision="BF16")
    with store.transaction():
        remember(store, [("Hy 3", LICENSES[0], stated, True, False, False)])
    assert store._database.query("SELECT memory FROM release") == [{"memory": 19_200_000_000}]


@pytest.mark.parametrize(
    ("limit", "offset"),
    [
        pytest.param(2, 0, id="the first page"),
        pytest.param(2, 4, id="the last page, which is not full"),
        pytest.param(2, 6, id="a page behind the last"),
        pytest.param(5, 0, id="all of it, to the last one"),
        pytest.param(9, 0, id="more than there is"),
    ],
)
def test_every_page_counts_all_of_them(store: Store, limit: int, offset: int) -> None:
    with store.transaction():
        remember(store, [("Hy 3", LICENSES[1], Facts(), False, False, False)] * 5)
    newest = [5, 4, 3, 2, 1]
    counted, page = store.history.recent(filters=Filters(license="permissive"), limit=limit, offset=offset)
    assert counted == 5
    assert [wave.lead.id for wave in page] == newest[offset : offset + limit]
