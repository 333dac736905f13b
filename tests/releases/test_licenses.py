"""What a licence statement means, in all the spellings in which it occurs."""

import csv
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import LicenseStatement
from bot.releases.facts.license_terms import _spdx, read
from bot.releases.facts.licenses import identify, license_line, statement_of
from bot.releases.tables import rows
from tests.support.shared import SHARED

REFERENCE = SHARED / "reference" / "licenses.tsv"
# What these mean as a license_name is another matter: the first two say nothing, the third has its own line.
POINTERS = {"other", "unknown", "apache-2.0"}
VERDICTS = {"permissive", "conditions", "non-commercial", "not stated", "unknown"}


def understood(**fields: Any) -> dict[str, object]:
    return license_line(json.dumps(fields))


def as_people_write(key: str) -> Iterator[str]:
    """Yield the spellings of one key that are seen in cards, tags and listings."""
    yield key
    if "://" in key:
        return
    yield key.upper()
    yield re.sub(r"[-.]", "_", key)
    yield key.replace("-", " ")
    yield f"  {key} "


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=f"{row['key']} {row['owners']}") for row in rows("licenses.tsv")]
)
def test_every_line_of_the_table_is_found_by_all_its_spellings(row: dict[str, str]) -> None:
    owner = row["owners"].split("; ")[0] or "acme"
    place = {"repository": owner.replace("*", "x")} if "/" in owner else {"owner": owner}
    for key in [row["key"], *row["aliases"].split("; ")]:
        for spelling in as_people_write(key) if key not in ("", "(absent)") else []:
            statements = [{"license": spelling}, {"license": "other", "license_name": spelling}]
            for statement in statements[: 1 if key in POINTERS else 2]:
                found = understood(**statement, **place)
                assert (found["title"], found["class"]) == (row["title"], row["class"]), statement


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=f"{row['key']} {row['owners']}") for row in rows("licenses.tsv")]
)
def test_every_line_of_the_table_fits_an_alert(row: dict[str, str]) -> None:
    assert row["verdict"] in VERDICTS
    assert (row["commercial"] == "no") == (row["verdict"] == "non-commercial")
    assert row["title"]
    assert row["class"]
    assert row["url"].startswith("https://") or row["class"] in ("dual", "conflict")
    assert row["verdict"] == "permissive" or row["condition"]
    assert len(row["name"] or row["title"]) <= 80
    assert len(row["condition"]) <= 150
    assert not row["condition"].endswith(".")


def reference_rows() -> list[dict[str, str]]:
    if not REFERENCE.exists():
        return []
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def statements_of(key: str) -> Iterator[dict[str, Any]]:
    """Yield the statements that a key of the reference stands for; [notes] say whose they are."""
    note = re.search(r"\[(\S+)", key)
    place = {"owner": note[1]} if note and note[1] in ("moonshotai", "MiniMaxAI", "mistralai") else {}
    if note and "/" in note[1]:
        place = {"repository": note[1].rstrip("]")}
    plain = re.sub(r" [\[(].*[\])]$", "", key)
    if key == "(absent)":
        yield from ({}, {"license": None}, {"license": ""}, {"tags": ["safetensors"]})
    elif " + license_name: " in key:
        license, name = key.split(" + license_name: ")
        yield {"license": license, "license_name": name}
    elif ", " in plain:
        yield {"license": plain.split(", ")}
        yield {"license": plain}
        yield {"tags": [f"license:{part}" for part in plain.split(", ")]}
    elif plain.startswith("other:"):
        for name in plain.removeprefix("other:").split(" / "):
            yield from ({"license": "other", "license_name": text, **place} for text in as_people_write(name))
    else:
        for text in as_people_write(plain):
            yield {"license": text, **place}
            yield {"license": [text], **place}
            yield {"tags": ["region:us", f"license:{text.strip()}"], **place}


