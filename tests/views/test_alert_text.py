"""What a notification shows of an alert, and a screen reader reads."""

import pytest

from bot.model import Wave
from bot.views.alert import LicenseChange, render_alert
from tests.support.builders import (
    ANTHROPIC,
    APACHE,
    GEMMA_SIZES,
    GOOGLE,
    KIMI,
    NON_COMMERCIAL,
    NOW,
    alone,
    gemma,
    listing,
    named,
    post,
    release,
)

CHANGED = LicenseChange(APACHE, NOW)
CLAUDE = post("Introducing Claude Opus 5", "https://www.anthropic.com/news/claude-opus-5")
OPUS = "Claude Opus 5.1 is out. It is fast."
SMALL = gemma("2B", 2 * 10**9, 4 * 10**9, license=NON_COMMERCIAL)


@pytest.mark.parametrize(
    ("wave", "change", "sentence"),
    [
        pytest.param(
            alone(KIMI),
            None,
            "Moonshot AI released Kimi K2.6: 1.0T parameters (32B active), Modified MIT, 595 GB.",
            id="size, licence and download",
        ),
        pytest.param(
            alone(KIMI),
            CHANGED,
            "Moonshot AI released Kimi K2.6: 1.0T parameters (32B active), Modified MIT (changed from "
            "Apache 2.0 on 20 April), 595 GB.",
            id="a licence that changed says so",
        ),
        pytest.param(
            alone(release(named("Kimi VL"), "m/k", parameters=10**12)),
            CHANGED,
            "Moonshot AI released Kimi VL: 1.0T parameters, licence not stated (changed from Apache 2.0 on "
            "20 April).",
            id="so does one that is not stated any more",
        ),
        pytest.param(
            alone(release(named("Kimi VL"), "m/k", license=APACHE)),
            None,
            "Moonshot AI released Kimi VL: Apache 2.0, parameters not stated.",
            id="what is not stated is named",
        ),
        pytest.param(
            Wave(
                GOOGLE,
                GEMMA_SIZES[0],
                (*GEMMA_SIZES[:2], gemma("2B", 2 * 10**9, 4 * 10**9, license=NON_COMMERCIAL)),
            ),
            None,
            "Google released Gemma 4 in 3 sizes: 2B to 31B parameters, Apache 2.0 (differs for some), 4 GB "
            "to 62.5 GB.",
            id="several sizes are a range",
        ),
        pytest.param(
            alone(release(named("Claude Opus 5"), mentions=[CLAUDE], summary=OPUS), ANTHROPIC),
            None,
            "Anthropic announced Claude Opus 5: API only, no weights. Claude Opus 5.1 is out.",
            id="a closed lab: the first sentence of its summary",
        ),
        pytest.param(
            alone(release(named("Claude Opus 5"), mentions=[CLAUDE]), ANTHROPIC),
            None,
            "Anthropic announced Claude Opus 5: API only, no weights.",
            id="a closed lab without a summary",
        ),
        pytest.param(
            alone(release(named("K3"), mentions=[CLAUDE], license=APACHE, summary="开放。下个月")),
            None,
            "Moonshot AI announced K3: Apache 2.0, the weights are not published yet. 开放。",
            id="weights that may come",
        ),
        pytest.param(
            alone(release(named("K3"), "m/k", weights="none", summary="It is a start")),
            None,
            "Moonshot AI announced K3: the weights are not there yet, and no licence is stated. It is a "
            "start.",
            id="a repository that is empty",
        ),
        pytest.param(
            alone(release(named("K3"), mentions=[listing("K3")], parameters=10**12)),
            None,
            "LLM Stats lists K3 by Moonshot AI, not confirmed by the lab: 1.0T parameters, weights and "
            "licence are not published yet.",
            id="only a listing",
        ),
    ],
)
def test_the_text_is_one_sentence_without_an_address(
    wave: Wave, change: LicenseChange | None, sentence: str
) -> None:
    assert render_alert(wave, NOW, change=change).text == sentence
