"""Render the replies in an alert's thread: what else became known of a release."""

from dataclasses import replace
from datetime import datetime

from bot.model import Note, NoteKind, SourceKind, Wave
from bot.records import Content
from bot.releases.facts import words
from bot.releases.facts.visible import clean, web_address
from bot.views import blocks
from bot.views.alert import LicenseChange, facts_of, license_text
from bot.views.escape import escape, link, literal

_NAME_LIMIT = 80
_NEWS_LIMIT = 150
_TITLE_LIMIT = 120
_FACT_LIMIT = 80
_NEWS = {  # before and after the name
    NoteKind.SIZE: ("Another size of", ""),
    NoteKind.HEAD: ("The main repository of", " is out"),
    NoteKind.LICENSE: ("⚠️ The licence of", " changed"),
    NoteKind.UPDATE: ("More is known of", ""),
}


def render_update(wave: Wave, now: datetime, change: LicenseChange | None = None) -> Content:
    """Return the facts as known now: a reply, where people asked not to have the alert itself edited."""
    name = clean(words.subject(wave), _NAME_LIMIT) or "the model"
    size = words.size_range(wave.sizes) or words.NOT_STATED
    license = words.license_words(wave.sizes[0].license)
    text = literal(f"More is known of {name}. Licence: {license}. Size: {size}.", 500)
    title = blocks.section(f"*What is known of {literal(name, _NAME_LIMIT)} by now*")
    return Content(text, (title, *facts_of(wave, now, change)))


def render_note(wave: Wave, note: Note) -> Content:
    """Return one thread reply: a variant, another size, a confirmation or a changed licence."""
    news = _news(wave, note)
    facts = (link(note.url, note.title, _TITLE_LIMIT), *(literal(fact, _FACT_LIMIT) for fact in _facts(note)))
    text = f"{literal(news, _NEWS_LIMIT)}: {' · '.join(fact for fact in facts if fact)}".removesuffix(": ")
    license = (blocks.section(_license(note)),) if note.license else ()
    return Content(_sentence(news, note), (blocks.section(text), *license))


def _license(note: Note) -> str:
    now = license_text(note.license) if note.license else ""
    former = words.license_words(note.former_license) if note.former_license else ""
    return f"{now}\n_before: {literal(former, _FACT_LIMIT)}_" if former else now


def _news(wave: Wave, note: Note) -> str:
    """Return what is new, cleaned but not escaped."""
    name = clean(words.subject(wave), _NAME_LIMIT)
    if note.kind is NoteKind.VARIANT:
        return f"{name} is now also available as {clean(note.packaging, 20) or 'another packaging'}"
    if note.kind is NoteKind.CONFIRMATION:
        empty = note.facts.weights == "none"
        return "Its repository is on Hugging Face, still empty" if empty else note.source.traits.confirms
    before, after = _NEWS[note.kind]
    return f"{before} {name}{after}"


def _facts(note: Note) -> list[str]:
    """Return what the Hub states of this repository; the alert holds what others state."""
    if note.source is not SourceKind.HUB or note.kind is NoteKind.LICENSE:
        return []
    is_variant = note.kind is NoteKind.VARIANT
    size = "" if is_variant else words.size_words(note.facts, note.title)
    precision = "" if is_variant and note.facts.precision == note.packaging else note.facts.precision
    download = words.download_words(replace(note.facts, precision=precision))
    return [fact for fact in (size, download, words.gate_words(note.facts)) if fact]


def _sentence(news: str, note: Note) -> str:
    """Return the reply as text: notifications show, and screen readers read, nothing else."""
    license = f"now {words.license_words(note.license)}" if note.license else ""
    license += f" (before: {words.license_words(note.former_license)})" if note.former_license else ""
    details = (clean(note.title, _TITLE_LIMIT), license, *_facts(note))
    text = f"{news}: {', '.join(detail for detail in details if detail)}".removesuffix(": ")
    url = escape(web_address(note.url))
    return f"{literal(text, 500)}. {url}".strip()
