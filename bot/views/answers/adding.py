"""`add` and `remove`: what an address shows before it is watched, and the labs that were added so."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import Kind, Lab
from bot.records import AddedLab, Content
from bot.releases.news.decision import Judged
from bot.views import blocks
from bot.views.answers.common import cancel, fitting, part, prose, run, said, text_of, turn, typed
from bot.views.blocks import dotted, literal
from bot.views.names import LAB_LIMIT, NAME_LIMIT, lab_name, person
from bot.views.phrases import ago, counted, dated

_SHOWN = 10  # items of a proposal
_ITEMS_LIMIT = 2_500  # visible characters of these
_REMARK_LIMIT = 400
_SUBJECT_LIMIT = 200
_SILENCE = "What it shows now is remembered in silence; what comes after is announced to whoever follows it."


@dataclass(frozen=True, slots=True)
class Tried:
    """What an address shows: its source, what that is in words, whose it is taken for, and what it brings."""

    source_id: str
    reads_as: str
    lab: str
    items: Sequence[Judged]
    remarks: Sequence[str] = ()


def tried_summary(tried: Tried) -> str:
    """Return in a sentence what an address is, and what was made of all that it shows."""
    kinds = Counter(one.verdict.kind for one in tried.items)
    counts = ", ".join(f"{kinds[kind]} {kind}" for kind in Kind if kinds[kind])
    source, lab = literal(tried.source_id, _SUBJECT_LIMIT), literal(tried.lab, NAME_LIMIT)
    return f"{source} is {tried.reads_as}: {counted(len(tried.items), 'item')}, judged as {lab}'s: {counts}."


def tried_line(one: Judged) -> str:
    """Return one thing that an address shows: its date, the model, the verdict and the title."""
    published, name = one.sighting.published, one.verdict.name
    date = dated(published) if published else "no date"
    facts = (
        f"• {date}",
        f"*{literal(name.display, NAME_LIMIT)}*" if name else "",
        one.verdict.kind,
        literal(one.sighting.title, 2 * NAME_LIMIT),
    )
    return dotted(facts)


# --- adding


def reading_words(subject: str) -> str:
    """Return what is said at once, while an address is read."""
    return f"I am reading {literal(subject, _SUBJECT_LIMIT)} …"


def proposal_answer(tried: Tried, lab: Lab, command: str, *, is_new: bool) -> Content:
    """Return what an address shows, and the question whether to watch it; `command` was typed."""
    summary, yes = tried_summary(tried), f"{command} yes"
    name = f"*{lab_name(lab)}* (`{literal(lab.id, LAB_LIMIT)}`)"
    question = f"Watch it as the lab {name}?" if is_new else f"Watch it as one more source of {name}?"
    shown = fitting([tried_line(one) for one in tried.items[:_SHOWN]], limit=_ITEMS_LIMIT)
    more = [f"and {len(tried.items) - _SHOWN} more"] if len(tried.items) > _SHOWN else []
    row = [turn(0, "Add it", yes, "primary"), cancel(1, command)]
    remarks = list(filter(None, (prose(remark, _REMARK_LIMIT) for remark in tried.remarks)))
    return Content(
        text_of([summary, *remarks, question, f"{typed(yes)} adds it."]),
        (
            blocks.section(summary),
            *blocks.sections([*shown, *more]),
            *(blocks.context([remark]) for remark in remarks),
            blocks.section(f"{question} {_SILENCE}"),
            *blocks.actions(row),
            blocks.context([f"Nothing was changed yet. {typed(yes)} adds it as well."]),
        ),
    )


def added_answer(lab: Lab, source_id: str) -> Content:
    """Return the confirmation that something is watched from now on, with a button that follows it."""
    source = literal(source_id, _SUBJECT_LIMIT)
    text = f"Added: {lab_name(lab)} is watched through {source}, within some seconds."
    back = f"{typed(f'remove {lab.id}')} is the way back."
    row = [turn(0, f"Follow {lab.name} here", f"subscribe {lab.id}", "primary")]
    return Content(
        text_of([text, _SILENCE, back]),
        (blocks.section(f"{text} {_SILENCE}"), *blocks.actions(row), blocks.context([back])),
    )


def only_admins_answer(subject: str, command: str, *, are_there: bool) -> Content:
    """Return that admins decide which labs are watched, with a button that asks them where there are any."""
    if not are_there:
        return said(
            "Which labs are watched is for admins to say, and feeds.yaml names none: whoever runs the bot "
            "adds labs there, or with `cadencebot add`. Nothing was changed."
        )
    text = (
        f"Which labs are watched is for the admins to say. Shall I ask them to add "
        f"{literal(subject, _SUBJECT_LIMIT)}? Nothing was changed."
    )
    return Content(
        text, (blocks.section(text), *blocks.actions([turn(0, "Ask the admins", f"{command} ask")]))
    )


def wish_line(who: str, subject: str, command: str) -> Content:
    """Return the line that tells the admins what somebody would like to have watched; `who` is mrkdwn."""
    what = literal(subject, _SUBJECT_LIMIT)
    text = f"{who} asks you to have {what} watched. Reading it first changes nothing."
    return Content(text, (blocks.section(f"➕ {text}"), *blocks.actions([run(0, "Read it", command)])))


# --- removing


def added_labs_answer(added: Sequence[AddedLab], now: datetime) -> Content:
    """Return the labs that were added beside feeds.yaml, and how one is taken out."""
    if not added:
        return said(f"No lab was added beside feeds.yaml: {typed('add')} does that.")
    lines = [_added(one, now) for one in added]
    title, hint = f"{counted(len(added), 'lab')} added beside feeds.yaml", typed(f"remove {added[0].id}")
    return Content(
        text_of([f"{title}.", *lines]),
        (
            *part(title, lines),
            blocks.context([f"{hint} asks first, and keeps what is known"]),
        ),
    )


def _added(one: AddedLab, now: datetime) -> str:
    pairs = (next(iter(source.items())) for source in one.written.get("sources", ()))
    sources = ", ".join(literal(f"{kind}: {place}", _SUBJECT_LIMIT) for kind, place in pairs)
    name = f"*{literal(one.name, LAB_LIMIT)}* `{literal(one.id, LAB_LIMIT)}`"
    return f"{name} · {sources} · by {person(one.added_by)}, {ago(one.added_at, now)}"
