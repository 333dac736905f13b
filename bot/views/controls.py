"""What can be pressed below a message: a value is the whole command that it runs, so no button is special."""

from bot.model import Lab, Release
from bot.releases.facts.visible import clean
from bot.views import blocks
from bot.views.blocks import Element

_LAB_LIMIT = 30  # so that the menu's words stay whole


def details_button(release: Release, number: int = 0) -> Element | None:
    """Return the button that opens all that is known of a release; `number` is its own in its block."""
    return blocks.button("Details", f"details:{number}", str(release.id))


def more_menu(lab: Lab, release: Release | None = None) -> Element | None:
    """Return the menu behind "…": less of this lab, and a word on what is wrong with this release."""
    name = clean(lab.name, _LAB_LIMIT) or lab.id
    choices = [
        (f"Mute {name} here for 7 days", f"run:mute {lab.id} 7d"),
        (f"Unsubscribe from {name} here", f"run:unsubscribe {lab.id}"),
    ]
    if release:
        choices.append(("Report a wrong detail", f"report:{release.id}"))
    return blocks.overflow("more:0", choices)
