"""Replies in an alert's thread, and the lines that tell people what holds messages up. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import Destination, Note, NoteKind, SourceKind, Wave
from bot.records import Block, Content, Flood, Hint
from bot.releases.facts import words
from bot.releases.facts.text import clean, web_address
from bot.views import blocks
from bot.views.alert import LicenseChange, facts_of, license_text
from bot.views.blocks import dotted, link, literal
from bot.views.names import FACT_LIMIT, NAME_LIMIT, place, plain_subject, source_name
from bot.views.phrases import listed
from bot.views.sentence import alert_text

_NEWS_LIMIT = 150
_TITLE_LIMIT = 120
_REASON_LIMIT = 200
_NAMED = 5  # of the releases of a flood, or of what one reply collects
_LINKS_LIMIT = 1_000  # characters of Slack's 3,000 in a section; escaped words before them may be 1,500
_WORDS_LIMIT = 300
_COMPLAINT_LIMIT = 500  # of which each may be escaped with five
_REMEDIES = {
    "is_archived": ("it is archived", "Unarchive it"),
    "not_in_channel": ("I am not in it", "Invite me there with `/invite`"),
    "channel_not_found": (
        "I cannot see it: it is private and I am not in it, or it is gone",
        "Invite me there with `/invite`",
    ),
    "restricted_action": ("its settings do not let me post", "Allow apps to post there"),
}
# What one reply tells together, for it comes in numbers; word of the first weights brings such along.
COLLECTED = frozenset({NoteKind.VARIANT, NoteKind.SIZE})
BRINGS = COLLECTED | {NoteKind.CONFIRMATION}
_NEWS = {  # before and after the name
    NoteKind.SIZE: ("Another size of", ""),
    NoteKind.HEAD: ("The main repository of", " is out"),
    NoteKind.LICENSE: ("⚠️ The licence of", " changed"),
    NoteKind.UPDATE: ("More is known of", ""),
}


def render_update(wave: Wave, now: datetime, change: LicenseChange | None = None) -> Content:
    """Return the facts as known now: a reply, where people asked not to have the alert itself edited."""
    if wave.lead.withdrawn:
        return Content(alert_text(wave), tuple(facts_of(wave, now)))
    name = plain_subject(wave)
    size = words.size_range(wave.sizes) or words.NOT_STATED
    license = words.license_words(wave.sizes[0].license)
    text = literal(f"More is known of {name}. Licence: {license}. Size: {size}.", 500)
    title = blocks.section(f"*What is known of {literal(name, NAME_LIMIT)} by now*")
    return Content(text, (title, *facts_of(wave, now, change)))


def render_note(wave: Wave, note: Note) -> Content:
    """Return one thread reply: a variant, another size, a confirmation or a changed licence."""
    news = _news(wave, note)
    facts = (link(note.url, note.title, _TITLE_LIMIT), *(literal(fact, FACT_LIMIT) for fact in _facts(note)))
    text = f"{literal(news, _NEWS_LIMIT)}: {dotted(facts)}".removesuffix(": ")
    return Content(_sentence(news, note), (blocks.section(text), *_license(note)))


def render_notes(wave: Wave, notes: Sequence[Note]) -> Content:
    """Return one thread reply for several packagings and sizes: "now also as FP8 (8), GGUF (8)"."""
    name = plain_subject(wave)
    opening = "" if notes[0].kind in COLLECTED else f"{_news(wave, notes[0])}, and "
    text, told = (
        literal(
            f"{opening}{name} is now also out {' and '.join(_collected(notes, named=named))}", _WORDS_LIMIT
        )
        for named in (True, False)  # what is shown has the names as links behind it
    )
    where = _common_place(notes)
    linked = (link(note.url, note.title, _TITLE_LIMIT) for note in notes[:_NAMED])
    links = list(blocks.that_fit(linked, _LINKS_LIMIT))
    more = len(notes) - len(links)
    rest = link(where, f"and {more} more", NAME_LIMIT) if more > 0 else ""
    return Content(f"{text}.", (blocks.section(f"{told}: {dotted([*links, rest])}"),))


def _collected(notes: Sequence[Note], *, named: bool) -> Iterator[str]:
    """Yield "as FP8 (8), GGUF (8)" and "in 3 more sizes", each where there are any; `named`: which sizes."""
    packagings = Counter(
        clean(note.packaging, 20) or "another packaging" for note in notes if note.kind is NoteKind.VARIANT
    )
    found = [f"{name} ({times})" if times > 1 else name for name, times in packagings.most_common()]
    if found:
        yield f"as {listed(found, _NAMED)}"
    sizes = [clean(note.title.rpartition("/")[2], 60) for note in notes if note.kind is NoteKind.SIZE]
    if sizes:
        count = "another size" if len(sizes) == 1 else f"{len(sizes)} more sizes"
        yield f"in {count}: {listed(sizes, _NAMED)}" if named else f"in {count}"


def _common_place(notes: Sequence[Note]) -> str:
    """Return the page that lists all of them, such as an organisation's on the Hub, or ""."""
    places = {note.url.rpartition("/")[0] for note in notes if note.source is SourceKind.HUB}
    return web_address(places.pop()) if len(places) == 1 else ""


