"""`add`, `remove`: labs that are watched beside feeds.yaml, as in Slack."""

import getpass

import click

from bot.cli.output import print_content, say
from bot.cli.trials import show_trial
from bot.desk import labs
from bot.desk.grammar import parse_command
from bot.desk.trial import Trier
from bot.run.engines import fetcher_of
from bot.run.wiring import open_app
from bot.views.answers import added_labs_answer
from bot.views.commands import Verb

_yes = click.option("--yes", is_flag=True, help="Do it without asking.")
_UNCHANGED = "Nothing was changed."


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="ORGANISATION|URL [as NAME]")
@_yes
def add(words: tuple[str, ...], yes: bool) -> None:
    """Show what an organisation or address would bring, and have it watched beside feeds.yaml.

    The organisation is one on the Hub. What it shows now is remembered in silence. A bot that runs takes it
    up within seconds.
    """
    with open_app() as app, fetcher_of(app) as fetcher:
        asked = parse_command(" ".join((Verb.ADD, *words)), app.labs)
        trier = Trier(app.environment, app.config, app.labs, app.clock, fetcher)
        proposal = labs.propose(trier, app.store, app.config, asked.subject, asked.named)
        show_trial(proposal.trial)
        lab, source = proposal.lab, proposal.trial.spec.id
        as_what = "the lab" if proposal.is_new else "one more source of"
        if not (yes or asked.confirmed or click.confirm(f"Watch it as {as_what} {lab.name} ({lab.id})?")):
            say(_UNCHANGED)
            return
        with app.store.transaction():
            labs.add(app.store, proposal, getpass.getuser(), app.clock.now())
    say(f"Added: {lab.name} is watched through {source}; what it shows first is remembered in silence.")
    say(f"`cadencebot remove {lab.id}` is the way back, `cadencebot labs export` prints it for feeds.yaml.")


@click.command()
@click.argument("name", nargs=-1)
@_yes
def remove(name: tuple[str, ...], yes: bool) -> None:
    """Watch a lab no more that was added beside feeds.yaml; what is known of it stays.

    Without NAME, those that were added are listed.
    """
    with open_app(readonly=not name) as app:
        if not name:
            print_content(added_labs_answer(app.store.added.all(), app.clock.now()))
            return
        asked = parse_command(" ".join((Verb.REMOVE, *name)), app.labs)
        lab = labs.find(app.store, app.labs, asked.subject)
        if not (yes or asked.confirmed or click.confirm(f"Watch {lab.name} no more?")):
            say(_UNCHANGED)
            return
        with app.store.transaction():
            labs.remove(app.store, app.settled, lab)
    say(f"{lab.name} is watched no more. What is known of it stays, and so does who follows it.")


COMMANDS = (add, remove)
