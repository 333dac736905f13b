"""`recent`, `show`, `why`, `cadence`, `labs`: questions to what the bot remembers."""

from collections.abc import Sequence
from datetime import timedelta
from difflib import get_close_matches

import click

from bot.app.root import App, open_app
from bot.cadence.stats import ENOUGH, Cadence, cadence
from bot.chat.grammar import MOST, Words, parse_words
from bot.chat.phrases import (
    context,
    dated,
    download,
    length,
    licence,
    size,
    wave_object,
)
from bot.chat.story import story_lines, story_object
from bot.cli.output import as_json_option, counted, margin, print_json, print_table, print_waves, say
from bot.errors import UsageError
from bot.model import Mention, Release, Wave
from bot.records import NO_WEIGHTS, Delivery, Remembered
from bot.releases.serving import memory_to_serve
from bot.releases.sizes import human_count
from bot.releases.words import NOT_STATED, since_previous

_RECENT = timedelta(days=30)
_RHYTHM = timedelta(days=365)
_SHOWN = 20
_SAME = 0.05
_OTHERS = 5
_NOTHING_READ = "No source was read yet: `cadencebot poll` reads them."


@click.command()
@click.argument("words", nargs=-1, metavar="[LAB...] [since:30d] [n:20] [license:...] [min:7b] [max:70b]")
@as_json_option
def recent(words: tuple[str, ...], as_json: bool) -> None:
    """Show what came out lately, newest first."""
    with open_app() as app:
        asked = parse_words(words, app.labs, ("since", "n", "license", "min", "max"))
        window = asked.since or _RECENT
        labs, since = [lab.id for lab in asked.labs], app.clock.now() - window
        count, shown = app.store.history.recent(labs, since, asked.filters, asked.number or _SHOWN)
        if as_json:
            print_json([wave_object(wave) for wave in shown])
            return
        if not count:
            say(f"Nothing came out {_asked_for(asked, window)}." if _has_read(app) else _NOTHING_READ)
            return
        print_waves(shown, f"{counted(count, 'release')} {_asked_for(asked, window)}")
        if len(shown) < count:
            say(f"The newest {len(shown)} are shown; n:{min(count, MOST)} shows more.")


def _has_read(app: App) -> bool:
    return any(state.succeeded_at for state in app.store.sources.states().values())


def _asked_for(asked: Words, window: timedelta) -> str:
    labs = " from " + ", ".join(lab.name for lab in asked.labs) if asked.labs else ""
    filters = f" ({asked.filters})" if str(asked.filters) else ""
    return f"in the last {length(window)}{labs}{filters}"


@click.command()
@click.argument("name")
@as_json_option
def show(name: str, as_json: bool) -> None:
    """Show one release with everything that is known of it."""
    with open_app() as app:
        wave = _one_wave(app, name)
        if as_json:
            print_json(wave_object(wave))
            return
        for line in _wave_lines(wave):
            say(line)


def _one_wave(app: App, name: str) -> Wave:
    found = app.store.history.find(name)
    if not found:
        near = get_close_matches(name, app.store.history.names(), n=3, cutoff=0.4)
        hint = f"did you mean {', '.join(near)}?" if near else "`cadencebot recent` lists what is known"
        raise UsageError(f"no release is called “{name[:80]}”: {hint}")
    exact = [wave for wave in found if wave.lead.name.display.lower() == name.lower()]
    chosen = (exact or found)[0]
    others = [wave.lead.name.display for wave in found if wave is not chosen]
    if others:
        margin().print(f"Also: {', '.join(others[:_OTHERS])}", markup=False)
    return app.store.history.wave(chosen.lead.id)


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
@click.argument("text", metavar="NAME|URL|ID")
@as_json_option
def why(text: str, as_json: bool) -> None:
    """Tell why something was announced, or was not."""
    with open_app() as app:
        remembered = app.store.history.observations(text) if text.strip() else []
        waiting = _waiting(app, text)
        if waiting and not as_json:
            say("\n".join(waiting))
        if not remembered and not waiting:
            raise UsageError(
                f"no source ever showed “{text[:80]}”; `cadencebot status` tells how the sources fare"
            )
        tales = [(item, *_context_of(app, item)) for item in _newest_word(remembered)]
        if as_json:
            print_json([story_object(*tale) for tale in tales])
            return
        for tale in tales:
            for line in story_lines(*tale):
                say(line)
            say("")


