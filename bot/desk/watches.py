"""Waiting for one thing: `watch kimi k3 weights` is answered once, when it is so."""

from datetime import datetime

from bot.desk.limits import CHANGE, admit
from bot.desk.questions import Asker
from bot.errors import UsageError
from bot.model import Destination, Lab
from bot.outbox.watches import met_by, packed
from bot.records import Content, Watch
from bot.releases.facts.filters import Filters
from bot.store.store import Store
from bot.views import answers
from bot.views.answers.common import turn, typed
from bot.views.commands import Command, MisunderstoodError, Spot, Suggestion
from bot.views.watches import found, hoped

_MOST = 50  # in one destination
_AGAIN = 5  # buttons that take an end of waiting back


def watch(store: Store, asker: Asker, destination: Destination, command: Command, now: datetime) -> Content:
    """Answer what is so already, or wait for it. Raises UsageError where too much is waited for."""
    lab, name, spot = command.labs[0], command.subject.lower(), asker.spot(destination)
    wanted = Watch(
        destination, lab.id, name, command.filters, command.packaging, asker.request, asker.user, now
    )
    with store.transaction():  # or what becomes so meanwhile was seen by nobody
        if is_out := _is_out(store, wanted, lab, spot):
            return is_out
        admit(store, asker, CHANGE, command.text, now)
        if len(store.watches.of(destination)) >= _MOST:
            raise UsageError(
                f"{_MOST} things are waited for {spot.inside}, the most that may be: "
                f"`{spot.about('list')}` shows them"
            )
        is_new = store.watches.add(wanted)
    who, ending = "You are" if destination == asker.person else "This channel is", f"un{command.text}"
    return answers.said(
        f"{who} told once, when {hoped(wanted, lab)} is out"
        + ("" if is_new else "; it was waited for already"),
        [f"The wait ends with that, or with {typed(ending)}; {typed(spot.about('list'))} shows it."],
        [turn(0, "Do not wait", ending)],
    )


def _is_out(store: Store, wanted: Watch, lab: Lab, spot: Spot) -> Content | None:
    """Return that what is waited for is out already, None where it is not."""
    _, waves = store.history.recent([lab.id])
    release = next(filter(None, (met_by(wanted, wave.members) for wave in waves)), None)
    if release is None:
        return None
    every = spot.about(f"subscribe {lab.id} {wanted.filters}".strip())
    return answers.said(
        f"{hoped(wanted, lab)} is out already, so there is nothing to wait for",
        [found(lab, release, packed(wanted, release)), f"Each new one: {typed(every)}"],
    )


def unwatch(store: Store, asker: Asker, destination: Destination, command: Command, now: datetime) -> Content:
    """Wait no longer. Raises UsageError where nothing like it is waited for."""
    spot = asker.spot(destination)
    gone = [one for one in store.watches.of(destination) if _is_meant(command, one)]
    if not gone:
        labs = [
            Suggestion(f"Unsubscribe from {lab.name}", spot.about(f"unsubscribe {lab.id}"))
            for lab in command.labs
        ]
        raise MisunderstoodError(
            f"nothing like that is waited for {spot.inside}: `{spot.about('list')}` shows what is",
            tuple(labs),
        )
    with store.transaction():
        admit(store, asker, CHANGE, command.text, now)
        store.watches.remove(gone)
    again = [turn(number, f"Wait for {one} again", f"watch {one}") for number, one in enumerate(gone)]
    which = ", ".join(map(str, gone))
    return answers.said(f"No longer waited for {spot.inside}: {which}", (), again[:_AGAIN])


def _is_meant(command: Command, watch: Watch) -> bool:
    """Whether `unwatch` means this: what it does not say may be anything."""
    return command.everything or (
        watch.lab in (lab.id for lab in command.labs)
        and command.subject.lower() in ("", watch.name)
        and command.packaging in ("", watch.packaging)
        and command.filters in (Filters(), watch.filters)
    )
