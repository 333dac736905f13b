"""Labs that are watched beside feeds.yaml: what an address would be added as, added, and taken out again."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.desk.trial import UNKNOWN, Selectors, Trial, Trier
from bot.errors import ConfigError, SourceError, UsageError
from bot.fetch.address import host_in
from bot.model import ALL, Lab, SourceKind
from bot.records import AddedLab
from bot.releases.facts.text import nearest, or_else
from bot.releases.naming.labs import Labs
from bot.settings.added import Combined, combined
from bot.settings.feeds import Config, LabSpec
from bot.settings.file import fields_of, lab_fields
from bot.sources.build import written_lab
from bot.sources.discovery import Spec
from bot.store.store import Store
from bot.views.commands import MisunderstoodError, Suggestion

_MOST = 100  # labs that are added so: an organisation on the Hub is asked for every two minutes
_ORGANISATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_LONGEST_ID = 64
_SHOWN = 3  # addresses of one
_SHORT = 3  # characters of the last part of "co.uk"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an address shows, judged as the lab's, and the lab as it would be written with this source."""

    trial: Trial
    lab: LabSpec
    is_new: bool


def propose(trier: Trier, store: Store, config: Config, what: str, named: str = "") -> Proposal:
    """Return what an organisation on the Hub, or an address, would be added as; this reads it.

    Raises UsageError where it cannot be added, with the reason and what to do.
    """
    trial = _read(trier, what)
    owner = trier.labs.find(named or trier.owner(trial.spec))
    wanted = _wanted(store, config, trial.spec, named, owner)
    coming = combined(_without(config, wanted.id), [wanted])
    if why := coming.aside.get(wanted.id):
        raise UsageError(f"it cannot be added so: {why}. `add {what} as NAME` gives it a name of its own")
    _refuse_renamed(store, coming.config)
    guess = trier.labs.find(trial.lab) if trial.lab not in (UNKNOWN, wanted.id) else None
    remarks = [*trial.remarks, *([_perhaps(guess)] if guess else [])]
    judged = replace(trier.judged_for(trial, wanted.lab), remarks=tuple(remarks))
    return Proposal(judged, wanted, is_new=owner is None)


def address_of(what: str, endpoint: str) -> str:
    """Return the address that is meant: an organisation's on the Hub, or one as a browser completes it."""
    name = what.removeprefix("hub:")
    if _ORGANISATION.fullmatch(name):
        return f"{endpoint.rstrip('/')}/{name}"
    return what if "://" in what else f"https://{what}"


def add(store: Store, proposal: Proposal, by: str, now: datetime) -> None:
    """Write a lab down; its new source begins with a silent baseline. Belongs inside a transaction.

    Raises UsageError where there are too many of them.
    """
    lab, added = proposal.lab, _by_id(store)
    if lab.id not in added and len(added) >= _MOST:
        raise UsageError(
            f"{_MOST} labs were added so, the most that may be: feeds.yaml takes as many as you like"
        )
    if lab.id in added and proposal.is_new:
        raise _is_added(lab.id)
    written = {name: value for name, value in lab_fields(lab).items() if name != "id"}
    store.added.set(AddedLab(lab.id, written, by, now))
    store.sources.begin_anew([proposal.trial.spec.id])


def remove(store: Store, settings: Combined, lab: AddedLab) -> None:
    """Forget that a lab was added; what is known of it stays. Belongs inside a transaction.

    Raises UsageError where the bot would take what is known of it for another lab's.
    """
    if lab.id not in settings.aside:
        _refuse_renamed(store, _without(settings.config, lab.id))
    store.added.remove(lab.id)


def find(store: Store, labs: Labs, name: str) -> AddedLab:
    """Return the lab that was added under this id or name. Raises UsageError with the nearest."""
    added, known, called = _by_id(store), labs.find(name), name.casefold()
    for one in added.values():
        if called in (one.id, one.name.casefold()) or (known and known.id == one.id):
            return one
    if known:
        raise MisunderstoodError(
            f"{known.name} stands in feeds.yaml, and whoever runs the bot takes it out there; a channel that "
            "shall hear nothing of it unsubscribes",
            (Suggestion(f"Unsubscribe from {known.name} here", f"unsubscribe {known.id}"),),
        )
    hint = or_else(nearest(name.lower(), added), "`remove` alone lists those that were")
    raise UsageError(f"no lab “{name[:60]}” was added: {hint}")


def _by_id(store: Store) -> dict[str, AddedLab]:
    return {one.id: one for one in store.added.all()}


