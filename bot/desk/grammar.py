"""The grammar of the commands: `recent qwen since:30d`, the same in Slack, in a DM and behind a button."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.desk.digest_words import parse_plan
from bot.desk.tidy import Token, tidy
from bot.desk.words import PREFERENCES, SHOWN, MisreadError, lab_at, split, understand, window_text
from bot.errors import UsageError
from bot.outbox.schedule import plan_words
from bot.records import ALL
from bot.releases.facts.filters import FILTER_KEYS
from bot.releases.facts.nearest import nearest, or_else
from bot.releases.facts.visible import shorten
from bot.releases.naming.labs import Directory
from bot.views.commands import Command, MisunderstoodError, Suggestion, Verb

ALIASES: Mapping[str, Verb] = {
    **{verb.value: verb for verb in Verb},
    **dict.fromkeys(("sub", "follow", "add", "watch"), Verb.SUBSCRIBE),
    **dict.fromkeys(("unsub", "unfollow", "remove", "unwatch", "leave"), Verb.UNSUBSCRIBE),
    **dict.fromkeys(("ls", "following", "subscriptions"), Verb.LIST),
    **dict.fromkeys(("silence", "snooze"), Verb.MUTE),
    **dict.fromkeys(("new", "latest", "news", "releases"), Verb.RECENT),
    **dict.fromkeys(("details", "info", "release"), Verb.SHOW),
    **dict.fromkeys(("rhythm", "pace"), Verb.CADENCE),
    "lab": Verb.LABS,
    **dict.fromkeys(("setting", "preferences", "config", "set"), Verb.SETTINGS),
    "health": Verb.STATUS,
    "ping": Verb.TEST,
    "explain": Verb.WHY,
    "floods": Verb.HELD,
    **dict.fromkeys(("commands", "usage"), Verb.HELP),
}
_KEYS: Mapping[Verb, tuple[str, ...]] = {
    Verb.SUBSCRIBE: (*FILTER_KEYS, "to"),
    Verb.UNSUBSCRIBE: ("to",),
    Verb.LIST: ("to",),
    Verb.MUTE: ("for", "to"),
    Verb.UNMUTE: ("to",),
    Verb.RECENT: ("since", "n", *(key for key in FILTER_KEYS if key != "kinds"), "page"),
    Verb.CADENCE: ("since", "by", "unit"),
    Verb.DIGEST: ("to",),
    Verb.SETTINGS: (*PREFERENCES, "to"),
    Verb.TEST: ("to",),
}
_ABOUT = frozenset({Verb.SHOW, Verb.WHY, Verb.LABS, Verb.HELP})  # what follows is one name, whatever it holds
_NEEDS_LABS = frozenset({Verb.SUBSCRIBE, Verb.UNSUBSCRIBE, Verb.MUTE, Verb.UNMUTE})
_FOLLOWS = frozenset({Verb.SUBSCRIBE, Verb.UNSUBSCRIBE})
_TAKES_LABS = _NEEDS_LABS | {Verb.RECENT, Verb.CADENCE}
_FLOOD_WORDS = ("announce", "ignore")
_LONGEST_SUBJECT = 400  # an address as a source gives it
_MOST_SUGGESTIONS = 3
_TRIES = 4  # mistakes in one command that a suggestion puts right
_LABEL_LIMIT = 75


def parse_command(text: str, labs: Directory) -> Command:
    """Return the command that somebody typed; nothing typed is `help`.

    Raises MisunderstoodError with the nearest one to three commands, each of which makes sense, and
    UsageError for words that make none together.
    """
    try:
        return _parse(text, labs)
    except MisunderstoodError as error:
        raise MisunderstoodError(str(error), tuple(_that_make_sense(error.suggestions, labs))) from error


def written(command: Command) -> str:
    """Return a command as it is typed, in the words that all its other spellings stand for."""
    plan = plan_words(command.digest) if command.digest else "off"
    words = [
        command.verb.value,
        Verb.CADENCE.value if command.rhythm else "",
        ALL if command.everything else " ".join(lab.id for lab in command.labs),
        command.subject,
        str(command.number) if command.verb is Verb.HELD and command.number else "",
        plan if command.verb is Verb.DIGEST and not command.asks else "",
        window_text(command.span) if command.span else "",
        str(command.filters),
        f"since:{window_text(command.since)}" if command.since else "",
        f"by:{command.by}" if command.by else "",
        f"unit:{command.unit}" if command.unit else "",
        f"n:{command.number}" if command.number and command.verb is not Verb.HELD else "",
        *(f"{key}:{value}" for key, value in command.preferences.items()),
        f"page:{command.page}" if command.page > 1 else "",
        "to:dm" if command.privately else "",
        "yes" if command.confirmed else "",
    ]
    return " ".join(word for word in words if word)


def _parse(text: str, labs: Directory) -> Command:
    """Return a command; the suggestions of MisunderstoodError are what has the first mistake put right."""
    plain = tidy(text)
    opening, _, rest = plain.partition(" ")
    verb = ALIASES.get(opening.rstrip(",:").lower())
    words = split(rest, _KEYS.get(verb, ())) if verb else split(plain, ())
    typed = [verb.value, *map(str, words)] if verb else [*map(str, words)]
    try:
        command = _command(verb, _name(rest), words, labs) if typed and verb else _opened(words, labs)
    except MisreadError as error:
        texts = (_corrected(typed, error.word, near) for near in error.nearest)
        raise MisunderstoodError(str(error), tuple(Suggestion(text, text) for text in texts)) from error
    return replace(command, text=written(command))


def _corrected(typed: Iterable[str], wrong: str, right: str) -> str:
    return " ".join(right if word == wrong else word for word in typed)


def _that_make_sense(suggestions: Iterable[Suggestion], labs: Directory) -> Iterator[Suggestion]:
    commands = (_first_sense(suggestion.text, labs) for suggestion in suggestions)
    texts = dict.fromkeys(command.text for command in commands if command)
    for text in list(texts)[:_MOST_SUGGESTIONS]:
        yield Suggestion(shorten(text, _LABEL_LIMIT), text)


def _first_sense(text: str, labs: Directory) -> Command | None:
    """Return what a text means once its mistakes are put right, the nearest word for each, or None."""
    for _ in range(_TRIES):
        try:
            return _parse(text, labs)
        except MisunderstoodError as error:
            if not error.suggestions:
                return None
            text = error.suggestions[0].text
        except UsageError:
            return None
    return None


def _opened(words: Sequence[Token], labs: Directory) -> Command:
    """Return `help` for nothing. Raises MisreadError for a first word that is no verb."""
    if not words:
        return Command(Verb.HELP, "")
    first, loose = str(words[0]), [word.value for word in words if not word.key]
    lab, width = lab_at(loose, 0, labs) if not words[0].key else (None, 1)
    model = ("show " + first,) if re.search(r"[\d/]", " ".join(loose)) else ()
    if lab:
        near = (*model, f"recent {first}", f"subscribe {first}")
        hint = or_else((f"`{one[:SHOWN]}`" for one in near), "")
        said = " ".join(loose[:width])
        raise MisreadError(f"“{said[:SHOWN]}” is a lab, not a command: {hint}", first, near)
    verbs = nearest(words[0].value, ALIASES)
    known = dict.fromkeys(ALIASES[verb].value for verb in verbs)
    hint = "is it a model?" if model else or_else(known, "`help` lists them")
    raise MisreadError(
        f"I don't know the command “{first[:SHOWN]}”: {hint}", first, (*model, *known) or ("help",)
    )


def _command(verb: Verb, name: str, words: Sequence[Token], labs: Directory) -> Command:
    """Return the command of a verb; `name` is all that follows it, read as one name."""
    if name.lower().lstrip("-") == "help" or verb is Verb.HELP:
        return Command(Verb.HELP, "", subject=_topic(name) if verb is Verb.HELP else verb.value)
    if verb in _ABOUT:
        return _about(verb, name)
    if verb is Verb.DIGEST:
        return _digest(words)
    if verb is Verb.HELD:
        return _held(words)
    return _with_labs(verb, words, labs)


def _name(rest: str) -> str:
    """Return a name without the quotes around it or the full stop behind it."""
    return " ".join(rest.replace('"', " ").split()).rstrip(" '.!?").lstrip(" '")


def _topic(name: str) -> str:
    """Return the verb that help is wanted with, or ""."""
    word = name.partition(" ")[0]
    if not word or word.lower() in ALIASES:
        return ALIASES[word.lower()].value if word else ""
    verbs = nearest(word, ALIASES)
    hint = or_else(verbs, "`help` lists them")
    raise MisreadError(f"there is no command “{word[:SHOWN]}”: {hint}", word, verbs or ("",))


def _about(verb: Verb, name: str) -> Command:
    if len(name) > _LONGEST_SUBJECT:
        raise UsageError(
            f"That is too long for a name: `{verb}` takes at most {_LONGEST_SUBJECT} characters."
        )
    if not name and verb is not Verb.LABS:
        raise MisreadError(f"`{verb}` needs a model: `{verb} Kimi K2.6`", verb.value, ("recent",))
    return Command(verb, "", subject=name)


def _digest(words: Sequence[Token]) -> Command:
    where = [word for word in words if word.key == "to"]
    plan = [word for word in words if word.key != "to"]
    return Command(
        Verb.DIGEST,
        "",
        digest=parse_plan(plan) if plan else None,
        asks=not plan,
        privately=understand(where, None, ("to",)).privately,
    )


def _held(words: Sequence[Token]) -> Command:
    """Return what `held`, `held announce 3` and `held ignore #3` mean."""
    loose = [str(word).lower().lstrip("#") for word in words]
    if not loose:
        return Command(Verb.HELD, "")
    if loose[0] not in _FLOOD_WORDS:
        near = nearest(loose[0], _FLOOD_WORDS, 1)
        hint = or_else(near, "write held announce 3, or held ignore 3")
        raise MisreadError(f"“{loose[0][:SHOWN]}” is nothing to do with a flood: {hint}", str(words[0]), near)
    if len(loose) != 2 or not re.fullmatch(r"[1-9]\d{0,8}", loose[1], re.ASCII):
        raise UsageError(f"`held {loose[0]}` needs one number: `held` lists what waits, with its numbers")
    return Command(Verb.HELD, "", subject=loose[0], number=int(loose[1]))


def _with_labs(verb: Verb, words: Sequence[Token], labs: Directory) -> Command:
    confirmed = verb is Verb.UNSUBSCRIBE and words[-1:] == [Token("", "yes")]
    words = words[:-1] if confirmed else words
    if verb in _FOLLOWS and words[:1] == [Token("", Verb.CADENCE.value)]:
        return _of_rhythm(verb, words[1:], labs, confirmed=confirmed)
    typed = understand(words, labs if verb in _TAKES_LABS else None, _KEYS.get(verb, ()))
    if verb in _NEEDS_LABS and not typed.labs and not typed.everything:
        instead = ("list",) if verb is Verb.UNSUBSCRIBE else (f"{verb} all",)
        raise MisreadError(f"`{verb}` needs a lab, or all: `labs` shows them", verb.value, instead)
    return Command(
        verb,
        "",
        labs=() if typed.everything else typed.labs,
        everything=typed.everything,
        filters=typed.filters,
        since=typed.since,
        by=typed.by,
        unit=typed.unit,
        number=typed.number,
        page=typed.page,
        span=typed.span,
        preferences=typed.preferences,
        asks=verb is Verb.SETTINGS and not typed.preferences,
        privately=typed.privately,
        confirmed=confirmed,
    )


def _of_rhythm(verb: Verb, words: Sequence[Token], labs: Directory, *, confirmed: bool) -> Command:
    """Return `subscribe cadence [lab...]`; without a lab it is about all of them."""
    typed = understand(words, labs, ("to",))
    everything = typed.everything or not typed.labs
    return Command(
        verb,
        "",
        labs=() if everything else typed.labs,
        everything=everything,
        rhythm=True,
        privately=typed.privately,
        confirmed=confirmed,
    )
