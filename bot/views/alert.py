"""The alert: one message that says who released what, under which licence and how large. Pure."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import License, Mention, Release, SourceKind, Wave
from bot.records import Block, Content
from bot.releases.facts import words
from bot.releases.facts.text import clean, web_address
from bot.views import blocks
from bot.views.blocks import Element, before_buttons, details_button, dotted, link, literal, more_menu
from bot.views.names import (
    FACT_LIMIT,
    NAME_LIMIT,
    NAMELESS,
    first_url,
    linked_model,
    main_url,
    mention,
    task_of,
)
from bot.views.phrases import listed
from bot.views.sentence import (
    absence,
    alert_text,
    common_license,
    described,
    differs_of,
    has_weights,
    headline,
    is_confirmed,
    is_licensed,
    struck_down,
    summary,
)

_LICENSE_LIMIT = 80
_CONDITION_LIMIT = 200  # five characters each when all are escaped: a field holds 2,000
_SUMMARY_LIMIT = 300
_SIZES_LIMIT = 12
_PACKAGINGS_LIMIT = 4
BASE = "Base"  # the packaging that is named first: no reply tells of it
_LINKS_LIMIT = 2  # with Details that makes three buttons


@dataclass(frozen=True, slots=True)
class LicenseChange:
    """What the licence was when the alert went out, and when it changed."""

    former: License
    at: datetime


def render_alert(
    wave: Wave,
    now: datetime,
    *,
    interactive: bool = False,
    edited: bool = False,
    change: LicenseChange | None = None,
) -> Content:
    """Return the alert of a wave; rendering it again later, with more known, gives its edit.

    `interactive`: somebody listens to its buttons. `edited`: it is edited when more is known.
    """
    if wave.lead.withdrawn:
        return Content(alert_text(wave), tuple(facts_of(wave, now)))
    models = described(wave)
    controls = (details_button(wave.lead), more_menu(wave.lab, wave.lead)) if interactive else ()
    message: list[Block] = [
        blocks.header(headline(wave)),
        blocks.section(_introduction(wave, models)),
        *facts_of(wave, now, change, edited=edited),
        blocks.context(_origins(wave, now)),
        *blocks.actions([*_links(wave), *controls]),
    ]
    return Content(alert_text(wave, _change_words(change, models, now)), tuple(message))


def facts_of(
    wave: Wave, now: datetime, change: LicenseChange | None = None, *, edited: bool = False
) -> list[Block]:
    """Return what an alert says of licence and size: the part of it that facts change as they arrive.

    `edited`: these very blocks are edited when more is known. Of what was withdrawn that is all they say.
    """
    if wave.lead.withdrawn:
        return [blocks.section(struck_down(wave))]
    models = described(wave)
    stated = list(_stated(models, _change_words(change, models, now)))
    missing = _missing(wave, models, {title for title, _ in stated}, edited=edited)
    return [
        *([blocks.fields(*stated)] if stated else []),
        *([blocks.section(missing)] if missing else []),
        *blocks.sections(_sizes(models)),
    ]


def with_mention(alert: Content, who: str) -> Content:
    """Return an alert that calls somebody, or just the alert where `who` is ""."""
    if not who:
        return alert
    called = blocks.section(f"📣 {mention(who)}")
    return Content(f"{alert.text} {mention(who)}", before_buttons(alert.blocks, [called]))


# --- the paragraph below the headline


def _introduction(wave: Wave, models: Sequence[Release]) -> str:
    name = link(main_url(wave), _label(wave), NAME_LIMIT) or NAMELESS
    facts = dotted([f"*{name}*", task_of(wave), _common_gate(models)])
    return f"{facts}\n{literal(summary(wave), _SUMMARY_LIMIT)}".rstrip()


def _label(wave: Wave) -> str:
    """Return the repository where there is one model, so that it can be copied, else the name."""
    heads = [artifact.repository for artifact in wave.sizes[0].artifacts if artifact.head]
    return heads[0] if heads and len(wave.sizes) == 1 else words.subject(wave)


def _common_gate(models: Sequence[Release]) -> str:
    gates = {words.gate_words(model.facts) for model in models}
    return gates.pop() if len(gates) == 1 else ""


# --- the facts


def _stated(models: Sequence[Release], changed: str) -> Iterator[tuple[str, str]]:
    size, context = words.size_range(models), words.context_range(models)
    mark = f"\n_{literal(changed, _LICENSE_LIMIT + 40)}_" if changed else ""
    if is_licensed(models) or mark:
        yield "Licence", _license(models) + mark
    if size:
        yield "Size", literal(size, FACT_LIMIT)
    download = _download(models) if has_weights(models) else ""
    if download:
        yield "Download", download
    if context:
        yield "Context", literal(context, FACT_LIMIT)


def _missing(wave: Wave, models: Sequence[Release], stated: Container[str], *, edited: bool) -> str:
    """Return what is not stated, in one sentence, or ""; a white circle where the licence is not."""
    if has_weights(models):
        lacking = [title for title in ("Licence", "Size", "Download", "Context") if title not in stated]
        sentence = f"{_subject(lacking)} not stated yet" if lacking else ""
    else:
        sentence = _first_capital(absence(wave, models))
    circle = "" if "Licence" in stated or not sentence else "⚪ "
    promise = "; this message updates itself" if edited and " yet" in sentence else ""
    return f"{circle}{sentence}{promise}." if sentence else ""


def _subject(titles: Sequence[str]) -> str:
    """Return "The licence is", "Licence and size are"."""
    if len(titles) == 1:
        return f"The {titles[0].lower()} is"
    return f"{_first_capital(words.enumerated(titles).lower())} are"


def _first_capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _license(models: Sequence[Release]) -> str:
    common = common_license(models)
    statement = next(model.facts.license for model in models if model.license == common)
    text = license_text(common, statement.link if statement else "")
    return text + ("\n_differs for some, see below_" if any(differs_of(it, models) for it in models) else "")


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
    if change is None or change.former.id == common_license(models).id:
        return ""
    former = clean(change.former.title, _LICENSE_LIMIT) or words.NOT_STATED
    return f"changed from {former} on {words.day(change.at, now)}"


def _download(models: Sequence[Release]) -> str:
    """Return "595 GB, INT4", with what else there is to download in another line, or ""."""
    packagings = _packagings(models)
    lines = (literal(words.download_range(models), FACT_LIMIT), f"also as {packagings}" if packagings else "")
    return "\n".join(line for line in lines if line)


def _packagings(models: Sequence[Release]) -> str:
    names = (literal(variant.packaging, 20) for model in models for variant in model.variants)
    found = sorted(dict.fromkeys(filter(None, names)), key=lambda name: name != BASE)
    return listed(found, _PACKAGINGS_LIMIT)


# --- several sizes, a line each


def _sizes(models: Sequence[Release]) -> Iterator[str]:
    if len(models) == 1:
        return
    gate = _common_gate(models)
    for model in models[:_SIZES_LIMIT]:
        yield f"• {_size(model, with_license=differs_of(model, models), with_gate=not gate)}"
    if len(models) > _SIZES_LIMIT:
        yield f"and {len(models) - _SIZES_LIMIT} more"


def _size(model: Release, *, with_license: bool, with_gate: bool) -> str:
    facts = [words.size_words(model.facts, model.name.display), words.download_words(model.facts)]
    if with_license:
        facts.append(f"{words.circle(model.license)} {words.license_words(model.license)}")
    if with_gate:
        facts.append(words.gate_words(model.facts))
    return dotted([linked_model(model), *(literal(fact, _LICENSE_LIMIT) for fact in facts)])


# --- the small print and the buttons


def _origins(wave: Wave, now: datetime) -> Iterator[str]:
    yield _witnesses(wave, now)
    since = words.since_previous(wave.lead.published, wave.previous)
    if since:
        yield literal(since, NAME_LIMIT + 30)
    if web_address(wave.first_alert_url):
        yield link(wave.first_alert_url, "other sizes were announced earlier", NAME_LIMIT)


def _witnesses(wave: Wave, now: datetime) -> str:
    """Say who says so, with dates; what LLM Stats gave is attributed to it and linked, as it asks."""
    mentions = _first_mentions(wave)
    listing = mentions.pop(SourceKind.LLM_STATS.traits.place, None)
    via = f"{link(listing.url, 'LLM Stats', 20)} {words.seen_when(listing, now)}" if listing else ""
    if not is_confirmed(wave):
        return f"Listed by {via}, not confirmed by the lab"
    seen = " and ".join(f"{where} {words.seen_when(it, now)}" for where, it in mentions.items())
    return f"Seen {seen or words.day(wave.lead.opened_at, now)}" + (f", via {via}" if via else "")


def _first_mentions(wave: Wave) -> dict[str, Mention]:
    mentions = (it for member in wave.members for it in member.mentions)
    found: dict[str, Mention] = {}
    for it in sorted(mentions, key=lambda one: one.seen_at):
        found.setdefault(it.source.traits.place, it)
    return found


def _links(wave: Wave) -> list[Element]:
    """Return the buttons to the two pages that say most."""
    card = first_url(wave, SourceKind.HUB) if len(wave.sizes) == 1 else ""  # the list links each of several
    post = first_url(wave, SourceKind.FEED)
    listing = first_url(wave, SourceKind.LLM_STATS)
    name = words.subject(wave)
    links = (
        blocks.link_button("Model card", card, "open_card", f"Model card of {name}"),
        blocks.link_button("Announcement", post, "open_post", f"Announcement of {name}"),
        blocks.link_button("LLM Stats", listing, "open_listing", f"LLM Stats on {name}"),
    )
    return [link for link in links if link][:_LINKS_LIMIT]