def _read(trier: Trier, what: str) -> Trial:
    """Return what something shows that is not watched yet."""
    if known := trier.labs.find(what):
        raise watched(known)
    try:
        trial = trier.attempt(address_of(what, trier.environment.hf_endpoint), Selectors())
    except (SourceError, ConfigError) as error:
        raise UsageError(f"I cannot watch that: {error}") from error
    if trial.stands and (lab := trier.labs.find(trial.stands)):
        raise watched(lab)
    return trial


def watched(lab: Lab) -> MisunderstoodError:
    """Return what is answered where a lab is to be added that is watched."""
    follow = Suggestion(f"Follow {lab.name} here", f"subscribe {lab.id}")
    return MisunderstoodError(f"{lab.name} is watched already: `subscribe {lab.id}` follows it", (follow,))


def _without(config: Config, lab_id: str) -> Config:
    return config.model_copy(update={"labs": tuple(one for one in config.labs if one.id != lab_id)})


def _refuse_renamed(store: Store, config: Config) -> None:
    """Raise UsageError for settings that a start would refuse: nobody could mend them from here."""
    for old, new, addresses in renamed_labs(store, config):
        raise UsageError(
            f"then {old}, of which things are known, would be gone, and its {addresses} stand under {new}: "
            f"whoever runs the bot sees to that, with `cadencebot move-lab {old} {new}`"
        )


def renamed_labs(store: Store, config: Config) -> Iterator[tuple[str, str, str]]:
    """Yield the labs that are gone, with the lab that most of their addresses stand under now, and these.

    To the bot these would be two labs.
    """
    gone = store.addresses.known_labs() - {lab.id for lab in config.labs}
    stands = config.addresses
    taken: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for address, lab in store.addresses.all():
        if lab in gone and address in stands:
            taken[lab][stands[address]].append(address)
    for old, heirs in sorted(taken.items()):
        new = max(sorted(heirs), key=lambda heir: len(heirs[heir]))
        more = len(heirs[new]) - _SHOWN
        yield old, new, ", ".join([*heirs[new][:_SHOWN], *([f"{more} more"] if more > 0 else [])])


def _is_added(lab_id: str) -> UsageError:
    return UsageError(f"the lab {lab_id} was added already; if it is not watched, `status` says why")


def _perhaps(lab: Lab) -> str:
    return (
        f"What it shows looks like {lab.name}'s, which is watched already: if it is, it belongs under that "
        "lab, or its releases are told twice."
    )


def _wanted(store: Store, config: Config, spec: Spec, named: str, owner: Lab | None) -> LabSpec:
    """Return a lab with one more source: its owner where that was added so, or else a new one."""
    added = _by_id(store)
    if owner and owner.id not in added:
        raise UsageError(
            f"that is {owner.name}'s, which stands in feeds.yaml: whoever runs the bot adds it there, with "
            "the lines that `cadencebot try` writes"
        )
    if owner:
        known = written_lab(owner.id, added[owner.id].written)
        return known.model_copy(update={"sources": (*known.sources, spec)})
    name = named or _name_of(spec)
    lab_id = _former(store, config, spec) or _id_of(name) or _id_of(_name_of(spec))
    if lab_id in added:
        raise _is_added(lab_id)
    if lab_id in ("", ALL):
        raise UsageError("give it another name: `add ... as NAME`")
    try:
        return written_lab(lab_id, {"name": name, "sources": [fields_of(spec)]})
    except ConfigError as error:
        raise UsageError(f"it cannot be called so: {error}") from error


def _former(store: Store, config: Config, spec: Spec) -> str:
    """Return the lab under which things are known of a source, and which is gone, the latest; or "".

    What is known goes on under its id: under another, all of it would be news.
    """
    gone = store.addresses.known_labs() - {lab.id for lab in config.labs}
    return next((lab for lab in store.addresses.former(spec.id, "") if lab in gone), "")


def _name_of(spec: Spec) -> str:
    """Return what a source's lab is called: its organisation, or the part of its host that is its own."""
    kind, _, place = spec.id.partition(":")
    if kind == SourceKind.HUB:
        return place
    *parts, last = host_in(f"https://{place}").partition(":")[0].removeprefix("www.").split(".")
    if len(parts) > 1 and len(parts[-1]) <= _SHORT:
        parts.pop()
    return parts[-1] if parts else last


def _id_of(name: str) -> str:
    """Return a name as an id: "Z.ai Söhne" is z-ai-sohne; "" where nothing of it can be one."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))[:_LONGEST_ID]
