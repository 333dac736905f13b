"""What labs shipped, as the statistics take it: each release once, or each wave, or each launch. Pure.

LLM Stats is attributed and not exported: its terms ask for both (https://llm-stats.com, "attribution-only
reuse", no extracts of the data set).
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from operator import itemgetter

from bot.model import DateOrigin, Mention, Published, SourceKind
from bot.releases.facts.figures import human_parameters
from bot.releases.facts.text import clean

NOT_STATED = "not stated"
# Parameters below which a class ends: a phone, one consumer GPU, one data-centre GPU at 8 bits, one node.
_SIZES = (
    (4 * 10**9, "under 4B"),
    (15 * 10**9, "4B to 15B"),
    (70 * 10**9, "15B to 70B"),
    (300 * 10**9, "70B to 300B"),
)
_LARGEST = "300B and more"


class Unit(StrEnum):
    """What counts as one."""

    RELEASE = "release"  # each name once, whatever its packagings
    WAVE = "wave"  # the sizes of one family key that came on the same day or the next
    LAUNCH = "launch"  # whatever a lab ships within a week of the first


NAME_LIMIT = 80  # characters of a name
_SPANS = {Unit.WAVE: timedelta(days=1), Unit.LAUNCH: timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class Shipped:
    """One release. Texts may be "" and `parameters` None where nobody states them."""

    lab: str  # lab id
    name: str  # the name that people read; one name of a lab is one release
    family_key: str  # what the sizes of one version share
    published: Published  # its moment has a time zone
    series: str = ""  # what the versions of one line share: "kimi", "qwen coder"
    license: str = ""  # its title: "MIT"
    verdict: str = NOT_STATED  # as in bot.model.License
    open: bool = False  # whether its weights can be had
    parameters: int | None = None  # total
    task: str = ""
    country: str = ""  # of its lab, ISO 3166
    lab_name: str = ""

    @property
    def day(self) -> date:
        """Return the day in UTC; of a date known to the month, the first that it may have been."""
        return self.published.at.astimezone(UTC).date()

    @property
    def last_day(self) -> date:
        """Return the last day that it may have been: another than `day` where only the month is known."""
        return self.day if self.is_exact else last_of_month(self.day)

    @property
    def is_exact(self) -> bool:
        """Whether the day is known; a gap from or to a month would be made up."""
        return self.published.precision != "month"

    @property
    def size(self) -> str:
        """Return its parameters as everything made of the history writes them: "35B", or ""."""
        return human_parameters(self.parameters, self.name) if self.parameters else ""

    @property
    def who(self) -> str:
        """Return the lab as people call it."""
        return self.lab_name or self.lab


def last_of_month(day: date) -> date:
    """Return the last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def lab_words(it: Shipped, limit: int = NAME_LIMIT) -> str:
    """Return the lab of a release, cleaned to be shown."""
    return clean(it.who, limit) or "an unnamed lab"


def name_words(it: Shipped) -> str:
    """Return the name of a release, cleaned to be shown."""
    return clean(it.name, NAME_LIMIT) or "an unnamed model"


_Place = tuple[date, str, str, str]  # day, lab, name, family key
_Placed = tuple[_Place, Shipped]


def counted(history: Iterable[Shipped], unit: Unit = Unit.WAVE) -> list[Shipped]:
    """Return one for each unit, oldest first, whatever the order and however often each was reported.

    A wave or a launch is told by its largest model, dates from its first, and is open when one of them is.
    """
    best: dict[Hashable, Shipped] = {}
    for it in history:
        key = it.lab, it.name.strip().casefold()
        known = best.get(key)
        best[key] = min(known, it, key=_evidence) if known else it
    # Each with its place in the order, for that is dear: it begins with the day.
    releases = sorted(((_order(it), it) for it in best.values()), key=itemgetter(0))
    if unit is not Unit.RELEASE:
        releases = sorted(map(_told_by_largest, _grouped(releases, unit)), key=itemgetter(0))
    return [it for _, it in releases]


