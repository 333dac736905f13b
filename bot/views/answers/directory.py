"""`labs`: whom one can follow, and by which words."""

from collections.abc import Iterator, Sequence

from bot.model import Lab
from bot.records import Content
from bot.views import blocks
from bot.views.answers.pieces import LAB_LIMIT, counted, fitting, lab_name, run, text_of, typed
from bot.views.blocks import Element
from bot.views.escape import literal

_FEW = 3
_ALIASES = 6
_SPOKEN_LIMIT = 800  # characters of names in the text


def labs_answer(found: Sequence[Lab], word: str) -> Content:
    """Return the labs whose name contains a word, or all of them when it is empty."""
    asked = literal(word, LAB_LIMIT)
    if not found:
        text = f"No lab's name contains “{asked}”." if asked else "No lab is watched yet."
        row = blocks.actions([run(0, "Show all labs", "labs")] if asked else [])
        return Content(text, (blocks.section(text), *row))
    title = f"{counted(len(found), 'lab')}" + (f" with “{asked}” in the name" if asked else " watched")
    hint = f"Follow one here with {typed(f'subscribe {found[0].id}')}."
    return Content(
        text_of(
            [f"{title}: {', '.join(fitting([lab_name(lab) for lab in found], limit=_SPOKEN_LIMIT))}.", hint]
        ),
        (
            *blocks.sections([f"*{title}*", *fitting([_line(lab) for lab in found])]),
            *blocks.actions(_buttons(found)),
            blocks.context([hint]),
        ),
    )


def _line(lab: Lab) -> str:
    shown = [literal(alias, LAB_LIMIT) for alias in lab.aliases[:_ALIASES]]
    aliases = ", ".join(alias for alias in shown if alias)
    return f"• *{lab_name(lab)}* `{literal(lab.id, 70)}`" + (f" · also {aliases}" if aliases else "")


def _buttons(found: Sequence[Lab]) -> Iterator[Element | None]:
    if len(found) > _FEW:
        return
    for number, lab in enumerate(found):
        yield run(2 * number, f"Follow {lab.name} here", f"subscribe {lab.id}")
        yield run(2 * number + 1, f"Recent of {lab.name}", f"recent {lab.id}")
