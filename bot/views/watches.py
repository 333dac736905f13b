"""What people wait for, and the one message when it is so. Pure."""

from bot.model import Lab, Release
from bot.records import Content, Watch
from bot.releases.facts import words
from bot.releases.facts.text import clean
from bot.views import blocks
from bot.views.answers.common import typed
from bot.views.blocks import dotted, literal
from bot.views.names import FACT_LIMIT, NAME_LIMIT, lab_name, licence_of, linked_model, person, size_of

_WORDS_LIMIT = 120


def hoped(watch: Watch, lab: Lab) -> str:
    """Return what is waited for as a person says it: "kimi k3 with open weights"; cleaned, not escaped."""
    asked = str(watch.filters)
    packaged = f"as {watch.packaging.upper()}" if watch.packaging else ""
    filtered = f"with {'open weights' if asked == 'weights:open' else asked}" if asked else ""
    said = (watch.name or f"a release of {lab.name}", packaged, filtered)
    return clean(" ".join(filter(None, said)), _WORDS_LIMIT)


def found(lab: Lab, release: Release, repository: str) -> str:
    """Return a release with its facts; `repository` is that of a packaging which was waited for, or ""."""
    facts = (
        f"*{linked_model(release)}* by {lab_name(lab)}",
        licence_of([release]),
        size_of([release]),
        literal(words.download_words(release.facts), FACT_LIMIT),
        f"`{literal(repository, NAME_LIMIT)}`" if repository else "",
    )
    return dotted(facts)


def render_watch(watch: Watch, lab: Lab, release: Release, repository: str) -> Content:
    """Return the one message of a watch; in a channel it calls who asked."""
    is_own = watch.destination.is_person
    who = "You waited" if is_own else f"{person(watch.created_by)} waited"
    what = literal(hoped(watch, lab), _WORDS_LIMIT)
    text = f"{who} for {what}, which is out: {found(lab, release, repository)}"
    hint = f"Nothing more comes of it. To hear of every such release, {typed('subscribe')}."
    return Content(text.replace("*", ""), (blocks.section(f"🔔 {text}"), blocks.context([hint])))
