"""The alert as a sentence, which notifications show and screen readers read: no address, no mark. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.model import License, Release, SourceKind, Wave
from bot.releases.facts import words
from bot.releases.facts.text import clean
from bot.views.blocks import literal
from bot.views.names import by_size, lab_name, plain_lab, plain_subject, subject_of

_TEXT_LIMIT = 700  # five characters each when all are escaped
_SUMMARY_LIMIT = 200
_WITHDRAWN = "was withdrawn: it is no release and was announced by mistake"
_TITLE_LIMIT = 80
_END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s|(?<=[。！？])")  # as they end in Chinese


def alert_text(wave: Wave, changed: str = "") -> str:
    """Return who released what, how large and under which licence; `changed` says that the licence did.

    "Moonshot AI released Kimi K2.6: 1.0T parameters (32B active), Modified MIT, 595 GB." Where there are no
    weights, the first sentence of the summary says what there is instead.
    """
    if wave.lead.withdrawn:
        return literal(f"{plain_subject(wave)} by {plain_lab(wave.lab)} {_WITHDRAWN}.", _TEXT_LIMIT)
    models = described(wave)
    doubt = "" if is_confirmed(wave) else ", not confirmed by the lab"
    facts = _published(models, changed) if has_weights(models) else _announced(wave, models, changed)
    text = f"{headline(wave)}{doubt}: {', '.join(fact for fact in facts if fact)}."
    if not has_weights(models):
        text = f"{text} {_first_sentence(summary(wave))}"
    return literal(text, _TEXT_LIMIT)


def headline(wave: Wave) -> str:
    """Return who did what, cleaned but not escaped: "Moonshot AI released Kimi K2.6"."""
    name, lab = plain_subject(wave), plain_lab(wave.lab)
    if not is_confirmed(wave):
        return f"LLM Stats lists {name} by {lab}"
    released = all(model.artifacts for model in wave.sizes) and has_weights(wave.sizes)
    sizes = f" in {len(wave.sizes)} sizes" if len(wave.sizes) > 1 and not wave.also else ""
    return f"{lab} {'released' if released else 'announced'} {name}{sizes}"


def struck_down(wave: Wave) -> str:
    """Return the line, in mrkdwn, that is left of an alert when somebody says that it is no release."""
    return f"~{subject_of(wave)}~ by {lab_name(wave.lab)} {_WITHDRAWN}."


def _published(models: Sequence[Release], changed: str) -> Iterator[str]:
    size = words.size_phrase(models)
    licensed = is_licensed(models)
    yield size
    yield _license_phrase(models, changed) if licensed else ""
    yield words.bytes_range(models)
    missing = words.enumerated([*([] if licensed else ["licence"]), *([] if size else ["parameters"])])
    yield f"{missing} not stated{'' if licensed else _bracketed(changed)}" if missing else ""


def _announced(wave: Wave, models: Sequence[Release], changed: str) -> Iterator[str]:
    yield words.size_phrase(models)
    if is_licensed(models):
        yield _license_phrase(models, changed)
    yield absence(wave, models)


def absence(wave: Wave, models: Sequence[Release]) -> str:
    """Return what there is not, of models without weights: "weights and licence are not published yet".

    A lab without a place on the Hub to publish at has no "yet".
    """
    licensed = is_licensed(models)
    if any(model.artifacts for model in wave.sizes):
        return f"the weights are {words.NOT_THERE_YET}" + ("" if licensed else ", and no licence is stated")
    if wave.lab.owners:
        return f"{'the weights' if licensed else 'weights and licence'} are not published yet"
    return "API only, no weights"


def _license_phrase(models: Sequence[Release], changed: str) -> str:
    """Return the licence that most of them have, less its verdict: "Apache 2.0 (differs for some)"."""
    differs = "differs for some" if any(differs_of(model, models) for model in models) else ""
    remarks = "; ".join(remark for remark in (differs, changed) if remark)
    return clean(common_license(models).title, _TITLE_LIMIT) + _bracketed(remarks)


def _bracketed(remark: str) -> str:
    return f" ({remark})" if remark else ""


def _first_sentence(text: str) -> str:
    first = clean(_END_OF_SENTENCE.split(text.strip(), 1)[0], _SUMMARY_LIMIT)
    return first if not first or first[-1] in ".!?…。！？" else f"{first}."


# --- what is said of a wave


def summary(wave: Wave) -> str:
    """Return the first summary that one of its models has, or ""."""
    return next((model.facts.summary for model in wave.members if model.facts.summary), "")


def described(wave: Wave) -> list[Release]:
    """Return the models of a wave, the largest first; one alone is described by the wave's summary."""
    if len(wave.sizes) > 1:
        return by_size(wave)
    only = wave.sizes[0]
    return [replace(only, facts=replace(only.facts, summary=summary(wave)))]


def has_weights(models: Sequence[Release]) -> bool:
    """Whether any of them can be downloaded."""
    return any(model.artifacts and model.facts.weights != "none" for model in models)


def is_confirmed(wave: Wave) -> bool:
    """Whether anybody but LLM Stats, and a history that a person brought, says so."""
    sources = {mention.source for member in wave.members for mention in member.mentions}
    return sources - {SourceKind.IMPORT} != {SourceKind.LLM_STATS}


def common_license(models: Sequence[Release]) -> License:
    """Return the licence that most of these models have."""
    return Counter(model.license for model in models).most_common(1)[0][0]


def differs_of(model: Release, models: Sequence[Release]) -> bool:
    """Whether a model has another licence than most."""
    return model.license != common_license(models)


def is_licensed(models: Sequence[Release]) -> bool:
    """Whether the licence of most of them is stated."""
    return words.license_words(common_license(models)) != words.NOT_STATED
