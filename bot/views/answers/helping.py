"""`help`: the commands, in general and each by itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.records import Content
from bot.views import blocks
from bot.views.answers.pieces import prose, run, text_of, typed
from bot.views.commands import Verb

_FILTERS = (
    "`license:permissive` or conditions, non-commercial, an id such as apache-2.0",
    "`min:7b` `max:70b` parameters; `fits:80gb` or `fits:8x80gb` GPU memory",
    "`type:text` or image, video, speech, embedding ...; `weights:open` only what can be downloaded",
    "`match:coder` words of the name",
)


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
        (*_FILTERS, "`kinds:release` no variants, `kinds:variants` only those", "`to:dm` tells only you"),
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
        ("`since:30d` how far back, `n:10` how many on a page", *_FILTERS),
    ),
    Verb.SHOW: _Help("shows one release with all that is known of it.", ("show Kimi K2.6",)),
    Verb.CADENCE: _Help(
        "shows how often labs ship, and when the next release is usual.",
        ("cadence moonshot", "cadence since:1y"),
    ),
    Verb.LABS: _Help("finds a lab by a word of its name.", ("labs", "labs glm")),
    Verb.DIGEST: _Help(
        "sends a summary of the day or the week.",
        ("digest weekly mon 09:00 Europe/Berlin", "digest daily 18:00", "digest monthly", "digest off"),
    ),
    Verb.SETTINGS: _Help(
        "sets how this channel is told of variants and of changes.",
        ("settings", "settings variants:off updates:thread"),
        ("`variants:thread` or post, off", "`updates:edit` or thread, off"),
    ),
    Verb.STATUS: _Help("shows how the sources fare, and what is owed or paused.", ("status",)),
    Verb.WHY: _Help("tells why something was announced, or was not.", ("why Kimi K2.6",)),
    Verb.HELD: _Help(
        "shows to admins what a source showed too much of, or only named, to be announced or ignored.",
        ("held", "held announce 3", "held ignore 3"),
    ),
    Verb.TEST: _Help("posts a message here, to see that it can.", ("test",)),
    Verb.HELP: _Help("shows this.", ("help", "help subscribe")),
}


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


def _of_all() -> Content:
    lines = [f"{typed(helped.examples[0])} {prose(helped.does, 200)}" for helped in _COMMANDS.values()]
    names = ", ".join(_COMMANDS)
    choices = [("What came out lately", "recent"), ("Show all labs", "labs"), ("What is followed", "list")]
    return Content(
        f"Follow model releases in Slack. Commands: {names}. For example {typed('subscribe qwen')}.",
        (
            blocks.section("*Follow model releases in Slack*"),
            *blocks.sections(lines),
            *blocks.actions(run(number, label, text) for number, (label, text) in enumerate(choices)),
            blocks.context([f"{typed('help subscribe')} tells more · case does not matter"]),
        ),
    )
