"""Which release a sighting means, in the catalogue as it stands. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from bot.model import Kind, Name, SourceKind
from bot.releases.naming.addresses import repository_in
from bot.releases.naming.names import covers, respelt
from bot.releases.news.decision import Catalogue, Judged, Known, Settings
from bot.releases.news.likeness import (
    NEAR,
    announces,
    covers_an_answering,
    family_of,
    is_a_size_of,
    is_near,
    is_spoken_for,
    may_be_called,
    moment_of,
    repository_linked,
    tells_by_month,
)

# Sizes whose repositories were created this close together are one wave of a lab's history.
_TOGETHER = timedelta(days=14)
_ROUNDED = timedelta(days=1)  # a date without a time may be so much earlier
_MOST_PROMISES = 20  # of one post


class ReleaseIndex:
    """The releases of a decision, found by key, by family and by repository.

    `releases` are by key; `keys` are by "owner/name" in lower case and by the Hub's _id. In a `silent`
    decision, a baseline's, only the dates of things are known; else they happen now.
    """

    def __init__(self, catalogue: Catalogue, now: datetime, settings: Settings, *, silent: bool) -> None:
        self.releases: dict[str, Known] = {}
        self.keys: dict[str, str] = {}
        self._families: dict[tuple[str, str], list[str]] = {}
        self._spellings: dict[str, str] = {}
        self._promises: dict[str, str] = {}
        self._now = now
        self._group = settings.group
        self._silent = silent
        for known in catalogue.releases:
            self.put(known)

    def put(self, known: Known) -> Known:
        """Put a release in its place, or in the place of what was known of it before."""
        if known.key not in self.releases:
            self._families.setdefault(family_of(known.name), []).append(known.key)
            self._spellings.setdefault(respelt(known.key), known.key)
        self.releases[known.key] = known
        for repository, hub_id in known.repositories.items():
            self.keys[repository] = self.keys[hub_id] = known.key
        self._promises.update(dict.fromkeys(known.promised, known.key))
        return known

    # --- by its name

    def of_key(self, name: Name) -> Known | None:
        """Return the release of this key, however an older version of the bot spelt it, or None."""
        key = name.release_key
        return self.releases.get(key) or self.releases.get(self._spellings.get(respelt(key), ""))

    def named(self, name: Name, item: Judged) -> Known | None:
        """Return the release of this very name, else the lead of the nearest in time that it covers, or None.

        A flagship that comes after its smaller sibling is no word on the sibling: see `is_spoken_for`. At
        last it is the only one that says a version for this name's month, or a month for its version.
        """
        exact = self.of_key(name)
        if exact is not None:
            return exact
        when, family = moment_of(item.sighting, self._now), self._family(name)
        covered = (it for it in family if is_near(it, when) and self._is_covered(it, name, when))
        nearest = self._nearest(covered, when)
        if nearest is not None:
            return nearest
        leads = {known.lead_key for known in family if tells_by_month(known, name, when)}
        return self.releases[leads.pop()] if len(leads) == 1 else None

    def _is_covered(self, known: Known, name: Name, when: datetime) -> bool:
        is_of_one_launch = self._is_of_one_launch(known, when)
        if covers(name, known.name):
            return is_of_one_launch or not is_spoken_for(known, name)
        return is_of_one_launch and covers_an_answering(name, known.name)

    def family_named_by(self, name: Name, item: Judged) -> Known | None:
        """Return the lead of a launch that only names the family of this model, while it gathers, or None.

        A size is looked for as long as its weights would be; a model by a word of its own only on the day.
        """
        when = moment_of(item.sighting, self._now)
        families = (
            known
            for known in self._family(name)
            if is_near(known, when)
            and covers(known.name, name)
            and (
                self._silent
                or self._is_of_one_launch(known, when)
                or (is_a_size_of(known.name, name) and self._gathers(known))
            )
        )
        return self._nearest(families, when)

    def _nearest(self, found: Iterable[Known], when: datetime) -> Known | None:
        lead_keys = ((abs(known.published_at - when), known.lead_key) for known in found)
        nearest = min(lead_keys, default=None)
        return self.releases[nearest[1]] if nearest else None

    # --- by what it links

    def linked(self, item: Judged) -> Known | None:
        """Return the release whose repository the sighting links, or None."""
        return next(self._linked(item), None)

    def linked_as(self, name: Name, item: Judged) -> Known | None:
        """Return the release whose repository a post links that calls it by this other name, or None.

        Posts link older models too, to compare or to thank: such a one has another version, is of long ago,
        or has had a post of its own.
        """
        when = moment_of(item.sighting, self._now)
        return next((known for known in self._linked(item) if may_be_called(known, name, when)), None)

    def _linked(self, item: Judged) -> Iterator[Known]:
        keys = (self.keys.get(repository_linked(link)) for link in item.sighting.links)
        yield from (self.releases[key] for key in keys if key)

    def not_open(self, item: Judged) -> tuple[str, ...]:
        """Return the repositories that a sighting links and nobody has seen, lower-case, at most twenty."""
        linked = (repository_in(link).lower() for link in item.sighting.links)
        return tuple(dict.fromkeys(one for one in linked if one and one not in self.keys))[:_MOST_PROMISES]

    def listed(self, name: Name, item: Judged) -> Known | None:
        """Return the release that a listing links, or names whole or in part, or None.

        Of a variant, such as a faster way of serving, it is the newest that covers it: providers add these
        months later, so the window of a launch does not count.
        """
        known = self.linked(item) or self.named(name, item) or self.family_named_by(name, item)
        if known or item.verdict.kind is not Kind.VARIANT:
            return known
        covering = (known for known in self._family(name) if covers(known.name, name))
        return max(covering, key=lambda known: known.published_at, default=None)

    # --- by the launch that it belongs to

    def awaiting_weights(self, name: Name, item: Judged) -> Known | None:
        """Return the lead of a release that was announced without weights and is waiting for these, or None.

        It linked their repository, or its name covers theirs.
        """
        linking = self._promises.get(item.sighting.title.lower())
        if linking:
            return self.releases[self.releases[linking].lead_key]
        when = moment_of(item.sighting, self._now, live=not self._silent)
        for known in self._family(name):
            if not is_near(known, when):
                continue
            together = self._is_of_one_launch(known, when)
            covered = announces(known.name, name) if together else covers(known.name, name)
            covered = covered or tells_by_month(known, name, when)
            if covered and self._gathers(known):
                return self.releases[known.lead_key]
        return None

    def wave_of(self, name: Name, item: Judged) -> Known | None:
        """Return the lead of the same family key that this model belongs with, or None.

        Live, a wave gathers within the group window behind an alert that was sent, and behind the first of
        its weights where a listing or a post came days before; in a baseline, where only dates are known,
        behind a silent release of about the same date.
        """
        when, family_key = moment_of(item.sighting, self._now), respelt(name.family_key)
        for known in self._family(name):
            lead = self.releases[known.lead_key]
            if self._silent:
                together = abs(lead.published_at - when) <= _TOGETHER
            else:
                together = not lead.silent and self._is_gathering(lead, item)
            if together and respelt(known.name.family_key) == family_key:
                return lead
        return None

    def takes(self, lead: Known, item: Judged) -> bool:
        """Whether the alert of a launch still takes another model that a post names beside it.

        One that a baseline found has no alert.
        """
        has_alert = self._silent or lead.held or not lead.silent
        return has_alert and self._is_of_one_launch(lead, moment_of(item.sighting, self._now))

    def weights_of(self, lead: Known) -> list[Known]:
        """Return the releases of a wave that have weights."""
        family = self._family(lead.name)
        return [member for member in family if member.lead_key == lead.lead_key and member.head]

    def _is_of_one_launch(self, known: Known, when: datetime) -> bool:
        """Whether a release and what happened at `when` are no further apart than one launch takes.

        Live, our own clock tells; but what dates itself days ago is no part of what was opened just now,
        unless that is of the same day.
        """
        of_one_day = abs(known.published_at - when) <= self._group
        if self._silent or known.silent:
            return of_one_day
        of_today = self._now - when <= self._group + _ROUNDED
        return (of_today or of_one_day) and self._now - known.opened_at <= self._group

    def _is_gathering(self, lead: Known, item: Judged) -> bool:
        since = self._now - lead.opened_at
        opening = item.sighting.source is SourceKind.HUB and self._are_opening(self.weights_of(lead))
        return since <= self._group or (opening and since <= NEAR)

    def _gathers(self, known: Known) -> bool:
        """Whether a release that only names a family still takes the weights that it covers.

        It does until such weights have come for as long as a wave lasts: "DeepSeek V4" takes V4-Pro and
        V4-Flash of the same day, and not V4-Pro-0813 of weeks later.
        """
        arrived = (its for its in self.weights_of(known) if announces(known.name, its.name))
        return not known.head and self._are_opening(arrived)

    def _are_opening(self, arrived: Iterable[Known]) -> bool:
        """Whether none of a launch's weights have come yet, or the first within the group window."""
        first = min((its.weights_at or its.opened_at for its in arrived), default=self._now)
        return self._now - first <= self._group

    def _family(self, name: Name) -> list[Known]:
        return [self.releases[key] for key in self._families.get(family_of(name), ())]