@pytest.mark.skipif(not REFERENCE.exists(), reason="../shared is absent")
def test_the_reference_comes_out_right_in_every_spelling() -> None:
    wrong = [
        (statement, found["title"])
        for row in reference_rows()
        for statement in statements_of(row["key"])
        for found in [understood(**statement)]
        if (found["title"], found["class"]) != (row["title"], row["class"])
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "id"),
    [
        pytest.param("apache_2_0", "apache-2.0", id="Apache, as llm-stats writes it"),
        pytest.param("Apache License, Version 2.0", "apache-2.0", id="Apache in full"),
        pytest.param("Apache-2.0 License", "apache-2.0", id="a key with a word too many"),
        pytest.param("The MIT License", "mit", id="MIT in full"),
        pytest.param("license:mit", "mit", id="a tag"),
        pytest.param("other:kimi-k3", "kimi-k3", id="key and name in one"),
        pytest.param("llama_3_1_community_license", "llama3.1", id="Llama, as llm-stats writes it"),
        pytest.param("llama3_2", "llama3.2", id="and in its other way"),
        pytest.param("Llama 4 Community License Agreement", "llama4", id="Llama in full"),
        pytest.param("tongyi_qianwen", "tongyi-qianwen", id="Tongyi Qianwen"),
        pytest.param("mistral_research_license", "mrl", id="Mistral Research"),
        pytest.param("mnpl_0_1", "mnpl", id="Mistral Non-Production"),
        pytest.param("nvidia_open_model_license_agreement", "nvidia-open-model-license", id="NVIDIA"),
        pytest.param("creative_commons_attribution_4_0_license", "cc-by-4.0", id="Creative Commons in full"),
        pytest.param("cc_by_nc", "cc-by-nc", id="Creative Commons without a version"),
        pytest.param(
            "health_ai_developer_foundations_terms_of_use",
            "health-ai-developer-foundations",
            id="terms of use",
        ),
        pytest.param("jamba_open_model_license", "jamba-open-model-license", id="Jamba"),
        pytest.param("qwen-community-license-1.0", "qwen-community-1.0", id="two spellings of one licence"),
        pytest.param(
            "ideogram-4-non-commercial", "ideogram-non-commercial-model-agreement", id="and of another"
        ),
        pytest.param("proprietary", "proprietary", id="no licence at all"),
        pytest.param("MIT", "mit", id="an SPDX identifier"),
        pytest.param("AGPL-3.0-only", "agpl-3.0", id="an SPDX identifier that is not the Hub's key"),
        pytest.param("GPL-3.0+", "gpl-3.0-or-later", id="or later, the old way"),
        pytest.param("ODbL-1.0", "odbl", id="an SPDX identifier where the Hub's key has no version"),
        pytest.param("gpl", "gpl", id="no version, so none is guessed"),
        pytest.param("lgpl", "lgpl", id="nor here"),
        pytest.param("https://www.apache.org/licenses/LICENSE-2.0", "apache-2.0", id="an address"),
    ],
)
def test_spellings_from_outside(text: str, id: str) -> None:  # noqa: A002 - the name of the field
    assert identify(LicenseStatement(text)).id == id
    assert identify(LicenseStatement("other", text)).id in (id, f"other:{id}")


@pytest.mark.parametrize(
    ("owner", "repository", "title", "condition"),
    [
        pytest.param("moonshotai", "Kimi-K2.6", "Modified MIT", "over 100 M", id="Moonshot's"),
        pytest.param("", "unsloth/Kimi-K2.6-GGUF", "Modified MIT", "over 100 M", id="a copy of it"),
        pytest.param("MiniMaxAI", "MiniMax-M2.5", "Modified MIT", "any commercial product", id="MiniMax's"),
        pytest.param("mistral", "", "Modified MIT", "no rights at all", id="Mistral's, by the lab's id"),
        pytest.param("acme", "Rocket-1", "Modified MIT", "terms differ by lab", id="somebody else's"),
        pytest.param("", "", "Modified MIT", "terms differ by lab", id="nobody knows whose"),
    ],
)
def test_modified_mit_means_what_its_owner_wrote(
    owner: str, repository: str, title: str, condition: str
) -> None:
    license = identify(LicenseStatement("other", "modified-mit"), owner, repository)
    assert (license.title, license.verdict) == (title, "conditions")
    assert condition in license.condition


def test_the_owner_may_stand_in_the_link() -> None:
    link = "https://huggingface.co/moonshotai/Kimi-K2-Instruct/blob/main/LICENSE"
    license = identify(LicenseStatement("other", "modified-mit", link))
    assert (license.title, license.url) == ("Modified MIT", link)


