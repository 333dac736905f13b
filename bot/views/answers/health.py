"""`status`: how the sources fare, what is owed or paused, and what people reported."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.errors import Failure
from bot.records import Block, Content, ErrorReport, Flood, Pause, SourceState
from bot.releases.news.coverage import Record
from bot.views import blocks
from bot.views.answers.pieces import counted, fitting, person, place, sentence, text_of, typed
from bot.views.blocks import Element
from bot.views.escape import literal
from bot.views.phrases import ago, length, remarks

_SOURCE_LIMIT = 80
_REASON_LIMIT = 200
_WAITING = 5  # new repositories that are named
_REPORT_LIMIT = 300
_PART_LIMIT = 2_200  # characters of each part; all together stay below what Slack takes
_REPORTS = 10
_NAMED = 3  # releases that a source missed
_SILENT = timedelta(hours=1)  # beyond this without any poll, nobody polls
_KINDS = {"hub": "Hugging Face organisation", "llm_stats": "LLM Stats listing"}
_FAILURES = {
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

    `corrects`: the asker may correct what was reported. `coverage` is by the ids of the sources;
    `hints` are names that wait for a source to bring them.
    """

    version: str
    sources: Sequence[SourceState]
    counts: Mapping[str, int] = field(default_factory=dict)
    pauses: Sequence[Pause] = ()
    reports: Sequence[ErrorReport] = ()
    corrects: bool = False
    held: Sequence[Flood] = ()
    coverage: Mapping[str, Record] = field(default_factory=dict)
    hints: int = 0


def status_answer(status: BotStatus, now: datetime) -> Content:
    """Return what is wrong in full, and what is well in numbers."""
    summary, well, messages = _summary(status), list(_well(status, now)), _messages(status.counts)
    troubles = [_failing(state, now) for state in status.sources if state.failure]
    troubles += [_missing(record) for record in status.coverage.values() if record.is_perhaps_blind]
    troubles += [f"{_name(state)} {remark}" for state in status.sources for remark in remarks(state, now)]
    troubles += [_flood(flood, now) for flood in status.held]
    paused = [_paused(pause, now) for pause in status.pauses]
    reports = [_report(report, now) for report in status.reports]
    silence = [_silence(status.sources, now)] if _silence(status.sources, now) else []
    shown = list(_shown(status.coverage))
    parts = (("Trouble", troubles), ("Paused", paused), ("Reported as wrong", reports), ("Coverage", shown))
    return Content(
        text_of([summary, *silence, messages, *map(sentence, (*troubles, *paused, *reports))]),
        (
            blocks.section("\n".join([f"*{summary}*", *silence])),
            *(block for title, lines in parts for block in _part(title, lines)),
            *blocks.actions(_corrections(status)),
            *blocks.sections(["*Well*", *(f"• {line}" for line in well)] if well else []),
            blocks.context([messages]),
        ),
    )


def _part(title: str, lines: Sequence[str]) -> Iterator[Block]:
    if lines:
        shown = fitting([f"• {line}" for line in lines], limit=_PART_LIMIT)
        yield from blocks.sections([f"*{title}*", *shown])


def _summary(status: BotStatus) -> str:
    failing = sum(1 for state in status.sources if state.failure)
    unread = sum(1 for state in status.sources if not state.polled_at and not state.failure)
    bare = sum(1 for state in status.sources if state.has_shown_nothing and not state.failure)
    parts = [f"{len(status.sources) - failing - unread - bare} fine"]
    parts += [f"{failing} failing"] if failing else []
    parts += [f"{bare} with nothing yet"] if bare else []
    parts += [f"{unread} not read yet"] if unread else []
    return f"cadencebot {literal(status.version, 40)} reads {counted(len(status.sources), 'source')}: " + (
        ", ".join(parts) + "."
    )


def _silence(sources: Sequence[SourceState], now: datetime) -> str:
    """Return a warning where nothing at all was polled for long: then the service itself stands still."""
    polled = [state.polled_at for state in sources if state.polled_at]
    if not polled or now - max(polled) <= _SILENT:
        return ""
    return f"⚠️ Nothing was read for {length(now - max(polled))}: is `cadencebot run` still running?"


def _failing(state: SourceState, now: datetime) -> str:
    return f"{_name(state)} {_failure(state, now)}"


def _name(state: SourceState) -> str:
    return f"*{literal(state.id, _SOURCE_LIMIT) or 'a source'}*"


def _flood(flood: Flood, now: datetime) -> str:
    source = literal(flood.source_id, _SOURCE_LIMIT)
    if flood.hint:
        name = literal(flood.hint.name.display, _SOURCE_LIMIT)
        asked = f"asked about {ago(flood.held_at, now)} ({typed('held')})"
        return f"*{source}* names {name}, which no source has shown: {asked}"
    showed = f"showed {counted(len(flood.leads), 'release')} at once {ago(flood.held_at, now)}"
    todo = f"held until somebody announces or ignores them ({typed('held')})"
    return f"*{source}* {showed}: {todo}"


def _missing(record: Record) -> str:
    names = ", ".join(literal(one.name, _SOURCE_LIMIT) for one in record.missed_last[-_NAMED:])
    missed = f"missed the last {len(record.missed_last)} releases that others brought ({names})"
    return f"*{literal(record.source_id, _SOURCE_LIMIT)}* is perhaps blind: {missed}"


def _shown(coverage: Mapping[str, Record]) -> Iterator[str]:
    """Yield how many releases each source showed of those that it should have, the worst first."""
    counted_on = [record for record in coverage.values() if record.expected]
    for record in sorted(counted_on, key=lambda record: (record.showed / record.expected, record.source_id)):
        showed = f"showed {record.showed} of {record.expected}"
        yield f"{literal(record.source_id, _SOURCE_LIMIT)} {showed}"


def _failure(state: SourceState, now: datetime) -> str:
    since = length(now - (state.failing_since or now))
    known = {failure.value: words for failure, words in _FAILURES.items()}
    words = known.get(state.failure, f"fails ({literal(state.failure, 40)})")
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
    if waiting := [note for state in status.sources for note in state.waiting]:
        names = ", ".join(literal(note["id"], _SOURCE_LIMIT) for note in waiting[:_WAITING])
        more = f" and {len(waiting) - _WAITING} more" if len(waiting) > _WAITING else ""
        yield f"Waited for: {len(waiting)} new on the Hub (`why` tells what for): {names}{more}"
    if status.hints:
        hints = counted(status.hints, "name")
        yield f"Waited for: {hints} that no item carries (`why` tells where they stand)"


def _messages(counts: Mapping[str, int]) -> str:
    told = [f"{counts[state]} {words}" for state, words in _STATES.items() if counts.get(state)]
    return f"Messages: {', '.join(told) or 'none so far'}."


def _paused(pause: Pause, now: datetime) -> str:
    again = "now" if pause.retry_at <= now else f"in {length(pause.retry_at - now)}"
    reason = literal(pause.reason, _REASON_LIMIT) or "no reason given"
    return f"{place(pause.destination)} for {length(now - pause.since)}: {reason} · tried again {again}"


def _report(report: ErrorReport, now: datetime) -> str:
    what = literal(report.text, _REPORT_LIMIT) or "no words"
    name = literal(report.release, _SOURCE_LIMIT) or "a release"
    return f"#{report.id} *{name}*: “{what}” {person(report.reporter)}, {ago(report.created_at, now)}"


def _corrections(status: BotStatus) -> Iterator[Element | None]:
    for report in status.reports[:_REPORTS] if status.corrects else ():
        yield blocks.button(f"Correct #{report.id}", f"correct:{report.id}", str(report.id))
