"""What people type is understood, or answered with the nearest thing they may have meant."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time as hour
from datetime import timedelta
from pathlib import Path
from typing import TypedDict, Unpack

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.desk.arguments import parse_window, window_text
from bot.desk.grammar import ALIASES, parse_command, written
from bot.desk.tokens import LONGEST, plain_line
from bot.errors import UsageError
from bot.model import Lab
from bot.records import DigestPlan, MentionRule, QuietHours
from bot.releases.facts.filters import Filters
from bot.releases.naming.labs import Labs
from bot.sources.build import load_config
from bot.views.commands import Command, MisunderstoodError, Verb
from tests.support.effort import is_done_within
from tests.support.house import LABS

KNOWN = Labs(LABS)
MOONSHOT, ZAI, GOOGLE, QWEN = LABS[:4]
BILLION, GB = 10**9, 10**9
WEEK = timedelta(days=7)


def parsed(text: str) -> Command:
    return parse_command(text, KNOWN)


class Parts(TypedDict, total=False):
    """Name the parts of a command that the table below means."""

    labs: tuple[Lab, ...]
    everything: bool
    filters: Filters
    since: timedelta
    number: int
    page: int
    subject: str
    span: timedelta
    digest: DigestPlan
    names_zone: bool
    preferences: Mapping[str, object]
    triage: str
    packaging: str
    asks: bool
    privately: bool
    confirmed: bool
    named: str
    of_admins: bool


class Wanted(TypedDict, total=False):
    """Name the filters that the table below means."""

    license: str
    min: int
    max: int
    fits: int
    type: str
    kinds: str
    weights: str
    match: tuple[str, ...]


def case(typed: str, sentence: str, verb: Verb, **parts: Unpack[Parts]) -> object:
    return pytest.param(typed, Command(verb, "", **parts), id=sentence)


def subscribed(**filters: Unpack[Wanted]) -> Parts:
    return {"labs": (QWEN,), "filters": Filters(**filters)}


def kimi(name: str, **filters: Unpack[Wanted]) -> Parts:
    return {"labs": (MOONSHOT,), "subject": name, "filters": Filters(**filters)}


def qwen(name: str, **filters: Unpack[Wanted]) -> Parts:
    return {"labs": (QWEN,), "subject": name, "filters": Filters(**filters)}


def recent(**filters: Unpack[Wanted]) -> Parts:
    return {"filters": Filters(**filters)}


SUB, UNSUB, MUTE, RECENT, SHOW = Verb.SUBSCRIBE, Verb.UNSUBSCRIBE, Verb.MUTE, Verb.RECENT, Verb.SHOW
SETTINGS, NIGHT = Verb.SETTINGS, QuietHours(hour(22), hour(7), "Europe/Berlin")
TRIAGE, WATCH, UNWATCH = Verb.TRIAGE, Verb.WATCH, Verb.UNWATCH
UNDERSTOOD = [
    # --- what stands around a command
    case("", "nothing is a greeting", Verb.HELLO),
    case("  \n\t ", "blanks are a greeting", Verb.HELLO),
    case("?", "a question mark is a greeting", Verb.HELLO),
    case("/releases", "the command's own name alone is a greeting", Verb.HELLO),
    case("<@U0CADENCE>", "a mention alone is a greeting", Verb.HELLO),
    case(",", "a comma alone is a greeting", Verb.HELLO),
    case("hi", "hi", Verb.HELLO),
    case("Hello, cadencebot!", "hello, with whatever follows", Verb.HELLO),
    case("help me", "a cry for help", Verb.HELLO),
    case("Help us please!", "a longer cry for help", Verb.HELLO),
    case("thank you", "thanks", Verb.HELLO),
    case("/releases recent", "the command's name typed again", RECENT),
    case("/releases /releases recent", "the command's name typed twice", RECENT),
    case("@cadence recent", "a mention as plain text", RECENT),
    case("<@U0CADENCE> recent qwen", "a mention as Slack sends it", RECENT, labs=(QWEN,)),
    case("<@U0CADENCE|cadence>: recent", "a mention with a name and a colon", RECENT),
    case("<@U0CADENCE> <@U0CADENCE> recent", "two mentions", RECENT),
    case("  RECENT   Qwen  ", "capitals and blanks", RECENT, labs=(QWEN,)),
    case("recent\u00a0qwen", "a no-break space", RECENT, labs=(QWEN,)),
    case("re\u200bcent q\u2060wen\ufeff", "marks that nobody sees", RECENT, labs=(QWEN,)),
    case("\u202erecent qwen\u202c", "marks that turn the line around", RECENT, labs=(QWEN,)),
    case("recent qwen.", "a full stop", RECENT, labs=(QWEN,)),
    case("recent qwen?", "a question", RECENT, labs=(QWEN,)),
    case("recent, qwen", "a comma behind the verb", RECENT, labs=(QWEN,)),
    case("`recent qwen`", "copied with its backticks", RECENT, labs=(QWEN,)),
    # --- verbs
    case("sub qwen", "sub", SUB, labs=(QWEN,)),
    case("follow qwen", "follow", SUB, labs=(QWEN,)),
    case("unsub qwen", "unsub", UNSUB, labs=(QWEN,)),
    case("unfollow qwen", "unfollow", UNSUB, labs=(QWEN,)),
    case("ls", "ls", Verb.LIST),
    case("list", "list", Verb.LIST),
    case("list to:dm", "what I follow myself", Verb.LIST, privately=True),
    case("new", "new", RECENT),
    case("latest kimi", "latest", RECENT, labs=(MOONSHOT,)),
    case("status", "status", Verb.STATUS),
    case("status all", "of all workspaces", Verb.STATUS, everything=True),
    case("unclear all", "what is unclear anywhere", Verb.UNCLEAR, everything=True),
    case("add stepfun-ai", "an organisation to be watched", Verb.ADD, subject="stepfun-ai"),
    case(
        "add <https://lab.example/blog?a=1&amp;b=2|lab.example/blog> as “Lab One” yes",
        "an address as Slack sends it, with a name, confirmed",
        Verb.ADD,
        subject="https://lab.example/blog?a=1&b=2",
        named="Lab One",
        confirmed=True,
    ),
    case("add stepfun-ai ask", "to ask the admins for it", Verb.ADD, subject="stepfun-ai", of_admins=True),
    case("add yes", "an organisation with a name like an answer", Verb.ADD, subject="yes"),
    case("remove stepfun", "the way back", Verb.REMOVE, subject="stepfun"),
    case("remove Step Fun yes", "confirmed", Verb.REMOVE, subject="Step Fun", confirmed=True),
    case("remove", "which there are", Verb.REMOVE),
    case("test", "test", Verb.TEST),
    case("ping", "ping", Verb.TEST),
    # --- labs
    case("recent moonshot", "a lab's id", RECENT, labs=(MOONSHOT,)),
    case("recent KIMI", "an alias, whatever the case", RECENT, labs=(MOONSHOT,)),
    case("recent zai-org", "an owner on the Hub", RECENT, labs=(ZAI,)),
    case("recent moonshot ai", "a name of two words", RECENT, labs=(MOONSHOT,)),
    case('recent "Moonshot AI" qwen', "a name in quotes", RECENT, labs=(MOONSHOT, QWEN)),
    case("recent “Moonshot AI”", "a name in curly quotes", RECENT, labs=(MOONSHOT,)),
    case("recent kimi,glm", "a comma between labs", RECENT, labs=(MOONSHOT, ZAI)),
    case("recent kimi, glm; qwen", "commas with blanks", RECENT, labs=(MOONSHOT, ZAI, QWEN)),
    case("recent kimi and glm", "labs joined as in a sentence", RECENT, labs=(MOONSHOT, ZAI)),
    case("recent kimi moonshot", "one lab named twice counts once", RECENT, labs=(MOONSHOT,)),
    case("recent @qwen", "a lab as if it were a person", RECENT, labs=(QWEN,)),
    case("subscribe all", "all labs", SUB, everything=True),
    case("subscribe ALL labs", "all, in a sentence", SUB, everything=True),
    case("subscribe all qwen", "all and one is all", SUB, everything=True),
    case("subscribe to qwen", "subscribe to", SUB, labs=(QWEN,)),
    # --- filters
    case("sub qwen license:permissive", "a verdict", SUB, **subscribed(license="permissive")),
    case("sub qwen license:MIT", "a licence, in capitals", SUB, **subscribed(license="mit")),
    case("sub qwen licence:mit", "licence as the British write it", SUB, **subscribed(license="mit")),
    case("sub qwen license:apache2", "a licence as people write it", SUB, **subscribed(license="apache-2.0")),
    case("sub qwen license: mit", "a blank behind the colon", SUB, **subscribed(license="mit")),
    case("sub qwen license :mit", "a blank before the colon", SUB, **subscribed(license="mit")),
    case("sub qwen license=mit", "an equals sign", SUB, **subscribed(license="mit")),
    case("sub qwen license mit", "no colon at all", SUB, **subscribed(license="mit")),
    case("sub qwen --license mit", "an option", SUB, **subscribed(license="mit")),
    case("sub qwen --license=mit", "an option with its value", SUB, **subscribed(license="mit")),
    case("sub qwen —license mit", "an option, as Slack turns it", SUB, **subscribed(license="mit")),
    case("sub qwen —license=mit", "both, as Slack turns them", SUB, **subscribed(license="mit")),
    case("sub qwen –license:mit", "a shorter dash", SUB, **subscribed(license="mit")),
    case("sub qwen “license:mit”", "quotes around key and value", SUB, **subscribed(license="mit")),
    case("sub qwen license:“mit”", "quotes around the value", SUB, **subscribed(license="mit")),
    case(
        "sub qwen license：mit，max：7b",
        "a Chinese keyboard's signs",
        SUB,
        **subscribed(license="mit", max=7 * BILLION),
    ),
    case(
        "sub qwen license:mit,max:7b",
        "a comma between filters",
        SUB,
        **subscribed(license="mit", max=7 * BILLION),
    ),
    case("sub qwen max:70b", "at most so many parameters", SUB, **subscribed(max=70 * BILLION)),
    case("sub qwen max:70 B", "a blank before the unit", SUB, **subscribed(max=70 * BILLION)),
    case("sub qwen min:1.5t", "a fraction", SUB, **subscribed(min=1500 * BILLION)),
    case("sub qwen fits:80gb", "one GPU", SUB, **subscribed(fits=80 * GB)),
    case("sub qwen fits:8x80gb", "eight GPUs", SUB, **subscribed(fits=640 * GB)),
    case("sub qwen fits:8×80GB", "eight GPUs with a real times sign", SUB, **subscribed(fits=640 * GB)),
    case("sub qwen type:speech", "a type", SUB, **subscribed(type="speech")),
    case("sub qwen type:LLM", "a type by another name", SUB, **subscribed(type="text")),
    case("sub qwen type:text-to-video", "a task of the Hub", SUB, **subscribed(type="text-to-video")),
    case("sub qwen kinds:variants", "variants only", SUB, **subscribed(kinds="variants")),
    case("sub qwen weights:open", "open weights only", SUB, **subscribed(weights="open")),
    case("sub qwen match:coder", "a word of the name", SUB, **subscribed(match=("coder",))),
    case("sub qwen match:coder,VL", "two words of names", SUB, **subscribed(match=("coder", "vl"))),
    case('sub qwen match:"deep think"', "a name of two words", SUB, **subscribed(match=("deep think",))),
    case(
        "sub qwen match:coder,max:7b",
        "a key ends the words of a name",
        SUB,
        **subscribed(match=("coder",), max=7 * BILLION),
    ),
    case("sub qwen license:any", "any licence is no filter", SUB, labs=(QWEN,)),
    case("sub qwen to:dm", "for myself", SUB, labs=(QWEN,), privately=True),
    case("sub qwen to me", "for me", SUB, labs=(QWEN,), privately=True),
    case("sub qwen to:here", "here is where it is anyway", SUB, labs=(QWEN,)),
    # --- recent and cadence
    case("recent since:30d", "days", RECENT, since=timedelta(days=30)),
    case("recent since:12H", "hours", RECENT, since=timedelta(hours=12)),
    case("recent since:8w", "weeks", RECENT, since=timedelta(weeks=8)),
    case("recent since:1y", "a year", RECENT, since=timedelta(days=365)),
    case("recent since: 30 days", "days in words", RECENT, since=timedelta(days=30)),
    case("recent qwen last 2 weeks", "a sentence", RECENT, labs=(QWEN,), since=2 * WEEK),
    case("recent 7d", "a length of time alone", RECENT, since=WEEK),
    case("recent n:5", "how many", RECENT, number=5),
    case("recent -n 5", "how many, as an option", RECENT, number=5),
    case("recent page:3", "a page", RECENT, page=3),
    case("recent license:mit max:7b", "filters", RECENT, **recent(license="mit", max=7 * BILLION)),
    case("recent type:vision", "a type of release", RECENT, **recent(type="vision")),
    case("cadence", "the cadence of all labs", Verb.CADENCE),
    case("cadence qwen since:1y", "of one", Verb.CADENCE, labs=(QWEN,), since=timedelta(days=365)),
    # --- names
    case("show Kimi K2.6", "a model of two words", SHOW, subject="Kimi K2.6"),
    case('show "Kimi K2.6"', "a model in quotes", SHOW, subject="Kimi K2.6"),
    case("show “Kimi K2.6”.", "a model in curly quotes, and a full stop", SHOW, subject="Kimi K2.6"),
    case("show 'GLM-5.1'", "a model in single quotes", SHOW, subject="GLM-5.1"),
    case("show Qwen3‑Coder", "a hyphen that does not break", SHOW, subject="Qwen3-Coder"),
    case("show zai-org/GLM-5.1", "a repository", SHOW, subject="zai-org/GLM-5.1"),
    case("show a license:mit", "a name is what it is", SHOW, subject="a license:mit"),
    case(
        "why <https://huggingface.co/moonshotai/Kimi-K2.6|Kimi>",
        "a link with a label",
        Verb.WHY,
        subject="https://huggingface.co/moonshotai/Kimi-K2.6",
    ),
    case(
        "why <https://a.example/b?c=1&amp;d=2>",
        "a link with an entity",
        Verb.WHY,
        subject="https://a.example/b?c=1&d=2",
    ),
    case("why R&amp;D 1", "an ampersand as Slack sends it", Verb.WHY, subject="R&D 1"),
    case("labs", "all labs there are", Verb.LABS),
    case("labs glm", "labs by a word", Verb.LABS, subject="glm"),
    case("help subscribe", "help with a command", Verb.HELP, subject="subscribe"),
    case("help unsub", "help with an alias", Verb.HELP, subject="unsubscribe"),
    case("recent help", "help behind a command", Verb.HELP, subject="recent"),
    case("recent --help", "help as an option", Verb.HELP, subject="recent"),
    # --- changes
    case("unsubscribe all", "from everything, still to be confirmed", UNSUB, everything=True),
    case("unsubscribe all yes", "confirmed", UNSUB, everything=True, confirmed=True),
    case("mute qwen", "for ever", MUTE, labs=(QWEN,)),
    case("mute qwen forever", "for ever, in words", MUTE, labs=(QWEN,)),
    case("mute qwen 7d", "for seven days", MUTE, labs=(QWEN,), span=WEEK),
    case("mute qwen for 7 days", "in a sentence", MUTE, labs=(QWEN,), span=WEEK),
    case("mute all 2w", "everything for two weeks", MUTE, everything=True, span=2 * WEEK),
    case("unmute all", "unmute", Verb.UNMUTE, everything=True),
    case("settings", "what is set", Verb.SETTINGS, asks=True),
    case("settings variants:off", "one setting", Verb.SETTINGS, preferences={"variants": "off"}),
    case("settings every:1h", "how often a thread speaks", Verb.SETTINGS, preferences={"every": "1h"}),
    case("settings variants off", "without its colon", Verb.SETTINGS, preferences={"variants": "off"}),
    case(
        "set updates:thread variants:post",
        "both settings",
        Verb.SETTINGS,
        preferences={"variants": "post", "updates": "thread"},
    ),
    # --- the digest
    case("digest", "what is planned", Verb.DIGEST, asks=True),
    case("digest off", "no digest", Verb.DIGEST),
    case("digest daily", "every day at nine", Verb.DIGEST, digest=DigestPlan("daily")),
    case("digest weekly", "every Monday at nine", Verb.DIGEST, digest=DigestPlan("weekly")),
    case("digest friday", "a day means every week", Verb.DIGEST, digest=DigestPlan("weekly", 4)),
    case("digest weekly wed 9", "an hour", Verb.DIGEST, digest=DigestPlan("weekly", 2)),
    case("digest daily 9am", "in the morning", Verb.DIGEST, digest=DigestPlan("daily", 0, 9)),
    case("digest daily 5 pm", "in the evening", Verb.DIGEST, digest=DigestPlan("daily", 0, 17)),
    case("digest daily 12am", "midnight", Verb.DIGEST, digest=DigestPlan("daily", 0, 0)),
    case("digest daily noon", "noon", Verb.DIGEST, digest=DigestPlan("daily", 0, 12)),
    case("digest daily 17.30", "a full stop in the time", Verb.DIGEST, digest=DigestPlan("daily", 0, 17, 30)),
    case(
        "digest weekly mon 09:00 Europe/Berlin",
        "all of it",
        Verb.DIGEST,
        digest=DigestPlan("weekly", 0, 9, 0, "Europe/Berlin"),
        names_zone=True,
    ),
    case(
        "digest every Friday at 17:30 in berlin",
        "a sentence, with a city",
        Verb.DIGEST,
        digest=DigestPlan("weekly", 4, 17, 30, "Europe/Berlin"),
        names_zone=True,
    ),
    case(
        "digest daily tz:asia/tokyo",
        "a keyed zone",
        Verb.DIGEST,
        digest=DigestPlan("daily", zone="Asia/Tokyo"),
        names_zone=True,
    ),
    case(
        "digest daily CET",
        "a zone of three letters",
        Verb.DIGEST,
        digest=DigestPlan("daily", zone="CET"),
        names_zone=True,
    ),
    case("digest daily UTC", "UTC, said", Verb.DIGEST, digest=DigestPlan("daily"), names_zone=True),
    case("digest now", "what it would tell now", Verb.DIGEST, subject="now", asks=True),
    case("digest off to:dm", "my own digest", Verb.DIGEST, privately=True),
    # --- whom alerts call, and when it is quiet
    case(
        "settings quiet:22:00-07:00 Europe/Berlin",
        "a night",
        SETTINGS,
        preferences={"quiet": NIGHT},
        names_zone=True,
    ),
    case(
        "settings quiet 22:00 – 7:00 berlin",
        "as people write",
        SETTINGS,
        preferences={"quiet": NIGHT},
        names_zone=True,
    ),
    case(
        "settings quiet:10pm-7am Europe/Berlin",
        "half days",
        SETTINGS,
        preferences={"quiet": NIGHT},
        names_zone=True,
    ),
    case("settings quiet:off", "no night", SETTINGS, preferences={"quiet": None}),
    case("settings notify:off", "nobody", SETTINGS, preferences={"notify": None}),
    case(
        "settings notify:<!subteam^S0MLTEAM1|@ml-team> license:permissive max:70b",
        "a user group as Slack sends it",
        SETTINGS,
        preferences={"notify": MentionRule("S0MLTEAM1", Filters(license="permissive", max=70 * BILLION))},
    ),
    case(
        "settings notify:@U0ANA0001 variants:off",
        "a person, beside another setting",
        SETTINGS,
        preferences={"variants": "off", "notify": MentionRule("U0ANA0001", Filters())},
    ),
    # --- waiting for one thing
    case("watch kimi k3 weights", "weights", WATCH, **kimi("kimi k3", weights="open")),
    case("watch for Kimi K3 to be out", "out at all", WATCH, **kimi("Kimi K3")),
    case("watch kimi gguf", "a packaging", WATCH, labs=(MOONSHOT,), packaging="gguf"),
    case(
        "watch kimi k3 as GGUF",
        "a packaging in a sentence",
        WATCH,
        labs=(MOONSHOT,),
        subject="kimi k3",
        packaging="gguf",
    ),
    case("watch kimi int4", "a packaging by its shape", WATCH, labs=(MOONSHOT,), packaging="int4"),
    case("watch kimi weights:open", "a filter of weights", WATCH, **kimi("", weights="open")),
    case("watch kimi license:permissive", "a licence", WATCH, **kimi("", license="permissive")),
    case("watch glm fits:80gb", "memory", WATCH, labs=(ZAI,), filters=Filters(fits=80 * GB)),
    case("watch moonshot k3 weights", "a lab and a bare version", WATCH, **kimi("k3", weights="open")),
    case("watch Moonshot AI Kimi K3", "a lab of two words", WATCH, **kimi("Kimi K3")),
    case("watch qwen 4 max weights", "a name with a key in it", WATCH, **qwen("qwen 4 max", weights="open")),
    case("watch qwq 40b weights", "a family that is no lab", WATCH, **qwen("qwq 40b", weights="open")),
    case(
        "watch kimi k3 to:dm", "told to me alone", WATCH, labs=(MOONSHOT,), subject="kimi k3", privately=True
    ),
    case("unwatch kimi", "all of a lab", UNWATCH, labs=(MOONSHOT,)),
    case("unwatch kimi k3 weights", "one thing", UNWATCH, **kimi("kimi k3", weights="open")),
    case("unwatch all", "everything", UNWATCH, everything=True),
    # --- triage
    case("triage Kimi K2.6 adopted", "a word on a release", TRIAGE, subject="Kimi K2.6", triage="adopted"),
    case('triage "Kimi K2.6" Adopted!', "in quotes", TRIAGE, subject="Kimi K2.6", triage="adopted"),
    case("triage Kimi K2.6: not for us", "as the menu has it", TRIAGE, subject="Kimi K2.6", triage="no"),
    case("triage kimi-k2.6 no", "in one word", TRIAGE, subject="kimi-k2.6", triage="no"),
    case("triage Kimi looking at it", "it is looked at", TRIAGE, subject="Kimi", triage="looking"),
    case("triage moonshotai/Kimi-K3 open", "taken back", TRIAGE, subject="moonshotai/Kimi-K3", triage="open"),
    case("recent triage:open", "what nobody looked at", RECENT, triage="open"),
    case("recent qwen triage adopted", "without the colon", RECENT, labs=(QWEN,), triage="adopted"),
]


@pytest.mark.parametrize(("typed", "understood"), UNDERSTOOD)
def test_a_command_is_understood(typed: str, understood: Command) -> None:
    command = parsed(typed)
    assert command == replace(understood, text=command.text)
    assert parsed(command.text) == command


EVERY_DAY = "digest daily 09:00"
MISUNDERSTOOD = [
    pytest.param("subscibe qwen", "did you mean subscribe", ["subscribe qwen"], id="a verb"),
    pytest.param("recnt n:3", "did you mean recent?", ["recent n:3"], id="a verb, the rest is kept"),
    pytest.param("xyzzy", "`help` lists the commands", ["recent", "labs", "help"], id="nothing like it"),
    pytest.param("what about lunch", "did not understand", ["recent"], id="talk is no misspelt command"),
    pytest.param("is Kimi K3 out?", "did not understand", ["show Kimi K3"], id="a question about a model"),
    pytest.param(
        "watching grass grow is what we do on all days here",
        "did not understand",
        ["recent"],
        id="a long sentence is no misspelt command",
    ),
    pytest.param("qwen", "is a lab, not a command", ["recent qwen", "subscribe qwen"], id="a lab for a verb"),
    pytest.param("Moonshot AI", "is a lab", ["recent moonshot", "subscribe moonshot"], id="a lab of two"),
    pytest.param("qwen since:30d", "is a lab", ["recent qwen since:30d"], id="only what makes sense"),
    pytest.param("kimi-k2.6", "is it a model?", ["show kimi-k2.6"], id="a model for a verb"),
    pytest.param("kimi K2.6", "is a lab", ["show kimi K2.6"], id="a model that begins as a lab does"),
    pytest.param("help subscibe", "did you mean subscribe", ["help subscribe"], id="help with nothing"),
    pytest.param("sub moonshoot", "did you mean moonshot?", ["subscribe moonshot"], id="a lab"),
    pytest.param("sub qwen mistal max:7b", "mistral", ["subscribe qwen mistral max:7b"], id="the second lab"),
    pytest.param("sub xyzzy", "`labs` shows them all", [], id="no lab is like it"),
    pytest.param("subscibe moonshoot", "command", ["subscribe moonshot"], id="two mistakes are put right"),
    pytest.param("recent sinc:30d", "did you mean since:?", ["recent since:30d"], id="a key"),
    pytest.param("recent colour:red", "this command takes since:, n:", [], id="no key is like it"),
    pytest.param("recent size:7b", "min: or max:", ["recent min:7b", "recent max:7b"], id="a size"),
    pytest.param("unsub qwen max:7b", "this command takes to:", [], id="a key of another command"),
    pytest.param("recent license:permisive", "permissive", ["recent license:permissive"], id="a licence"),
    pytest.param("recent license:none", "write permissive, conditions", [], id="a licence that is none"),
    pytest.param("recent license:", "says nothing", [], id="a key without a value"),
    pytest.param("recent max:70", "write it as 7b", ["recent max:70b"], id="a size without its unit"),
    pytest.param("recent max:big", "write it as 7b", [], id="no size"),
    pytest.param("recent fits:80", "write it as 24gb", ["recent fits:80gb"], id="memory without its unit"),
    pytest.param("recent fits:0x80gb", "write it as 24gb", [], id="no GPUs"),
    pytest.param("recent type:visoin", "write any, text", ["recent type:vision"], id="a type"),
    pytest.param("sub qwen kinds:variant", "write all or", ["subscribe qwen kinds:variants"], id="a kind"),
    pytest.param("recent weights:opn", "write any or open", ["recent weights:open"], id="weights"),
    pytest.param("recent match:-/-", "words of names", [], id="a name without letters"),
    pytest.param("recent since:soon", "write it as 12h, 30d", [], id="no length of time"),
    pytest.param("recent since:30", "write it as 12h, 30d", ["recent since:30d"], id="a length of what?"),
    pytest.param("recent since:0d", "write it as 12h, 30d", [], id="no time at all"),
    pytest.param("recent since:999999d", "write it as 12h, 30d", [], id="before there were calendars"),
    pytest.param("recent n:0", "number from 1 to 200", [], id="none"),
    pytest.param("recent n:500", "number from 1 to 200", ["recent n:200"], id="too many"),
    pytest.param("recent page:0", "number from 1 to 1,000", [], id="a page before the first"),
    pytest.param("recent qwen 5", "did you mean n:5?", ["recent qwen n:5"], id="a number alone"),
    pytest.param("mute qwen 7", "did you mean 7d?", ["mute qwen 7d"], id="a number of what?"),
    pytest.param("recent min:70b max:7b", "nothing could ever match", [], id="a window that is empty"),
    pytest.param("sub qwen license:mit license:gemma", "stands twice", [], id="a key twice"),
    pytest.param("mute qwen 7d 8d", "stands twice", [], id="two lengths of time"),
    pytest.param("subscribe", "needs a lab, or all", ["subscribe all"], id="whom to follow?"),
    pytest.param("watch moonshoot k3 gguf", "moonshot?", ["watch moonshot k3 gguf"], id="a lab to wait for"),
    pytest.param("watch xyzzy weights", "I don't know a lab", [], id="nobody to wait for"),
    pytest.param("watch", "needs a lab or a release", ["list"], id="nothing to wait for"),
    pytest.param("watch kimi kinds:all", "“kinds:” is not known", [], id="kinds are about messages"),
    pytest.param(
        "watch qwen",
        "say what you wait for",
        ["subscribe qwen", "watch qwen weights:open"],
        id="a lab alone may be followed",
    ),
    pytest.param("triage", "say of a release", ["recent triage:open"], id="no release and no word on it"),
    pytest.param(
        "triage Kimi K3",
        "say of a release",
        ["triage Kimi K3 looking", "triage Kimi K3 adopted", "triage Kimi K3 no"],
        id="no word on a release",
    ),
    pytest.param("recent triage:done", "takes: write open, looking", [], id="a state that is none"),
    pytest.param("sub max:7b", "needs a lab, or all", ["subscribe all max:7b"], id="all with a filter"),
    pytest.param("unsubscribe", "needs a lab, or all", ["list"], id="all is not suggested for leaving"),
    pytest.param("mute 7d", "needs a lab, or all", ["mute all 7d"], id="mute whom?"),
    pytest.param("show", "needs a model", ["recent"], id="show what?"),
    pytest.param("why", "needs a model", ["recent"], id="why what?"),
    pytest.param("status now", "one word too many", ["status"], id="a word for nothing"),
    pytest.param(
        "settings variants:of", "write thread, post, off", ["settings variants:off"], id="how loud?"
    ),
    pytest.param("settings quiet:night", "are no hours", [], id="no hours"),
    pytest.param("settings quiet:22:00-22:00", "at most 16 hours", [], id="a day and a night"),
    pytest.param("settings quiet:22:00-07:00 Xyzzy", "is no time zone", [], id="a zone that is none"),
    pytest.param("settings loud", "variants:thread|post|off", ["settings"], id="no setting"),
    pytest.param("sub qwen to:<#C1|general>", "write here, dm", [], id="another channel"),
    pytest.param("sub qwen to:#general", "“#general”", [], id="another channel by name"),
    pytest.param(
        "digest 9am",
        "say how often",
        ["digest daily 09:00", "digest weekly mon 09:00"],
        id="a digest, how often?",
    ),
    pytest.param("digest daily mon", "no weekday", ["digest weekly mon 09:00"], id="a day of every day"),
    pytest.param("digest wekly", "did you mean weekly?", ["digest weekly mon 09:00"], id="how often, nearly"),
    pytest.param("digest daily 25:00", "a time as 09:00", [EVERY_DAY], id="no time of day"),
    pytest.param("digest daily 13pm", "a time as 09:00", [EVERY_DAY], id="no time of half a day"),
    *(
        pytest.param(
            f"digest {word}",
            f"“{word}” is nothing that a digest can be: it is daily, weekly or monthly",
            [EVERY_DAY, "digest weekly mon 09:00", "digest monthly 09:00"],
            id=f"a digest cannot be {word}",
        )
        for word in (
            "hourly",
            "yearly",
            "tomorrow",
            "morning",
            "often",
            "rarely",
            "once",
            "today",
            "minutely",
        )
    ),
    pytest.param("digest daily hourly", "daily, weekly or monthly", [EVERY_DAY], id="hourly beside daily"),
    pytest.param("digest daily tokio", "Asia/Tokyo", ["digest daily 09:00 Asia/Tokyo"], id="nearly a city"),
    pytest.param(
        "digest daily newyork",
        "America/New_York",
        ["digest daily 09:00 America/New_York"],
        id="nearly a city of two words",
    ),
    pytest.param("digest daily Europe/Berln", "Berlin", ["digest daily 09:00 Europe/Berlin"], id="a zone"),
    pytest.param(
        "digest daily PST", "Los_Angeles", ["digest daily 09:00 America/Los_Angeles"], id="letters of a zone"
    ),
    pytest.param("digest mon tue", "says otherwise", ["digest weekly mon 09:00"], id="two days"),
    pytest.param("digest off daily", "off or has a plan", [], id="off and on"),
    pytest.param("show " + "x" * 500, "too long for a name", [], id="a name of 500 characters"),
    pytest.param("recent " * 2_000, "at most 2,000", [], id="a command of 14,000 characters"),
]


@pytest.mark.parametrize(("typed", "answer", "suggested"), MISUNDERSTOOD)
def test_what_means_nothing_is_answered_with_the_nearest_that_does(
    typed: str, answer: str, suggested: list[str]
) -> None:
    with pytest.raises(UsageError) as raised:
        parsed(typed)
    assert answer in str(raised.value)
    assert len(str(raised.value)) < 500
    assert texts_of(raised.value)[: max(1, len(suggested))] == suggested


def texts_of(error: UsageError) -> list[str]:
    return [one.text for one in error.suggestions] if isinstance(error, MisunderstoodError) else []


def test_the_table_is_long_enough_to_tell_the_grammar() -> None:
    assert len(UNDERSTOOD) + len(MISUNDERSTOOD) >= 120


def test_a_correction_changes_the_one_word_and_keeps_the_others() -> None:
    with pytest.raises(MisunderstoodError) as raised:
        parsed("mute to:dm, for 2 weeks, qwen kimmi")
    assert texts_of(raised.value) == ["mute qwen moonshot 14d to:dm"]


def test_a_button_of_a_page_holds_the_whole_command() -> None:
    command = parsed("recent qwen since:30d type:text")
    assert command.text == "recent qwen type:text since:30d"
    assert written(command) == command.text


def test_no_command_is_called_as_a_lab_is() -> None:
    specs = load_config(Path(__file__).parents[2] / "feeds.yaml").labs
    labs = Labs(spec.lab for spec in specs)
    assert [word for word in ALIASES if labs.find(word)] == []


# --- whatever is typed

WORDS = (
    *ALIASES,
    *("qwen", "kimi", "Moonshot AI", "qwn", "all", "yes", "off", "daily", "weekly", "mon", "9am", "09:00"),
    *(
        "Europe/Berlin",
        "license:mit",
        "license:permisive",
        "licence: mit",
        "min:1234.567b",
        "max:70b",
        "max:7",
    ),
    *(
        "fits:8x80gb",
        "fits:9999x999999tb",
        "type:vlm",
        "kinds:all",
        "weights:open",
        'match:"deep think",coder',
    ),
    *("since:30d", "since:90s", "since:1y", "n:10", "n:1000", "page:2", "7d", "7 days", "to:dm", "me", "for"),
    *("variants:off", "updates", "<https://a.example/?b=1&amp;c|d>", "<#C1|general>", "<@U1>", "/releases"),
    *(
        '"',
        "'",
        "“",
        "”",
        ",",
        ";",
        ":",
        "=",
        "--",
        "—",
        "&amp;",
        "&lt;",
        "<",
        ">",
        "`",
        "\u200b",
        "\u00a0",
        "Kimi K2.6",
    ),
)
sentences = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=9).map(" ".join)
squeezed = st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=9).map("".join)


@given(st.text(max_size=300) | sentences | squeezed)
@example("show &<>amp;lt;")
@example("show '\"x\"?'")
@example('sub qwen match:"coder,max:7b"')
@example("sub qwen match:-İß.")
@example("mute qwen 1y")
def test_whatever_is_typed_is_a_command_that_reads_itself_back_or_one_line_of_error(typed: str) -> None:
    try:
        command = parsed(typed)
    except UsageError as error:
        assert 0 < len(str(error)) < 500  # noqa: PT017 - both outcomes are right
        for text in texts_of(error):
            assert parsed(text).text == text
    else:
        assert parsed(command.text) == command


@given(st.text() | squeezed)
def test_a_plain_line_stays_as_it_is(typed: str) -> None:
    assert plain_line(plain_line(typed)) == plain_line(typed)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("subscribe " + "qwn " * 490, id="hundreds of words that mean nothing"),
        pytest.param("recent " + '"' * 1_900, id="quotes"),
        pytest.param("@" * LONGEST, id="mentions"),
        pytest.param("<" * 1_000 + ">" * 1_000, id="brackets"),
        pytest.param("&amp" + ";amp" * 490, id="entities"),
        pytest.param("recent " + "-" * 1_900, id="dashes"),
        pytest.param("digest " + "9 " * 900, id="times"),
        pytest.param("sub qwen match:" + "a," * 900, id="names"),
        pytest.param("x" * 1_000_000, id="a million characters"),
    ],
)
def test_text_made_to_take_long_does_not(typed: str) -> None:
    def refused() -> None:
        with pytest.raises(UsageError):
            parsed(typed + " xyzzy")

    assert is_done_within(0.5, refused)


@given(st.integers(1, 876_600), st.sampled_from("smhd"))
def test_a_window_is_read_as_it_is_written(number: int, unit: str) -> None:
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit] * min(number, 36_525)
    window = timedelta(seconds=seconds)
    assert parse_window(window_text(window)) == window
