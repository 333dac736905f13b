"""What a lab does for the first time: open weights, another class of licence, a larger model. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from bot.cadence.news import News, NewsKind, lab_text, name_text
from bot.cadence.shipped import Shipped, by_lab
from bot.cadence.stats import ENOUGH
from bot.releases.facts.figures import human_count
from bot.releases.facts.visible import clean

_CLASSES = {
    "permissive": "permissive",
    "conditions": "with conditions",
    "non-commercial": "non-commercial",
}
_SAME = 1.05  # sizes within a twentieth are one size, counted in two ways


def first_open_news(units: Iterable[Shipped], today: date) -> Iterator[News]:
    """Yield the first open weights of each lab that had only shipped without before."""
    for mine in by_lab(it for it in units if it.day <= today).values():
        first = next((it for it in mine if it.open), None)
        before = [it for it in mine if first and it.last_day < first.day]
        if first and before:
            lab, name = lab_text(first), name_text(first)
            told = f"{lab} releases open weights for the first time that I know of: {name}."
            yield News(NewsKind.FIRST_OPEN, first.lab, first.day, told, first.family_key)


def license_news(units: Iterable[Shipped], today: date) -> Iterator[News]:
    """Yield each change of licence class between two versions of one series with open weights."""
    latest: dict[tuple[str, str], Shipped] = {}
    for it in units:
        if not it.open or it.verdict not in _CLASSES or not it.series or it.day > today:
            continue
        former = latest.get((it.lab, it.series))
        latest[it.lab, it.series] = it
        if former and former.verdict != it.verdict and former.family_key != it.family_key:
            told = f"{lab_text(it)} changes the licence: {_licensed(it)}, after {_licensed(former)}."
            yield News(NewsKind.LICENSE, it.lab, it.day, told, it.family_key)


def record_news(units: Iterable[Shipped], today: date) -> Iterator[News]:
    """Yield each open model that is larger than all before it, of its lab or of every lab."""
    sized = [it for it in units if it.open and it.parameters and it.day <= today]
    of_all = {id(it): former for it, former in _records(sized)}
    for mine in by_lab(sized).values():
        of_lab = {id(it): former for it, former in _records(mine)}
        for it in mine:
            former = of_all.get(id(it)) or of_lab.get(id(it))
            if former:
                whose = "any lab's" if id(it) in of_all else f"{lab_text(it)}'s"
                yield _record(it, former, whose)


def _records(sized: Sequence[Shipped]) -> Iterator[tuple[Shipped, Shipped]]:
    """Yield each that is larger than all before it, once ENOUGH are known, with the largest until then."""
    largest: Shipped | None = None
    for known, it in enumerate(sized):
        larger = largest is None or (it.parameters or 0) > _SAME * (largest.parameters or 0)
        if largest and larger and known >= ENOUGH:
            yield it, largest
        largest = it if larger else largest


def _record(it: Shipped, former: Shipped, whose: str) -> News:
    size, before = human_count(it.parameters or 0), human_count(former.parameters or 0)
    told = (
        f"{name_text(it)} by {lab_text(it)} is {whose} largest open model that I know of: {size} parameters, "
        f"after {name_text(former)} with {before}."
    )
    return News(NewsKind.RECORD, it.lab, it.day, told, it.family_key)


def _licensed(it: Shipped) -> str:
    words = _CLASSES[it.verdict]
    return f"{name_text(it)} is {words}" + (f" ({clean(it.license, 60)})" if it.license else "")
