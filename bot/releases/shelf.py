"""Find which release a sighting means, in the book as it stands: pure."""

from datetime import datetime, timedelta

from bot.model import DateOrigin, Name, Sighting
from bot.releases.names import covers
from bot.releases.steps import Book, Judged, Known, Settings

# Dates of one release disagree by days everywhere (reference/identity.md): they only guard a match by name.
NEAR = timedelta(days=45)
# Sizes whose repositories were created this close together are one wave of a lab's history.
TOGETHER = timedelta(days=14)


class Shelf:
    """Hold the releases of a decision, found by key, by family and by repository.

    `releases` are by key; `keys` are by "owner/name" in lower case and by the Hub's _id. In a `silent`
    decision, a baseline's, only the dates of things are known; else they happen now.
    """

    def __init__(self, book: Book, now: datetime, settings: Settings, *, silent: bool) -> None:
        self.releases: dict[str, Known] = {}
        self.keys: dict[str, str] = {}
        self._families: dict[tuple[str, str], list[str]] = {}
        self._now = now
        self._settings = settings
        self._silent = silent
        for known in book.releases:
            self.put(known)

    def put(self, known: Known) -> Known:
        """Put a release in its place, or in the place of what was known of it before."""
        if known.key not in self.releases:
            self._families.setdefault(_family_of(known.name), []).append(known.key)
        self.releases[known.key] = known
        for repository, hub_id in known.repositories.items():
            self.keys[repository] = self.keys[hub_id] = known.key
        return known

    def spoken_of(self, name: Name, item: Judged) -> Known | None:
        """Find the release that a post or listing names: exactly, or the nearest in time of those covered."""
        exact = self.releases.get(name.release_key)
        if exact is not None:
            return exact
        when = moment_of(item.sighting, self._now)
        near = [
            (abs(known.published_at - when), known.lead_key)
            for known in self._family(name)
            if covers(name, known.name) or (covers(known.name, name) and self._is_wave(known))
        ]
        distance, lead_key = min(near, default=(NEAR * 2, ""))
        return self.releases[lead_key] if distance <= NEAR else None

    def awaiting_weights(self, name: Name, item: Judged) -> Known | None:
        """Find a release that was announced without weights and whose name covers these."""
        when = moment_of(item.sighting, self._now, live=not self._silent)
        for known in self._family(name):
            near = abs(known.published_at - when) <= NEAR
            if near and covers(known.name, name) and self._gathers(known):
                return self.releases[known.lead_key]
        return None

    def _gathers(self, known: Known) -> bool:
        """Tell whether a release that only names a family still takes the weights that it covers.

        It does until weights have come for as long as a wave lasts: "DeepSeek V4" takes V4-Pro and V4-Flash
        of the same day, and not V4-Pro-0813 of weeks later.
        """
        arrived = self._weights_of(known)
        return not known.head and (not arrived or self._now - min(arrived) <= self._settings.group)

    def _is_wave(self, known: Known) -> bool:
        """Tell whether a post on one model still belongs to a release that only names its family."""
        return self._silent or self._now - known.opened_at <= self._settings.group

    def _weights_of(self, lead: Known) -> list[datetime]:
        """Return when the weights of a wave came."""
        family = self._family(lead.name)
        return [member.opened_at for member in family if member.lead_key == lead.lead_key and member.head]

    def has_weights(self, lead: Known) -> bool:
        return bool(self._weights_of(lead))

    def wave_of(self, name: Name, item: Judged) -> Known | None:
        """Find the lead of the same family key that this model belongs with.

        Live, a wave gathers within the group window behind an alert that was sent; in a baseline, where
        only dates are known, behind a silent release of about the same date.
        """
        when = moment_of(item.sighting, self._now)
        for known in self._family(name):
            lead = self.releases[known.lead_key]
            if self._silent:
                together = abs(lead.published_at - when) <= TOGETHER
            else:
                together = not lead.silent and self._now - lead.opened_at <= self._settings.group
            if known.name.family_key == name.family_key and together:
                return lead
        return None

    def linked(self, item: Judged) -> Known | None:
        """Find the release whose repository the sighting links."""
        for link in item.sighting.links:
            repository = "/".join(link.split("?")[0].rstrip("/").split("/")[-2:]).lower()
            if repository in self.keys:
                return self.releases[self.keys[repository]]
        return None

    def _family(self, name: Name) -> list[Known]:
        return [self.releases[key] for key in self._families.get(_family_of(name), ())]


def moment_of(sighting: Sighting, now: datetime, *, live: bool = False) -> datetime:
    """Return when the thing happened, as far as the sighting tells.

    A repository's creation is weeks before its publication (reference/hub.md, section 3), so a live one
    happened now; in a baseline its creation is all there is.
    """
    published = sighting.published
    if published is None or (live and published.origin is DateOrigin.CREATED):
        return now
    return published.at


def _family_of(name: Name) -> tuple[str, str]:
    return name.lab, name.family.lower()