@pytest.mark.parametrize(
    ("statement", "verdict", "title"),
    [
        pytest.param(None, "not stated", "not stated", id="no card"),
        pytest.param(LicenseStatement(), "not stated", "not stated", id="an empty card"),
        pytest.param(LicenseStatement("None"), "not stated", "not stated", id="a word for nothing"),
        pytest.param(LicenseStatement("other"), "unknown", "a licence of its own", id="a pointer to nothing"),
        pytest.param(
            LicenseStatement("other", "LICENSE"), "unknown", "a licence of its own", id="a file's name"
        ),
        pytest.param(LicenseStatement("unknown"), "unknown", "unknown (the card's own word)", id="unknown"),
        pytest.param(
            LicenseStatement("other", "Acme Rocket\u202e License\n3"),
            "unknown",
            "Acme Rocket License 3",
            id="raw text",
        ),
        pytest.param(LicenseStatement("acme-1.0"), "unknown", "acme-1.0", id="an unknown key"),
        pytest.param(LicenseStatement("МIT"), "unknown", "МIT", id="a Cyrillic look-alike of MIT"),
        pytest.param(LicenseStatement("mit", "MIT License"), "permissive", "MIT", id="the same said twice"),
        pytest.param(
            LicenseStatement("gpl", "gpl-3.0"), "conditions", "GNU GPL 3.0", id="the name is more exact"
        ),
        pytest.param(
            LicenseStatement("apache-2.0", "LICENSE.md"),
            "permissive",
            "Apache 2.0",
            id="a file's name besides",
        ),
        pytest.param(
            LicenseStatement("apache-2.0", "jamba-open-model-license"),
            "unknown",
            "conflicting: Apache 2.0 or Jamba Open Model License",
            id="two statements that disagree",
        ),
        pytest.param(
            LicenseStatement("mit", "acme-secret"),
            "unknown",
            "conflicting: MIT or acme-secret",
            id="one of them unknown",
        ),
        pytest.param(
            LicenseStatement("other", "", "https://mistral.ai/licenses/MRL-0.1.md"),
            "non-commercial",
            "Mistral AI Research License 0.1",
            id="only a link to a known text",
        ),
        pytest.param(
            LicenseStatement("other", "license", "https://acme.example/Acme%20Community%20License.pdf"),
            "unknown",
            "Acme Community License",
            id="a file that has the name",
        ),
        pytest.param(
            LicenseStatement("other", "", "https://acme.example/files/Falcon_LLM_License.html?raw"),
            "conditions",
            "TII Falcon License 2.0",
            id="a file that has a known name",
        ),
        pytest.param(
            LicenseStatement("other", "", "https://acme.example/model/LICENSE-MODEL.md"),
            "unknown",
            "a licence of its own",
            id="a file of the usual name",
        ),
        pytest.param(
            LicenseStatement("", "", "https://acme.example/terms"),
            "unknown",
            "a licence of its own",
            id="any other link",
        ),
        pytest.param(
            LicenseStatement("mit, apache-2.0"), "permissive", "Apache 2.0 or MIT", id="a list of two"
        ),
        pytest.param(
            LicenseStatement("apache-2.0, cc-by-nc-4.0"),
            "non-commercial",
            "Apache-2.0, CC-BY-NC-4.0",
            id="of a list the stricter counts: nobody says which covers the weights",
        ),
        pytest.param(LicenseStatement("mit, acme"), "unknown", "mit, acme", id="a list with an unknown one"),
        pytest.param(
            LicenseStatement("MIT OR GPL-3.0-only"), "permissive", "GPL-3.0-only OR MIT", id="a choice"
        ),
        pytest.param(
            LicenseStatement("MIT AND GPL-3.0-only"), "conditions", "GPL-3.0-only AND MIT", id="both at once"
        ),
        pytest.param(
            LicenseStatement("(mit or gpl) and apache-2.0"),
            "permissive",
            "(GNU GPL (version not said) OR MIT) AND Apache-2.0",
            id="nested, and the version is not guessed",
        ),
        pytest.param(
            LicenseStatement("Apache-2.0 WITH LLVM-exception"),
            "permissive",
            "Apache-2.0 WITH LLVM-exception",
            id="an exception",
        ),
        pytest.param(
            LicenseStatement("BlueOak-1.0.0"),
            "unknown",
            "BlueOak-1.0.0",
            id="listed by SPDX, not judged here",
        ),
    ],
)
def test_statements(statement: LicenseStatement | None, verdict: str, title: str) -> None:
    license = identify(statement)
    assert (license.verdict, license.title) == (verdict, title)


