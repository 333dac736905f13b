"""Render a grouped message: several releases of one lab that came out at once. Pure."""

from collections.abc import Sequence
from datetime import datetime

from bot.model import License, Wave
from bot.records import Block, Content
from bot.releases.facts import words
from bot.releases.facts.visible import clean
from bot.views import blocks
from bot.views.alert import is_confirmed, license_text, main_url
from bot.views.controls import details_button, more_menu
from bot.views.escape import link, literal

GROUPED = 4  # releases at once from which on they share a message
MOST = 20  # releases in one message: all of them stay within what Slack takes
_LAB_LIMIT = 40
_NAME_LIMIT = 80
_FACT_LIMIT = 80
_TEXT_LIMIT = 590  # five characters each when all are escaped


def render_group(waves: Sequence[Wave], now: datetime, *, interactive: bool = False) -> Content:
    """Return one message for these waves of one lab; rendering it again later gives its edit.

    What was merged since stands there once, and what was withdrawn not at all.
    """
    waves = _standing(waves)
    lab = waves[0].lab
    title = f"{clean(lab.name, _LAB_LIMIT) or lab.id} released {len(waves)} models"
    rows = [_row(wave, number, interactive=interactive) for number, wave in enumerate(waves)]
    menu = [more_menu(lab)] if interactive else []
    message: list[Block] = [blocks.header(title), *rows, _origin(waves, now), *blocks.actions(menu)]
    names = ", ".join(_sentence(wave) for wave in waves)
    return Content(literal(f"{title}: {names}.", _TEXT_LIMIT), tuple(message))


def _standing(waves: Sequence[Wave]) -> Sequence[Wave]:
    each = {(wave.lead.id, wave.lead.name.display): wave for wave in reversed(waves)}
    standing = [wave for wave in reversed(each.values()) if not wave.lead.withdrawn]
    return standing or list(waves)


def _row(wave: Wave, number: int, *, interactive: bool) -> Block:
    name = link(main_url(wave), words.subject(wave), _NAME_LIMIT) or "a model without a name"
    sizes = f"{len(wave.sizes)} sizes" if len(wave.sizes) > 1 else ""
    facts = (sizes, words.size_range(wave.sizes), words.download_range(wave.sizes))
    first = " · ".join([f"*{name}*", *(literal(fact, _FACT_LIMIT) for fact in facts if fact)])
    doubt = "" if is_confirmed(wave) else "\n_listed by LLM Stats, not confirmed by the lab_"
    button = details_button(wave.lead, number) if interactive else None
    return blocks.section(f"{first}\n{_license(wave)}{doubt}", button)


def _license(wave: Wave) -> str:
    licenses: list[License] = list(dict.fromkeys(model.license for model in wave.sizes))
    return license_text(licenses[0]) + ("\n_differs for some_" if len(licenses) > 1 else "")


def _sentence(wave: Wave) -> str:
    return f"{clean(words.subject(wave), _NAME_LIMIT)} ({words.license_words(wave.sizes[0].license)})"


def _origin(waves: Sequence[Wave], now: datetime) -> Block:
    first = min(wave.lead.opened_at for wave in waves)
    return blocks.context([f"Seen {words.moment(min(first, now))}"])
