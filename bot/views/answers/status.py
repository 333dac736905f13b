"""`status`: how the sources fare, what is owed or paused, and what people reported."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.errors import Failure
from bot.records import (
    NOTHING_YET,
    Content,
    Delivery,
    ErrorReport,
    Flood,
    Hint,
    Pause,
    Push,
    SourceState,
)
from bot.releases.news.coverage import Record
from bot.views import blocks
from bot.views.answers.common import elsewhere, part, prose, sentence, text_of, typed
from bot.views.answers.deliveries import delivery_words, lacking_words
from bot.views.blocks import Element, dotted, literal
from bot.views.names import NAME_LIMIT, person, place, source_name
from bot.views.phrases import ago, coming, counted, length, listed, pushed, remarks

_REASON_LIMIT = 200
_WAITING = 5  # new repositories that are named
_EMPTY = 20  # repositories with nothing in them that are named
_REPORT_LIMIT = 300
_PART_LIMIT = 2_200  # characters of each part; all together stay below what Slack takes
_LACKING_LIMIT = 600
_REMARK_LIMIT = 600
_REPORTS = 10
_NAMED = 3  # releases that a source missed, or sources that fail alike
_ALONE = 3  # sources that cannot be reached, and no other can
_SILENT = timedelta(hours=1)  # beyond this without any poll, nobody polls
_KINDS = {"hub": "Hugging Face organisation", "llm_stats": "LLM Stats listing"}
_FAILURES: Mapping[str, str] = {
    Failure.UNREACHABLE: "cannot be reached",
    Failure.TIMEOUT: "does not answer in time",
    Failure.TOO_LARGE: "answers more than is read",
    Failure.FORBIDDEN_ADDRESS: "leads to a private address",
    Failure.TOO_MANY_REDIRECTS: "redirects without end",
    Failure.RATE_LIMITED: "asks for fewer requests",
    Failure.DENIED: "denies access",
    Failure.GONE: "is no longer there",
    Failure.SERVER_ERROR: "has an error of its own",
    Failure.BAD_ANSWER: "answers something else than it used to",
    Failure.EMPTY: "shows nothing, or far less than it used to",
}
_STATES = {
    "owed": "waiting to be sent",
    "claimed": "being sent",
    "doubtful": "being looked up, as Slack's answer was lost",
    "unclear": "posted or not, nobody knows",
    "impossible": "impossible to send",
    "skipped": "left out",
    "sent": "sent",
}


@dataclass(frozen=True, slots=True)
class BotStatus:
    """How the bot fares: its sources, deliveries by state, paused destinations, open reports, floods.

    `corrects`: the asker may correct what was reported. `coverage` is by the ids of the sources; `hints` are
    names that wait for a source to bring them. `unsettled` are some messages that are not sent, and why.
    `lacking` is what keeps the bot from looking messages up, by workspace; `remarks` are what there is to say
    of the settings, a sentence each; `pushes` are who was asked to push, by source. What is not about sources
    is of the workspace `team`, of all where that is "".
    """

    version: str
    sources: Sequence[SourceState]
    counts: Mapping[str, int] = field(default_factory=dict)
    pauses: Sequence[Pause] = ()
    reports: Sequence[ErrorReport] = ()
    corrects: bool = False
    held: Sequence[Flood] = ()
    coverage: Mapping[str, Record] = field(default_factory=dict)
    hints: Sequence[Hint] = ()
    unsettled: Sequence[Delivery] = ()
    lacking: Mapping[str, Sequence[str]] = field(default_factory=dict)
    team: str = ""
    remarks: Sequence[str] = ()
    pushes: Mapping[str, Push] = field(default_factory=dict)


def status_answer(status: BotStatus, now: datetime, *, whole: bool = False) -> Content:
    """Return what is wrong in full, and what is well in numbers; `whole`: each source by name as well."""
    summary, messages = _summary(status), _messages(status.counts)
    others = [elsewhere("status all")] if status.team and status.corrects else []
    still = silence(status.sources, now)
    parts = {
        "Trouble": list(_troubles(status, now)),
        "Paused": [_paused(pause, now) for pause in status.pauses],
        "Reported as wrong": [_report(report, now) for report in status.reports],
    }
    spoken = [line for lines in parts.values() for line in lines]
    if whole:
        sources = sorted(status.sources, key=lambda state: (not state.failure, state.id))
        parts["Not sent"] = [delivery_words(delivery, now) for delivery in status.unsettled]
        parts["Waited for"] = list(_waited_for(status, now))
        parts["Sources"] = [_source(status, state, now) for state in sources]
    else:
        parts["Coverage"] = list(_shown(status.coverage))
    return Content(
        text_of([*still, summary, messages, *map(sentence, spoken)]),
        (
            blocks.section("\n".join([*still, f"*{summary}*"])),
            *(it for title, rows in parts.items() for it in part(title, rows, _PART_LIMIT, whole=whole)),
            *blocks.actions(_corrections(status)),
            *([] if whole else part("Well", list(_well(status, now)))),
            blocks.context([messages, *others]),
        ),
    )


def _troubles(status: BotStatus, now: datetime) -> Iterator[str]:
    yield from (prose(remark, _REMARK_LIMIT) for remark in status.remarks)
    yield from _failures(status.sources, now)
    yield from (_missing(record) for record in status.coverage.values() if record.is_perhaps_blind)
    for state in status.sources:
        yield from (f"{_name(state.id)} {remark}" for remark in remarks(state, now))
    yield from (_flood(flood, now) for flood in status.held)
    yield from (_lacking(team, lacking) for team, lacking in status.lacking.items() if lacking)


def _summary(status: BotStatus) -> str:
    failing = sum(1 for state in status.sources if state.failure)
    unread = sum(1 for state in status.sources if not state.polled_at and not state.failure)
    bare = sum(1 for state in status.sources if state.has_shown_nothing and not state.failure)
    odd = {"failing": failing, "with nothing yet": bare, "not read yet": unread}
    fine = f"{len(status.sources) - sum(odd.values())} fine"
    told = ", ".join([fine, *(f"{count} {what}" for what, count in odd.items() if count)])
    return f"cadencebot {literal(status.version, 40)} reads {counted(len(status.sources), 'source')}: {told}."


def silence(sources: Sequence[SourceState], now: datetime) -> list[str]:
    """Return a warning where nothing at all was polled for long: then the service itself stands still."""
    polled = [state.polled_at for state in sources if state.polled_at]
    if not polled or now - max(polled) <= _SILENT:
        return []
    return [f"⚠️ Nothing was read for {length(now - max(polled))}: is `cadencebot run` still running?"]


def _name(source_id: str) -> str:
    return f"*{source_name(source_id)}*"


def _flood(flood: Flood, now: datetime) -> str:
    source = _name(flood.source_id)
    if flood.hint:
        name = literal(flood.hint.name.display, NAME_LIMIT)
        asked = f"asked about {ago(flood.held_at, now)} ({typed('held')})"
        return f"{source} names {name}, which no source has shown: {asked}"
    showed = f"showed {counted(len(flood.leads), 'release')} at once {ago(flood.held_at, now)}"
    todo = f"held until somebody announces or ignores them ({typed('held')})"
    return f"{source} {showed}: {todo}"


def _lacking(team: str, lacking: Sequence[str]) -> str:
    where = f" in {literal(team, NAME_LIMIT)}" if team else ""
    return f"*Slack{where}*: {prose(lacking_words(lacking), _LACKING_LIMIT)}"


def _missing(record: Record) -> str:
    names = ", ".join(literal(one.name, NAME_LIMIT) for one in record.missed_last[-_NAMED:])
    missed = f"missed the last {len(record.missed_last)} releases that others brought ({names})"
    return f"{_name(record.source_id)} is perhaps blind: {missed}"


def _shown(coverage: Mapping[str, Record]) -> Iterator[str]:
    """Yield how many releases each source showed of those that it should have, the worst first."""
    counted_on = [record for record in coverage.values() if record.expected]
    for record in sorted(counted_on, key=lambda record: (record.showed / record.expected, record.source_id)):
        yield f"{source_name(record.source_id)} {_coverage(record)}"


def _coverage(record: Record) -> str:
    return f"showed {record.showed} of {record.expected}"


def _failures(sources: Sequence[SourceState], now: datetime) -> Iterator[str]:
    """Yield why sources cannot be read, those that fail alike together, in one line where all do."""
    failing = [state for state in sources if state.failure]
    since = min((state.failing_since for state in failing if state.failing_since), default=now)
    last_read = max((state.succeeded_at for state in sources if state.succeeded_at), default=None)
    unreached = len(failing) >= _ALONE and all(state.failure == Failure.UNREACHABLE for state in failing)
    if unreached and (last_read is None or last_read < since):
        yield f"No source can be reached, for {length(now - since)}: is there a network?"
        return
    alike: dict[tuple[str, str], list[SourceState]] = defaultdict(list)
    for state in failing:
        alike[state.failure, state.complaint].append(state)
    for states in alike.values():
        names = [_name(state.id) for state in states]
        subject = f"{listed(names, _NAMED)}: their host" if len(names) > 1 else names[0]
        yield f"{subject} {_failure(states[0], now)}"


def _failure(state: SourceState, now: datetime) -> str:
    since = length(now - (state.failing_since or now))
    words = _FAILURES.get(state.failure, f"fails ({literal(state.failure, 40)})")
    complaint = literal(state.complaint, _REASON_LIMIT)
    last = f", last read {ago(state.succeeded_at, now)}" if state.succeeded_at else ", never read"
    return f"{words} for {since}{last}" + (f": {complaint}" if complaint else "")


def _well(status: BotStatus, now: datetime) -> Iterator[str]:
    """Yield how old the word of each kind of source is, the youngest and the oldest."""
    kinds: dict[str, list[SourceState]] = defaultdict(list)
    for state in status.sources:
        if state.succeeded_at and not state.failure:
            kinds[state.id.partition(":")[0]].append(state)
    for kind, states in kinds.items():
        moments = sorted(state.succeeded_at for state in states if state.succeeded_at)
        young, old = ago(moments[-1], now), ago(moments[0], now)
        span = f"read {young}" if young == old else f"read between {young} and {old}"
        yield f"{counted(len(states), _KINDS.get(kind, kind))}, {span}"
    pushes = (status.pushes.get(state.id) for state in status.sources)
    if held := sum(1 for push in pushes if push and push.holds(now)):
        yield f"{held} of {counted(len(status.sources), 'source')} pushed as well as polled"
    if waiting := [note for state in status.sources for note in state.waiting]:
        names = listed([literal(note["id"], NAME_LIMIT) for note in waiting], _WAITING)
        yield f"Waited for: {len(waiting)} new on the Hub (`why` tells what for): {names}"
    if status.hints:
        hints = counted(len(status.hints), "name")
        yield f"Waited for: {hints} that no item carries (`why` tells where they stand)"


def _source(status: BotStatus, state: SourceState, now: datetime) -> str:
    record, push = status.coverage.get(state.id), status.pushes.get(state.id)
    facts = (
        f"{_name(state.id)} {'failing, ' if state.failure else ''}"
        + (f"read {ago(state.succeeded_at, now)}" if state.succeeded_at else "not read yet"),
        f"next {coming(state.next_poll_at, now)}",
        counted(state.usual_count, "item") if state.usual_count else "",
        _coverage(record) if record and record.expected else "",
        f"{len(state.waiting)} new, waited for ({typed('why')} tells what for)" if state.waiting else "",
        literal(pushed(push, now), _REASON_LIMIT) if push else "",
    )
    return dotted(facts)


def _waited_for(status: BotStatus, now: datetime) -> Iterator[str]:
    """Yield the new repositories that hold nothing, and the names without an item."""
    waiting = (note for state in status.sources for note in state.waiting)
    empty = [note for note in waiting if note.get("why") == NOTHING_YET]
    for note in empty[:_EMPTY]:
        seen = ago(datetime.fromisoformat(note["since"]), now)
        yield f"{literal(note['id'], NAME_LIMIT)} was first seen {seen} and is held: {NOTHING_YET}."
    if len(empty) > _EMPTY:
        yield f"{len(empty) - _EMPTY} more like these; `cadencebot status --json` lists all"
    for hint in status.hints:
        name = literal(hint.name.display, NAME_LIMIT)
        yield (
            f"{_name(hint.source_id)} names {name}, which no item carries, and is given "
            f"until {hint.wait_until:%Y-%m-%d %H:%M} UTC: “{literal(hint.words, _REPORT_LIMIT)}”"
        )


def _messages(counts: Mapping[str, int]) -> str:
    told = [f"{counts[state]} {words}" for state, words in _STATES.items() if counts.get(state)]
    return f"Messages: {', '.join(told) or 'none so far'}."


def _paused(pause: Pause, now: datetime) -> str:
    reason = literal(pause.reason, _REASON_LIMIT) or "no reason given"
    paused = f"{place(pause.destination)} for {length(now - pause.since)}: {reason}"
    return f"{paused} · tried again {coming(pause.retry_at, now)}"


def _report(report: ErrorReport, now: datetime) -> str:
    what = literal(report.text, _REPORT_LIMIT) or "no words"
    name = literal(report.release, NAME_LIMIT) or "a release"
    return f"#{report.id} *{name}*: “{what}” {person(report.reporter)}, {ago(report.created_at, now)}"


def _corrections(status: BotStatus) -> Iterator[Element | None]:
    for report in status.reports[:_REPORTS] if status.corrects else ():
        yield blocks.button(f"Correct #{report.id}", f"correct:{report.id}", str(report.id))
