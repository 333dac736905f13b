"""When is a post new? The rule for feeds and pages, which change everything about a post but its gist.

Sites migrate (new guid, new link, new date), retitle, leave guids out, give all entries one link and stamp
old posts with today's date; docs/reference/blogs.md#changes has measured cases. So a post has up to three
identities, each worth something only where no other entry of the feed shares it, and it is new only when
none of them was ever seen. Dates do not count at all. A guid that comes with another link and another title
is used again for another post.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from bot.model import Published
from bot.sources.text import clean

_TRACKING = re.compile(r"utm_.*|fbclid|gclid|mc_[ce]id|igshid|ref|ref_src|cmpid|_hs\w+|trk", re.IGNORECASE)
_SURROGATES = re.compile("[\ud800-\udfff]")  # JSON can spell them, UTF-8 cannot
_KEY_LIMIT = 300
_GUID = "guid:"

Known = Callable[[Iterable[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One post as a feed or page shows it."""

    guid: str = ""
    link: str = ""
    title: str = ""
    published: Published | None = None
    body: str = ""  # HTML that nobody has looked into yet
    whole: "Entry | None" = None  # titled by a date: the post stands in its text, with others (dated.py)


@dataclass(frozen=True, slots=True)
class News:
    """Posts, each with its first identity."""

    posts: tuple[tuple[str, Entry], ...]  # never seen before
    identities: Mapping[str, str]  # all that are to be remembered
    shown: tuple[tuple[str, Entry], ...]  # all different ones, old and new


def new_entries(entries: Sequence[Entry], known: Known, homes: Iterable[str] = ()) -> News:
    """Return the entries none of whose identities is known.

    Every identity leads to the first one that its post ever had, so that a post which changes its guid,
    link and title one after the other stays the same post.
    """
    shown = identities(tuple(dict.fromkeys(entry.whole or entry for entry in entries)), homes)
    seen = known([key for _, keys in shown for key in keys])
    found = {entry: _post_of(keys, seen) for entry, keys in shown}
    parts = _parts(entries, {entry: post for entry, (post, _) in found.items()})
    seen_parts = known([key for keys in parts.values() for key in keys]) if parts else {}
    posts: list[tuple[str, Entry]] = []
    remember: dict[str, str] = {}
    for entry, keys in shown:
        post, is_new = found[entry]
        remember.update({key: post for key in keys if is_new or key not in seen})
        unknown = {key: part for key, part in parts.get(entry, {}).items() if key not in seen_parts}
        remember.update(dict.fromkeys(unknown, post))
        if entry not in parts:
            posts += [(post, entry)] if is_new else []
        elif is_new or _parted(post) in seen_parts:
            posts += [(key, part) for key, part in unknown.items() if part is not entry]
    return News(tuple(posts), remember, tuple((post, entry) for entry, (post, _) in found.items()))


def _parts(entries: Iterable[Entry], found: Mapping[Entry, str]) -> dict[Entry, dict[str, Entry]]:
    """Return the posts that stand in the text of an entry, by their identities, and that it was taken apart.

    An entry that was known before it could be taken apart has nothing new in it.
    """
    parts: dict[Entry, dict[str, Entry]] = {}
    divided = [entry for entry in entries if entry.whole]
    kept = {_gist(entry): entry for entry in found} if divided else {}
    for entry in divided:
        whole = kept.get(_gist(entry.whole)) if entry.whole and entry.whole not in found else entry.whole
        if whole:
            post = found[whole]
            key = "part:" + _hash(f"{post}\n{canonical_title(entry.title)}")
            parts.setdefault(whole, {_parted(post): whole}).setdefault(key, entry)
    return parts


def _parted(post: str) -> str:
    return _short(f"parts:{post}")


def _gist(entry: Entry) -> tuple[str, ...]:
    return entry.guid, canonical_link(entry.link), canonical_title(entry.title)


