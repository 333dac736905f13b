"""What was changed between two readings of feeds.yaml, in words for a log. Pure."""

from collections.abc import Collection, Iterator

from bot.settings.feeds import Config

_NAMED = 10  # labs that one part names


def differences(before: Config, after: Config) -> str:
    """Return what is new, gone and changed: "new labs: acme; changed: admins"; "" for nothing."""
    return "; ".join(_parts(before, after))


def _parts(before: Config, after: Config) -> Iterator[str]:
    old, new = ({lab.id: lab for lab in config.labs} for config in (before, after))
    both = old.keys() & new.keys()
    yield from _named("new labs", new.keys() - old.keys())
    yield from _named("labs gone", old.keys() - new.keys())
    yield from _named("labs changed", [lab for lab in both if old[lab] != new[lab]])
    others = (name for name in Config.model_fields if name != "labs")
    yield from _named("changed", [name for name in others if getattr(before, name) != getattr(after, name)])


def _named(what: str, names: Collection[str]) -> Iterator[str]:
    if names:
        more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
        yield f"{what}: {', '.join([*sorted(names)[:_NAMED], *more])}"
