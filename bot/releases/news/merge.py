"""What is known of releases: merged from all that was seen, and as people corrected it. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from bot.model import Evidence, Facts, LicenseStatement, Release
from bot.releases.facts.evidence import first_published, last_news, merge_facts
from bot.releases.facts.licenses import identify
from bot.releases.news.corrections import Errata, corrected
from bot.releases.news.decision import Catalogue, Judged, Waiting


def merged(release: Release, evidence: Sequence[Evidence], errata: Errata) -> Release:
    """Return a release as all that was seen of it has it, and what people know better.

    Of a line that was imported twice, the one that was mended counts.
    """
    evidence = [it for it in evidence if not it.mended] or evidence
    stated = merge_facts(release.name, evidence)
    facts = corrected_facts(stated, release.name.release_key, errata)
    repository = next((it.repository for it in evidence if it.repository and it.head), "")
    published = first_published(evidence)
    return replace(
        release,
        facts=facts,
        license=identify(facts.license, repository.split("/")[0] or release.name.lab, repository),
        published=published,
        came_at=last_news(published, evidence),
    )


def corrected_facts(facts: Facts, key: str, errata: Errata) -> Facts:
    """Return the facts of a release with what people corrected."""
    license, total, active = (errata.of(key, field) for field in ("license", "parameters", "active"))
    if license:
        facts = replace(facts, license=LicenseStatement(license))
    if total:
        facts = replace(facts, parameters=int(total), parameters_approximate=False)
    if active:
        facts = replace(facts, active_parameters=int(active))
    return facts


def corrected_catalogue(catalogue: Catalogue) -> Catalogue:
    """Return what is known as people corrected it: no card is news on a licence that a person stated."""
    errata = catalogue.errata
    return replace(
        catalogue,
        releases=[
            replace(one, license=None) if errata.of(one.key, "license") else one for one in catalogue.releases
        ],
        waiting=[corrected_waiting(one, errata) for one in catalogue.waiting],
    )


def corrected_waiting(waiting: Waiting, errata: Errata) -> Waiting:
    """Return a waiting listing with its verdict as people corrected it."""
    sighting, verdict = waiting.judged.sighting, waiting.judged.verdict
    return replace(waiting, judged=Judged(sighting, corrected(verdict, sighting, errata)))