def _grouped(releases: Iterable[_Placed], unit: Unit) -> Iterator[list[_Placed]]:
    """Yield the releases of each wave or launch; they stand in order, and so they do in each."""
    latest: dict[Hashable, list[_Placed]] = {}
    for placed in releases:
        (day, *_), it = placed
        key = (it.lab, it.family_key) if unit is Unit.WAVE else it.lab
        mine = latest.get(key)
        if mine and it.is_exact == mine[0][1].is_exact and day - mine[0][0][0] <= _SPANS[unit]:
            mine.append(placed)
            continue
        if mine:
            yield mine  # at once: a hundred thousand lists that are kept cost more than all the rest of it
        latest[key] = [placed]
    yield from latest.values()


def in_order(units: Iterable[Shipped]) -> list[Shipped]:
    """Return these, oldest first, as `counted` does."""
    return sorted(units, key=_order)


def by_lab(units: Iterable[Shipped]) -> dict[str, list[Shipped]]:
    """Return each lab's own, in the order given, by lab id."""
    found: dict[str, list[Shipped]] = defaultdict(list)
    for it in units:
        found[it.lab].append(it)
    return dict(sorted(found.items()))


def size_class(parameters: int | None) -> str:
    """Return the class of a size: what it takes to run it, roughly."""
    if not parameters:
        return NOT_STATED
    return next((name for below, name in _SIZES if parameters < below), _LARGEST)


def _told_by_largest(group: Sequence[_Placed]) -> _Placed:
    if len(group) == 1:
        return group[0]
    models = [it for _, it in group]
    largest = max(models, key=lambda it: (it.parameters or 0, it.open, it.name))
    told = replace(largest, published=models[0].published, open=any(it.open for it in models))
    return _order(told), told


def _evidence(it: Shipped) -> tuple[object, ...]:
    """Rank what is said of one name: a day before a month, any other date before the Hub's creation.

    Then the earliest. The facts come last, so that the same row is taken in whichever order they arrive.
    """
    created = it.published.origin is DateOrigin.CREATED
    published = (not it.is_exact, created, it.published.at, it.published.origin, it.published.precision)
    facts = (it.verdict == NOT_STATED, it.verdict, it.license, not it.open, -(it.parameters or 0), it.task)
    return (*published, *facts, it.name, it.family_key, it.series, it.country, it.lab_name)


def _order(it: Shipped) -> _Place:
    return (it.day, it.lab, it.name.casefold(), it.family_key)


# --- with who says so, and what may leave the house


@dataclass(frozen=True, slots=True)
class Shipment:
    """One release.

    `news_at` is when its wave was last news, where it leads one: announced, or weights opened. `own` is what
    is known of it without LLM Stats, None where that is nothing; but it keeps a date that LLM Stats lists.
    `lead_key` is the key of the release that leads its wave: its own, for most.
    """

    key: str
    lead_key: str
    shipped: Shipped
    own: Shipped | None
    mentions: tuple[Mention, ...] = ()  # in the order in which they were seen
    news_at: datetime | None = None

    @property
    def news_day(self) -> date:
        """Return the day in UTC on which its wave was last news."""
        return self.news_at.astimezone(UTC).date() if self.news_at else self.shipped.day

    @property
    def listed_facts(self) -> frozenset[str]:
        """Return what is known from LLM Stats alone, of "date", "license", "parameters" and "task"."""
        if self.own is None:
            return frozenset({"date", "license", "parameters", "task"})
        dated = {"date"} if is_listed(self.shipped) else set()
        facts = ("license", "parameters", "task")
        return frozenset(dated | {it for it in facts if getattr(self.shipped, it) != getattr(self.own, it)})


def is_listed(it: Shipped) -> bool:
    """Whether only LLM Stats knows its date."""
    return it.published.origin is DateOrigin.LISTED


def own_words(shipments: Iterable[Shipment]) -> list[Shipment]:
    """Return what may be exported: all that is known without LLM Stats, and nothing else."""
    return [
        replace(
            it,
            shipped=it.own,
            mentions=tuple(one for one in it.mentions if one.source is not SourceKind.LLM_STATS),
        )
        for it in shipments
        if it.own
    ]