def _post_of(keys: Sequence[str], seen: Mapping[str, str]) -> tuple[str, bool]:
    """Return the first identity of the post that these lead to, and whether it is new."""
    telling = [key for key in keys if not key.startswith(_GUID)]
    if any(key in seen for key in telling):
        return next(seen[key] for key in keys if key in seen), False
    is_another = {key.partition(":")[0] for key in telling} >= {"link", "title"}
    if keys[0] in seen and not is_another:  # its guid
        return seen[keys[0]], False
    return telling[0] if keys[0] in seen else keys[0], True


def identities(
    entries: Sequence[Entry], homes: Iterable[str] = ()
) -> tuple[tuple[Entry, tuple[str, ...]], ...]:
    """Return each distinct entry with its identities, at least one, the most telling first.

    A link to one of `homes`, the feed's own address or its site's, says nothing of the post.
    """
    own = {canonical_link(home) for home in homes} | {""}
    shown: dict[object, tuple[Entry, tuple[str, ...]]] = {}
    of_a_day: set[object] = set()
    for entry in entries:
        link, title, when = canonical_link(entry.link), canonical_title(entry.title), entry.published
        parts = {"guid": entry.guid.strip(), "link": link if link not in own else "", "title": title}
        keys = tuple(_short(f"{name}:{value}") for name, value in parts.items() if value)
        # Pages show a post in the hero and again in the list, perhaps by another address.
        is_page = not entry.guid and entry.link and title
        of_its_day = (title, when.at.date()) if is_page and when and when.precision != "month" else None
        if of_its_day not in of_a_day:
            shown.setdefault(_digest(entry, keys), (entry, keys))
        of_a_day |= {of_its_day} - {None}
    counts = Counter(key for entry, keys in shown.values() for key in (*keys, _dated(entry)))
    return tuple((entry, _telling(entry, keys, counts)) for entry, keys in shown.values())


def _telling(entry: Entry, keys: tuple[str, ...], counts: Mapping[str, int]) -> tuple[str, ...]:
    unique = tuple(key for key in keys if counts[key] == 1)
    if len(unique) > 1:
        return unique
    # Each month has a "Models" that grows: there the date tells which one it is.
    when = _dated(entry)
    dated = (when,) if when and not unique and counts[when] == 1 else ()
    # A lone identity is lost when a newcomer shares it ("Bug fixes"); the entry as a whole still stands.
    return (*unique, *dated, _digest(entry, keys))


def _dated(entry: Entry) -> str:
    title = canonical_title(entry.title)
    return _short(f"dated:{entry.published.at.date()}:{title}") if title and entry.published else ""


def _digest(entry: Entry, keys: tuple[str, ...]) -> str:
    """Return one identity for all that is one post: its guid and link tell, a title alone does not."""
    if any(not key.startswith("title:") for key in keys):
        return "entry:" + _hash("\n".join(keys))
    when = entry.published.at.isoformat() if entry.published else ""
    return "entry:" + _hash("\n".join((*keys, entry.link, when, entry.body)))


def canonical_link(link: str) -> str:
    """Return what stays of an address when a site moves to https, drops www. or counts its visitors.

    The query and the fragment stay: some sites tell their posts apart by nothing else.
    """
    try:
        parts = urlsplit(clean(link, 2000))
        host = (parts.hostname or "").removeprefix("www.") + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return clean(link, 2000)
    asked = parse_qsl(parts.query, True) if parts.query else ()
    query = urlencode([(k, v) for k, v in asked if not _TRACKING.fullmatch(k)])
    path = unquote(parts.path).rstrip("/")
    return host + path + (f"?{query}" if query else "") + (f"#{parts.fragment}" if parts.fragment else "")


def canonical_title(title: str) -> str:
    """Return the words of a title, whatever its case, dashes, quotes, spaces and look of its characters."""
    folded = unicodedata.normalize("NFKC", clean(title)).casefold()
    return " ".join(re.findall(r"[^\W_]+", folded))


def _short(key: str) -> str:
    key = _SURROGATES.sub("", key)
    return key if len(key) <= _KEY_LIMIT else f"{key[:100]}...{_hash(key)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
