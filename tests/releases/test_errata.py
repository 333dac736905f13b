"""Corrections applied to a verdict."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Facts, Kind, LicenseStatement, Sighting, SourceKind, Verdict
from bot.releases.naming.names import parse
from bot.releases.news.corrections import Errata, corrected, name_apart
from bot.releases.news.merge import corrected_facts

K26, TURBO = (parse(name, "moonshot") for name in ("Kimi-K2.6", "Kimi-Turbo-K2.6"))
KEYS = st.sampled_from(["a/a", "a/b", "a/c", "a/d"])


def sighting(title: str) -> Sighting:
    return Sighting(
        "hub:moonshotai", SourceKind.HUB, "moonshot", f"id:{title}", title, "https://hub.example/x"
    )


def verdict(title: str, kind: Kind = Kind.RELEASE) -> Verdict:
    return Verdict(kind, "as it reads", parse(title, "moonshot"))


def corrected_by(title: str, judged: Kind = Kind.RELEASE, **rules: str) -> Verdict:
    """Correct the verdict on a title by rules on the release that it names."""
    key = parse(title, "moonshot").release_key
    names = {name.release_key: name for name in (K26, TURBO)}
    by_field = {(title.lower() if field == "split" else key, field): value for field, value in rules.items()}
    return corrected(verdict(title, judged), sighting(title), Errata(by_field, names))


def test_what_nobody_corrected_stays_as_it_is() -> None:
    judged = verdict("moonshotai/Kimi-K2.6")
    assert corrected(judged, sighting("moonshotai/Kimi-K2.6"), Errata()) is judged


def test_a_sighting_without_a_name_stays_as_it_is() -> None:
    judged = Verdict(Kind.OTHER, "funding")
    assert corrected(judged, sighting("News"), Errata({("a/a", "kind"): "other"})) is judged


def test_a_merged_release_goes_by_the_others_name_and_keeps_its_packaging() -> None:
    found = corrected_by("moonshotai/Kimi-Turbo-K2.6-FP8", Kind.VARIANT, merge=K26.release_key)
    assert found.name == replace(K26, packaging="FP8")
    assert found.kind is Kind.VARIANT
    assert "a person corrected this" in found.reason


def test_a_repository_apart_is_a_release_whatever_it_reads_like() -> None:
    found = corrected_by("moonshotai/Kimi-K2.6-FP8", Kind.VARIANT, split=TURBO.release_key)
    assert (found.kind, found.name) == (Kind.RELEASE, TURBO)


@pytest.mark.parametrize(
    ("said", "judged", "kind"),
    [
        pytest.param("other", Kind.RELEASE, Kind.OTHER, id="no release"),
        pytest.param("product", Kind.VARIANT, Kind.PRODUCT, id="a product is no release"),
        pytest.param("variant", Kind.RELEASE, Kind.RELEASE, id="a variant is no word on what comes later"),
        pytest.param("release", Kind.VARIANT, Kind.VARIANT, id="neither is a release"),
    ],
)
def test_kinds(said: str, judged: Kind, kind: Kind) -> None:
    assert corrected_by("moonshotai/Kimi-K2.6", judged, kind=said).kind is kind


def test_another_lab_keeps_the_key() -> None:
    name = corrected_by("moonshotai/Kimi-K2.6", lab="zai").name
    assert name
    assert (name.lab, name.release_key) == ("zai", K26.release_key)


@given(st.dictionaries(KEYS, KEYS), KEYS)
def test_merges_end_somewhere_even_in_a_circle(merges: dict[str, str], key: str) -> None:
    assert Errata({(one, "merge"): other for one, other in merges.items()}).final(key).startswith("a/")


def test_facts_are_corrected_one_by_one() -> None:
    errata = Errata({("a/a", "license"): "mit", ("a/a", "active"): "3000000000"})
    facts = Facts(license=LicenseStatement("other"), parameters=35 * 10**9, parameters_approximate=True)
    changed = corrected_facts(facts, "a/a", errata)
    assert changed == replace(facts, license=LicenseStatement("mit"), active_parameters=3 * 10**9)
    assert corrected_facts(facts, "a/b", errata) == facts


@pytest.mark.parametrize(
    ("repository", "key", "display"),
    [
        pytest.param("moonshotai/Kimi-K2.6-FP8", "moonshot/kimi-k2.6-fp8", "Kimi-K2.6-FP8", id="a packaging"),
        pytest.param("moonshotai/Kimi-K3-FP8", "moonshot/kimi-k3", "Kimi-K3", id="a name that says enough"),
    ],
)
def test_the_name_of_a_repository_apart(repository: str, key: str, display: str) -> None:
    name = name_apart(repository, "moonshot", K26.release_key)
    assert (name.release_key, name.display, name.packaging) == (key, display, "")
