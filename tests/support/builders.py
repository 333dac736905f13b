"""Make releases in one line each: the facts of April 2026, near enough."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from bot.model import (
    Artifact,
    DateOrigin,
    Facts,
    Lab,
    License,
    Mention,
    Name,
    Published,
    Release,
    SourceKind,
    Wave,
)

NOW = datetime(2026, 4, 20, 15, 46, tzinfo=UTC)
SEEN_NOW = Published(NOW, DateOrigin.SEEN)
MOONSHOT = Lab("moonshot", "Moonshot AI", owners=("moonshotai",))
GOOGLE = Lab("google", "Google", owners=("google",))
ANTHROPIC = Lab("anthropic", "Anthropic")

NOT_STATED = License("", "", "not stated")
APACHE = License("apache-2.0", "Apache 2.0", "permissive")
MODIFIED_MIT = License(
    "modified-mit",
    "Modified MIT",
    "conditions",
    condition='over 100 M monthly users or US$20 M a month: show "Kimi K2"',
)
NON_COMMERCIAL = License(
    "cc-by-nc-4.0",
    "CC BY-NC 4.0",
    "non-commercial",
    condition="non-commercial use only; commercial use needs a separate licence",
)


def named(display: str, size: str = "", lab: str = "moonshot") -> Name:
    return Name(lab, display.split(maxsplit=1)[0], size=size, display=display, release_key=display.lower())


def hub(repository: str, at: datetime = NOW) -> Mention:
    return Mention(SourceKind.HUB, repository, f"https://huggingface.co/{repository}", at)


def post(title: str, url: str, at: datetime = NOW, precision: str = "second") -> Mention:
    return Mention(SourceKind.FEED, title, url, at, Published(at, DateOrigin.POSTED, precision))


def listing(title: str, at: datetime = NOW) -> Mention:
    return Mention(SourceKind.LLM_STATS, title, f"https://llm-stats.com/models/{title.lower()}", at)


def release(
    name: Name,
    repository: str = "",
    mentions: Iterable[Mention] = (),
    *,
    license: License = NOT_STATED,
    published: Published = SEEN_NOW,
    variants: Iterable[str] = (),
    **facts: Any,
) -> Release:
    stated = Facts(**facts)
    head = (Artifact("0", repository, True, "", NOW, stated),) if repository else ()
    others = tuple(Artifact(it, f"{repository}-{it}", False, it, NOW) for it in variants)
    told = tuple(mentions) or ((hub(repository),) if repository else ())
    return Release(1, name, NOW, published, license, stated, False, (*head, *others), told)


def alone(model: Release, lab: Lab = MOONSHOT, **rest: Any) -> Wave:
    return Wave(lab, model, (model,), **rest)


KIMI_K25 = release(
    named("Kimi K2.5"), published=Published(datetime(2026, 1, 27, tzinfo=UTC), DateOrigin.POSTED)
)
KIMI = release(
    named("Kimi K2.6"),
    "moonshotai/Kimi-K2.6",
    [
        hub("moonshotai/Kimi-K2.6"),
        post("Kimi K2.6: open-source coding", "https://www.kimi.com/blog/kimi-k2-6", precision="day"),
        listing("Kimi-K2.6", datetime(2026, 4, 22, 9, 0, tzinfo=UTC)),
    ],
    license=MODIFIED_MIT,
    variants=["FP8", "GGUF"],
    parameters=1_026_000_000_000,
    active_parameters=32_000_000_000,
    precision="INT4",
    download_bytes=595_200_000_000,
    context_tokens=262_144,
    task="image-text-to-text",
    summary="An open agentic model for long-horizon coding & tool use, which reads text and images.",
)


def gemma(size: str, parameters: int, download_bytes: int, **rest: Any) -> Release:
    facts = {"precision": "BF16", "context_tokens": 262_144, "task": "image-text-to-text", **rest}
    license = facts.pop("license", APACHE)
    return release(
        named(f"Gemma 4 {size}", size, "google"),
        f"google/gemma-4-{size}-it",
        license=license,
        parameters=parameters,
        download_bytes=download_bytes,
        **facts,
    )


GEMMA_SIZES = (
    gemma("31B", 32_700_000_000, 62_500_000_000),
    gemma("26B-A4B", 25_800_000_000, 51_600_000_000, active_parameters=3_800_000_000),
    gemma("E4B", 7_900_000_000, 16_000_000_000, context_tokens=131_072),
    gemma("E2B", 5_100_000_000, 10_200_000_000, context_tokens=131_072),
)
GEMMA_POST = release(
    named("Gemma 4", lab="google"),
    mentions=[post("Gemma 4: our most capable open models", "https://blog.google/gemma-4")],
    summary="Four sizes that read text and images, from phones to workstations.",
)
