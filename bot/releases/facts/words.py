"""Facts in words, as plain text that still has to be escaped. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.model import DateOrigin, Facts, License, Mention, Name, Published, Release, SourceKind, Wave
from bot.releases.facts.figures import (
    as_stated,
    contradicts,
    human_bytes,
    human_context,
    human_count,
    human_parameters,
)
from bot.releases.facts.stated_counts import said_of_itself
from bot.releases.tables import mapping

NOT_STATED = "not stated"
NOT_THERE_YET = "not there yet"
_CIRCLES = {"permissive": "🟢", "conditions": "🟡", "non-commercial": "🔴"}
_VERDICTS = {"conditions": "with conditions", "unknown": "terms not assessed"}
_MOST_NAMES = 4


def circle(license: License) -> str:
    """Return the coloured circle of a licence's verdict; it never stands without the words."""
    return _CIRCLES.get(license.verdict, "⚪")


def verdict_sentence(license: License) -> str:
    """Return the verdict with the one condition that matters."""
    verdict, condition = _VERDICTS.get(license.verdict, license.verdict), license.condition
    if not condition or license.verdict == "unknown":
        return verdict
    return condition if condition.lower().startswith(verdict) else f"{verdict} – {condition}"


def license_words(license: License) -> str:
    """Return the licence and its verdict: "MIT, permissive"."""
    if license.verdict == NOT_STATED or not license.title.strip():
        return NOT_STATED
    return f"{license.title}, {_VERDICTS.get(license.verdict, license.verdict)}"


def size_words(facts: Facts, name: str) -> str:
    """Return the parameters: "1.0T parameters, 32B active", or "".

    The total is the name's where it has one. What the summary says counts for more, as it stands in the same
    message; where it contradicts what is known, both are told: "862B parameters (the lab says 1.6T)".
    """
    total, active, doubt = _counts(facts, name)
    return (f"{total}, {active}" if active else total) + (f" ({doubt})" if doubt else "")


def size_phrase(models: Sequence[Release]) -> str:
    """Return the parameters as they stand in a sentence: "1.0T parameters (32B active)", or ""."""
    if len(models) > 1:
        return size_range(models)
    total, active, doubt = _counts(models[0].facts, models[0].name.display)
    remarks = "; ".join(part for part in (active, doubt) if part)
    return f"{total} ({remarks})" if remarks else total


def _counts(facts: Facts, name: str) -> tuple[str, str, str]:
    """Return "1.0T parameters", "32B active" and what the lab says otherwise, each "" where it is not so."""
    total, active, said = facts.parameters, facts.active_parameters, said_of_itself(facts.summary)
    if not total:
        return "", "", ""
    about = "about " if facts.parameters_approximate and not _as_said(said.total, total) else ""
    doubt = ""
    if said.total and contradicts(total, said.total):
        doubt = f"the lab says {as_stated(said.total)}"
    elif said.active and active and contradicts(active, said.active):
        doubt = f"the lab says {as_stated(said.active)} active"
    in_action = f"{_as_said(said.active, active) or human_count(active)} active" if active else ""
    return f"{about}{_total(facts, name)} parameters", in_action, doubt


def _total(facts: Facts, name: str) -> str:
    """Return a total that is known as the summary says it, or else the name, or else rounded."""
    total = facts.parameters or 0
    return _as_said(said_of_itself(facts.summary).total, total) or human_parameters(total, name)


def _as_said(said: int | None, known: int) -> str:
    """Return what a summary says of a figure, or "" where it says nothing or another figure."""
    return as_stated(said) if said and not contradicts(known, said) else ""


def download_words(facts: Facts) -> str:
    """Return the download and its precision: "595 GB, INT4", that there is none yet, or ""."""
    if facts.weights == "none":
        return f"weights {NOT_THERE_YET}"
    size = human_bytes(facts.download_bytes) if facts.download_bytes else ""
    return ", ".join(part for part in (size, facts.precision) if part)


def size_range(models: Sequence[Release]) -> str:
    """Return the parameters of one or several models: "5.1B to 31B parameters", or ""."""
    if len(models) == 1:
        return size_words(models[0].facts, models[0].name.display)
    stated = [model for model in models if model.facts.parameters]
    by_size = sorted(stated, key=lambda model: model.facts.parameters or 0)
    ends = [_total(model.facts, model.name.display) for model in (*by_size[:1], *by_size[-1:])]
    return f"{_range(*ends)} parameters" if ends else ""


def download_range(models: Sequence[Release]) -> str:
    """Return the download of one or several models: "10 GB to 63 GB", or ""."""
    return download_words(models[0].facts) if len(models) == 1 else bytes_range(models)


def bytes_range(models: Sequence[Release]) -> str:
    """Return how much one or several models are to download: "595 GB", "10 GB to 63 GB", or ""."""
    sizes = [model.facts.download_bytes for model in models if model.facts.download_bytes]
    return _range(human_bytes(min(sizes)), human_bytes(max(sizes))) if sizes else ""


