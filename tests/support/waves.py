"""Whatever may be released: its words, addresses, dates, facts and licences, hostile ones among them."""

from datetime import timedelta

from hypothesis import strategies as st

from bot.model import (
    Artifact,
    DateOrigin,
    Facts,
    Lab,
    License,
    LicenseStatement,
    Mention,
    Name,
    Published,
    Release,
    SourceKind,
    Wave,
)
from tests.support.builders import NOW

_HOSTILE = [
    "<!channel>",
    "<https://evil.example|click>",
    "&",
    "&amp;lt;",
    "*bold*",
    "**bold**",
    "[a](https://evil.example)",
    "```",
    ">",
    "|",
    "\u202eRTL",
    "مرحبا",
    "\x00\x1b[31m",
    "\ud800",
    "👩‍👩‍👧",
    "e" + "\u0301" * 30,
    "\n",
    "x" * 10_000,
    "&" * 10_000,
]
OUTSIDE = st.lists(st.sampled_from(_HOSTILE), max_size=3).map("".join) | st.text(max_size=8)
_NAMES = OUTSIDE | st.sampled_from(["Kimi K2.6", "Qwen3.6-35B-A3B", "Gemma 4 31B"])
URLS = st.sampled_from(
    [
        "https://huggingface.co/a/b",
        "https://x.y/?" + "a&" * 180,
        "javascript:1",
        "",
        "https://x.y/" + "é" * 900,
    ]
) | OUTSIDE.map("https://x.y/".__add__)
DATES = st.just(NOW) | st.timedeltas(timedelta(days=-700_000), timedelta(days=2_900_000)).map(NOW.__add__)
_PUBLISHED = st.builds(
    Published, DATES, st.sampled_from(DateOrigin), st.sampled_from(["second", "day", "month"])
)
_NUMBERS = st.none() | st.integers(0, 10**18)
_VERDICTS = ["permissive", "conditions", "non-commercial", "not stated", "unknown"]
LICENSES = st.builds(License, OUTSIDE, OUTSIDE, st.sampled_from(_VERDICTS), condition=OUTSIDE, url=URLS)
FACTS = st.builds(
    Facts,
    license=st.none() | st.builds(LicenseStatement, link=URLS),
    parameters=_NUMBERS,
    parameters_approximate=st.booleans(),
    active_parameters=_NUMBERS,
    precision=OUTSIDE,
    download_bytes=_NUMBERS,
    weights=st.sampled_from(["", "there", "none"]),
    context_tokens=_NUMBERS,
    task=OUTSIDE,
    gated=st.sampled_from(["", "no", "auto", "manual"]),
    summary=OUTSIDE,
)
_ARTIFACTS = st.builds(Artifact, OUTSIDE, OUTSIDE, st.booleans(), OUTSIDE, DATES)
_MENTIONS = st.builds(Mention, st.sampled_from(SourceKind), OUTSIDE, URLS, DATES, st.none() | _PUBLISHED)
_RELEASES = st.builds(
    Release,
    st.integers(1, 9),
    st.builds(Name, OUTSIDE, OUTSIDE, size=st.sampled_from(["", "31B", "*"]), display=_NAMES),
    DATES,
    _PUBLISHED,
    LICENSES,
    FACTS,
    st.booleans(),
    st.lists(_ARTIFACTS, max_size=3).map(tuple),
    st.lists(_MENTIONS, max_size=4).map(tuple),
)


@st.composite
def waves(draw: st.DrawFn) -> Wave:
    """Draw a wave of one to many models, with all that a source may say of them at its worst."""
    members = draw(st.lists(_RELEASES, min_size=1, max_size=3))
    members *= draw(st.sampled_from([1, 1, 1, 14]))
    lab = Lab("lab", draw(OUTSIDE), owners=draw(st.sampled_from([(), ("owner",)])))
    return Wave(lab, members[0], tuple(members), draw(st.none() | _RELEASES), draw(URLS))
