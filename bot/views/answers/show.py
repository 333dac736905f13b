"""`show`, and the details modal: one release with all that is known of it."""

from collections.abc import Iterator, Sequence

from bot.model import Artifact, DateOrigin, Mention, Release, SourceKind, Wave
from bot.records import Block, Content
from bot.releases.facts import words
from bot.releases.facts.figures import human_bytes, human_count
from bot.releases.facts.memory import memory_to_serve
from bot.releases.facts.text import web_address
from bot.views import blocks
from bot.views.answers.common import part, run, share, text_of
from bot.views.blocks import Element, details_button, dotted, escape, link, literal
from bot.views.names import (
    FACT_LIMIT,
    NAME_LIMIT,
    by_size,
    first_url,
    lab_name,
    licence_in_words,
    licence_of,
    linked,
    linked_model,
    main_url,
    size_of,
    subject_of,
    task_of,
    title_of,
)
from bot.views.phrases import counted, dated
from bot.views.sentence import summary

_SUMMARY_LIMIT = 300
_CONDITION_LIMIT = 200  # five characters each when all are escaped: a field holds 2,000
_SIZES_LIMIT = 3_500  # characters of each part; the four together stay below what Slack takes
_VARIANTS_LIMIT = 1_500
_SOURCES_LIMIT = 1_500
_SAME = 0.05  # by how much of what is shown the Hub's count may differ unmentioned
_OTHERS = 5
_HUB = "https://huggingface.co/"


def fact_blocks(wave: Wave, *, whole: bool = False) -> Iterator[Block]:
    """Yield what a wave is, its facts, sizes, variants and sources; `whole`: all of them, however many."""
    models = by_size(wave)
    yield from blocks.sections(_introduction(wave))
    if len(models) == 1:
        yield blocks.fields(*_pairs(models[0]))
    else:
        duty = literal(models[0].license.duty, _CONDITION_LIMIT)
        yield from blocks.sections(["*Licence*", _licence(models), *([duty] if duty else [])])
        yield from part(f"{len(models)} sizes", [_size(it) for it in models], _SIZES_LIMIT, whole=whole)
    variants = [_variant(variant) for model in models for variant in model.variants]
    sources = [_source(it) for it in _mentions(wave)]
    yield from part("Variants", variants, _VARIANTS_LIMIT, whole=whole)
    yield from part("Sources", sources, _SOURCES_LIMIT, whole=whole)


def _introduction(wave: Wave) -> Iterator[str]:
    yield dotted([f"*{linked(wave)}*", task_of(wave)])
    since = words.since_previous(wave.lead.published, wave.previous)
    yield literal(dated(wave.lead.published) + (f", {since}" if since else ""), 200)
    if said := literal(summary(wave), _SUMMARY_LIMIT):
        yield said


# --- one model


def _pairs(model: Release) -> Iterator[tuple[str, str]]:
    facts = model.facts
    yield "Licence", _licence([model])
    if duty := literal(model.license.duty, _CONDITION_LIMIT):
        yield "What it asks", duty
    yield "Size", size_of([model]) + literal(_counted_by_hub(model), FACT_LIMIT)
    yield "Download", _download(model)
    yield "Context", literal(words.context_range([model]), FACT_LIMIT) or words.NOT_STATED
    yield "Memory to serve", "\n".join(_needs(model)) or words.NOT_STATED
    if gate := words.gate_words(facts):
        yield "Access", gate


def _licence(models: Sequence[Release]) -> str:
    """Return the licence with the one condition that matters and where to read it, in mrkdwn."""
    license = models[0].license
    stated = next((it.facts.license for it in models if it.license == license), None)
    page = link(stated.link if stated else license.url, "read it", 20)
    lines = [licence_of(models), literal(license.condition, _CONDITION_LIMIT)]
    lines += [page] if page.startswith("<") else []
    return "\n".join(line for line in lines if line)


def _counted_by_hub(model: Release) -> str:
    """Note what the Hub counts where that differs from what is shown, as with packed weights."""
    shown, counted_there = model.facts.parameters, model.facts.parameters_counted
    if not shown or not counted_there or abs(counted_there - shown) <= _SAME * shown:
        return ""
    return f"\n(the Hub counts {human_count(counted_there)})"


