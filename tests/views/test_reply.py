"""What a thread reply says."""

from dataclasses import replace

import pytest

from bot.model import Facts, Note, NoteKind, SourceKind
from bot.views.notes import render_note
from tests.support.builders import KIMI, NON_COMMERCIAL, alone

CARD = "https://huggingface.co/moonshotai/Kimi-K2.6-FP8"
VARIANT = Note(
    NoteKind.VARIANT,
    "moonshotai/Kimi-K2.6-FP8",
    CARD,
    SourceKind.HUB,
    packaging="FP8",
    facts=Facts(parameters=10**12, download_bytes=1_030_000_000_000, precision="FP8", gated="auto"),
)


@pytest.mark.parametrize(
    ("note", "mrkdwn", "text"),
    [
        pytest.param(
            VARIANT,
            f"Kimi K2.6 is now also available as FP8: <{CARD}|moonshotai/Kimi-K2.6-FP8> · 1 TB"
            " · 🔒 needs an access request, granted at once",
            "Kimi K2.6 is now also available as FP8: moonshotai/Kimi-K2.6-FP8, 1 TB,"
            " 🔒 needs an access request, granted at once.",
            id="a variant names its packaging once",
        ),
        pytest.param(
            replace(VARIANT, packaging="", facts=Facts(), url=""),
            "Kimi K2.6 is now also available as another packaging: moonshotai/Kimi-K2.6-FP8",
            "Kimi K2.6 is now also available as another packaging: moonshotai/Kimi-K2.6-FP8.",
            id="a variant without facts",
        ),
        pytest.param(
            Note(
                NoteKind.SIZE,
                "google/gemma-4-31b-it",
                "https://x.y/g",
                SourceKind.HUB,
                facts=Facts(parameters=32_700_000_000, download_bytes=62_500_000_000, precision="BF16"),
            ),
            "Another size of Kimi K2.6: <https://x.y/g|google/gemma-4-31b-it>"
            " · 31B parameters · 62.5 GB, BF16",
            "Another size of Kimi K2.6: google/gemma-4-31b-it, 31B parameters, 62.5 GB, BF16.",
            id="a size",
        ),
        pytest.param(
            Note(NoteKind.CONFIRMATION, "Kimi K2.6: <code>", "https://kimi.com/b", SourceKind.FEED),
            "The lab announced it: <https://kimi.com/b|Kimi K2.6: &lt;code&gt;>",
            "The lab announced it: Kimi K2.6: &lt;code&gt;.",
            id="the lab confirms",
        ),
        pytest.param(
            Note(NoteKind.CONFIRMATION, "", "", SourceKind.LLM_STATS, facts=Facts(parameters=10**12)),
            "LLM Stats lists it too",
            "LLM Stats lists it too.",
            id="a listing confirms and adds nothing of its own",
        ),
        pytest.param(
            Note(NoteKind.CONFIRMATION, "a/b", "https://x.y", SourceKind.HUB, facts=Facts(parameters=10**12)),
            "The weights are on Hugging Face: <https://x.y|a/b> · 1.0T parameters",
            "The weights are on Hugging Face: a/b, 1.0T parameters.",
            id="the weights arrive",
        ),
    ],
)
def test_a_reply_in_mrkdwn_and_as_text(note: Note, mrkdwn: str, text: str) -> None:
    content = render_note(alone(KIMI), note)
    assert [block["text"]["text"] for block in content.blocks] == [mrkdwn]
    assert content.text == text


def test_a_changed_licence_says_what_it_is_now() -> None:
    note = Note(NoteKind.LICENSE, "moonshotai/Kimi-K2.6", CARD, SourceKind.HUB, license=NON_COMMERCIAL)
    content = render_note(alone(KIMI), note)
    news, license = (block["text"]["text"] for block in content.blocks)
    assert news == f"⚠️ The licence of Kimi K2.6 changed: <{CARD}|moonshotai/Kimi-K2.6>"
    assert license.startswith("🔴 CC BY-NC 4.0\nnon-commercial use only")
    assert "now CC BY-NC 4.0, non-commercial." in content.text