def _license(note: Note) -> Iterator[Block]:
    if note.license:
        former = words.license_words(note.former_license) if note.former_license else ""
        before = f"\n_before: {literal(former, FACT_LIMIT)}_" if former else ""
        yield blocks.section(license_text(note.license) + before)


def _news(wave: Wave, note: Note) -> str:
    """Return what is new, cleaned but not escaped."""
    name = plain_subject(wave)
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
    return f"{literal(text, 500)}."


# --- what holds messages up


def render_pause(destination: Destination, reason: str) -> Content:
    """Return what to tell the people who made a destination follow labs; `reason` is Slack's own word."""
    unknown = literal(reason, _REASON_LIMIT) or "Slack takes no messages there", "See what keeps me out"
    why, remedy = next((known for code, known in _REMEDIES.items() if code in reason), unknown)
    text = (
        f"I paused the model releases in {place(destination)}: {why}. "
        f"{remedy}, and I go on by myself within the hour; nothing was unsubscribed and nothing is lost."
    )
    return Content(text, (blocks.section(f"⏸️ {text}"),))


def render_flood(flood: Flood, lasts: timedelta) -> Content:
    """Return the line that asks the admins what shall become of a flood; `lasts` is how long it waits."""
    names = [literal(name, NAME_LIMIT) for name in flood.names[:_NAMED]]
    more = len(flood.names) - len(names)
    named = ", ".join([*names, f"{more} more"] if more else names)
    plural = "" if len(flood.leads) == 1 else "s"
    text = (
        f"*{source_name(flood.source_id)}* suddenly showed {len(flood.leads)} release{plural}, more "
        f"than is usual in a day: {named}. Nobody was told. Announce them if they are real; otherwise ignore "
        f"them, as happens by itself in {lasts.days} days."
    )
    choices = _choices(flood.id, f"what {flood.source_id} showed")
    return Content(text, (blocks.section(f"🌊 {text}"), *choices))


def render_hint(number: int, hint: Hint, lasts: timedelta) -> Content:
    """Return the line that asks the admins whether a name that no item carried is a release.

    `number` and `lasts` are the question's, as those of a flood.
    """
    source, said = source_name(hint.source_id), literal(hint.words, _WORDS_LIMIT)
    names = (literal(hint.name.display, NAME_LIMIT), link(hint.url, hint.name.display, NAME_LIMIT))
    text, linked = (
        f"*{source}* names {name}, which no source has shown as a release: “{said}” Announce it if it is "
        f"one; otherwise ignore it, as happens by itself in {lasts.days} days. You are asked about this "
        "name only once."
        for name in names
    )
    return Content(text, (blocks.section(f"🔎 {linked}"), *_choices(number, hint.name.display)))


def render_strange(reason: str, number: int) -> Content:
    """Return the line that tells the admins of an answer that nobody knows; `reason` quotes it."""
    which = "a message waits" if number == 1 else f"{number} messages wait"
    text = (
        f"An answer does not help: “{literal(reason, _WORDS_LIMIT)}” Because of it {which}. "
        "I try again ever more rarely, at least once a day; what comes behind goes on. An answer that I do "
        "not know makes me give up after seven days, a message that is never there does not. "
        "`cadencebot deliveries --open` lists what waits, `cadencebot poll` tries at once."
    )
    return Content(text, (blocks.section(f"⚠️ {text}"),))


def render_wrong_settings(complaint: str) -> Content:
    """Return the line that tells the admins that feeds.yaml was changed and is wrong."""
    text = (
        "feeds.yaml was changed, and cannot be used as it is. I go on with what it said before, and read it "
        f"again when it is changed: “{literal(complaint, _COMPLAINT_LIMIT)}” `cadencebot check` proves it."
    )
    return Content(text, (blocks.section(f"⚠️ {text}"),))


def _choices(number: int, about: str) -> Iterator[Block]:
    return blocks.actions(
        [
            blocks.button("Announce", "replace:0", f"held announce {number}", spoken=f"Announce {about}"),
            blocks.button("Ignore", "replace:1", f"held ignore {number}", spoken=f"Ignore {about}"),
        ]
    )
