"""Render the alert: one message that says who released what, under which licence and how large."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model import License, Mention, Release, SourceKind, Wave
from bot.records import Block, Content
from bot.releases.facts import words
from bot.releases.facts.visible import clean, web_address
from bot.views import blocks
from bot.views.blocks import Element
from bot.views.controls import details_button, more_menu
from bot.views.escape import escape, link, literal

_LAB_LIMIT = 40
_NAME_LIMIT = 80
_LICENSE_LIMIT = 80
_CONDITION_LIMIT = 200  # five characters each when all are escaped: a field holds 2,000
_SUMMARY_LIMIT = 300
_FACT_LIMIT = 80
_TEXT_LIMIT = 500
_SIZES_LIMIT = 12
_PACKAGINGS_LIMIT = 4
_LINKS_LIMIT = 2  # with Details that makes three buttons
_NAMELESS = "a model without a name"


@dataclass(frozen=True, slots=True)
class LicenseChange:
    """What the licence was when the alert went out, and when it changed."""

    former: License
    at: datetime


def render_alert(
    wave: Wave, now: datetime, *, interactive: bool = False, change: LicenseChange | None = None
) -> Content:
    """Return the alert of a wave; rendering it again later, with more known, gives its edit.

    `interactive`: somebody listens to its buttons.
    """
    models = _largest_first(wave)
    message: list[Block] = [
        blocks.header(headline(wave)),
        blocks.section(_introduction(wave, models)),
        *facts_of(wave, now, change),
        blocks.context(_origins(wave, now)),
        *blocks.actions([*_links(wave), *(_controls(wave) if interactive else ())]),
    ]
    return Content(_sentences(wave, models, _change_words(change, models, now)), tuple(message))


def facts_of(wave: Wave, now: datetime, change: LicenseChange | None = None) -> list[Block]:
    """Return what an alert says of licence and size: the part of it that facts change as they arrive."""
    models = _largest_first(wave)
    changed = _change_words(change, models, now)
    return [blocks.fields(*_facts(wave, models, changed)), *blocks.sections(_sizes(models))]


def _largest_first(wave: Wave) -> list[Release]:
    return sorted(wave.sizes, key=lambda model: -(model.facts.parameters or 0))


def headline(wave: Wave) -> str:
    """Return who did what, cleaned but not escaped: "Moonshot AI released Kimi K2.6"."""
    name = clean(words.subject(wave), _NAME_LIMIT) or _NAMELESS
    lab = clean(wave.lab.name, _LAB_LIMIT)
    if wave.lead.withdrawn:
        return f"No release: {name} by {lab} was announced by mistake"
    if not is_confirmed(wave):
        return f"LLM Stats lists {name} by {lab}"
    released = all(model.artifacts for model in wave.sizes) and _has_weights(wave.sizes)
    sizes = f" in {len(wave.sizes)} sizes" if len(wave.sizes) > 1 and not wave.also else ""
    return f"{lab} {'released' if released else 'announced'} {name}{sizes}"


def _has_weights(models: Sequence[Release]) -> bool:
    return any(model.artifacts and model.facts.weights != "none" for model in models)


def _has_repository(models: Sequence[Release]) -> bool:
    return any(model.artifacts for model in models)


def is_confirmed(wave: Wave) -> bool:
    """Whether anybody but LLM Stats, and a history that a person brought, says so."""
    sources = {mention.source for member in wave.members for mention in member.mentions}
    return sources - {SourceKind.IMPORT} != {SourceKind.LLM_STATS}


# --- the paragraph below the headline


def _introduction(wave: Wave, models: Sequence[Release]) -> str:
    name = link(main_url(wave), _label(wave), _NAME_LIMIT) or _NAMELESS
    task = next((model.facts.task for model in wave.members if model.facts.task), "")
    summary = _summary(wave)
    facts = (f"*{name}*", literal(words.task_words(task), _FACT_LIMIT), _common_gate(models))
    lines = (" · ".join(fact for fact in facts if fact), literal(summary, _SUMMARY_LIMIT))
    return "\n".join(line for line in lines if line)


def _summary(wave: Wave) -> str:
    return next((model.facts.summary for model in wave.members if model.facts.summary), "")


def _label(wave: Wave) -> str:
    """Return the repository where there is one model, so that it can be copied, else the name."""
    heads = [artifact.repository for artifact in wave.sizes[0].artifacts if artifact.head]
    return heads[0] if heads and len(wave.sizes) == 1 else words.subject(wave)


def _common_gate(models: Sequence[Release]) -> str:
    gates = {words.gate_words(model.facts) for model in models}
    return gates.pop() if len(gates) == 1 else ""


def main_url(wave: Wave) -> str:
    """Return the page to read first: the card of one model, but the post about several."""
    card, post = _first_url(wave, SourceKind.HUB), _first_url(wave, SourceKind.FEED, SourceKind.PAGE)
    first, second = (post, card) if len(wave.sizes) > 1 else (card, post)
    return first or second or _first_url(wave, SourceKind.LLM_STATS)


def _first_url(wave: Wave, *sources: SourceKind) -> str:
    mentions = (mention for member in wave.members for mention in member.mentions)
    return next((it.url for it in mentions if it.source in sources and web_address(it.url)), "")


# --- the facts


def _facts(wave: Wave, models: Sequence[Release], changed: str) -> Iterator[tuple[str, str]]:
    size, context = _size_of_all(wave, models), words.context_range(models)
    mark = f"\n_{literal(changed, _LICENSE_LIMIT + 40)}_" if changed else ""
    if _has_weights(models):
        yield "Licence", _license(models) + mark
        yield "Size", literal(size or words.NOT_STATED, _FACT_LIMIT)
        yield "Download", _download(models)
        yield "Context", literal(context or words.NOT_STATED, _FACT_LIMIT)
        return
    yield "Licence", (_license(models) if _is_licensed(models) else f"⚪ {_without_license(wave)}") + mark
    yield "Weights", _without_weights(wave)
    if size:
        yield "Size", literal(size, _FACT_LIMIT)
    if context:
        yield "Context", literal(context, _FACT_LIMIT)


def _size_of_all(wave: Wave, models: Sequence[Release]) -> str:
    """Return the size of one model as the summary above it has it, or the range of several."""
    if len(models) > 1:
        return words.size_range(models)
    return words.size_words(replace(models[0].facts, summary=_summary(wave)), models[0].name.display)


def _is_licensed(models: Sequence[Release]) -> bool:
    return _common_license(models).verdict != words.NOT_STATED


def _without_license(wave: Wave) -> str:
    return words.NOT_STATED if _has_repository(wave.sizes) else _unpublished(wave)


def _without_weights(wave: Wave) -> str:
    return words.NOT_THERE_YET if _has_repository(wave.sizes) else _unpublished(wave)


def _unpublished(wave: Wave) -> str:
    """Return "not published yet", and no "yet" for a lab without a place on the Hub to publish at."""
    return "not published yet" if wave.lab.owners else "not published"


def _license(models: Sequence[Release]) -> str:
    common = _common_license(models)
    statement = next(model.facts.license for model in models if model.license == common)
    text = license_text(common, statement.link if statement else "")
    return text + ("\n_differs for some, see below_" if any(_differs(it, models) for it in models) else "")


def license_text(license: License, url: str = "") -> str:
    """Return the licence in mrkdwn: a circle, the name, its verdict and the one condition that matters.

    `url` is where the lab itself keeps the text.
    """
    if words.license_words(license) == words.NOT_STATED:
        return f"{words.circle(license)} {words.NOT_STATED}"
    title = link(url, license.title, _LICENSE_LIMIT)
    return f"{words.circle(license)} {title}\n{literal(words.verdict_sentence(license), _CONDITION_LIMIT)}"


def _change_words(change: LicenseChange | None, models: Sequence[Release], now: datetime) -> str:
    """Return "changed from MIT on 3 May", or "" when it is again what it was."""
    if change is None or change.former.id == _common_license(models).id:
        return ""
    former = clean(change.former.title, _LICENSE_LIMIT) or words.NOT_STATED
    year = "" if change.at.year == now.year else f" {change.at.year}"
    return f"changed from {former} on {change.at.day} {change.at:%B}{year}"


def _common_license(models: Sequence[Release]) -> License:
    return Counter(model.license for model in models).most_common(1)[0][0]


def _differs(model: Release, models: Sequence[Release]) -> bool:
    return model.license != _common_license(models)


def _download(models: Sequence[Release]) -> str:
    download = literal(words.download_range(models) or words.NOT_STATED, _FACT_LIMIT)
    packagings = _packagings(models)
    return f"{download}\nalso as {packagings}" if packagings else download


def _packagings(models: Sequence[Release]) -> str:
    names = (literal(variant.packaging, 20) for model in models for variant in model.variants)
    found = list(dict.fromkeys(name for name in names if name))
    more = len(found) - _PACKAGINGS_LIMIT
    return ", ".join(found[:_PACKAGINGS_LIMIT]) + (f" and {more} more" if more > 0 else "")


# --- several sizes, a line each


def _sizes(models: Sequence[Release]) -> Iterator[str]:
    if len(models) == 1:
        return
    gate = _common_gate(models)
    for model in models[:_SIZES_LIMIT]:
        yield f"• {_size(model, with_license=_differs(model, models), with_gate=not gate)}"
    if len(models) > _SIZES_LIMIT:
        yield f"and {len(models) - _SIZES_LIMIT} more"


def _size(model: Release, *, with_license: bool, with_gate: bool) -> str:
    name = link(model.card_url or model.post_url, model.name.display, _NAME_LIMIT) or _NAMELESS
    facts = [words.size_words(model.facts, model.name.display), words.download_words(model.facts)]
    if with_license:
        facts.append(f"{words.circle(model.license)} {words.license_words(model.license)}")
    if with_gate:
        facts.append(words.gate_words(model.facts))
    return " · ".join([name, *(literal(fact, _LICENSE_LIMIT) for fact in facts if fact)])


# --- the small print and the buttons


def _origins(wave: Wave, now: datetime) -> Iterator[str]:
    yield _witnesses(wave, now)
    since = words.since_previous(wave.lead.published, wave.previous)
    if since:
        yield literal(since, _NAME_LIMIT + 30)
    if web_address(wave.first_alert_url):
        yield link(wave.first_alert_url, "other sizes were announced earlier", _NAME_LIMIT)


def _witnesses(wave: Wave, now: datetime) -> str:
    """Say who says so, with dates; what LLM Stats gave is attributed to it and linked, as it asks."""
    mentions = _first_mentions(wave)
    listing = mentions.pop(SourceKind.LLM_STATS.traits.place, None)
    via = f"{link(listing.url, 'LLM Stats', 20)} {words.seen_when(listing, now)}" if listing else ""
    if not is_confirmed(wave):
        return f"Listed by {via}, not confirmed by the lab"
    seen = " and ".join(f"{where} {words.seen_when(it, now)}" for where, it in mentions.items())
    return f"Seen {seen or words.moment(wave.lead.opened_at)}" + (f", via {via}" if via else "")


def _first_mentions(wave: Wave) -> dict[str, Mention]:
    mentions = [mention for member in wave.members for mention in member.mentions]
    found: dict[str, Mention] = {}
    for mention in sorted(mentions, key=lambda it: it.seen_at):
        found.setdefault(mention.source.traits.place, mention)
    return found


def _links(wave: Wave) -> list[Element]:
    """Return the buttons to the two pages that say most."""
    card = _first_url(wave, SourceKind.HUB) if len(wave.sizes) == 1 else ""  # the list links each of several
    post = _first_url(wave, SourceKind.FEED, SourceKind.PAGE)
    listing = _first_url(wave, SourceKind.LLM_STATS)
    links = (
        blocks.link_button("Model card", card, "open_card"),
        blocks.link_button("Announcement", post, "open_post"),
        blocks.link_button("LLM Stats", listing, "open_listing"),
    )
    return [link for link in links if link][:_LINKS_LIMIT]


def _controls(wave: Wave) -> tuple[Element | None, ...]:
    return details_button(wave.lead), more_menu(wave.lab, wave.lead)


# --- the same without blocks


def _sentences(wave: Wave, models: Sequence[Release], changed: str) -> str:
    """Return the alert as text: notifications show, and screen readers read, nothing else."""
    doubt = "" if is_confirmed(wave) else ", not confirmed by the lab"
    license = words.license_words(_common_license(models)) if _is_licensed(models) else _without_license(wave)
    differs = ", differs for some" if any(_differs(model, models) for model in models) else ""
    download = words.download_range(models)
    sentences = [
        headline(wave) + doubt,
        f"Licence: {license}{differs}" + (f" ({changed})" if changed else ""),
        f"Size: {_size_of_all(wave, models) or words.NOT_STATED}",
    ]
    if not _has_weights(models):
        sentences.append(f"Weights: {_without_weights(wave)}")
    elif download:
        sentences.append(f"Download: {download}")
    url = escape(web_address(main_url(wave)))
    return f"{literal('. '.join(sentences), _TEXT_LIMIT)}. {url}".strip()