def _newest_word(remembered: Sequence[Remembered]) -> list[Remembered]:
    """Return each thing shown once, as it was seen last: a row that changed often is one story."""
    return list({(item.source_id, item.external_id): item for item in reversed(remembered)}.values())[::-1]


def _waiting(app: App, text: str) -> list[str]:
    """Return what is told of repositories that were seen and are not announced yet."""
    return [
        f"{note['id']}  was first seen {note['since'][:16]} UTC by {state.id} and is waited for: "
        f"{note.get('why') or NO_WEIGHTS}"
        for state in app.store.sources.states().values()
        for note in state.waiting
        if text.strip() and text.strip().lower() in note["id"].lower()
    ]


def _context_of(app: App, item: Remembered) -> tuple[Sequence[Mention], Sequence[Delivery]]:
    """Return who else speaks of the sighting's release, and what was owed for it."""
    if not item.release_key:
        return (), ()
    wave = app.store.history.wave(app.store.history.lead_of(item.release_key))
    member = next(one for one in wave.members if one.name.release_key == item.release_key)
    return member.mentions, app.store.deliveries.of_release(wave.lead.id)


@click.command(name="cadence")
@click.argument("words", nargs=-1, metavar="[LAB...] [since:1y]")
@as_json_option
def cadence_command(words: tuple[str, ...], as_json: bool) -> None:
    """Show how often labs ship."""
    with open_app() as app:
        asked = parse_words(words, app.labs, ("since",))
        now = app.clock.now()
        since = now - (asked.since or _RHYTHM)
        days = app.store.history.days([lab.id for lab in asked.labs], since)
        rhythms = {lab: cadence(dates, now.date()) for lab, dates in days.items()}
        order = sorted(rhythms, key=lambda lab: -rhythms[lab].last_365)
        if as_json:
            print_json([_rhythm_object(lab, rhythms[lab]) for lab in order])
            return
        if not order:
            say("Nothing came out in that time." if _has_read(app) else _NOTHING_READ)
            return
        names = {lab.id: lab.name for lab in app.labs}
        print_table(
            ("Lab", "30 d", "90 d", "365 d", "Median gap", "Since the last"),
            [_rhythm_row(names.get(lab, lab), rhythms[lab]) for lab in order],
            "Releases a lab; sizes of one family that came together count once",
        )


def _rhythm_row(name: str, rhythm: Cadence) -> tuple[str, ...]:
    gap = (
        f"{rhythm.median_gap:g} d"
        if len(rhythm.gaps) + 1 >= ENOUGH and rhythm.median_gap
        else "too few to say"
    )
    last = f"{rhythm.since_last} d" if rhythm.since_last is not None else "never"
    return (name, str(rhythm.last_30), str(rhythm.last_90), str(rhythm.last_365), gap, last)


def _rhythm_object(lab: str, rhythm: Cadence) -> dict[str, object]:
    return {
        "lab": lab,
        "last_30": rhythm.last_30,
        "last_90": rhythm.last_90,
        "last_365": rhythm.last_365,
        "median_gap_days": rhythm.median_gap,
        "since_last_days": rhythm.since_last,
    }


@click.command()
@click.argument("word", default="")
@as_json_option
def labs(word: str, as_json: bool) -> None:
    """List the labs, or those whose name contains WORD."""
    with open_app() as app:
        found = [
            lab
            for lab in app.labs
            if any(word.lower() in name.lower() for name in (lab.id, lab.name, *lab.aliases))
        ]
        if as_json:
            print_json([{"id": lab.id, "name": lab.name, "aliases": lab.aliases} for lab in found])
            return
        if not found:
            raise UsageError(f"no lab's name contains “{word[:60]}”; `cadencebot labs` lists them all")
        print_table(
            ("Lab", "Name", "Also called"), [(lab.id, lab.name, ", ".join(lab.aliases)) for lab in found]
        )


COMMANDS = (recent, show, why, cadence_command, labs)
