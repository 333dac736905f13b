"""What a channel made of a release, in the alert: who said so and when, and the menu to say it. Pure."""

from collections.abc import Mapping, Sequence

from bot.model import Wave
from bot.records import OPEN_TRIAGE, Block, Content, Triage
from bot.releases.facts.words import day
from bot.views import blocks
from bot.views.answers.common import fitting
from bot.views.blocks import Element, before_buttons, options, plain_text
from bot.views.names import by_name, subject_of

STATES = {"looking": "Looking at it", "adopted": "Adopted", "no": "Not for us"}
_MARKS = {"looking": "👀", "adopted": "✅", "no": "🚫"}
_REOPEN = "Open again"
_TEXT_LIMIT = 3_000
_MOST_VISIBLE = 9_000  # characters of a message: twenty long names share one at worst


def with_triage(
    alert: Content, waves: Sequence[Wave], made: Mapping[int, Triage], *, interactive: bool = False
) -> Content:
    """Return an alert, of one wave or of several, that says what its channel made of them.

    `made` is by the id of the release that leads a wave; `interactive`: somebody hears the menu.
    """
    named = len(waves) > 1
    standing = (wave for wave in waves if wave.lead.id in made and not wave.lead.withdrawn)
    said = {wave.lead.id: (wave, made[wave.lead.id]) for wave in standing}
    room = _MOST_VISIBLE - sum(len(row["text"]["text"]) for row in alert.blocks if "text" in row)
    lines = fitting([_line(*one, named=named) for one in said.values()], limit=room)
    rows = before_buttons(alert.blocks, blocks.sections(lines))
    if interactive and not named:
        rows = _with_menu(rows, waves[0].lead.id, made)
    sentences = (f" {_sentence(*one, named=named)}" for one in said.values())
    text = "".join([alert.text, *blocks.that_fit(sentences, _TEXT_LIMIT - len(alert.text))])
    return Content(text, rows)


def _line(wave: Wave, triage: Triage, *, named: bool) -> str:
    about = f"{subject_of(wave)}: " if named else ""
    # by name, which calls nobody; where Slack gave none it is a mention, and of edits Slack tells nobody
    who, when = by_name(triage.name, triage.person), day(triage.at, wave.lead.opened_at)
    return f"{_MARKS[triage.state]} {about}*{STATES[triage.state]}* · {who}, {when}"


def _sentence(wave: Wave, triage: Triage, *, named: bool) -> str:
    about = f"{subject_of(wave)}: " if named else ""
    return f"{about}{STATES[triage.state]} ({by_name(triage.name, triage.person)})."


def _with_menu(rows: Sequence[Block], lead_id: int, made: Mapping[int, Triage]) -> tuple[Block, ...]:
    """Return an alert with the menu beside its buttons, where it has any."""
    *others, last = rows
    if last["type"] != "actions":
        return tuple(rows)
    menu = _menu(lead_id, made[lead_id].state if lead_id in made else OPEN_TRIAGE)
    return (*others, {**last, "elements": [*last["elements"], menu]})


def _menu(release_id: int, state: str) -> Element:
    """Return the menu of states, with the present one chosen.

    Slack keeps showing what somebody chose there, until the menu comes with another id.
    """
    offered = {**STATES, **({} if state == OPEN_TRIAGE else {OPEN_TRIAGE: _REOPEN})}
    listed = options((label, f"{release_id} {one}") for one, label in offered.items())
    chosen = [it for it in listed if it["value"] == f"{release_id} {state}" and state != OPEN_TRIAGE]
    return {
        "type": "static_select",
        "action_id": f"triage:{state}",
        "placeholder": plain_text("What we make of it", 150),
        "options": listed,
        **({"initial_option": chosen[0]} if chosen else {}),
    }