@pytest.mark.parametrize(
    ("name", "kind", "commercial"),
    [
        pytest.param("acme-non-commercial-license", "non-commercial", "no", id="it says non-commercial"),
        pytest.param("Acme NonCommercial 2.0", "non-commercial", "no", id="in one word"),
        pytest.param("acme-rocket-1.2-nc", "non-commercial", "no", id="in short"),
        pytest.param("acme-research-license", "research-only", "no", id="it says research"),
        pytest.param(
            "acme-internal-scientific-research-and-development-license", "research-only", "no", id="at length"
        ),
        pytest.param(
            "acme-research-and-non-commercial", "non-commercial", "no", id="of both the plainer word counts"
        ),
        pytest.param(
            "acme-research-and-commercial-license", "unknown", "unknown", id="research and commerce: read it"
        ),
        pytest.param("acme-community-license", "unknown", "unknown", id="a community may be anybody"),
        pytest.param("launch-license", "unknown", "unknown", id="letters inside a word say nothing"),
    ],
)
def test_a_name_that_nobody_knows_may_exclude_commercial_use(name: str, kind: str, commercial: str) -> None:
    found = understood(license="other", license_name=name, owner="acme")
    assert (found["class"], found["commercial"], found["title"]) == (kind, commercial, name)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        pytest.param(
            "openmdw", "Open Model, Data & Weights License (version not stated)", id="OpenMDW, no version"
        ),
        pytest.param("OpenMDW 1.1", "Open Model, Data & Weights License 1.1", id="OpenMDW with a version"),
        pytest.param("customized-nscl-v1", "NVIDIA Source Code License-NC", id="NVIDIA's, customised"),
        pytest.param("bsl-1.1", "Business Source License 1.1", id="BSL 1.1 is not Boost's 1.0"),
        pytest.param("sam-license", "SAM License", id="Meta's SAM"),
    ],
)
def test_names_seen_in_2026(name: str, title: str) -> None:
    assert str(understood(license="other", license_name=name)["title"]).startswith(title)


@pytest.mark.parametrize(
    ("link", "url"),
    [
        pytest.param(
            "LICENSE.md",
            "https://huggingface.co/lab/model/blob/main/LICENSE.md",
            id="a file of the repository",
        ),
        pytest.param("https://lab.example/terms?v=2", "https://lab.example/terms?v=2", id="a whole address"),
        pytest.param("../../etc/passwd", "", id="a way out of the repository"),
        pytest.param("javascript:alert(1)", "", id="a script"),
        pytest.param("https://lab.example/<!channel>", "", id="markup for Slack"),
        pytest.param("https://lab.example/" + "a" * 9_000, "", id="no end"),
    ],
)
def test_where_the_licence_can_be_read(link: str, url: str) -> None:
    license = identify(LicenseStatement("other", "acme", link), "lab", "model")
    assert license.url == url


@pytest.mark.parametrize(
    ("card", "tags", "statement"),
    [
        pytest.param({"license": "mit"}, ["license:apache-2.0"], LicenseStatement("mit"), id="the card wins"),
        pytest.param({}, ["license:mit"], LicenseStatement("mit"), id="the tag stands in"),
        pytest.param(
            {"license": ["mit", "apache-2.0"]}, [], LicenseStatement("mit, apache-2.0"), id="a list"
        ),
        pytest.param(
            {"license": "other", "license_name": "kimi-k3", "license_link": "LICENSE"},
            ["license:other"],
            LicenseStatement("other", "kimi-k3", "LICENSE"),
            id="name and link",
        ),
        pytest.param({}, ["region:us"], None, id="nothing"),
        pytest.param({"license": 5, "license_name": {"a": 1}}, [], None, id="values of the wrong type"),
    ],
)
def test_what_a_card_states(
    card: dict[str, Any], tags: list[str], statement: LicenseStatement | None
) -> None:
    assert statement_of(card, tags) == statement


@pytest.mark.parametrize(
    ("line", "error"),
    [
        pytest.param("{", "not valid JSON", id="broken"),
        pytest.param("[" * 100_000, "not valid JSON", id="nested without end"),
        pytest.param('"mit"', "not an object", id="a bare text"),
        pytest.param('{"license": 5}', "license is neither text nor a list", id="a number"),
        pytest.param('{"tags": "license:mit"}', "tags is no list", id="tags that are none"),
        pytest.param('{"lab": ["x"]}', "lab is no text", id="a lab that is none"),
    ],
)
def test_a_bad_line_is_told(line: str, error: str) -> None:
    answer = license_line(line)
    assert list(answer) == ["error"]
    assert error in str(answer["error"])


def test_a_line_has_exactly_these_fields() -> None:
    fields = ["id", "spdx", "title", "class", "commercial", "condition", "duty", "url"]
    assert list(understood(license="mit")) == fields


def test_threads_that_ask_for_the_first_identifier_all_get_it() -> None:
    together = Barrier(6)

    def ask(_: int) -> bool:
        together.wait()
        return read("zed") is not None

    _spdx.cache_clear()
    _spdx()
    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(ask, range(6)))


texts = st.text(max_size=40) | st.sampled_from(
    ["mit", "other", "a or b", "(((", "MIT AND", "x" * 9_000, "gpl OR (mit"]
)


@given(texts, texts, texts, texts, texts)
def test_no_statement_raises(license: str, name: str, link: str, owner: str, repository: str) -> None:
    found = identify(LicenseStatement(license, name, link), owner, repository)
    assert found.verdict in VERDICTS
    assert found.title.isprintable()
    assert len(found.title) <= 400
