"""What stands behind `add` and `remove`: an organisation or address, the lab's name, and yes or ask."""

from collections.abc import Callable, Mapping

from bot.desk.arguments import SHOWN, MisreadError
from bot.errors import UsageError
from bot.views.commands import Command, Verb

_EXAMPLE = "`add stepfun-ai`, or `add https://lab.example/blog as Lab`"
_LONGEST = 400  # characters of an address, as of a name
_ENDINGS = ("yes", "ask")


def _add(rest: str) -> Command:
    """Return what `add stepfun-ai as StepFun` means, with `yes` or `ask` behind it."""
    *words, ending = [*rest.replace('"', " ").split(), ""]
    if len(words) > 1 and words[-1].lower() in _ENDINGS:
        ending = words.pop().lower()
    if not words:
        raise MisreadError(
            f"`add` needs an organisation on the Hub or an address: {_EXAMPLE}", "add", ("help add",)
        )
    what, link, named = words[0], words[1:2], " ".join(words[2:])
    if (link and link[0].lower() != "as") or (link and not named):
        raise UsageError(f"`add` takes one organisation or address, and a name behind `as`: {_EXAMPLE}")
    if len(what) > _LONGEST:
        raise UsageError(
            f"“{what[:SHOWN]}…” is too long for an address: `add` takes at most {_LONGEST} characters"
        )
    return Command(
        Verb.ADD, "", subject=what, named=named, of_admins=ending == "ask", confirmed=ending == "yes"
    )


def _remove(rest: str) -> Command:
    """Return what `remove stepfun` means, with `yes` behind it; without a name it asks which there are."""
    words = rest.replace('"', " ").split()
    confirmed = len(words) > 1 and words[-1].lower() == "yes"
    return Command(Verb.REMOVE, "", subject=" ".join(words[: len(words) - confirmed]), confirmed=confirmed)


READERS: Mapping[Verb | None, Callable[[str], Command]] = {Verb.ADD: _add, Verb.REMOVE: _remove}
