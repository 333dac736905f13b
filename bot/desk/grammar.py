"""The grammar of the commands: `recent qwen since:30d`, the same in Slack, in a DM and behind a button."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.desk.arguments import SHOWN, MisreadError, lab_at, split, understand, window_text
from bot.desk.readers import OF_TEXT, OF_WORDS, about, name_in
from bot.desk.sentences import TALK, command_in
from bot.desk.settings import SETTINGS_KEYS, settings_words
from bot.desk.tokens import LONGEST, Token, plain_line
from bot.desk.watch_grammar import parse_watch
from bot.errors import UsageError
from bot.model import ALL
from bot.outbox.digests import plan_words
from bot.releases.facts.filters import FILTER_KEYS
from bot.releases.facts.text import nearest, or_else, shorten
from bot.releases.naming.labs import Labs
from bot.views.commands import Command, MisunderstoodError, Suggestion, Verb

ALIASES: Mapping[str, Verb] = {
    **{verb.value: verb for verb in Verb},
    **dict.fromkeys(("sub", "follow"), Verb.SUBSCRIBE),
    **dict.fromkeys(("unsub", "unfollow", "leave"), Verb.UNSUBSCRIBE),
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
    **dict.fromkeys(("hi", "hey", "hallo", "moin", "yo", "thanks", "thank"), Verb.HELLO),
}
_KEYS: Mapping[Verb, tuple[str, ...]] = {
    Verb.SUBSCRIBE: (*FILTER_KEYS, "to"),
    Verb.UNSUBSCRIBE: ("to",),
    Verb.LIST: ("to",),
    Verb.MUTE: ("for", "to"),
    Verb.UNMUTE: ("to",),
    Verb.RECENT: ("since", "n", *(key for key in FILTER_KEYS if key != "kinds"), "triage", "page"),
    Verb.CADENCE: ("since", "by", "unit"),
    Verb.DIGEST: ("to",),
    Verb.SETTINGS: SETTINGS_KEYS,
    Verb.TEST: ("to",),
}
_ABOUT = frozenset({Verb.SHOW, Verb.WHY, Verb.LABS, Verb.HELP})  # what follows is one name, whatever it holds
_NEEDS_LABS = frozenset({Verb.SUBSCRIBE, Verb.UNSUBSCRIBE, Verb.MUTE, Verb.UNMUTE})
_FOLLOWS = frozenset({Verb.SUBSCRIBE, Verb.UNSUBSCRIBE})
_TAKES_LABS = _NEEDS_LABS | {Verb.RECENT, Verb.CADENCE}
_OF_WORKSPACES = frozenset({Verb.STATUS, Verb.UNCLEAR})  # they tell of one, or of all
_MOST_SUGGESTIONS = 3
_TRIES = 4  # mistakes in one command that a suggestion puts right
_LABEL_LIMIT = 75
_PLEAS = frozenset({"me", "us", "please", "pls"})
_LONGEST_MISTAKE = 8  # words; more than that are a sentence, and no command that was mistyped
_NO_COMMAND = "I did not understand that: ask what came out, as in `recent qwen`; `help` lists the commands"
_INSTEAD = ("recent", "labs", "help")


def parse_command(text: str, labs: Labs, today: date | None = None) -> Command:
    """Return the command that somebody typed; nothing typed is `hello`.

    With `today` it may be a question in plain words: greetings and `show` take any words, those among them.
    Raises MisunderstoodError with the nearest one to three commands, each of which makes sense, and
    UsageError for words that make none together.
    """
    try:
        command = _parse(text, labs)
        takes_any = command.verb in (Verb.HELLO, Verb.SHOW)
        return (_asked(text, labs, today) if takes_any else None) or command
    except UsageError as error:
        if asked := _asked(text, labs, today):
            return asked
        if not isinstance(error, MisunderstoodError):
            raise
        commands = (_first_sense(suggestion.text, labs) for suggestion in error.suggestions)
        texts = list(dict.fromkeys(command.text for command in commands if command))
        near = (Suggestion(shorten(text, _LABEL_LIMIT), text) for text in texts[:_MOST_SUGGESTIONS])
        raise MisunderstoodError(str(error), tuple(near)) from error


def _asked(text: str, labs: Labs, today: date | None) -> Command | None:
    """Return what answers a question in plain words, None for what is none."""
    question = command_in(text, labs, today) if today else ""
    return replace(_parse(question, labs), is_question=True) if question else None


def subscribing_alone(text: str) -> Command | None:
    """Return the command of who wants to follow labs and names none, perhaps `to:dm`; None for any other."""
    opening, _, rest = plain_line(text[:LONGEST]).partition(" ")
    alone = ALIASES.get(opening.lower()) is Verb.SUBSCRIBE and rest.lower() in ("", "to:dm")
    return Command(Verb.SUBSCRIBE, Verb.SUBSCRIBE, privately=bool(rest)) if alone else None


def written(command: Command) -> str:
    """Return a command as it is typed, in the words that all its other spellings stand for."""
    plan = plan_words(command.digest, with_zone=command.names_zone) if command.digest else "off"
    words = [
        command.verb.value,
        Verb.CADENCE.value if command.cadence else "",
        ALL if command.everything else " ".join(lab.id for lab in command.labs),
        command.subject,
        command.packaging,
        command.triage if command.verb is Verb.TRIAGE else "",
        f"as {command.named}" if command.named else "",
        str(command.number) if command.verb is Verb.HELD and command.number else "",
        plan if command.verb is Verb.DIGEST and not command.asks else "",
        window_text(command.span) if command.span else "",
        str(command.filters),
        f"since:{window_text(command.since)}" if command.since else "",
        f"by:{command.by}" if command.by else "",
        f"unit:{command.unit}" if command.unit else "",
        f"triage:{command.triage}" if command.triage and command.verb is Verb.RECENT else "",
        f"n:{command.number}" if command.number and command.verb is not Verb.HELD else "",
        settings_words(command.preferences, with_zone=command.names_zone),
        f"page:{command.page}" if command.page > 1 else "",
        "to:dm" if command.privately else "",
        "ask" if command.of_admins else "",
        "yes" if command.confirmed else "",
    ]
    return " ".join(word for word in words if word)


def _parse(text: str, labs: Labs) -> Command:
    """Return a command; the suggestions of MisunderstoodError are what has the first mistake put right."""
    plain = plain_line(text)
    opening, _, rest = plain.partition(" ")
    verb, name = ALIASES.get(opening.rstrip(",:").lower()), name_in(rest)
    words = split(rest, _KEYS.get(verb, ())) if verb else split(plain, ())
    typed = [verb.value, *map(str, words)] if verb else [*map(str, words)]
    try:
        if verb is None:
            command = _without_verb(words, labs)
        elif verb is Verb.HELLO or (verb is Verb.HELP and _is_a_plea(name)):
            command = Command(Verb.HELLO, "")
        elif verb is Verb.HELP or name.lower().lstrip("-") == "help":
            command = Command(Verb.HELP, "", subject=_topic(name) if verb is Verb.HELP else verb.value)
        elif verb in _ABOUT:
            command = about(verb, name)
        elif verb in _OF_WORKSPACES and words == [Token("", ALL)]:
            command = Command(verb, "", everything=True)
        elif verb in OF_WORDS:
            command = OF_WORDS[verb](words)
        elif verb in (Verb.WATCH, Verb.UNWATCH):
            command = parse_watch(verb, words, labs)
        elif verb in OF_TEXT:
            command = OF_TEXT[verb](rest)
        else:
            command = _with_labs(verb, words, labs)
    except MisreadError as error:
        texts = (" ".join(near if word == error.word else word for word in typed) for near in error.nearest)
        raise MisunderstoodError(str(error), tuple(Suggestion(text, text) for text in texts)) from error
    return replace(command, text=written(command))


def _first_sense(text: str, labs: Labs) -> Command | None:
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


def _without_verb(words: Sequence[Token], labs: Labs) -> Command:
    """Return `hello` for nothing. Raises MisreadError for a first word that is no verb."""
    if not words:
        return Command(Verb.HELLO, "")
    first, loose = str(words[0]), [word.value for word in words if not word.key]
    lab, width = lab_at(loose, 0, labs) if not words[0].key else (None, 1)
    model = ("show " + first,) if re.search(r"[\d/]", " ".join(loose)) else ()
    if lab:
        near = (*model, f"recent {first}", f"subscribe {first}")
        hint = or_else((f"`{one[:SHOWN]}`" for one in near), "")
        said = " ".join(loose[:width])
        raise MisreadError(f"“{said[:SHOWN]}” is a lab, not a command: {hint}", first, near)
    is_talk = words[0].value.lower() in TALK or len(words) > _LONGEST_MISTAKE
    known = dict.fromkeys(() if is_talk else (ALIASES[it].value for it in nearest(words[0].value, ALIASES)))
    if is_talk or not (model or known):
        # "is Kimi K3 out" is about Kimi K3
        about_it = " ".join([Verb.SHOW, *(word for word in loose if word.lower() not in TALK)])
        instead = (about_it, *_INSTEAD) if model else _INSTEAD
        raise MisunderstoodError(_NO_COMMAND, tuple(Suggestion(text, text) for text in instead))
    hint = "is it a model?" if model else or_else(known, "")
    raise MisreadError(f"I don't know the command “{first[:SHOWN]}”: {hint}", first, (*model, *known))


def _is_a_plea(name: str) -> bool:
    """Whether "help" is a cry, as in "help me" and "help please", and no question about a command."""
    return bool(name) and set(name.lower().split()) <= _PLEAS


def _topic(name: str) -> str:
    """Return the verb that help is wanted with, or ""."""
    word = name.partition(" ")[0]
    if not word or word.lower() in ALIASES:
        return ALIASES[word.lower()].value if word else ""
    verbs = nearest(word, ALIASES)
    hint = or_else(verbs, "`help` lists them")
    raise MisreadError(f"there is no command “{word[:SHOWN]}”: {hint}", word, verbs or ("",))


def _with_labs(verb: Verb, words: Sequence[Token], labs: Labs) -> Command:
    confirmed = verb is Verb.UNSUBSCRIBE and words[-1:] == [Token("", "yes")]
    words = words[:-1] if confirmed else words
    if verb in _FOLLOWS and words[:1] == [Token("", Verb.CADENCE.value)]:
        command = understand(verb, words[1:], labs, ("to",))
        everything = not command.labs  # without a lab it is about all of them
        return replace(command, everything=everything, cadence=True, confirmed=confirmed)
    command = understand(verb, words, labs if verb in _TAKES_LABS else None, _KEYS.get(verb, ()))
    if verb in _NEEDS_LABS and not command.labs and not command.everything:
        instead = ("list",) if verb is Verb.UNSUBSCRIBE else (f"{verb} all",)
        raise MisreadError(f"`{verb}` needs a lab, or all: `labs` shows them", verb.value, instead)
    return replace(command, confirmed=confirmed)
