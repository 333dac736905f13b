"""`recent`, `show`, `why`, `labs`: questions to what the bot remembers."""

from collections.abc import Sequence

import click

from bot.cli.output import as_json_option, counted, margin, print_json, print_table, print_waves, say
from bot.desk.grammar import parse_command
from bot.desk.questions import RECENT, Questions
from bot.desk.words import MOST
from bot.errors import UsageError
from bot.model import Release, Wave
from bot.releases.facts.serving import memory_to_serve
from bot.releases.facts.sizes import human_count
from bot.releases.facts.words import NOT_STATED, since_previous
from bot.run.wiring import App, open_app
from bot.views.commands import Command, Verb
from bot.views.phrases import context, dated, download, length, licence, size, wave_object, wave_objects
from bot.views.story import story_lines, story_object

_SHOWN = 20
_SAME = 0.05
_OTHERS = 5
_NOTHING_READ = "No source was read yet: `cadencebot poll` reads them."
_FILTERS = "[license:...] [min:7b] [max:70b] [fits:80gb] [type:...] [weights:open] [match:...]"


def _asked(app: App, verb: Verb, words: Sequence[str]) -> tuple[Questions, Command]:
    """Return what is asked, and whom: the same words mean the same in Slack."""
    questions = Questions(app.store, app.labs, app.clock, app.config.source_ids)
    return questions, parse_command(" ".join((verb, *words)), app.labs)


@click.command()
@click.argument("words", nargs=-1, metavar=f"[LAB...] [since:30d] [n:20] [page:2] {_FILTERS}")
@as_json_option
def recent(words: tuple[str, ...], as_json: bool) -> None:
    """Show what came out lately, newest first."""
    with open_app(readonly=True) as app:
        questions, asked = _asked(app, Verb.RECENT, words)
        count, shown = questions.recent(asked, asked.number or _SHOWN)
        if as_json:
            print_json(list(wave_objects(shown)))
            return
        if not count:
            say(f"Nothing came out {_asked_for(asked)}." if _has_read(app) else _NOTHING_READ)
            return
        print_waves(shown, f"{counted(count, 'release')} {_asked_for(asked)}")
        if len(shown) < count:
            say(f"{len(shown)} are shown; n:{min(count, MOST)} shows more, page:{asked.page + 1} older ones.")


def _has_read(app: App) -> bool:
    return any(state.succeeded_at for state in app.store.sources.states().values())


def _asked_for(asked: Command) -> str:
    labs = " from " + ", ".join(lab.name for lab in asked.labs) if asked.labs else ""
    filters = f" ({asked.filters})" if str(asked.filters) else ""
    return f"in the last {length(asked.since or RECENT)}{labs}{filters}"


@click.command()
@click.argument("name", nargs=-1, required=True)
@as_json_option
def show(name: tuple[str, ...], as_json: bool) -> None:
    """Show one release with everything that is known of it."""
    with open_app(readonly=True) as app:
        questions, asked = _asked(app, Verb.SHOW, name)
        wave, others = questions.one(asked.subject)
        if others:
            margin().print(f"Also: {', '.join(others[:_OTHERS])}", markup=False)
        if as_json:
            print_json(wave_object(wave))
            return
        for line in _wave_lines(wave):
            say(line)


def _wave_lines(wave: Wave) -> list[str]:
    lead = wave.lead
    lines = [f"{lead.name.display} by {wave.lab.name}, {dated(lead.published)}"]
    since = since_previous(lead.published, wave.previous)
    lines += [since] if since else []
    for model in wave.sizes:
        lines += ["", model.name.display]
        lines += [f"  {name:<11} {value}" for name, value in _facts(model)]
        lines += [f"  {'variant':<11} {v.packaging or NOT_STATED}: {v.repository}" for v in model.variants]
    lines += ["", "Said by"]
    lines += [
        f"  {mention.source:<10} {mention.title}  {mention.url}"
        for m in wave.members
        for mention in m.mentions
    ]
    return lines


def _counted(model: Release) -> str:
    """Note what the Hub counts where that differs from what is shown, as with packed weights."""
    shown, by_hub = model.facts.parameters, model.facts.parameters_counted
    if not shown or not by_hub or abs(by_hub - shown) <= _SAME * shown:
        return ""
    return f" (the Hub counts {human_count(by_hub)})"


def _facts(model: Release) -> list[tuple[str, str]]:
    license = model.license
    facts = [
        ("licence", licence(license)),
        ("parameters", size(model) + _counted(model)),
        ("download", download(model)),
    ]
    facts += [("context", context(model)), ("task", model.facts.task or NOT_STATED)]
    if license.condition:
        facts.insert(1, ("", license.condition))
    if model.facts.gated in ("auto", "manual"):
        facts.append(("access", "needs an access request"))
    needs = memory_to_serve(model.facts.parameters, model.facts.precision, model.facts.download_bytes)
    return facts + [("to serve", str(need)) for need in needs]


@click.command()
@click.argument("text", metavar="NAME|URL|ID", nargs=-1, required=True)
@as_json_option
def why(text: tuple[str, ...], as_json: bool) -> None:
    """Tell why something was announced, or was not."""
    with open_app(readonly=True) as app:
        questions, asked = _asked(app, Verb.WHY, text)
        stories, waiting = questions.stories(asked.subject), questions.waiting(asked.subject)
        if waiting and not as_json:
            say("\n".join(waiting))
        if not stories and not waiting:
            raise UsageError(
                f"no source ever showed “{asked.subject[:80]}”; `cadencebot status` tells how they fare"
            )
        if as_json:
            print_json([story_object(story) for story in stories])
            return
        for story in stories:
            for line in story_lines(story):
                say(line)
            say("")


@click.command()
@click.argument("word", default="")
@as_json_option
def labs(word: str, as_json: bool) -> None:
    """List the labs, or those whose name contains WORD."""
    with open_app(readonly=True) as app:
        found = Questions(app.store, app.labs, app.clock).named(word)
        if as_json:
            print_json([{"id": lab.id, "name": lab.name, "aliases": lab.aliases} for lab in found])
            return
        if not found:
            raise UsageError(f"no lab's name contains “{word[:60]}”; `cadencebot labs` lists them all")
        print_table(
            ("Lab", "Name", "Also called"), [(lab.id, lab.name, ", ".join(lab.aliases)) for lab in found]
        )


COMMANDS = (recent, show, why, labs)
