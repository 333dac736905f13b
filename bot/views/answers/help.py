"""`help`: the commands, in general and each by itself; `labs`: whom one can follow, and by which words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.model import Destination, Lab
from bot.records import Content
from bot.views import blocks
from bot.views.answers.common import choose, fitting, part, prose, run, text_of, turn, typed
from bot.views.blocks import Element, literal
from bot.views.commands import Verb
from bot.views.names import LAB_LIMIT, lab_name
from bot.views.phrases import counted

_FEW = 3
_ALIASES = 6
_SPOKEN_LIMIT = 800  # characters of names in the text


def labs_answer(found: Sequence[Lab], word: str, *, whole: bool = False) -> Content:
    """Return the labs whose name contains a word, or all of them when it is empty."""
    asked = literal(word, LAB_LIMIT)
    if not found:
        text = f"No lab's name contains “{asked}”." if asked else "No lab is watched yet."
        row = blocks.actions([run(0, "Show all labs", "labs")] if asked else [])
        return Content(text, (blocks.section(text), *row))
    title = f"{counted(len(found), 'lab')}" + (f" with “{asked}” in the name" if asked else " watched")
    names = ", ".join(fitting([lab_name(lab) for lab in found], limit=_SPOKEN_LIMIT))
    hint = f"Follow one with {typed(f'subscribe {found[0].id}')}."
    return Content(
        text_of([f"{title}: {names}.", hint]),
        (
            *part(title, [_line(lab) for lab in found], whole=whole),
            *blocks.actions(_buttons(found)),
            blocks.context([hint]),
        ),
    )


def _line(lab: Lab) -> str:
    shown = [literal(alias, LAB_LIMIT) for alias in lab.aliases[:_ALIASES]]
    aliases = ", ".join(alias for alias in shown if alias)
    return f"*{lab_name(lab)}* `{literal(lab.id, 70)}`" + (f" · also {aliases}" if aliases else "")


def _buttons(found: Sequence[Lab]) -> Iterator[Element | None]:
    if len(found) > _FEW:
        return
    for number, lab in enumerate(found):
        yield turn(2 * number, f"Follow {lab.name} here", f"subscribe {lab.id}")
        yield run(2 * number + 1, f"Recent of {lab.name}", f"recent {lab.id}")


FILTERS = (
    "`license:permissive` or conditions, non-commercial, an id such as apache-2.0",
    "`min:7b` `max:70b` parameters; `fits:80gb` or `fits:8x80gb` GPU memory",
    "`type:text` or image, video, speech, embedding ...; `weights:open` only what can be downloaded",
    "`match:coder` words of the name",
)
KINDS = "`kinds:release` no variants, `kinds:variants` only those"


@dataclass(frozen=True, slots=True)
class _Help:
    """What a command does, what it takes, and what to type."""

    does: str
    examples: tuple[str, ...]
    takes: tuple[str, ...] = ()


_COMMANDS: Mapping[Verb, _Help] = {
    Verb.SUBSCRIBE: _Help(
        "makes this channel follow labs: one message per release.",
        ("subscribe qwen zai", "subscribe all license:permissive max:70b", "subscribe moonshot to:dm"),
        (*FILTERS, KINDS, "`to:dm` tells only you"),
    ),
    Verb.UNSUBSCRIBE: _Help(
        "ends that; everything at once asks first.", ("unsubscribe qwen", "unsubscribe all")
    ),
    Verb.LIST: _Help("shows what this channel follows, who made it so, and when it last heard.", ("list",)),
    Verb.MUTE: _Help(
        "keeps a lab quiet here for a while; subscriptions stay.", ("mute qwen 7d", "mute all 12h")
    ),
    Verb.UNMUTE: _Help("ends that.", ("unmute qwen",)),
    Verb.RECENT: _Help(
        "shows what came out, newest first.",
        ("recent", "recent qwen since:90d", "recent license:permissive max:40b n:5"),
        (
            "`since:30d` how far back, `n:10` how many on a page",
            "`triage:open` told here and looked at by nobody; or looking, adopted, no",
            *FILTERS,
        ),
    ),
    Verb.SHOW: _Help("shows one release with all that is known of it.", ("show Kimi K2.6",)),
    Verb.CADENCE: _Help(
        "shows how often labs ship, and when the next release is usual.",
        ("cadence moonshot", "cadence since:1y"),
    ),
    Verb.LABS: _Help("finds a lab by a word of its name.", ("labs", "labs glm")),
    Verb.DIGEST: _Help(
        "sends a summary of the day or the week.",
        (
            "digest weekly mon 09:00 Europe/Berlin",
            "digest daily 18:00",
            "digest now",
            "digest off",
        ),
    ),
    Verb.SETTINGS: _Help(
        "sets how this channel is told of variants and of changes, whom alerts call, and when it is quiet.",
        (
            "settings",
            "settings variants:off updates:thread",
            "settings quiet:22:00-07:00 Europe/Berlin",
            "settings notify:off",
        ),
        (
            "`variants:thread` or post, off",
            "`updates:edit` or thread, off",
            "`every:15m` or 1h, 0m: how often a thread gets a reply",
            "`notify:@ml-team` or a person, with filters such as `license:permissive`, or off",
            "`quiet:22:00-07:00 Europe/Berlin` alerts wait for the morning; or off",
        ),
    ),
    Verb.STATUS: _Help(
        "shows how the sources fare, and what is owed or paused; to admins all of their workspace.",
        ("status", "status all"),
    ),
    Verb.WHY: _Help("tells why something was announced, or was not.", ("why Kimi K2.6",)),
    Verb.WATCH: _Help(
        "waits for one thing: a single message here, when it is out.",
        ("watch kimi k3 weights", "watch kimi gguf", "watch qwen license:permissive", "watch glm fits:80gb"),
        ("a lab or a release, and `weights`, a packaging such as `gguf`, or filters:", *FILTERS),
    ),
    Verb.UNWATCH: _Help("ends that.", ("unwatch kimi k3 weights", "unwatch kimi", "unwatch all")),
    Verb.TRIAGE: _Help(
        "says what this channel makes of a release, as the menu of its alert does.",
        ("triage Kimi K2.6 adopted", "triage Kimi K2.6 looking", "triage Kimi K2.6 no"),
        ("looking, adopted, no, or open to take it back",),
    ),
    Verb.HELD: _Help(
        "shows to admins what a source showed too much of, or only named, to be announced or ignored.",
        ("held", "held announce 3", "held ignore 3"),
    ),
    Verb.UNCLEAR: _Help(
        "shows to admins which messages may have arrived or not, to be settled by whoever looks.",
        ("unclear", "unclear there 5f0c4f0e", "unclear again 5f0c4f0e", "unclear all"),
    ),
    Verb.TEST: _Help("posts a message here, and says how that ended.", ("test",)),
    Verb.ADD: _Help(
        "shows admins what an organisation on the Hub or an address would bring, and has it watched.",
        ("add stepfun-ai", "add https://lab.example/blog as Lab"),
        ("`as Lab` what the lab is called in messages",),
    ),
    Verb.REMOVE: _Help(
        "is the way back from that; what is known of the lab stays.", ("remove stepfun-ai", "remove")
    ),
    Verb.HELP: _Help("shows this.", ("help", "help subscribe")),
    Verb.HELLO: _Help("says what I am for, as I do where I am invited.", ("hello",)),
}


# In this order `help` tells of them.
_GROUPS: Mapping[str, tuple[Verb, ...]] = {
    "Follow": (Verb.SUBSCRIBE, Verb.UNSUBSCRIBE, Verb.LIST, Verb.MUTE, Verb.UNMUTE),
    "Ask": (Verb.RECENT, Verb.SHOW, Verb.WHY, Verb.CADENCE, Verb.LABS),
    "Wait and decide": (Verb.WATCH, Verb.UNWATCH, Verb.TRIAGE),
    "How it is told": (Verb.DIGEST, Verb.SETTINGS, Verb.TEST),
    "Look after it": (Verb.STATUS, Verb.ADD, Verb.REMOVE, Verb.HELD, Verb.UNCLEAR),
    "Help": (Verb.HELP, Verb.HELLO),
}


def welcome_answer(destination: Destination) -> Content:
    """Return what the bot says of itself where it was invited or greeted: two sentences and two buttons."""
    whom = "you follow" if destination.is_person else "this channel follows"
    text = f"I post every new model of the AI labs that {whom}, once, with its licence and size."
    ask = "ask me" if destination.is_person else "mention me and ask"
    hint = f"Choose labs to begin, {ask} “what came out this week?”, or type {typed('help')} for the rest."
    row = [choose(0, "Choose labs", destination), run(1, "What came out lately", Verb.RECENT)]
    return Content(text_of([text, hint]), (blocks.section(f"{text} {hint}"), *blocks.actions(row)))


def help_answer(word: str = "") -> Content:
    """Return the help of one command, or of all when the word is none."""
    verb = next((verb for verb in Verb if verb == word.strip().lower()), None)
    return _of_one(verb, _COMMANDS[verb]) if verb else _of_all()


def _of_one(verb: Verb, helped: _Help) -> Content:
    does = f"{typed(verb)} {prose(helped.does, 200)}"
    examples = [f"• {typed(example)}" for example in helped.examples]
    takes = [f"• {prose(taken, 200)}" for taken in helped.takes]
    row = blocks.actions([run(0, "All commands", "help")])
    return Content(
        text_of([does, "For example:", *(f"{typed(example)}." for example in helped.examples)]),
        (
            blocks.section("\n".join([does, *examples])),
            *blocks.sections(["*It takes*", *takes] if takes else []),
            *row,
        ),
    )


def _in_a_line(helped: _Help) -> str:
    return f"{typed(helped.examples[0])} {prose(helped.does, 200)}"


def _of_all() -> Content:
    groups = (
        "\n".join([f"*{title}*", *(f"• {_in_a_line(_COMMANDS[verb])}" for verb in verbs)])
        for title, verbs in _GROUPS.items()
    )
    names = ", ".join(_COMMANDS)
    choices = [("What came out lately", "recent"), ("Show all labs", "labs"), ("What is followed", "list")]
    return Content(
        f"Follow model releases in Slack. Commands: {names}. For example {typed('subscribe qwen')}.",
        (
            *map(blocks.section, groups),
            *blocks.actions(run(number, label, text) for number, (label, text) in enumerate(choices)),
            blocks.context([f"{typed('help subscribe')} tells more · case does not matter"]),
        ),
    )
