"""Labs whose id was changed in feeds.yaml: the bot goes on once what is known of them has moved too."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.cadence.news import news
from bot.desk.corrections import Corrector
from bot.desk.labs import renamed_labs
from bot.errors import ConfigError, UsageError
from bot.outbox.owe import FRESH, identity
from bot.records import Correction
from bot.releases.facts.text import nearest, or_else
from bot.releases.news.corrections import Move
from bot.run.wiring import App


@dataclass(frozen=True, slots=True)
class Moved:
    """How many things of each kind were moved, and the keys of releases that were two and are one now."""

    counts: Mapping[str, int]
    merged: tuple[str, ...]


def note_addresses(app: App) -> None:
    """Remember under which lab each address of feeds.yaml stands, however it is spelt. Raises StoreError."""
    with app.store.transaction():
        app.store.sources.respell(source.id for lab in app.config.labs for source in lab.sources)
        app.store.addresses.note(app.config.addresses, app.clock.now())


def refuse_renamed_labs(app: App) -> None:
    """Raise ConfigError where a lab that things are known of is gone, and its addresses stand under another.

    Its releases would be made again under the other id, and announced again.
    """
    file = app.environment.cadencebot_config
    complaints = [
        f"{file}: labs: {old} is gone, and its {addresses} stands under {new} now: "
        f"`cadencebot move-lab {old} {new}` moves what is known of it, or put {old} back"
        for old, new, addresses in renamed_labs(app.store, app.config)
    ]
    if complaints:
        raise ConfigError("\n".join(complaints))


def move_lab(app: App, old: str, new: str, by: str) -> Moved:
    """Give everything that is known of a lab the id that it has in feeds.yaml now, in one transaction.

    Where both ids have a release of the same name, these are one: a correction merges the one into the other.
    Raises UsageError for ids that make no sense; then nothing is changed.
    """
    _refuse_nonsense(app, old, new)
    store, now = app.store, app.clock.now()
    with store.transaction():
        told = [one for one in news(store.shipments.habits(), now.date(), FRESH) if one.lab == old]
        move, merged = _without_doubles(app, Move(old, new), by)
        counts = store.moves.move(move)
        for one in told:
            renamed = replace(one, lab=new, about=move.renamed(one.about))
            store.moves.rename_line(identity(one), identity(renamed))
    return Moved(counts, merged)


def _refuse_nonsense(app: App, old: str, new: str) -> None:
    ids = {lab.id for lab in app.config.labs}
    if old in ids:
        raise UsageError(
            f"{old} stands in feeds.yaml: change its id there first, then move what is known of it"
        )
    if new not in ids:
        near = or_else(nearest(new, ids), "write it there first")
        raise UsageError(f"no lab in feeds.yaml has the id “{new[:60]}”: {near}")
    if old not in (known := app.store.addresses.known_labs()):
        near = or_else(nearest(old, known - ids), "it may have been moved already")
        raise UsageError(f"nothing is known of a lab “{old[:60]}”: {near}")


def _without_doubles(app: App, move: Move, by: str) -> tuple[Move, tuple[str, ...]]:
    """Merge the releases that both ids have; return the move with their places, and the keys of the merged.

    The one that goes on gets the key under the new id, and the merged one that under the old, which nothing
    is seen by any more.
    """
    store, now = app.store, app.clock.now()
    errata, places, merged = store.corrections.errata(), dict[str, str](), list[str]()
    for former, key in store.moves.collisions(move):
        if errata.final(former) == key:
            places[former] = former
            continue
        places[key] = former
        if errata.final(key) != errata.final(former):
            store.corrections.set(Correction(key, "merge", former, by, now))
            merged.append(key)
    if merged:
        Corrector(store, app.labs, app.clock).bring_in_order({*merged, *(places[key] for key in merged)}, now)
    return replace(move, places=places), tuple(merged)
