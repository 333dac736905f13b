"""What releases, labs and places are called in a message: in mrkdwn, unless said otherwise. Pure."""

from collections.abc import Sequence

from bot.model import Destination, Lab, Release, SourceKind, Wave
from bot.releases.facts import words
from bot.releases.facts.text import clean, web_address
from bot.views.blocks import link, literal

# Characters of one.
NAME_LIMIT = 80
LAB_LIMIT = 40
FACT_LIMIT = 80
NAMELESS = "a model without a name"


def name_of(release: Release) -> str:
    """Return a release's name."""
    return literal(release.name.display, NAME_LIMIT) or NAMELESS


def subject_of(wave: Wave) -> str:
    """Return the name that the models of a wave share."""
    return literal(words.subject(wave), NAME_LIMIT) or NAMELESS


def plain_subject(wave: Wave) -> str:
    """Return the name that the models of a wave share, cleaned but not escaped."""
    return clean(words.subject(wave), NAME_LIMIT) or NAMELESS


def linked(wave: Wave) -> str:
    """Return the wave's name, linked to the page to read first."""
    return link(main_url(wave), words.subject(wave), NAME_LIMIT) or NAMELESS


def linked_model(model: Release) -> str:
    """Return a model's name, linked to its card, else to the post about it."""
    return link(model.card_url or model.post_url, model.name.display, NAME_LIMIT) or NAMELESS


def main_url(wave: Wave) -> str:
    """Return the page to read first: the card of one model but the post about several, else the listing."""
    card, post = first_url(wave, SourceKind.HUB), first_url(wave, SourceKind.FEED)
    first, second = (post, card) if len(wave.sizes) > 1 else (card, post)
    return first or second or first_url(wave, SourceKind.LLM_STATS)


def first_url(wave: Wave, source: SourceKind) -> str:
    """Return the first usable address that a source of this kind gave."""
    mentions = (mention for member in wave.members for mention in member.mentions)
    return next((it.url for it in mentions if it.source.counts_as is source and web_address(it.url)), "")


def sizes_of(wave: Wave) -> str:
    """Return "4 sizes", or "" of one."""
    return f"{len(wave.sizes)} sizes" if len(wave.sizes) > 1 else ""


def by_size(wave: Wave) -> list[Release]:
    """Return the models of a wave, the largest first."""
    return sorted(wave.sizes, key=lambda model: -(model.facts.parameters or 0))


def lab_name(lab: Lab) -> str:
    """Return a lab's name, or its id where the name has nothing to show."""
    return literal(lab.name, LAB_LIMIT) or literal(lab.id, LAB_LIMIT) or "an unnamed lab"


def plain_lab(lab: Lab) -> str:
    """Return a lab's name, cleaned but not escaped, or its id."""
    return clean(lab.name, LAB_LIMIT) or lab.id


def licence_of(models: Sequence[Release]) -> str:
    """Return the licence of the first of these models, a circle and words, and whether others differ."""
    return f"{words.circle(models[0].license)} {licence_in_words(models)}"


def licence_in_words(models: Sequence[Release]) -> str:
    """Return the same without the circle, as it is heard."""
    license = models[0].license
    said = words.license_words(license)
    differs = ", differs for some" if any(it.license != license for it in models) else ""
    text = "licence not stated" if said == words.NOT_STATED else literal(said, FACT_LIMIT)
    return f"{text}{differs}"


def size_of(models: Sequence[Release]) -> str:
    """Return the parameters of these models: "5.1B to 31B parameters"."""
    return literal(words.size_range(models), FACT_LIMIT) or "size not stated"


def task_of(wave: Wave) -> str:
    """Return what the models of a wave are for, as far as one of them states it."""
    task = next((model.facts.task for model in wave.members if model.facts.task), "")
    return literal(words.task_words(task), FACT_LIMIT)


def title_of(wave: Wave) -> str:
    """Return what was released by whom, cleaned but not escaped, for a place that shows it literally."""
    return f"{plain_subject(wave)} by {plain_lab(wave.lab)}"


def place(destination: Destination) -> str:
    """Return a destination as Slack shows it to those who may see it."""
    if destination.is_channel:
        return f"<#{destination.place}>"
    return _mention(destination) or literal(destination, LAB_LIMIT) or "a place without a name"


def person(user: str) -> str:
    """Return who did something: a mention in Slack, a name elsewhere, "somebody" where nobody noted it."""
    return _mention(Destination(user)) or literal(user, LAB_LIMIT) or "somebody"


def by_name(name: str, user: str) -> str:
    """Return who did something, by name, which calls nobody; a mention where Slack gives no name."""
    return literal(name, NAME_LIMIT) or f"<@{user}>"


def mention(who: str) -> str:
    """Return a mention of a person, or of a user group, by Slack's id.

    https://docs.slack.dev/messaging/formatting-message-text#mentioning-groups
    """
    return f"<!subteam^{who}>" if who.startswith("S") else f"<@{who}>"


def source_name(source_id: str) -> str:
    """Return what a source is called."""
    return literal(source_id, NAME_LIMIT) or "a source"


def _mention(user: Destination) -> str:
    return f"<@{user.place}>" if user.is_person else ""
