"""A grouped message: several releases of one lab that came out at once. Pure."""

from collections.abc import Sequence
from datetime import datetime

from bot.model import License, Wave
from bot.records import Block, Content
from bot.releases.facts import words
from bot.views import blocks
from bot.views.blocks import details_button, dotted, literal, more_menu
from bot.views.names import FACT_LIMIT, licence_of, linked, plain_lab, plain_subject, sizes_of
from bot.views.phrases import counted
from bot.views.sentence import is_confirmed, struck_down

GROUPED = 4  # releases at once from which on they share a message
MOST = 20  # releases in one message: all of them stay within what Slack takes
_TEXT_LIMIT = 590  # five characters each when all are escaped
_CONDITION_LIMIT = 200


def render_group(
    waves: Sequence[Wave], now: datetime, *, interactive: bool = False, edited: bool = False
) -> Content:
    """Return one message for these waves of one lab, a line each; rendering it again later gives its edit.

    `interactive` and `edited` are as in an alert. What was merged since stands there once, and what was
    withdrawn is struck down.
    """
    waves = _each_once(waves)
    standing = [wave for wave in waves if not wave.lead.withdrawn]
    if not standing:
        text = f"{len(waves)} models by {plain_lab(waves[0].lab)} were withdrawn: they are no releases."
        return Content(literal(text, _TEXT_LIMIT), tuple(blocks.sections(map(struck_down, waves))))
    shared = _shared_license(standing)
    rows = [
        blocks.section(struck_down(wave)) if wave.lead.withdrawn else _row(wave, number, shared, interactive)
        for number, wave in enumerate(waves)
    ]
    first = min(now, *(wave.lead.opened_at for wave in waves))
    message: list[Block] = [
        blocks.header(_title(standing)),
        *([blocks.section(_all(shared, edited=edited))] if shared else []),
        *rows,
        blocks.context([f"Seen {words.day(first, now)}"]),
        *blocks.actions([more_menu(waves[0].lab)] if interactive else []),
    ]
    names = [plain_subject(wave) for wave in standing]
    return Content(literal(f"{_title(standing)}: {words.enumerated(names)}.", _TEXT_LIMIT), tuple(message))


def _each_once(waves: Sequence[Wave]) -> list[Wave]:
    each = {(wave.lead.id, wave.lead.name.display): wave for wave in reversed(waves)}
    return list(reversed(each.values()))


def _title(waves: Sequence[Wave]) -> str:
    return f"{plain_lab(waves[0].lab)} released {counted(len(waves), 'model')}"


# --- what all share


def _shared_license(waves: Sequence[Wave]) -> License | None:
    """Return the licence that all models of all waves have, None where they differ."""
    licenses = {model.license for wave in waves for model in wave.sizes}
    return licenses.pop() if len(licenses) == 1 else None


def _all(license: License, *, edited: bool) -> str:
    """Return "All 🟢 Apache 2.0, permissive", with the condition that matters below it."""
    if words.license_words(license) == words.NOT_STATED:
        promise = "; this message updates itself" if edited else ""
        return f"{words.circle(license)} No licence is stated yet{promise}."
    said = literal(words.license_words(license), FACT_LIMIT)
    condition = literal(license.condition, _CONDITION_LIMIT) if license.verdict != "unknown" else ""
    return f"All {words.circle(license)} {said}" + (f"\n{condition}" if condition else "")


# --- a line a model


def _row(wave: Wave, number: int, shared: License | None, interactive: bool) -> Block:
    facts = (
        f"*{linked(wave)}*",
        sizes_of(wave),
        literal(words.size_range(wave.sizes), FACT_LIMIT),
        literal(words.download_range(wave.sizes), FACT_LIMIT),
        "" if shared else licence_of(wave.sizes),
        "" if is_confirmed(wave) else "_listed by LLM Stats, not confirmed by the lab_",
    )
    return blocks.section(dotted(facts), details_button(wave.lead, number) if interactive else None)