def context_range(models: Sequence[Release]) -> str:
    """Return the context length of one or several models: "128K to 256K tokens", or ""."""
    lengths = [model.facts.context_tokens for model in models if model.facts.context_tokens]
    return f"{_range(human_context(min(lengths)), human_context(max(lengths)))} tokens" if lengths else ""


def _range(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"


def task_words(task: str) -> str:
    """Return what a model is for, in words where the Hub's tag has some."""
    return mapping("task_groups.tsv", "task", "words").get(task) or task.replace("-", " ")


def gate_words(facts: Facts) -> str:
    """Return what stands between a reader and the weights, or "".

    "auto" grants access on request at once, "manual" after a review:
    https://huggingface.co/docs/hub/models-gated
    """
    if facts.gated == "manual":
        return "🔒 needs an access request, reviewed by the lab"
    return "🔒 needs an access request, granted at once" if facts.gated == "auto" else ""


def subject(wave: Wave) -> str:
    """What the alert is about: the model, the name that several sizes share, or the names of several models.

    Weights that came under another name than the lab announced stand behind that name. What sizes share is
    spelt as in the title of a post of the lab: repositories write "gemma-4" where that says "Gemma 4".
    """
    if wave.also:
        return _shortened([model.name.display for model in (wave.lead, *wave.also)])
    if len(wave.sizes) > 1:
        return _as_posted(without_size(wave.lead.name), wave)
    only, shared = wave.sizes[0].name, wave.lead.name
    if only.family_key.startswith(shared.family_key):
        return only.display
    return f"{shared.display} ({only.display})"


def _as_posted(name: str, wave: Wave) -> str:
    """Return a name as a title of the lab spells it, unless in capitals or small letters alone."""
    parts = re.findall(r"[^\W\d_]+|\d+(?:\.\d+)*|[^\w\s.-]", name)
    spelt = r"[\s_-]{0,3}".join(map(re.escape, parts))
    pattern = re.compile(rf"(?<!\w){spelt}(?!\w|[.,-]?\d|\+)", re.IGNORECASE)
    mentions = (mention for member in wave.members for mention in member.mentions)
    titles = {mention.title: None for mention in mentions if mention.source.counts_as is SourceKind.FEED}
    found = (match[0] for match in map(pattern.search, titles) if match)
    return next((one for one in found if not (one.isupper() or one.islower())), name)


def _shortened(names: Sequence[str]) -> str:
    """Return "A, B and C"; of many the first, with how many more there are."""
    more = len(names) - _MOST_NAMES + 1
    return enumerated([*names[: _MOST_NAMES - 1], f"{more} more"] if more > 1 else names)


def enumerated(things: Sequence[str]) -> str:
    """Return "A", "A and B", "A, B and C", or "" for none."""
    return " and ".join(part for part in (", ".join(things[:-1]), *things[-1:]) if part)


def without_size(name: Name) -> str:
    """Return the name as its lab spells it, less the size: "Gemma 4 31B" gives "Gemma 4"."""
    if not name.size:
        return name.display
    size = rf"[\s_-]{{0,3}}(?<![A-Za-z0-9.]){re.escape(name.size)}(?![A-Za-z0-9])"
    return re.sub(size, "", name.display, count=1, flags=re.IGNORECASE).strip() or name.display


def since_previous(published: Published, previous: Release | None) -> str:
    """Return "84 days after Kimi K2.5", or "" where there is no earlier release."""
    if previous is None:
        return ""
    days = (published.at.date() - previous.published.at.date()).days
    if days < 0:  # the sources disagree about the order; saying nothing beats saying something wrong
        return ""
    if days == 0:
        return f"the same day as {previous.name.display}"
    # A repository is often created weeks before it is public.
    exact = [
        date.precision != "month" and date.origin in {DateOrigin.POSTED, DateOrigin.SEEN}
        for date in (published, previous.published)
    ]
    about = "" if all(exact) else "about "
    return f"{about}{days} day{'s' if days > 1 else ''} after {previous.name.display}"


def moment(at: datetime) -> str:
    """Return a mrkdwn date that Slack shows in the reader's time zone, with UTC where it cannot.

    Both ways it is year, month and day in numbers, as answers have their dates:
    https://docs.slack.dev/messaging/formatting-message-text#date-formatting
    """
    in_utc = f"{at:%Y-%m-%d %H:%M} UTC"
    seconds = int(at.timestamp())
    return f"<!date^{seconds}^{{date_num}} {{time}}|{in_utc}>" if seconds >= 0 else in_utc


def day(at: datetime, now: datetime, *, exact: bool = True) -> str:
    """Return a day in words as messages have their dates, without the year when that is the present one.

    A message bears its own time. Not `exact` is no more than a month.
    """
    written = f"{at.day} {at:%B}" if exact else f"{at:%B}"
    return written if at.year == now.year else f"{written} {at.year}"


def seen_when(mention: Mention, now: datetime) -> str:
    """Return the day on which a source said it: that of the post, else of our first sight of it."""
    published = mention.published
    if published and published.origin is DateOrigin.POSTED:
        return day(published.at, now, exact=published.precision != "month")
    return day(mention.seen_at, now)
