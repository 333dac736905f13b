"""`show`: one release with all that is known of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.model import SourceKind, Wave
from bot.records import Block, Content
from bot.releases.facts import words
from bot.releases.facts.visible import web_address
from bot.views import blocks
from bot.views.answers.facts import by_size, fact_blocks
from bot.views.answers.pieces import (
    counted,
    details,
    lab_of,
    licence_of,
    main_url,
    run,
    share,
    size_of,
    subject_of,
    text_of,
    title_of,
)
from bot.views.blocks import Element
from bot.views.escape import escape, literal
from bot.views.phrases import dated

_OTHERS = 5


def show_answer(wave: Wave, others: Sequence[str], now: datetime) -> Content:
    """Return one release; `others` are the names of those that were also found by the words typed."""
    return Content(
        text_of(_sentences(wave)),
        (
            blocks.header(title_of(wave)),
            *fact_blocks(wave, now),
            *blocks.actions(_buttons(wave)),
            *_also(others),
        ),
    )


def _buttons(wave: Wave) -> Iterator[Element | None]:
    yield blocks.link_button("Model card", wave.sizes[0].card_url, "open_card")
    yield blocks.link_button("Announcement", _first(wave, SourceKind.FEED, SourceKind.PAGE), "open_post")
    yield details(0, wave.lead)
    yield share(1, f"show {wave.lead.name.release_key or wave.lead.name.display}")


def _first(wave: Wave, *sources: SourceKind) -> str:
    urls = (it.url for member in wave.members for it in member.mentions if it.source in sources)
    return next((url for url in urls if web_address(url)), "")


def _also(others: Sequence[str]) -> Iterator[Block]:
    if others:
        yield blocks.context([f"{counted(len(others), 'other release')} found by these words"])
        yield from blocks.actions(run(n, other, f"show {other}") for n, other in enumerate(others[:_OTHERS]))


def _sentences(wave: Wave) -> Iterator[str]:
    models = by_size(wave)
    date = literal(dated(wave.lead.published), 60)
    yield f"{subject_of(wave)} by {lab_of(wave)}, {date}."
    licence = licence_of(models).removeprefix(words.circle(models[0].license)).strip()
    yield f"Licence: {licence.removeprefix('licence ')}."
    yield f"Size: {size_of(models).removeprefix('size ')}."
    yield f"Download: {literal(words.download_range(models), 80) or words.NOT_STATED}."
    yield f"Context: {literal(words.context_range(models), 80) or words.NOT_STATED}."
    if variants := sum(len(model.variants) for model in models):
        yield f"{counted(variants, 'variant')}."
    if url := web_address(main_url(wave)):
        yield escape(url)
