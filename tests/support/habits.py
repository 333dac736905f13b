"""Whether what the store keeps of habits is what its releases say."""

from bot.cadence.habits import Habit, habits_of
from bot.store.store import Store


def kept(store: Store) -> list[Habit]:
    """Return the habits as the store keeps them, those of which it keeps none made anew."""
    return sorted(store.shipments.habits(), key=lambda it: it.lab)


def made_anew(store: Store) -> list[Habit]:
    """Return the habits from every release that is stored."""
    return habits_of(store.shipments.history())
