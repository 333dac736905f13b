"""Render the replies in an alert's thread: what else became known of a release."""

from dataclasses import replace

from bot.delivery.alert import license_text
from bot.messages import blocks
from bot.messages.content import Content
from bot.messages.escape import clean, escape, link, literal, web_address
from bot.model import Note, NoteKind, SourceKind, Wave
from bot.releases import words

_NAME_LIMIT = 80
_NEWS_LIMIT = 150
_TITLE_LIMIT = 120
_FACT_LIMIT = 80
_CONFIRMATIONS = {
    SourceKind.HUB: "The weights are on Hugging Face",
    SourceKind.FEED: "The lab announced it",
    SourceKind.PAGE: "The lab announced it",
    SourceKind.LLM_STATS: "LLM Stats lists it too",
}


def render_note(wave: Wave, note: Note) -> Content:
    """Return one thread reply: a variant, another size, a confirmation or a changed licence."""
    news = _news(wave, note)
    facts = (link(note.url, note.title, _TITLE_LIMIT), *(literal(fact, _FACT_LIMIT) for fact in _facts(note)))
    text = f"{literal(news, _NEWS_LIMIT)}: {' · '.join(fact for fact in facts if fact)}".removesuffix(": ")
    license = (blocks.section(license_text(note.license)),) if note.license else ()
    return Content(_sentence(news, note), (blocks.section(text), *license))


def _news(wave: Wave, note: Note) -> str:
    """Return what is new, cleaned but not escaped."""
    name = clean(words.subject(wave), _NAME_LIMIT)
    match note.kind:
        case NoteKind.VARIANT:
            return f"{name} is now also available as {clean(note.packaging, 20) or 'another packaging'}"
        case NoteKind.SIZE:
            return f"Another size of {name}"
        case NoteKind.HEAD:
            return f"The main repository of {name} is out"
        case NoteKind.LICENSE:
            return f"⚠️ The licence of {name} changed"
        case NoteKind.CONFIRMATION if note.facts.weights == "none":
            return "Its repository is on Hugging Face, still empty"
        case NoteKind.CONFIRMATION:
            return _CONFIRMATIONS[note.source]


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
    details = (clean(note.title, _TITLE_LIMIT), license, *_facts(note))
    text = f"{news}: {', '.join(detail for detail in details if detail)}".removesuffix(": ")
    url = escape(web_address(note.url))
    return f"{literal(text, 500)}. {url}".strip()