def _download(model: Release) -> str:
    files = f", {counted(model.facts.weight_files, 'file')}" if model.facts.weight_files else ""
    return literal((words.download_words(model.facts) or words.NOT_STATED) + files, FACT_LIMIT)


def _needs(model: Release) -> list[str]:
    facts = model.facts
    needs = memory_to_serve(facts.parameters, facts.precision, facts.download_bytes)
    return [literal(str(need), FACT_LIMIT) for need in needs]


# --- a line each


def _size(model: Release) -> str:
    facts = (
        f"*{linked_model(model)}*",
        size_of([model]),
        literal(words.download_words(model.facts), FACT_LIMIT),
        licence_of([model]),
        *(f"to serve {need}" for need in _needs(model)[:1]),
    )
    return dotted(facts)


def _variant(artifact: Artifact) -> str:
    page = link(f"{_HUB}{artifact.repository}", artifact.repository, NAME_LIMIT) or "a repository"
    size = human_bytes(artifact.facts.download_bytes) if artifact.facts.download_bytes else ""
    packaging = literal(artifact.packaging, 20) or "packaged otherwise"
    return dotted([f"{packaging}: {page}", size])


def _mentions(wave: Wave) -> list[Mention]:
    """Return who says so, each page once."""
    every = [mention for member in wave.members for mention in member.mentions]
    return list({mention.url: mention for mention in reversed(every)}.values())[::-1]


def _source(mention: Mention) -> str:
    page = link(mention.url, mention.title or mention.url, NAME_LIMIT) or "a page without a title"
    return f"{mention.source.traits.name}: {page}, {_seen_when(mention)}"


def _seen_when(mention: Mention) -> str:
    """Return when a source said it, as exactly as that is known: its own date, else our first sight of it."""
    published = mention.published
    if published is None or published.origin is not DateOrigin.POSTED:
        return words.moment(mention.seen_at)
    return words.moment(published.at) if published.precision == "second" else dated(published)


def show_answer(wave: Wave, others: Sequence[str], *, whole: bool = False) -> Content:
    """Return one release; `others` are the names of those that were also found by the words typed."""
    return Content(
        text_of(_sentences(wave)),
        (
            blocks.header(title_of(wave)),
            *fact_blocks(wave, whole=whole),
            *blocks.actions(_buttons(wave)),
            *_also(others),
        ),
    )


def _buttons(wave: Wave) -> Iterator[Element | None]:
    name, post = words.subject(wave), first_url(wave, SourceKind.FEED)
    yield blocks.link_button("Model card", wave.sizes[0].card_url, "open_card", f"Model card of {name}")
    yield blocks.link_button("Announcement", post, "open_post", f"Announcement of {name}")
    yield details_button(wave.lead, 0)
    yield share(1, f"show {wave.lead.name.release_key or wave.lead.name.display}")


def _also(others: Sequence[str]) -> Iterator[Block]:
    if others:
        names = ", ".join(literal(other, NAME_LIMIT) for other in others[:_OTHERS])
        yield blocks.context([f"{counted(len(others), 'other release')} found by these words: {names}"])
        yield from blocks.actions(run(n, other, f"show {other}") for n, other in enumerate(others[:_OTHERS]))


def _sentences(wave: Wave) -> Iterator[str]:
    models = by_size(wave)
    date = literal(dated(wave.lead.published), 60)
    yield f"{subject_of(wave)} by {lab_name(wave.lab)}, {date}."
    yield f"Licence: {licence_in_words(models).removeprefix('licence ')}."
    yield f"Size: {size_of(models).removeprefix('size ')}."
    yield f"Download: {literal(words.download_range(models), 80) or words.NOT_STATED}."
    yield f"Context: {literal(words.context_range(models), 80) or words.NOT_STATED}."
    if variants := sum(len(model.variants) for model in models):
        yield f"{counted(variants, 'variant')}."
    if url := web_address(main_url(wave)):
        yield escape(url)
